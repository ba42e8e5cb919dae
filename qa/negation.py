"""Find what a text denies, so that 'X is not Y' is not borne out by 'X is Y', nor the other way round, nor 'fell' by 'rose'.

By rules over the words that deny and the words after them: what the network was shown of denials is too little to tell a
sentence from its opposite, which has all its words but one.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa.terms import content_stems, stem

# Words that deny what follows them in their clause.
_DENIES = re.compile(
    r"\b(?:not|never|no|neither|nor|none|nobody|nothing|nowhere|without|cannot|unable|hardly|"
    r"lack(?:s|ed|ing)?|(?:fail|refuse|decline)[sd]?(?:ed)?\s+to|den(?:y|ies|ied|ying))\b|n['’]t\b",
    re.IGNORECASE,
)
# What looks like a denial and is none: bounds, additions, 'No. 5', 'No, …', 'not until 1921', which says that it was then.
_DENIES_NOT = re.compile(
    r"not\s+(?:only|just|merely|simply|least)\b|no\s+(?:doubt|matter|wonder)\b|no\.\s?\d|no,|nothing\s+(?:but|less)\b|"
    r"none\s+other\b|(?:no|not)\s+(?:more|less|fewer|greater|later|earlier)\s+than\b|not\s+until\b",
    re.IGNORECASE,
)
_BEFORE_NO_DENIAL = re.compile(r"(?:\bor|\bif|\bwhy)\s+$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:until|till)\b", re.IGNORECASE)
# Where one clause ends and what it denies with it. A decimal point or a name's dot is no end.
_CLAUSE_END = re.compile(
    r"[.!?;:]+(?=\s|$)|\n|\s[–—-]\s|,?\s+(?:and|but|while|whereas|although|though|because|however|yet)\s|,\s",
    re.IGNORECASE,
)

# Words of which one thing cannot be both at once, by lines; words of one side are parted by a stroke from the other's.
_OPPOSITES = """
rise strengthen | fall lose weaken
buy | sell
win | lose
profit | loss
open begin | close end
accept approve support allow | reject oppose forbid ban
succeed success | fail failure
import | export
high | low
higher | lower
highest | lowest
big large | small
biggest largest | smallest
oldest earliest | youngest latest
best | worst
longest | shortest
first | last
positive | negative
upper | lower
public | private
north northern | south southern east eastern west western
south southern | east eastern west western
east eastern | west western
arrive | depart
love like | hate dislike
"""


def _read_opposites(lines: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one, other in (line.split("|") for line in lines.strip().splitlines()):
        for here, there in ((one, other), (other, one)):
            for word in here.split():
                found[stem(word)] = found.get(stem(word), frozenset()) | {stem(opposite) for opposite in there.split()}
    return found


_OPPOSITE_OF = _read_opposites(_OPPOSITES)


@dataclass(frozen=True, slots=True)
class Clause:
    """The stems of a clause's content words, of those that it denies, and the one or two that the denial is about."""

    stems: frozenset[str]
    denied: frozenset[str]
    heads: frozenset[str]


def read_clauses(text: str) -> list[Clause]:
    """The clauses of a text that have content words, in order."""
    parts, begin = [], 0
    for end in _CLAUSE_END.finditer(text):
        parts.append(text[begin : end.start()])
        begin = end.end()
    clauses: list[Clause] = []
    for part in (*parts, text[begin:]):
        # 'She bought the Tern but not the Gull': what was not done with the Gull stands in the clause before.
        leans = clauses and _DENIES.match(part.lstrip())
        clauses.append(_clause(part, leaning_on=clauses[-1].stems if leans else frozenset()))
    return [clause for clause in clauses if clause.stems]


def _clause(text: str, *, leaning_on: frozenset[str]) -> Clause:
    denied, heads = list[str](), list[str]()
    for match in _DENIES.finditer(text):
        after = content_stems(text[match.end() :])
        if after and not _is_no_denial(text, match):
            denied += after
            heads.append(after[0])
    return Clause(leaning_on.union(content_stems(text)), frozenset(denied), frozenset(heads))


def _is_no_denial(text: str, match: re.Match[str]) -> bool:
    return bool(
        _DENIES_NOT.match(text, match.start())
        or _BEFORE_NO_DENIAL.search(text, max(0, match.start() - 8), match.start())
        or _UNTIL.search(text, match.end())
    )


def contradicted(sentence: str, quotes: Iterable[str]) -> list[str]:
    """The stems that the sentence states and its quotes deny, or that it denies and they state; empty where none.

    Of several clauses of the quotes with the word, those that share the most words with the sentence's clause decide:
    that the quay is not open says nothing of the ferry. A word that the quotes do not have contradicts nothing, unless its
    opposite (`fell` for `rose`) stands in its place.
    """
    having = defaultdict[str, list[Clause]](list)
    for clause in (clause for quote in quotes for clause in read_clauses(quote)):
        for word in clause.stems:
            having[word].append(clause)
    found: dict[str, None] = {}
    for clause in read_clauses(sentence):
        for word in sorted(clause.stems):
            if _opposed(word, clause, having[word]) if word in having else _reversed(word, clause, having):
                found[word] = None
    return list(found)


def _opposed(word: str, clause: Clause, having: Sequence[Clause]) -> bool:
    """Whether those of the clauses with the word that share the most words with this one say the opposite of it."""
    denied = any(word in other.heads for other in having)
    if not (word in clause.heads or (denied and word not in clause.denied)):
        return False
    shared = [len(other.stems & clause.stems) for other in having]
    nearest = [other for other, count in zip(having, shared, strict=True) if count == max(shared)]
    if word in clause.heads:
        return not any(other.denied & clause.denied for other in nearest)
    return all(word in other.heads for other in nearest)


def _reversed(word: str, clause: Clause, having: Mapping[str, Sequence[Clause]]) -> bool:
    """Whether a clause with half of the others of this one's words has the word's opposite in its place."""
    others = clause.stems - {word}
    return any(
        (word in clause.denied) == (opposite in other.denied) and 2 * len(others & other.stems) >= len(others) > 0
        for opposite in _OPPOSITE_OF.get(word, ())
        for other in having.get(opposite, ())
    )
