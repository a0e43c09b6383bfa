"""What two sequences have in common: as difflib says it where they are short, in little time where they are long."""

from __future__ import annotations

import random
import time
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fold import matching
from pipeline.fold.matching import increasing, matches, opcodes

SEQUENCES = st.lists(st.sampled_from("abcdefgh"), max_size=24)


def of_difflib(a: list[str], b: list[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, a, b, autojunk=False)


def longest(a: list[str], b: list[str]) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        for j, corner in enumerate([*row][:-1]):
            row[j + 1] = corner + 1 if x == b[j] else max(row[j + 1], row[j])
    return row[-1]


@given(SEQUENCES, SEQUENCES)
def test_what_is_short_is_compared_by_difflib(a: list[str], b: list[str]) -> None:
    assert matches(a, b) == [tuple(block) for block in of_difflib(a, b).get_matching_blocks()[:-1]]
    assert [*opcodes(a, b)] == [(tag == "equal", *rest) for tag, *rest in of_difflib(a, b).get_opcodes()]


@given(SEQUENCES, SEQUENCES, st.booleans())
def test_what_is_long_is_compared_all_the_same(a: list[str], b: list[str], repeated: bool) -> None:
    if repeated:  # no element stands once
        a, b = a * 2, b * 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "_EASY", 0)
        found = matches(a, b)
    end_a = end_b = 0
    for i, j, size in found:
        assert size > 0
        assert i >= end_a
        assert j >= end_b
        assert a[i : i + size] == b[j : j + size]
        end_a, end_b = i + size, j + size
    in_common = sum(size for *_, size in found)
    assert (in_common > 0) == bool(set(a) & set(b))
    if repeated and a and b and a[0] != b[0] and a[-1] != b[-1]:
        assert in_common == longest(a, b)


@given(st.lists(st.integers(0, 40), unique=True))
def test_increasing(values: list[int]) -> None:
    found = [values[n] for n in increasing(values)]
    assert found == sorted(found)
    assert len(found) == longest([*map(str, values)], [*map(str, sorted(values))])


@pytest.mark.parametrize("shape", ["two lines", "every other", "a long text", "nothing in common"])
def test_it_takes_little_time(shape: str) -> None:
    draw = random.Random(1)
    words = draw.choices([f"word{n}" for n in range(20_000)], [1 / n for n in range(1, 20_001)], k=60_000)
    match shape:
        case "two lines":
            a, b, least = ["a"] * 8_000, ["a", "b"] * 4_000, 4_000
        case "every other":
            a, b, least = [*map(str, range(20_000))], [str(n) if n % 2 else "other" for n in range(20_000)], 10_000
        case "a long text":
            a, b, least = words, [w if draw.random() > 0.05 else draw.choice(words) for w in words], 55_000
        case _:
            a, b, least = words, [w.upper() for w in words], 0
    begin = time.process_time()
    assert sum(size for *_, size in matches(a, b)) >= least
    assert time.process_time() - begin < 5
