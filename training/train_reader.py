"""Train the reader: spans, answerable and support in one network, on two cores in two hours.

    python -m training.train_reader ../shared/data --stage first --out build/reader/first.safetensors
    python -m training.train_reader ../shared/data --stage second --start build/reader/first.safetensors --out …

`make reader` runs all three stages. The first learns to find spans and to tell passages apart; the second adds near misses
and support; the third adds questions that want reasons, origins and lists. Word vectors stay as they are. Seeded;
an allocator that keeps its pages (tcmalloc) makes it a third faster.
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
from qa.reader_inputs import Tokens, Window, layout, load_tokenizer, room_for, tokenize
from qa.reader_model import ReaderModel, from_base, padded
from training.examples import Example, load_examples
from training.selecting import first_stage, second_stage, third_stage
from training.supporting import SupportPair

SEED = 20261122
BATCH = 32
# Batches are cut from chunks of this many examples sorted by length: little padding, and still a mix.
CHUNK = 50
RATES = {"first": 1.5e-4, "second": 1e-4, "third": 8e-5}
WARM = 0.06
# Share of examples that are shown their page's title.
TITLED = 0.5
# The span loss counts less where there is none: the answerable score carries the refusal.
NO_SPAN = 0.5


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
    choose = {"first": first_stage, "second": second_stage, "third": third_stage}[asked.stage]
    items = choose(given, Path(asked.data), seed=SEED)
    tokenizer = load_tokenizer(folder)
    Path(asked.out).parent.mkdir(parents=True, exist_ok=True)
    train(model, items, tokenizer, stage=asked.stage, out=Path(asked.out), minutes=asked.minutes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the reader.")
    parser.add_argument("data")
    parser.add_argument("--stage", choices=["first", "second", "third"], required=True)
    parser.add_argument("--start", help="weights of the stage before")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop in time: the rate falls to nothing by then")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def train(
    model: ReaderModel,
    items: Sequence[Example | SupportPair],
    tokenizer: Tokenizer,
    *,
    stage: str,
    out: Path,
    minutes: float,
) -> None:
    """One pass over the items, or as much of it as the minutes allow; the learning rate falls linearly to nothing."""
    chance = random.Random(SEED)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATES[stage], weight_decay=0.01, fused=True)
    began, done, seen = time.monotonic(), 0.0, 0
    log = out.with_suffix(".log.jsonl").open("a", encoding="utf-8")
    for step, batch in enumerate(batches(items, tokenizer, chance)):
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


def _save(model: ReaderModel, path: Path) -> None:
    save_file({name: tensor.contiguous().half() for name, tensor in model.own_weights().items()}, path)


Laid = tuple[Window, tuple[int, int] | None, Example | SupportPair]


def batches(
    items: Sequence[Example | SupportPair], tokenizer: Tokenizer, chance: random.Random
) -> Iterator[list[Laid]]:
    """The items in random order, those of like length together."""
    order = list(items)
    chance.shuffle(order)
    for at in range(0, len(order), BATCH * CHUNK):
        laid = [_laid(item, tokenizer, chance) for item in order[at : at + BATCH * CHUNK]]
        laid.sort(key=lambda one: len(one[0].ids))
        cut = [laid[begin : begin + BATCH] for begin in range(0, len(laid), BATCH)]
        chance.shuffle(cut)
        yield from cut


def _laid(item: Example | SupportPair, tokenizer: Tokenizer, chance: random.Random) -> Laid:
    """The item as tokens: a long passage as a window around its answer, the span in places of the layout."""
    if isinstance(item, SupportPair):
        claim, quote, none = tokenize(tokenizer, [item.claim, item.quote, ""])
        return layout(claim, none, quote, offset=0, length=room_for(claim, none)), None, item
    title = item.title if chance.random() < TITLED else ""
    question, named, passage = tokenize(tokenizer, [item.question, title, item.passage])
    span = _token_span(passage, item)
    room = room_for(question, named)
    offset = _offset(len(passage.ids), room, span, chance)
    window = layout(question, named, passage, offset=offset, length=room)
    if span is None or span[0] < offset or span[1] >= offset + window.length:
        return window, None, item
    return window, (window.first + span[0] - offset, window.first + span[1] - offset), item


def _token_span(passage: Tokens, item: Example) -> tuple[int, int] | None:
    if item.start is None or item.end is None:
        return None
    inside = [at for at in range(len(passage.ids)) if passage.ends[at] > item.start and passage.starts[at] < item.end]
    return (inside[0], inside[-1]) if inside else None


def _offset(length: int, room: int, span: tuple[int, int] | None, chance: random.Random) -> int:
    if length <= room:
        return 0
    if span is None:
        return chance.randrange(0, length - room + 1)
    low, high = max(0, span[1] - room + 1), min(length - room, span[0])
    return chance.randint(low, high) if low <= high else min(span[0], length - room)


def _step(
    model: ReaderModel, batch: Sequence[Laid], optimizer: torch.optim.Optimizer, trained: Sequence[Tensor]
) -> dict[str, float]:
    ids, kinds, present = padded([window for window, _, _ in batch])
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
    reading = [at for at, (_, _, item) in enumerate(batch) if isinstance(item, Example)]
    judging = [at for at, (_, _, item) in enumerate(batch) if isinstance(item, SupportPair)]
    losses: dict[str, Tensor] = {}
    if reading:
        answered = torch.tensor([float(batch[at][1] is not None) for at in reading])
        losses["answerable"] = (
            nn.functional.binary_cross_entropy_with_logits(pairs[reading, 0], answered, reduction="sum") / size
        )
        # Without a span both ends point at the first token; the question and the title never hold the answer.
        ends = torch.tensor([batch[at][1] or (0, 0) for at in reading])
        masked = spans[reading].masked_fill(~_pointable(batch, reading, present)[:, :, None], -1e4)
        losses["span"] = _span_loss(masked, ends, answered, size)
    if judging:
        supported = torch.tensor([float(batch[at][2].supported) for at in judging])  # type: ignore[union-attr]
        losses["support"] = (
            nn.functional.binary_cross_entropy_with_logits(pairs[judging, 1], supported, reduction="sum") / size
        )
    return losses


def _span_loss(scores: Tensor, ends: Tensor, answered: Tensor, size: int) -> Tensor:
    """Cross entropy of start and end, halved where there is no span."""
    each = sum(nn.functional.cross_entropy(scores[:, :, end], ends[:, end], reduction="none") for end in (0, 1))
    return (each * 0.5 * torch.where(answered > 0, 1.0, NO_SPAN)).sum() / size  # type: ignore[operator]


def _pointable(batch: Sequence[Laid], rows: Sequence[int], present: Tensor) -> Tensor:
    """Where a span may begin or end: the passage's tokens, and the first token for 'nowhere'."""
    allowed = torch.zeros((len(rows), present.shape[1]), dtype=torch.bool)
    allowed[:, 0] = True
    for row, at in enumerate(rows):
        window = batch[at][0]
        allowed[row, window.first : window.first + window.length] = True
    return allowed


if __name__ == "__main__":
    main()
