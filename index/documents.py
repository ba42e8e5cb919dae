"""Read files into documents: one file is one document, a line of a JSONL file is one, and what cannot be read says why.

A bad file never stops the others: it comes back as `Rejected`, in its place among the documents.
"""

import codecs
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from index.boilerplate import find_masks
from index.datatypes import Document, Mask
from index.errors import DocumentError
from index.formats import Content, iso_date, read_markdown, read_pdf, read_text, read_word

LIMIT_BYTES = 50_000_000
EXPECTED = "expected .txt .md .html .pdf .docx .jsonl"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file, or a line of one, that is no document; `reason` is fit to stand in a list beside `name`."""

    name: str
    reason: str


def read_paths(paths: Sequence[Path], *, limit_bytes: int = LIMIT_BYTES) -> Iterator[Document | Rejected]:
    """The documents of `paths`: files, and folders with all that is below them, in the order of their names.

    Hidden files and folders below a folder are left out. A file's name is its path below the folder that was given.
    """
    for path in paths:
        for found in _files(path):
            name = _clean((found.name or str(found)) if found == path else found.relative_to(path).as_posix())
            try:
                data = _bytes_of(found, limit_bytes=limit_bytes)
            except DocumentError as error:
                yield Rejected(name, str(error))
            else:
                yield from read_bytes(data, name=name, source=os.path.abspath(found))


def count_documents(paths: Sequence[Path]) -> int:
    """How many documents `read_paths` will come to, about: files, and lines of JSONL files. For progress bars."""
    return sum(_count(found) for path in paths for found in _files(path))


def _count(path: Path) -> int:
    if path.suffix.lower() != ".jsonl" or not os.path.isfile(path):
        return 1
    try:
        with path.open("rb") as file:
            return sum(1 for line in file if line.strip())
    except OSError:
        return 1


def read_bytes(data: bytes, *, name: str, source: str = "") -> Iterator[Document | Rejected]:
    """The documents in one file's bytes, such as an upload; its format is told by the suffix of `name`."""
    name, source = _clean(name), _clean(source)
    try:
        suffix = _supported_suffix(name)
        if not data:
            raise DocumentError("empty (0 bytes); expected text")
        if suffix == ".jsonl":
            _check_is_text(data)
            yield from _rows(data, name=name, source=source)
        else:
            yield _document(_READERS[suffix](data), data=data, name=name, source=source)
    except DocumentError as error:
        yield Rejected(name, str(error))


def _document(content: Content, *, data: bytes, name: str, source: str) -> Document:
    """The finished record of one text: cleaned, with the masks of its format and those of its lines as one."""
    text = _clean(content.text)
    if not text.strip():
        raise DocumentError("empty (no text left); expected text")
    return Document(
        id=hashlib.sha256(data).hexdigest(),
        name=name,
        title=_clean(content.title),
        text=text,
        uri=_clean(content.uri),
        published=content.published,
        source=source,
        masks=_united([*content.masks, *find_masks(text)]),
    )


def _clean(text: str) -> str:
    """`text` with U+FFFD for every lone surrogate, which no encoding can write; the length stays the same."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _united(masks: Sequence[Mask]) -> tuple[Mask, ...]:
    """Sorted and disjoint; masks that overlap become one, with the reason of the first."""
    united: list[Mask] = []
    for mask in sorted(masks, key=lambda mask: mask.start):
        if united and mask.start < united[-1].end:
            united[-1] = Mask(united[-1].start, max(united[-1].end, mask.end), united[-1].reason)
        elif mask.start < mask.end:
            united.append(mask)
    return tuple(united)


# --- files -----------------------------------------------------------------------------------------------------------


def _files(path: Path) -> Iterator[Path]:
    """`path`, or the files below it; with a stack, since folders may nest more deeply than Python recurses.

    A link to a folder below `path` comes out as if it were a file: it is not followed, so no loop can form.
    """
    pending = [path]
    while pending:
        found = pending.pop()
        if not os.path.isdir(found) or (found != path and os.path.islink(found)):
            yield found
            continue
        try:
            below = sorted(child for child in found.iterdir() if not child.name.startswith("."))
        except OSError:  # said by _bytes_of, which meets the same folder
            yield found
            continue
        pending.extend(reversed(below))


def _bytes_of(path: Path, *, limit_bytes: int) -> bytes:
    """The bytes of a file. What it is comes first, so that neither a pipe nor a huge file is ever opened."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            os.listdir(path)
            raise DocumentError("a link to a folder, which is not followed; add that folder itself")
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError("is not a regular file; expected a file or a folder")
        _supported_suffix(path.name)
        if status.st_size > limit_bytes:
            raise DocumentError(f"too large: {status.st_size:,} bytes, at most {limit_bytes:,}; split it")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise DocumentError(_why_unreadable(error, path)) from error


def _why_unreadable(error: OSError | ValueError, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return "is a link to a file that does not exist" if os.path.islink(path) else "does not exist; check the path"
    if isinstance(error, PermissionError):
        return "no permission to read it; change its permissions or run as its owner"
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


# --- formats ---------------------------------------------------------------------------------------------------------


def _read_html(data: bytes) -> Content:
    from index.webpages import read_webpage  # brings lxml and trafilatura, which only a web page should cost

    return read_webpage(_decoded(data, declared=_declared_charset(data)))


_READERS: dict[str, Callable[[bytes], Content]] = {
    **dict.fromkeys((".txt", ".text"), lambda data: read_text(_decoded(data))),
    **dict.fromkeys((".md", ".markdown"), lambda data: read_markdown(_decoded(data))),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _read_html),
    ".pdf": read_pdf,
    ".docx": read_word,
}


