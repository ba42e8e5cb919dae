"""The `eval` commands: run questions, score what came back, compare, report, gate, choose a threshold, convert."""

import json as jsonlib
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

import eval as evaluation
from api.assembly import Assembly
from eval.abstaining import confidence_and_answerable, confidence_and_right
from eval.comparing import to_json as differences_to_json
from eval.datatypes import SourceDocument
from eval.preparing import Material, prepare
from eval.reporting import figure, interval
from index.errors import InputError
from pincite import printing
from pincite.running import Drafter, Mode, Plan, perform
from qa.answering import DEFAULT_K
from qa.errors import CancelledError

app = typer.Typer(
    help="Measure answers against gold questions: offline, by rules over strings and offsets, without a judge model.",
    no_args_is_help=True,
)

BASELINE = Path("eval/baselines/newsroom-extractive.json")
# Confidences are written with four decimals: half of the last one below still lets the least of them through.
ROUNDING = 0.00005

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text for a person.")]
Gold = Annotated[
    Path, typer.Option("--gold", help="Questions: our JSONL, SQuAD JSON, RAGAS or CLAPNQ JSONL, or a BEIR folder.")
]
Corpus = Annotated[
    Path | None,
    typer.Option("--corpus", help="Documents: a folder or a JSONL file. Not needed where they are in the gold set."),
]
Sample = Annotated[int | None, typer.Option(min=1, help="Only this many questions, the same on every machine.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Only the first questions, of the sample if there is one.")]
RunFile = Annotated[Path, typer.Argument(metavar="RUN", help="A run file.")]
Measures = Annotated[
    list[str] | None, typer.Argument(metavar="MEASURE", help="Such as F1 or Recall@5. Default: all that apply.")
]
By = Annotated[Literal["tag"] | None, typer.Option(help="Give the figures of every tag, too.")]
Out = Annotated[Path, typer.Option("--out", help="The file to write.")]


@app.command()
def run(
    context: typer.Context,
    gold: Gold,
    out: Out,
    corpus: Corpus = None,
    drafter: Annotated[
        Drafter | None, typer.Option(help="Who writes; the naive ones are for comparison. Default: PINCITE_DRAFTER.")
    ] = None,
    mode: Annotated[
        Mode, typer.Option(help="Answer from the whole corpus, the question's own passage, or its own documents.")
    ] = "open",
    k: Annotated[int, typer.Option("-k", min=1, help="How many passages are read.")] = DEFAULT_K,
    threshold: Annotated[
        float | None, typer.Option(min=0, max=1, help="Confidence under which to abstain. Default: PINCITE_THRESHOLD.")
    ] = None,
    sample: Sample = None,
    limit: Limit = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run file that was interrupted.")] = False,
) -> int:
    """Ask every question and write a line for each. Interrupted, it leaves with 1 and can be resumed."""
    if out.exists() and not resume:
        raise InputError(f"expected no file at {out}, found one; give --resume to go on with it, or another --out")
    if not out.parent.is_dir():
        raise InputError(f"expected a folder at {out.parent}, found none; make it, or give another --out")
    material = prepare(gold, corpus, sample_size=sample, limit=limit)
    plan = _plan(context, drafter=drafter, mode=mode, k=k, threshold=threshold)
    try:
        perform(plan, material, out, resume=resume)
    except (KeyboardInterrupt, CancelledError):
        done = out.read_bytes().count(b"\n") if out.exists() else 0
        printing.complain(
            f"interrupted after {done} of {len(material.questions)} questions; the same command with --resume goes on"
        )
        return 1
    _print_run(out)
    return 0


@app.command()
def score(
    run: RunFile,
    gold: Gold,
    measures: Measures = None,
    corpus: Corpus = None,
    by: By = None,
    sample: Sample = None,
    limit: Limit = None,
    json: AsJson = False,
) -> int:
    """Score a run. Leaves with 1 if a quote does not stand where its citation says."""
    cases = _cases(run, prepare(gold, corpus, sample_size=sample, limit=limit))
    named = evaluation.measures_named(measures) if measures else None
    scores = evaluation.score(cases, named, by_tag=by == "tag")
    if json:
        typer.echo(evaluation.to_json(scores), nl=False)
    else:
        _print_scores(scores, checked=any(case.texts is not None for case in cases))
    for error in scores.quote_errors:
        printing.complain(f"{error.question_id}: [{error.number}] is not in {error.document_name}: {error.quote!r}")
    return int(bool(scores.quote_errors))


