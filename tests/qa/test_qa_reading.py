"""Reading: shares against a slow count, spans by hand, and a reader whose network's scores a test sets word by word."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ModelError
from qa.reader_inputs import Tokens, Window, tokenize, windows
from qa.reader_model import padded
from qa.reading import (
    LENGTH_COST,
    LONGEST_SPAN,
    MOST_SPANS,
    Marked,
    NetworkScorer,
    Readable,
    Reading,
    TrainedReader,
    _best_spans,
    _chances,
    _check_sum,
    _joint,
    _likeliest,
    _reading,
    _whole_words,
)
from tests.qa.making import PATIENT, WordTokenizer, hostile_texts

NEVER = -math.inf


# --- shares ----------------------------------------------------------------------------------------------------------


def slow_share(reading: Reading, start: int, end: int) -> float:
    """Every span that begins before `end` and whose last token begins at `start` or later, one by one."""
    return sum(
        float(reading.chances[first, more])
        for first, place in enumerate(reading.places)
        for more in range(LONGEST_SPAN)
        if place < end and first + more < len(reading.places) and reading.places[first + more] >= start
    )


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    """Tokens anywhere and chances that add up to 1, some of them 0."""
    places = sorted(draw(st.sets(st.integers(0, 200), min_size=1, max_size=90)))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    chances = random.random((len(places), LONGEST_SPAN)) ** draw(st.sampled_from([1, 50]))
    first, more = np.indices(chances.shape)
    chances[first + more >= len(places)] = 0.0
    return Reading(0.0, (), tuple(places), chances / chances.sum())


@PATIENT
@given(readings(), st.integers(0, 210), st.integers(0, 210))
def test_a_share_is_the_sum_over_all_spans_that_touch(reading: Reading, one: int, other: int) -> None:
    start, end = min(one, other), max(one, other)
    found = reading.share(start, end)
    assert found == pytest.approx(slow_share(reading, start, end), abs=1e-9)
    assert 0.0 <= found <= 1.0
    assert reading.share(0, 201) == pytest.approx(1.0)
    assert reading.share(0, 201) <= 1.0
    # Two halves of a text touch every span, and some both.
    assert found + reading.share(0, start) + reading.share(end, 201) >= 1.0 - 1e-9


def test_shares_by_hand() -> None:
    # Tokens at 0, 4 and 9: 'Ada ' 'Finch' 'ran.'
    chances = np.zeros((3, LONGEST_SPAN))
    chances[0, 0], chances[0, 1], chances[1, 0], chances[2, 0] = 0.1, 0.5, 0.1, 0.3
    reading = Reading(0.0, (), (0, 4, 9), chances)
    assert reading.share(0, 4) == pytest.approx(0.6)
    assert reading.share(4, 9) == pytest.approx(0.6)
    assert reading.share(9, 13) == pytest.approx(0.3)
    assert reading.share(0, 9) == pytest.approx(0.7)
    assert reading.share(5, 9) == 0.0  # a token belongs to where it begins


def test_a_reading_of_nothing_has_no_share_and_no_margin() -> None:
    assert Reading(3.0, ()).share(0, 10) == 0.0
    assert Reading(3.0, ()).margin == -20.0
    assert Reading(3.0, (Marked(0, 1, 2.5), Marked(3, 4, 1.5))).margin == 2.5


# --- spans -----------------------------------------------------------------------------------------------------------


@PATIENT
@given(st.lists(st.tuples(st.floats(-9, 9, width=32), st.floats(-9, 9, width=32)), max_size=80))
def test_every_span_s_score_and_chance_by_a_slow_count(relative: list[tuple[float, float]]) -> None:
    joint = _joint(np.array(relative, dtype=np.float32).reshape(-1, 2))
    length = len(relative)
    expected = np.full((length, LONGEST_SPAN), NEVER)
    for first in range(length):
        for more in range(min(LONGEST_SPAN, length - first)):
            expected[first, more] = np.float32(relative[first][0]) + float(np.float32(relative[first + more][1]))
    assert joint.shape == (length, LONGEST_SPAN)
    assert joint == pytest.approx(expected, abs=1e-5)
    chances = _chances(joint)
    total = sum(math.exp(score) for row in expected for score in row)
    assert chances.shape == joint.shape
    for row, scores in zip(chances, expected, strict=True):
        assert list(row) == pytest.approx([math.exp(score) / total for score in scores], rel=1e-4, abs=1e-12)


TERN = 'The "Tern" (1977 film) ran in the U.S. for 9% – she said, “Acme Inc. paid $53bn”.'


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("er", '"Tern"'[1:-1]),
        ('"Tern"', '"Tern"'),
        ('"Tern', "Tern"),
        ("(1977 film)", "(1977 film)"),
        ("1977 film)", "1977 film"),
        ("(1977", "1977"),
        ("the U.S.", "the U.S."),
        (" in the ", "in the"),
        ("for 9%", "for 9%"),
        ("she said, ", "she said"),
        ("“Acme Inc.", "Acme Inc"),
        ("53bn”.", "$53bn"),
        ("$53b", "$53bn"),
        ("for 9", "for 9%"),
        (", “", ""),
        ("–", "–"),
    ],
)
def test_a_span_is_widened_to_words_and_freed_of_punctuation(cut: str, whole: str) -> None:
    at = TERN.index(cut)
    start, end = _whole_words(TERN, at, at + len(cut))
    assert TERN[start:end] == whole


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("loses 1,150 jobs", "150", "1,150"),
        ("loses 1,150 jobs", "1", "1,150"),
        ("of 12,000,345.", "000", "12,000,345"),
        ("up 8.3% to", "3", "8.3%"),
        ("at US$53 each", "53", "US$53"),
        ("at C$4.3 billion", "4", "C$4.3"),
        ("at 19:30.", "30", "19:30"),
        # A comma, a full stop or a sign between words joins nothing.
        ("in 2024, 40 boats", "2024", "2024"),
        ("ran in 2024.It sank", "It", "It"),
        ("a$ and b", "a", "a"),
        ("50 % of", "50", "50"),
    ],
)
def test_a_span_never_cuts_a_figure(text: str, cut: str, whole: str) -> None:
    at = text.index(cut)
    start, end = _whole_words(text, at, at + len(cut))
    assert text[start:end] == whole


def places(text: str) -> Tokens:
    (found,) = tokenize(WordTokenizer(), [text])
    return found


@PATIENT
@given(hostile_texts(pieces=4), st.integers(0, 2**32))
def test_the_best_spans_are_words_of_the_text_apart_from_one_another(text: str, seed: int) -> None:
    body = places(text)
    relative = np.random.default_rng(seed).normal(0, 4, (len(body.ids), 2)).astype(np.float32)
    joint = _joint(relative)
    spans = _best_spans(text, body, joint)
    assert len(spans) <= MOST_SPANS
    assert all(math.isfinite(span.score) for span in spans)
    ordered = sorted(spans, key=lambda span: span.start)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in zip(ordered, ordered[1:], strict=False))
    for span in spans:
        shown = text[span.start : span.end]
        assert shown == shown.strip()
        assert not (span.start and text[span.start - 1].isalnum() and shown[0].isalnum())
        assert not (text[span.end : span.end + 1].isalnum() and shown[-1].isalnum())
    if body.ids:
        worth = joint - LENGTH_COST * np.arange(LONGEST_SPAN)
        first, more = np.unravel_index(int(worth.argmax()), worth.shape)
        low, high = _whole_words(text, body.starts[first], body.ends[first + more])
        assert low == high or (spans[0].start, spans[0].end) == (low, high)


def test_of_two_mentions_one_is_marked_and_not_all_between_them() -> None:
    text = "Ada Finch kept the light until Ben Reed came."
    body = places(text)
    relative = np.full((9, 2), -5.0, dtype=np.float32)
    relative[0, 0], relative[1, 1] = 2.0, 3.0  # Ada Finch: 5.0
    relative[6, 0], relative[7, 1] = 1.8, 3.1  # Ben Reed: 4.9; from Ada to Reed: 5.1
    first = _best_spans(text, body, _joint(relative))[0]
    assert (text[first.start : first.end], first.score) == ("Ada Finch", 5.0)
    relative[0, 0], relative[7, 1] = 3.0, 3.6  # 6.6 is by 0.6 more than Ada Finch: six more tokens cost 0.48
    first = _best_spans(text, body, _joint(relative))[0]
    assert (text[first.start : first.end], first.score) == (
        "Ada Finch kept the light until Ben Reed",
        pytest.approx(6.6),
    )


def test_the_likeliest_entries_are_those_of_a_full_sort() -> None:
    worth = np.random.default_rng(3).integers(0, 50, (40, LONGEST_SPAN)).astype(np.float64)
    full = np.argsort(-worth, axis=None, kind="stable")
    found = list(_likeliest(worth))
    values = [worth[place] for place in found]
    assert values == sorted(values, reverse=True) == list(worth.ravel()[full[: len(found)]])
    assert found[:20] == [tuple(int(part) for part in np.unravel_index(at, worth.shape)) for at in full[:20]]
    assert list(_likeliest(np.zeros((0, LONGEST_SPAN)))) == []


def test_spans_of_a_reading_by_hand() -> None:
    text = "Ada Finch kept the light in 1921."
    body = places(text)
    relative = np.full((8, 2), -5.0, dtype=np.float32)
    relative[6] = 3.0, 4.0  # 1921
    relative[0, 0], relative[1, 1] = 2.0, 1.5  # Ada Finch
    spans = _best_spans(text, body, _joint(relative))
    assert [(text[span.start : span.end], span.score) for span in spans[:2]] == [("1921", 7.0), ("Ada Finch", 3.5)]
    # 'Ada … 1921' would score 6.0, but goes across the best.
    assert all(span.end <= text.index("1921") for span in spans[1:])


# --- windows put together --------------------------------------------------------------------------------------------


def test_of_two_windows_a_token_s_better_score_against_nowhere_counts() -> None:
    text = "a b c d e"
    body = places(text)
    laid = [Window((), 0, 1, 0, 3), Window((), 0, 2, 2, 3)]
    # Row 0 is 'nowhere'; in the second window the passage begins at row 2.
    one = np.array([[1, 1], [2, 0], [0, 4], [3, 3], [9, 9]], dtype=np.float32)
    two = np.array([[-1, 0], [9, 9], [0, 9], [1, 1], [5, 0], [9, 9]], dtype=np.float32)
    found = _reading(text, body, laid, [one, two], [-2.0, 0.5])
    starts, ends = [1, -1, max(2, 1), 2, 6], [-1, 3, max(2, 9), 1, 0]
    scores = {(first, last): starts[first] + ends[last] for first in range(5) for last in range(first, 5)}
    total = sum(math.exp(score) for score in scores.values())
    assert found.answerable == 0.5
    assert found.places == (0, 2, 4, 6, 8)
    assert found.margin == max(scores.values()) == 11.0
    assert [(text[span.start : span.end], span.score) for span in found.spans[:2]] == [("c", 11.0), ("e", 6.0)]
    for (first, last), score in scores.items():
        assert found.chances[first, last - first] == pytest.approx(math.exp(score) / total)
    assert found.chances.sum() == pytest.approx(1.0)


# --- a reader with a network of hand-set scores ----------------------------------------------------------------------


class WordModel:
    """A network that knows words: `spans` gives a passage's word its scores as start and end, `pairs` a pair that has it.

    All other words score -5, 'nowhere' 0 and 0, and all other pairs -3. `batches` remembers the lengths of the pairs.
    """

    def __init__(
        self,
        tokenizer: WordTokenizer,
        *,
        spans: Mapping[str, tuple[float, float]],
        pairs: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        self.batches: list[list[int]] = []
        self._spans = {tokenizer.number(word): scores for word, scores in spans.items()}
        self._pairs = {tokenizer.number(word): scores for word, scores in (pairs or {}).items()}

    def __call__(
        self, ids: torch.Tensor, kinds: torch.Tensor, present: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Span scores (batch, length, 2) and pair scores (batch, 2)."""
        self.batches.append(present.sum(1).tolist())
        found = torch.full((*ids.shape, 2), -5.0)
        found[:, 0] = 0.0
        pairs = torch.full((len(ids), 2), -3.0)
        for number, scores in self._spans.items():
            found[(ids == number) & (kinds == 1)] = torch.tensor(scores)
        for number, scores in self._pairs.items():
            pairs[(ids == number).any(1)] = torch.tensor(scores)
        return found, pairs


