"""Fill in where the quotes of a gold file stand, by reading the documents as pincite reads them.

    python scripts/locate_gold.py examples/newsroom examples/newsroom-gold.jsonl

Each quote has to stand exactly once in its document, outside what is masked; otherwise nothing is written.
"""

import json
import sys
from pathlib import Path

from index.datatypes import Document
from index.documents import read_paths
from qa.locating import locate


def main(folder: str, gold_path: str) -> int:
    """Locate all quotes; 1 if one of them cannot be."""
    documents = {found.name: found for found in read_paths([Path(folder)]) if isinstance(found, Document)}
    rows = [json.loads(line) for line in Path(gold_path).read_text(encoding="utf-8").splitlines()]
    problems = [problem for row in rows for piece in row["evidence"] if (problem := place(piece, documents))]
    print("\n".join(problems) or f"{sum(len(row['evidence']) for row in rows)} quotes located")
    if not problems:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        Path(gold_path).write_text(text, encoding="utf-8")
    return int(bool(problems))


def place(piece: dict[str, object], documents: dict[str, Document]) -> str:
    """Set the offsets of one piece of evidence; what is wrong with it, or an empty string."""
    document = documents[str(piece["doc_id"])]
    quote = str(piece["quote"])
    found = locate(quote, document.text, masks=document.masks)
    if found is None or document.text.count(quote) > 1:
        return f"{document.name}: {quote!r} stands there {document.text.count(quote)} times"
    piece["start"], piece["end"] = found.span.start, found.span.end
    piece["quote"] = document.text[found.span.start : found.span.end]
    return ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