@app.command()
def compare(
    first: RunFile,
    second: Annotated[Path, typer.Argument(metavar="RUN", help="Another one over the same questions.")],
    gold: Gold,
    measures: Measures = None,
    corpus: Corpus = None,
    sample: Sample = None,
    limit: Limit = None,
    json: AsJson = False,
) -> None:
    """Compare two runs, question by question: differences, second minus first, with intervals and p-values."""
    material = prepare(gold, corpus, sample_size=sample, limit=limit)
    named = evaluation.measures_named(measures) if measures else None
    differences = evaluation.compare(_cases(first, material), _cases(second, material), named)
    if json:
        typer.echo(differences_to_json(differences), nl=False)
        return
    table = _table("measure", first.name, second.name, "difference", "95 % interval", "p", "n", "better")
    for d in differences:
        between = f"{figure(d.low)} to {figure(d.high)}"
        better = {"first": first.name, "second": second.name}.get(d.better, d.better)
        cells = (d.measure, figure(d.first), figure(d.second), figure(d.value), between, f"{d.p:.4f}", str(d.n), better)
        table.add_row(*map(printing.plain, cells))
    printing.out.print(table)


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="One or several runs over the same questions.")],
    gold: Gold,
    out: Out,
    corpus: Corpus = None,
    title: Annotated[str, typer.Option(help="What stands at the head of the page.")] = "Evaluation",
    by: By = None,
    sample: Sample = None,
    limit: Limit = None,
) -> None:
    """Write one HTML file that needs no network: figures, curves, every question with its quotes beside the gold."""
    material = prepare(gold, corpus, sample_size=sample, limit=limit)
    labels = [path.stem for path in runs]
    if len(set(labels)) < len(runs):
        labels = [str(path) for path in runs]
    cases = {label: _cases(path, material) for label, path in zip(labels, runs, strict=True)}
    evaluation.write_report(cases, out, title=title, by_tag=by == "tag")
    printing.say(f"{len(material.questions)} questions, {len(cases)} runs: {out}")


@app.command()
def gate(
    context: typer.Context,
    baseline: Annotated[Path, typer.Option(help="The figures to hold.")] = BASELINE,
    gold: Gold = Path("examples/newsroom-gold.jsonl"),
    corpus: Corpus = Path("examples/newsroom"),
    update: Annotated[bool, typer.Option("--update", help="Write the figures of now as the new baseline.")] = False,
    json: AsJson = False,
) -> int:
    """Run the extractive drafter, score it, and leave with 1 if a measure fell out of the baseline's interval."""
    material = prepare(gold, corpus)
    with tempfile.TemporaryDirectory(prefix="pincite-gate-") as folder:
        out = Path(folder) / "run.jsonl"
        perform(_plan(context, drafter="extractive"), material, out)
        scores = evaluation.score(_cases(out, material))
    if update:
        baseline.write_text(evaluation.to_json(_without_cost(scores)), encoding="utf-8")
        printing.say(f"{len(material.questions)} questions: {baseline}")
        return 0
    fallen = evaluation.falls(scores, baseline)
    if json:
        printing.print_json([asdict(fall) for fall in fallen])
    else:
        for fall in fallen:
            printing.say(f"fell: {fall}")
        printing.say(f"{len(material.questions)} questions: {len(fallen)} measures fell" if fallen else "nothing fell")
    return int(bool(fallen))


@app.command()
def threshold(
    run: RunFile,
    gold: Gold,
    risk: Annotated[
        float | None, typer.Option(min=0, max=1, help="The most of the answers given that may be wrong.")
    ] = None,
    false_refusal: Annotated[
        float | None, typer.Option(min=0, max=1, help="The most of the answerable questions that may be refused.")
    ] = None,
    corpus: Corpus = None,
    sample: Sample = None,
    limit: Limit = None,
    json: AsJson = False,
) -> None:
    """Choose the confidence under which to abstain, from a run that was made with --threshold 0."""
    cases = _cases(run, prepare(gold, corpus, sample_size=sample, limit=limit))
    refused = sum(case.row.result.reason == "below_threshold" for case in cases)
    if refused:
        raise InputError(
            f"expected a run made with --threshold 0, found {refused} questions refused below its threshold; run it again"
        )
    if (risk is None) == (false_refusal is None):
        raise InputError("expected either --risk or --false-refusal, found both or neither")
    chosen = _at_risk(cases, risk) if risk is not None else _at_false_refusal(cases, false_refusal or 0.0)
    value = max(0.0, round(chosen.value - ROUNDING, 5))
    if json:
        printing.print_json({**asdict(chosen), "value": value})
        return
    bound = "of the answers wrong" if risk is not None else "of the answerable questions refused"
    printing.say(
        f"PINCITE_THRESHOLD={value:g} answers {chosen.coverage:.1%} of {chosen.n} questions, {chosen.rate:.1%} {bound}"
    )


