"""Figures: a table of spellings, oracles that write numbers and dates out, and no text on which finding them fails."""

import datetime
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.figures import Figure, bound, find_figures, same_figure
from tests.qa.making import PATIENT, hostile_texts

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
MONTHS = (
    "January February March April May June July August September October November December".split(),
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split(),
)


def only(text: str) -> Figure:
    (figure,) = find_figures(text)
    return figure


def form(text: str) -> tuple[str, Decimal, str]:
    figure = only(text)
    return figure.kind, figure.value, figure.unit


@pytest.mark.parametrize(
    ("text", "kind", "value", "unit"),
    [
        ("$53bn", "money", "53e9", "USD"),
        ("US$53 billion", "money", "53e9", "USD"),
        ("US$ 53 billion", "money", "53e9", "USD"),
        ("USD 53 bn", "money", "53e9", "USD"),
        ("53 billion dollars", "money", "53e9", "USD"),
        ("53 billion U.S. dollars", "money", "53e9", "USD"),
        ("53-billion-dollar", "money", "53e9", "USD"),
        ("fifty-three billion dollars", "money", "53e9", "USD"),
        ("380B yuan", "money", "380e9", "CNY"),
        ("RMB 380 billion", "money", "380e9", "CNY"),
        ("380 billion renminbi", "money", "380e9", "CNY"),
        ("¥380bn", "money", "380e9", "CNY"),
        ("€ 5", "money", "5", "EUR"),
        ("HK$33.40", "money", "33.40", "HKD"),
        ("twenty-six percent", "percent", "26", "%"),
        ("26 %", "percent", "26", "%"),
        ("26 per cent", "percent", "26", "%"),
        ("0.5 percentage points", "percent", "0.5", "%"),
        ("roughly 100", "count", "100", ""),
        # A list's 'word: figure' is no ticker, a unit glued to it no name.
        ("Memory: 192GB per chip", "count", "192", ""),
        ("- Quartz worktop: 15 years", "count", "15", ""),
        ("Bandwidth: 6,400 gigabytes a second", "count", "6400", ""),
        ("revenue:$53 billion", "money", "53e9", "USD"),
        ("2.4GHz", "count", "2.4", ""),
        ("a 40kWh battery", "count", "40", ""),
        ("20°C", "count", "20", ""),
        ("1,000", "count", "1000", ""),
        ("1,234,567.89", "count", "1234567.89", ""),
        ("33.40", "count", "33.4", ""),
        ("one trillion", "count", "1e12", ""),
        ("1 trillion", "count", "1e12", ""),
        ("over 1 trillion", "count", "1e12", ""),
        ("a million", "count", "1e6", ""),
        ("half a million", "count", "5e5", ""),
        ("a hundred thousand", "count", "1e5", ""),
        ("two hundred and five", "count", "205", ""),
        ("a dozen", "count", "12", ""),
        ("two dozen", "count", "24", ""),
        ("21st", "count", "21", ""),
        ("10x", "count", "10", ""),
        ("1.5x", "count", "1.5", ""),
        ("100km", "count", "100", ""),
        ("7.30pm", "time", "1170", "clock"),
        ("7:30", "time", "450", ""),
        ("19:30", "time", "1170", "clock"),
        ("07:30", "time", "450", "clock"),
        ("7 a.m.", "time", "420", "clock"),
        ("12 am", "time", "0", "clock"),
        ("12:15 p.m.", "time", "735", "clock"),
        ("11 PM", "time", "1380", "clock"),
        ("12,000-strong", "count", "12000", ""),
        ("٣٤", "count", "34", ""),
    ],
)
def test_normal_forms(text: str, kind: str, value: str, unit: str) -> None:
    assert form(f"It had {text} then.") == (kind, Decimal(value), unit)
    assert only(f"It had {text} then.").text in text


@pytest.mark.parametrize(
    "text",
    [
        "Qwen3-Max",
        "GPT-4",
        "GPT-4-32K",
        "Qwen2.5-7B",
        "V3.1",
        "HKEX: 9988",
        "HKEX:9988",
        "B2B",
        "5G",
        "percent",
        "million",
    ],
)
def test_digits_of_names_are_no_figures(text: str) -> None:
    assert find_figures(f"They named {text} again.") == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("5-10 million", ["5", "10e6"]),
        ("5–10 million", ["5", "10e6"]),
        ("US$5m-$10m", ["5e6", "10e6"]),
        ("5%-10%", ["5", "10"]),
        ("between 5 and 10 million", ["5", "10e6"]),
        ("1999-2005", ["1999", "2005"]),
        ("2024-25", ["2024", "25"]),
        ("from mid-2024 to late-2025", ["2024", "2025"]),
        ("19:61", ["19", "61"]),
        ("1:02:03", ["1", "2", "3"]),
        ("7:00 to 10:30", ["420", "630"]),
        ("9:30-17:00", ["570", "1020"]),
    ],
)
def test_both_ends_of_a_range(text: str, values: list[str]) -> None:
    assert [figure.value for figure in find_figures(text)] == [Decimal(value) for value in values]


