"""The teacher is MPNet, reads the reader's own tokens, and its word reaches the reader's loss."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import MPNetConfig, MPNetModel

from qa.reader_inputs import CLASSIFY, PAD, SEPARATE, Window
from training.examples import Example
from training.laying import Laid, Taught
from training.teacher_model import VOCABULARY, own_ids, teacher_with
from training.teaching import PLACES, read, remembered, taught
from training.train_reader import NO_SPAN, TRUST, _losses


def laid(*, span: tuple[int, int] | None = None, words: Taught | None = None, length: int = 4) -> Laid:
    """A question of two tokens and a passage of four, or of another length."""
    ids = (CLASSIFY, 2000, 2001, SEPARATE, *range(3000, 3000 + length), SEPARATE)
    example = Example("a b", "c d e f", None, None, "made", "group")
    return Laid(Window(ids, 4, 4, 0, length), span, example, words)


def test_signs_and_words_have_their_places_in_mpnet() -> None:
    assert own_ids(torch.tensor([CLASSIFY, 2000, SEPARATE, PAD])).tolist() == [0, 2004, 2, 1]


def test_the_network_is_mpnet_to_the_last_bit() -> None:
    torch.manual_seed(1)
    theirs = MPNetModel(
        MPNetConfig(vocab_size=VOCABULARY, max_position_embeddings=514, layer_norm_eps=1e-5), add_pooling_layer=False
    ).eval()
    ours = teacher_with(theirs.state_dict()).eval()
    ids = torch.tensor([[CLASSIFY, *range(2000, 2200), SEPARATE]])
    with torch.inference_mode():
        states = theirs(own_ids(ids)).last_hidden_state
        spans, pairs = ours(ids, torch.zeros_like(ids), torch.ones_like(ids))
        assert torch.allclose(spans, ours.span(states), atol=1e-5)
        assert torch.allclose(pairs, ours.pair(states[:, 0]), atol=1e-5)


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(KeyError):
        teacher_with({})


class Sure(nn.Module):
    """Says that the passage answers with its second and third token, whatever it is shown."""

    def forward(self, ids: Tensor, kinds: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        spans = torch.zeros((*ids.shape, 2))
        spans[:, 5, 0] = spans[:, 6, 1] = 4.0
        # The question's tokens never count.
        spans[:, 1:3] = 50.0
        return spans, torch.full((len(ids), 2), 2.0)


def test_what_the_teacher_says_is_kept_and_found_again(tmp_path: Path) -> None:
    pairs = [laid(), laid(span=(5, 6))]
    said = read(Sure(), pairs)  # type: ignore[arg-type]
    assert said["places"].shape == (2, 2, PLACES)
    with pytest.raises(ValueError, match=r"of 2 pairs, found 0; run training\.teaching first"):
        taught(pairs, tmp_path)
    save_file(said, tmp_path / "000.safetensors")
    found = taught(pairs, tmp_path)
    assert [one.span for one in found] == [None, (5, 6)]
    for one in found:
        assert one.taught is not None
        assert one.taught.answerable == pytest.approx(1 / (1 + 2.718281828**-2), abs=5e-4)
        # e^4 against one for each of the three other tokens of the passage and for nowhere.
        assert one.taught.starts[5] == one.taught.ends[6] == pytest.approx(54.598 / (54.598 + 4), abs=5e-4)
        assert sum(one.taught.starts.values()) == pytest.approx(1.0)
        assert set(one.taught.starts) == {0, 4, 5, 6, 7}


def test_a_few_pairs_that_the_teacher_has_not_read_keep_their_own_answer(tmp_path: Path) -> None:
    known = [laid(length=length) for length in range(1, 10)]
    save_file(read(Sure(), known), tmp_path / "000.safetensors")  # type: ignore[arg-type]
    found = taught([*known, laid(length=10)], tmp_path)
    assert [one.taught is not None for one in found] == [True] * 9 + [False]
    with pytest.raises(ValueError, match="of 13 pairs, found 9"):
        taught([*known, *(laid(length=length) for length in range(10, 14))], tmp_path)


def test_without_a_teacher_the_loss_is_the_plain_one() -> None:
    torch.manual_seed(2)
    batch = [laid(span=(5, 6)), laid()]
    spans, pairs, present = torch.randn(2, 9, 2), torch.randn(2, 2), torch.ones(2, 9)
    losses = _losses(spans, pairs, batch, present)
    expected = nn.functional.binary_cross_entropy_with_logits(pairs[:, 0], torch.tensor([1.0, 0.0]))
    assert losses["answerable"].item() == pytest.approx(expected.item())
    allowed = spans[:, [0, 4, 5, 6, 7]].log_softmax(dim=1)
    found = -(allowed[0, 2, 0] + allowed[0, 3, 1]) / 2
    nowhere = -(allowed[1, 0, 0] + allowed[1, 0, 1]) / 2 * NO_SPAN
    assert losses["span"].item() == pytest.approx(((found + nowhere) / 2).item(), rel=1e-5)


def test_a_teacher_that_agrees_with_the_row_changes_nothing_and_one_that_does_not_does() -> None:
    torch.manual_seed(3)
    spans, pairs, present = torch.randn(1, 9, 2), torch.randn(1, 2), torch.ones(1, 9)
    plain = _losses(spans, pairs, [laid(span=(5, 6))], present)
    agreed = _losses(spans, pairs, [laid(span=(5, 6), words=Taught(1.0, {5: 1.0}, {6: 1.0}))], present)
    assert {name: loss.item() for name, loss in agreed.items()} == pytest.approx(
        {name: loss.item() for name, loss in plain.items()}
    )
    doubted = _losses(spans, pairs, [laid(span=(5, 6), words=Taught(0.0, {0: 1.0}, {0: 1.0}))], present)
    expected = nn.functional.binary_cross_entropy_with_logits(pairs[:, 0], torch.tensor([1 - TRUST]))
    assert doubted["answerable"].item() == pytest.approx(expected.item())


def test_what_is_in_the_repository_is_whole() -> None:
    said = dict(remembered(Path(__file__).parents[2] / "training" / "words"))
    # Some of the pairs that the teacher read were the same twice.
    assert 40_000 < len(said) < 43_008
    for word in (*list(said.values())[:50], *list(said.values())[-50:]):
        assert 0.0 <= word.answerable <= 1.0
        assert sum(word.starts.values()) == pytest.approx(1.0)
        assert sum(word.ends.values()) == pytest.approx(1.0)
