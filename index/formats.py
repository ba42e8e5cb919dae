"""Turn one txt, md, pdf or docx file into its text, with the title, address and date that the file itself states.

Nothing is invented: what a file does not state is an empty string, and a date is a day that stands in the calendar.
"""

import io
import logging
import re
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from index.boilerplate import find_masks
from index.datatypes import Mask
from index.errors import DocumentError

MOST_PAGES = 2_000
MOST_CHARACTERS = 50_000_000
MOST_SECONDS = 120.0
# A docx is a zip: this is what all of its parts may unpack to, so that a small file cannot fill the memory.
MOST_UNPACKED_BYTES = 200_000_000

# pypdf describes every flaw of a file as a log line; without a handler Python would print them between our own words.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Content:
    """What one file holds; `published` is an ISO date, and what the file does not state is empty."""

    text: str
    title: str = ""
    uri: str = ""
    published: str = ""
    masks: tuple[Mask, ...] = ()


# --- dates -----------------------------------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
# Only ways of writing that leave no doubt: 03/04/2025 is a day in March or in April, so it is none.
_DAY = (
    rf"(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}(?!\d)|\d{{4}}/\d{{1,2}}/\d{{1,2}}(?!\d)"
    rf"|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\.?,?\s+\d{{4}}\b)"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_ZONE = r"(?:[A-Z]{1,4}|[+-]\d\d:?\d\d)"
_CLOCK = rf"(?:[T,|·\s]+(?:at\s+)?\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?(?:\.\d+)?\s*(?:[ap]\.?m\.?)?\s*{_ZONE}?)?"
_LABEL = r"(?:(?:first\s+)?published|publication date|posted|date published|date(?=\s*:))"
_WIRE = r"(?:\([^)\n]{1,40}\)|/[^/\n]{1,40}/|--|[—–-]\s)"
_STATEMENTS = tuple(
    re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    for pattern in (
        # 'Published: 2025-09-24', also with the day on the next line.
        rf"^\W{{0,4}}{_LABEL}(?:\s+(?:on|at))?\s*[:|–-]?\s*{_WEEKDAY}(?P<day>{_DAY})",
        # A line that is a date, or a byline that ends in one.
        rf"^[ \t]*(?:by\s[^\n]{{1,80}}?)?{_WEEKDAY}(?P<day>{_DAY}){_CLOCK}[ \t\r]*$",
        # A byline in parts: 'Friday, 26 September 2025 | by Jo Moss'.
        rf"^(?=[^\n]*\bby\s)(?!\|)(?:[^\n]*[|·•])?[ \t*_]*{_WEEKDAY}(?P<day>{_DAY}){_CLOCK}[ \t*_]*(?:[|·•]|$)",
        # 'HANGZHOU, China, Sept. 24, 2025 (Wire) --': the town stands in capitals, so that no sentence looks like it.
        rf"^(?-i:[A-Z][A-Z .'’-]{{2,40}}),[^\n]{{0,40}}?\b(?P<day>{_DAY})\s*{_WIRE}",
    )
)
_TOP_LINES = 20
_TOP_CHARACTERS = 3_000


def iso_date(text: str) -> str:
    """The calendar date with which `text` begins as 'YYYY-MM-DD', or an empty string."""
    found = re.match(rf"\s*{_WEEKDAY}({_DAY})", text, re.IGNORECASE)
    return _as_iso(found[1]) if found else ""


def stated_date(text: str) -> str:
    """The date that the first lines of `text` give as its own: a label, a dateline or a line that is a date."""
    top = "\n".join(line.strip() for line in text[:_TOP_CHARACTERS].splitlines() if line.strip())
    top = "\n".join(top.split("\n")[:_TOP_LINES])
    found = (_as_iso(match["day"]) for pattern in _STATEMENTS for match in pattern.finditer(top))
    return next((day for day in found if day), "")


def _as_iso(written: str) -> str:
    numbers = [int(number) for number in re.findall(r"\d+", written)]
    month = re.search(r"[a-z]{3}", re.sub(r"\d+(?:st|nd|rd|th)", "", written.lower()))
    if month is None:
        year, month_number, day = numbers
    else:
        (day, year), month_number = numbers, _MONTHS.index(month[0]) + 1
    try:
        return date(year, month_number, day).isoformat()
    except ValueError:
        return ""


# --- txt and md ------------------------------------------------------------------------------------------------------

_LONGEST_HEADLINE = 120
_PROSE_LINE = 80
_GENERIC = re.compile(
    "introduction|abstract|(?:executive )?summary|overview|(?:table of )?contents|background|preface|foreword",
    re.IGNORECASE,
)
_NOT_A_HEADLINE = re.compile(r"(?:[-*+•>#|]|\d+[.)]\s|by\s)|.*[.:,;…]$", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?=[A-Za-z_])(.*?)^(?:---|\.\.\.)(?=[ \t]*\r?$)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^([A-Za-z_-]+)[ \t]*:(.*)$", re.MULTILINE)
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r" {0,3}#[ \t](.*)")
_LONGEST_LINE = 300  # longer lines are neither headings nor headers, and would keep the patterns busy


