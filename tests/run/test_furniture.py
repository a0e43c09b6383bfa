"""Furniture is learned from the lake, and links are what they would be had it always been known."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from pipeline.config import FoldSettings
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.check import check_lake
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake
from pipeline.run.furniture import known_furniture

FOOT = "\n\n".join(
    f"This is line {n} of what the paper prints below each of its reports so that readers may know how to write to it."
    for n in range(3)
)


def page(number: int, words: int = 60) -> dict[str, Any]:
    draw = random.Random(number)
    text = " ".join(f"w{draw.randrange(99_999)}" for _ in range(words))
    return {
        "id": str(number),
        "title": f"Report {number}",
        "text": f"{text}\n\n{FOOT}",
        "url": f"http://x.example/{number}",
        "published_at": f"2018-09-14T{number:02}:00:00Z",
    }


def folded(root: Path, parts: list[list[dict[str, Any]]], each: bool) -> Lake:
    lake = Lake(str(root / f"lake-{each}"))
    for n, part in enumerate(parts):
        file = root / f"{n}.jsonl"
        file.write_text("".join(json.dumps(p) + "\n" for p in part))
        ingest_paths([file], lake, Run.parse(f"2018-09-{15 + n}T00:00:00"))
        if each:
            fold_lake(lake, FoldSettings())
    fold_lake(lake, FoldSettings())
    return lake


def test_pages_that_share_furniture_only_are_not_linked(tmp_path: Path) -> None:
    lake = folded(tmp_path, [[page(n) for n in range(4)]], each=False)
    assert len(known_furniture(lake)["x.example"]) == 3
    assert lake.read("links").num_rows == 0
    assert all(FOOT in r["text"] for r in lake.read("records").to_pylist())
    assert [f for f in check_lake(lake) if f.breach] == []


def test_what_is_learned_later_is_put_right(tmp_path: Path) -> None:
    parts = [[page(0), page(1)], [page(2)], [page(3), page(4)]]
    stepwise, at_once = (folded(tmp_path, parts, each) for each in (True, False))
    assert known_furniture(stepwise) == known_furniture(at_once)
    for table in ("links", "records", "stories"):
        assert stepwise.read(table).to_pylist() == at_once.read(table).to_pylist()
    state = [f.digest for f in stepwise.files("links")]
    fold_lake(stepwise, FoldSettings())
    assert [f.digest for f in stepwise.files("links")] == state


def test_two_pages_know_no_furniture(tmp_path: Path) -> None:
    lake = folded(tmp_path, [[page(0), page(1)]], each=False)
    assert known_furniture(lake) == {}
    assert lake.read("links").num_rows == 1
