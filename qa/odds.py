"""Chances and their log-odds, held where a float can tell them apart."""

import math
from collections.abc import Mapping
from typing import Any

# Beyond it a chance is 0 or 1 to the last digit.
_MOST = 60.0
_LEAST_CHANCE = 1e-6


def chance(log_odds: float) -> float:
    """The chance in [0, 1] of these log-odds: the logistic function."""
    return 1.0 / (1.0 + math.exp(-max(-_MOST, min(_MOST, log_odds))))


def log_odds(chance: float) -> float:
    """The log-odds of a chance; 0 and 1 count as a millionth away from themselves."""
    held = max(_LEAST_CHANCE, min(1.0 - _LEAST_CHANCE, chance))
    return math.log(held / (1.0 - held))


def weighed(fitted: Mapping[str, Any], signals: Mapping[str, float]) -> float:
    """The log-odds that a fitted file's `bias` and `weights` give these signals, which it has by the same names."""
    weights: Mapping[str, float] = fitted["weights"]
    return float(fitted["bias"]) + sum(weights[name] * value for name, value in signals.items())