def read_text(text: str) -> Content:
    """A plain text file: a headline above the first paragraph is its title."""
    return Content(text, title=_headline(text), published=stated_date(text))


def _headline(text: str) -> str:
    """The first line that is not web debris, if it is short, unpunctuated and stands above something longer."""
    top = text[:_TOP_CHARACTERS]
    for mask in find_masks(top):
        top = top[: mask.start] + " " * (mask.end - mask.start) + top[mask.end :]
    lines = [line.strip() for line in top.splitlines()]
    place = next((place for place, line in enumerate(lines) if line), len(lines))
    if not any(lines[place + 1 :]):
        return ""
    line, following = lines[place], lines[place + 1]
    if len(line) > _LONGEST_HEADLINE or _GENERIC.fullmatch(line) or not re.search(r"[^\W\d_]", line):
        return ""
    is_above_prose = not following or len(following) >= max(_PROSE_LINE, len(line))
    return line if is_above_prose and not _NOT_A_HEADLINE.match(line) and not stated_date(line) else ""


def read_markdown(text: str) -> Content:
    """A Markdown file: its text is the source; front matter is masked, and states title, address and date."""
    matter = _FRONT_MATTER.match(text)
    body = text[matter.end() :] if matter else text
    written = _FIELD.findall(matter[1]) if matter else []
    fields = {key.lower(): value.strip().strip("\"'").strip() for key, value in written}
    days = (iso_date(fields.get(key, "")) for key in ("published", "date", "pubdate", "publishdate", "created"))
    addresses = (fields.get(key, "") for key in ("url", "uri", "canonical", "canonical_url"))
    return Content(
        text,
        title=fields.get("title") or _heading(body),
        uri=next((address for address in addresses if re.match("https?://", address)), ""),  # not '/posts/x'
        published=next((day for day in days if day), "") or stated_date(body),
        masks=(Mask(0, matter.end(), "front matter"),) if matter else (),
    )


def _heading(text: str) -> str:
    """The first heading of level one, outside code, without its inline marks."""
    fence, lines = "", text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if fence or mark or len(line) > _LONGEST_LINE:
            continue
        found = _HEADING.match(line)
        title = found[1].strip() if found else line.strip() if re.fullmatch(r" {0,3}=+\s*", following) else ""
        if title:
            return re.sub(r"[*`]|[ \t]#+$|!?\[([^\]]*)\]\([^)]*\)", r"\1", title).strip()
    return ""


# --- pdf -------------------------------------------------------------------------------------------------------------

_FILE_NAME = re.compile(
    r"microsoft \w+ - |untitled\W*\d*$|word document$|.*\.(?:docx?|pdf|indd|tex|dvi|rtf|odt|qxd|pptx?|xlsx?)$",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?P<word>page\s+|p\.\s*)?(?P<first>\d{1,4})(?P<last>\s+of\s+\d{1,4}|\s*/\s*\d{1,4})?[-–—|\s]*",
    re.IGNORECASE,
)
_BESIDE_NUMBER = re.compile(r"(?P<first>\d{1,4})\s.*[^\W\d_].*|.*[^\W\d_].*\s(?P<last>\d{1,4})")
_ENCRYPTED = "encrypted PDF; expected a plain one: save it without encryption"
_EDGE_LINES = 2
_LONGEST_HEADER = 12  # words


@dataclass(frozen=True, slots=True)
class _Edge:
    """One of the first or last lines of page `page`; offsets are those of the whole text."""

    page: int
    is_top: bool
    start: int
    end: int
    text: str

    @property
    def running(self) -> str:
        return "running header" if self.is_top else "running footer"


