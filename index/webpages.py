"""Turn a web page into the text that a reader of it sees, and mask what stands outside its article.

lxml parses; the walk below writes the lines, since neither lxml nor trafilatura gives the whole visible text in blocks;
trafilatura says which of the blocks are the article. Masking real prose is the worse mistake, so wherever it is unsure
nothing is masked.
"""

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

# Both take most of a second to import: only `index.documents` imports this module, and only when it meets a web page.
import trafilatura
from lxml import etree, html

from index.datatypes import Mask
from index.errors import DocumentError
from index.formats import Content, iso_date, stated_date

OUTSIDE = "outside the article"
# Beyond these trafilatura recurses too deeply or takes minutes; the page is then read whole, with nothing masked here.
DEEPEST_FOR_ARTICLE = 400
MOST_ELEMENTS_FOR_ARTICLE = 50_000

# How trafilatura's heuristics fail on broken pages; the text does not depend on them, only masks do.
_FAILURES = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, etree.LxmlError)

# It logs what it could not find; without a handler Python would print that between our own words.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())


# A page holds what any file holds: its visible text, and the title, address and date that it states.
Webpage = Content


def read_webpage(markup: str) -> Webpage:
    """The visible text of `markup` block by block, with everything outside the article masked.

    Raises DocumentError when the elements nest more deeply than the parser follows.
    """
    if not markup.strip():
        return Webpage("")
    root = _parsed(markup)
    writer = _Writer()
    depth = writer.write(root)
    text, spans = _joined(writer.blocks)
    small = depth <= DEEPEST_FOR_ARTICLE and writer.elements <= MOST_ELEMENTS_FOR_ARTICLE
    outside = _outside(writer, _article(root)) if small else set()
    masks = tuple(Mask(start, end, OUTSIDE) for place, (start, end) in enumerate(spans) if place in outside)
    headline = next((start for block, (start, _) in zip(writer.blocks, spans, strict=True) if block.is_title), 0)
    published = _published(root, text[headline:])
    return Webpage(text, title=_title(root, writer.blocks), uri=_address(root), published=published, masks=masks)


