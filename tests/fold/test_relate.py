"""What one text is to another: a table of pairs, and what must hold for any judgement."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from pipeline.fold.explain import Explanation, explain
from pipeline.fold.forest import forests
from pipeline.fold.measures import MEASURES, NAMES
from pipeline.fold.relate import GROUPING, KINDS, TOGETHER
from pipeline.text import text_hash

LEAD = (
    "The two Koreas opened their first liaison office on Friday in the border city of Kaesong, with some sixty guests."
)
BODY = [
    "The office gives both sides a channel that is open around the clock, the unification ministry in Seoul said.",
    "Officials unveiled a plaque at the four-storey building, which had been renovated since the summit in April.",
    "About twenty people from each side are to work there and to live in a dormitory across the street.",
    "Its heads will meet at least once a week, and either of them can call the other at any hour of the night.",
    "A diplomat who asked not to be named said that sanctions had delayed the supply of electricity to the building.",
]
OTHER = [
    "Typhoon Mangkhut tore roofs off houses in the north of Luzon and cut roads to nine towns, rescuers said on Saturday.",
    "Farmers had brought in what they could of the rice before the winds rose to two hundred kilometres an hour.",
    "At the port of Aparri the coast guard counted eleven fishing boats that had not come home by the evening.",
    "Power may be out for weeks, the governor said, and asked for generators, tarpaulins and clean water.",
]
FORM = "{0} declares quarterly dividend. Qtly div {1} cts vs {1} cts prior. Pay {2}. Record {3}."


def judged(a: str, b: str, hours: float = 3, **more: Any) -> Explanation:
    times = [0, int(hours * 3_600_000_000)]
    return explain(
        pa.table({
            "article_id": ["a", "b"],
            "guid": ["a", "b"],
            "locator": more.get("locators", ["a", "b"]),
            "title": more.get("titles", [a[:60], b[:60]]),
            "text": [a, b],
            "text_hash": [text_hash(a), text_hash(b)],
            "publisher": pa.array([None, None], pa.string()),
            "published_at": pa.array(times, pa.timestamp("us", tz="UTC")),
            "clock": ["feed", "feed"],
            "seen_at": pa.array(times, pa.timestamp("us", tz="UTC")),
        })
    )  # fmt: skip


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


STORY = text(LEAD, *BODY)


@pytest.mark.parametrize(
    ("a", "b", "one_story", "relations"),
    [
        (STORY, STORY.replace("around the clock", "day and night"), True, {"same_version"}),
        (STORY, text(LEAD, *BODY[:2]), True, {"excerpt", "revision", "same_version"}),
        (text(LEAD, *BODY[:3]), STORY, True, {"revision", "expansion"}),
        (FORM.format("ACME CORP", 12, "April 3", "March 14"), FORM.format("Pine Valley Bancorp", 12, "April 3", "May 1"), False, {"template"}),
        (text(LEAD, *BODY[:3]), text(*OTHER, LEAD, *BODY[:3], *OTHER), False, {"composite"}),
        (STORY, text(*OTHER), False, {None}),
    ],
)  # fmt: skip
def test_cases(a: str, b: str, one_story: bool, relations: set[str | None]) -> None:
    found = judged(a, b)
    assert found.one_story is one_story, found.why
    assert found.relation in relations, found.why


def test_versions_at_one_address_are_versions_whatever_they_share() -> None:
    found = judged(STORY, text(LEAD, BODY[0], *OTHER), locators=["x", "x"])
    assert (found.relation, found.rule, found.one_story) == ("revision", "same_article", True)


def test_equal_texts() -> None:
    found = judged(STORY, STORY.upper())
    assert (found.relation, found.rule, found.needs_review) == ("exact", "equal_text", False)


def test_an_explanation_adds_up() -> None:
    found = judged(STORY, text(LEAD, *BODY[:2]))
    assert found.score == pytest.approx(found.base + sum(m.weight for m in found.measures))
    assert {m.name for m in found.measures} == set(NAMES)
    assert len(found.why) > 1


TABLES = forests(NAMES)[0]


def test_there_is_a_table_for_every_decision() -> None:
    assert TABLES.keys() == {TOGETHER, *(kind.value for kinds in KINDS for kind in kinds)}
    assert set(KINDS[1]) < GROUPING
    assert not set(KINDS[0]) & GROUPING


def rows(n: int) -> st.SearchStrategy[Any]:
    return npst.arrays(
        np.float64, (n, len(NAMES)), elements=st.one_of(st.just(np.nan), st.floats(0, 2), st.floats(0, 900))
    )


@given(rows(3))
def test_credits_sum_to_the_score(matrix: Any) -> None:
    for forest in TABLES.values():
        assert np.allclose(forest.base + forest.credit(matrix).sum(axis=1), forest.score(matrix))


@given(rows(1), st.sampled_from([n for n, m in enumerate(MEASURES) if m.groups]), st.floats(0, 900), st.floats(0, 900))
def test_more_of_what_speaks_for_a_story_never_speaks_against_it(matrix: Any, column: int, x: float, y: float) -> None:
    both = np.repeat(matrix, 2, axis=0)
    both[:, column] = min(x, y), max(x, y)
    less, more = TABLES[TOGETHER].score(both)
    assert (more - less) * MEASURES[column].groups >= -1e-3  # the kept numbers are rounded
