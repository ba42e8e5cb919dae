"""Choose what each stage of the training sees, and how much of it."""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from training.examples import Example, sampled, without_answer
from training.facts import stated_facts
from training.made_up import made_up_examples
from training.mining import mined_negatives
from training.near_misses import near_misses
from training.supporting import SupportPair, given_pairs, sentence_pairs, stated_pairs
from training.wider import wider_questions

# Answered rows of each source in the second stage: reviews and forum posts taught what a span is in the first.
GIVEN = {
    "qed": 6_830,
    "squadshifts-wiki": 7_938,
    "squadshifts-amazon": 4_500,
    "squadshifts-reddit": 4_500,
    "policyqa": 3_500,
}
HARD_TIMES = 4
NEAR_MISSES = {
    "name": 6_000,
    "neighbour": 2_000,
    "number": 1_500,
    "sibling": 5_000,
    "negated": 900,
    "renamed": 3_000,
    "model": 2_500,
}
THIRD_GIVEN = {
    "qed": 6_830,
    "squadshifts-wiki": 4_500,
    "squadshifts-amazon": 1_200,
    "squadshifts-reddit": 1_200,
    "policyqa": 1_200,
}
THIRD_NEAR_MISSES = {
    "name": 3_500,
    "neighbour": 1_200,
    "number": 1_000,
    "sibling": 3_000,
    "negated": 500,
    "renamed": 1_500,
    "model": 1_200,
}


def first_stage(given: Sequence[Example], data: Path, *, seed: int) -> list[Example | SupportPair]:
    """Every given row, passages without their answer, and passages that our own search confuses."""
    chance = random.Random(seed)
    chosen = [*given, *[example for example in given if example.source == "squad2"]]
    chosen += sampled(map(without_answer, given), size=9_000, chance=chance)
    chosen += sampled(mined_negatives(given, each=1, seed=seed), size=14_000, chance=chance)
    print(Counter((example.source, example.kind, example.start is not None) for example in chosen))
    return list(chosen)


def second_stage(given: Sequence[Example], data: Path, *, seed: int) -> list[Example | SupportPair]:
    """Given rows in the shares of their use, near misses, other mined and cut passages, and support pairs."""
    chance = random.Random(seed + 1)
    answered = [example for example in given if example.start is not None]
    chosen: list[Example] = []
    for source, size in GIVEN.items():
        chosen += sampled((example for example in answered if example.source == source), size=size, chance=chance)
    # The only unanswerable questions that people wrote, and the answerable ones about the same passages.
    chosen += HARD_TIMES * [example for example in given if example.source == "squad2"]
    chosen += near_misses(given, sizes=NEAR_MISSES, seed=seed + 1)
    chosen += sampled(map(without_answer, answered), size=6_000, chance=chance)
    chosen += sampled(mined_negatives(given, each=2, seed=seed + 1), size=14_000, chance=chance)
    pairs = 2 * given_pairs(data)
    pairs += stated_pairs(answered, size=7_000, seed=seed)
    pairs += sentence_pairs(answered, size=12_000, seed=seed)
    print(Counter((example.source, example.kind, example.start is not None) for example in chosen))
    print(Counter((pair.kind, pair.supported) for pair in pairs))
    return [*chosen, *pairs]


def third_stage(given: Sequence[Example], data: Path, *, seed: int) -> list[Example | SupportPair]:
    """Less of everything, other near misses, and questions that want reasons, means, origins and lists."""
    chance = random.Random(seed + 2)
    answered = [example for example in given if example.start is not None]
    wider = wider_questions(given, size=4_000, seed=seed + 2)
    stated = stated_facts(given, size=3_500, seed=seed + 2)
    chosen: list[Example] = [*wider, *stated, *made_up_examples(size=8_000, seed=seed + 2)]
    for source, size in THIRD_GIVEN.items():
        chosen += sampled((example for example in answered if example.source == source), size=size, chance=chance)
    chosen += 3 * [example for example in given if example.source == "squad2"]
    chosen += near_misses(given, sizes=THIRD_NEAR_MISSES, seed=seed + 2)
    chosen += sampled(map(without_answer, [*wider, *stated]), size=3_000, chance=chance)
    chosen += sampled(map(without_answer, answered), size=2_500, chance=chance)
    mined = mined_negatives([*wider, *stated, *given], each=1, seed=seed + 2)
    asked = {example.question for example in (*wider, *stated)}
    chosen += sampled((example for example in mined if example.question in asked), size=4_000, chance=chance)
    chosen += sampled((example for example in mined if example.question not in asked), size=8_000, chance=chance)
    pairs = given_pairs(data)
    pairs += stated_pairs(answered, size=2_000, seed=seed + 2)
    pairs += sentence_pairs(answered, size=3_000, seed=seed + 2)
    print(Counter((example.source, example.kind, example.start is not None) for example in chosen))
    return [*chosen, *pairs]