def _parsed(markup: str) -> Any:
    """The tree; NUL becomes U+FFFD as the HTML standard says, since the parser would stop there."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False)
    try:
        root = html.document_fromstring(markup.replace("\0", "\ufffd").encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but comments
        return html.document_fromstring("<html><body></body></html>")
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentError("elements nested too deeply (the parser follows 2,048); save the page again as text")
    return root


# --- the visible text ------------------------------------------------------------------------------------------------

_UNSEEN = re.compile(
    "head|title|script|style|template|noscript|noframes|select|datalist|iframe|object|video|audio|canvas|svg|rp|"
    "annotation|annotation-xml|map"
)
# A blank line around these, as a browser gives a paragraph; around the items of a list or a table a line break.
_PARAGRAPHS = re.compile(
    "html|body|address|article|aside|blockquote|center|details|dialog|div|dl|fieldset|figure|footer|form|h1|h2|h3|h4|"
    "h5|h6|header|hgroup|hr|legend|main|menu|nav|ol|p|pre|search|section|table|tbody|thead|tfoot|td|th|ul|textarea"
)
_LINES = re.compile("li|dt|dd|tr|caption|figcaption|summary|option")
_LISTS = frozenset(("ul", "ol", "menu"))
_PARTS = ("pre", "li", "dt", "dd", "caption", "figcaption", "h2", "h3", "h4", "h5", "h6")
# A table row with one of these in it lays out the page; its cells are then blocks of their own.
_LAYOUT = ("table", "h1", "h2", "h3", "h4", "pre", "blockquote", "article", "section", "form", "hr")
_LONGEST_ROW = 2_000
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")  # not the no-break space, which a browser keeps


@dataclass(frozen=True, slots=True)
class _Block:
    """One line or paragraph; `gap` is how many line breaks stand before it.

    `is_part`: a heading, an item, a row or the like, which trafilatura often leaves out. `is_link`: mostly links.
    """

    text: str
    gap: int
    is_title: bool
    is_part: bool
    is_link: bool


@dataclass(slots=True)
class _Writer:
    """Walks a tree once, without recursion, and keeps its blocks and which of them each suspicious element holds."""

    blocks: list[_Block] = field(default_factory=list)
    suspects: list[tuple[int, int]] = field(default_factory=list)
    elements: int = 0
    _pieces: list[str] = field(default_factory=list)
    _open: Counter[str] = field(default_factory=Counter)
    _suspects_open: list[tuple[Any, int]] = field(default_factory=list)
    _gap: int = 0
    _prefix: str = ""
    _row: Any = None
    _cells: int = 0
    _linked: int = 0

    def write(self, root: Any) -> int:
        """Fill `blocks` and `suspects` and return the depth of the tree."""
        walk = etree.iterwalk(root, events=("start", "end"))
        depth = deepest = 0
        unseen = None
        for event, element in walk:
            if event == "end":
                depth -= 1
                if element is not unseen:
                    self._leave(element)
                self._add(element.tail)
                continue
            self.elements += 1
            depth += 1
            deepest = max(deepest, depth)
            if _is_unseen(element):
                unseen = element
                walk.skip_subtree()
            else:
                self._enter(element)
        self._flush()
        return deepest

    def _enter(self, element: Any) -> None:
        tag = element.tag
        if tag == "br":
            self._break_line()
        elif tag in ("td", "th") and self._row is not None:
            self._add(" | " if self._cells else "")
            self._cells += 1
        elif _is_block(tag):
            self._boundary(element)
            if _is_suspect(element):
                self._suspects_open.append((element, len(self.blocks)))
        self._open[tag] += 1
        if tag == "li":
            self._prefix = "- "
        elif tag == "tr" and self._row is None and _is_data_row(element):
            self._row, self._cells = element, 0
        self._add(element.text)

    def _leave(self, element: Any) -> None:
        tag = element.tag
        if _is_block(tag):
            self._boundary(element)
        self._open[tag] -= 1
        if element is self._row:
            self._row = None
        if tag == "li":
            self._prefix = ""
        if self._suspects_open and self._suspects_open[-1][0] is element:
            self.suspects.append((self._suspects_open.pop()[1], len(self.blocks)))

    def _boundary(self, element: Any) -> None:
        if self._row is not None and element is not self._row:
            self._add(" ")
            return
        self._flush()
        is_line = bool(_LINES.fullmatch(element.tag)) or (element.tag in _LISTS and self._open["li"] > 0)
        self._gap = max(self._gap, 1 if is_line else 2)

    def _break_line(self) -> None:
        if self._row is not None:
            self._add(" ")
        elif self._pieces:
            self._pieces[-1] = self._pieces[-1].rstrip(" ")
            self._pieces.append("\n")

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if not self._open["pre"]:
            text = _SPACES.sub(" ", text)
            if not self._pieces or self._pieces[-1].endswith((" ", "\n")):
                text = text.lstrip(" ")
        if text:
            self._pieces.append(text)
            self._linked += len(text) * (self._open["a"] > 0)

    def _flush(self) -> None:
        """Close the block at hand; two `<br>` in a row part it like a paragraph."""
        written, is_code = "".join(self._pieces), self._open["pre"] > 0
        is_part, has_block = self._row is not None or any(self._open[tag] for tag in _PARTS), False
        for part in [written.strip("\r\n")] if is_code else re.split(r"\n\s*\n", written):
            if not part.strip("| \t\r\n\f"):
                continue
            text = self._prefix + (part.rstrip() if is_code else part.strip(" \n"))
            self.blocks.append(_Block(text, self._gap, self._open["h1"] > 0, is_part, self._linked * 2 > len(written)))
            self._gap, self._prefix = 2, ""
            has_block = True
        self._gap = 0 if has_block else self._gap
        self._linked = 0
        self._pieces.clear()


def _is_block(tag: str) -> bool:
    return bool(_PARAGRAPHS.fullmatch(tag) or _LINES.fullmatch(tag))


def _is_unseen(element: Any) -> bool:
    tag, attributes = element.tag, element.attrib
    if not isinstance(tag, str) or _UNSEEN.fullmatch(tag):
        return True
    if tag in ("html", "body"):  # hidden only until a script has run
        return False
    is_hidden = attributes.get("hidden", "until-found").lower() != "until-found"
    is_closed = tag == "dialog" and "open" not in attributes
    return is_hidden or is_closed or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))


def _is_data_row(row: Any) -> bool:
    if sum(cell.tag in ("td", "th") for cell in row) < 2 or next(row.iter(*_LAYOUT), None) is not None:
        return False
    return all(len(cell.findall(".//p")) < 2 for cell in row) and sum(map(len, row.itertext())) <= _LONGEST_ROW


def _joined(blocks: Sequence[_Block]) -> tuple[str, list[tuple[int, int]]]:
    """The text, and where each block stands in it."""
    pieces: list[str] = []
    spans, place = [], 0
    for block in blocks:
        gap = "\n" * max(1, block.gap) if pieces else ""
        start = place + len(gap)
        place = start + len(block.text)
        pieces.append(gap + block.text)
        spans.append((start, place))
    return "".join(pieces), spans


# --- the article -----------------------------------------------------------------------------------------------------

PROSE_WORDS = 12
SENTENCE_WORDS = 5
MOST = 0.8
_PROSE_END = re.compile(r"[.!?…。！？][\"'”’»)\]\d\s]*$")
_SCRIPT_WITHOUT_SPACES = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_SCRIPT_WITHOUT_SPACES}]|[^\W{_SCRIPT_WITHOUT_SPACES}]+")
_SHINGLE = 3
_SUSPECT_TAGS = frozenset(("nav", "header", "footer", "aside", "form"))
_SUSPECT_ROLES = re.compile("navigation|banner|contentinfo|complementary|search|form|dialog|alertdialog")
_SUSPECT_WORDS = re.compile(
    "ad|ads|advert|adverts|advertisement|advertising|banner|breadcrumb|breadcrumbs|comment|comments|consent|cookie|"
    "cookies|disqus|footer|gdpr|menu|modal|nav|navbar|navigation|newsletter|outbrain|paywall|popup|promo|promos|"
    "promoted|promotion|recommended|recommendations|related|share|sharing|sidebar|signup|social|sponsor|sponsored|"
    "subscribe|subscription|taboola|toolbar|trending"
)
_NAME_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _is_suspect(element: Any) -> bool:
    """Whether an element looks like the surroundings of an article; the header of the article itself does not."""
    tag, attributes = element.tag, element.attrib
    if tag in _SUSPECT_TAGS:
        return not (tag == "header" and next(element.iterancestors("article", "main"), None) is not None)
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    is_role = bool(_SUSPECT_ROLES.fullmatch(attributes.get("role", "").lower()))
    return is_role or any(_SUSPECT_WORDS.fullmatch(part.lower()) for part in _NAME_PART.findall(names))


def _article(root: Any) -> str:
    """What trafilatura takes for the article, or an empty string."""
    try:
        found = trafilatura.bare_extraction(root, favor_recall=True, include_comments=False, include_tables=True)
    except _FAILURES:
        return ""
    return str(getattr(found, "text", None) or "")


def _outside(writer: _Writer, article: str) -> set[int]:
    """The places of the blocks to mask; none if the article holds less than a fifth of the page's prose."""
    words = [_words(block.text) for block in writer.blocks]
    inside = [len(found) * yes for found, yes in zip(words, _membership(words, article), strict=True)]
    prose = [len(found) * _is_prose(block.text, found) for block, found in zip(writer.blocks, words, strict=True)]
    kept = sum(count for count, article_words in zip(prose, inside, strict=True) if article_words)
    if not kept or kept * 5 < sum(prose):
        return set()
    around = _surroundings(writer.suspects, inside)
    article_places = [place for place, count in enumerate(inside) if count]
    first, last = article_places[0], article_places[-1]
    return {
        place
        for place, block in enumerate(writer.blocks)
        if not inside[place]
        and not block.is_title
        and (place in around or not (prose[place] or (first < place < last and _may_belong(block, words[place]))))
    }


