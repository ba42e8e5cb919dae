"""Let through only what the documents bear out: each quote located, each figure and name of a sentence in its quotes.

Every draft of every drafter passes here; nothing else makes citations.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.datatypes import Document, Span
from index.sentences import split_sentences
from qa.datatypes import Draft, Evidence, Match, Quote
from qa.figures import find_figures, same_figure
from qa.locating import locate, overlaps_mask
from qa.names import find_names, stands_in
from qa.terms import content_stems

# The part of a sentence's content words that its quotes must have. Lower, and a sentence that merely shares a topic
# passes; higher, and honest rewording fails. A trained support judge takes this over in a later version.
LEAST_SUPPORT = 0.5
# A quote that bears out none of the figures and names is kept if it has this part of the content words.
CONTRIBUTES = 0.4

_MARKER = re.compile(r"\s*\[\s*\^?\d+(?:\s*[,;–-]\s*\d+)*\s*\]")
_BULLET = re.compile(r"^(?:[-*+•‣◦–]|#{1,6})\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]+")

DocumentOf = Callable[[int], Document]


@dataclass(frozen=True, slots=True)
class VerifiedQuote:
    """A stretch that stands in the document: `document.text[start:end] == text`."""

    document_key: int
    start: int
    end: int
    text: str
    match: Match


@dataclass(frozen=True, slots=True)
class VerifiedStatement:
    """A sentence without markers, and at least one quote that bears it out."""

    text: str
    quotes: tuple[VerifiedQuote, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """What is left of a draft, the number of quotes that could not be located, and what was dropped and why."""

    statements: tuple[VerifiedStatement, ...]
    rejected_citations: int = 0
    dropped: tuple[str, ...] = field(default=())


def verify(draft: Draft, evidence: Sequence[Evidence], *, document_of: DocumentOf, question: str = "") -> Verified:
    """Check a draft against its evidence. `document_of` gives the document for a key."""
    numbered = {item.number: item for item in evidence}
    statements: list[VerifiedStatement] = []
    rejected, dropped = 0, list[str]()
    for drafted in draft.statements:
        located = [_located(quote, numbered, document_of) for quote in drafted.quotes]
        rejected += sum(quote is None for quote in located)
        quotes = list(dict.fromkeys(quote for quote in located if quote is not None))
        for sentence in clean_sentences(drafted.text):
            kept = _borne_out(sentence, quotes, numbered, drafted.quotes, document_of, question)
            if isinstance(kept, str):
                dropped.append(kept)
            elif all(kept.text != other.text for other in statements):
                statements.append(kept)
    return Verified(tuple(statements), rejected, tuple(dropped))


def clean_sentences(text: str) -> list[str]:
    """The sentences of a drafted text, on one line each, without control characters or markers of its own."""
    plain = " ".join(_CONTROL.sub(" ", _MARKER.sub("", text)).split())
    return [_BULLET.sub("", plain[span.start : span.end]) for span in split_sentences(plain)]


def _located(quote: Quote, numbered: dict[int, Evidence], document_of: DocumentOf) -> VerifiedQuote | None:
    """The quote where it stands: in its evidence first, then anywhere in that document; None where it stands nowhere."""
    item = numbered.get(quote.evidence)
    if item is None:
        return None
    document = document_of(item.sentence.document_key)
    begin = item.sentence.context_start if item.sentence.context_start >= 0 else item.sentence.start
    near = Span(begin, item.sentence.end)
    found = locate(quote.text, document.text, masks=document.masks, within=near) or locate(
        quote.text, document.text, masks=document.masks
    )
    if found is None:
        return None
    return _quote(item.sentence.document_key, document, found.span.start, found.span.end, found.match)


def _quote(key: int, document: Document, start: int, end: int, match: Match = "exact") -> VerifiedQuote:
    return VerifiedQuote(key, start, end, document.text[start:end], match)


def _borne_out(
    sentence: str,
    quotes: Sequence[VerifiedQuote],
    numbered: dict[int, Evidence],
    drafted: Sequence[Quote],
    document_of: DocumentOf,
    question: str,
) -> VerifiedStatement | str:
    """The sentence with the quotes that it needs, or the reason why it is dropped."""
    if not quotes:
        return f"no quote located for: {sentence}"
    missing = unsupported(sentence, [quote.text for quote in quotes], question=question)
    if missing:
        quotes = _widened(quotes, numbered, drafted, document_of)
        missing = unsupported(sentence, [quote.text for quote in quotes], question=question)
    if missing:
        return f"{', '.join(missing)} not in the quotes of: {sentence}"
    if support(sentence, [quote.text for quote in quotes]) < LEAST_SUPPORT:
        return f"not borne out by its quotes: {sentence}"
    return VerifiedStatement(sentence, tuple(_needed(sentence, quotes, question)))


def unsupported(sentence: str, quotes: Sequence[str], *, question: str = "") -> list[str]:
    """The figures and names of a sentence that stand in none of its quotes.

    `question` only shows which words are ordinary ones in lower case; a name that only the question says is missing too.
    """
    text = "\n".join(quotes)
    stated = find_figures(text)
    figures = [f.text for f in find_figures(sentence) if not any(same_figure(f, other) for other in stated)]
    names = find_names(sentence, lowercase_seen=f"{text} {question}")
    return figures + [name for name in names if not stands_in(name, text)]


def support(sentence: str, quotes: Sequence[str]) -> float:
    """The part of the sentence's content words that its quotes have, in [0, 1]; 1 for a sentence without any."""
    wanted = content_stems(sentence)
    stated = set(content_stems("\n".join(quotes)))
    return sum(stem in stated for stem in wanted) / len(wanted) if wanted else 1.0


def _widened(
    quotes: Sequence[VerifiedQuote], numbered: dict[int, Evidence], drafted: Sequence[Quote], document_of: DocumentOf
) -> list[VerifiedQuote]:
    """Each quote begun one sentence earlier where that is prose right before it: there 'this model' has its name."""
    starts = {
        (item.sentence.document_key, item.sentence.start): item.sentence.context_start
        for item in (numbered[quote.evidence] for quote in drafted if quote.evidence in numbered)
    }
    wide: list[VerifiedQuote] = []
    for quote in quotes:
        start = starts.get((quote.document_key, quote.start), quote.start)
        document = document_of(quote.document_key)
        usable = 0 <= start < quote.start and not overlaps_mask(start, quote.end, document.masks)
        wide.append(_quote(quote.document_key, document, start, quote.end, quote.match) if usable else quote)
    return wide


def _needed(sentence: str, quotes: Sequence[VerifiedQuote], question: str) -> list[VerifiedQuote]:
    """The quotes that say something of the sentence themselves; without the others it is still borne out."""
    telling = [quote for quote in quotes if support(sentence, [quote.text]) >= CONTRIBUTES]
    texts = [quote.text for quote in telling]
    enough = telling and not unsupported(sentence, texts, question=question)
    return telling if enough and support(sentence, texts) >= LEAST_SUPPORT else list(quotes)


def whole_quote(item: Evidence) -> Quote:
    """The evidence sentence as its own quote."""
    return Quote(item.number, item.sentence.text)


def statement_text(item: Evidence, document: Document) -> tuple[str, Quote]:
    """Evidence as a statement about itself: with the sentence before it where it cannot stand alone."""
    sentence = item.sentence
    start = sentence.context_start if item.leans else sentence.start
    text = document.text[start : sentence.end]
    return text, Quote(item.number, text)
