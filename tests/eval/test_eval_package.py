"""What `from eval import …` promises to a notebook."""

import inspect
from pathlib import Path

import eval as evaluation
from eval import measures_named, pair, read_gold, read_run, score, to_json


def test_everything_promised_is_there_documented_and_sorted() -> None:
    assert sorted(evaluation.__all__, key=lambda n: (n.upper() != n, n[0].islower(), n)) == evaluation.__all__
    for name in evaluation.__all__:
        item = getattr(evaluation, name)
        if inspect.isclass(item) or inspect.isfunction(item):
            assert inspect.getdoc(item), name


def test_the_example_of_the_package_runs(data: Path) -> None:
    cases = pair(read_gold(data / "gold.jsonl"), read_run(data / "run.jsonl"))
    text = to_json(score(cases, measures_named(["ExactMatch", "F1", "FalseRefusal"])))
    assert '"FalseRefusal": {' in text


def test_modules_say_what_they_do_and_stay_small() -> None:
    folder = Path(inspect.getfile(evaluation)).parent
    for module in sorted(folder.glob("*.py")):
        text = module.read_text(encoding="utf-8")
        assert text.startswith('"""'), module.name
        assert len(text.splitlines()) < 400, module.name
