"""Tell a collection about one thing from a library of all things, and weigh between what was fitted on each.

In a library a question whose thing is missing finds nothing near; among the papers of one event or one house everything is
near, people ask in other words than theirs, and how near the search came tells little.
"""

from collections.abc import Mapping

# Up to the first likeness of its passages (the mean cosine of two) a collection counts as mixed, from the second on as alike,
# between them in parts. Of what is fitted on, the mixed ones have 0.01 to 0.09, the others 0.19 to 0.57.
MIXED, ALIKE = 0.12, 0.18


def alike(likeness: float) -> float:
    """How far a collection whose passages are that alike is about one thing, in [0, 1]."""
    return max(0.0, min(1.0, (likeness - MIXED) / (ALIKE - MIXED)))


def between(mixed: float, one: float, *, likeness: float) -> float:
    """From what holds of mixed collections to what holds of those about one thing, as far as this is one."""
    part = alike(likeness)
    return (1.0 - part) * mixed + part * one


def weights_at(fitted: Mapping[str, Mapping[str, float]], likeness: float) -> dict[str, float]:
    """The weights for a collection of this likeness, from those of `mixed` and of `alike` ones, by the same names."""
    mixed, one = fitted["mixed"], fitted["alike"]
    return {name: between(mixed[name], one[name], likeness=likeness) for name in mixed}