@pytest.mark.parametrize(
    "text", ["24 September 2025", "September 24, 2025", "Sept. 24, 2025", "24th of September 2025", "2025-09-24"]
)
def test_dates_in_five_spellings(text: str) -> None:
    figure = only(f"It came on {text} at last.")
    assert (figure.kind, figure.date, figure.text) == ("date", (2025, 9, 24), text)


@pytest.mark.parametrize(
    ("text", "date", "unit"),
    [
        ("September 2025", (2025, 9, 0), ""),
        ("September 24", (0, 9, 24), ""),
        ("24 Sept", (0, 9, 24), ""),
        ("2030", (2030, 0, 0), ""),
        ("the 1990s", (1990, 0, 0), "decade"),
    ],
)
def test_dates_with_gaps(text: str, date: tuple[int, int, int], unit: str) -> None:
    assert (only(f"It was in {text}.").date, only(f"It was in {text}.").unit) == (date, unit)


@pytest.mark.parametrize("text", ["2025-13-01", "2025-09-32", "September 32", "it may 5"])
def test_what_no_calendar_has_is_no_date(text: str) -> None:
    assert not any(figure.kind == "date" and figure.date[1:] != (0, 0) for figure in find_figures(text))


@pytest.mark.parametrize(
    ("claimed", "stated", "same"),
    [
        ("$53bn", "US$53 billion", True),
        ("53 billion dollars", "$53bn", True),
        ("53 billion", "$53bn", True),  # less specific
        ("$53bn", "53 billion", False),  # more specific
        ("$53bn", "53 billion yuan", False),
        ("380B yuan", "RMB 380 billion", True),
        ("twenty-six percent", "26%", True),
        ("26%", "26", False),
        ("26", "26%", True),
        ("100", "1,000", False),
        ("33.40", "33.4", True),
        ("33.40", "33.41", False),
        ("2025", "24 September 2025", True),
        ("September 2025", "24 September 2025", True),
        ("24 September", "24 September 2025", True),
        ("24 September 2025", "September 2025", False),
        ("24 September 2025", "24 September", False),
        ("24 September 2025", "2025", False),
        ("24 September 2025", "2,025", False),
        ("25 September 2025", "24 September 2025", False),
        ("2030", "2,030", True),
        ("2,030", "2030", True),
        ("$1,999", "1999", False),
        ("1999", "$1,999", False),
        ("2025", "2025%", False),
        ("zero", "24 September", False),
        ("1990s", "1990s", True),
        ("1990s", "1994", True),
        ("1994", "1990s", False),
        ("1990", "1990s", False),
        ("half a million", "a million", False),
        ("1.9x", "1.5x", False),
        ("7:30 pm", "19:30", True),
        ("7:30", "19:30", True),  # less specific
        ("19:30", "7:30", False),  # more specific
        ("7:30 am", "19:30", False),
        ("7:30", "7:45", False),
        ("7", "7 p.m.", True),
        ("7:00", "7", True),
        ("7 p.m.", "7", False),
        ("7:30", "7", False),
        ("7:00", "7%", False),
    ],
)
def test_a_claim_may_say_less_than_the_source_and_never_more(claimed: str, stated: str, same: bool) -> None:
    assert same_figure(only(claimed), only(stated)) is same


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("rose 9%", ""),
        ("rose about 9%", ""),
        ("rose more than 9%", "least"),
        ("rose over 9%", "least"),
        ("rose at least 9%", "least"),
        ("rose by no less than 9%", "least"),
        ("rose 9% or more", "least"),
        ("had 9+ boats", "least"),
        ("topped a million", "least"),
        ("rose up to 9%", "most"),
        ("rose less than 9%", "most"),
        ("rose nearly 9%", "most"),
        ("rose by no more than 9%", "most"),
        ("rose not more than 9%", "most"),
        ("it was over. 9% left", ""),
    ],
)
def test_which_way_a_figure_is_bounded(text: str, limit: str) -> None:
    assert bound(text, only(text)) == limit


