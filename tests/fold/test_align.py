"""Alignment finds edited passages, where they are, in both texts."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fold.align import Alignments, align
from pipeline.fold.texts import Texts

WORDS = [f"w{n}" for n in range(5_000)]


def aligned(source: str, text: str) -> Alignments:
    return align(Texts.of(pa.chunked_array([[source, text]])), np.array([0], np.int32), np.array([1], np.int32))


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(40, 120), st.sampled_from([0.0, 0.05, 0.1, 0.2]))
def test_a_planted_passage_is_found_where_it_is(seed: int, size: int, rate: float) -> None:
    draw = random.Random(seed)
    source = draw.choices(WORDS, k=400)
    begin = draw.randrange(400 - size)
    passage = source[begin : begin + size]
    for at in draw.sample(range(size), round(rate * size)):
        passage[at] = f"x{at}"
    before, after = draw.choices(WORDS, k=50), draw.choices(WORDS, k=50)
    text = " ".join([*before, *passage, *after])
    found = aligned(" ".join(source), text)
    best = int(np.argmax(found.words[:, 2]))
    a_start, a_end, b_start, b_end = found.spans[best]
    start = len(" ".join(before)) + 1
    end = start + len(" ".join(passage))
    # Swapped words at an end cannot be told from what is around; up to 20 % of 40 may stand there by chance.
    assert abs(b_start - start) <= 60
    assert abs(b_end - end) <= 60
    assert 0.7 * size <= found.words[best, 2] <= size
    assert " ".join(source)[a_start:a_end].split()[0] in text[b_start:b_end].split()[0]


@pytest.mark.parametrize(
    ("source", "text", "shared"),
    [
        ("", "", []),
        ("one two", "one two", []),
        ("a b c d e f g h i j k l m n", "q a b c d e f g h i j k l m n r", ["a b c d e f g h i j k l m n"]),
        (
            "the office of the two Koreas opened on Friday in the border city of Kaesong, officials said",
            "THE OFFICE of the two Koreas was opened Friday in the border town of Kaesong, officials said.",
            ["THE OFFICE of the two Koreas was opened Friday in the border town of Kaesong, officials said"],
        ),
    ],
)
def test_spans(source: str, text: str, shared: list[str]) -> None:
    assert [text[b:e] for _, _, b, e in aligned(source, text).spans] == shared


def test_moved_passages_are_found_each() -> None:
    first, second = " ".join(WORDS[:30]), " ".join(WORDS[100:130])
    text = f"{second} and {first}"
    assert [text[b:e] for _, _, b, e in aligned(f"{first} {second}", text).spans] == [second, first]


def test_unrelated_texts_share_nothing() -> None:
    draw = random.Random(1)
    words = [w for n, w in enumerate(WORDS[:300]) for _ in range(300 // (n + 1))]  # as words are spread in a language
    a, b = (" ".join(draw.choices(words, k=500)) for _ in range(2))
    assert aligned(a, b).at.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("{}", False),
        ("Bank of Tokyo issued 40 mln dlr notes due April 1992 at par, lead manager Nomura of Japan said. {}", True),
    ],
)
def test_a_form_with_other_facts_is_told(text: str, form: bool) -> None:
    plain = (
        "The securities are available in certificates of any size and can be exchanged for shares later on by holders."
    )
    source = f"Bank of Boston issued 75 mln dlr notes due June 1994 at par, lead manager Lehman of Utah said. {plain}"
    found = aligned(source, text.format(plain))
    assert found.form.any() == form
