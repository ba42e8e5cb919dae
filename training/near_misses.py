"""Alter a question or its passage a little, so that the passage no longer answers: what a reader must not fall for."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from qa.terms import FUNCTION_WORDS, stem
from training.examples import Example
from training.siblings import SIBLINGS

_NAME = re.compile(r"[A-Z][\w’'-]*(?:\s+(?:of|the|de|von|van|du|al)\s+[A-Z][\w’'-]*|\s+[A-Z0-9][\w’'-]*)*")
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w,-])")
_YEAR = re.compile(r"(?<![\w.,-])(?:1[5-9]|20)\d\d(?:s)?(?![\w,-])")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|did|does|do|has|have|can|could|would|will|should)\b(?!n't| not)", re.IGNORECASE
)
_SYLLABLES = "ba be co da do fe ga ka ki lo lu ma mi na no pa qua ra re ri sa se ta ti to va vi xa xe za ze zo".split()
_MODELS = "Max Pro Omni Plus Mini Air Ultra Lite Next Core Prime Flash Turbo Studio One".split()

Alter = Callable[[Example, random.Random], Example | None]


class Names:
    """Names of the corpus by the word that stands before them in questions: 'in France', 'in Germany'."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._after: dict[str, list[str]] = defaultdict(list)
        for example in examples:
            for name in asked_names(example):
                self._after[_word_before(example.question, name)].append(name)

    def other(self, example: Example, name: str, chance: random.Random) -> str | None:
        """A name of the same place in a question that the passage does not have; None where there is none."""
        pool = self._after[_word_before(example.question, name)]
        text = f"{example.passage} {example.question} {example.title}".lower()
        for _ in range(12):
            found = chance.choice(pool) if pool else name
            alike = set(found.lower().split()) & set(name.lower().split())
            if (
                found.lower() not in text
                and not alike
                and bool(re.search(r"\d", found)) == bool(re.search(r"\d", name))
            ):
                return found
        return None


def name_phrases(text: str) -> list[str]:
    """Runs of capitalised words, a function word at their beginning left out, each once."""
    found: dict[str, None] = {}
    for match in _NAME.finditer(text):
        parts = match.group().split()
        while parts and parts[0].lower() in FUNCTION_WORDS:
            parts = parts[1:]
        if parts and len(" ".join(parts)) > 2:
            found[" ".join(parts)] = None
    return list(found)


def asked_names(example: Example) -> list[str]:
    """Names of the passage that the question says, in whatever case (people type in lower case), longest first."""
    question = f" {example.question.lower()} "
    found = [
        name
        for name in name_phrases(f"{example.passage} {example.title}")
        if re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", question) and name.lower() not in FUNCTION_WORDS
    ]
    found.sort(key=len, reverse=True)
    return [name for at, name in enumerate(found) if not any(name.lower() in other.lower() for other in found[:at])]


def _word_before(question: str, name: str) -> str:
    found = re.search(rf"(\w+)\W+{re.escape(name)}(?!\w)", question, re.IGNORECASE)
    return found.group(1).lower() if found else ""


def _put(question: str, name: str, other: str) -> str:
    """The question with one name for another, in its own case."""
    return _swap(question, name, other.lower() if question == question.lower() else other)


def _swap(text: str, name: str, other: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: other, text, flags=re.IGNORECASE)


def other_name(names: Names) -> Alter:
    """Ask of another thing that could stand in the same place."""

    def alter(example: Example, chance: random.Random) -> Example | None:
        asked = asked_names(example)
        name = chance.choice(asked) if asked else None
        other = names.other(example, name, chance) if name else None
        return example.unanswered("name", question=_put(example.question, name, other)) if name and other else None

    return alter


def neighbour_name(example: Example, chance: random.Random) -> Example | None:
    """Ask of another thing that the same passage speaks of, neither the answer's nor in its sentence."""
    asked = asked_names(example)
    if not asked or example.start is None or example.end is None:
        return None
    near = example.passage[max(0, example.start - 150) : example.end + 150].lower()
    others = [
        name
        for name in name_phrases(example.passage)
        if name.lower() not in near and name.lower() not in example.question.lower() and len(name) > 3
    ]
    if not others:
        return None
    return example.unanswered("neighbour", question=_put(example.question, asked[0], chance.choice(others)))


def other_number(example: Example, chance: random.Random) -> Example | None:
    """Ask of another year or number, which the passage does not have, or has of something else."""
    found = list(_YEAR.finditer(example.question)) or list(_NUMBER.finditer(example.question))
    if not found:
        return None
    match = chance.choice(found)
    other = _near_number(match.group(), chance)
    if re.search(rf"(?<!\d){re.escape(other)}", example.passage):
        return None
    question = example.question[: match.start()] + other + example.question[match.end() :]
    return example.unanswered("number", question=question)


