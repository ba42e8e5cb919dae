"""The teacher's network: a twelve-layer MPNet that reads the reader's own tokens, and scores them as the reader does.

MPNet's vocabulary is BERT's with four signs before it, so both networks see the same tokens in the same places, and what the
one says of a token can be taught to the other. Source of the network: Song et al. 2020, "MPNet".
"""

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from qa.reader_inputs import CLASSIFY, PAD, SEPARATE
from qa.reader_model import NEVER, Layer

WIDTH = 768
HEADS = 12
LAYERS = 12
INNER = 3072
VOCABULARY = 30527
POSITIONS = 514
_EPSILON = 1e-5
# Distances between two tokens in this many kinds, all beyond 128 alike.
BUCKETS, FARTHEST = 32, 128
# Where MPNet has the signs that BERT has elsewhere; every word is four further on.
_SIGNS = {CLASSIFY: 0, PAD: 1, SEPARATE: 2}
_WORDS_FROM = 4
# Its table of places begins with two that are never used.
_PLACES_FROM = 2


class TeacherModel(nn.Module):
    """What `ReaderModel` takes and gives, twice as wide and twice as deep."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.distances = nn.Embedding(BUCKETS, HEADS)
        self.layers = nn.ModuleList(
            Layer(width=WIDTH, heads=HEADS, inner=INNER, epsilon=_EPSILON) for _ in range(LAYERS)
        )
        self.span = nn.Linear(WIDTH, 2)
        self.pair = nn.Linear(WIDTH, 2)
        self.words.weight.requires_grad_(False)
        # MPNet does not tell question from passage; ours begins where it makes no difference.
        nn.init.zeros_(self.kinds.weight)

    def forward(self, ids: Tensor, kinds: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Span scores of shape (batch, length, 2) and pair scores (batch, 2), of the reader's own token ids."""
        places = torch.arange(ids.shape[1])
        states = self.norm(self.words(own_ids(ids)) + self.positions(places + _PLACES_FROM) + self.kinds(kinds))
        near = self.distances(_buckets(ids.shape[1])).permute(2, 0, 1)[None]
        bias = near + ((1 - present) * NEVER)[:, None, None, :]
        if torch.is_autocast_enabled("cpu"):
            states = states.bfloat16()
        bias = bias.to(states.dtype)
        for layer in self.layers:
            states = layer(states, bias)
        return self.span(states), self.pair(states[:, 0])

    def own_weights(self) -> dict[str, Tensor]:
        """Everything but the word vectors, which are the base's."""
        return {name: tensor for name, tensor in self.state_dict().items() if name != "words.weight"}


def own_ids(ids: Tensor) -> Tensor:
    """BERT's token ids as MPNet's."""
    own = ids + _WORDS_FROM
    for theirs, ours in _SIGNS.items():
        own = torch.where(ids == theirs, ours, own)
    return own


def _buckets(length: int) -> Tensor:
    """The kind of distance between every two of `length` tokens: 16 ahead and 16 behind, half of them by logarithm."""
    places = torch.arange(length)
    distance = places[:, None] - places[None, :]
    side = torch.where(distance < 0, BUCKETS // 2, 0)
    distance, exact = distance.abs(), BUCKETS // 4
    spread = torch.log(distance.clamp(min=1) / exact) / math.log(FARTHEST / exact) * (BUCKETS // 2 - exact)
    far = (exact + spread.long()).clamp(max=BUCKETS // 2 - 1)
    return side + torch.where(distance < exact, distance, far)


def teacher_from_base(folder: Path) -> TeacherModel:
    """The network with the weights of the MPNet in a folder, and new heads."""
    return teacher_with(load_file(folder / "model.safetensors"))


def teacher_with(base: dict[str, Tensor]) -> TeacherModel:
    """The network with MPNet's weights by their names in transformers, and new heads.

    Raises:
        ValueError: they are not MPNet's.
    """
    model = TeacherModel()
    named = {
        "words.weight": base["embeddings.word_embeddings.weight"],
        "positions.weight": base["embeddings.position_embeddings.weight"],
        "distances.weight": base["encoder.relative_attention_bias.weight"],
    }
    for kind in ("weight", "bias"):
        named[f"norm.{kind}"] = base[f"embeddings.LayerNorm.{kind}"]
        for place in range(LAYERS):
            named.update(_renamed_layer(base, place, kind))
    missing, unexpected = model.load_state_dict(named, strict=False)
    if unexpected or set(missing) - {"kinds.weight", "span.weight", "span.bias", "pair.weight", "pair.bias"}:
        raise ValueError(f"expected the weights of MPNet, missing {missing}, unknown {unexpected}")
    return model


def _renamed_layer(base: dict[str, Tensor], place: int, kind: str) -> dict[str, Tensor]:
    theirs, ours = f"encoder.layer.{place}.", f"layers.{place}."
    return {
        f"{ours}query_key_value.{kind}": torch.cat([base[f"{theirs}attention.attn.{part}.{kind}"] for part in "qkv"]),
        f"{ours}attended.{kind}": base[f"{theirs}attention.attn.o.{kind}"],
        f"{ours}attended_norm.{kind}": base[f"{theirs}attention.LayerNorm.{kind}"],
        f"{ours}up.{kind}": base[f"{theirs}intermediate.dense.{kind}"],
        f"{ours}down.{kind}": base[f"{theirs}output.dense.{kind}"],
        f"{ours}norm.{kind}": base[f"{theirs}output.LayerNorm.{kind}"],
    }
