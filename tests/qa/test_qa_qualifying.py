"""How a value is put: what bounds it belongs to it."""

import pytest

from index.datatypes import Span
from qa.datatypes import Sentence
from qa.qualifying import marked_text


@pytest.mark.parametrize(
    ("text", "marked", "told"),
    [
        ("The shares rose more than 9% on Friday.", "9%", "more than 9%"),
        ("About 300 boats came.", "300 boats", "About 300 boats"),
        ("The shares rose 9% on Friday.", "9%", "9%"),
        ("The play is about Ada Finch.", "Ada Finch", "Ada Finch"),
        ("She sold about half of the 300 boats.", "half of the 300 boats", "half of the 300 boats"),
        ("It cost $53 billion (380 billion yuan) in all.", "$53 billion (380 billion yuan", "$53 billion"),
        (
            "It cost $53 billion (380 billion yuan) in all.",
            "$53 billion (380 billion yuan)",
            "$53 billion (380 billion yuan)",
        ),
        ("Nothing is known.", "", ""),
    ],
)
def test_what_is_marked_with_what_bounds_it(text: str, marked: str, told: str) -> None:
    begin = 40 + text.index(marked)
    span = Span(begin, begin + len(marked)) if marked else None
    assert marked_text(Sentence(1, "id", "a.txt", "", 40, 40 + len(text), text, marked=span)) == told
