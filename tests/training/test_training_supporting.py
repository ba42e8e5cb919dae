"""What the weights of support are fitted on: claims of one fact and of two, and a fit that keeps every sign."""

import numpy as np
import pytest

from qa.supporting import SIGNALS
from tests.qa.making import TableJudge
from training.examples import Example
from training.fit_support import SIGNS, fit_weights, rows_of
from training.sourced_claims import SourcedClaim, of_facts, sentences_of
from training.supporting import is_statement, statement_of

PASSAGE = (
    "Ada Finch opened the harbour in 1921, when the town had no more than a wooden quay and a few sheds for the nets. "
    "The Tern was the first of the boats to land there, with forty people and the mayor of the next town on board. "
    "Its captain, Eve Stone, later led the ferry company, and wrote a book about those years that is still sold today."
)


def example(question: str, answer: str, *, passage: str = PASSAGE) -> Example:
    start = passage.index(answer)
    return Example(question, passage, start, start + len(answer), "squad2", "Harbour")


OPENED = example("Who opened the harbour?", "Ada Finch")
LED = example("Who later led the ferry company?", "Eve Stone")
SAILED = example("Who sailed the Gull?", "Ben Reed", passage="Ben Reed sailed the Gull to the north for many years.")


def test_a_statement_is_made_where_the_answer_is_the_subject() -> None:
    assert is_statement(OPENED)
    assert statement_of(OPENED) == "Ada Finch opened the harbour."
    assert statement_of(OPENED, answer="Ben Reed") == "Ben Reed opened the harbour."
    asked = example("When did Ada Finch open it?", "1921")
    assert not is_statement(asked)
    with pytest.raises(ValueError, match="asks|subject"):
        statement_of(asked)


def test_claims_of_two_facts_are_borne_out_by_sources_with_both() -> None:
    made = of_facts([OPENED, LED, SAILED], size=5, seed=1)
    assert {(one.kind, one.supported) for one in made} >= {
        ("one fact", True),
        ("two facts", True),
        ("one of two cut", False),
    }
    for one in made:
        source = " ".join(one.sentences)
        said = [fact for fact in ("Ada Finch", "Eve Stone", "Ben Reed") if fact in one.claim]
        assert one.supported == all(fact in source for fact in said)
        assert len(said) == (1 if one.kind in {"one fact", "fact cut"} else 2)
    assert of_facts([OPENED, LED, SAILED], size=5, seed=1) == made
    assert of_facts([OPENED, SAILED], size=5, seed=1) == []


def test_a_source_is_its_sentences() -> None:
    assert sentences_of("It rained. Then it snowed.") == ("It rained.", "Then it snowed.")
    assert sentences_of("") == ()


def test_a_claim_s_signals_are_of_the_sentences_that_complete_each_other() -> None:
    claim = SourcedClaim("Ada Finch and Eve Stone met.", ("Ada Finch.", "Mud.", "Eve Stone met her."), True, "given")
    judge = TableJudge(default=0.5)
    row = dict(zip(SIGNALS, rows_of([claim], judge)[0], strict=True))
    assert judge.asked == [(claim.claim, "Ada Finch. Eve Stone met her.")]
    assert row == {"words": 1.0, "missing": 0.0, "denied": 0.0, "head": pytest.approx(0.0)}


def test_the_fit_keeps_every_sign_and_finds_what_tells() -> None:
    generator = np.random.default_rng(3)
    X = generator.normal(size=(400, len(SIGNALS)))
    # The words tell, and 'missing' tells the wrong way round: it may not.
    y = X[:, SIGNALS.index("words")] + X[:, SIGNALS.index("missing")] > 0
    weights, bias = fit_weights(X, y, np.ones(400))
    found = dict(zip(SIGNALS, weights, strict=True))
    assert all(found[name] * sign >= 0 for name, sign in SIGNS.items())
    assert found["words"] > 1.0
    assert found["missing"] == 0.0
    assert abs(bias) < 0.5