@app.command()
def convert(
    gold: Gold,
    to: Annotated[Literal["squad", "ragas"], typer.Option(help="The format to write.")],
    out: Out,
    corpus: Corpus = None,
    run: Annotated[Path | None, typer.Option("--run", help="For ragas: the answers and hits to write, too.")] = None,
    sample: Sample = None,
    limit: Limit = None,
) -> None:
    """Write gold questions as SQuAD 2.0 JSON or as RAGAS JSONL, for other people's tools."""
    material = prepare(gold, corpus, sample_size=sample, limit=limit)
    if to == "squad":
        documents = tuple(SourceDocument(d.name, d.title, d.text) for d in material.documents)
        evaluation.write_squad(evaluation.GoldSet(material.questions, documents), out)
    else:
        cases = _cases(run, material) if run else evaluation.pair(material.questions, (), texts=material.texts)
        evaluation.write_ragas(cases, out)
    printing.say(f"{len(material.questions)} questions: {out}")


def _plan(
    context: typer.Context,
    *,
    drafter: Drafter | None = None,
    mode: Mode = "open",
    k: int = DEFAULT_K,
    threshold: float | None = None,
) -> Plan:
    assembly: Assembly = context.obj
    settings = assembly.settings
    if threshold is not None:
        settings = settings.model_copy(update={"threshold": threshold})
    return Plan(settings, mode, drafter or settings.drafter, k)


def _cases(run: Path, material: Material) -> tuple[evaluation.Case, ...]:
    """The questions with a run's rows; those that were left out by --sample or --limit are left out of the run, too."""
    rows = [row for row in evaluation.read_run(run) if row.id not in material.others]
    cases = evaluation.pair(material.questions, rows, texts=material.texts)
    missing = sum(case.row.result.status == "missing" for case in cases)
    if missing:
        printing.err.print(
            f"{run.name}: {missing} of {len(cases)} questions have no row and count as wrong; "
            "give --sample or --limit as in the run if it was made with one"
        )
    return cases


def _without_cost(scores: evaluation.Scores) -> evaluation.Scores:
    """What is kept in a repository: seconds and bytes differ from run to run and are not gated."""
    kept = {n: s for n, s in scores.measures.items() if evaluation.measure_named(n).family != "cost"}
    return replace(scores, measures=kept)


def _at_risk(cases: Sequence[evaluation.Case], risk: float) -> evaluation.Threshold:
    pairs = [pair for case in cases if (pair := confidence_and_right(case)) is not None]
    return evaluation.threshold_at_risk([p[0] for p in pairs], [p[1] > 0.5 for p in pairs], risk=risk)


def _at_false_refusal(cases: Sequence[evaluation.Case], rate: float) -> evaluation.Threshold:
    pairs = [pair for case in cases if (pair := confidence_and_answerable(case)) is not None]
    return evaluation.threshold_at_false_refusal([p[0] for p in pairs], [p[1] > 0.5 for p in pairs], rate=rate)


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(printing.plain(first))
    for name in others:
        table.add_column(printing.plain(name), justify="right")
    return table


def _print_run(out: Path) -> None:
    """How many questions came back with what."""
    results = [jsonlib.loads(line)["result"] for line in out.read_text(encoding="utf-8").split("\n") if line]
    counts = Counter(str(result["status"]) for result in results)
    printing.say(
        f"{len(results)} questions: {', '.join(f'{n} {status}' for status, n in sorted(counts.items()))}; {out}"
    )
    reasons = Counter(str(result["fallback"]) for result in results if result.get("fallback"))
    for reason, count in reasons.most_common(3):
        printing.say(f"  {count} written by the extractive drafter instead: {reason}")


def _print_scores(scores: evaluation.Scores, *, checked: bool) -> None:
    """The figures with their intervals, those of every tag, and what went wrong by kind."""
    _print_measures(f"all {scores.questions} questions", scores.measures)
    for tag, figures in scores.by_tag.items():
        _print_measures(f"tag {tag}", figures)
    table = _table("what happened", "questions")
    for kind, count in scores.failures.items():
        if count:
            table.add_row(kind, str(count))
    printing.out.print(table)
    if not checked:
        printing.say("quotes were not held against their documents; give --corpus to do so")


def _print_measures(title: str, figures: Mapping[str, evaluation.Score]) -> None:
    table = _table(title, "value", "95 % interval", "n")
    for name, shown in figures.items():
        lower = Text(" ↓" if evaluation.measure_named(name).lower else "", style="dim")
        table.add_row(Text(name) + lower, figure(shown.value), interval(shown), f"{shown.n:,}")
    printing.out.print(table, "")
