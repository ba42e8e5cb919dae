"""Tell independent sources from reprints: documents that share most of their word sequences count as one."""

from collections.abc import Mapping

from qa.terms import words

# Words in a row that have to agree; long enough that two reporters seldom agree on them by chance.
SHINGLE = 4
# Share of the shorter text's shingles that the longer one has too, from which on it is a reprint.
REPRINT = 0.5
_LONGEST = 200_000


def independent_sources(texts: Mapping[int, str]) -> dict[int, int]:
    """Document key to the number of its source, from 1: near-duplicates share a number.

    `texts` holds the visible text of each document, without the debris that every outlet adds of its own.
    """
    shingles = {key: _shingles(text) for key, text in texts.items()}
    sources: dict[int, int] = {}
    for key in texts:
        twin = next((other for other in sources if is_reprint(shingles[key], shingles[other])), None)
        sources[key] = max(sources.values(), default=0) + 1 if twin is None else sources[twin]
    return sources


def is_reprint(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether the smaller set of shingles is for the most part inside the larger one.

    Containment as in Broder, "On the resemblance and containment of documents", 1997.
    """
    smaller = min(len(one), len(other))
    return smaller > 0 and len(one & other) / smaller >= REPRINT


def _shingles(text: str) -> frozenset[int]:
    found = [word.lower() for word in words(text[:_LONGEST])]
    if len(found) < SHINGLE:
        return frozenset({hash(tuple(found))}) if found else frozenset()
    return frozenset(hash(tuple(found[place : place + SHINGLE])) for place in range(len(found) - SHINGLE + 1))
