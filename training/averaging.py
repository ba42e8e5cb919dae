"""Weights between two trained ones: `python -m training.averaging SECOND THIRD SHARE OUT` takes SHARE of the third's.

A later stage learns its own kinds of questions and forgets some of the ones before; on the way between the two a network
keeps most of both. Source: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models".
"""

import sys

from safetensors.torch import load_file, save_file
from torch import Tensor


def between(one: dict[str, Tensor], other: dict[str, Tensor], *, share: float) -> dict[str, Tensor]:
    """(1 - share) of `one` and share of `other`, in half precision.

    Raises:
        ValueError: they are not of one network, or the share is not in [0, 1].
    """
    if one.keys() != other.keys():
        raise ValueError(f"expected the same weights, found these in one only: {sorted(one.keys() ^ other.keys())}")
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"expected a share between 0 and 1, found {share}")
    return {name: ((1 - share) * one[name].float() + share * other[name].float()).half().contiguous() for name in one}


def main(one: str, other: str, share: str, out: str) -> None:
    """Read, mix, write."""
    save_file(between(load_file(one), load_file(other), share=float(share)), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
