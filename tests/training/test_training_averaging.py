"""Weights between two networks."""

import pytest
import torch

from training.averaging import between

ONE = {"head": torch.tensor([1.0, -2.0]).half()}
OTHER = {"head": torch.tensor([3.0, 2.0]).half()}


@pytest.mark.parametrize(("share", "expected"), [(0.0, [1.0, -2.0]), (0.25, [1.5, -1.0]), (1.0, [3.0, 2.0])])
def test_a_share_of_each(share: float, expected: list[float]) -> None:
    found = between(ONE, OTHER, share=share)["head"]
    assert found.dtype == torch.float16
    assert found.tolist() == expected


def test_other_networks_and_shares_are_refused() -> None:
    with pytest.raises(ValueError, match="found these in one only: .'tail'"):
        between(ONE, {**OTHER, "tail": OTHER["head"]}, share=0.5)
    with pytest.raises(ValueError, match="between 0 and 1, found 1.5"):
        between(ONE, OTHER, share=1.5)
