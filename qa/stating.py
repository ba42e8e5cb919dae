"""Put a question and an answer to it together as a statement: 'Who built the wall?' and 'Ada' as 'Ada built the wall.'

The judge of support then says whether a text bears the answer out.
"""

import re

from qa.supporting import sureness
from qa.verifying import SupportJudge

# After 'who' or 'what' the answer is the subject, unless a helping verb follows or the kind of thing is named.
_SUBJECT = re.compile(
    r"^(?:who|what)\s+(?!(?:did|do|does|can|could|would|will|should|has|have|had|else|type|kind|\w+ing)\b)(?=\w)",
    re.IGNORECASE,
)
# What the answer takes the place of, the longest first.
_PLACES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:when|where) (?:is|was|were|are|did|does|do)\b",
        r"^(?:what|which) \w+",
        r"^how (?:many|much) \w+",
        r"^(?:what|which|who|where|when|how)\b",
    )
)


def stated(question: str, answer: str) -> str:
    """The question with the answer in the place of what asks, by the words alone: a network reads it, no person does.

    Where nothing is found to replace, the answer follows the question.
    """
    asked = question.rstrip(" ?")
    for place in (_SUBJECT, *_PLACES):
        found = place.match(asked)
        if found:
            return f"{answer} {asked[found.end() :].lstrip()}."
    return f"{asked}: {answer}."


def borne(question: str, answer: str, text: str, judge: SupportJudge) -> float:
    """The log-odds, within ±6, that the text bears the answer to the question out."""
    return sureness(judge.score(stated(question, answer), [text])[0])
