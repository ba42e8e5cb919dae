"""Let through only what the documents bear out: each quote located, each figure and name of a sentence in its quotes.

Every draft of every drafter passes here; nothing else makes citations.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from index.datatypes import Document, Span
from index.sentences import split_sentences
from qa.asking import wants_several
from qa.datatypes import Draft, Evidence, Match, Quote
from qa.figures import Figure, bound, find_figures, same_figure
from qa.locating import locate, overlaps_mask
from qa.names import find_calendar, find_names, stands_in
from qa.negation import contradicted
from qa.numbering import find_ordinals, find_versions, goes_down, has_version, is_negative, missing_ordinals
from qa.terms import content_stems, words

# The part of a sentence's content words that its quotes must have. Lower, and a sentence that merely shares a topic
# passes; higher, and honest rewording fails.
LEAST_SUPPORT = 0.5
# The chance of being borne out that a judge must give a sentence: so high that the network alone can stop one with all words
# and figures of its quote. docs/reader.md has what it lets through.
LEAST_JUDGED = 0.62
# A document says this often what it is about.
TOPIC_MENTIONS = 3
# A quote that bears out none of the figures and names is kept if it has this part of the content words.
CONTRIBUTES = 0.4
# What the reader marks is held to be the answer up to this many words; longer stretches have other things in them.
LONGEST_MARK = 8

# For text with single spaces.
_MARKER = re.compile(r" ?\[ ?\^?\d+(?: ?[,;–-] ?\d+)* ?\]")
_BULLET = re.compile(r"^(?:[-*+•‣◦–]|#{1,6})\s+")
# Control characters, what turns the direction of text, what is invisible, and halves of characters.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]+"
)

DocumentOf = Callable[[int], Document]


class SupportJudge(Protocol):
    """Says how likely each quote bears a claim out."""

    def score(self, claim: str, quotes: Sequence[str]) -> Sequence[float]:
        """For every quote a chance in [0, 1]."""
        ...


@dataclass(frozen=True, slots=True)
class _Checks:
    """What every attempt is checked with."""

    document_of: DocumentOf
    question: str
    judge: SupportJudge | None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifiedQuote:
    """A stretch that stands in the document: `document.text[start:end] == text`."""

    document_key: int
    start: int
    end: int
    text: str
    # How it was found does not make it another place.
    match: Match = field(compare=False)

    def touches(self, item: Evidence) -> bool:
        """Whether it has a part of the evidence's own sentence."""
        sentence = item.sentence
        return self.document_key == sentence.document_key and self.start < sentence.end and sentence.start < self.end


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


def verify(
    draft: Draft,
    evidence: Sequence[Evidence],
    *,
    document_of: DocumentOf,
    question: str = "",
    judge: SupportJudge | None = None,
) -> Verified:
    """Check a draft against its evidence. `document_of` gives the document for a key.

    A sentence that is not a quote's own must also convince the judge, where there is one.
    """
    checks = _Checks(document_of, question, judge)
    numbered = {item.number: item for item in evidence}
    statements: list[VerifiedStatement] = []
    rejected, dropped = 0, list[str]()
    for drafted in draft.statements:
        located = [_located(quote, numbered, document_of) for quote in drafted.quotes]
        rejected += sum(quote is None for quote in located)
        quotes = list(dict.fromkeys(quote for quote in located if quote is not None))
        for sentence in clean_sentences(drafted.text):
            kept = _borne_out(sentence, quotes, numbered, drafted.quotes, checks)
            if isinstance(kept, str):
                dropped.append(kept)
            elif all(kept.text != other.text for other in statements):
                statements.append(kept)
    return Verified(tuple(statements), rejected, tuple(dropped))


def clean_sentences(text: str) -> list[str]:
    """The sentences of a drafted text, on one line each, without control characters or markers of its own."""
    plain = _MARKER.sub("", " ".join(_CONTROL.sub(" ", text).split()))
    if _MARKER.search(plain):
        # '[[1]2]' hid one in another.
        plain = plain.replace("[", "(").replace("]", ")")
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
    edges = {begin, item.sentence.start, item.sentence.end}
    if found is None or any(_inside_figure(document.text, at) for at in {found.span.start, found.span.end} - edges):
        return None
    return _quote(item.sentence.document_key, document, found.span.start, found.span.end, found.match)


def _inside_figure(text: str, place: int) -> bool:
    """Whether a cut at `place` goes through a figure: '$53 billion' does not say '$53', nor 1.5 million 1."""
    begin = max(0, place - 40)
    return any(figure.start < place - begin < figure.end for figure in find_figures(text[begin : place + 40]))


