"""Look at store, index and weights without changing them, and say how to mend what is wrong."""

import hashlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from api.assembly import Assembly
from index.errors import PinciteError
from index.schema import DATABASE
from index.vectors import VectorCache
from qa.weights import RECIPES, default_cache, find_weights, is_verified


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `mend` says what to do where it is wrong."""

    what: str
    state: Literal["well", "note", "wrong"]
    detail: str
    mend: str = ""


def diagnose(assembly: Assembly) -> list[Finding]:
    """Everything that is worth knowing when something does not work."""
    return [_python(), *_store(assembly), *_encoder(assembly), _weights(assembly), _openai(assembly)]


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", "well" if sys.version_info >= (3, 11) else "wrong", found, "use Python 3.11 or later")


def _store(assembly: Assembly) -> Iterator[Finding]:
    folder = assembly.settings.store
    if not (folder / DATABASE).exists():
        yield Finding("store", "note", f"none yet at {folder}", "pincite add PATH makes one")
        return
    try:
        store = assembly.store
        problems = store.problems()
    except PinciteError as error:
        yield Finding(
            "store", "wrong", str(error), "restore the folder from a copy, or add the documents to a new store"
        )
        return
    mend = f"move {folder} away and add the documents again"
    counted = f"{folder}: {sum(store.count(name)[0] for name in store.collections())} documents"
    yield Finding("store", "wrong" if problems else "well", "; ".join(problems) or counted, mend if problems else "")
    cache = VectorCache(store)
    for name in store.collections():
        problem = cache.problem(name)
        yield Finding(
            f"index of {name}", "note" if problem else "well", problem or "fits its sum", _REBUILT if problem else ""
        )
    yield _space(folder)


_REBUILT = "nothing to do: the next search builds it again from the store"


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    state: Literal["well", "wrong"] = "well" if free > 500_000_000 else "wrong"
    return Finding("disk", state, f"{free / 1e9:.1f} GB free at {folder}", "make room" if state == "wrong" else "")


def _encoder(assembly: Assembly) -> Iterator[Finding]:
    name = assembly.settings.encoder
    if (assembly.settings.store / DATABASE).exists():
        try:
            assembly.store.check_encoder(name)
        except PinciteError as error:
            yield Finding("encoder", "wrong", str(error), "set PINCITE_ENCODER as it says")
            return
    try:
        dimension = assembly.encoder.encode(["a test"]).shape[1]
    except PinciteError as error:
        yield Finding(
            "encoder", "wrong", str(error), "run 'make install', or set PINCITE_ENCODER to a model that is here"
        )
        return
    yield Finding("encoder", "well", f"{name}, {dimension} dimensions")


def _weights(assembly: Assembly) -> Finding:
    model = assembly.settings.model
    recipe = RECIPES.get(model)
    if recipe is None:
        return _own_weights(model)
    path = (assembly.settings.cache or default_cache()) / f"{recipe.sha256[:16]}.gguf"
    if not path.exists():
        return Finding("weights", "note", f"{recipe.name} is not here yet", "the first local answer fetches it")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != recipe.sha256:
        return Finding(
            "weights", "wrong", f"expected sha256 {recipe.sha256}, found {found}", f"delete {path}; it is fetched again"
        )
    stamped = is_verified(path, recipe.sha256)
    return Finding("weights", "well", f"{recipe.name} at {path}" + ("" if stamped else ", not yet stamped"))


def _own_weights(model: str) -> Finding:
    if model.startswith("hf:"):
        return Finding("weights", "note", f"{model}: from the hub at first use")
    try:
        return Finding("weights", "well", str(find_weights(model)))
    except PinciteError as error:
        return Finding("weights", "wrong", str(error), "set PINCITE_MODEL")


def _openai(assembly: Assembly) -> Finding:
    settings = assembly.settings
    if settings.openai_base_url is None and settings.openai_api_key is None:
        return Finding("openai", "note", "not set up", "set OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL to use it")
    key = "with a key" if settings.openai_api_key else "without a key"
    return Finding(
        "openai", "well", f"{settings.openai_model} at {settings.openai_base_url or 'the official address'}, {key}"
    )
