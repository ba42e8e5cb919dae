"""The demo: index the sample documents, ask three questions with the local model, print the answers with their quotes."""

import sys
from pathlib import Path

from api.assembly import Assembly
from api.settings import read_settings
from index.documents import count_documents, read_paths
from index.errors import PinciteError
from pincite import printing

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    "Who is the chief technology officer of Alibaba Cloud?",
    "How much did Alibaba's shares rise after the announcement?",
    "How many parameters does Qwen3-Omni have?",
)


def main() -> int:
    """Add, ask, print; 1 if something goes wrong."""
    settings = read_settings(store=ROOT / ".pincite" / "demo", drafter="local")
    assembly = Assembly(settings, progress=printing.WeightsProgress())
    try:
        add(assembly)
        for question in QUESTIONS:
            printing.say(f'\n$ pincite ask --drafter local "{question}"')
            printing.print_answer(assembly.answerer.ask(question, drafter="local", seconds=settings.timeout))
    except PinciteError as error:
        printing.complain(str(error))
        return 1
    finally:
        assembly.close()
    return 0


def add(assembly: Assembly) -> None:
    """Index examples/newsroom; what is there already is left as it is."""
    folder = ROOT / "examples" / "newsroom"
    printing.say("$ pincite add examples/newsroom")
    with printing.adding_progress(count_documents([folder])) as advance:
        outcomes = []
        for outcome in assembly.adder.add(read_paths([folder]), replace=True):
            outcomes.append(outcome)
            advance(outcome)
    assembly.settle("default", compact=False)
    printing.print_outcomes(outcomes)


if __name__ == "__main__":
    sys.exit(main())
