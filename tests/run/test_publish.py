"""Folding batch by batch comes to what folding all at once comes to."""

from __future__ import annotations

import itertools
import random
import threading
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.config import FoldSettings
from pipeline.lake import Lake, contract
from pipeline.partition import Run
from pipeline.run.fold import fold_lake

RUNS = [Run.parse(f"2018-09-1{n}T12:00:00") for n in range(5)]


def batches(articles: pa.Table, seed: int, shuffled: bool = False) -> list[pa.Table]:
    """The articles in the order of their publication, or in none, cut into as many parts as there are runs."""
    chance = random.Random(seed)
    articles = articles.sort_by([("published_at", "ascending"), ("article_id", "ascending")])
    order = list(range(articles.num_rows))
    if shuffled:
        chance.shuffle(order)
    cuts = [0, *sorted(chance.sample(range(1, articles.num_rows), len(RUNS) - 1)), articles.num_rows]
    return [articles.take(order[a:b]) for a, b in pairwise(cuts)]


def add(lake: Lake, run: Run, articles: pa.Table) -> None:
    """Commit articles as if `run` had brought them."""
    new: dict[str, Any] = {"run": run.key, "seen_at": run.time}
    for name, value in new.items():
        at = articles.schema.get_field_index(name)
        field = contract("articles").schema.field(name)
        articles = articles.set_column(at, field, pa.array([value] * articles.num_rows, field.type))
    with lake.transaction() as tx, tx.writer("articles", run.day, f"{run.name}.parquet") as out:
        out.write(articles)


def folded(root: Path, parts: Sequence[pa.Table], each: bool) -> Lake:
    """A lake with these batches, folded after each or once at the end."""
    lake = Lake(str(root))
    for run, part in zip(RUNS, parts, strict=True):
        add(lake, run, part)
        if each:
            fold_lake(lake, FoldSettings())
    assert fold_lake(lake, FoldSettings())["stories"] == len(alive(lake))
    return lake


def judged(lake: Lake) -> dict[str, dict[str, Any]]:
    """By article."""
    rows = lake.read(
        "records", ["article_id", "url", "story_id", "relation", "parent_id", "version_no", "is_canonical"]
    )
    return {r["article_id"]: r for r in rows.to_pylist()}


def alive(lake: Lake) -> dict[str, dict[str, Any]]:
    """Stories that have not been merged into others, but for what they draw on."""
    stories = lake.read("stories").drop_columns(["draws_on"])
    return {s["story_id"]: s for s in stories.to_pylist() if s["merged_into"] is None}


def drawn(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    return {s["story_id"]: s["draws_on"] for s in lake.read("stories").to_pylist() if s["draws_on"]}


def named(records: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {i: r["story_id"] for i, r in records.items()}


def groups(records: dict[str, dict[str, Any]]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for article, story in named(records).items():
        found[story].add(article)
    return set(map(frozenset, found.values()))


@pytest.fixture(scope="module")
def articles(sample_lake: str) -> pa.Table:
    return Lake(sample_lake).read("articles")


@pytest.mark.parametrize("seed", range(3))
def test_batch_by_batch_as_it_is_published_is_all_at_once(articles: pa.Table, tmp_path: Path, seed: int) -> None:
    parts = batches(articles, seed)
    stepwise, at_once = (folded(tmp_path / str(each), parts, each) for each in (True, False))
    assert judged(stepwise) == judged(at_once)
    assert alive(stepwise) == alive(at_once)


@pytest.mark.parametrize("seed", range(3))
def test_stories_do_not_depend_on_the_order_of_arrival(
    articles: pa.Table, sample_lake: str, tmp_path: Path, seed: int
) -> None:
    parts = batches(articles, seed, shuffled=True)
    stepwise, at_once = (folded(tmp_path / str(each), parts, each) for each in (True, False))
    assert named(judged(stepwise)) == named(judged(at_once))
    assert groups(judged(stepwise)) == groups(judged(Lake(sample_lake)))
    assert drawn(stepwise) == drawn(at_once) != {}


def test_ids_that_were_given_out_never_break(articles: pa.Table, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    given: dict[str, str] = {}  # article -> the story that it was first published under
    for run, part in zip(RUNS, batches(articles, 23, shuffled=True), strict=True):
        add(lake, run, part)
        fold_lake(lake, FoldSettings())
        merged = {s["story_id"]: s["merged_into"] for s in lake.read("stories").to_pylist()}
        now = named(judged(lake))
        assert {i: followed(story, merged) for i, story in given.items()} == {i: now[i] for i in given}
        given = now | given
    assert any(merged.values())  # it was put to the test


def followed(story: str, merged: dict[str, str | None]) -> str:
    while (into := merged[story]) is not None:
        story = into
    return story


def test_folding_again_changes_no_byte(own_lake: Path) -> None:
    before = {p: p.read_bytes() for p in own_lake.rglob("*") if p.is_file() and p.suffix != ".lock"}
    result = fold_lake(Lake(str(own_lake)), FoldSettings())
    assert (result["new_articles"], result["stories_written"], result["records_written"]) == (0, 0, 0)
    assert {p: p.read_bytes() for p in own_lake.rglob("*") if p.is_file() and p.suffix != ".lock"} == before


def test_a_derived_table_that_was_lost_comes_back_the_same(own_lake: Path) -> None:
    """Stories and records are judgement: recomputed from articles and links at any time."""
    lake = Lake(str(own_lake))
    before = {t: lake.read(t) for t in ("records", "stories")}
    with lake.transaction() as tx:
        for table in before:
            for file in lake.files(table):
                tx.remove(table, file.day, file.name)
        tx.discard("_wirefold/published.json")
    fold_lake(lake, FoldSettings())
    assert {t: lake.read(t) for t in before} == before


def test_articles_that_come_in_amid_a_fold_wait_for_the_next(
    articles: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal texts, half of them committed by somebody else as soon as the fold lets go of the lake."""
    old = articles.slice(0, 6)
    new = old.set_column(0, articles.schema.field(0), pa.array([f"copy-{n}" for n in range(6)]))
    lake, other = Lake(str(tmp_path / "lake")), Lake(str(tmp_path / "lake"))
    add(lake, RUNS[0], old)
    tried = threading.Event()
    lock = other.storage.lock
    monkeypatch.setattr(other.storage, "lock", lambda name, waiting: lock(name, tried.set))
    writer = threading.Thread(target=lambda: (add(other, RUNS[1], new), tried.set()))

    transaction, parts = lake.transaction, itertools.count()

    def part() -> Any:
        if next(parts) == 1:  # sketched, and not linked yet
            writer.start()
            tried.wait(60)
        return transaction()

    monkeypatch.setattr(lake, "transaction", part)
    assert fold_lake(lake, FoldSettings())["records"] == 6
    monkeypatch.undo()
    writer.join(60)
    assert fold_lake(lake, FoldSettings())["records"] == 12
    links = lake.read("links", ["article_a", "article_b"]).to_pylist()
    assert len(links) == len({(x["article_a"], x["article_b"]) for x in links}) >= 6
