"""Makes a run for `pincite eval`: index the corpus once, build who answers, ask, and stop cleanly when interrupted."""

import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from platformdirs import user_cache_path
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import eval as evaluation
from api.assembly import Assembly
from api.settings import Settings
from eval.errors import GoldError
from eval.naive import OUTPUT_TOKENS, NaiveRespondent, TopPassageRespondent
from eval.preparing import Material, key_of, own_documents, own_passages
from eval.recording import code_sum, file_sum, versions, weights_sum
from eval.responding import (
    OwnDocuments,
    PipelineRespondent,
    collection_of,
    from_corpus,
    from_documents,
    from_passage,
    shared_collection,
)
from index.encoding import model_path
from index.store import DEFAULT_COLLECTION
from pincite import printing
from qa.drafting import DraftRequest
from qa.local import LocalDrafter
from qa.ranking import READ_HITS
from qa.reading import reader_sums
from qa.weights import RECIPES, find_weights

Mode = Literal["open", "passage", "documents"]
Drafter = Literal["extractive", "local", "openai", "naive", "naive-extractive"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How questions are asked: from what, by whom, over how many passages, with which settings of the environment."""

    settings: Settings
    mode: Mode
    drafter: Drafter
    k: int


def perform(plan: Plan, material: Material, out: Path, *, resume: bool = False) -> None:
    """Ask all questions and write the run file, with progress on standard error.

    Raises:
        GoldError: the questions have no documents of the kind that the mode needs.
        KeyboardInterrupt, CancelledError: SIGINT came; the file holds whole lines and can be resumed.
    """
    check(plan, material)
    encoder = weights_sum(Path(model_path(plan.settings.encoder)))
    with _indexed(plan, material, encoder=encoder) as assembly, _interruptible() as stopped:
        assembly.ready()
        respondent = _respondent(plan, assembly, stopped=stopped)
        with _progress(len(material.questions)) as show:

            def advance(progress: evaluation.Progress) -> None:
                show(progress)
                if stopped() and progress.done < progress.total:
                    raise KeyboardInterrupt

            evaluation.run(
                material.questions,
                respondent,
                out,
                drafter=plan.drafter,
                versions=_versions(plan, material, encoder=encoder),
                resume=resume,
                progress=advance,
            )


def check(plan: Plan, material: Material) -> None:
    """Refuse, before anything is loaded, questions that the mode cannot ask."""
    for question in material.questions:
        if plan.mode == "passage":
            own_passages(question)
        elif plan.mode == "documents":
            own_documents(question)
    if plan.mode != "documents" and not material.documents:
        raise GoldError("expected documents to answer from, found none in the gold set; give --corpus")


@contextmanager
def _indexed(plan: Plan, material: Material, *, encoder: str) -> Iterator[Assembly]:
    """The parts over a store of the corpus, which is kept for the next run; in mode `documents` over an empty one."""
    if plan.mode == "documents":
        with tempfile.TemporaryDirectory(prefix="pincite-eval-") as folder, _opened(plan, Path(folder)) as assembly:
            yield assembly
        return
    name = f"{key_of(material.documents)}-{encoder[:16]}-{code_sum('index')}"
    with _opened(plan, (plan.settings.cache or user_cache_path("pincite")) / "eval" / name) as assembly:
        with printing.adding_progress(len(material.documents)) as advance:
            for outcome in assembly.adder.add(material.documents, replace=True):
                advance(outcome)
        assembly.settle(DEFAULT_COLLECTION, compact=False)
        yield assembly


@contextmanager
def _opened(plan: Plan, folder: Path) -> Iterator[Assembly]:
    # The baselines have no drafter of the pipeline's; 'local' is loaded before the first question.
    drafter = "extractive" if plan.drafter.startswith("naive") else plan.drafter
    settings = plan.settings.model_copy(update={"store": folder, "drafter": drafter})
    assembly = Assembly(settings, progress=printing.WeightsProgress())
    try:
        yield assembly
    finally:
        assembly.close()


def _respondent(plan: Plan, assembly: Assembly, *, stopped: Callable[[], bool]) -> evaluation.Respondent:
    """Who answers in this mode with this drafter."""
    if plan.mode == "passage":
        find = from_passage(assembly.store)
    else:
        deep = plan.k if plan.drafter.startswith("naive") else max(plan.k, READ_HITS)
        find = (from_corpus if plan.mode == "open" else from_documents)(assembly.searcher, k=deep)
    respondent: evaluation.Respondent
    if plan.drafter == "naive-extractive":
        respondent = TopPassageRespondent(find)
    elif plan.drafter == "naive":
        respondent = NaiveRespondent(_complete(plan.settings, stopped=stopped), find=find)
    else:
        respondent = PipelineRespondent(
            assembly.answerer,
            find=find,
            drafter=plan.drafter,
            collection=collection_of if plan.mode == "documents" else shared_collection,
            k=plan.k,
            seconds=plan.settings.timeout,
            cancelled=stopped,
        )
    return OwnDocuments(respondent, adder=assembly.adder) if plan.mode == "documents" else respondent


def _complete(
    settings: Settings, *, stopped: Callable[[], bool]
) -> Callable[[list[dict[str, str]]], tuple[str, dict[str, int]]]:
    """The local model, loaded, without anything of pincite's around it."""
    weights = find_weights(settings.model, cache=settings.cache, progress=printing.WeightsProgress())
    model = LocalDrafter(weights, threads=settings.threads)
    model.load()

    def complete(chat: list[dict[str, str]]) -> tuple[str, dict[str, int]]:
        # Without a deadline: what the baseline says is not to depend on how busy the machine is.
        return model.complete(DraftRequest("", (), cancelled=stopped), chat=chat, max_tokens=OUTPUT_TOKENS)

    return complete


def _versions(plan: Plan, material: Material, *, encoder: str) -> dict[str, object]:
    """What the run file says of its making; of the settings only those that this drafter heeds."""
    settings = plan.settings
    heeded: dict[str, object] = {"mode": plan.mode, "drafter": plan.drafter, "k": plan.k, "encoder": settings.encoder}
    models = {settings.encoder: encoder}
    if not plan.drafter.startswith("naive"):
        heeded["threshold"] = settings.threshold
        models["reader"] = reader_sums()["sha256"]
    if plan.drafter in ("local", "openai"):
        heeded["timeout"] = settings.timeout
    if plan.drafter == "openai":
        heeded["model"] = settings.openai_model
    if plan.drafter in ("local", "naive"):
        heeded["model"] = settings.model
        recipe = RECIPES.get(settings.model)
        # The sum of a recipe's file was verified when it was put together.
        found = recipe.sha256 if recipe else file_sum(find_weights(settings.model, cache=settings.cache))
        models[recipe.name if recipe else settings.model] = found
    return versions(settings=heeded, models=models, corpus=key_of(material.documents))


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """SIGINT once is noted, to be asked for between two questions and two tokens; the second one interrupts at once."""
    noted = threading.Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        if noted.is_set():
            raise KeyboardInterrupt
        noted.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[evaluation.Progress], None]]:
    """A bar with an estimate; where standard error is no terminal, a line at every tenth."""
    columns = (
        TextColumn("asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=printing.err, transient=True) as bar:
        task = bar.add_task("", total=total)

        def show(progress: evaluation.Progress) -> None:
            left = f"{_duration(progress.seconds_left)} left"
            bar.update(task, completed=progress.done, description=left)
            tenth = progress.done * 10 // total > (progress.done - 1) * 10 // total
            if tenth and not printing.err.is_terminal:
                printing.err.print(f"asked {progress.done} of {total}, {left}")

        yield show


def _duration(seconds: float) -> str:
    """Hours, minutes and seconds, as short as they can be said."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
