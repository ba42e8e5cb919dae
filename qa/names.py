"""Find the names of a text (people, companies, products, places) by how they are written, and say where they stand."""

import re
from collections.abc import Sequence

from qa.terms import FUNCTION_WORDS, words

_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december jan feb mar apr jun
    jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri
    sat sun
    """.split()
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+|[\n\"“(\[]\s*|^[-•*]\s+)(?=\S)")
_POSSESSIVE = re.compile(r"['’]s?$")


def find_names(text: str, *, lowercase_seen: str = "") -> list[str]:
    """The words that are written as names, each once, without possessive endings.

    The first word of a sentence is capitalised in any case: it counts as a name only if it is no function word, is not
    seen in lower case in `lowercase_seen` or in the text itself, or is written like nothing else (`Qwen3-Max`, `DAMO`).
    """
    starts = {match.end() for match in _SENTENCE_START.finditer(text)}
    ordinary = set(words(f"{lowercase_seen} {text}"))
    found: dict[str, None] = {}
    for match in re.finditer(r"[^\W_]+(?:[-.'’&][^\W_]+)*", text):
        word = _POSSESSIVE.sub("", match.group())
        if _is_name(word, first=match.start() in starts, ordinary=ordinary):
            found[word] = None
    return list(found)


def find_calendar(text: str, *, outside: Sequence[tuple[int, int]] = ()) -> list[str]:
    """The months and days of the week of `text`, each once; those that begin inside one of `outside` are left out."""
    found = [
        match.group()
        for match in re.finditer(r"[^\W\d_]+", text)
        if match.group()[0].isupper()
        and match.group().lower() in _CALENDAR
        and not any(start <= match.start() < end for start, end in outside)
    ]
    return list(dict.fromkeys(found))


def _is_name(word: str, *, first: bool, ordinary: set[str]) -> bool:
    if not any(character.isupper() for character in word) or word.lower() in _CALENDAR or word == "I":
        return False
    if any(character.isupper() for character in word[1:]) and not (first and "-" in word and word[1:].islower()):
        return True
    if word.lower() in FUNCTION_WORDS:
        return False
    return not (first and word.lower() in ordinary)


def stands_in(name: str, text: str) -> bool:
    """Whether `name` stands in `text` as a word, in any case, or as the initials of words in a row (AI, US)."""
    plain = name.replace(".", "")
    # An underscore is no letter of a word: Markdown writes _Ada_.
    if re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text, re.IGNORECASE):
        return True
    if plain != name and re.search(rf"(?<![^\W_]){re.escape(plain)}(?![^\W_])", text, re.IGNORECASE):
        return True
    if 2 <= len(plain) <= 5 and plain.isupper():
        initials = "".join(word[0] for word in words(text) if word.lower() not in {"of", "the", "and", "for"}).upper()
        return plain in initials or re.search(rf"(?<!\w){r'[.]?'.join(plain)}(?!\w)", text) is not None
    return False