def _quote(key: int, document: Document, start: int, end: int, match: Match = "exact") -> VerifiedQuote:
    return VerifiedQuote(key, start, end, document.text[start:end], match)


def _borne_out(
    sentence: str,
    quotes: Sequence[VerifiedQuote],
    numbered: dict[int, Evidence],
    drafted: Sequence[Quote],
    checks: _Checks,
) -> VerifiedStatement | str:
    """The sentence with the quotes that it needs, or the reason why it is dropped."""
    # What the named quotes deny is not borne out by others that do not speak of it.
    checks = replace(checks, beside=tuple(quote.text for quote in quotes))
    attempts = _attempts(quotes, numbered, drafted, checks.document_of)
    found = next((attempt for attempt in attempts if _stands(attempt, sentence, checks)), None)
    if found is not None and _passes_over(sentence, found, numbered.values(), checks.question):
        return f"passes over what is marked in the quotes of: {sentence}"
    if found is not None:
        return VerifiedStatement(sentence, tuple(_needed(sentence, found, checks)))
    if not quotes:
        return f"no quote located for: {sentence}"
    return _why_not(sentence, [quote.text for quote in quotes], question=checks.question)


def _why_not(sentence: str, quotes: Sequence[str], *, question: str) -> str:
    """Why a sentence is dropped, for people: what is missing first, for that is what can be looked up."""
    if missing := unsupported(sentence, quotes, question=question):
        return f"{', '.join(missing)} not in the quotes of: {sentence}"
    return f"{'denied' if contradicted(sentence, quotes) else 'not borne out'} by its quotes: {sentence}"


def _attempts(
    quotes: Sequence[VerifiedQuote], numbered: dict[int, Evidence], drafted: Sequence[Quote], document_of: DocumentOf
) -> Iterator[Sequence[VerifiedQuote]]:
    """The quotes as drafted, then widened, then what else there is: each made only if those before it do not do."""
    if quotes:
        yield quotes
        yield _widened(quotes, numbered, drafted, document_of)
    yield from _others(quotes, numbered, document_of)


def _stands(quotes: Sequence[VerifiedQuote], sentence: str, checks: _Checks) -> bool:
    """Whether the sentence is a quote's own, so that there is nothing to compare; or passes every check, dearest last."""
    texts = [quote.text for quote in quotes]
    if _is_verbatim(sentence, texts):
        return True
    return (
        support(sentence, texts) >= LEAST_SUPPORT
        and not unsupported(sentence, texts, question=checks.question)
        and not contradicted(sentence, dict.fromkeys([*texts, *checks.beside]))
        and _hangs_together(quotes, sentence, checks.document_of)
        and (checks.judge is None or checks.judge.score(sentence, [" ".join(texts)])[0] >= LEAST_JUDGED)
    )


def _hangs_together(quotes: Sequence[VerifiedQuote], sentence: str, document_of: DocumentOf) -> bool:
    """Whether each figure is said of the things that the sentence names: one quote's figure is not another's thing's.

    A name may be missing beside the figure where the figure's document is about it; one with a digit (Qwen3-Omni) may not,
    since it has siblings.
    """
    names = find_names(sentence, lowercase_seen="\n".join(quote.text for quote in quotes))
    stated = [(quote, find_figures(quote.text)) for quote in quotes]
    for figure in find_figures(sentence):
        stating = [quote for quote, others in stated if any(same_figure(figure, other) for other in others)]
        if stating and not any(all(_speaks_of(quote, name, document_of) for name in names) for quote in stating):
            return False
    return True


