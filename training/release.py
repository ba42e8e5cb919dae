"""Put trained weights where the package reads them, with the sums they are loaded by.

python -m training.release build/reader/reader.safetensors
"""

import json
import shutil
import sys
from pathlib import Path

from eval.recording import file_sum
from index.encoding import DEFAULT_ENCODER, model_path

DATA = Path("qa/data")


def main(weights: str) -> None:
    """Copy the weights and write `reader.json` beside them."""
    shutil.copyfile(weights, DATA / "reader.safetensors")
    sums = {
        "sha256": file_sum(DATA / "reader.safetensors"),
        "base": DEFAULT_ENCODER,
        "base_sha256": file_sum(Path(model_path(DEFAULT_ENCODER)) / "model.safetensors"),
    }
    (DATA / "reader.json").write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
