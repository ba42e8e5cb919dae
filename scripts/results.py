"""Keep what runs scored in eval/runs/, and make docs/results.md of it.

    python scripts/results.py record run.jsonl --set nq --gold GOLD --corpus CORPUS
    python scripts/results.py judged support.json --set wice --claims CLAIMS
    python scripts/results.py page

Run files themselves are not kept: they quote the data sets, whose licences are not ours. What is kept has every figure,
the kinds of failure, what made the run, and the sum of the run file.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from eval import (
    KINDS,
    SUPPORT_MEASURES,
    measure_named,
    measures_named,
    pair,
    read_claims,
    read_run,
    sample,
    score,
    to_json,
)
from eval.preparing import prepare
from eval.reporting import figure

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "eval" / "runs"
PAGE = ROOT / "docs" / "results.md"

# In the order of the page; a set that is not here comes last, without a description.
SETS = {
    "newsroom": "eight invented reports in six formats, written for this project: one event, a reprint, two real disagreements",
    "alibaba-ai": "five real news articles about one event, with web debris and figures that contradict one another",
    "held-out-news": "six invented news articles about a chip maker's week, fitted on nowhere, with web debris",
    "held-out-mixed": "eleven papers of one invented person, fitted nowhere: a mortgage, a manual, an obituary, a city's rules",
    "held-out-reports": "ten invented papers of a town and its clubs, fitted on nowhere: budget, minutes, audit, tender, study",
    "held-out-recall": "six invented articles about a maker of electric vans, fitted on nowhere, as scraped from web pages",
    "held-out-orbit": "five invented articles about a satellite company, fitted on nowhere, as scraped from web pages",
    "held-out-breach": "five invented articles about an insurer's data breach, fitted on nowhere, as scraped from web pages",
    "held-out-takeover": "five invented articles about a takeover of a logistics firm, fitted on nowhere, as scraped",
    "squad2": "SQuAD 2.0 paragraphs; half of the questions look answerable and are not",
    "clapnq": "long answers from Wikipedia passages, evidence sentences chosen by people; half unanswerable",
    "nq": "real search queries over 3,170 passages",
    "ramdocs": "each question with documents of its own: several right answers, misinformation, noise",
    "poisonedrag": "questions with five passages each that were planted to make one wrong answer come out",
    "poisonedrag-1": "the same questions over nq's passages, one planted passage each among them",
    "mtrag": "the last questions of conversations, asked without what came before; a third are not to be answered",
    "wice": "claims beside the sentences of the pages they cite, of which people marked those that bear them out",
}
MODES = ("open", "passage", "documents")
DRAFTERS = ("extractive", "local", "openai", "naive-extractive", "naive")
HEADLINE = (
    *("Success@5", "AnswerContained", "CitationSuccess", "RefusalRecall", "FalseRefusal", "AUROC"),
    *("ConflictShown", "AllAnswersShown", "PlantedAnswerGiven", "PlantedAnswerAlone", "QuoteExactness", "SecondsP50"),
)

INTRODUCTION = """# Results

Made by `python scripts/results.py page` from the records in `eval/runs/`; nothing here is typed by hand. What each
measure means stands on the page [evaluation](evaluation.md). `naive` and `naive-extractive` are what pincite is held
against: the top passages in one prompt to the same local model, asked for `[n]`, and the top passage as it stands;
neither verifies, and neither states a confidence. A dash: the measure does not apply, or the set cannot tell.

## Overview

