"""Fit a logistic model whose signals may only count in the direction of their meaning."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Limits = tuple[float | None, float | None]


def fit_signed(
    X: NDArray[np.float64],
    y: NDArray[np.bool_],
    shares: NDArray[np.float64],
    *,
    limits: Sequence[Limits],
    penalty: float,
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic regression with a ridge on standardised signals.

    `X` has a row an example and a column a signal, `shares` how much each example counts, and `limits` the least and the
    most that each weight may be, in the signal's own unit.
    """
    mean, spread = X.mean(axis=0), X.std(axis=0) + 1e-9
    Z = np.column_stack([(X - mean) / spread, np.ones(len(X))])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        chances = np.clip(1.0 / (1.0 + np.exp(-Z @ weights)), 1e-9, 1 - 1e-9)
        ridge = np.append(weights[:-1], 0.0)
        cross = -(shares * np.where(y, np.log(chances), np.log(1 - chances))).sum()
        return float(cross + penalty * (ridge**2).sum() / 2), Z.T @ (shares * (chances - y)) + penalty * ridge

    bounds = [
        tuple(None if end is None else end * each for end in limit) for limit, each in zip(limits, spread, strict=True)
    ]
    found = minimize(loss, np.zeros(Z.shape[1]), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    weights = found[:-1] / spread
    return weights, float(found[-1] - weights @ mean)


def chances(X: NDArray[np.float64], weights: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    """The model's chance in [0, 1] for every row."""
    return np.asarray(1.0 / (1.0 + np.exp(-(X @ weights + bias))))
