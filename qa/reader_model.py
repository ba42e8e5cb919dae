"""The reader's network: a six-layer BERT that gives, for every pair of question and passage, four kinds of score.

Written out here in plain torch, because padding, precision and attention decide how long a question takes; the weights
are our own but for the word vectors, which are the packaged encoder's and are never trained.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from qa.reader_inputs import PAD, Window

Scores = NDArray[np.float32]

WIDTH = 384
HEADS = 12
LAYERS = 6
INNER = 1536
VOCABULARY = 30522
POSITIONS = 512
# Lengths are rounded up to this many tokens: a kernel is made, and kept, for every shape there is.
_STEP = 32
# Far below any score, yet finite in bfloat16: a row of padding alone must not become not-a-number.
NEVER = -1e4


class Layer(nn.Module):
    """Attention and two linear maps, each added to what went in and normalised (Vaswani et al., 2017)."""

    def __init__(self, *, width: int = WIDTH, heads: int = HEADS, inner: int = INNER, epsilon: float = 1e-12) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=epsilon)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm = nn.LayerNorm(width, eps=epsilon)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """States of shape (batch, length, width) to states of the same shape.

        What `bias` holds is added to the attention of every two tokens: of a shape that extends to (batch, heads, length,
        length), and of the states' type.
        """
        states = self.attended_norm(states + self.attended(self._attention(states, bias)))
        return self.norm(states + self.down(nn.functional.gelu(self.up(states))))  # type: ignore[no-any-return]

    def _attention(self, states: Tensor, bias: Tensor) -> Tensor:
        batch, length, width = states.shape
        each = width // self.heads
        parts = self.query_key_value(states).view(batch, length, 3, self.heads, each).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        if not self.training:
            # Fused, it never writes the scores out; but its backward pass is three times slower than the plain one.
            mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
            return mixed.transpose(1, 2).reshape(batch, length, width)
        # Autocast would take the softmax to float32 and write four times as much.
        with torch.autocast("cpu", enabled=False):
            query, key, value = (part.reshape(batch * self.heads, length, each) for part in (query, key, value))
            scores = torch.bmm(query * (1.0 / math.sqrt(each)), key.transpose(1, 2))
            scores = scores.view(batch, self.heads, length, length) + bias.to(scores.dtype)
            mixed = torch.bmm(torch.softmax(scores, dim=-1).view(batch * self.heads, length, length), value)
            return mixed.view(batch, self.heads, length, each).transpose(1, 2).reshape(batch, length, width)


class ReaderModel(nn.Module):
    """Token ids in; start and end scores of every token, and answerable and support scores of every pair out."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.span = nn.Linear(WIDTH, 2)
        self.pair = nn.Linear(WIDTH, 2)
        # The base's own: they are not in our file, so they must not move.
        self.words.weight.requires_grad_(False)

    def forward(self, ids: Tensor, kinds: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Span scores of shape (batch, length, 2) and pair scores (batch, 2): answerable, supported.

        `ids`, `kinds` (0 question, 1 passage) and `present` (1 for a token, 0 for padding) are (batch, length) int64.
        """
        places = torch.arange(ids.shape[1])
        states = self.norm(self.words(ids) + self.positions(places) + self.kinds(kinds))
        padding = ((1 - present) * NEVER)[:, None, None, :].to(states.dtype)
        for layer in self.layers:
            states = layer(states, padding)
        return self.span(states), self.pair(states[:, 0])

    def own_weights(self) -> dict[str, Tensor]:
        """What our file holds: everything but the word vectors."""
        return {name: tensor for name, tensor in self.state_dict().items() if name != "words.weight"}


def from_base(folder: Path) -> ReaderModel:
    """The network with the encoder's weights and new heads: where training begins."""
    base = load_file(folder / "model.safetensors")
    model = ReaderModel()
    renamed = {"words.weight": base["embeddings.word_embeddings.weight"]}
    renamed["positions.weight"] = base["embeddings.position_embeddings.weight"]
    renamed["kinds.weight"] = base["embeddings.token_type_embeddings.weight"]
    for kind in ("weight", "bias"):
        renamed[f"norm.{kind}"] = base[f"embeddings.LayerNorm.{kind}"]
        for place in range(LAYERS):
            renamed.update(_renamed_layer(base, place, kind))
    missing, unexpected = model.load_state_dict(renamed, strict=False)
    if unexpected or set(missing) - {"span.weight", "span.bias", "pair.weight", "pair.bias"}:
        raise ValueError(f"expected the weights of a {LAYERS}-layer BERT in {folder}, missing {missing}")
    return model


def _renamed_layer(base: dict[str, Tensor], place: int, kind: str) -> dict[str, Tensor]:
    theirs = f"encoder.layer.{place}."
    ours = f"layers.{place}."
    parts = [base[f"{theirs}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
    return {
        f"{ours}query_key_value.{kind}": torch.cat(parts),
        f"{ours}attended.{kind}": base[f"{theirs}attention.output.dense.{kind}"],
        f"{ours}attended_norm.{kind}": base[f"{theirs}attention.output.LayerNorm.{kind}"],
        f"{ours}up.{kind}": base[f"{theirs}intermediate.dense.{kind}"],
        f"{ours}down.{kind}": base[f"{theirs}output.dense.{kind}"],
        f"{ours}norm.{kind}": base[f"{theirs}output.LayerNorm.{kind}"],
    }


def load_model(weights: Path, *, base: Path) -> ReaderModel:
    """The network with our weights and the base's word vectors, in the fastest precision this processor has."""
    model = ReaderModel()
    own = {name: tensor.float() for name, tensor in load_file(weights).items()}
    own["words.weight"] = load_file(base / "model.safetensors")["embeddings.word_embeddings.weight"]
    model.load_state_dict(own)
    return model.to(precision()).eval()


def precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware, else float32: emulated it would be slower."""
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


def scores(model: ReaderModel, laid: Sequence[Window]) -> tuple[Scores, Scores]:
    """Span scores of shape (windows, at least the longest, 2) and pair scores (windows, 2), float32."""
    with torch.inference_mode():
        spans, pairs = model(*padded(laid, step=_STEP))
    return spans.float().numpy(), pairs.float().numpy()


def padded(laid: Sequence[Window], *, step: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, kinds and presence of shape (windows, longest), the longest rounded up to a multiple of `step`."""
    longest = -(-max(len(window.ids) for window in laid) // step) * step
    ids = torch.tensor([[*window.ids, *[PAD] * (longest - len(window.ids))] for window in laid])
    kinds = torch.tensor([[*window.kinds, *[0] * (longest - len(window.ids))] for window in laid])
    lengths = torch.tensor([len(window.ids) for window in laid])
    return ids, kinds, (torch.arange(longest)[None, :] < lengths[:, None]).long()
