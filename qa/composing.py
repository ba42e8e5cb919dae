"""Write verified statements as one text with numbered markers, and cut the citations that belong to them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.datatypes import Document
from qa.datatypes import Citation, Statement
from qa.verifying import VerifiedQuote, VerifiedStatement

# Never begun inside a run of stops: a megabyte of them is read once.
_FULL_STOP = re.compile(r"(?<![.!?…])[.!?…]+$")


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of an answer; `numbers` maps each quote to the number it is cited by."""

    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    numbers: dict[VerifiedQuote, int]


def compose(statements: Sequence[VerifiedStatement], *, document_of: Callable[[int], Document]) -> Composed:
    """Join statements with a space; markers stand before the full stop, numbered 1, 2, 3 in order of first use."""
    numbers: dict[VerifiedQuote, int] = {}
    citations: list[Citation] = []
    placed: list[Statement] = []
    text = ""
    for statement in statements:
        start = len(text) + bool(text)
        body, stop = _body_and_stop(statement.text)
        piece = body + " "
        for quote in statement.quotes:
            first_use = quote not in numbers
            number = numbers.setdefault(quote, len(numbers) + 1)
            at = start + len(piece)
            piece += f"[{number}]"
            if first_use:
                citations.append(_citation(number, quote, document_of(quote.document_key), at))
        text = f"{text} {piece}{stop}" if text else piece + stop
        placed.append(Statement(start, len(text), tuple(numbers[quote] for quote in statement.quotes)))
    return Composed(text, tuple(placed), tuple(citations), numbers)


def _body_and_stop(text: str) -> tuple[str, str]:
    found = _FULL_STOP.search(text)
    return (text[: found.start()].rstrip(), found.group()) if found else (text, "")


def _citation(number: int, quote: VerifiedQuote, document: Document, at: int) -> Citation:
    return Citation(
        number=number,
        document_id=document.id,
        document_name=document.name,
        title=document.title,
        uri=document.uri,
        published=document.published,
        quote=quote.text,
        source_start=quote.start,
        source_end=quote.end,
        answer_start=at,
        answer_end=at + len(f"[{number}]"),
        match=quote.match,
    )
