"""Draft without a language model: the best evidence sentences themselves."""

from collections.abc import Callable

from index.datatypes import Document
from qa.asking import has_wanted, read_question
from qa.datatypes import Draft, DraftStatement, Evidence
from qa.drafting import DraftRequest
from qa.verifying import statement_text

# A further sentence is shown if it scores at least this part of the best one, and more for a question with one answer.
COMPANION = 0.4
MOST_SENTENCES = 3


class ExtractiveDrafter:
    """Each statement is a sentence of a document, with the one before it where it cannot stand alone."""

    name = "extractive"

    def __init__(self, document_of: Callable[[int], Document], *, companion: float = COMPANION) -> None:
        self._document_of = document_of
        self._companion = companion

    def draft(self, request: DraftRequest) -> Draft:
        """The best sentence, and further ones that score nearly as well."""
        return Draft(tuple(self._statement(item) for item in self._chosen(request)))

    def _chosen(self, request: DraftRequest) -> list[Evidence]:
        if not request.evidence:
            return []
        asked = read_question(request.question)
        floor = request.evidence[0].score * self._companion
        good = [item for item in request.evidence if item.score >= floor]
        if asked.wanted in {"any", "reason", "name", "advice"}:
            return good[:MOST_SENTENCES]
        # Who asks for a figure or a date is not helped by a sentence without one.
        return [item for item in good if has_wanted(asked, item.sentence.text)][:2] or good[:1]

    def _statement(self, item: Evidence) -> DraftStatement:
        text, quote = statement_text(item, self._document_of(item.sentence.document_key))
        return DraftStatement(text, (quote,))
