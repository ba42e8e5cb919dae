"""The `eval` commands as a process sees them: files, tables, JSON, exit codes, and what SIGINT leaves behind."""

import json
import os
import re
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

import eval as evaluation
from api.assembly import Assembly
from eval.judging import StemScorer
from eval.measures import RETRIEVAL
from eval.running import without_measurements
from pincite import main
from pincite.running import Drafter, Mode, _duration, _interruptible
from tests.fakes import OverlapReader, WordEncoder

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "eval" / "data"
GOLD, CORPUS = DATA / "gold.jsonl", DATA / "corpus.jsonl"
NEWSROOM, NEWSROOM_GOLD = ROOT / "examples" / "newsroom", ROOT / "examples" / "newsroom-gold.jsonl"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `pincite eval` with these arguments in this process; (exit code, standard output, standard error)."""
    monkeypatch.setattr(Assembly, "encoder", property(lambda self: WordEncoder()))
    monkeypatch.setattr(Assembly, "reader", property(lambda self: OverlapReader()))
    monkeypatch.setenv("PINCITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PINCITE_THRESHOLD", "0.05")

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["pincite", "eval", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main.run()
        shown = capsys.readouterr()
        assert isinstance(leaving.value.code, int)
        return leaving.value.code, shown.out, " ".join(shown.err.split())

    return call


@pytest.fixture
def made(run: Run, tmp_path: Path) -> Path:
    """A run over the sample of the tests of `eval`."""
    out = tmp_path / "run.jsonl"
    assert run("run", "--gold", GOLD, "--corpus", CORPUS, "--out", out)[0] == 0
    return out


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def content(path: Path) -> list[dict[str, object]]:
    return [without_measurements(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


# -- running ----------------------------------------------------------------------------------------------------------


def test_a_run_says_what_came_of_it_and_what_made_it(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    code, said, err = run("run", "--gold", GOLD, "--corpus", CORPUS, "--out", out, "-k", 3, "--threshold", 0.1)
    assert code == 0
    assert said.startswith("14 questions: ")
    assert str(out) in said.replace("\n", "")
    assert "asked 14 of 14, 0 s left" in err
    rows = rows_of(out)
    assert [row["id"] for row in rows] == [question.id for question in evaluation.read_gold(GOLD)]
    settings = rows[0]["versions"]["settings"]
    expected = {"mode": "open", "drafter": "extractive", "k": 3, "encoder": "all-MiniLM-L6-v2", "threshold": 0.1}
    assert settings == expected
    assert all(len(row["hits"]) == 3 for row in rows)
    assert len(rows[0]["versions"]["models"]["all-MiniLM-L6-v2"]) == 64


def test_the_corpus_is_indexed_once(run: Run, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = WordEncoder()
    monkeypatch.setattr(Assembly, "encoder", property(lambda self: encoder))
    run("run", "--gold", GOLD, "--corpus", CORPUS, "--out", tmp_path / "again.jsonl", "--limit", 1)
    assert content(tmp_path / "again.jsonl") == content(made)[:1]
    assert len(list((tmp_path / "cache" / "eval").iterdir())) == 1
    first = json.loads(CORPUS.read_text(encoding="utf-8").splitlines()[0])["text"]
    assert not any(first[:40] in text and len(text) > 200 for text in encoder.encoded)


def test_a_limit_is_raised_by_resuming(run: Run, made: Path, tmp_path: Path) -> None:
    out = tmp_path / "part.jsonl"
    common = ("run", "--gold", GOLD, "--corpus", CORPUS, "--out", out)
    assert run(*common, "--limit", 3)[0] == 0
    assert run(*common, "--resume")[0] == 0
    assert content(out) == content(made)


@pytest.mark.parametrize(
    ("mode", "drafter"), [("passage", "extractive"), ("open", "naive-extractive"), ("documents", "extractive")]
)
def test_every_mode_writes_a_run_that_scores(run: Run, tmp_path: Path, mode: str, drafter: str) -> None:
    rows = [
        {
            "id": str(i),
            "question": "How long is the bridge?",
            "answers": ["420 metres"],
            "answerable": True,
            "passage": f"d{i}",
            "evidence": [],
            "documents": [{"doc_id": f"d{i}", "title": "", "text": "The bridge is 420 metres long."}],
        }
        for i in range(3)
    ]
    gold, out = tmp_path / "own.jsonl", tmp_path / "out.jsonl"
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run("run", "--gold", gold, "--out", out, "--mode", mode, "--drafter", drafter)[0] == 0
    code, said, _ = run("score", out, "AnswerContained", "QuoteExactness", "Success@1", "--gold", gold, "--json")
    figures = json.loads(said)
    assert code == 0
    assert {name: (f["value"], f["n"]) for name, f in figures["measures"].items()} == {
        "AnswerContained": (1.0, 3),
        "QuoteExactness": (1.0, 3),
        "Success@1": (1.0 if mode != "open" else pytest.approx(1 / 3, abs=1e-5), 3),
    }
    assert figures["versions"][0]["settings"]["mode"] == mode


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "--gold", GOLD), "Missing option '--out'"),
        (("run", "--gold", GOLD, "--out", "{tmp}/x.jsonl"), "expected documents to answer from, found none"),
        (("run", "--gold", GOLD, "--out", "{tmp}/no/x.jsonl"), "expected a folder at"),
        (("run", "--gold", GOLD, "--corpus", CORPUS, "--out", GOLD), "give --resume to go on with it"),
        (("run", "--gold", "{tmp}/none.jsonl", "--out", "{tmp}/x.jsonl"), "expected a readable UTF-8 file"),
        (("run", "--gold", GOLD, "--out", "{tmp}/x.jsonl", "--mode", "closed"), "'closed' is not one of"),
        (("run", "--gold", GOLD, "--out", "{tmp}/x.jsonl", "--drafter", "gpt"), "'gpt' is not one of"),
        (("run", "--gold", GOLD, "--out", "{tmp}/x.jsonl", "--sample", "0"), "should be greater than or equal to 1"),
        (("run", "--gold", GOLD, "--corpus", CORPUS, "--out", "{tmp}/x.jsonl", "--sample", 99), "1 to 14 questions"),
        (
            ("run", "--gold", GOLD, "--corpus", CORPUS, "--out", "{tmp}/x.jsonl", "--mode", "documents"),
            "expected documents of its own, found none",
        ),
        (("score", DATA / "run.jsonl", "Accuracy", "--gold", GOLD), "expected one of ExactMatch, F1"),
        (("score", DATA / "run.jsonl", "--gold", NEWSROOM_GOLD), "found 14 for others"),
        (("threshold", DATA / "run.jsonl", "--gold", GOLD), "expected"),
        (("convert", "--gold", GOLD, "--corpus", CORPUS, "--to", "gold", "--out", DATA), "give another folder"),
        (("support", GOLD), "line 1: field 'question': expected one of id, claim, sentences"),
        (("bogus",), "No such command"),
    ],
)
def test_what_cannot_be_done_leaves_with_one_and_says_why(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], said: str
) -> None:
    code, _, err = run(*(str(argument).replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert code == 1
    assert said in err


def test_a_run_of_other_settings_is_not_gone_on_with(run: Run, made: Path) -> None:
    code, _, err = run("run", "--gold", GOLD, "--corpus", CORPUS, "--out", made, "--resume", "-k", 1)
    assert code == 1
    assert "one file holds the answers of one system" in err


# -- scoring, comparing, reporting, choosing, converting --------------------------------------------------------------


def test_scores_as_a_table_and_as_json(run: Run) -> None:
    arguments = ("score", DATA / "run.jsonl", "--gold", GOLD, "--corpus", CORPUS)
    code, said, _ = run(*arguments, "--by", "tag")
    assert code == 0
    assert "all 14 questions" in said
    assert "tag number" in said
    assert "FalseRefusal ↓" in said
    assert "what happened" in said
    assert "give --corpus" not in said
    first, second = run(*arguments, "--json"), run(*arguments, "--json")
    assert first == second
    cases = evaluation.pair(
        evaluation.read_gold(GOLD),
        evaluation.read_run(DATA / "run.jsonl"),
        texts=evaluation.texts_of(evaluation.read_corpus(CORPUS)),
    )
    assert first[1] == evaluation.to_json(evaluation.score(cases))
    assert "quotes were not held against" in run(*arguments[:4])[1]


def test_a_quote_that_is_not_there_leaves_with_one(run: Run, tmp_path: Path) -> None:
    rows = rows_of(DATA / "run.jsonl")
    citation = next(row for row in rows if row["result"].get("citations"))["result"]["citations"][0]
    citation["source_start"] += 1
    citation["source_end"] += 1
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, said, err = run("score", wrong, "QuoteExactness", "--gold", GOLD, "--corpus", CORPUS, "--json")
    assert code == 1
    assert json.loads(said)["measures"]["QuoteExactness"]["value"] < 1
    assert f"[1] is not in {citation['document_name']}" in err


def test_a_sample_of_a_whole_run_is_scored_and_a_missing_row_is_told(run: Run, tmp_path: Path) -> None:
    code, said, err = run("score", DATA / "run.jsonl", "--gold", GOLD, "--sample", 5, "--json")
    assert (code, json.loads(said)["questions"], err) == (0, 5, "")
    part = tmp_path / "part.jsonl"
    part.write_text("\n".join((DATA / "run.jsonl").read_text(encoding="utf-8").splitlines()[:9]), encoding="utf-8")
    code, said, err = run("score", part, "--gold", GOLD, "--json")
    assert len(json.loads(said)["missing"]) == 5
    assert "part.jsonl: 5 of 14 questions have no row and count as wrong" in err


def test_two_runs_are_compared(run: Run, made: Path) -> None:
    code, said, _ = run("compare", DATA / "run.jsonl", made, "F1", "AURC", "--gold", GOLD, "--corpus", CORPUS)
    assert code == 0
    assert "difference" in said
    rows = json.loads(run("compare", made, made, "--gold", GOLD, "--corpus", CORPUS, "--json")[1])
    assert all(row["value"] == 0 and row["better"] == "neither" for row in rows)


def test_a_report_is_one_file_with_every_run(run: Run, made: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    arguments = ("report", DATA / "run.jsonl", made, "--gold", GOLD, "--corpus", CORPUS, "--out", page)
    code, said, _ = run(*arguments, "--title", "Two runs", "--by", "tag")
    assert (code, "14 questions, 2 runs" in said) == (0, True)
    text = page.read_text(encoding="utf-8")
    assert "<title>Two runs</title>" in text
    assert str(DATA / "run.jsonl") in text  # both are called run.jsonl, so they are told apart by their paths
    assert str(made) in text


def test_a_threshold_is_chosen_from_a_run_that_refused_nothing(run: Run, tmp_path: Path) -> None:
    rows = [
        {"id": q.id, "result": {"status": "answered", "answer": q.answers[0] if i > 3 else "no", "confidence": i / 20}}
        for i, q in enumerate(evaluation.read_gold(GOLD))
        if q.answers
    ]
    out = tmp_path / "run.jsonl"
    out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    arguments = ("threshold", out, "--gold", GOLD)
    pairs = [(row["result"]["confidence"], row["result"]["answer"] != "no") for row in rows]
    chosen = evaluation.threshold_at_risk([p[0] for p in pairs], [p[1] for p in pairs], risk=0.2)
    found = json.loads(run(*arguments, "--risk", 0.2, "--json")[1])
    assert found["value"] == pytest.approx(chosen.value - 0.00005)
    assert found["rate"] == chosen.rate
    code, said, _ = run(*arguments, "--false-refusal", 0)
    assert code == 0
    assert said.startswith("PINCITE_THRESHOLD=0")
    assert "0.0% of the answerable questions refused" in said
    for both in ((), ("--risk", 0.1, "--false-refusal", 0.1)):
        code, _, err = run(*arguments, *both)
        assert (code, "expected either --risk or --false-refusal" in err) == (1, True)
    rows[0]["result"] = {"status": "abstained", "abstention": {"reason": "below_threshold"}, "confidence": 0.0}
    out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert "expected a run made with --threshold 0, found 1 questions refused" in run(*arguments, "--risk", 0.2)[2]


def test_gold_is_converted_for_others_and_read_back(run: Run, tmp_path: Path) -> None:
    squad, ragas = tmp_path / "squad.json", tmp_path / "ragas.jsonl"
    gold = [q for q in evaluation.read_gold(GOLD) if q.evidence]
    evaluation.write_gold(gold, tmp_path / "gold.jsonl")
    common = ("convert", "--gold", tmp_path / "gold.jsonl", "--corpus", CORPUS)
    assert run(*common, "--to", "squad", "--out", squad)[0] == 0
    assert {q.id for q in evaluation.read_gold_set(squad).questions} == {q.id for q in gold}
    out = tmp_path / "own.jsonl"
    assert run("run", "--gold", squad, "--out", out)[0] == 0  # the documents are in the file
    assert run(*common, "--to", "ragas", "--out", ragas, "--run", out)[0] == 0
    rows = rows_of(ragas)
    assert all(
        len(row["retrieved_contexts"]) == len(hits)
        for row, hits in zip(rows, (r["hits"] for r in rows_of(out)), strict=True)
    )
    assert run(*common, "--to", "ragas", "--out", ragas)[0] == 0
    assert {row["response"] for row in rows_of(ragas)} == {""}


def test_gold_becomes_a_folder_of_ours_with_what_was_planted(run: Run, tmp_path: Path) -> None:
    row = {"id": "p", "question": "When was the lighthouse built?", "answers": ["1903"], "answerable": True}
    row |= {"evidence": [], "wrong_answers": ["1911"], "poison": ["It was built in 1911.", "In 1911, they say."]}
    (tmp_path / "planted.jsonl").write_text(json.dumps(row), encoding="utf-8")
    folder, out = tmp_path / "folder", tmp_path / "run.jsonl"
    arguments = ("--gold", tmp_path / "planted.jsonl", "--corpus", CORPUS, "--plants", 1, "--evidence", GOLD)
    assert run("convert", *arguments, "--to", "gold", "--out", folder)[:2] == (0, f"1 questions: {folder}\n")
    names = [row["doc_id"] for row in rows_of(folder / "corpus.jsonl")]
    assert names[5:] == ["p-planted-0"]
    other = tmp_path / "other"
    assert run("convert", *arguments, "--first-plant", 1, "--to", "gold", "--out", other)[0] == 0
    assert rows_of(other / "corpus.jsonl")[5]["text"] == "In 1911, they say."
    both = ("--gold", folder / "gold.jsonl", "--corpus", folder / "corpus.jsonl")
    assert run("run", *both, "--out", out)[0] == 0
    code, said, _ = run("score", out, "Recall@5", "PlantedAnswerAlone", *both, "--json")
    figures = json.loads(said)["measures"]
    assert (code, figures["Recall@5"]["value"], figures["PlantedAnswerAlone"]["n"]) == (0, 1.0, 1)


def test_an_unanswerable_question_may_come_without_documents(run: Run, tmp_path: Path) -> None:
    row = {"id": "u", "question": "How deep is it?", "answers": [], "answerable": False, "evidence": []}
    gold, out = tmp_path / "gold.jsonl", tmp_path / "run.jsonl"
    gold.write_text(json.dumps(row), encoding="utf-8")
    assert run("run", "--gold", gold, "--mode", "documents", "--out", out)[0] == 0
    result = rows_of(out)[0]["result"]
    assert (result["status"], result["abstention"]["reason"]) == ("abstained", "no_evidence")


def test_a_judge_of_support_is_measured(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"a": "quay", "b": "ferry", "e": "harbour", "f": "mud"}
    rows = [
        {"id": i, "claim": f"The {word} is new.", "label": "supported", "supporting_sentences": [[1]]}
        | {"sentences": ["Nothing here.", f"A new {word}.", "Old."]}
        for i, word in words.items()
    ]
    rows[1] |= {"label": "not_supported", "supporting_sentences": [[]], "sentences": ["Waffles.", "Soup."]}
    path = tmp_path / "claims.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    code, said, err = run("support", path, "--judge", "words", "--json")
    found = json.loads(said)
    assert (code, err, found["claims"], found["versions"]["settings"]) == (0, "", 4, {"judge": "words"})
    # Of rules that do equally well the lowest is chosen, and that one takes the best sentence whatever its score.
    assert {name: (f["value"], f["n"]) for name, f in found["measures"].items()} == {
        "SentenceF1": (1.0, 3),
        "NothingTaken": (0.0, 1),
        "SupportAUROC": (1.0, 4),
        "AnySupportAUROC": (1.0, 4),
    }
    code, said, _ = run("support", path, "--judge", "words")
    assert (code, "all 4 claims" in said, "chosen on the other half" in said) == (0, True, True)
    assert "in both halves" in run("support", path, "--judge", "words", "--limit", 2)[2]
    monkeypatch.setattr(Assembly, "reader", property(lambda self: StemScorer()))
    weighed = json.loads(run("support", path, "--json")[1])
    assert (weighed["versions"]["settings"], weighed["measures"]) == ({"judge": "reader"}, found["measures"])
    found["versions"] |= {"settings": {"judge": "head"}, "models": weighed["versions"]["models"]}
    assert list(weighed["versions"]["models"]) == ["reader"]
    assert json.loads(run("support", path, "--judge", "head", "--json")[1]) == found


def test_a_fall_closes_the_gate(run: Run, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    common = ("gate", "--baseline", baseline, "--gold", GOLD, "--corpus", CORPUS)
    assert run(*common, "--update")[0] == 0
    figures = json.loads(baseline.read_text(encoding="utf-8"))
    assert not {"Seconds", "PeakMemory"} & set(figures["measures"])
    assert run(*common)[:2] == (0, "nothing fell\n")
    assert run(*common, "--json")[:2] == (0, "[]\n")
    figures["measures"]["Recall@5"] |= {"low": 1.01}
    baseline.write_text(json.dumps(figures), encoding="utf-8")
    code, said, _ = run(*common)
    assert code == 1
    assert "fell: Recall@5 is" in said
    assert [fall["measure"] for fall in json.loads(run(*common, "--json")[1])] == ["Recall@5"]


# -- the page of results ---------------------------------------------------------------------------------------------


def test_results_are_kept_and_put_on_a_page(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = runpy.run_path(str(ROOT / "scripts" / "results.py"))
    records, page = tmp_path / "records", tmp_path / "results.md"
    for name, rows in (("squad2", rows_of(made)), ("mine", rows_of(made)[:5])):
        part = tmp_path / f"{name}.jsonl"
        part.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        results["record"](part, name=name, gold=GOLD, corpus=CORPUS, folder=records)
    kept = json.loads((records / "mine-open-extractive.json").read_text(encoding="utf-8"))
    assert kept["command"].endswith("--drafter extractive -k 10 --threshold 0.05 --limit 5 --out run.jsonl")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", kept["date"])
    results["page"](folder=records, out=page)
    assert "2 runs: " in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    assert text.index("## squad2: ") < text.index("## mine\n")
    figures = kept["scores"]["measures"]["Recall@5"]
    cell = f"{figures['value']:.3f} ({figures['low']:.3f} to {figures['high']:.3f}; {figures['n']})"
    assert f"| Recall@5 | {cell} |" in text.split("## mine")[1]
    assert sum(kept["scores"]["failures"].values()) == 5
    assert "wice" not in text
    # What is kept quotes no document.
    assert not any(sentence in json.dumps(kept) for sentence in ("began service", "takes 35 minutes"))


def test_what_a_judge_scored_is_on_the_page_too(run: Run, tmp_path: Path) -> None:
    rows = [
        {"id": i, "claim": "The quay is new.", "label": "supported", "supporting_sentences": [[0]]}
        | {"sentences": ["A new quay.", "Mud."]}
        for i in "ae"
    ]
    claims, found = tmp_path / "claims.jsonl", tmp_path / "found.json"
    claims.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found.write_text(run("support", claims, "--judge", "words", "--json")[1], encoding="utf-8")
    results = runpy.run_path(str(ROOT / "scripts" / "results.py"))
    records, page = tmp_path / "records", tmp_path / "results.md"
    results["judged"](found, name="wice", claims=claims, folder=records)
    kept = json.loads((records / "judges" / "wice-words.json").read_text(encoding="utf-8"))
    assert kept["command"] == f"pincite eval support {claims} --judge words --json"
    results["page"](folder=records, out=page)
    text = page.read_text(encoding="utf-8")
    assert "## wice: claims" in text
    assert "| SentenceF1 | 1.000 (1.000 to 1.000; 2) |" in text
    assert "half 1: at most 1 sentences of a score of 0 or more" in text
    assert "new quay" not in json.dumps(kept) + text


# -- being interrupted ------------------------------------------------------------------------------------------------

# The command line with an encoder for the head that takes its time, so that there is something to interrupt.
SLOW = """
import time
from api.assembly import Assembly
from pincite import main
from tests.fakes import OverlapReader, WordEncoder