↓ lower is better. `n` is the number of questions asked.
"""

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

Record = dict[str, Any]


@app.command()
def record(
    run: Annotated[Path, typer.Argument(help="A run file of pincite eval run.")],
    name: Annotated[str, typer.Option("--set", help="What the set is called on the page.")],
    gold: Annotated[Path, typer.Option(help="The questions that the run was made with.")],
    corpus: Annotated[Path | None, typer.Option(help="The documents, as given to the run.")] = None,
    folder: Annotated[Path, typer.Option(help="Where the record is kept.")] = RUNS,
) -> None:
    """Score a run and keep its figures; the sample or limit that it was made with is found out from its rows."""
    rows = read_run(run)
    asked, options = _asked(gold, corpus, ids=[row.id for row in rows])
    cases = pair(asked.questions, rows, texts=asked.texts)
    scores = score(cases)
    if len(scores.versions) != 1 or scores.missing:
        raise SystemExit(f"{run}: expected a whole run by one system, found {len(scores.versions)} systems")
    settings: Any = scores.versions[0]["settings"]
    kept: Record = {
        "set": name,
        "mode": settings["mode"],
        "drafter": settings["drafter"],
        "date": datetime.fromtimestamp(run.stat().st_mtime, UTC).date().isoformat(),
        "command": _command(settings, gold=gold, corpus=corpus, options=options),
        "sha256": hashlib.sha256(run.read_bytes()).hexdigest(),
        "scores": {**json.loads(to_json(scores)), "left_out": {}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{kept['mode']}-{kept['drafter']}.json"
    path.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    typer.echo(f"{len(cases)} questions: {path}")


@app.command()
def judged(
    found: Annotated[Path, typer.Argument(help="What pincite eval support --json printed.")],
    name: Annotated[str, typer.Option("--set", help="What the set is called on the page.")],
    claims: Annotated[Path, typer.Option(help="The claims that were judged.")],
    folder: Annotated[Path, typer.Option(help="Where the record is kept.")] = RUNS,
) -> None:
    """Keep the figures of a judge of support."""
    report: Record = json.loads(found.read_text(encoding="utf-8"))
    judge = report["versions"]["settings"]["judge"]
    asked = [f"--limit {report['claims']}"] if report["claims"] < len(read_claims(claims)) else []
    kept: Record = {
        "set": name,
        "judge": judge,
        "date": datetime.fromtimestamp(found.stat().st_mtime, UTC).date().isoformat(),
        "command": " ".join(["pincite eval support", str(claims), "--judge", judge, *asked, "--json"]),
        "report": report,
    }
    path = folder / "judges" / f"{name}-{judge}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    typer.echo(f"{report['claims']} claims: {path}")


def _asked(gold: Path, corpus: Path | None, *, ids: Sequence[str]) -> tuple[Any, str]:
    """The questions a run was over, and the option that picked them."""
    whole = prepare(gold, corpus)
    if len(ids) == len(whole.questions):
        return whole, ""
    if {question.id for question in sample(whole.questions, size=len(ids))} == set(ids):
        return prepare(gold, corpus, sample_size=len(ids)), f"--sample {len(ids)}"
    return prepare(gold, corpus, limit=len(ids)), f"--limit {len(ids)}"


def _command(settings: Record, *, gold: Path, corpus: Path | None, options: str) -> str:
    parts = ["pincite eval run", f"--corpus {corpus}" if corpus else "", f"--gold {gold}"]
    parts += [f"--mode {settings['mode']} --drafter {settings['drafter']} -k {settings['k']}"]
    parts += [
        f"--threshold {settings['threshold']}" if settings.get("threshold") is not None else "",
        options,
        "--out run.jsonl",
    ]
    return " ".join(part for part in parts if part)


@app.command()
def page(
    folder: Annotated[Path, typer.Option(help="Where the records are.")] = RUNS,
    out: Annotated[Path, typer.Option(help="The page to write.")] = PAGE,
) -> None:
    """Write the page from the records."""
    records = sorted(
        (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))), key=_place
    )
    judges = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "judges").glob("*.json"))]
    if not records and not judges:
        raise SystemExit(f"expected records in {folder}, found none; 'record' makes them")
    out.write_text(render(records) + "".join(_judged(judges)), encoding="utf-8")
    typer.echo(f"{len(records)} runs: {out}")


def _place(kept: Record) -> tuple[int, str, int, int]:
    """Where a record stands on the page."""
    orders = ((tuple(SETS), kept["set"]), (MODES, kept["mode"]), (DRAFTERS, kept["drafter"]))
    where = [order.index(value) if value in order else len(order) for order, value in orders]
    return where[0], kept["set"], where[1], where[2]


def render(records: Sequence[Record]) -> str:
    """The page as Markdown."""
    parts = [INTRODUCTION, _overview(records)]
    for name in dict.fromkeys(kept["set"] for kept in records):
        of_set = [kept for kept in records if kept["set"] == name]
        parts += [f"## {name}: {SETS[name]}\n" if name in SETS else f"## {name}\n"]
        parts += [_figures(of_set), _failures(of_set), _making(of_set)]
    return "\n".join(parts)


def _overview(records: Sequence[Record]) -> str:
    names = [name for name in HEADLINE if any(name in kept["scores"]["measures"] for kept in records)]
    rows = [
        [
            kept["set"],
            kept["mode"],
            kept["drafter"],
            f"{kept['scores']['questions']:,}",
            *(_value(kept, n) for n in names),
        ]
        for kept in records
    ]
    return _table(["set", "mode", "drafter", "n", *map(_heading, names)], rows)


def _value(kept: Record, name: str) -> str:
    found = kept["scores"]["measures"].get(name)
    return "–" if found is None else figure(found["value"])


def _heading(name: str) -> str:
    return f"{name} ↓" if measure_named(name).lower else name


def _label(kept: Record) -> str:
    return f"{kept['drafter']}, {kept['mode']}"


def _figures(records: Sequence[Record]) -> str:
    """Every measure that any run of the set has: value, interval and n."""
    names = [m.name for m in measures_named() if any(m.name in kept["scores"]["measures"] for kept in records)]
    rows = [[_heading(name), *(_cell(kept, name) for kept in records)] for name in names]
    return "Value (95 % interval; n):\n\n" + _table(["measure", *map(_label, records)], rows)


def _cell(kept: Record, name: str) -> str:
    found = kept["scores"]["measures"].get(name)
    if found is None:
        return "–"
    between = "" if found["interval"] == "none" else f"{figure(found['low'])} to {figure(found['high'])}; "
    return f"{figure(found['value'])} ({between}{found['n']:,})"


def _failures(records: Sequence[Record]) -> str:
    kinds = [kind for kind in KINDS if any(kept["scores"]["failures"][kind] for kept in records)]
    rows = [[kind, *(f"{kept['scores']['failures'][kind]:,}" for kept in records)] for kind in kinds]
    return "What happened to the questions:\n\n" + _table(["what happened", *map(_label, records)], rows)


def _making(records: Sequence[Record]) -> str:
    lines = []
    for kept in records:
        made = kept["scores"]["versions"][0]
        machine, models = made["machine"], ", ".join(sorted(made["models"]))
        code = f"commit `{made.get('commit', 'unknown')}`, code `{made['code']}`"
        on = f"{kept['date']}, {machine['processor']}, {machine['cores']} cores"
        lines.append(f"- {_label(kept)}: {on}; {code}; {models}\n  `{kept['command']}`")
    return "How they were made:\n\n" + "\n".join(lines) + "\n"


def _judged(records: Sequence[Record]) -> list[str]:
    """What judges of support scored, set by set: every figure, and the rules by which sentences were taken."""
    parts = []
    for name in dict.fromkeys(kept["set"] for kept in records):
        of_set = [kept for kept in records if kept["set"] == name]
        rows = [[measure, *(_judged_cell(kept, measure) for kept in of_set)] for measure in SUPPORT_MEASURES]
        heading = f"\n## {name}: {SETS[name]}\n\n" if name in SETS else f"\n## {name}\n\n"
        figures = "Value (95 % interval; n):\n\n" + _table(["measure", *(kept["judge"] for kept in of_set)], rows)
        parts += [heading, figures, "\nHow they were made:\n\n", *map(_judged_making, of_set)]
    return parts


def _judged_cell(kept: Record, name: str) -> str:
    found = kept["report"]["measures"].get(name)
    return (
        f"{figure(found['value'])} ({figure(found['low'])} to {figure(found['high'])}; {found['n']:,})"
        if found
        else "–"
    )


def _judged_making(kept: Record) -> str:
    made = kept["report"]["versions"]
    rules = "; ".join(
        f"half {half}: at most {rule['most']} sentences of a score of {rule['least']:.4g} or more"
        for half, rule in enumerate(kept["report"]["rules"], start=1)
    )
    code = f"commit `{made.get('commit', 'unknown')}`, code `{made['code']}`"
    return f"- {kept['judge']}: {kept['date']}; {code}; {rules}, chosen on the other half\n  `{kept['command']}`\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    marks = ["---"] + ["---:"] * (len(heads) - 1)
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, marks, *rows]) + "\n"


if __name__ == "__main__":
    app()
