"""The command line: each command reads its arguments, calls one thing and prints what came back."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.assembly import Assembly
from api.errors import exit_code, exit_code_of_status
from api.keys import Keys
from api.settings import read_settings
from index.adding import Outcome
from index.documents import count_documents, read_paths
from index.errors import InputError, PinciteError
from index.store import DEFAULT_COLLECTION
from pincite import __version__, diagnosing, evaluating, keys, printing

app = typer.Typer(
    help="Ask your own documents. Every statement comes with a quote that stands at the cited place.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(evaluating.app, name="eval")
app.add_typer(keys.app, name="key")

# typer carries click inside and does not name this class itself; every usage error is one.
_ClickError: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text for a person.")]
Collection = Annotated[str, typer.Option(help="Which collection; a search never crosses one.")]
DrafterName = Annotated[
    str | None, typer.Option(help="Who writes: extractive, local or openai. Default: PINCITE_DRAFTER.")
]


def run() -> None:
    """Run the command line and leave with its exit code: 0 answered or done, 2 abstained, 1 error."""
    try:
        code = app(standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        printing.complain("interrupted; what was acknowledged is kept")
        code = 1
    except _ClickError as error:
        # click would leave with 2, which means 'abstained' here.
        printing.complain(f"{error.format_message()} See 'pincite --help'.")
        code = 1
    except PinciteError as error:
        printing.complain(str(error))
        code = exit_code(error)
    except BrokenPipeError:
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pincite {__version__}")
        raise typer.Exit


@app.callback()
def begin(
    context: typer.Context,
    store: Annotated[
        Path | None, typer.Option(help="Folder of the store. Default: PINCITE_STORE, else the user's data folder.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Read the settings once; the parts are made when a command first uses them."""
    context.obj = Assembly(read_settings(store=store), progress=printing.WeightsProgress())


@contextmanager
def _assembly(context: typer.Context) -> Iterator[Assembly]:
    assembly: Assembly = context.obj
    try:
        yield assembly
    finally:
        assembly.close()


@app.command()
def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, folders, or JSONL files of {doc_id, title, text}.")],
    collection: Collection = DEFAULT_COLLECTION,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let a file take the name of one from another place.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Add documents, or bring changed ones up to date. Leaves with 1 if one of them could not be read."""
    with _assembly(context) as assembly:
        outcomes: list[Outcome] = []
        with printing.adding_progress(count_documents(paths)) as advance:
            for outcome in assembly.adder.add(read_paths(paths), collection=collection, replace=replace):
                outcomes.append(outcome)
                advance(outcome)
        assembly.settle(collection, compact=any(outcome.status == "replaced" for outcome in outcomes))
    if json:
        printing.print_json([asdict(outcome) for outcome in outcomes])
    else:
        printing.print_outcomes(outcomes)
    return int(any(outcome.status == "rejected" for outcome in outcomes))


@app.command(name="list")
def list_documents(context: typer.Context, collection: Collection = DEFAULT_COLLECTION, json: AsJson = False) -> None:
    """List the documents of a collection."""
    with _assembly(context) as assembly:
        entries = assembly.store.entries(collection=collection)
        others = [name for name in assembly.store.collections() if name != collection]
    if json:
        printing.print_json([asdict(entry) for entry in entries])
    else:
        printing.print_entries(entries, collection=collection, others=others)


@app.command()
def show(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="Name or id of a document.")],
    collection: Collection = DEFAULT_COLLECTION,
    json: AsJson = False,
) -> None:
    """Show a document: where it is from, its text, and what of it is masked."""
    with _assembly(context) as assembly:
        found = assembly.store.document(assembly.store.entry(document, collection=collection).key)
    if json:
        printing.print_json(asdict(found))
    else:
        printing.print_document(found)


@app.command()
def remove(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="Name or id of a document.")],
    collection: Collection = DEFAULT_COLLECTION,
    json: AsJson = False,
) -> None:
    """Delete a document with its passages and vectors; nothing of it is left in the store."""
    with _assembly(context) as assembly:
        entry = assembly.store.entry(document, collection=collection)
        assembly.store.remove(entry.name, collection=collection)
        assembly.settle(collection, compact=True)
    if json:
        printing.print_json({"removed": entry.name, "document_id": entry.id})
    else:
        printing.say(f"removed {entry.name}")


@app.command()
def search(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="A question or keywords.")],
    k: Annotated[int, typer.Option("-k", help="How many passages.")] = 10,
    collection: Collection = DEFAULT_COLLECTION,
    json: AsJson = False,
) -> None:
    """Show the passages that fit a question best."""
    with _assembly(context) as assembly:
        hits = assembly.searcher.search(question, collection=collection, k=k)
    if json:
        printing.print_json([asdict(hit) for hit in hits])
    else:
        printing.print_hits(hits)


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="A question.")],
    drafter: DrafterName = None,
    k: Annotated[int, typer.Option("-k", help="How many passages are read.")] = 10,
    collection: Collection = DEFAULT_COLLECTION,
    json: AsJson = False,
) -> int:
    """Answer from the documents, with quotes. Leaves with 0 if answered, 2 if the documents do not say, 1 on an error."""
    with _assembly(context) as assembly:
        settings = assembly.settings
        name = drafter or settings.drafter
        if name not in ("extractive", "local", "openai"):
            raise InputError(f"expected --drafter extractive, local or openai, found {name!r}")
        with printing.working("reading"):
            answer = assembly.answerer.ask(question, collection=collection, k=k, drafter=name, seconds=settings.timeout)
    if json:
        printing.print_json(answer.as_dict())
    else:
        printing.print_answer(answer)
    return exit_code_of_status(answer.status)


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8080,
) -> None:
    """Serve the chat page and the HTTP API."""
    # Only who serves pays for the web framework.
    import uvicorn

    from api.access import is_loopback
    from api.app import ANSWERS_AT_ONCE, create_app
    from api.request_log import set_up_logging

    # Answers are worked on side by side: more threads inside each would only get in one another's way.
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // ANSWERS_AT_ONCE)))
    assembly: Assembly = context.obj
    exposed = not is_loopback(host)
    if exposed and all(key.revoked for key in Keys(assembly.settings.store).listed()):
        raise InputError(
            f"expected a key before others than this machine can reach the service at {host}, found none; "
            "create one with 'pincite key create --name NAME --scope ask', or leave --host out"
        )
    set_up_logging(assembly.settings.log)
    service = create_app(assembly, exposed=exposed)
    printing.say(f"pincite on http://{host}:{port} - the API is described at /openapi.json")
    # An error inside a request never comes as far as uvicorn, which would log what it quotes.
    # A connection that is kept for short only is closed under a client's hands when the processor is busy.
    uvicorn.run(service, host=host, port=port, log_level="error", timeout_keep_alive=60, timeout_graceful_shutdown=5)


@app.command()
def doctor(context: typer.Context, json: AsJson = False) -> int:
    """Check store, index and weights: what is wrong and how to mend it. Leaves with 1 if something is."""
    with _assembly(context) as assembly:
        findings = diagnosing.diagnose(assembly)
    if json:
        printing.print_json([asdict(finding) for finding in findings])
    else:
        printing.print_findings(findings)
    return int(any(finding.state == "wrong" for finding in findings))