def reader_of(
    spans: Mapping[str, tuple[float, float]], pairs: Mapping[str, tuple[float, float]] | None = None
) -> tuple[TrainedReader, WordModel]:
    tokenizer = WordTokenizer()
    model = WordModel(tokenizer, spans=spans, pairs=pairs)
    return TrainedReader(NetworkScorer(model), tokenizer=tokenizer), model


FERRY = "The ferry company was founded in 1921. Ada Finch ran it."


def test_a_passage_read_by_hand() -> None:
    reader, _ = reader_of({"1921": (4.0, 3.0), "Ada": (1.0, -5.0), "Finch": (-5.0, 1.5)}, {"founded": (2.5, 0.0)})
    (found,) = reader.read("When was it?", [Readable("A ferry", FERRY)])
    assert (found.answerable, found.margin) == (2.5, 7.0)
    assert [(FERRY[span.start : span.end], span.score) for span in found.spans[:2]] == [
        ("1921", 7.0),
        ("Ada Finch", 2.5),
    ]
    assert found.places == (0, 4, 10, 18, 22, 30, 33, 37, 39, 43, 49, 53, 55)
    second = FERRY.index("Ada")
    assert found.share(0, second) == pytest.approx(slow_share(found, 0, second))
    # '1921' has 7, '1921. Ada Finch' 5.5 and 'Ada Finch' 2.5; nothing else counts for a hundredth.
    years, across, finch = (math.exp(score) for score in (7.0, 5.5, 2.5))
    total = years + across + finch
    assert found.share(0, second) == pytest.approx((years + across) / total, abs=0.01)
    assert found.share(second, len(FERRY)) == pytest.approx((across + finch) / total, abs=0.01)


