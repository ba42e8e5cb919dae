"""Train the reader's teacher: a network twice as wide and twice as deep, which never leaves this folder.

    python -m training.train_teacher ../shared/data build/teacher/base --minutes 90 --out build/teacher/teacher.safetensors

`build/teacher/base` is all-mpnet-base-v2 (Apache-2.0). Its lowest layers stay as they are: what they do is general, and a
step without their backward pass takes a sixth less.
"""

import argparse
from pathlib import Path

import torch

from index.encoding import DEFAULT_ENCODER, model_path
from qa.reader_inputs import load_tokenizer
from training.examples import load_examples
from training.laying import SEED
from training.selecting import TEACHER_LEARNS, teacher_examples
from training.teacher_model import TeacherModel, teacher_from_base
from training.train_reader import train

BATCH = 16
FROZEN = 4


def main() -> None:
    """Choose examples, train, save."""
    asked = _arguments()
    torch.manual_seed(SEED)
    torch.set_num_threads(asked.threads)
    model = frozen(teacher_from_base(Path(asked.base)), layers=FROZEN)
    items = teacher_examples(load_examples(Path(asked.data)), sizes=TEACHER_LEARNS, seed=SEED)
    tokenizer = load_tokenizer(Path(model_path(DEFAULT_ENCODER)))
    Path(asked.out).parent.mkdir(parents=True, exist_ok=True)
    train(model, items, tokenizer, stage="teacher", out=Path(asked.out), minutes=asked.minutes, size=BATCH)


def frozen(model: TeacherModel, *, layers: int) -> TeacherModel:
    """The network with what lies below and in its first `layers` layers never trained."""
    below = [model.positions, model.norm, model.distances, model.kinds, *model.layers[:layers]]
    for part in below:
        part.requires_grad_(False)
    return model


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the reader's teacher.")
    parser.add_argument("data")
    parser.add_argument("base", help="the folder of all-mpnet-base-v2, with model.safetensors")
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=90.0, help="stop in time: the rate falls to nothing by then")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
