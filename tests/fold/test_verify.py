"""What two texts share, against sets counted word by word in plain Python."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fold.texts import Texts
from pipeline.fold.verify import Evidence, verify

WORDS = st.sampled_from(
    ["alpha", "beta", "gamma", "delta", "Kaesong", "Seoul", "12", "14.5", "the", "of", "and", "said"]
)
TEXT = st.lists(WORDS, min_size=5, max_size=60).map(" ".join)
OFFICE = "The two Koreas opened a liaison office in the border city of Kaesong on Friday, the first of its kind."


def evidence(a: str, b: str) -> Evidence:
    texts = Texts.of(pa.chunked_array([pa.array([a, b])]))
    return verify(texts, np.array([0], np.int32), np.array([1], np.int32))


def counts(a: str, b: str, *names: str) -> list[int]:
    found = evidence(a, b)
    return [int(found[name][0]) for name in names]


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


@given(TEXT, TEXT)
def test_counts_are_those_of_the_sets(a: str, b: str) -> None:
    x, y = shingles(a), shingles(b)
    assert counts(a, b, "shared", "shingles_a", "shingles_b") == [len(x & y), len(x), len(y)]
    swapped = counts(b, a, "shared", "numbers_shared", "names_shared", "bag_shared", "figures_shared")
    assert swapped == counts(a, b, "shared", "numbers_shared", "names_shared", "bag_shared", "figures_shared")


@pytest.mark.parametrize(
    ("a", "b", "counted"),
    [
        ("1.5", "5.1", [0, 1, 1]),  # the same two tokens, another number
        ("1,300,000", "1 300 000", [1, 1, 1]),
        ("6-1/16", "six", [0, 1, 1]),
        ("two", "2", [1, 1, 1]),
        ("two, zwei, deux", "2", [1, 1, 1]),
        ("1987, 12", "12, 1987", [2, 2, 2]),
        ("none", "a few", [0, 0, 0]),
    ],
)
def test_numbers_are_counted_as_a_whole(a: str, b: str, counted: list[int]) -> None:
    form = "{}: so many were there in the end, all of them"
    assert counts(form.format(a), form.format(b), "values_shared", "values_a", "values_b") == counted


def test_a_text_of_written_numbers_has_room_for_their_values() -> None:
    words = "two three four five six seven eight nine ten eleven twelve"
    assert counts(words, words, "values_shared", "numbers_shared", "tokens_a", "shared") == [11, 0, 11, 7]


@pytest.mark.parametrize("text", ["the " * 90, "x y z " * 80, f"{OFFICE} " * 30])
def test_a_text_that_repeats_itself_is_one_passage_of_its_copy(text: str) -> None:
    size = len(text.split())
    assert counts(text, text, "runs", "longest_run", "covered_a", "same_b") == [1, size, size, size]


@given(TEXT, TEXT, TEXT)
def test_passages_hold_the_same_words(head: str, middle: str, tail: str) -> None:
    a, b = f"{head} {middle}", f"{middle} {tail}"
    found = evidence(a, b)
    for a_start, a_end, b_start, b_end in found.spans:
        assert a[a_start:a_end] == b[b_start:b_end]
    assert found["covered_b"][0] >= len(re.findall(r"\w+", middle))
    assert (found.features >= 0).all()
    assert found["same_a"][0] <= found["tokens_a"][0]
    assert found["same_content_b"][0] <= found["content_b"][0]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (OFFICE, OFFICE, {"slots": 0, "own_names_a": 0, "alone_a": 0}),
        (OFFICE, OFFICE.replace("Kaesong", "Panmunjom"), {"slots": 1, "name_slots": 1, "number_slots": 0}),
        (
            "Quarterly dividend 12 cents against 11 cents prior, payable on record of shares held in April.",
            "Quarterly dividend 15 cents against 13 cents prior, payable on record of shares held in April.",
            {"slots": 2, "number_slots": 2, "name_slots": 0},
        ),
        (OFFICE, f"{OFFICE} Trains may follow next year.", {"slots": 0, "added_b": 5, "added_a": 0}),
        (f'"{OFFICE}" he said.', OFFICE, {"quoted_a": 20, "quoted_b": 0, "same_quoted_a": 20}),
        ("‘We are glad to be here at last,’ he said.", "“We are glad to be here at last,” he said.", {"quoted_a": 8, "quoted_b": 8}),
        ("Net 1,204,311 in 1986 for 12 shops and 305 kiosks", "Net 1,204,311 in 1987 for 12 shops and 305 kiosks", {"figures_shared": 3}),
    ],
)  # fmt: skip
def test_details(a: str, b: str, expected: dict[str, int]) -> None:
    assert dict(zip(expected, counts(a, b, *expected), strict=True)) == expected
