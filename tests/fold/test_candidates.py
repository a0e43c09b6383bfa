"""Candidates: who is compared with whom."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.engines.duckdb import engine
from pipeline.fold.candidates import Side, candidates
from pipeline.fold.grouping import MOST_COMPARED
from pipeline.fold.sketch import key_table, sketch
from pipeline.text import text_hash

START = datetime(2018, 9, 1, tzinfo=UTC)


def articles(texts: list[str], first: int = 0, days: list[int] | None = None) -> pa.Table:
    n = len(texts)
    return pa.table(
        {
            "article": pa.array(range(first, first + n), pa.int64()),
            "article_id": [f"a{first + i}" for i in range(n)],
            "text_hash": [text_hash(t) for t in texts],
            "published_at": pa.array(
                [START + timedelta(days=(days or [0] * n)[i]) for i in range(n)], pa.timestamp("us", tz="UTC")
            ),
            "text": texts,
        }
    )


def found(new: pa.Table, old: pa.Table, window: int = 0, frequency: int = 200) -> list[tuple[int, int]]:
    with engine() as con:
        sides = []
        for name, rows in (("new", new), ("old", old)):
            made = sketch(rows)
            members = con.create_table(f"{name}_m", made.rows.select(["article", "text_hash", "published_at"]))
            sides.append(Side(members, con.create_table(f"{name}_k", key_table(0, [made.keys]))))
        return [tuple(r.values()) for r in candidates(con, sides[0], sides[1], window, frequency).to_pylist()]  # type: ignore[misc]


def story(seed: int, words: int = 80) -> list[str]:
    draw = random.Random(seed)
    return [f"w{draw.randrange(10_000)}" for _ in range(words)]


NOTHING = articles([]).slice(0, 0)


def families() -> list[str]:
    """Four stories, each with a revision and an excerpt."""
    texts = []
    for seed in range(4):
        words = story(seed)
        revised = [*words[:40], "and", "then", *words[44:]]
        texts += [" ".join(words), " ".join(revised), " ".join(words[20:60])]
    return texts


@settings(max_examples=8)
@given(st.permutations(range(12)), st.lists(st.integers(1, 11), max_size=3, unique=True))
def test_pairs_do_not_depend_on_batches(order: list[int], cuts: list[int]) -> None:
    texts = families()
    shuffled = articles([texts[i] for i in order])
    at_once = in_batches(shuffled)
    assert in_batches(shuffled, *sorted(cuts)) == at_once
    assert {frozenset(order[i] // 3 for i in pair) for pair in at_once} == {frozenset([n]) for n in range(4)}
    assert len(at_once) == 12


@pytest.mark.parametrize(("days", "window", "pairs"), [(10, 30, 1), (31, 30, 0), (30, 30, 1), (400, 0, 1)])
def test_window(days: int, window: int, pairs: int) -> None:
    text = " ".join(story(1))
    both = articles([text, text + " more"], days=[0, days])
    assert len(found(both, NOTHING, window)) == pairs
    assert len(found(both.slice(1), both.slice(0, 1), window)) == pairs
    assert len(found(both.slice(0, 1), both.slice(1), window)) == pairs


def test_equal_texts_are_compared_once() -> None:
    text, other = " ".join(story(1)), " ".join([*story(1), "more"])
    assert found(articles([text] * 500 + [other]), NOTHING, frequency=50) == [(0, 500)]
    assert found(articles([text], first=9), articles([text, text, other])) == []  # they have been compared
    assert found(articles([other], first=9), articles([text, text])) == [(9, 0)]


@pytest.mark.parametrize(
    ("new", "old", "pairs"),
    [
        # an article of either text is near one of the other
        ([("b", 50)], [("a", 0), ("a", 60)], [(9, 0)]),
        ([("b", 30), ("b", 100)], [("a", 0), ("a", 200)], [(9, 0)]),
        ([("b", 100)], [("a", 0), ("a", 200)], []),
        # two texts that are known already, and a new article that brings them together
        ([("a", 50)], [("a", 0), ("b", 60)], [(9, 1)]),
        ([("a", 50)], [("a", 0), ("b", 20)], []),
        ([("a", 50), ("b", 50)], [("a", 0), ("b", 100)], [(9, 10)]),
    ],
)
def test_any_article_of_a_text_is_near_enough(
    new: list[tuple[str, int]], old: list[tuple[str, int]], pairs: list[tuple[int, int]]
) -> None:
    text = {"a": " ".join(story(1)), "b": " ".join([*story(1), "more"])}
    sides = [
        articles([text[name] for name, _ in side], first, [day for _, day in side])
        for side, first in ((new, 9), (old, 0))
    ]
    assert found(sides[0], sides[1], 30) == pairs


def family(size: int, own: int, shared: int = 150) -> list[str]:
    """Texts that have so many words in common, and so many of their own."""
    return [" ".join([*story(0, shared), *story(n + 1, own)]) for n in range(size)]


def in_batches(rows: pa.Table, *ends: int, window: int = 0, frequency: int = 200) -> set[frozenset[object]]:
    """Pairs of row numbers; the rows up to each of the ends come at once."""
    pairs: set[frozenset[object]] = set()
    for begin, end in zip([0, *ends], [*ends, rows.num_rows], strict=True):
        pairs |= {
            frozenset(p[:2]) for p in found(rows.slice(begin, end - begin), rows.slice(0, begin), window, frequency)
        }
    return pairs


@pytest.mark.parametrize("own", [10, 60])
@pytest.mark.parametrize("frequency", [40, 200])
@pytest.mark.parametrize("ends", [[], [60, 70, 130]])
def test_a_large_family_is_compared_with_its_oldest_texts(own: int, frequency: int, ends: list[int]) -> None:
    pairs = in_batches(articles(family(150, own)), *ends, frequency=frequency)
    due = {frozenset((i, j)) for j in range(150) for i in range(j) if i < MOST_COMPARED or i >= j - 10}
    assert pairs >= due
    assert len(pairs) < 1.1 * len(due)


def test_of_a_family_that_lasts_each_text_is_compared_with_some_within_the_window() -> None:
    rows = articles(family(400, 30), days=[n // 5 for n in range(400)])
    partners = dict.fromkeys(range(400), 0)
    for pair in in_batches(rows, 50, 120, window=30):
        older, later = sorted(pair)  # type: ignore[type-var]
        assert later - older <= 154  # type: ignore[operator]
        partners[later] += 1  # type: ignore[index]
    assert all(partners[n] >= min(n, 5 * 15) for n in range(400))  # as many as half the window holds
    assert max(partners.values()) <= 3 * MOST_COMPARED


def test_an_older_text_that_comes_late_is_compared_with_the_whole_family() -> None:
    rows = articles(family(150, 30), days=[10] * 149 + [0])
    assert {frozenset((n, 149)) for n in range(149)} <= in_batches(rows, 149)


def test_a_text_without_a_time_is_compared_with_the_oldest() -> None:
    rows = articles(family(150, 30))
    times = rows["published_at"].to_pylist()
    rows = rows.set_column(3, "published_at", pa.array([*times[:-1], None], pa.timestamp("us", tz="UTC")))
    assert {frozenset((n, 149)) for n in range(MOST_COMPARED)} <= in_batches(rows, 40, window=30)


def test_furniture_is_no_evidence() -> None:
    furniture = " ".join(story(0, 40))
    texts = [" ".join(story(n + 1, 300)) + " " + furniture for n in range(60)]
    assert found(articles(texts), NOTHING, frequency=40) == []
    assert len(found(articles(texts[:30]), NOTHING, frequency=40)) == 30 * 29 / 2
