"""The judge of lines: sample documents with their answers, prose that has to survive, and input made to hang it."""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.boilerplate import find_masks

DATA = Path(__file__).parent.parent / "data" / "boilerplate"
SAMPLES = sorted(DATA.glob("*.txt"))

PROSE = """\
The harbour reopens on Monday

Share prices fell in Oslo. Comments from the bank followed within the hour, and 12 ships turned back.

"We print what we know," said Ada Lund, who subscribes to no theory. She advertises her doubts.

Most readers of the report will look for one number. It is 33.40 crowns, up from 31.

The photo shows a crane. Cookies were served; the source of the flour is not known.

1. Open the gate.
2. Close the gate.

Search parties left at dawn. More help is on its way. Follow the coast, said the pilot, and register every buoy.
"""

POLICY = """\
Cookie policy of the Harbour Museum

This policy explains how we use cookies on this website and which choices you have about them on your device.

A cookie is a small text file that our website stores on your device when you accept it in your browser settings.

We use session cookies to remember your preferences while you browse, and they end when you close the browser.

We use statistics cookies only with your consent, and our partners never receive them under any agreement.

You can withdraw your consent to cookies in the settings of this website on every page, at any time you wish.

If you decline all cookies, our website still shows every page, though your experience of the map may be poorer.
"""


def masked_lines(text: str) -> list[str]:
    return [text[mask.start : mask.end] for mask in find_masks(text)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_masked_as_its_answers_say(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8")
    answers = json.loads(sample.with_suffix(".masked.json").read_text(encoding="utf-8"))
    found = masked_lines(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert set(answers["masked"]) <= set(lines), "the answers name lines that the sample does not have"
    missed = [line for line in lines if line in answers["masked"] and line not in found]
    prose = [line for line in found if line not in answers["masked"] and line not in answers["either"]]
    assert (missed, prose) == ([], [])


def test_there_are_samples() -> None:
    assert len(SAMPLES) == 6


def test_every_mask_of_the_samples_has_a_reason() -> None:
    reasons = {mask.reason for sample in SAMPLES for mask in find_masks(sample.read_text(encoding="utf-8"))}
    assert "" not in reasons
    assert {"share bar", "advertisement", "copyright", "stray number"} <= reasons


def test_prose_has_no_mask() -> None:
    assert masked_lines(PROSE) == []


def test_a_document_about_cookies_is_spared_and_a_page_with_a_banner_is_not() -> None:
    banner = "We use cookies to improve your experience on this website. By continuing you accept our policy."
    assert masked_lines(POLICY) == []
    assert masked_lines(f"{banner}\n\n{PROSE}") == [banner]


def test_a_column_of_figures_is_no_row_of_footnotes() -> None:
    assert masked_lines("Ships in port\n12\n15\n9\n31\n8\n") == []
    assert masked_lines("The tide rose by a metre and the harbour closed for the night\n4\n.\nIt opened at dawn.") == [
        "4",
        ".",
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Share on Facebook | Tweet | Email", "share bar"),
        ("Share on Facebook Share on Twitter Share on LinkedIn Share on Reddit Share on WhatsApp", "share bar"),
        ("Follow Jane Doe on Mastodon", "share bar"),
        ("SHARE   TWEET   PRINT", "share bar"),
        ("Share this with a friend", "share bar"),
        ("Home > News > Harbour", "navigation"),
        ("Home / News / Harbour", "navigation"),
        ("Home | About | Contact", "navigation"),
        ("Updated: 2024-03-01T09:40:00Z", "timestamp"),
        ("© 2024 The Harrow Sentinel", "copyright"),
        ("Photo: Ada Lund / Reuters", "image credit"),
        ("3 min read", "counter"),
        ("Share prices fell.", ""),
        ("Share of the market", ""),
        ("Follow the money", ""),
        ("| 12 | 15 | 9 |", ""),
    ],
)
def test_a_line_alone(line: str, reason: str) -> None:
    found = [mask.reason for mask in find_masks(f"{PROSE}\n{line}\n\n{PROSE}")]
    assert found == [reason] * bool(reason)


@given(
    st.lists(
        st.sampled_from(
            ["Share", "4", ".", "Advertisement", "Most read", "", "  ", "Home | News | Sport", "A whale sang."]
        )
        | st.text(max_size=60),
        max_size=30,
    ),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\x00", "\x85"]),
)
def test_masks_are_sorted_disjoint_whole_lines_inside_the_text(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    masks = find_masks(text)
    assert all(0 <= mask.start < mask.end <= len(text) and mask.reason for mask in masks)
    assert all(before.end < after.start for before, after in zip(masks, masks[1:], strict=False))
    whole = {line.strip() for line in re.split(r"[\r\n]", text)}
    assert {text[mask.start : mask.end] for mask in masks} <= whole


# What a rule may have to look at again and again, as long as a rule can see it.
FRAGMENTS = (
    " ", "\t", ".", "(", "[", "[](", "|", " | ", " / ", ">", " > ", "*", "-", "_", "#", "—", "©", "@a ", "share ", "share",
    "share on ", "follow us ", "follow a b on ", "email  ", "x ", "by ", "get a ", "read more: ", "cookie ", "accept ",
    "all ", "ad ", "ad - ", "photo: ", "photo ", "credit by ", "image source of ", "1 ", "1.", "a/", "a. ", "ap ", "tags: ",
    "newsletter ", "your inbox ", "buy now ", "should you buy ", "copyright ", "©\t", "- a (@a) ", "“", "é", "🙂", "漢",
)  # fmt: skip


def seconds_to_judge(text: str) -> float:
    # The processor's time, not the clock's: the machine may be busy with something else, and is slower then too.
    begin = time.process_time()
    find_masks(text)
    return time.process_time() - begin


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_no_line_of_repeated_fragments_takes_long(fragment: str) -> None:
    lines = [("share" + fragment * 1200)[: length - 1] + "~" for length in (290, 1190) for _ in range(10)]
    assert seconds_to_judge("\n".join(lines)) < 2 * 20 / 100


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 200_000, id="words on one line"),
        pytest.param("The tide rose by 2.5 metres. " * 35_000, id="sentences on one line"),
        pytest.param("share" + " " * 1_000_000 + "!", id="blanks on one line"),
        pytest.param("." * 1_000_000, id="stops on one line"),
        pytest.param("(" * 500_000 + "[" * 500_000, id="brackets on one line"),
        pytest.param("| " * 500_000, id="bars on one line"),
        pytest.param("share " * 170_000, id="shares on one line"),
        pytest.param("\n".join(f"row {number}" for number in range(50_000)), id="short lines"),
        pytest.param("4\n" * 50_000, id="numbers"),
        pytest.param("\n" * 1_000_000, id="empty lines"),
        pytest.param("Advertisement\nBest offers\n" * 25_000, id="advertisements"),
    ],
)
def test_long_text_is_judged_in_two_seconds(text: str) -> None:
    assert seconds_to_judge(text) < 2
