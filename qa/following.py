"""Rewrite a follow-up such as 'and in Hong Kong?' into a question of its own, by rules; no model is asked.

Two things make a follow-up. An *ellipsis* ('and X?', 'what about X?') repeats the last question with something else in
it: the date in X takes the date's place, a place a place's, a name a name's, 'the …' that of 'the …'; what has no place
to take is appended. A *pronoun* without a name before it ('how much did it cost?') stands for the main name of the last
question, or of its answer where that question asked for a name. Anything else stands alone and is not touched.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from index.searching import LONGEST_QUESTION
from qa.asking import read_question
from qa.figures import find_figures
from qa.names import find_calendar, find_names
from qa.places import is_place
from qa.terms import FUNCTION_WORDS, content_stems, words

Role = Literal["user", "assistant"]
Kind = Literal["date", "place", "name"]

# An ellipsis is short; what is longer says what it wants itself.
MOST_WORDS = 8

_PREPOSITION = (
    r"(?:in|at|on|for|by|from|of|to|with|since|during|before|after|under|until|within|among|outside|over|near)"
)
_ABOUT = re.compile(
    r"^(?:(?:and|but|or|so|then|also|ok|okay|now)\b[\s,]*)?(?:what|how) (?:about|of)\s+(?P<x>.+)$", re.I
)
_AND = re.compile(r"^(?:and|but|or|also)\b[\s,]+(?P<x>.+)$", re.I)
_BARE = re.compile(rf"^(?P<x>{_PREPOSITION}\s.+)$", re.I)
_LEAD = re.compile(r"^(?:and|but|so|then|also|ok|okay|now)\b[\s,]+", re.I)
# Whoever uses one of these says the predicate too.
_PREDICATE = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|am|be|been|do|does|did|has|have|had|can|could|will|"
    r"would|shall|should|may|might|must|tell|show|give|list|explain|compare|find|describe|thanks|thank)\b",
    re.I,
)
_ADVERB = re.compile(r"^(?:(?:and|but|so)\b[\s,]*)?(?P<word>when|where|why)\s*\??$", re.I)
_ADVERBIAL = re.compile(r"^(?:when|where|why|how)\s+(?=(?:is|are|was|were|do|does|did|has|have|had|can|will)\b)", re.I)
_YES_OR_NO = re.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|can|will)\b", re.I)

_THINGS = (
    "model|company|firm|group|organi[sz]ation|person|man|woman|author|place|city|country|town|book|product|project|team|bank|"
    "ship|building|bridge|museum|school|university|programme|program|law|study|system|device"
)
# 'IT' is a department.
_PRONOUN = re.compile(
    rf"\b(?:(?P<thing>[Tt]h(?:is|at) (?:{_THINGS}))|(?P<own>[Ii]ts|[Hh]is|[Tt]heir)|(?P<her>[Hh]er)|"
    r"(?P<plain>[Ii]t|[Hh]e|[Ss]he|[Hh]im|[Tt]hey|[Tt]hem))\b(?:(?P<is>['’]s)\b)?"
)
# 'Is it true that', 'how long does it take': this 'it' stands for nothing.
_EMPTY_IT = re.compile(
    r"\b(?:is|was|would|will) it (?:be )?(?:true|possible|likely|worth|safe|necessary|legal|better|raining|too|clear|said)\b"
    r"|\b(?:does|did|would|will) it (?:take|matter|make sense|mean)\b|\bit (?:is|was|takes|took|seems|seemed|rains)\b"
    r"|\b(?:does|did|would|will) it cost (?:\w+ )?(?:in order )?to\b|\bit to\b|\bgot it\b|\b(?:is|was) it \w+ to\b"
    # Whoever 'they' are in 'if they ask'.
    r"|\b(?:if|when|where|because|until|once|that|what|how|as|unless) they\b",
    re.I,
)
_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
_WHO = re.compile(r"\b(?:who|whom|whose)\b", re.I)
_WHO_IS = re.compile(r"who(?:['’]s| is| was| are| were)\s+", re.I)
_PERSONAL = frozenset("he she him his her".split())
_PARTICIPLES = frozenset(
    "built made sold bought held paid found born begun begin written won led known lost sent kept met run grown risen fallen "
    "rise fall cost open close have get work say mean stand begin end start come go".split()
)
# Written like names at the beginning of what people say.
_NO_NAMES = frozenset("Hi Hello Hey Thanks Thank Please Yes Ok Okay OK Sure Great Got Cool Nice Wow Sorry Any".split())
_THE = re.compile(r"\b[Tt]he(?:\s+[^\W\d_][\w’'-]*)+")
_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A date or a name where it stands: `text[start:end]`; from `whole` on with preposition and article before it, if any.

    `article` is 'the ' where that stands before it, else nothing.
    """

    kind: Kind
    whole: int
    start: int
    end: int
    text: str
    article: str = ""

    @property
    def preposition(self) -> bool:
        """Whether a preposition stands before it."""
        return self.whole < self.start - len(self.article)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question with what it takes from earlier turns written out; as it is where it takes nothing.

    Doing it twice changes nothing more. Where the result would be too long for a question, the question stays as it is.
    """
    earlier, answer = "", ""
    for turn in history:
        if turn.role == "user":
            earlier, answer = _rewritten(" ".join(turn.text.split()), earlier, answer), ""
        else:
            answer = _MARKER.sub("", turn.text)
    return _rewritten(question, earlier, answer)


def _rewritten(question: str, earlier: str, answer: str) -> str:
    if not earlier:
        return question
    found = _without_pronouns(_completed(question, earlier), earlier, answer)
    return found if len(found) <= LONGEST_QUESTION else question


# -- ellipsis --------------------------------------------------------------------------------------------------------


def _completed(question: str, earlier: str) -> str:
    """The earlier question with what the follow-up changes in it; the follow-up itself where it is whole."""
    asked = " ".join(question.split())
    if adverb := _ADVERB.match(asked):
        return _asked_otherwise(adverb["word"].capitalize(), earlier) or question
    change = _change(asked)
    # What was no question of its own has nothing to repeat: a conversation that begins with 'and in Hong Kong?'.
    return question if change is None or _change(earlier) is not None else _applied(change, earlier)


def _asked_otherwise(word: str, earlier: str) -> str | None:
    """'Where?' after 'When was it built?' is 'Where was it built?'."""
    if _YES_OR_NO.match(earlier):
        return f"{word} {earlier[0].lower()}{earlier[1:]}"
    found = _ADVERBIAL.match(earlier)
    return f"{word} {earlier[found.end() :]}" if found else None


def _change(asked: str) -> str | None:
    """The X of 'and X?', 'what about X?', 'in X?' or a bare date or name; None where the question is whole."""
    plain = asked.rstrip(" ?!.")
    found = _ABOUT.match(plain) or _AND.match(plain) or _BARE.match(plain)
    change = found["x"].strip() if found else plain
    many = len(words(change))
    if not 1 <= many <= MOST_WORDS or _PREDICATE.search(change):
        return None
    if _PRONOUN.fullmatch(change) or all(word.lower() in FUNCTION_WORDS for word in words(change)):
        return None
    if found is None and not (asked.endswith("?") and _is_slot(change)):
        return None
    return change


def _is_slot(text: str) -> bool:
    """Whether the text is one date or one name and nothing else."""
    slots = _slots(text)
    return len(slots) == 1 and not text[: slots[0].start].strip() and not text[slots[0].end :].strip()


def _applied(change: str, earlier: str) -> str:
    """The earlier question with each part of the change in the place of its like, or appended."""
    said = {stem for slot in _slots(change) for stem in content_stems(slot.text)} | set(content_stems(earlier))
    if not set(content_stems(change)) <= said:
        return _noun_replaced(change, earlier) or _appended(change, earlier)
    for slot in _slots(change):
        earlier = _replaced(slot, change, earlier)
    return earlier


def _replaced(slot: Slot, change: str, earlier: str) -> str:
    present = _slots(earlier)
    if any(place.text.lower() == slot.text.lower() for place in present):
        return earlier
    place = _like(slot, present)
    if place is None:
        return _appended(_with_preposition(slot, change), earlier)
    if slot.preposition and place.preposition:
        return earlier[: place.whole] + change[slot.whole : slot.end] + earlier[place.end :]
    # In 'the Hong Kong shares' the article is that of the shares.
    article = "" if change[slot.end :].strip() else slot.article
    return earlier[: place.start - len(place.article)] + article + slot.text + earlier[place.end :]


def _like(slot: Slot, present: Sequence[Slot]) -> Slot | None:
    """The slot that is most like: of the same kind; among names one of as many words, with a digit or without; the first."""
    same = [place for place in present if place.kind == slot.kind]
    if not same and slot.kind != "date" and not slot.preposition:
        # A place that the list does not know looks like a name, and the other way round.
        names = [place for place in present if place.kind != "date"]
        same = names if len(names) == 1 else []
    return max(same, key=lambda place: _likeness(place.text, slot.text), default=None)


def _likeness(one: str, other: str) -> tuple[bool, bool]:
    digits = [any(sign.isdigit() for sign in text) for text in (one, other)]
    return digits[0] == digits[1], len(one.split()) == len(other.split())


def _with_preposition(slot: Slot, change: str) -> str:
    if slot.preposition:
        return change[slot.whole : slot.end]
    needed = "for" if slot.kind == "name" else "on" if slot.text.endswith("day") else "in"
    return f"{needed} {slot.article}{slot.text}"


def _appended(change: str, earlier: str) -> str:
    body = earlier.rstrip(" ?!.")
    return f"{body}{' ' if re.match(rf'{_PREPOSITION} ', change, re.I) else ', '}{change}?"


def _noun_replaced(change: str, earlier: str) -> str | None:
    """'the lighthouse' in the place of 'the ferry company'."""
    noun = _noun(earlier)
    if noun is None or not re.match(r"(?:the|a|an)\s", change, re.I) or _slots(change):
        return None
    return earlier[: noun.start] + change + earlier[noun.end :]


# -- pronouns --------------------------------------------------------------------------------------------------------


def _without_pronouns(question: str, earlier: str, answer: str) -> str:
    """The question with a name for each pronoun that nothing of its own stands before."""
    empty = [found.span() for found in _EMPTY_IT.finditer(question)]
    pieces, end = list[str](), 0
    for found in _PRONOUN.finditer(question):
        if _has_its_own(found, question) or any(start <= found.start() < stop for start, stop in empty):
            continue
        name = _meant(found, earlier, answer)
        # What the question names itself, it does not leave to a pronoun.
        if name and not set(content_stems(name)) & set(content_stems(question)):
            pieces += [question[end : found.start()], _put(name, found, question)]
            end = found.end()
    if not pieces:
        return question
    rest = _LEAD.sub("", "".join(pieces) + question[end:])
    return rest[0].upper() + rest[1:]


def _has_its_own(found: re.Match[str], question: str) -> bool:
    """Whether the question itself says what the pronoun stands for: a sentence, a name or 'the …' comes before it.

    Before 'its plans' or 'they' two other words of content are enough, as in 'do young mothers need their doctors'.
    """
    before = question[: found.start()]
    if re.search(r"[.!?;:]\s", before) or any(
        slot.kind != "date" for slot in _slots(question) if slot.start < found.start()
    ):
        return True
    if re.search(r"\b(?:the|an?|my|your|our|any|some|these|those|each|every)\s+[^\W\d_]{3,}", before, re.I):
        return True
    many = found["own"] or found.group().lower() in {"they", "them"}
    return bool(many) and len(content_stems(before)) >= 2


def _put(name: str, found: re.Match[str], question: str) -> str:
    """The name in the form of the pronoun: 'its' and 'her ship' are owned."""
    follows = words(question[found.end() : found.end() + 40])
    owned = found["own"] or (found["her"] and follows and follows[0].lower() not in FUNCTION_WORDS)
    if found["is"]:
        return f"{name} is"
    return name + ("'" if name.endswith("s") else "'s") if owned else name


def _meant(found: re.Match[str], earlier: str, answer: str) -> str:
    """The name that the pronoun stands for; empty where there is none."""
    personal = found.group().partition("'")[0].partition("’")[0].lower() in _PERSONAL
    named = [slot for slot in _slots(earlier) if slot.kind != "date"]
    candidates = (_answered(earlier, answer, named) if personal or not _WHO.search(earlier) else []) or named
    if found.group().lower() in {"they", "them", "their"} and len(candidates) > 1:
        return ""
    if candidates:
        best = max(candidates, key=lambda slot: _fitness(slot, personal=personal))
        return best.article + best.text
    noun = _noun(earlier)
    return f"the{noun.text[3:]}" if noun and not personal and _is_spoken_of(noun, earlier) else ""


def _answered(earlier: str, answer: str, named: Sequence[Slot]) -> list[Slot]:
    """What the answer names first and the question did not, where the question asked for a name and gave none."""
    told = _WHO_IS.match(earlier)
    if read_question(earlier).wanted != "name" or (told and any(slot.start == told.end() for slot in named)):
        return []
    new = [slot for slot in _slots(answer) if slot.kind != "date" and slot.text.lower() not in earlier.lower()]
    return new[:1]


def _is_spoken_of(noun: Slot, earlier: str) -> bool:
    """Whether 'the …' is what the question is about: behind 'was' or 'does', or the last thing it says."""
    before = re.findall(r"[^\W\d_]+", earlier[: noun.start])[-1:]
    if before and re.fullmatch(_AUXILIARY, before[0], re.I):
        return True
    return not earlier[noun.end :].strip(" ?!.") and not (before and re.fullmatch(_PREPOSITION, before[0], re.I))


def _fitness(slot: Slot, *, personal: bool) -> tuple[bool, bool]:
    """People have several names, things seldom; a place is meant last."""
    return slot.kind != "place", ("-" not in slot.text and " " in slot.text) == personal


# -- what stands in a text -------------------------------------------------------------------------------------------


def _slots(text: str) -> list[Slot]:
    """The dates and the names of a text in their order; names that follow one another are one."""
    dates = [(figure.start, figure.end) for figure in find_figures(text) if figure.kind == "date"]
    for word in find_calendar(text, outside=dates):
        dates += [found.span() for found in re.finditer(rf"\b{word}\b", text)]
    slots = [_slot("date", text, start, end) for start, end in dates]
    for start, end in _name_spans(text):
        if not any(slot.start < end and start < slot.end for slot in slots):
            slots.append(_slot("place" if is_place(text[start:end]) else "name", text, start, end))
    return sorted(slots, key=lambda slot: slot.start)


def _slot(kind: Kind, text: str, start: int, end: int) -> Slot:
    before = re.search(rf"(?:\b{_PREPOSITION} )?(?P<article>\bthe )?$", text[:start], re.I)
    assert before is not None
    article = (before["article"] or "").lower()
    return Slot(kind, before.start(), start, end, text[start:end], article)


def _name_spans(text: str) -> Iterator[tuple[int, int]]:
    names = {
        name for name in find_names(text) if len(name) > 1 and name not in _NO_NAMES and name[:2] not in {"I'", "I’"}
    }
    start = end = -1
    for found in re.finditer(r"[^\W_]+(?:[-.'’&][^\W_]+)*", text):
        word = re.sub(r"['’]s?$", "", found.group())
        if word not in names:
            continue
        if end >= 0 and text[end : found.start()] in {" ", " of ", " & ", " de "}:
            end = found.start() + len(word)
            continue
        if end >= 0:
            yield start, end
        start, end = found.start(), found.start() + len(word)
    if end >= 0:
        yield start, end


def _noun(text: str) -> Slot | None:
    """The first 'the …' of a text, up to the next verb, preposition or figure, as well as that can be told by the words."""
    found = _THE.search(text)
    if found is None:
        return None
    kept = 1
    listed = found.group().split()
    while kept < len(listed) and not _ends_noun(listed[kept]):
        kept += 1
    # Turns are brought to single spaces, so that the joined words are what stands there.
    phrase = " ".join(listed[:kept])
    return Slot("name", found.start(), found.start(), found.start() + len(phrase), phrase) if kept > 1 else None


def _ends_noun(word: str) -> bool:
    plain = word.lower()
    return plain in FUNCTION_WORDS or plain in _PARTICIPLES or (len(plain) > 4 and plain.endswith("ed"))
