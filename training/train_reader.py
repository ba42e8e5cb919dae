"""Train the reader: spans, answerable and support in one network, on two cores in three hours and forty minutes.

    python -m training.train_reader ../shared/data --stage first --out build/reader/first.safetensors
    python -m training.train_reader ../shared/data --stage second --start build/reader/first.safetensors --out …

`make reader` runs all five stages. The first learns to find spans and to tell passages apart; the second adds near misses
and support; the third adds questions that want reasons, origins and lists; the fourth learns from what a larger network said of
the passages (`training/teaching.py`). Word vectors stay as they are. Seeded; an allocator that keeps its pages (tcmalloc)
makes it a third faster.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from index.encoding import DEFAULT_ENCODER, model_path
from qa.reader_inputs import load_tokenizer
from qa.reader_model import ReaderModel, from_base, padded
from training.examples import Example, load_examples
from training.laying import SEED, Laid, cut, lay, pointable
from training.selecting import first_stage, lessons_stage, second_stage, taught_pairs, third_stage
from training.supporting import SupportPair
from training.teacher_model import TeacherModel
from training.teaching import laid_examples, taught

BATCH = 32
# What is trained here: the reader, or its teacher, which takes and gives the same.
Network = ReaderModel | TeacherModel
# Batches are cut from chunks of this many examples sorted by length: little padding, and still a mix.
CHUNK = 50
RATES = {"first": 1.5e-4, "second": 1e-4, "third": 8e-5, "taught": 8e-5, "lessons": 5e-5, "teacher": 4e-5}
WARM = 0.06
# The span loss counts less where there is none: the answerable score carries the refusal.
NO_SPAN = 0.5
# How often the reader sees what the teacher has read.
PASSES = 2
# What the teacher's word counts beside the row's.
TRUST = 0.7


def main() -> None:
    """Choose examples, train, save."""
    asked = _arguments()
    torch.manual_seed(SEED)
    torch.set_num_threads(asked.threads)
    folder = Path(model_path(DEFAULT_ENCODER))
    model = from_base(folder)
    if asked.start:
        model.load_state_dict(load_file(asked.start), strict=False)
    given = load_examples(Path(asked.data))
    items: Sequence[Example | SupportPair | Laid]
    if asked.stage in ("taught", "lessons"):
        laid = taught(laid_examples(Path(asked.data)), Path(asked.words))
        pairs = taught_pairs(given, Path(asked.data), seed=SEED)
        items = [*PASSES * laid, *pairs] if asked.stage == "taught" else lessons_stage(laid, pairs, seed=SEED)
    else:
        choose = {"first": first_stage, "second": second_stage, "third": third_stage}[asked.stage]
        items = choose(given, Path(asked.data), seed=SEED)
    tokenizer = load_tokenizer(folder)
    Path(asked.out).parent.mkdir(parents=True, exist_ok=True)
    train(model, items, tokenizer, stage=asked.stage, out=Path(asked.out), minutes=asked.minutes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument("data")
    parser.add_argument("--stage", choices=["first", "second", "third", "taught", "lessons"], required=True)
    parser.add_argument("--words", default="training/words", help="what the teacher said, for the stage that is taught")
    parser.add_argument("--start", help="weights of the stage before")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop in time: the rate falls to nothing by then")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def train(
    model: Network,
    items: Sequence[Example | SupportPair | Laid],
    tokenizer: Tokenizer,
    *,
    stage: str,
    out: Path,
    minutes: float,
    size: int = BATCH,
) -> None:
    """One pass over the items, or as much of it as the minutes allow; the learning rate falls linearly to nothing."""
    chance = random.Random(SEED)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATES[stage], weight_decay=0.01, fused=True)
    began, done, seen = time.monotonic(), 0.0, 0
    log = out.with_suffix(".log.jsonl").open("a", encoding="utf-8")
    for step, batch in enumerate(batches(items, tokenizer, chance, size=size)):
        seen += len(batch)
        done = max(seen / len(items), (time.monotonic() - began) / (60 * minutes))
        if done >= 1.0:
            break
        for group in optimizer.param_groups:
            group["lr"] = RATES[stage] * min(done / WARM, (1.0 - done) / (1.0 - WARM))
        losses = _step(model, batch, optimizer, trained)
        if step % 20 == 0:
            entry = {"step": step, "seen": seen, "done": round(done, 4), "seconds": round(time.monotonic() - began)}
            print(json.dumps(entry | losses), file=log, flush=True)
        if step % 400 == 399:
            _save(model, out.with_suffix(".partial.safetensors"))
    _save(model, out)


def _save(model: Network, path: Path) -> None:
    save_file({name: tensor.contiguous().half() for name, tensor in model.own_weights().items()}, path)


def batches(
    items: Sequence[Example | SupportPair | Laid], tokenizer: Tokenizer, chance: random.Random, *, size: int = BATCH
) -> Iterator[list[Laid]]:
    """The items in random order, those of like length together."""
    order = list(items)
    chance.shuffle(order)
    for chunk in cut(order, size * CHUNK):
        laid = [item if isinstance(item, Laid) else lay(item, tokenizer, chance) for item in chunk]
        laid.sort(key=lambda one: len(one.window.ids))
        several = list(cut(laid, size))
        chance.shuffle(several)
        yield from several


def _step(
    model: Network, batch: Sequence[Laid], optimizer: torch.optim.Optimizer, trained: Sequence[Tensor]
) -> dict[str, float]:
    ids, kinds, present = padded([one.window for one in batch])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        spans, pairs = model(ids, kinds, present)
    losses = _losses(spans.float(), pairs.float(), batch, present)
    loss = torch.stack(list(losses.values())).sum()
    loss.backward()
    nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return {name: round(value.item(), 4) for name, value in losses.items()}


def _losses(spans: Tensor, pairs: Tensor, batch: Sequence[Laid], present: Tensor) -> dict[str, Tensor]:
    """The mean loss of each head over the pairs of the batch that speak to it, times their share."""
    size = len(batch)
    reading = [at for at, one in enumerate(batch) if isinstance(one.item, Example)]
    judging = [at for at, one in enumerate(batch) if isinstance(one.item, SupportPair)]
    losses: dict[str, Tensor] = {}
    if reading:
        read = [batch[at] for at in reading]
        answered = torch.tensor([_answered(one) for one in read])
        losses["answerable"] = (
            nn.functional.binary_cross_entropy_with_logits(pairs[reading, 0], answered, reduction="sum") / size
        )
        losses["span"] = _span_loss(pointable(spans[reading], read), _ends(read, present.shape[1]), answered, size)
    if judging:
        supported = torch.tensor([float(batch[at].item.supported) for at in judging])  # type: ignore[union-attr]
        losses["support"] = (
            nn.functional.binary_cross_entropy_with_logits(pairs[judging, 1], supported, reduction="sum") / size
        )
    return losses


def _answered(one: Laid) -> float:
    """How likely the pair answers: what the row says, and the teacher where it was asked."""
    given = float(one.span is not None)
    return given if one.taught is None else (1 - TRUST) * given + TRUST * one.taught.answerable


def _ends(read: Sequence[Laid], length: int) -> Tensor:
    """How likely the answer begins and ends at each token, (pairs, length, 2); at the first one where there is none."""
    chances = torch.zeros((len(read), length, 2))
    for row, one in enumerate(read):
        own = 1.0 if one.taught is None else 1 - TRUST
        for end, place in enumerate(one.span or (0, 0)):
            chances[row, place, end] += own
        for end, likely_places in enumerate((one.taught.starts, one.taught.ends) if one.taught else ()):
            for place, likely in likely_places.items():
                chances[row, place, end] += TRUST * likely
    return chances


def _span_loss(scores: Tensor, chances: Tensor, answered: Tensor, size: int) -> Tensor:
    """Cross entropy of start and end, halved where there is no span."""
    each = -(chances * nn.functional.log_softmax(scores, dim=1)).sum(dim=(1, 2)) * 0.5
    return (each * (NO_SPAN + (1 - NO_SPAN) * answered)).sum() / size


if __name__ == "__main__":
    main()
