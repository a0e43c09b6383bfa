"""A composite never bridges its sources, and says what it took from each."""

from __future__ import annotations

import json
import random
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import FoldSettings
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.decisions import Decision, decide
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake


def words(seed: int, n: int) -> str:
    draw = random.Random(seed)
    return " ".join(f"w{draw.randrange(99_999)}" for _ in range(n))


def item(identity: str, text: str, hour: int, **more: Any) -> dict[str, Any]:
    when = f"2018-09-14T{hour:02}:00:00Z"
    return {"id": identity, "text": text, "title": f"Title {identity}", "published_at": when, **more}


def folded(root: Path, *items: dict[str, Any], run: str = "2018-09-15T00:00:00") -> Lake:
    (root / "t.jsonl").write_text("".join(json.dumps(i) + "\n" for i in items))
    lake = Lake(str(root / "lake"))
    ingest_paths([root / "t.jsonl"], lake, Run.parse(run))
    fold_lake(lake, FoldSettings())
    return lake


def stories(lake: Lake) -> dict[str, dict[str, Any]]:
    """The story of each item, by id."""
    found = {s["story_id"]: s for s in lake.read("stories").to_pylist()}
    return {r["guid"]: found[r["story_id"]] for r in lake.read("records").to_pylist()}


A, B = words(1, 90), words(2, 80)


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a")])
def test_a_text_made_of_two_whole_stories_bridges_neither(tmp_path: Path, order: tuple[str, ...]) -> None:
    items = {"a": item("a", A, 1), "b": item("b", B, 2), "c": item("c", f"{A}\n\n{B}", 3, source="Stitcher")}
    found = stories(folded(tmp_path, *(items[i] for i in order)))
    assert len({s["story_id"] for s in found.values()}) == 3
    drawn = found["c"]["draws_on"]
    assert {d["story_id"] for d in drawn} == {found["a"]["story_id"], found["b"]["story_id"]}
    assert found["c"]["drawn_share"] > 0.98
    assert [(p["start"], p["end"]) for d in drawn for p in d["passages"]] == [
        (0, len(A)),
        (len(A) + 2, len(A) + 2 + len(B)),
    ]
    assert not found["a"]["draws_on"]
    assert not found["b"]["draws_on"]


def test_a_copy_of_a_composite_stays_with_it(tmp_path: Path) -> None:
    both = f"{A}\n\n{B}"
    found = stories(
        folded(tmp_path, item("a", A, 1), item("b", B, 2), item("c", both, 3), item("d", both + "\n\nEnds.", 4))
    )
    assert found["c"]["story_id"] == found["d"]["story_id"]
    assert len({s["story_id"] for s in found.values()}) == 3


def test_the_first_publisher_of_a_passage_need_not_be_the_one_it_came_from(tmp_path: Path) -> None:
    items = [
        item("a", f"{A} {words(3, 60)}", 2, source="Second"),
        item("e", A, 1, source="First"),
        item("b", B, 2, source="Third"),
        item("c", f"{A}\n\n{B}", 5, source="Stitcher"),
    ]
    found = stories(folded(tmp_path, *items))
    firsts = {p["first_publisher"] for d in found["c"]["draws_on"] for p in d["passages"]}
    assert firsts == {"First", "Third"}


@pytest.mark.parametrize("when", ["2018-09-14", None])
@pytest.mark.parametrize("order", list(permutations("abcm"))[::5])
def test_without_clear_times_the_one_put_together_of_others_is_the_later(
    tmp_path: Path, order: tuple[str, ...], when: str | None
) -> None:
    texts = {"a": f"{A} {words(3, 60)}", "b": f"{words(4, 70)} {B}", "c": f"{words(5, 50)} {words(6, 60)}"}
    texts["m"] = f"{B}\n\n{A}\n\n{words(6, 60)}"
    found = stories(folded(tmp_path, *(item(i, texts[i], 0, published_at=when) for i in order)))
    assert len({s["story_id"] for s in found.values()}) == 4
    assert {d["story_id"] for d in found["m"]["draws_on"]} == {found[i]["story_id"] for i in "abc"}
    assert not any(found[i]["draws_on"] for i in "abc")


@pytest.mark.parametrize("order", list(permutations("abo")))
def test_two_cuts_without_times_are_not_the_sources_of_the_whole(tmp_path: Path, order: tuple[str, ...]) -> None:
    texts = {"a": A, "b": B, "o": f"{A}\n\n{B}"}
    found = stories(folded(tmp_path, *(item(i, texts[i], 0, published_at=None) for i in order)))
    assert not any(s["draws_on"] for s in found.values())


def test_a_source_that_has_come_to_another_story_is_named_by_that(tmp_path: Path) -> None:
    """Somebody joined two stories at articles that the composite shares nothing with."""
    head = words(7, 150)
    folded(tmp_path, item("older", words(8, 90), 1), run="2018-09-14T12:00:00")
    lake = folded(
        tmp_path,
        item("a", f"{head} {A}", 2),
        item("a again", f"{head} {words(9, 60)}", 3),
        item("b", f"{B} {words(10, 60)}", 4),
        item("c", f"{A}\n\n{B}", 5),
    )
    before = stories(lake)
    assert before["a"] == before["a again"]
    ids = {r["guid"]: r["article_id"] for r in lake.read("articles", ["guid", "article_id"]).to_pylist()}
    decide(lake, ids["older"], ids["a again"], Decision.MUST_LINK, by="a")
    fold_lake(lake, FoldSettings())
    after = stories(lake)
    joined = after["older"]["story_id"]
    assert joined == after["a"]["story_id"] != before["a"]["story_id"]
    assert {d["story_id"] for d in after["c"]["draws_on"]} == {joined, after["b"]["story_id"]}
