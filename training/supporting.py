"""Pairs of a claim and a quote, and whether the quote bears the claim out: given ones, and made from spans and sentences."""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index.sentences import split_sentences
from qa.figures import find_figures
from training.examples import Example
from training.near_misses import name_phrases
from training.siblings import SIBLINGS

_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-COLON-": ":"}
# 'Who plays the clown?' becomes a statement when its answer takes the place of 'who'.
_SUBJECT = re.compile(
    r"^(?:who|what)\s+(?!did|do|does|can|could|would|will|should|has|have|had|else|type|kind|\w+ing\b)(\w+)\b",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(r"\b(is|are|was|were|has|have|had|can|could|will|would)\b(?! not|n't)")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class SupportPair:
    """Whether `quote` says what `claim` says."""

    claim: str
    quote: str
    supported: bool
    kind: str


def given_pairs(data: Path) -> list[SupportPair]:
    """The labelled pairs, their tokenised brackets and spaces put back."""
    lines = (data / "train-support" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        SupportPair(plain(row["claim"]), plain(row["evidence"]), row["label"] == "SUPPORTS", "given") for row in rows
    ]


def plain(text: str) -> str:
    """Tokenised text as people write it."""
    for token, character in _BRACKETS.items():
        text = text.replace(token, character)
    text = re.sub(r" ([.,;:!?%)\]]|n't|'s|'re)", r"\1", text)
    return re.sub(r"([(\[]) ", r"\1", text).replace("`` ", '"').replace(" ''", '"').strip()


def stated_pairs(examples: Sequence[Example], *, size: int, seed: int) -> list[SupportPair]:
    """Statements made of a question and its answer beside the answer's sentence, and the same with a wrong answer."""
    chance = random.Random(seed)
    answers = defaultdict(list)
    for example in examples:
        answers[_kind(example.answer)].append(example.answer)
    made = (pair for one in chance.sample(examples, len(examples)) for pair in _stated(one, answers, chance))
    return list(islice(made, size))


def _stated(example: Example, answers: dict[str, list[str]], chance: random.Random) -> Iterator[SupportPair]:
    if not is_statement(example):
        return
    quote = _sentence_around(example, chance)
    wrong = chance.choice(answers[_kind(example.answer)])
    yield SupportPair(statement_of(example), quote, True, "stated")
    if wrong.lower() not in quote.lower():
        yield SupportPair(statement_of(example, answer=wrong), quote, False, "misstated")


def is_statement(example: Example) -> bool:
    """Whether the answer can take the place of the question's 'who' or 'what'."""
    plain = _SUBJECT.match(example.question) is not None and "?" not in example.question[:-1]
    return plain and example.start is not None and len(example.answer) <= 60


def statement_of(example: Example, *, answer: str = "") -> str:
    """What question and answer, its own or another, say in one sentence.

    Raises:
        ValueError: the question does not begin with a 'who' or 'what' that asks for the subject.
    """
    match = _SUBJECT.match(example.question)
    if match is None:
        raise ValueError(f"expected a question for its subject, found {example.question!r}")
    return f"{answer or example.answer} {example.question[match.start(1) :].rstrip(' ?')}."


def _kind(answer: str) -> str:
    figures = find_figures(answer)
    return figures[0].kind if figures else "name" if answer[:1].isupper() else "words"


def _sentence_around(example: Example, chance: random.Random) -> str:
    """The sentence with the answer, at times with the one before it."""
    spans = split_sentences(example.passage)
    start = example.start or 0
    at = next((at for at, span in enumerate(spans) if span.start <= start < span.end), 0)
    first = spans[at - 1 if at and chance.random() < 0.4 else at]
    return example.passage[first.start : spans[at].end]


def sentence_pairs(examples: Sequence[Example], *, size: int, seed: int) -> list[SupportPair]:
    """Sentences of passages beside their own surroundings, beside others, and altered in a figure, name or relation."""
    chance = random.Random(seed)
    passages = list(dict.fromkeys(example.passage for example in examples if example.source != "policyqa"))
    names = [name for passage in passages[:4000] for name in name_phrases(passage) if " " in name or len(name) > 5]
    chance.shuffle(passages)
    return list(islice((pair for one in passages for pair in _of_passage(one, names, chance)), size))


def _of_passage(passage: str, names: Sequence[str], chance: random.Random) -> Iterator[SupportPair]:
    sentences = [passage[span.start : span.end] for span in split_sentences(passage)]
    usable = [at for at, sentence in enumerate(sentences) if 40 <= len(sentence) <= 260]
    if len(sentences) < 3 or not usable:
        return
    at = chance.choice(usable)
    claim, quote = _shortened(sentences[at], chance), " ".join(sentences[max(0, at - chance.randint(0, 1)) : at + 1])
    yield SupportPair(claim, quote, True, "copied")
    others = [sentence for place, sentence in enumerate(sentences) if abs(place - at) >= 1]
    yield SupportPair(claim, chance.choice(others), False, "elsewhere")
    yield from _altered(claim, quote, names, chance)


def _shortened(sentence: str, chance: random.Random) -> str:
    """The sentence without its brackets, and at times without its last clause."""
    short = re.sub(r"\s*\([^()]*\)", "", sentence)
    head, comma, tail = short.rpartition(", ")
    return f"{head}." if comma and len(head) > 50 and len(tail) > 10 and chance.random() < 0.5 else short


def _altered(claim: str, quote: str, names: Sequence[str], chance: random.Random) -> Iterator[SupportPair]:
    changes = [
        _other_figure(claim, chance),
        _other_name(claim, names, chance),
        _other_word(claim, chance),
        _negated(claim),
    ]
    for changed in chance.sample(changes, len(changes))[:2]:
        if changed and changed != claim:
            yield SupportPair(changed, quote, False, "altered")


def _other_figure(claim: str, chance: random.Random) -> str:
    found = [match for match in _DIGITS.finditer(claim) if int(match.group()) > 1]
    if not found:
        return ""
    match = chance.choice(found)
    other = str(max(1, int(match.group()) + chance.choice([-10, -3, -2, -1, 1, 2, 5, 10, 100])))
    return claim[: match.start()] + other + claim[match.end() :]


def _other_name(claim: str, names: Sequence[str], chance: random.Random) -> str:
    found = [name for name in name_phrases(claim) if len(name) > 3]
    other = chance.choice(names)
    if not found or other.lower() in claim.lower():
        return ""
    return claim.replace(chance.choice(found), other, 1)


def _other_word(claim: str, chance: random.Random) -> str:
    found = [match for match in re.finditer(r"\b[a-z]+\b", claim) if match.group() in SIBLINGS]
    if not found:
        return ""
    match = chance.choice(found)
    return claim[: match.start()] + chance.choice(SIBLINGS[match.group()]) + claim[match.end() :]


def _negated(claim: str) -> str:
    return _AUXILIARY.sub(lambda match: f"{match.group()} not", claim, count=1)