def _may_belong(block: _Block, words: Sequence[str]) -> bool:
    """Whether a block amid the article that trafilatura left out is still likely to be content of it."""
    is_sentence = len(words) >= (SENTENCE_WORDS if _PROSE_END.search(block.text) else PROSE_WORDS)
    return (block.is_part or is_sentence) and not block.is_link


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _is_prose(text: str, words: Sequence[str]) -> bool:
    return len(words) >= PROSE_WORDS and bool(_PROSE_END.search(text))


def _membership(blocks: Sequence[tuple[str, ...]], article: str) -> list[bool]:
    """Which blocks stand in the article: most runs of three words do; a shorter block is a whole line or cell of it."""
    lines = {_words(part) for line in article.splitlines() for part in (line, *line.split("|"))}
    shingles = set(_shingles(_words(article)))
    return [words in lines or _share(list(_shingles(words)), shingles) >= MOST for words in blocks]


def _share(runs: Sequence[tuple[str, ...]], shingles: set[tuple[str, ...]]) -> float:
    return sum(run in shingles for run in runs) / len(runs) if runs else 0.0


def _shingles(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[shift:] for shift in range(_SHINGLE)), strict=False)


def _surroundings(suspects: Iterable[tuple[int, int]], inside_words: Sequence[int]) -> set[int]:
    """The blocks in suspicious elements. One that holds half of the article is its wrapper, whatever its name."""
    sums = [0, *accumulate(inside_words)]
    real = [(start, end) for start, end in suspects if (sums[end] - sums[start]) * 2 < sums[-1]]
    depths = [0] * (len(inside_words) + 1)
    for start, end in real:
        depths[start] += 1
        depths[end] -= 1
    return {place for place, depth in enumerate(accumulate(depths)) if depth > 0}


