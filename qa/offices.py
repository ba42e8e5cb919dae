"""Tell whether a text speaks of another office than the one that is asked for: of the CEO where the CFO is."""

import re

from qa.terms import FUNCTION_WORDS

_HEADS = "officer|minister|secretary|president|director|manager|coach|editor|engineer|scientist|counsel|architect"
_OFFICE = re.compile(rf"\b(?:(chief)\s+)?([a-z]+)\s+({_HEADS})s?\b", re.IGNORECASE)
_CHIEF_EXECUTIVE = re.compile(r"\bchief executive\b", re.IGNORECASE)
_INITIALS = re.compile(r"\bC[A-Z]O\b")
# What stands before an office and makes no other of it.
_NO_KIND = {"former", "new", "current", "first", "last", "then", "acting", "interim", "late", "next", "old", "longtime"}


def offices(text: str) -> frozenset[str]:
    """The offices of several words that a text names: `finance minister`; those of chiefs by their initials, `cfo`."""
    found = {match.group().lower() for match in _INITIALS.finditer(text)}
    if _CHIEF_EXECUTIVE.search(text):
        found.add("ceo")
    for chief, kind, head in _OFFICE.findall(text):
        kind, head = kind.lower(), head.lower()
        if chief:
            found.add(f"c{kind[0]}{head[0]}")
        # 'elected president' and 'retired director' are no offices of their own.
        elif kind not in FUNCTION_WORDS | _NO_KIND and not kind.endswith("ed"):
            found.add(f"{kind} {head}")
    return frozenset(found)


def names_office(question: str, near: str) -> bool:
    """Whether what is near names an office that the question asks for; always where it asks for none."""
    asked = offices(question)
    return not asked or bool(asked & offices(near))


def is_other_office(question: str, near: str) -> bool:
    """Whether the question asks for an office, and what is near names others of its line and never that one."""
    asked, named = offices(question), offices(near)
    if not asked or asked & named:
        return False
    return any(_line(one) == _line(other) for one in asked for other in named)


def _line(office: str) -> str:
    """What offices of one line have in common: the head word, or being a chief."""
    return office.split()[-1] if " " in office else "chief"
