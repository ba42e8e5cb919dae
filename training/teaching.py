"""Let the teacher read what the reader is to learn from: how likely each passage answers, and where.

    python -m training.teaching ../shared/data build/teacher/base build/teacher/teacher.safetensors build/teacher/words

An hour on two cores. What it has read is kept a thousand pairs a file, so that a run that was broken off goes on.
"""

import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from index.encoding import DEFAULT_ENCODER, model_path
from qa.reader_inputs import load_tokenizer
from qa.reader_model import padded
from training.examples import load_examples
from training.laying import SEED, Laid, Taught, cut, lay, pointable
from training.selecting import TEACHER_READS, teacher_examples
from training.teacher_model import TeacherModel, teacher_from_base

# Pairs of a file and of a batch, and how many likely places to begin and to end are kept.
PART, BATCH, PLACES = 1024, 16, 6


def main(data: str, base: str, weights: str, out: str) -> None:
    """Choose, read, keep."""
    model = load_teacher(Path(base), Path(weights))
    Path(out).mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(cut(laid_examples(Path(data)), PART)):
        path = Path(out) / f"{number:03d}-{_sum(part)}.safetensors"
        if not path.exists():
            save_file(read(model, part), path)
            print(path, flush=True)


def load_teacher(base: Path, weights: Path) -> TeacherModel:
    """The trained teacher in bfloat16, to read with."""
    model = teacher_from_base(base)
    model.load_state_dict({name: tensor.float() for name, tensor in load_file(weights).items()}, strict=False)
    return model.to(torch.bfloat16).eval()


def laid_examples(data: Path) -> list[Laid]:
    """What the reader learns from the teacher, as the networks see it; the same every time."""
    tokenizer = load_tokenizer(Path(model_path(DEFAULT_ENCODER)))
    chosen = teacher_examples(load_examples(data), sizes=TEACHER_READS, seed=SEED)
    chance = random.Random(SEED)
    return [lay(item, tokenizer, chance) for item in chosen]


def read(model: TeacherModel, part: Sequence[Laid]) -> dict[str, Tensor]:
    """Of every pair how likely it answers, (pairs,), and the likeliest places with their chances, (pairs, 2, 6)."""
    answerable = torch.zeros(len(part))
    places = torch.zeros((len(part), 2, PLACES), dtype=torch.int16)
    chances = torch.zeros((len(part), 2, PLACES))
    order = sorted(range(len(part)), key=lambda at: len(part[at].window.ids))
    for batch in cut(order, BATCH):
        rows = torch.tensor(batch)
        with torch.inference_mode():
            spans, pairs = model(*padded([part[at].window for at in batch]))
        allowed = pointable([part[at] for at in batch], spans.shape[1])
        likely = torch.softmax(spans.float().masked_fill(~allowed[:, :, None], -1e4), dim=1)
        best = likely.transpose(1, 2).topk(min(PLACES, likely.shape[1]), dim=2)
        answerable[rows] = torch.sigmoid(pairs[:, 0].float())
        places[rows, :, : best.indices.shape[2]] = best.indices.to(torch.int16)
        chances[rows, :, : best.values.shape[2]] = best.values
    # What is left out is little; what is kept counts for all.
    return {"answerable": answerable, "places": places, "chances": chances / chances.sum(dim=2, keepdim=True)}


def taught(laid: Sequence[Laid], words: Path) -> Iterator[Laid]:
    """The pairs with what the teacher said of them.

    Raises:
        ValueError: the teacher has not read them all.
    """
    for number, part in enumerate(cut(laid, PART)):
        path = words / f"{number:03d}-{_sum(part)}.safetensors"
        if not path.exists():
            raise ValueError(f"expected what the teacher said in {path}, found nothing; run training.teaching first")
        said = load_file(path)
        for at, one in enumerate(part):
            starts, ends = (_places(said["places"][at, end], said["chances"][at, end]) for end in (0, 1))
            yield Laid(one.window, one.span, one.item, Taught(float(said["answerable"][at]), starts, ends))


def _places(places: Tensor, chances: Tensor) -> dict[int, float]:
    return {place: likely for place, likely in zip(places.tolist(), chances.tolist(), strict=True) if likely > 0}


def _sum(part: Sequence[Laid]) -> str:
    """Eight signs that tell these pairs from others."""
    return hashlib.sha256(repr([one.window.ids for one in part]).encode()).hexdigest()[:8]


if __name__ == "__main__":
    main(*sys.argv[1:])