# --- what the page states about itself -------------------------------------------------------------------------------


_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{1,60})"')
_META_DATE = re.compile(
    r"(?:og:|article:)?publish(?:ed_time|ed|[-_]?date)|publication[-_]?date|date(?:Published)?|(?:parsely-)?pub[-_]?date|"
    r"sailthru\.date|citation_(?:publication_)?date|dc(?:terms)?[.:](?:date(?:[.:](?:issued|created))?|issued|created)",
    re.IGNORECASE,
)


def _title(root: Any, blocks: Sequence[_Block]) -> str:
    """og:title; the `<h1>` with which `<title>` begins; `<title>`; an only `<h1>`.

    Not trafilatura's: where a page has several headings it may take that of the keyboard help.
    """
    stated = [" ".join(str(text).split()) for text in root.xpath("//meta[@property='og:title']/@content")]
    whole = " ".join(root.xpath("string(//head/title)").split())
    headings = [" ".join(block.text.split()) for block in blocks if block.is_title]
    confirmed = [heading for heading in headings if whole.casefold().startswith(heading.casefold())]
    only = headings if len(headings) == 1 else []
    return next((title for title in (*stated, *sorted(confirmed, key=len, reverse=True), whole, *only) if title), "")


def _published(root: Any, shown: str) -> str:
    """The date in JSON-LD, a meta element, a `<time>` of the article, the text below the headline, or the address.

    Not htmldate's, which makes 2025-02-01 of 2025-02-30 and takes a day that the prose tells of for that of the page.
    """
    candidates = (
        *_JSON_DATE.findall(" ".join(root.xpath("//script[@type='application/ld+json']/text()"))),
        *(meta.get("content", "") for meta in root.iter("meta") if _META_DATE.fullmatch(_meta_name(meta))),
        *root.xpath("//time[@pubdate or @itemprop='datePublished' or ancestor::article or ancestor::main]/@datetime"),
    )
    in_address = re.search(r"/(\d{4}/\d{1,2}/\d{1,2})(?:/|$)", _address(root))
    days = (*map(iso_date, candidates), stated_date(shown), iso_date(in_address[1]) if in_address else "")
    return next((day for day in days if day), "")


def _meta_name(meta: Any) -> str:
    return str(meta.get("property") or meta.get("itemprop") or meta.get("name") or "")


def _address(root: Any) -> str:
    """The canonical link or og:url where it is absolute; trafilatura would also take the base of relative links."""
    stated = root.xpath("//link[@rel='canonical']/@href") + root.xpath("//meta[@property='og:url']/@content")
    return next((str(uri).strip() for uri in stated if re.match(r"\s*https?://\S+\s*$", uri, re.IGNORECASE)), "")