class Slow(WordEncoder):
    def encode(self, texts):
        time.sleep(0.05)
        return super().encode(texts)

encoder = Slow()
Assembly.encoder = property(lambda self: encoder)
Assembly.reader = property(lambda self: OverlapReader())
main.run()
"""


def started(code: str, out: Path, *more: str, cache: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, "eval", "run", "--gold", str(NEWSROOM_GOLD), "--corpus", str(NEWSROOM)]
    # One thread each: several processes that spin for the same cores take many times as long.
    environment = {**os.environ, "PINCITE_CACHE": str(cache), "PINCITE_THRESHOLD": "0.3", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*command, "--out", str(out), *more], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )


def interrupted(process: subprocess.Popen[str], out: Path, *, after: int) -> str:
    """Send SIGINT once the run file has this many lines; what the process said on standard error."""
    until = time.monotonic() + 90
    while time.monotonic() < until and not (out.exists() and out.read_bytes().count(b"\n") >= after):
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    return " ".join(err.split())


def check_interruption(tmp_path: Path, code: str, *more: str, total: int) -> tuple[list[Any], list[Any]]:
    """Interrupt a run, resume it, run it unbroken; the rows of both files."""
    out, whole = tmp_path / "broken.jsonl", tmp_path / "whole.jsonl"
    process = started(code, out, *more, cache=tmp_path / "cache")
    err = interrupted(process, out, after=2)
    assert process.returncode == 1
    done = out.read_bytes().count(b"\n")
    assert 2 <= done < total
    assert out.read_bytes().endswith(b"\n")
    assert f"interrupted after {done} of {total} questions; the same command with --resume goes on" in err
    both = [
        started(code, path, *more, *options, cache=tmp_path / "cache")
        for path, options in ((out, ("--resume",)), (whole, ()))
    ]
    for process in both:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    return content(out), content(whole)


def test_interrupted_and_resumed_the_file_is_the_same(tmp_path: Path) -> None:
    broken, whole = check_interruption(tmp_path, SLOW, total=28)
    assert broken == whole


@pytest.mark.live
def test_with_the_real_encoder_too(tmp_path: Path) -> None:
    # A question is read in batches of its own, so that nothing hangs on what was asked before it.
    broken, whole = check_interruption(tmp_path, "from pincite import main; main.run()", "--limit", "6", total=6)
    assert broken == whole


def test_the_second_signal_interrupts_at_once() -> None:
    # A shell starts what runs in its background with the signal ignored.
    before = signal.getsignal(signal.SIGINT)
    with _interruptible() as stopped:
        assert not stopped()
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)
    assert signal.getsignal(signal.SIGINT) is before


def test_durations_are_short() -> None:
    assert [_duration(s) for s in (0.4, 59.6, 61, 3600, 7384)] == [
        "0 s",
        "1 min 00 s",
        "1 min 01 s",
        "1 h 00 min",
        "2 h 03 min",
    ]


# -- what CI does -----------------------------------------------------------------------------------------------------


@pytest.mark.live
def test_nothing_has_fallen_below_the_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PINCITE_CACHE", str(tmp_path))
    for name in ("PINCITE_THRESHOLD", "PINCITE_ENCODER", "PINCITE_DRAFTER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["pincite", "eval", "gate"])
    began = time.monotonic()
    with pytest.raises(SystemExit) as leaving:
        main.run()
    said = capsys.readouterr().out
    assert leaving.value.code == 0, said
    assert "nothing fell" in said
    assert time.monotonic() - began < 120


# -- the page for evaluators ------------------------------------------------------------------------------------------

PAGE = ROOT / "docs" / "evaluation.md"


def test_every_measure_mode_and_drafter_is_documented_in_one_line() -> None:
    text = PAGE.read_text(encoding="utf-8")
    spelled = [
        *evaluation.PLAIN,
        *(f"{stem}@k" for stem in RETRIEVAL),
        "Risk@percent",
        "RefusalRecall@percent",
        *evaluation.SUPPORT_MEASURES,
    ]
    for name in spelled:
        lower = (name in evaluation.PLAIN and evaluation.PLAIN[name].lower) or name == "Risk@percent"
        assert text.count(f"| `{name}`{' ↓' if lower else ''} | ") == 1, name
    documented = re.findall(r"^\| `([A-Z]\w+(?:@\w+)?|nDCG@k)`", text, re.MULTILINE)
    assert sorted(documented) == sorted(spelled)
    for name in (*get_args(Mode), *get_args(Drafter)):
        assert f"`{name}`" in text, name


def test_the_examples_for_notebooks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    for name in ("gold.jsonl", "corpus.jsonl", "run.jsonl"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec("\n".join(blocks), {})
    said = capsys.readouterr().out
    assert said.startswith("1.0\nF1 0.")
    assert "'F1'" in said


def test_the_rows_shown_are_rows(tmp_path: Path) -> None:
    gold, row = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = gold.replace('\n "', ' "').strip()
    (tmp_path / "gold.jsonl").write_text(lines, encoding="utf-8")
    questions = evaluation.read_gold(tmp_path / "gold.jsonl")
    text = "The harbour bridge is 420 metres long, and nobody has painted it since it was opened."
    parsed = evaluation.parse_row(" ".join(row.split()))
    (case, _) = evaluation.pair(questions, [parsed], texts={"bridge.txt": text})
    names = ["QuoteExactness", "MarkerExactness", "CitationSuccess", "Success@1", "AnswerContained"]
    scores = evaluation.score([case], evaluation.measures_named(names))
    assert {name: figure.value for name, figure in scores.measures.items()} == dict.fromkeys(names, 1.0)
