"""Let the teacher read what the reader is to learn from: how likely each passage answers, and where.

    python -m training.teaching ../shared/data build/teacher/base build/teacher/teacher.safetensors training/words

An hour on two cores. What it says is kept a thousand pairs a file, so that a run that was broken off goes on. The files are
in the repository: numbers alone, two megabytes, so that the reader can be made anew without its teacher.
"""

import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
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
# The part of the pairs that the teacher must have read: another kind of processor rounds otherwise, and mines other
# passages (AMD without AMX: 79 % are the same); the others are learnt from their rows alone.
LEAST_KNOWN = 0.75


def main(data: str, base: str, weights: str, out: str) -> None:
    """Choose, read, keep."""
    model = load_teacher(Path(base), Path(weights))
    Path(out).mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(cut(laid_examples(Path(data)), PART)):
        path = Path(out) / f"{number:03d}.safetensors"
        if not path.exists() or load_file(path)["sums"].tolist() != [_sum(one) for one in part]:
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
    """Of every pair its sum and how likely it answers, (pairs,), and the likeliest places with their chances, (pairs, 2, 6)."""
    answerable = torch.zeros(len(part))
    places = torch.zeros((len(part), 2, PLACES), dtype=torch.int16)
    chances = torch.zeros((len(part), 2, PLACES))
    order = sorted(range(len(part)), key=lambda at: len(part[at].window.ids))
    for batch in cut(order, BATCH):
        rows = torch.tensor(batch)
        with torch.inference_mode():
            spans, pairs = model(*padded([part[at].window for at in batch]))
        likely = torch.softmax(pointable(spans.float(), [part[at] for at in batch]), dim=1)
        best = likely.transpose(1, 2).topk(min(PLACES, likely.shape[1]), dim=2)
        answerable[rows] = torch.sigmoid(pairs[:, 0].float())
        places[rows, :, : best.indices.shape[2]] = best.indices.to(torch.int16)
        chances[rows, :, : best.values.shape[2]] = best.values
    # What is left out is little; what is kept counts for all.
    chances /= chances.sum(dim=2, keepdim=True)
    sums = torch.tensor([_sum(one) for one in part])
    return {"sums": sums, "answerable": answerable.half(), "places": places, "chances": chances.half()}


def taught(laid: Sequence[Laid], words: Path) -> list[Laid]:
    """The pairs with what the teacher said of them; some may be others than it read, where a search ordered passages otherwise.

    Raises:
        ValueError: the teacher has not read most of them.
    """
    said = dict(remembered(words))
    known = [replace(one, taught=said.get(_sum(one))) for one in laid]
    count = sum(one.taught is not None for one in known)
    if count < LEAST_KNOWN * len(laid):
        raise ValueError(
            f"expected in {words} what the teacher said of {len(laid)} pairs, found {count}; run training.teaching first"
        )
    return known


def remembered(words: Path) -> Iterator[tuple[int, Taught]]:
    """What the teacher said, by the sum of the pair."""
    for path in sorted(words.glob("*.safetensors")):
        said = load_file(path)
        for pair, answerable, places, chances in zip(
            said["sums"].tolist(), said["answerable"].tolist(), said["places"], said["chances"], strict=True
        ):
            yield pair, Taught(answerable, _shares(places[0], chances[0]), _shares(places[1], chances[1]))


def _shares(places: Tensor, chances: Tensor) -> dict[int, float]:
    # Rounded to half precision they no longer add up to one to the last digit.
    shares = (chances.float() / chances.float().sum()).tolist()
    return {place: share for place, share in zip(places.tolist(), shares, strict=True) if share > 0}


def _sum(one: Laid) -> int:
    """64 bits that tell this pair from others."""
    return int.from_bytes(hashlib.sha256(repr(one.window.ids).encode()).digest()[:8], "big", signed=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
