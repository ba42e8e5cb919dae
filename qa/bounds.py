"""Tell by the words around a figure whether it is meant exactly, at least, at most or about: the one list of such words."""

import re
from typing import Literal

# 'Nearly' and 'almost' say both: at most, and close to it.
Bound = Literal["", "least", "most", "nearly", "about"]
_WORDS: dict[Bound, str] = {
    # 'No more than' is an upper bound and stands first, or 'more than' would be found in it.
    "most": (
        "(?:no|not) more than|no greater than|(?<!no )less than|(?<!no )fewer than|under|below|at most|up to|as much as|"
        "as many as|a maximum of"
    ),
    "least": (
        "(?<!no )(?<!not )more than|(?<!no )greater than|larger than|well over|over|above|at least|upwards? of|in excess of|"
        "exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|beyond|no less than|no fewer than|topped|tops|a minimum of"
    ),
    "nearly": "nearly|almost",
    "about": r"about|around|approximately|roughly|some|close to|circa|ca?\.",
}
_BEFORE = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items()) + r")\s*(?:(?:an?|the)\s+)?$",
    re.IGNORECASE,
)
_OR_MORE = re.compile(r"\s*(?:\+|or more\b|or above\b|plus\b)")
# The longest of them, with room for an article.
_REACH = 32


def bound_of(before: str, after: str = "") -> Bound:
    """What the text right before and right after a figure makes of it; empty where it is meant exactly."""
    found = _BEFORE.search(before[-_REACH:])
    if found is not None:
        return found.lastgroup  # type: ignore[return-value]
    return "least" if _OR_MORE.match(after) else ""


def without_bound(before: str) -> str:
    """The text before a figure without the words at its end that bound the figure."""
    return before[: len(before) - len(bounding(before))]


def bounding(before: str) -> str:
    """The words at the end of the text before a figure that bound it, with the blanks behind them."""
    found = _BEFORE.search(before[-_REACH:])
    return found.group() if found else ""
