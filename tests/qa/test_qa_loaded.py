"""What wants to surprise or to impress is told from what reports, where it stands and just beside it."""

import pytest

from index.datatypes import Span
from qa.datatypes import Evidence, Sentence
from qa.loaded import is_loaded


def said(text: str, *, document: int = 1, start: int = 0) -> Evidence:
    sentence = Sentence(document, "id", "a.txt", "", start, start + len(text), text, "", marked=Span(start, start + 1))
    return Evidence(1, sentence, 0.9, document)


PLAIN = "Ada Finch kept the lighthouse."


@pytest.mark.parametrize("text", ["The renowned Ada Finch kept it.", "Surprisingly, Ada Finch kept it."])
def test_it_is_the_sentence_or_one_near_it_that_was_found_too(text: str) -> None:
    ours = said(PLAIN, start=1000)
    assert is_loaded(said(text).sentence, [said(text)])
    for start, near in ((700, True), (1300, True), (699, False), (1301, False)):
        assert is_loaded(ours.sentence, [ours, said(text, start=start)]) is near
    assert not is_loaded(ours.sentence, [ours, said(text, document=2, start=1000)])
    assert not is_loaded(ours.sentence, [ours])