def _supported_suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    if suffix.lower() in _READERS or suffix.lower() == ".jsonl":
        return suffix.lower()
    found = f" {suffix}" if suffix else ": no suffix"
    raise DocumentError(f"unsupported format{found} ({EXPECTED})")


# --- text from bytes -------------------------------------------------------------------------------------------------

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or an office file"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office file"),
    (b"SQLite format 3\0", "a database"),
)
# How browsers read these labels: what says latin-1 was written on Windows, and the others have grown since.
_LATIN = {"iso8859-1": "cp1252", "ascii": "cp1252"}
_BROWSER_NAMES = {**_LATIN, "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949"}
_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
_HEAD_BYTES = 4_096


def _decoded(data: bytes, *, declared: str = "") -> str:
    """The text of `data`, exactly: by its byte order mark, as UTF-8, as `declared`, or in the one that fits."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = _strictly(data[len(mark) :], encoding)
            if text is None:
                raise DocumentError(f"not {encoding.upper()}, though its byte order mark says so; save it as UTF-8")
            return text
    _check_is_text(data)
    for encoding in ("utf-8", declared or "utf-8"):
        text = _strictly(data, encoding)
        if text is not None:
            return text
    text = _strictly(data, _guessed_encoding(data) or "utf-8")
    if text is None:
        raise DocumentError("not UTF-8 and no other encoding fits; save it as UTF-8")
    return text


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):  # no such encoding, or not in it
        return None


def _check_is_text(data: bytes) -> None:
    """A few NULs are an accident, and stay; one byte in a hundred is another kind of file."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise DocumentError(f"binary content ({kind}) under the suffix of a text; give it its own suffix")
    if data.count(0) * 100 > len(data):
        raise DocumentError(f"binary content ({data.count(0):,} NUL in {len(data):,} bytes); expected text")


def _declared_charset(data: bytes) -> str:
    found = _CHARSET.search(data[:_HEAD_BYTES])
    try:
        name = codecs.lookup((found[1] or found[2]).decode("ascii")).name if found else ""
    except LookupError:
        return ""
    # UTF-16 cannot have been declared in letters that were read as bytes; the others are no encodings of files.
    is_absurd = name.startswith(("utf", "unicode", "raw", "idna", "punycode"))
    return "" if is_absurd else _BROWSER_NAMES.get(name, name)


# What text that is not Unicode is written in, outside museums. Without this list the guess is often a rarity.
_ALPHABETIC = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859_2", "koi8_r")
_EAST_ASIAN = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
_SAMPLE_BYTES = 200_000


def _guessed_encoding(data: bytes) -> str:
    """The encoding that charset-normalizer is sure of, or an empty string: a wrong letter would be quoted.

    Sure is: little mess, the letters of a language, and no other candidate nearly as good. Where Western Europe's rates
    just like the best, as Central Europe's often does, it is taken.
    """
    from charset_normalizer import from_bytes  # only for the few files that are not UTF-8

    sample = data[: data.rfind(b"\n", 0, _SAMPLE_BYTES) + 1] if len(data) > _SAMPLE_BYTES else data
    matches = list(from_bytes(sample or data, cp_isolation=[*_ALPHABETIC, *_EAST_ASIAN], enable_fallback=False))
    if not matches:
        return ""
    best, *others = matches
    for match in matches:
        if "cp1252" in match.could_be_from_charset and (match.chaos, match.coherence) == (best.chaos, best.coherence):
            return "cp1252" if match.coherence >= 0.2 else ""
    rivals = [match for match in others if match.chaos <= best.chaos + 0.05 and match.coherence >= best.coherence - 0.1]
    is_language = best.coherence >= 0.2 or best.encoding in _EAST_ASIAN
    return best.encoding if best.chaos <= 0.05 and is_language and not rivals else ""


# --- jsonl -----------------------------------------------------------------------------------------------------------

_KINDS = {str: "a string", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


def _rows(data: bytes, *, name: str, source: str) -> Iterator[Document | Rejected]:
    """One document for each line; a line that is none is rejected by its number, and the others are kept."""
    seen: dict[str, int] = {}
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        row = line.strip()
        if not row:
            continue
        try:
            fields = _fields(row)
            doc_id = _clean(fields["doc_id"])
            if doc_id in seen:
                raise DocumentError(f'doc_id "{doc_id}" stands in line {seen[doc_id]} already; give each line its own')
            seen[doc_id] = number
            content = Content(fields["text"], fields["title"], fields["uri"], iso_date(fields["published"]))
            yield _document(content, data=row, name=doc_id, source=f"{source}#{number}" if source else "")
        except DocumentError as error:
            yield Rejected(name, f"line {number}: {error}")


def _fields(row: bytes) -> dict[str, str]:
    """The known fields of one line, all strings; doc_id and text are not empty."""
    try:
        record = json.loads(row.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise DocumentError("not UTF-8; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:  # RecursionError: brackets nested a thousand deep
        raise DocumentError(f"not JSON ({error}); expected one object a line") from error
    if not isinstance(record, dict):
        raise DocumentError(f"{_kind(record)}; expected an object with doc_id and text")
    fields = {key: _string(record, key) for key in ("doc_id", "title", "text", "uri", "published")}
    for key in ("doc_id", "text"):
        if not fields[key].strip():
            raise DocumentError(f'field "{key}" {"is empty" if record.get(key) is not None else "missing"}')
    return fields


def _string(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DocumentError(f'field "{key}" is {_kind(value)}; expected a string')
    return value


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "null")