def test_the_question_and_the_title_are_never_the_answer() -> None:
    reader, _ = reader_of({"1921": (4.0, 3.0)})
    (found,) = reader.read("Was it 1921?", [Readable("1921", "It was in May.")])
    assert found.margin == -10.0
    assert found.places == (0, 3, 7, 10, 13)


def test_a_word_far_down_a_long_passage_is_marked_where_it_stands() -> None:
    text = "the gulls cried. " * 200 + "It was in 1921. " + "the boats ran. " * 100
    reader, model = reader_of({"1921": (4.0, 3.0)}, {"1921": (1.5, 0.0)})
    long, short = reader.read("When?", [Readable("", text), Readable("", "In 1921.")])
    at = text.index("1921")
    assert long.spans[0] == Marked(at, at + 4, 7.0)
    assert long.answerable == short.answerable == 1.5
    assert long.places == places(text).starts
    assert long.chances.sum() == pytest.approx(1.0)
    assert long.share(at, at + 4) > 0.9
    expected = len(windows(places("When?"), places(""), places(text)))
    assert sum(map(len, model.batches)) == expected + 1 > 5


def test_pairs_are_read_by_length_a_few_at_a_time_and_come_back_in_order() -> None:
    texts = [f"word{n} " * (1 + 7 * n % 23) + "1921" for n in range(23)]
    reader, model = reader_of({"1921": (4.0, 3.0)}, {f"word{n}": (float(n), 0.0) for n in range(23)})
    together = reader.read("When?", [Readable("", text) for text in texts])
    lengths = [length for batch in model.batches for length in batch]
    assert [len(batch) for batch in model.batches] == [4, 4, 4, 4, 4, 3]
    assert lengths == sorted(lengths)
    assert [found.answerable for found in together] == [float(n) for n in range(23)]
    for text, found in zip(texts, together, strict=True):
        (alone,) = reader.read("When?", [Readable("", text)])
        assert (found.spans, found.places) == (alone.spans, alone.places)
        assert found.spans[0].start == text.index("1921")
        assert found.chances == pytest.approx(alone.chances)


