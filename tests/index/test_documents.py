"""One file, one document, exactly as it stands; what cannot be read says why and stops nothing else."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from index.datatypes import Document, Mask
from index.documents import Rejected, count_documents, read_bytes, read_paths
from index.errors import DocumentError
from index.formats import Content, read_pdf, stated_date

UNDER_TEXT = "under the suffix of a text; give it its own suffix"
RECURSION = "maximum recursion depth exceeded"
ENCRYPTED = "encrypted PDF; expected a plain one: save it without encryption"
ONE_OBJECT = "; expected one object a line"
SAVE_AGAIN = "open it in its program and save it again"
EXPECTED = "(expected .txt .md .html .pdf .docx .jsonl)"
PROSE = "The harbour board said on Monday that the new crane will lift its first container before the end of May."


def read(data: bytes | str, name: str = "a.txt") -> Document:
    (found,) = read_bytes(data if isinstance(data, bytes) else data.encode(), name=name)
    assert isinstance(found, Document), found
    return found


def reason(data: bytes | str, name: str = "a.txt") -> str:
    (found,) = read_bytes(data if isinstance(data, bytes) else data.encode(), name=name)
    assert isinstance(found, Rejected), found
    assert found.name == name
    return found.reason


def texts_and_reasons(found: Iterable[Document | Rejected]) -> list[str]:
    return [item.reason if isinstance(item, Rejected) else item.text for item in found]


def masked(document: Document) -> list[tuple[str, str]]:
    return [(document.text[mask.start : mask.end], mask.reason) for mask in document.masks]


# --- files and folders -----------------------------------------------------------------------------------------------


def test_a_folder_is_read_in_the_order_of_names_and_a_bad_file_stops_nothing(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/deep/y.TXT", ".hidden/x.txt", ".x.txt", "c.xyz", "d.txt", "Makefile"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "b.txt").write_bytes(b"")
    found = list(read_paths([tmp_path]))
    assert [document.name for document in found] == ["Makefile", "a/deep/y.TXT", "a/z.md", "b.txt", "c.xyz", "d.txt"]
    assert [document for document in found if isinstance(document, Rejected)] == [
        Rejected("Makefile", f"unsupported format: no suffix {EXPECTED}"),
        Rejected("b.txt", "empty (0 bytes); expected text"),
        Rejected("c.xyz", f"unsupported format .xyz {EXPECTED}"),
    ]


def test_documents_are_counted_beforehand(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.jsonl").write_text('{"doc_id": "a", "text": "x"}\n\n{"doc_id": "b", "text": "x"}')
    assert count_documents([tmp_path, tmp_path / "none.jsonl"]) == 4 == len(list(read_paths([tmp_path, Path("none")])))


def test_a_file_bears_its_own_name_its_absolute_path_and_the_sum_of_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    Path("docs/a.txt").write_bytes(b"One.\r\nTwo.")
    (given_as_file,) = read_paths([Path("docs/a.txt")])
    (given_in_folder,) = read_paths([Path(".")])
    assert isinstance(given_as_file, Document)
    assert isinstance(given_in_folder, Document)
    assert (given_as_file.name, given_in_folder.name) == ("a.txt", "docs/a.txt")
    assert given_as_file.source == given_in_folder.source == str(tmp_path / "docs/a.txt")
    assert given_as_file.id == hashlib.sha256(b"One.\r\nTwo.").hexdigest()
    assert given_as_file.text == "One.\r\nTwo."


def test_links_to_files_are_followed_and_links_to_folders_are_not(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.txt").write_text("One.")
    (tmp_path / "docs/b.txt").symlink_to(tmp_path / "docs/a.txt")
    (tmp_path / "docs/gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "docs/loop").symlink_to(tmp_path / "docs")
    (tmp_path / "docs/self.txt").symlink_to(tmp_path / "docs/self.txt")
    (tmp_path / "way-in").symlink_to(tmp_path / "docs")
    found = list(read_paths([tmp_path / "way-in"]))
    assert [item.name for item in found] == ["a.txt", "b.txt", "gone.txt", "loop", "self.txt"]
    assert texts_and_reasons(found) == [
        "One.",
        "One.",
        "is a link to a file that does not exist",
        "a link to a folder, which is not followed; add that folder itself",
        "cannot be read: Too many levels of symbolic links",
    ]


def test_what_is_no_readable_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "large.txt").write_bytes(b"x" * 1001)
    (tmp_path / "secret.txt").write_text("x")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")  # the tests may run as root, who may read everything

    monkeypatch.setattr(Path, "read_bytes", refuse)
    names = ("none.txt", "pipe.txt", "large.txt", "secret.txt", "nul\0.txt")
    assert texts_and_reasons(read_paths([tmp_path / name for name in names], limit_bytes=1000)) == [
        "does not exist; check the path",
        "is not a regular file; expected a file or a folder",
        "too large: 1,001 bytes, at most 1,000; split it",
        "no permission to read it; change its permissions or run as its owner",
        "cannot be read: embedded null byte",
    ]


def test_folders_may_nest_more_deeply_than_python_recurses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1_200):
        os.mkdir("d")
        os.chdir("d")
    Path("a.txt").write_text("Deep.")
    os.chdir(tmp_path)
    assert [item.name for item in read_paths([Path("d")])] == ["d/" * 1_199 + "a.txt"]
    os.chdir("d/" * 1_200)
    os.remove("a.txt")
    for _ in range(1_200):  # pytest removes what it finds by recursion
        os.chdir("..")
        os.rmdir("d")


def test_a_name_that_is_not_unicode_can_still_be_stored(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "wb") as file:
        file.write(b"One.")
    (found,) = read_paths([tmp_path])
    assert isinstance(found, Document)
    assert (found.name, Path(found.source).name) == ("caf\ufffd.txt", "caf\ufffd.txt")


def test_importing_loads_no_reader() -> None:
    heavy = "{'trafilatura', 'lxml', 'pypdf', 'docx', 'charset_normalizer'}"
    code = (
        f"import sys, index.documents; sys.exit(str({heavy} & set(sys.modules)) if {heavy} & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\rc\n", "a\r\nb\rc\n"),
        (b"\xef\xbb\xbfa", "a"),
        ("e\u0301 ﬁ".encode(), "e\u0301 ﬁ"),
        ("a€\n".encode("utf-16"), "a€\n"),
        (b"\xfe\xff" + "a€".encode("utf-16-be"), "a€"),
        (b"\xff\xfe\0\0" + "a€".encode("utf-32-le"), "a€"),
        (b"x" * 200 + b"\0", "x" * 200 + "\0"),
    ],
)
def test_text_is_kept_exactly(data: bytes, text: str) -> None:
    assert read(data).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le café était déjà fermé à l'été, et les élèves jouaient.", "cp1252"),
        ("It costs £12, which “isn’t much” – the board said so on Monday.", "cp1252"),
        ("Привет, как дела? Сегодня хорошая погода, и мы идём гулять.", "cp1251"),
        ("Привет, как дела? Сегодня хорошая погода, и мы идём гулять.", "koi8-r"),
        ("정부는 인공지능 법안을 승인했다. 장관은 예산이 연구에 쓰인다고 말했다.", "cp949"),
    ],
)
def test_another_encoding_is_taken_where_only_one_fits(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2"])
def test_an_encoding_that_has_a_rival_is_not_guessed(encoding: str) -> None:
    czech = "Vláda schválila návrh zákona o umělé inteligenci. Ministr řekl, že část dostanou vysoké školy v celé zemi."
    assert reason(czech.encode(encoding)) == "not UTF-8 and no other encoding fits; save it as UTF-8"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty (0 bytes); expected text"),
        (b"\xef\xbb\xbf \r\n\t", "empty (no text left); expected text"),
        (b"PK\x03\x04rest", f"binary content (a zip archive or an office file) {UNDER_TEXT}"),
        (b"\x89PNG\r\n\x1a\nrest", f"binary content (a PNG image) {UNDER_TEXT}"),
        (b"ab\0", "binary content (1 NUL in 3 bytes); expected text"),
        (b"caf\xe9", "not UTF-8 and no other encoding fits; save it as UTF-8"),
        (b"abc \xff\xfe\x81 def", "not UTF-8 and no other encoding fits; save it as UTF-8"),
        (b"\xff\xfea", "not UTF-16-LE, though its byte order mark says so; save it as UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_text_says_so(data: bytes, why: str) -> None:
    assert reason(data) == why


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ("<meta charset=iso-8859-2>", "iso-8859-2"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-1'>", "cp1252"),
        ("<?xml version='1.0' encoding='euc-jp'?>", "euc-jp"),
        ("<meta charset='shift_jis'>", "utf-8"),  # what is UTF-8 is UTF-8, whatever it says
    ],
)
def test_a_web_page_may_declare_its_encoding(declaration: str, encoding: str) -> None:
    word = "“§”" if encoding == "cp1252" else "日" if encoding == "euc-jp" else "č§"
    assert read(f"{declaration}<p>{word}</p>".encode(encoding), "a.html").text == word


@pytest.mark.parametrize("charset", ["utf-16", "rot13", "nonsense", "unicode_escape"])
def test_an_absurd_declaration_is_not_believed(charset: str) -> None:
    why = "not UTF-8 and no other encoding fits; save it as UTF-8"
    assert reason(f"<meta charset='{charset}'><p>".encode() + b"\xe9\xff\x81\x8d", "a.html") == why


@given(st.text())
def test_every_text_comes_back_as_it_was(text: str) -> None:
    (found,) = read_bytes(text.encode(), name="a.txt")
    if isinstance(found, Rejected):
        assert found.reason.startswith(("empty", "binary content"))
        return
    assert found.text == text.removeprefix("\ufeff")
    place = 0
    for mask in found.masks:
        assert place <= mask.start < mask.end <= len(found.text)
        place = mask.end


@settings(deadline=None)  # the first page, PDF and docx import their libraries
@given(st.binary(), st.sampled_from((".txt", ".md", ".html", ".pdf", ".docx", ".jsonl")))
def test_any_bytes_give_documents_or_reasons(data: bytes, suffix: str) -> None:
    for prefix in (b"", b"%PDF-1.4\n", b"PK\x03\x04", b"\xff\xfe", b'{"doc_id":'):
        for found in read_bytes(prefix + data, name=f"a{suffix}"):
            assert isinstance(found, Document) or found.reason


# --- titles and dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"The crane has come\n\n{PROSE}", "The crane has come"),
        (f"\r\n  Why the crane?\r\n{PROSE}", "Why the crane?"),
        (f"Home / News / Harbour /\nThe crane has come\n\n{PROSE}", "The crane has come"),
        (f"The crane has come.\n\n{PROSE}", ""),
        (f"Dear reader,\n\n{PROSE}", ""),
        (f"Introduction\n{PROSE}", ""),
        (f"- first\n\n{PROSE}", ""),
        (f"24 September 2025\n\n{PROSE}", ""),
        ("The crane has come\nand will stay\n", ""),
        ("The crane has come\n", ""),
        (f"{PROSE} {PROSE}\n\n{PROSE}", ""),
    ],
)
def test_a_headline_is_the_title_of_a_text(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Title\n\nPublished: 2025-09-24 08:34:38\n", "2025-09-24"),
        ("Title\n\nPublished:\n2025-09-24 08:34:38\n16", "2025-09-24"),
        ("Published on Wednesday, September 24th, 2025 by us", "2025-09-24"),
        ("From: me\nDate: Wed, 24 Sep 2025 08:34:38 +0000\n", "2025-09-24"),
        ("Title\nSept. 24, 2025, 8:34 AM UTC\n", "2025-09-24"),
        ("By Jo Moss, 24 September 2025\n", "2025-09-24"),
        ("**Post** | Wed, 24 September 2025 | by Jo Moss", "2025-09-24"),
        ("QUAY TOWN, Coast, Sept. 24, 2025 (Wire) -- The board said", "2025-09-24"),
        ("Published: 2025-02-30\n2025/9/4\n", "2025-09-04"),
        ("Published: 2025-02-30", ""),
        ("Published: 03/04/2025", ""),
        ("Updated: 2025-09-24", ""),
        ("The board met on 24 September 2025 - a day early.", ""),
        ("On September 24, 2025, the board met.", ""),
        ("Crane | 24 September 2025 | 9", ""),
        (f"{PROSE}\n" * 30 + "2025-09-24\n", ""),
    ],
)
def test_the_date_is_one_that_the_text_states_as_its_own(text: str, published: str) -> None:
    assert stated_date(text) == read(text).published == published


def test_front_matter_states_and_is_masked() -> None:
    matter = "---\r\ntitle: \"The crane: a story\"\r\ndate: 2025-09-24T08:00:00Z\r\nurl: /a\r\ncanonical: 'https://e.example/a'\r\n---"
    found = read(f"{matter}\r\n# Other\r\n\r\n{PROSE}\r\n", "a.md")
    assert (found.title, found.published, found.uri) == ("The crane: a story", "2025-09-24", "https://e.example/a")
    assert found.masks[0] == Mask(0, len(matter), "front matter")
    assert found.text == f"{matter}\r\n# Other\r\n\r\n{PROSE}\r\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("text\n\n# The *new* [crane](http://e.example) #\n", "The new crane"),
        ("# C#\n", "C#"),
        ("```\n# comment\n~~~\n```\n# Title\n", "Title"),
        ("Title\n=====\n", "Title"),
        ("## Only a second level\n", ""),
        ("---\nNo front matter, only a rule.\n---\n# Title\n", "Title"),
        ("#" + " #" * 100_000, ""),
    ],
)
def test_the_first_heading_is_the_title_of_markdown(text: str, title: str) -> None:
    found = read(text, "a.markdown")
    assert (found.title, found.text) == (title, text)


def test_masks_of_format_and_lines_are_united(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (Mask(8, 12, "second"), Mask(3, 6, "inner"), Mask(12, 14, "touching"), Mask(20, 20, "nothing"))
    monkeypatch.setattr("index.documents.find_masks", lambda _: lines)
    monkeypatch.setattr("index.documents.read_text", lambda text: Content(text, masks=(Mask(2, 9, "first"),)))
    assert read("x" * 30).masks == (Mask(2, 12, "first"), Mask(12, 14, "touching"))


# --- jsonl -----------------------------------------------------------------------------------------------------------


def test_each_line_of_a_jsonl_file_is_a_document(tmp_path: Path) -> None:
    row = {"doc_id": "d1", "title": "T", "text": "One.\r\n", "uri": "u", "published": "2025-09-24T08:00", "more": [1]}
    lines = [
        json.dumps(row),
        "",
        ' {"doc_id": "d2", "text": "\\ud800x", "title": null} \r',
        '{"doc_id":"d3","text":"\u2028"x"}',
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode())
    first, second, third = read_paths([tmp_path / "a.jsonl"])
    source = str(tmp_path / "a.jsonl")
    sum_of_row = hashlib.sha256(lines[0].encode()).hexdigest()
    assert first == Document(sum_of_row, "d1", "T", "One.\r\n", "u", "2025-09-24", f"{source}#1")
    sum_of_row = hashlib.sha256(lines[2].strip().encode()).hexdigest()
    assert second == Document(sum_of_row, "d2", "", "\ufffdx", source=f"{source}#3")
    assert isinstance(third, Rejected)
    assert (third.name, third.reason[:18]) == ("a.jsonl", "line 4: not JSON (")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"doc_id": "x"}', 'field "text" missing'),
        ('{"text": "x"}', 'field "doc_id" missing'),
        ('{"doc_id": "x", "text": " "}', 'field "text" is empty'),
        ('{"doc_id": 7, "text": "x"}', 'field "doc_id" is a number; expected a string'),
        ('{"doc_id": "x", "text": "x", "title": ["T"]}', 'field "title" is a list; expected a string'),
        ('{"doc_id": "a", "text": "x"}', 'doc_id "a" stands in line 1 already; give each line its own'),
        ("[1]", "a list; expected an object with doc_id and text"),
        ("null", "null; expected an object with doc_id and text"),
        ("caf\udce9", "not UTF-8; save the file as UTF-8"),
        ("{]", "not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))" + ONE_OBJECT),
        ("[" * 100_000, f"not JSON ({RECURSION} while decoding a JSON array from a unicode string)" + ONE_OBJECT),
    ],
)  # fmt: skip
def test_a_bad_line_is_rejected_by_its_number_and_the_others_are_kept(line: str, why: str) -> None:
    good = '{{"doc_id": "{}", "text": "x"}}\n'
    data = f"{good.format('a')}\n{line}\n{good.format('b')}".encode(errors="surrogateescape")
    first, second, third = read_bytes(data, name="rows.jsonl")
    assert (first.name, second, third.name) == ("a", Rejected("rows.jsonl", f"line 3: {why}"), "b")
    assert isinstance(third, Document)
    assert third.source == ""


def test_a_zip_is_no_jsonl() -> None:
    assert reason(b"PK\x03\x04\n\n\n", "a.jsonl").startswith("binary content (a zip archive")


# --- pdf -------------------------------------------------------------------------------------------------------------


def pdf(pages: Sequence[Sequence[str]], *, info: str = "") -> bytes:
    """A PDF of these lines, written by hand."""
    numbers = range(len(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{5 + 2 * n} 0 R' for n in numbers)}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< {info} >>",
    ]
    for number, lines in enumerate(pages):
        content = "BT /F1 12 Tf 14 TL 50 700 Td " + " T* ".join(f"({line}) Tj" for line in lines) + " ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {6 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    written, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{len(written)}"
    return f"{written}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n{trailer}\n%%EOF".encode()


def rewritten(data: bytes, *, password: str | None = None) -> bytes:
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(data))), io.BytesIO()
    if password is not None:
        writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def test_the_pages_of_a_pdf_are_joined_by_a_blank_line() -> None:
    info = "/Title (The crane) /CreationDate (D:20250924083438Z)"
    found = read(pdf([["Crane", PROSE], ["Second page."]], info=info), "a.pdf")
    assert found.text == f"Crane\n{PROSE}\n\nSecond page."
    assert (found.title, found.published, found.masks) == ("The crane", "2025-09-24", ())


def test_a_date_in_the_text_of_a_pdf_goes_before_that_of_the_file() -> None:
    data = pdf([["Published: 2024-01-31", PROSE]], info="/Title (crane.docx) /CreationDate (D:20250924)")
    assert (read(data, "a.pdf").published, read(data, "a.pdf").title) == ("2024-01-31", "")
    assert read(pdf([[PROSE]], info="/CreationDate (D:garbage)"), "a.pdf").published == ""


def test_running_lines_and_page_numbers_are_masked() -> None:
    pages = [
        [f"Coast Post 2025 | {n + 4}", f"Part {n} of many tales", f"Body {n}.", f"Total: {90 - n * 7}", f"- {n + 4} -"]
        for n in range(4)
    ]
    found = read(pdf(pages), "a.pdf")
    assert masked(found) == [
        pair
        for n in range(4)
        for pair in (
            (f"Coast Post 2025 | {n + 4}", "running header"),
            (f"Part {n} of many tales", "running header"),
            (f"- {n + 4} -", "page number"),
        )
    ]


def test_figures_at_the_edge_of_pages_are_no_page_numbers() -> None:
    pages = [["In May", "the sum", "9"], ["It was", "in June", "40"], ["July", "saw but", "7"]]
    why = {reason for _, reason in masked(read(pdf(pages), "a.pdf"))}
    assert not why & {"page number", "running header", "running footer"}


def test_the_number_beside_a_changing_chapter_name_counts_with_the_pages() -> None:
    names = ("Cranes", "Cranes", "Ships", "Ships", "Ropes")
    words = ("red", "blue", "green", "grey", "white")
    pages = [
        [f"{name} {n + 7}", f"The {word} crane stands.", f"The {word} ship sails.", "", f"The {word} rope holds."]
        for n, (name, word) in enumerate(zip(names, words, strict=True))
    ]
    assert masked(read(pdf(pages), "a.pdf")) == [(f"{name} {n + 7}", "running header") for n, name in enumerate(names)]


def test_two_pages_have_no_running_lines() -> None:
    assert read(pdf([["Coast Post", PROSE], ["Coast Post", PROSE]]), "a.pdf").masks == ()


def test_a_pdf_that_opens_without_a_password_is_read() -> None:
    assert read(rewritten(pdf([[PROSE]]), password=""), "a.pdf").text == PROSE


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (rewritten(pdf([[PROSE]]), password="secret"), ENCRYPTED),
        (rewritten(pdf([[PROSE]]), password="").replace(b"/V 2", b"/V 5").replace(b"/R 3", b"/R 6"), ENCRYPTED),
        (pdf([[], []]), "no text layer in 2 pages (scanned images?); run text recognition (OCR) first"),
        (b"<html>", "not a PDF: no '%PDF-' at its start; give it the suffix of what it is"),
        (b"%PDF-1.4\nnonsense", f"damaged PDF (PdfStreamError: Stream has ended unexpectedly); {SAVE_AGAIN}"),
        (pdf([[PROSE]])[:400], None),
        (pdf([[]] * 2_001), "too long: 2,001 pages, at most 2,000; split it"),
    ],
)  # fmt: skip
def test_a_pdf_without_text_to_read_says_why(data: bytes, why: str | None) -> None:
    assert reason(data, "a.pdf") == why if why else reason(data, "a.pdf").startswith("damaged PDF (")


def test_a_slow_pdf_is_given_up() -> None:
    with pytest.raises(DocumentError, match=r"^too slow: time was up at page 1 of 1; split it$"):
        read_pdf(pdf([[PROSE]]), most_seconds=-1)


# --- docx ------------------------------------------------------------------------------------------------------------


def word(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def test_paragraphs_and_rows_of_a_docx_stand_in_their_order() -> None:
    document = docx.Document()
    document.add_heading("The crane", 0)
    document.add_paragraph("One\ttab.")
    table = document.add_table(2, 2)
    for cell, text in zip((*table.rows[0].cells, *table.rows[1].cells), ("Year", "Sum", "2024", "5\nbn"), strict=True):
        cell.text = text
    document.add_paragraph("")
    document.add_paragraph("End.")
    found = read(word(document), "a.DOCX")
    assert found.text == "The crane\nOne\ttab.\nYear | Sum\n2024 | 5 bn\n\nEnd."
    assert (found.title, found.published) == ("The crane", "")  # the template's own date is none


def test_properties_of_a_docx_state_title_and_date() -> None:
    document = docx.Document()
    document.core_properties.title, document.core_properties.created = "Stated", datetime(2025, 9, 24, 8, 30)
    document.add_paragraph("Body.")
    assert (read(word(document), "a.docx").title, read(word(document), "a.docx").published) == ("Stated", "2025-09-24")


def test_what_python_docx_leaves_out_is_read_and_what_was_struck_is_not() -> None:
    document = docx.Document()
    run = "<w:r><w:t>{}</w:t></w:r>"
    box = f"<w:txbxContent><w:p>{run.format('boxed')}</w:p></w:txbxContent>"
    inserted, moved = f"<w:ins>{run.format(' in')}</w:ins>", f"<w:moveFrom>{run.format('gone')}</w:moveFrom>"
    deleted = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    paragraph = (
        f"<w:p {nsdecls('w')}>{run.format('seen')}{inserted}{moved}{deleted}<w:r><w:pict>{box}</w:pict></w:r></w:p>"
    )
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p>{run.format('held')}</w:p></w:sdtContent></w:sdt>"
    for number, xml in enumerate((paragraph, control)):
        document.element.body.insert(number, parse_xml(xml))
    assert read(word(document), "a.docx").text == "seen in\nboxed\nheld"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("word/document.xml", "x")
        parts.infolist()[0].file_size = 300_000_000
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bomb(), "too large: unpacks to 300,000,000 bytes, at most 200,000,000; split it"),
        (
            b"PK\x03\x04",
            f"damaged DOCX (BadZipFile: File is not a zip file); {SAVE_AGAIN}",
        ),
        (b"\xd0\xcf\x11\xe0", "encrypted, or a .doc under another name; save it as .docx without a password"),
        (word(docx.Document()), "empty (no text left); expected text"),
    ],
)
def test_a_docx_without_text_to_read_says_why(data: bytes, why: str) -> None:
    assert reason(data, "a.docx") == why
