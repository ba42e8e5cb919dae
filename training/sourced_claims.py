"""Claims beside the sentences of a source that bears them out whole, in part or not at all: what the support's weights see.

A fact in a person's own words is made of a question and its answer. Of a claim of two facts one may be missing from the
source, as in what people write with one source too few.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.sentences import split_sentences
from training.examples import Example, says, without_answer
from training.supporting import is_statement, statement_of

# Words of one sentence of a claim at most.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class SourcedClaim:
    """Whether a source, given by its sentences, says all that a claim says."""

    claim: str
    sentences: tuple[str, ...]
    supported: bool
    kind: str


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a text as they stand."""
    return tuple(text[span.start : span.end] for span in split_sentences(text))


def of_facts(examples: Sequence[Example], *, size: int, seed: int) -> list[SourcedClaim]:
    """Claims of two facts of one passage: beside it, beside it without the second, and with the second from elsewhere.

    Each three times alike in number; at most `size` passages, drawn by `seed`.
    """
    chance = random.Random(seed)
    passages, groups = defaultdict(list), defaultdict(list)
    for example in examples:
        if is_statement(example) and len(statement_of(example)) <= _LONGEST:
            passages[example.passage].append(example)
            groups[example.group].append(example)
    several = [facts for facts in passages.values() if len(facts) > 1]
    chosen = chance.sample(several, min(size, len(several)))
    return [claim for facts in chosen for claim in _of_passage(facts, groups, chance)]


def _of_passage(
    facts: Sequence[Example], groups: dict[str, list[Example]], chance: random.Random
) -> Iterator[SourcedClaim]:
    first, second = chance.sample(facts, 2)
    whole = sentences_of(first.passage)
    yield SourcedClaim(statement_of(first), whole, True, "one fact")
    yield SourcedClaim(_both(first, second), whole, True, "two facts")
    cut = without_answer(second)
    if cut is not None and says(cut.passage, first.answer):
        yield SourcedClaim(statement_of(second), sentences_of(cut.passage), False, "fact cut")
        yield SourcedClaim(_both(first, second), sentences_of(cut.passage), False, "one of two cut")
    other = chance.choice(groups[first.group])
    if not says(first.passage, other.answer):
        yield SourcedClaim(_both(first, other), whole, False, "one of two from elsewhere")


def _both(first: Example, second: Example) -> str:
    """Two facts in one sentence."""
    return f"{statement_of(first).removesuffix('.')}, and {statement_of(second)}"