def read_pdf(data: bytes, *, most_seconds: float = MOST_SECONDS) -> Content:
    """A PDF with a text layer: its pages joined by a blank line, running heads and page numbers masked.

    Raises DocumentError for a file that is encrypted, scanned, damaged, too long or slower than `most_seconds`.
    """
    if b"%PDF-" not in data[:1024]:
        raise DocumentError("not a PDF: no '%PDF-' at its start; give it the suffix of what it is")
    try:
        pages, title, created = _pdf_parts(data, deadline=time.monotonic() + most_seconds)
    except DocumentError:
        raise
    except Exception as error:  # pypdf meets hostile bytes with errors of any kind; none may stop the other files
        raise _damaged("PDF", error) from error
    if not any(page.strip() for page in pages):
        raise DocumentError(f"no text layer in {len(pages)} pages (scanned images?); run text recognition (OCR) first")
    text = "\n\n".join(pages)
    return Content(text, title=title, published=stated_date(text) or created, masks=tuple(_running_lines(pages)))


def _pdf_parts(data: bytes, *, deadline: float) -> tuple[list[str], str, str]:
    from pypdf import PdfReader  # a third of a second, which only somebody who adds a PDF should pay
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError(_ENCRYPTED)
        if len(reader.pages) > MOST_PAGES:
            raise DocumentError(f"too long: {len(reader.pages):,} pages, at most {MOST_PAGES:,}; split it")
        pages = list(_page_texts(reader, deadline=deadline))
        return pages, _real_title(reader.metadata and reader.metadata.title), _created(reader)
    except DependencyError as error:  # for AES, even without a password, pypdf needs the package cryptography
        if "AES" in str(error):
            raise DocumentError(_ENCRYPTED) from error
        raise


def _page_texts(reader: Any, *, deadline: float) -> Iterator[str]:
    length = 0
    for number, page in enumerate(reader.pages, start=1):
        if time.monotonic() > deadline:
            raise DocumentError(f"too slow: time was up at page {number} of {len(reader.pages)}; split it")
        text = page.extract_text()
        length += len(text)
        if length > MOST_CHARACTERS:
            raise DocumentError(f"too long: more than {MOST_CHARACTERS:,} characters by page {number}; split it")
        yield text


def _real_title(stated: object) -> str:
    """The title in a file's properties, unless it is the name that some program gave to the file."""
    title = stated.strip() if isinstance(stated, str) else ""
    return "" if _FILE_NAME.match(title) else title


def _created(reader: Any) -> str:
    try:
        created = reader.metadata and reader.metadata.creation_date
    except ValueError:  # a malformed date costs the date, not the document
        return ""
    return created.date().isoformat() if isinstance(created, datetime) else ""


def _damaged(kind: str, error: Exception) -> DocumentError:
    said = " ".join(str(error).split())[:120]
    return DocumentError(f"damaged {kind} ({type(error).__name__}: {said}); open it in its program and save it again")


def _running_lines(pages: Sequence[str]) -> Iterator[Mask]:
    """Page numbers, and from three pages on the lines that return at the top or bottom of most of them."""
    edges = list(_edges(pages))
    yield from _page_numbers(edges, page_count=len(pages))
    alike = defaultdict(list)
    for edge in edges:
        if re.search(r"[^\W\d_]", edge.text):
            alike[edge.is_top, " ".join(re.sub(r"\d+", "0", edge.text).split())].append(edge)
    for group in alike.values():
        if len(pages) >= 3 and _is_running(group, page_count=len(pages)):
            yield from (Mask(edge.start, edge.end, edge.running) for edge in group)


def _page_numbers(edges: Sequence[_Edge], *, page_count: int) -> Iterator[Mask]:
    """A bare number may be a figure, but a page number counts with the pages; so does one beside a chapter's name."""
    alone = {edge: found for edge in edges if (found := _PAGE_NUMBER.fullmatch(edge.text))}
    beside = {edge: found for edge in edges if edge not in alone and (found := _BESIDE_NUMBER.fullmatch(edge.text))}
    shifts = {edge: int(found["first"] or found["last"]) - edge.page for edge, found in {**alone, **beside}.items()}
    times = Counter(shifts.values())
    for edge, shift in shifts.items():
        if edge in beside:
            if times[shift] >= 3 and times[shift] * 2 > page_count and len(edge.text.split()) <= _LONGEST_HEADER:
                yield Mask(edge.start, edge.end, edge.running)
        elif alone[edge]["word"] or shift == 1 or times[shift] >= 2:
            yield Mask(edge.start, edge.end, "page number")


