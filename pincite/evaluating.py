"""The `eval` commands: run questions, score what came back, compare, report, gate, choose a threshold, convert, judge."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import track

import eval as evaluation
from api.assembly import Assembly
from eval.abstaining import confidence_and_answerable, confidence_and_right
from eval.claims import read_claims
from eval.comparing import to_json as differences_to_json
from eval.datatypes import SourceDocument
from eval.judging import StemScorer, SupportScorer, assess, judge, support_to_json
from eval.preparing import Material, prepare, write_material
from eval.recording import file_sum, versions
from index.errors import InputError
from pincite import printing, tabulating
from pincite.running import Drafter, Mode, Plan, perform
from qa.answering import DEFAULT_K
from qa.errors import CancelledError
from qa.reading import reader_sums
from qa.supporting import WeighedJudge

app = typer.Typer(
    help="Measure answers against gold questions: offline, by rules over strings and offsets, without a judge model.",
    no_args_is_help=True,
)

BASELINE = Path("eval/baselines/newsroom-extractive.json")
# Confidences are written with four decimals: half of the last one below still lets the least of them through.
ROUNDING = 0.00005

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text for a person.")]
Gold = Annotated[
    Path,
    typer.Option("--gold", help="Questions: our JSONL, SQuAD JSON, RAGAS, CLAPNQ or MTRAG JSONL, or a BEIR folder."),
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
Judge = Literal["reader", "head", "words"]


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
    tabulating.print_run(out)
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
        tabulating.print_scores(scores, checked=any(case.texts is not None for case in cases))
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
    else:
        tabulating.print_differences(differences, first=first.name, second=second.name)


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
    to: Annotated[
        Literal["gold", "squad", "ragas"], typer.Option(help="The format to write; gold is ours, with its corpus.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The file to write; for gold the folder.")],
    corpus: Corpus = None,
    plants: Annotated[
        int | None, typer.Option(min=0, help="Plant only this many of the texts that mislead, for each question.")
    ] = None,
    first_plant: Annotated[
        int, typer.Option(min=0, help="The first of the texts to plant, from 0: with --plants 1 each in its turn.")
    ] = 0,
    evidence: Annotated[
        Path | None,
        typer.Option(help="Another gold set over the corpus: questions in the same words take its evidence."),
    ] = None,
    run: Annotated[Path | None, typer.Option("--run", help="For ragas: the answers and hits to write, too.")] = None,
    sample: Sample = None,
    limit: Limit = None,
) -> None:
    """Write gold questions in our format, with their documents, or as SQuAD 2.0 JSON or RAGAS JSONL for other tools."""
    material = prepare(
        gold, corpus, sample_size=sample, limit=limit, plants=plants, first_plant=first_plant, evidence=evidence
    )
    if to == "gold":
        write_material(material, out)
    elif to == "squad":
        documents = tuple(SourceDocument(d.name, d.title, d.text) for d in material.documents)
        evaluation.write_squad(evaluation.GoldSet(material.questions, documents), out)
    else:
        cases = _cases(run, material) if run else evaluation.pair(material.questions, (), texts=material.texts)
        evaluation.write_ragas(cases, out)
    printing.say(f"{len(material.questions)} questions: {out}")


@app.command()
def support(
    context: typer.Context,
    claims: Annotated[
        Path, typer.Argument(metavar="CLAIMS", help="JSONL of claims with the sentences of their sources, as WiCE has.")
    ],
    judged_by: Annotated[
        Judge,
        typer.Option(
            "--judge", help="Who judges: reader as in an answer, head the network alone, words those in common."
        ),
    ] = "reader",
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first claims.")] = None,
    json: AsJson = False,
) -> None:
    """Measure a judge of support: does it find the sentences that bear a claim out, and tell which claims they do?"""
    scorer = _scorer(context, judged_by)
    asked = track(
        read_claims(claims)[:limit],
        description="judging",
        console=printing.err,
        transient=True,
        disable=not printing.err.is_terminal,
    )
    found = assess([judge(claim, scorer) for claim in asked])
    if json:
        models = {} if judged_by == "words" else {"reader": reader_sums()["sha256"]}
        made = versions(settings={"judge": judged_by}, models=models, corpus=file_sum(claims)[:16])
        typer.echo(support_to_json(found, versions=made), nl=False)
    else:
        tabulating.print_support(found)


def _scorer(context: typer.Context, name: Judge) -> SupportScorer:
    """The judge of support of a name, loaded."""
    assembly: Assembly = context.obj
    scorers: dict[Judge, Callable[[], SupportScorer]] = {
        "reader": lambda: WeighedJudge(assembly.reader),
        "head": lambda: assembly.reader,
        "words": StemScorer,
    }
    return scorers[name]()


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
