"""The lake that the DAGs made of the sample wire, held to the truth about every single item."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from pipeline.lake import Lake
from pipeline.run.check import check_lake

from .truth import ITEMS, Found

ARTICLES = [item for item in ITEMS if item["outcome"] == "article"]
GROUPS = sorted({item["exact_group"] for item in ITEMS if "exact_group" in item})
STORIES = sorted({item["story"] for item in ARTICLES})

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def found(dag_lake: str) -> Found:
    return Found(Lake(dag_lake))


def by_item(items: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("item", items, ids=[item["at"].split("://")[-1] for item in items])


def members(story: str) -> set[str]:
    return {item["at"] for item in ARTICLES if item["story"] == story}


def test_the_truth_is_about_everything_that_is_discovered(found: Found) -> None:
    assert found.fetches.keys() == {item["at"] for item in ITEMS}
    assert len(ITEMS) == len({item["at"] for item in ITEMS}) >= 80


def test_the_lake_is_sound(dag_lake: str) -> None:
    assert check_lake(Lake(dag_lake)) == []


@by_item(ITEMS)
def test_outcome_and_reason(found: Found, item: dict[str, Any]) -> None:
    fetch = found.fetches[item["at"]]
    expected = {item["outcome"], "exact_copy"} if "exact_group" in item else {item["outcome"]}
    assert fetch["outcome"] in expected, fetch["reason"]
    assert fetch["reason"] == item.get("reason")


@pytest.mark.parametrize("group", GROUPS)
def test_one_of_equal_texts_is_the_article_and_the_others_are_copies(found: Found, group: str) -> None:
    items = [item for item in ITEMS if item.get("exact_group") == group]
    outcomes = Counter(found.fetches[item["at"]]["outcome"] for item in items)
    assert outcomes == {"article": 1, "exact_copy": len(items) - 1}
    assert len({found.record(item)["text_hash"] for item in items}) == 1


@pytest.mark.parametrize("story", STORIES)
def test_a_story_holds_what_belongs_to_it_and_nothing_else(found: Found, story: str) -> None:
    ids = {found.record(item)["story_id"] for item in ARTICLES if item["story"] == story}
    assert [found.members[i] for i in ids] == [members(story)]


@by_item(ARTICLES)
def test_relation(found: Found, item: dict[str, Any]) -> None:
    record = found.record(item)
    expected = {item["relation"]} if "relation" in item else {"original"}
    if "relation" not in item and "exact_group" in item:
        expected.add("exact")
    assert record["relation"] in expected, record["parent_id"]


@by_item(ARTICLES)
def test_what_is_withdrawn_has_lost_its_words_and_nothing_else_has(found: Found, item: dict[str, Any]) -> None:
    record = found.record(item)
    assert record["withdrawn"] == item.get("withdrawn")
    assert bool(record["text"]) == ("withdrawn" not in item)


@pytest.mark.parametrize("story", STORIES)
def test_draws_on(found: Found, story: str) -> None:
    drawn = {name for item in ARTICLES if item["story"] == story for name in item.get("draws_on", ())}
    ids = {found.record(item)["story_id"] for item in ARTICLES if item["story"] == story}
    assert {found.name(d["story_id"]) for i in ids for d in found.stories[i]["draws_on"]} == drawn


@pytest.mark.parametrize("story", STORIES)
def test_one_original_and_one_canonical_article(found: Found, story: str) -> None:
    records = [found.record(item) for item in ARTICLES if item["story"] == story]
    assert sum(r["relation"] == "original" for r in records) == 1
    assert sum(r["is_canonical"] for r in records) == 1


def test_versions_of_a_wire_item_come_in_their_order(found: Found) -> None:
    versions = [found.record(i) for i in ARTICLES if "LIAISON-OPENING" in i["at"]]
    versions.sort(key=lambda r: r["wire_version"])
    assert [r["wire_version"] for r in versions] == [1, 2, 3, 4]
    numbers = [r["version_no"] for r in versions]
    assert numbers == sorted(numbers)