def _edges(pages: Sequence[str]) -> Iterator[_Edge]:
    offset = 0
    for number, page in enumerate(pages):
        lines = list(re.finditer(r"\S(?:[^\r\n]*\S)?", page))
        top, bottom = lines[:_EDGE_LINES], lines[_EDGE_LINES:][-_EDGE_LINES:]
        for line in (line for line in top + bottom if len(line.group()) <= _LONGEST_LINE):
            yield _Edge(number, line in top, offset + line.start(), offset + line.end(), line.group())
        offset += len(page) + 2


def _is_running(group: Sequence[_Edge], *, page_count: int) -> bool:
    """Whether these lines, alike but for their digits, are one header: each figure stays, or counts with the pages.

    Half of the pages is enough where left and right pages differ. Any other change in a figure ('Total: 90', then
    'Total: 70') is content.
    """
    on = len({edge.page for edge in group})
    if not (on * 2 > page_count or (on >= 3 and on * 2 >= page_count - 1)):
        return False
    rows = [[int(figure) for figure in re.findall(r"\d{1,9}", edge.text)] for edge in group]
    return all(
        len(set(column)) == 1 or len({figure - edge.page for figure, edge in zip(column, group, strict=True)}) == 1
        for column in zip(*rows, strict=True)
    )


# --- docx ------------------------------------------------------------------------------------------------------------

# What an office program wrote for older readers or struck out in a revision would otherwise stand in the text twice.
_NOT_SHOWN = "ancestor::*[local-name()='Fallback' or local-name()='moveFrom' or local-name()='del']"
_WRAPPERS = ("sdt", "sdtContent", "customXml", "ins", "moveTo")
# The date in the properties of every file that python-docx made from its own template.
_TEMPLATE_MADE = datetime(2013, 12, 23, 23, 15)


def read_word(data: bytes) -> Content:
    """A docx file: paragraphs and table rows in their order, one a line, the cells of a row joined by ' | '.

    Raises DocumentError for a file that is encrypted, damaged or unpacks to more than MOST_UNPACKED_BYTES.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError("encrypted, or a .doc under another name; save it as .docx without a password")
    try:
        _check_size(data)
        import docx  # two tenths of a second, which only a docx should cost

        document = docx.Document(io.BytesIO(data))
        text = "\n".join(_lines_in(document.element.body))
        stated = document.core_properties
        title, day = _real_title(stated.title) or _styled_title(document), _saved(stated)
    except DocumentError:
        raise
    except Exception as error:  # zipfile, lxml and python-docx each have their own; none may stop the other files
        raise _damaged("DOCX", error) from error
    return Content(text, title=title, published=stated_date(text) or day)


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        size = sum(part.file_size for part in parts.infolist())
    if size > MOST_UNPACKED_BYTES:
        raise DocumentError(f"too large: unpacks to {size:,} bytes, at most {MOST_UNPACKED_BYTES:,}; split it")


def _lines_in(container: Any) -> Iterator[str]:
    """The lines of a body, a cell or a text box.

    Read from the XML: python-docx's own `text` leaves out content controls, insertions under revision and text boxes.
    """
    for block in _children(container, "p", "tbl"):
        if block.tag.endswith("}tbl"):
            yield from (_row_text(row) for row in _children(block, "tr"))
            continue
        depth = f"count(ancestor::w:txbxContent) = {len(block.xpath('ancestor::w:txbxContent'))} and not({_NOT_SHOWN})"
        yield "".join(run.text for run in block.xpath(f".//w:r[{depth}]"))
        for box in block.xpath(f".//w:txbxContent[{depth}]"):
            yield from _lines_in(box)


def _row_text(row: Any) -> str:
    return " | ".join(" ".join(" ".join(_lines_in(cell)).split()) for cell in _children(row, "tc"))


def _children(element: Any, *kinds: str) -> Iterator[Any]:
    """The children of these kinds, also those that a content control or a revision holds."""
    for child in element:
        kind = str(child.tag).rpartition("}")[2]
        if kind in kinds:
            yield child
        elif kind in _WRAPPERS:
            yield from _children(child, *kinds)


def _styled_title(document: Any) -> str:
    styled = ((block.style.name, block.text.strip()) for block in document.paragraphs[:50] if block.style is not None)
    return next((text for style, text in styled if style in ("Title", "Heading 1") and text), "")


def _saved(properties: Any) -> str:
    days = (properties.created, properties.modified)
    real = (day for day in days if isinstance(day, datetime) and day.replace(tzinfo=None) != _TEMPLATE_MADE)
    return next((day.date().isoformat() for day in real), "")
