"""Records what makes a run: code, models, libraries, settings and machine; what says when is left out."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import index

_ROOT = Path(index.__file__).resolve().parent.parent
_LIBRARIES = (
    "faiss-cpu",
    "numpy",
    "openai",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
    "xllamacpp",
)


def versions(*, settings: Mapping[str, object], models: Mapping[str, str], corpus: str) -> dict[str, object]:
    """All that two runs have to share to be runs of the same thing, and the machine they ran on.

    `models` maps a model's name to the sha256 of its weights, `corpus` is the corpus's key. `commit` is there where the
    code runs from a git checkout, with `-dirty` behind it where files differ from it; `code` is the sum of the sources
    themselves.
    """
    commit = git_commit(_ROOT)
    return {
        "pincite": version("pincite"),
        **({"commit": commit} if commit else {}),
        "code": code_sum("index", "qa"),
        "python": platform.python_version(),
        "libraries": {name: found for name in _LIBRARIES if (found := _installed(name))},
        "models": dict(models),
        "corpus": corpus,
        "settings": dict(settings),
        "machine": {"processor": processor(), "cores": cores(), "system": platform.system()},
    }


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def code_sum(*packages: str) -> str:
    """The first 16 hex digits of the sha256 of all files of these packages of ours, names and bytes."""
    total = hashlib.sha256()
    for package in packages:
        for path in sorted(file for file in (_ROOT / package).rglob("*") if file.is_file()):
            if "__pycache__" not in path.parts:
                total.update(f"{path.relative_to(_ROOT).as_posix()}\0{path.stat().st_size}\0".encode())
                total.update(path.read_bytes())
    return total.hexdigest()[:16]


def file_sum(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_sum(folder: Path) -> str:
    """The sha256 of a model folder's weights; of several files the sum of their sums. Empty where there are none."""
    files = sorted([*folder.rglob("*.safetensors"), *folder.rglob("pytorch_model*.bin"), *folder.rglob("*.onnx")])
    sums = [file_sum(path) for path in files]
    return sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest() if sums else ""


def git_commit(root: Path) -> str:
    """The commit that is checked out at `root`, `-dirty` behind it where it was changed; empty where there is none.

    A checkout that merely lies around `root`, such as that of an application with pincite in its environment, does not
    count.
    """
    try:
        top = _git(root, "rev-parse", "--show-toplevel")
        if Path(top).resolve() != root:
            return ""
        return _git(root, "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*")
    except (OSError, subprocess.SubprocessError):  # no git, or no checkout
        return ""


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "--no-optional-locks", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()


def processor() -> str:
    """The processor's name as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
