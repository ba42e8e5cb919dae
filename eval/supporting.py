"""ALCE's citation recall and precision, with the judge of support as a part you bring.

Source: Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations", section 4. Three quirks of
its script are put right here:

- `[0]` became index -1 there and was judged by the *last* document. Here it is a marker that points to nothing.
- One out-of-range marker made the whole statement unsupported and left the precision untouched. Here it supports
  nothing, counts as an imprecise citation, and the statement's other citations are still judged.
- Empty answers were left out of the mean. Here an answerable question without an answer counts 0.

A marker that stands twice in a statement is one citation. There is no cut to the first three citations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from eval.datatypes import Case
from eval.normalising import markers, numbers, plain_words, without_markers

# Words that carry no claim of their own; a statement may add them to its quotes freely.
_SMALL_WORDS = """
about after also and are as at be been before but by can could did do does for from had has have he her his if in into
is it its more not of on or our she so such than that their them then there these they this those to was we were what
when where which while who whom whose why will with would you your
"""
_FUNCTION_WORDS = frozenset(_SMALL_WORDS.split())


class SupportJudge(Protocol):
    """Says whether a premise supports a claim: a rule, or a model for natural language inference."""

    def supports(self, *, premise: str, claim: str) -> bool:
        """Whether somebody who trusts the premise must accept the claim."""
        ...


@dataclass(frozen=True, slots=True)
class WordJudge:
    """The judge without a model: every number of the claim, and a share of its other words, stand in the premise.

    It sees what was added to the quotes, and is blind to words put together wrongly ("A sued B", "B sued A"). It is a
    floor for prose: of wice's claims it accepts 15 % of the 115 supported ones (from their supporting sentences) and
    7 % of the 43 unsupported ones (from the whole source). Bring a model where a language model rephrases.
    """

    share: float = 0.8

    def __post_init__(self) -> None:
        """Refuse a share that would ask for nothing or for more than all words."""
        if not 0 < self.share <= 1:
            raise ValueError(f"expected a share of words above 0 and up to 1, found {self.share}")

    def supports(self, *, premise: str, claim: str) -> bool:
        """Whether the claim's numbers all, and its content words to the share, stand in the premise."""
        known = set(plain_words(premise))
        words = [word for word in plain_words(claim) if word not in _FUNCTION_WORDS]
        found = sum(word in known for word in words)
        return bool(words) and numbers(claim) <= numbers(premise) and found >= self.share * len(words)


WORD_JUDGE = WordJudge()


def _statements(case: Case) -> list[str]:
    """An answer's statements with their markers; an answer that lists none is one statement."""
    result = case.row.result
    if not (case.shown and result.answer.strip()):
        return []
    return [result.answer[s.start : s.end] for s in result.statements] or [result.answer]


def _quotes(case: Case) -> dict[int, str]:
    """Citation number → all that is quoted under it."""
    quotes: dict[int, list[str]] = {}
    for citation in case.row.result.citations:
        quotes.setdefault(citation.number, []).append(citation.quote)
    return {number: "\n".join(parts) for number, parts in quotes.items()}


def _supported(claim: str, numbers_cited: list[int], quotes: Mapping[int, str], judge: SupportJudge) -> bool:
    """Whether the quotes under these numbers together support the claim; numbers that point to nothing add nothing."""
    premise = "\n".join(quotes[number] for number in numbers_cited if number in quotes)
    return bool(premise) and judge.supports(premise=premise, claim=claim)


def alce_recall(case: Case, *, judge: SupportJudge = WORD_JUDGE) -> float | None:
    """ALCERecall: share of statements that are supported by all their cited quotes together (Gao et al. 2023, 4.3)."""
    statements, quotes = _statements(case), _quotes(case)
    if not statements:
        return 0.0 if case.question.answerable else None
    cited = [list(dict.fromkeys(number for number, _, _ in markers(text))) for text in statements]
    claims = [without_markers(text).strip() for text in statements]
    return sum(_supported(claim, c, quotes, judge) for claim, c in zip(claims, cited, strict=True)) / len(claims)


def alce_precision(case: Case, *, judge: SupportJudge = WORD_JUDGE) -> float | None:
    """ALCEPrecision: share of the citations in the statements that are not irrelevant (Gao et al. 2023, 4.3).

    A citation is irrelevant if its statement is not supported by all its quotes together, or if it does not support
    the statement alone and the others do without it. 0 for an answer without citations.
    """
    statements, quotes = _statements(case), _quotes(case)
    if not statements:
        return 0.0 if case.question.answerable else None
    relevant = [flag for text in statements for flag in _relevant(text, quotes, judge)]
    return sum(relevant) / len(relevant) if relevant else 0.0


def _relevant(text: str, quotes: Mapping[int, str], judge: SupportJudge) -> list[bool]:
    """For every citation of one statement, whether it is relevant."""
    claim = without_markers(text).strip()
    cited = list(dict.fromkeys(number for number, _, _ in markers(text)))
    if not _supported(claim, cited, quotes, judge):
        return [False] * len(cited)
    return [
        number in quotes
        and (
            _supported(claim, [number], quotes, judge)
            or not _supported(claim, [other for other in cited if other != number], quotes, judge)
        )
        for number in cited
    ]
