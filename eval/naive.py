"""The baselines that pincite is measured against: top passages into a prompt, and the top passage itself, unverified."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from eval.datatypes import Question
from eval.normalising import markers
from eval.responding import HitFinder, run_hits
from eval.running import Response
from index.datatypes import Hit
from index.sentences import split_sentences
from qa.errors import CancelledError, DraftError

# What fits into the local model's context with room for an answer.
MOST_PASSAGES = 4
LONGEST_PASSAGE = 1200
OUTPUT_TOKENS = 160

INSTRUCTIONS = "Answer the question from the numbered passages alone. If they do not answer it, write: I cannot answer."
# Asked for at the end, where a small model heeds it.
REMINDER = (
    "Answer in one or two sentences, each with the number of its passage in square brackets at the end, like [1]."
)
_REFUSAL = re.compile(
    r"\b(?:cannot|can't|can not|unable to) (?:be )?(?:answer|determine)|\bdo(?:es)? not (?:answer|contain|mention|provide|"
    r"specify|state)\b|\bno information\b|\bnot (?:mentioned|provided|specified|stated)\b",
    re.IGNORECASE,
)

_ABSTAINED: dict[str, object] = {"status": "abstained", "answer": "", "abstention": {"reason": "unanswered"}}

Chat = list[dict[str, str]]
# A chat in, what the model wrote and its token counts out; raises DraftError.
Complete = Callable[[Chat], tuple[str, dict[str, int]]]


class NaiveRespondent:
    """What most systems do: the top passages and the question in one prompt, and the answer as it comes.

    Nothing is verified. A marker `[n]` cites the whole n-th passage; one that points to nothing stays in the text. It
    abstains where the model writes that it cannot answer, and states no confidence.
    """

    def __init__(self, complete: Complete, *, find: HitFinder) -> None:
        self._complete = complete
        self._find = find

    def respond(self, question: Question) -> Response:
        """Answer one question; where the model fails the row is a failed one, where it is cancelled the run ends."""
        began = time.perf_counter()
        hits = self._find(question)
        try:
            text, usage = self._complete(chat(question.question, hits))
        except CancelledError:
            raise
        except DraftError as error:
            failed = {"status": "failed", "answer": "", "error": str(error)}
            return Response(failed, run_hits(hits), time.perf_counter() - began)
        return Response(naive_result(text, hits, usage=usage), run_hits(hits), time.perf_counter() - began)


class TopPassageRespondent:
    """The top passage as it stands, whatever the question; it abstains only where there is no passage at all."""

    def __init__(self, find: HitFinder) -> None:
        self._find = find

    def respond(self, question: Question) -> Response:
        """Answer one question."""
        began = time.perf_counter()
        hits = self._find(question)
        if not hits:
            return Response(_ABSTAINED, (), time.perf_counter() - began)
        answer = f"{hits[0].text} [1]"
        # One citation bears the whole passage: its sentences are not to count as uncited.
        whole = {"start": 0, "end": len(answer), "citations": [1]}
        result = {**_answered(answer, hits[:1], usage={}), "statements": [whole]}
        return Response(result, run_hits(hits), time.perf_counter() - began)


def chat(question: str, hits: Sequence[Hit]) -> Chat:
    """The prompt: instructions, the first passages with their numbers and titles, the question."""
    passages = "\n\n".join(
        f"[{number}] {hit.title}\n{hit.text[:LONGEST_PASSAGE]}"
        for number, hit in enumerate(hits[:MOST_PASSAGES], start=1)
    )
    return [
        {"role": "system", "content": INSTRUCTIONS},
        {"role": "user", "content": f"Passages:\n{passages}\n\nQuestion: {question}\n\n{REMINDER}"},
    ]


def naive_result(text: str, hits: Sequence[Hit], *, usage: dict[str, int]) -> dict[str, object]:
    """The answer object of a text with markers: each that names a given passage is a citation of it as a whole."""
    text = text.strip()
    if not text or _REFUSAL.search(text):
        return {**_ABSTAINED, "usage": usage}
    return _answered(text, hits[:MOST_PASSAGES], usage=usage)


def _answered(text: str, hits: Sequence[Hit], *, usage: dict[str, int]) -> dict[str, object]:
    given = dict(enumerate(hits, start=1))
    first = {number: (start, end) for number, start, end in reversed(markers(text)) if number in given}
    return {
        "status": "answered",
        "answer": text,
        "statements": list(_statements(text)),
        "citations": [
            _citation(number, given[number], first[number]) for number in sorted(first, key=first.__getitem__)
        ],
        "usage": usage,
    }


def _citation(number: int, hit: Hit, place: tuple[int, int]) -> dict[str, object]:
    return {
        "number": number,
        "document_id": hit.document_id,
        "document_name": hit.document_name,
        "title": hit.title,
        "quote": hit.text,
        "source_start": hit.start,
        "source_end": hit.end,
        "answer_start": place[0],
        "answer_end": place[1],
    }


def _statements(text: str) -> Iterator[dict[str, object]]:
    """The sentences of a text, each with the markers that stand in it or behind its full stop."""
    # A marker behind a full stop would hide the sentence's end, so they are blanked out for the cutting.
    blanked = re.sub(r"\[\d+\]", lambda marker: " " * len(marker[0]), text)
    starts = [0, *(span.start for span in split_sentences(blanked)[1:]), len(text)]
    for start, following in pairwise(starts):
        end = start + len(text[start:following].rstrip())
        yield {"start": start, "end": end, "citations": [number for number, _, _ in markers(text[start:end])]}