def test_nothing_to_read() -> None:
    reader, model = reader_of({})
    assert reader.read("When?", []) == []
    assert reader.score("It ran.", []) == []
    assert model.batches == []
    (empty,) = reader.read("When?", [Readable("A title", "")])
    assert (empty.spans, empty.places, empty.margin, empty.share(0, 1)) == ((), (), -20.0, 0.0)
    assert empty.answerable == -3.0
    (blank,) = reader.read("", [Readable("", " \n\t")])
    assert (blank.spans, blank.places) == ((), ())


def test_a_judge_s_chance_is_the_logistic_of_the_second_score() -> None:
    reader, model = reader_of({}, {"true": (9.0, 2.0), "false": (9.0, -1.0)})
    found = reader.score("It ran.", ["It is true.", "false", "", "maybe " * 900 + "true"])
    # What does not fit beside the claim is not read.
    assert found == pytest.approx([1 / (1 + math.exp(-logit)) for logit in (2.0, -1.0, -3.0, -3.0)])
    assert sum(map(len, model.batches)) == 4


# --- the pair as numbers, and the sum of a file ----------------------------------------------------------------------


def test_shorter_pairs_are_padded_behind() -> None:
    ids, kinds, present = padded([Window((101, 7, 102, 9, 102), 3, 3, 0, 1), Window((101, 102, 102), 2, 2, 0, 0)])
    assert ids.tolist() == [[101, 7, 102, 9, 102], [101, 102, 102, 0, 0]]
    assert kinds.tolist() == [[0, 0, 0, 1, 1], [0, 0, 1, 0, 0]]
    assert present.tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]