def written_out(number: int) -> str:
    """1 to 999 in words, the slow way."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        return TENS[number // 10 - 2] + (f"-{SMALL[number % 10]}" if number % 10 else "")
    rest = number % 100
    return f"{SMALL[number // 100]} hundred" + (f" and {written_out(rest)}" if rest else "")


@PATIENT
@given(
    st.integers(1, 999),
    st.sampled_from([("", 0), (" thousand", 3), (" million", 6), (" billion", 9), (" trillion", 12)]),
)
def test_numbers_written_out(number: int, scale: tuple[str, int]) -> None:
    figure = only(f"They saw {written_out(number)}{scale[0]} of them.")
    assert (figure.kind, figure.value) == ("count", number * 10 ** scale[1])
    assert figure.text == written_out(number) + scale[0]


@PATIENT
@given(
    st.integers(0, 10**9),
    st.integers(0, 99),
    st.sampled_from(
        [("", 0), (" thousand", 3), ("m", 6), ("mn", 6), ("bn", 9), (" billion", 9), ("-billion", 9), ("tn", 12)]
    ),
    st.sampled_from([("", "", ""), ("$", "", "USD"), ("", " euros", "EUR"), ("RMB ", "", "CNY"), ("", "%", "%")]),
    st.booleans(),
)
def test_numbers_in_digits(
    whole: int, hundredths: int, scale: tuple[str, int], unit: tuple[str, str, str], grouped: bool
) -> None:
    digits = f"{whole:,}" if grouped else str(whole)
    text = f"{unit[0]}{digits}.{hundredths:02}{scale[0]}{unit[1]}"
    figure = only(f"they paid {text}, they said")
    assert figure.text == text
    assert figure.value == (Decimal(whole) + Decimal(hundredths) / 100) * 10 ** scale[1]
    assert figure.unit == unit[2]


@PATIENT
@given(st.dates(datetime.date(1000, 1, 1), datetime.date(2099, 12, 31)))
def test_every_day_in_every_spelling(day: datetime.date) -> None:
    long, short = (names[day.month - 1] for names in MONTHS)
    spellings = [
        day.isoformat(),
        f"{day.day} {long} {day.year}",
        f"{long} {day.day}, {day.year}",
        f"{short}. {day.day}, {day.year}",
        f"{day.day}th of {short} {day.year}",
    ]
    found = [only(f"On {spelling} it came.") for spelling in spellings]
    assert {figure.date for figure in found} == {(day.year, day.month, day.day)}
    assert all(same_figure(one, other) for one in found for other in found)
    for less in (f"{long} {day.year}", str(day.year), f"{long} {day.day}"):
        assert same_figure(only(f"In {less}."), found[0])
        assert not same_figure(found[0], only(f"In {less}."))


PIECES = st.sampled_from(
    "7:30 19:30 7 pm a.m. : $ US$ € 5 10 53 1,000 1990s 2025 2025-09-24 .5 % percent per cent bn billion million m k dozen a half and hundred one "
    "twenty-six May may Sept. 24th of , . - – x GPT-4 HKEX: \n \u202f \x00 ²".split(" ")
)


@PATIENT
@given(
    st.lists(PIECES, max_size=12).map(" ".join)
    | st.lists(PIECES, max_size=12).map("".join)
    | hostile_texts()
    | st.text()
)
def test_spans_are_right_on_any_text(text: str) -> None:
    figures = find_figures(text)
    assert all(text[figure.start : figure.end] == figure.text != "" for figure in figures)
    assert all(one.end <= other.start for one, other in zip(figures, figures[1:], strict=False))
    assert all(same_figure(figure, figure) for figure in figures if figure.kind != "date" or any(figure.date))
    assert all(figure.kind != "date" or (figure.date[1] <= 12 and figure.date[2] <= 31) for figure in figures)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 1_000_001,
        "9" * 300_000 + "!",
        "2025-09-24 " * 20_000,
        "in 1999 " * 20_000,
        "one and " * 20_000,
        "5 " * 80_000,
    ],
)
def test_long_lines_take_linear_time(text: str) -> None:
    began = time.process_time()
    find_figures(text)
    assert time.process_time() - began < 5


def test_absurd_numbers_are_compared_without_overflow() -> None:
    one, other = only("9" * 1_000_001), only("8" * 500 + " trillion")
    assert same_figure(one, other)  # more than four hundred digits are one figure
    assert not same_figure(one, only("9" * 300))
