"""Choose what each stage of the training sees, and how much of it."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.encoding import SentenceTransformerEncoder
from training.examples import Example, sampled, without_answer
from training.facts import stated_facts
from training.laying import Laid
from training.lessons import lesson_examples, read_lessons
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


@dataclass(frozen=True, slots=True)
class TeacherSizes:
    """How much of each kind the teacher sees: `hard_times` times what squad2 has, `confused` mined passages a question.

    `seed` is added to the seed of all, so that no two choices are the same.
    """

    seed: int
    wider: int
    stated: int
    made_up: int
    given: dict[str, int]
    hard_times: int
    unanswered: int
    confused: int
    mined: int


# What the teacher learns from is less than the reader does, since a step of its takes seven times as long.
TEACHER_LEARNS = TeacherSizes(
    seed=3, wider=1_500, stated=1_000, made_up=2_500,
    given={
        "qed": 5_500, "squadshifts-wiki": 3_000, "squadshifts-amazon": 500, "squadshifts-reddit": 500, "policyqa": 500,
    },
    hard_times=2, unanswered=1_500, confused=1, mined=4_500,
)  # fmt: skip
# What the teacher reads for the reader to learn from.
TEACHER_READS = TeacherSizes(
    seed=4, wider=2_000, stated=1_500, made_up=3_000,
    given={
        "qed": 6_830, "squadshifts-wiki": 4_500, "squadshifts-amazon": 1_000, "squadshifts-reddit": 1_000,
        "policyqa": 1_000,
    },
    hard_times=1, unanswered=2_000, confused=2, mined=11_000,
)  # fmt: skip
# How much is seen beside the lessons.
LESSON_TAUGHT, LESSON_PAIRS = 10_000, 2_000
TEACHER_NEAR_MISSES = {
    "name": 1_600,
    "neighbour": 600,
    "number": 500,
    "sibling": 1_400,
    "negated": 250,
    "renamed": 600,
    "model": 500,
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


def lessons_stage(
    taught: Sequence[Laid], pairs: Sequence[SupportPair], *, seed: int
) -> list[Example | SupportPair | Laid]:
    """The lessons, and some of what the teacher said and of the support pairs, so that what was learnt is kept."""
    chance = random.Random(seed + 5)
    examples = lesson_examples(read_lessons(), tokenizer=SentenceTransformerEncoder.load(), seed=seed + 5)
    print(Counter((example.source, example.start is not None) for example in examples))
    return [*examples, *chance.sample(taught, LESSON_TAUGHT), *chance.sample(pairs, LESSON_PAIRS)]


def teacher_examples(given: Sequence[Example], *, sizes: TeacherSizes, seed: int) -> list[Example]:
    """Some of all that the reader sees, but for support pairs: the teacher says what answers, and where."""
    seed += sizes.seed
    chance = random.Random(seed)
    answered = [example for example in given if example.start is not None]
    wider = wider_questions(given, size=sizes.wider, seed=seed)
    stated = stated_facts(given, size=sizes.stated, seed=seed)
    chosen: list[Example] = [*wider, *stated, *made_up_examples(size=sizes.made_up, seed=seed)]
    for source, size in sizes.given.items():
        chosen += sampled((example for example in answered if example.source == source), size=size, chance=chance)
    chosen += sizes.hard_times * [example for example in given if example.source == "squad2"]
    chosen += near_misses(given, sizes=TEACHER_NEAR_MISSES, seed=seed)
    chosen += sampled(map(without_answer, [*wider, *stated, *answered]), size=sizes.unanswered, chance=chance)
    mined = mined_negatives([*wider, *stated, *given], each=sizes.confused, seed=seed)
    chosen += sampled(mined, size=sizes.mined, chance=chance)
    print(Counter((example.source, example.kind, example.start is not None) for example in chosen))
    return chosen


def taught_pairs(given: Sequence[Example], data: Path, *, seed: int) -> list[SupportPair]:
    """The support pairs that the last stage sees beside what it is taught: the teacher judges no support."""
    answered = [example for example in given if example.start is not None]
    pairs = given_pairs(data)
    pairs += stated_pairs(answered, size=2_000, seed=seed + 4)
    return pairs + sentence_pairs(answered, size=4_000, seed=seed + 4)