@pytest.mark.parametrize(("longest", "columns"), [(1, 32), (31, 32), (32, 32), (33, 64), (320, 320)])
def test_lengths_are_rounded_up_so_that_there_are_few_shapes(longest: int, columns: int) -> None:
    ids, kinds, present = padded([Window((7,) * longest, 1, 0, 0, longest), Window((7,), 1, 0, 0, 1)], step=32)
    assert ids.shape == kinds.shape == present.shape == (2, columns)
    assert present.sum(dim=1).tolist() == [longest, 1]
    assert ids.sum(dim=1).tolist() == [7 * longest, 7]


def test_another_sum_is_refused_with_both_sums(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"abc")
    right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    _check_sum(path, right)
    path.write_bytes(b"abd")
    with pytest.raises(ModelError, match=f"expected weights.bin with sha256 {right}, found a52d159f.*install"):
        _check_sum(path, right)


@PATIENT
@given(hostile_texts(pieces=4), st.lists(hostile_texts(pieces=4), max_size=3))
def test_any_question_and_any_passages(question: str, texts: Sequence[str]) -> None:
    reader, _ = reader_of({"1921": (4.0, 3.0), ".": (6.0, 6.0)})
    for text, found in zip(texts, reader.read(question, [Readable(text[:9], text) for text in texts]), strict=True):
        assert all(0 <= span.start < span.end <= len(text) for span in found.spans)
        assert found.places == places(text).starts
        assert found.share(0, len(text)) == pytest.approx(float(bool(found.places)))
