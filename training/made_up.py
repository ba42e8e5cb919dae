"""Write pages about people, works and places that do not exist, and ask for one fact of each: party, sport, author, river.

Short pages about a thing and plain questions for one of its properties are what a person's own documents are full of, and
what the given rows lack. A page says a fact in one of several ways and a question asks for it in others (`made_up.toml`), so
that what counts is what a party or a sport is, not which words stand around it. Half of the questions ask for what the page
does not say, and to some of the pages another one of their kind is joined that may say it of another thing.
"""

import random
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.examples import Example

SOURCE = "made-up"
# The part of the pages that stand alone.
_ALONE = 0.6
_PAGES = tomllib.loads((Path(__file__).parent / "made_up.toml").read_text(encoding="utf-8"))
_LISTS: dict[str, Sequence[str]] = {name: text.split() for name, text in _PAGES["words"].items()} | _PAGES["phrases"]
# Places of which one says nearly what another would: where somebody is from, what they do, who made it.
_ALIKE = (
    {"occupation", "athlete", "musician", "ruler", "work"},
    {"nationality", "country", "state", "birthplace"},
    {"writer", "director", "band"},
    {"town", "street", "country", "state"},
    {"year", "born"},
    {"founder", "architect"},
)

Places = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages of one kind: how they begin, what else they may say, and how each of their places is asked for."""

    subject: str
    leads: tuple[str, ...]
    more: tuple[str, ...]
    asks: Mapping[str, Sequence[str]]


def _kind(entry: dict[str, Any]) -> Kind:
    """The kind of this entry; persons have in common how their pages begin and what a life is made of."""
    leads, more, asks = entry["leads"], entry["more"], entry["asks"]
    if entry["subject"] == "person":
        life = _PAGES["life"]
        leads = [begin + lead for begin in life["begins"] for lead in leads]
        more, asks = life["more"] + more, life["asks"] | asks
    return Kind(entry["subject"], tuple(leads), tuple(more), asks)


KINDS = tuple(_kind(entry) for entry in _PAGES["kinds"])


def made_up_examples(*, size: int, seed: int) -> list[Example]:
    """`size` pairs over as many pages, every second one unanswered."""
    chance = random.Random(seed)
    return [_example(chance, answered=at % 2 == 0) for at in range(size)]


def _example(chance: random.Random, *, answered: bool) -> Example:
    """A page of some kind and a question for a place that it fills, or for one that it could fill and does not."""
    kind = chance.choice(KINDS)
    while True:
        values = Values(chance, kind.subject)
        page, places = _page(kind, values, chance)
        asked = _asked(kind, places, chance, answered=answered)
        if asked is None:
            continue
        slot, form = asked
        before, after = _others(kind, chance)
        passage = " ".join(filter(None, (before, page, after)))
        skipped = len(before) + bool(before)
        start, end = (places[slot][0] + skipped, places[slot][1] + skipped) if answered else (None, None)
        question = _typed(form.format_map(values), chance)
        return Example(question, passage, start, end, SOURCE, values["s"], "fact" if answered else "no-fact")


def _asked(kind: Kind, places: Places, chance: random.Random, *, answered: bool) -> tuple[str, str] | None:
    """A place to ask for, and in what words; what else the words speak of stands on the page too."""
    fitting = [
        (slot, form)
        for slot, forms in kind.asks.items()
        if (slot in places) == answered and (answered or not _nearly_said(slot, places))
        for form in forms
        if all(part in (None, "s") or part in places for _, part, _, _ in string.Formatter().parse(form))
    ]
    if not fitting:
        return None
    slot = chance.choice(sorted({slot for slot, _ in fitting}))
    return slot, chance.choice([form for found, form in fitting if found == slot])


def _nearly_said(slot: str, places: Places) -> bool:
    return any(slot in group and group & places.keys() for group in _ALIKE)


def _typed(question: str, chance: random.Random) -> str:
    """Half of the people type in lower case and without a question mark."""
    return question.lower().rstrip("?") if chance.random() < 0.5 else question[0].upper() + question[1:]


def _others(kind: Kind, chance: random.Random) -> tuple[str, str]:
    """What stands before and after the page: mostly nothing, else what another page of its kind says of its own thing."""
    if chance.random() < _ALONE:
        return "", ""
    text, _ = _page(kind, Values(chance, kind.subject), chance)
    return (text, "") if chance.random() < 0.5 else ("", text)


def _page(kind: Kind, values: "Values", chance: random.Random) -> tuple[str, Places]:
    """A first sentence and one to six more, and where the first value of every place stands."""
    text, places = "", Places()
    more = chance.sample(kind.more, chance.randint(1, min(6, len(kind.more))))
    for template in (chance.choice(kind.leads), *more):
        begin = len(text)
        for literal, slot, _, _ in string.Formatter().parse(template):
            text += literal
            if slot:
                text = text[:-1] + "n " if text.endswith(" a ") and values[slot][0] in "AEIOaeio" else text
                places.setdefault(slot, (len(text), len(text) + len(values[slot])))
                text += values[slot]
        text = text[:begin] + text[begin].upper() + text[begin + 1 :] + " "
    return text.strip(), places


class Values(dict[str, str]):
    """What stands in each place of one page, made when it is first wanted; `s` is what the page is about."""

    def __init__(self, chance: random.Random, subject: str) -> None:
        super().__init__()
        self._chance = chance
        self["he"], self["his"], self["child"] = chance.choice([("he", "his", "son"), ("she", "her", "daughter")])
        self["s"] = self._composed(subject)

    def __missing__(self, slot: str) -> str:
        like = _PAGES["alike"].get(slot, slot)
        self[slot] = self._chance.choice(_LISTS[like]) if like in _LISTS else self._composed(like)
        return self[slot]

    def _composed(self, slot: str) -> str:
        """Something new of the file's words, for a place that has no list; a person where the file says nothing."""
        forms = _PAGES["composed"].get(slot, _PAGES["composed"]["person"])
        parts = string.Formatter().parse(self._chance.choice(forms))
        return "".join(literal + (self._part(name, bounds or "") if name else "") for literal, name, bounds, _ in parts)

    def _part(self, name: str, bounds: str) -> str:
        if name == "number":
            least, most = bounds.split("-")
            return str(self._chance.randint(int(least), int(most)))
        # A town of the page is the same wherever it is spoken of; words are drawn anew.
        return self._chance.choice(_LISTS[name]) if name in _PAGES["words"] else self[name]
