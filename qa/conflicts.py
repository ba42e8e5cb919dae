"""Find where documents give different values for what was asked: group the claims by value, keep those that contradict."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.asking import Question, read_question, wants_several
from qa.claims import Claim, find_claims
from qa.comparing import FITTED, Visible, contradiction, signals
from qa.datatypes import Evidence
from qa.qualifying import qualifier, value_text
from qa.values import comparable, same_value


@dataclass(frozen=True, slots=True)
class Side:
    """One value and the evidence, of one or more independent sources, that states it."""

    value: str
    qualifier: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Rivals:
    """What is claimed for the leading value, and for every other value that could contradict it."""

    lead: tuple[Claim, ...]
    others: tuple[tuple[Claim, ...], ...] = ()


def find_conflict(question: str, evidence: Sequence[Evidence], *, visible: Visible) -> list[Side]:
    """The sides of a disagreement, the best supported first; empty where the sources agree or say one thing only.

    `visible` gives a document's text without its debris.
    """
    asked = read_question(question)
    found = find_rivals(asked, evidence)
    if found is None:
        return []
    chances = [contradiction(signals(asked, found.lead, other, visible=visible)) for other in found.others]
    if max(chances, default=0.0) < FITTED["threshold"]:
        return []
    # Where two values contradict each other, the question has more than one answer: a third takes less to be believed.
    beside = [other for other, chance in zip(found.others, chances, strict=True) if chance >= FITTED["further"]]
    groups = sorted([found.lead, *beside], key=lambda group: (-len(_sources(group)), group[0].evidence.number))
    return [_side(asked, group, groups) for group in groups]


def find_rivals(asked: Question, evidence: Sequence[Evidence]) -> Rivals | None:
    """The claims by value, compared with the leading one; None where nothing is claimed, or one fact is no answer."""
    if asked.wanted in {"reason", "advice"} or wants_several(asked.text):
        return None
    claims = find_claims(asked, evidence)
    if not claims:
        return None
    # Of one sentence's figures the marked one leads, then the one with most of the question's words around it.
    lead = min(claims, key=lambda claim: (claim.evidence.number, not claim.marked, -len(claim.around), claim.start))
    first, *others = _grouped([lead, *(one for one in claims if one is not lead and comparable(one.value, lead.value))])
    # The same document may state two values of different things; that is no disagreement. A reprint that differs in the
    # value is one: it was corrected, or tampered with.
    apart = [group for group in others if not _also_states_another(group, [first, *others])]
    return Rivals(tuple(first), tuple(map(tuple, apart)))


def _grouped(claims: Sequence[Claim]) -> list[list[Claim]]:
    groups: list[list[Claim]] = []
    for claim in claims:
        home = next((group for group in groups if same_value(group[0].value, claim.value)), None)
        if home is None:
            groups.append([claim])
        else:
            home.append(claim)
    return groups


def _also_states_another(group: Sequence[Claim], groups: Sequence[Sequence[Claim]]) -> bool:
    """Whether every document of this group states a better scored value of another group too."""
    better = {
        key
        for other in groups
        if other is not group and _place(other) < _place(group)
        for claim in other
        for key in claim.documents
    }
    return {key for claim in group for key in claim.documents} <= better


def _place(group: Sequence[Claim]) -> tuple[int, int]:
    """Where a value is first stated: one sentence may state two."""
    return min((claim.evidence.number, claim.start) for claim in group)


def _sources(group: Sequence[Claim]) -> set[int]:
    return {claim.evidence.source for claim in group}


def _side(asked: Question, group: Sequence[Claim], groups: Sequence[Sequence[Claim]]) -> Side:
    others = "\n".join(
        claim.evidence.sentence.surroundings for other in groups if other is not group for claim in other
    )
    # One place an independent source is enough to show who says so.
    by_source = {claim.evidence.source: claim.evidence for claim in reversed(group)}
    evidence = tuple(sorted(by_source.values(), key=lambda item: item.number))
    return Side(value_text(group[0]), qualifier(asked, group[0], others), evidence)
