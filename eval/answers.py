"""Measures of the answer itself: is what was said what the gold says?

Everywhere, a question that the run has no row for, or failed on, counts as answered wrongly.
"""

from collections import Counter

from eval.datatypes import Case
from eval.normalising import contains, numbers, squad_words, states, without_markers

RIGHT_F1 = 0.5


def said(case: Case) -> str:
    """The answer's text without its markers, else its short answer; empty where no answer was shown."""
    result = case.row.result
    return (without_markers(result.answer) or result.short_answer) if case.shown else ""


def predicted(case: Case) -> str:
    """What SQuAD's measures compare: the short answer, else the answer without markers; empty for a refusal."""
    return (case.row.result.short_answer if case.shown else "") or said(case)


def _references(case: Case) -> list[tuple[str, ...]] | None:
    """The gold answers' normalised words; one empty answer for an unanswerable question, None where none is known."""
    if case.question.answerable and not case.question.answers:
        return None
    return [words for answer in case.question.answers if (words := squad_words(answer))] or [()]


def exact_match(case: Case) -> float | None:
    """ExactMatch: 1 if the normalised prediction equals one of the normalised gold answers.

    Source: Rajpurkar et al. 2018, evaluate-v2.0.py `compute_exact`; a refusal predicts the empty string.
    """
    references = _references(case)
    if references is None:
        return None
    return float((case.shown or case.refused) and squad_words(predicted(case)) in references)


def f1(case: Case) -> float | None:
    """F1: 2PR/(P+R) over the words that prediction and gold share, the best of the gold answers.

    Source: Rajpurkar et al. 2018, evaluate-v2.0.py `compute_f1`; where either is empty, 1 if both are.
    """
    references = _references(case)
    if references is None:
        return None
    words = squad_words(predicted(case))
    return max(word_f1(words, reference) for reference in references) if case.shown or case.refused else 0.0


def word_f1(predicted_words: tuple[str, ...], gold_words: tuple[str, ...]) -> float:
    """2PR/(P+R) over the words that both have, in [0, 1]; where either has none, 1 if both have none."""
    if not predicted_words or not gold_words:
        return float(predicted_words == gold_words)
    common = sum((Counter(predicted_words) & Counter(gold_words)).values())
    # 2PR/(P+R) with P = common/len(predicted), R = common/len(gold), written so that it never divides 0 by 0.
    return 2 * common / (len(predicted_words) + len(gold_words))


def has_answer_exact_match(case: Case) -> float | None:
    """HasAnsExactMatch: ExactMatch over the answerable questions (SQuAD 2.0's HasAns_exact)."""
    return exact_match(case) if case.question.answerable else None


def has_answer_f1(case: Case) -> float | None:
    """HasAnsF1: F1 over the answerable questions (SQuAD 2.0's HasAns_f1)."""
    return f1(case) if case.question.answerable else None


def no_answer_exact_match(case: Case) -> float | None:
    """NoAnsExactMatch: ExactMatch over the unanswerable questions (SQuAD 2.0's NoAns_exact)."""
    return None if case.question.answerable else exact_match(case)


def no_answer_f1(case: Case) -> float | None:
    """NoAnsF1: F1 over the unanswerable questions (SQuAD 2.0's NoAns_f1); equal to NoAnsExactMatch by definition."""
    return None if case.question.answerable else f1(case)


def answer_contained(case: Case) -> float | None:
    """AnswerContained: 1 if the words of a gold answer stand in the answer one after another.

    Source: the string match ("str-em", "accuracy") of Gao et al. 2023 (ALCE) and Mallen et al. 2023, word by word.
    """
    if not (case.question.answerable and case.question.answers):
        return None
    return float(any(contains(said(case), answer) for answer in case.question.answers))


def number_match(case: Case) -> float | None:
    """NumberMatch: 1 if every number of some gold answer stands in the answer, whatever way it is written.

    `$53bn`, `53 billion dollars` and `53,000,000,000` are one number; `9%` and `9` are two. Over the answerable
    questions with a number in a gold answer.
    """
    gold = [stated for answer in case.question.answers if (stated := numbers(answer))]
    if not (case.question.answerable and gold):
        return None
    return float(any(stated <= numbers(said(case)) for stated in gold))


def is_right(case: Case) -> bool:
    """Whether a shown answer counts as right, for the risk, CRAG's score and the kinds of failure.

    Right: the question is answerable and a gold answer is stated (its words in order, or all its numbers); or F1 is
    above 0.5 and no number of that gold answer is missing ("September 2022" is not "September 2023").
    """
    if not (case.shown and case.question.answerable):
        return False
    return any(states(said(case), answer) or _nearly(case, answer) for answer in case.question.answers)


def _nearly(case: Case, answer: str) -> bool:
    near = word_f1(squad_words(predicted(case)), squad_words(answer)) > RIGHT_F1
    return near and numbers(answer) <= numbers(said(case))