def _is_verbatim(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether the sentence is a quote's own, however long it is."""
    return any(sentence in clean_sentences(quote) for quote in quotes)


def _passes_over(sentence: str, quotes: Sequence[VerifiedQuote], evidence: Iterable[Evidence], question: str) -> bool:
    """Whether the sentence answers with another name of its quotes than the reader marks there.

    'A does research, B hosts' has the words of 'B does research'. Where several things are asked for, no mark is the answer.
    """
    if not question or wants_several(question) or _is_verbatim(sentence, [quote.text for quote in quotes]):
        return False
    marks = [item.sentence.short_answer for item in evidence if any(quote.touches(item) for quote in quotes)]
    telling = [mark for mark in marks if 0 < len(words(mark)) <= LONGEST_MARK and not _says(question, mark)]
    names = [name for name in find_names(sentence) if not stands_in(name, question)]
    return bool(telling and names) and not any(_says(sentence, mark) for mark in telling)


def _says(text: str, mark: str) -> bool:
    """Whether the text has a word of the mark, or its figure in whatever form."""
    stated = find_figures(text)
    shared = set(content_stems(mark)) & set(content_stems(text))
    return bool(shared) or any(same_figure(one, other) for one in find_figures(mark) for other in stated)


def _speaks_of(quote: VerifiedQuote, name: str, document_of: DocumentOf) -> bool:
    if stands_in(name, quote.text):
        return True
    special = any(character.isdigit() for character in name)
    return not special and document_of(quote.document_key).text.lower().count(name.lower()) >= TOPIC_MENTIONS


def _others(
    quotes: Sequence[VerifiedQuote], numbered: dict[int, Evidence], document_of: DocumentOf
) -> Iterator[list[VerifiedQuote]]:
    """What else might bear the sentence out: a small model often writes the right sentence and the wrong number."""
    others = [_whole(item, document_of) for item in numbered.values()]
    yield from ([other] for other in others)
    yield from ([*quotes, other] for other in others if quotes and other not in quotes)


def _whole(item: Evidence, document_of: DocumentOf) -> VerifiedQuote:
    key = item.sentence.document_key
    return _quote(key, document_of(key), item.start, item.sentence.end)


@dataclass(frozen=True, slots=True)
class _Stated:
    """A figure with all that the same digits may differ in: a bound, a minus sign, and talk of a fall, which replaces it."""

    figure: Figure
    bound: str
    negative: bool
    falls: bool

    def bears_out(self, claimed: "_Stated") -> bool:
        """'More than 5 million' is not said by '5 million', nor by 'up to 5 million'; '−5 %' not by '5 %', but by a fall."""
        same = same_figure(claimed.figure, self.figure) and claimed.bound in ("", self.bound)
        signed = claimed.negative == self.negative or (claimed.falls if self.negative else self.falls)
        return same and signed


def unsupported(sentence: str, quotes: Sequence[str], *, question: str = "") -> list[str]:
    """The figures, ordinals, versions and names of a sentence that stand in none of its quotes.

    `question` only shows which words are ordinary ones in lower case; a name that only the question says is missing too.
    """
    text = "\n".join(quotes)
    ordinals, versions = find_ordinals(sentence), find_versions(sentence)
    claimed = _figures(sentence)
    own = [(one.start, one.end) for one in ordinals] + [(one.start, one.end) for one in versions]
    plain = [one for one in claimed if not any(low <= one.figure.start < high for low, high in own)]
    # Quote by quote: '… in 53' and 'Million Dollar …' do not make 53 million.
    stated = [figure for quote in quotes for figure in _figures(quote)]
    names = find_names(sentence, lowercase_seen=f"{text} {question}")
    days = find_calendar(sentence, outside=[(one.figure.start, one.figure.end) for one in claimed])
    said = {day[:3].lower() for day in find_calendar(text)}
    return [
        *(one.figure.text for one in plain if not any(other.bears_out(one) for other in stated)),
        *missing_ordinals(ordinals, quotes),
        *_in_none((sentence[span.start : span.end] for span in versions), quotes, has_version),
        *_in_none(names, quotes, stands_in),
        *(day for day in days if day[:3].lower() not in said),
    ]


def _figures(text: str) -> list[_Stated]:
    falls = goes_down(text)
    return [_Stated(one, bound(text, one), is_negative(text, one), falls) for one in find_figures(text)]


def _in_none(wanted: Iterable[str], quotes: Sequence[str], stands: Callable[[str, str], bool]) -> list[str]:
    return [one for one in dict.fromkeys(wanted) if not any(stands(one, quote) for quote in quotes)]


def support(sentence: str, quotes: Sequence[str]) -> float:
    """The part of the sentence's content words that its quotes have, in [0, 1]; 0 for a sentence without any ('No.')."""
    wanted = content_stems(sentence)
    stated = set(content_stems("\n".join(quotes)))
    return sum(stem in stated for stem in wanted) / len(wanted) if wanted else 0.0


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
    return [quote for quote in wide if not any(_is_part(quote, other) for other in wide)]


def _is_part(quote: VerifiedQuote, other: VerifiedQuote) -> bool:
    same = quote.document_key == other.document_key and quote != other
    return same and other.start <= quote.start and quote.end <= other.end


def _needed(sentence: str, quotes: Sequence[VerifiedQuote], checks: _Checks) -> list[VerifiedQuote]:
    """The quotes that say something of the sentence themselves, if without the others it is still borne out."""
    telling = [quote for quote in quotes if support(sentence, [quote.text]) >= CONTRIBUTES]
    return telling if telling and _stands(telling, sentence, checks) else list(quotes)


def statement_text(item: Evidence, document: Document) -> tuple[str, Quote]:
    """Evidence as a statement about itself: with the sentence before it where it cannot stand alone."""
    text = document.text[item.start : item.sentence.end]
    return text, Quote(item.number, text)