def _near_number(text: str, chance: random.Random) -> str:
    digits = text.rstrip("s").replace(",", "")
    if "." in digits:
        return f"{float(digits) * chance.choice([0.5, 1.5, 2, 3]):.1f}"
    step = (
        chance.choice([-20, -10, 10, 20]) if text.endswith("s") else chance.choice([-7, -4, -3, -2, -1, 1, 2, 3, 5, 8])
    )
    return str(max(1, int(digits) + step)) + ("s" if text.endswith("s") else "")


def sibling_word(example: Example, chance: random.Random) -> Example | None:
    """Ask for another relation: the mother for the father, the last for the first, sold for bought."""
    present = {stem(word) for word in re.findall(r"\w+", example.passage)}
    places = [match for match in re.finditer(r"[a-z]+", example.question.lower()) if match.group() in SIBLINGS]
    chance.shuffle(places)
    for match in places:
        others = [other for other in SIBLINGS[match.group()] if stem(other) not in present]
        if others:
            question = example.question[: match.start()] + chance.choice(others) + example.question[match.end() :]
            return example.unanswered("sibling", question=question)
    return None


def negated(example: Example, chance: random.Random) -> Example | None:
    """Ask for what is not so."""
    match = _AUXILIARY.search(example.question)
    if match is None or re.search(r"n't|\bnot\b|\bno\b|\bnever\b", example.question, re.IGNORECASE):
        return None
    negation = (
        "can't"
        if match.group().lower() == "can"
        else "won't"
        if match.group().lower() == "will"
        else match.group() + "n't"
    )
    return example.unanswered(
        "negated", question=example.question[: match.start()] + negation + example.question[match.end() :]
    )


def renamed_passage(names: Names) -> Alter:
    """Leave the question and let the passage speak of another thing."""

    def alter(example: Example, chance: random.Random) -> Example | None:
        asked = [name for name in asked_names(example) if name.lower() not in example.answer.lower()]
        other = names.other(example, asked[0], chance) if asked else None
        if not other:
            return None
        passage = _swap(example.passage, asked[0], other)
        altered = replace(example, group="")
        return altered.unanswered("renamed", passage=passage) if passage != example.passage else None

    return alter


def models(example: Example, chance: random.Random) -> Iterator[Example]:
    """The thing asked of under a made-up name with siblings: once the same in both, once 'Zevo-5' for 'Zevo-4'."""
    asked = [name for name in asked_names(example) if name.lower() not in example.answer.lower() and len(name) > 3]
    if not asked or example.start is None or example.end is None or chance.random() < 0.3:
        return
    name, sibling = _made_up(chance)
    before = _swap(example.passage[: example.start], asked[0], name)
    passage = before + example.answer + _swap(example.passage[example.end :], asked[0], name)
    if passage == example.passage:
        return
    question = _put(example.question, asked[0], name)
    same = replace(example, question=question, passage=passage, group="", kind="model")
    same = replace(same, start=len(before), end=len(before) + len(example.answer))
    yield same
    yield same.unanswered("sibling-model", question=_put(example.question, asked[0], sibling))


def _made_up(chance: random.Random) -> tuple[str, str]:
    """A product-like name and another of the same line."""
    base = "".join(chance.choice(_SYLLABLES) for _ in range(chance.choice([2, 2, 3]))).capitalize()
    number = chance.randint(1, 12)
    model, other = chance.sample(_MODELS, 2)
    join = chance.choice(["-", " ", "-"])
    forms = [
        (f"{base}{number}{join}{model}", f"{base}{number}{join}{other}"),
        (f"{base}{join}{number}", f"{base}{join}{number + chance.choice([1, 2])}"),
        (f"{base} {model}", f"{base} {other}"),
        (f"{base}{number}{join}{model}", f"{base}{number + 1}{join}{model}"),
        (f"{base} {number}.{chance.randint(1, 4)}", f"{base} {number}.{chance.randint(5, 9)}"),
    ]
    return chance.choice(forms)


def near_misses(
    examples: Sequence[Example],
    *,
    sizes: dict[str, int],
    seed: int,
) -> list[Example]:
    """Altered pairs of every kind, at most `sizes` of each; the models' positives come on top."""
    chance = random.Random(seed)
    answered = [example for example in examples if example.start is not None]
    names = Names(answered)
    kinds: dict[str, Alter] = {
        "name": other_name(names),
        "neighbour": neighbour_name,
        "number": other_number,
        "sibling": sibling_word,
        "negated": negated,
        "renamed": renamed_passage(names),
    }
    made: list[Example] = []
    for kind, alter in kinds.items():
        order = chance.sample(answered, len(answered))
        made += _first(filter(None, (alter(example, chance) for example in order)), sizes.get(kind, 0))
    order = chance.sample(answered, len(answered))
    pairs = (example for one in order for example in models(one, chance))
    return made + _first(pairs, 2 * sizes["model"])


def _first(examples: Iterator[Example], size: int) -> list[Example]:
    return [example for example, _ in zip(examples, range(size), strict=False)]
