"""Composites: which sources are chosen, which texts are composites, and how well that goes on real ones."""

from __future__ import annotations

import random
import time
import tomllib
from typing import Any

import pytest

from pipeline.fold.draws import Passage, Similarity, compose, covered, earliest, sources, stitched
from pipeline.lake import Lake
from pipeline.resources import resource_dir
from tests.corpora import CORPORA


def passage(article: str, start: int, end: int, matched: float = 1.0) -> Passage:
    """Article ``b1`` belongs to story ``b``."""
    return Passage(article, article[0], start, end, 0, end - start, matched)


def age(article: str) -> tuple[object, ...]:
    return (article[1:], article)


def chosen(length: int, *found: Passage, composites: tuple[str, ...] = ()) -> list[tuple[str, float, int]]:
    return [(s.article, s.coverage, len(s.passages)) for s in compose(length, found, age, composites)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([passage("a1", 0, 900)], [], id="one source is no composite"),
        pytest.param([passage("a1", 0, 150), passage("b1", 200, 350)], [], id="too little of the whole"),
        pytest.param([passage("a1", 0, 500), passage("b1", 500, 900)], [("a1", 0.5, 1), ("b1", 0.4, 1)], id="two"),
        pytest.param([passage("a1", 0, 500), passage("a2", 500, 900)], [], id="two versions of one story are one"),
        pytest.param(
            [passage("a1", 0, 400), passage("a2", 600, 800), passage("b1", 800, 990)],
            [("a1", 0.6, 2), ("b1", 0.19, 1)],
            id="passages of two versions",
        ),
        pytest.param([passage("a1", 0, 500), passage("b1", 0, 480)], [], id="a shared passage counts once"),
        pytest.param(
            [passage("a1", 0, 300), passage("a1", 600, 900), passage("b1", 300, 600)],
            [("a1", 0.6, 2), ("b1", 0.3, 1)],
            id="passages of one source",
        ),
        pytest.param(
            [passage("b2", 0, 500), passage("a1", 0, 499), passage("c1", 500, 900)],
            [("a1", 0.499, 1), ("c1", 0.4, 1)],
            id="of equal ones the oldest",
        ),
        pytest.param(
            [passage("a1", 0, 500, 0.75), passage("b2", 0, 500, 1.0), passage("c1", 500, 900)],
            [("b2", 0.5, 1), ("c1", 0.4, 1)],
            id="the truer one, even when it is younger",
        ),
        pytest.param([passage("a1", 0, 900), passage("b1", 900, 990)], [], id="too short to be a source"),
    ],
)
def test_compose(found: list[Passage], expected: list[tuple[str, float, int]]) -> None:
    assert chosen(1000, *found) == expected
    assert chosen(1000, *reversed(found)) == expected


def test_composites_are_sources_at_second_hand_only() -> None:
    found = [passage("x1", 0, 1000), passage("a1", 0, 500), passage("b1", 500, 800)]
    assert chosen(1000, *found, composites=("x1",)) == [("a1", 0.5, 1), ("b1", 0.3, 1)]
    assert chosen(1000, *found) == []


@pytest.mark.parametrize(
    ("own", "foreign", "expected"),
    [
        ((0, 600), (600, 900), True),
        ((0, 600), (600, 800), False),  # too little
        ((0, 600), (100, 600), False),  # the story has it itself
        ((0, 800), (740, 1000), False),  # the story has nearly all
        ((0, 200), (200, 500), False),  # mostly its own words
    ],
)
def test_stitched(own: tuple[int, int], foreign: tuple[int, int], expected: bool) -> None:
    assert stitched(1000, [passage("a1", *own)], [passage("b1", *foreign)]) == expected


def test_the_earliest_holder_of_a_passage_need_not_be_its_source() -> None:
    source = passage("a5", 0, 500)
    short, spun, older = passage("b1", 0, 300), passage("c2", 0, 500, 0.8), passage("d3", 5, 495, 0.98)
    assert earliest(source, [source, short, spun, older], age) == "d3"
    assert earliest(source, [], age) == "a5"


@pytest.mark.parametrize(
    ("matched", "kind"), [(1.0, "verbatim"), (0.97, "verbatim"), (0.95, "light_edits"), (0.8, "spun")]
)
def test_similarity(matched: float, kind: str) -> None:
    assert passage("a1", 0, 9, matched).similarity is Similarity(kind)


def test_the_sample_wire_draws_on_what_its_truth_says(sample_lake: str) -> None:
    items: list[dict[str, Any]] = []
    for path in sorted((resource_dir("data") / "truth").glob("*.toml")):
        items += tomllib.loads(path.read_text(encoding="utf-8"))["item"]
    names = {i["at"]: i["story"] for i in items if "story" in i}
    lake = Lake(sample_lake)
    records = lake.read("records", ["article_id", "story_id", "url", "text"]).to_pylist()
    stories = {s["story_id"]: s for s in lake.read("stories").to_pylist()}
    text = {r["article_id"]: r["text"] for r in records}
    name_of = {r["story_id"]: names[r["url"]] for r in records if r["url"] in names}
    drawn = {
        names[r["url"]]: stories[r["story_id"]]
        for r in records
        if r["url"] in names and stories[r["story_id"]]["draws_on"]
    }
    expected = {i["story"]: set(i["draws_on"]) for i in items if i.get("draws_on")}
    assert expected.keys() == drawn.keys()
    for story, stories in expected.items():
        named = {name_of.get(d["story_id"], d["story_id"]) for d in drawn[story]["draws_on"]}
        assert stories == named, story
    for story in drawn.values():
        assert 0 < story["drawn_share"] <= 1
        for source in story["draws_on"]:
            for p in source["passages"]:
                mine = text[story["canonical_article_id"]][p["start"] : p["end"]]
                theirs = text[p["article_id"]][p["source_start"] : p["source_end"]]
                assert (mine.casefold() == theirs.casefold()) <= (p["similarity"] == "verbatim")
                assert len(mine.split()) > 10


def test_a_thousand_texts_that_share_passages_take_little_time() -> None:
    draw = random.Random(1)
    found = [
        Passage(f"a{n}", f"s{n % 100}", at, at + draw.randint(150, 340), 0, 100, draw.choice((1.0, 0.9, 0.8)))
        for n in range(1_000)
        for at in (400 * k + draw.randint(0, 50) for k in range(20) if draw.random() < 0.5)
    ]
    begin = time.process_time()
    chosen = sources(8_000, found, lambda article: (article,))
    assert time.process_time() - begin < 3
    spans = [(p.start, p.end) for s in chosen for p in s.passages]
    assert sum(s.coverage for s in chosen) == pytest.approx(covered(spans) / 8_000, abs=0.001)


@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"no corpora at {CORPORA} (set WIREFOLD_CORPORA)")
def test_composites_reach_the_floors() -> None:
    from pipeline.eval.composites import evaluate
    from pipeline.eval.corpus import load_corpus

    for s in evaluate(load_corpus(CORPORA / "reuters21578"), each=10, seed=7):
        floor = {0.0: 0.98, 0.05: 0.97, 0.1: 0.94, 0.2: 0.83}[s.rate]
        assert s.recall >= floor, s
        assert s.false_share <= 0.015, s
        assert s.placed_share >= 0.95, s
