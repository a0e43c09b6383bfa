"""Furniture is learned from the lake, and links are what they would be had it always been known."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import FoldSettings
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.check import check_lake
from pipeline.run.compact import compact
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake
from pipeline.run.furniture import known_furniture

FOOT = "\n\n".join(
    f"This is line {n} of what the paper prints below each of its reports so that readers may know how to write to it."
    for n in range(3)
)


def words(draw: random.Random, n: int) -> str:
    return " ".join(f"w{draw.randrange(99_999)}" for _ in range(n))


def report(number: int, text: str, site: str = "x") -> dict[str, Any]:
    return {
        "id": str(number),
        "title": f"Report {number}",
        "text": text,
        "url": f"http://{site}.example/{number}",
        "published_at": f"2018-09-14T{number:02}:00:00Z",
    }


def page(number: int) -> dict[str, Any]:
    return report(number, f"{words(random.Random(number), 60)}\n\n{FOOT}")


CORE = words(random.Random(7), 11)
CAPTION = f"{CORE}\n\n{FOOT}"
NEARLY = f"{CORE} {words(random.Random(99), 12)}"


def several(seed: int) -> list[list[dict[str, Any]]]:
    """Short and long texts of three sites with what these print below them, some of them versions or copies of others,
    in two to five parts."""
    draw = random.Random(seed)
    feet = {site: [words(draw, draw.choice([3, 12, 30, 60, 90])) for _ in range(4)] for site in "xyz"}
    cores = [words(draw, draw.choice([8, 9, 11, 14, 30])).split() for _ in range(6)]
    found: list[dict[str, Any]] = []
    for number in range(20):
        site, core = draw.choice("xxyz"), draw.choice(cores)
        own = words(draw, draw.choice([0, 2, 12, 25, 60]))
        text = " ".join([*core[: draw.choice([6, 99])], own]).strip()
        text = "\n\n".join([text, *draw.sample(feet[site], draw.choice([0, 1, 2, 3, 4]))])
        if found and draw.random() < 0.2:
            text = draw.choice(found)["text"]
        found.append(report(number, text, site))
    draw.shuffle(found)
    cuts = sorted(draw.sample(range(1, len(found)), draw.choice([1, 2, 3, 4])))
    return [found[a:b] for a, b in pairwise([0, *cuts, len(found)])]


def links(lake: Lake) -> list[dict[str, Any]]:
    return lake.read("links").sort_by([("article_a", "ascending"), ("article_b", "ascending")]).to_pylist()


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


@pytest.mark.parametrize(
    "parts",
    [
        [[report(0, CAPTION), report(1, NEARLY, "y"), page(2)], [page(3), page(4)]],
        [[report(0, CAPTION)], [report(1, NEARLY, "y"), page(2)], [page(3)], [page(4)]],
        # an older copy, of which it is known already
        [[report(1, NEARLY, "y"), report(9, CAPTION, "z"), page(2), page(3), page(4)], [report(0, CAPTION)]],
    ],
)
def test_furniture_that_hid_what_two_share_hides_it_no_more(tmp_path: Path, parts: list[list[dict[str, Any]]]) -> None:
    stepwise, at_once = (folded(tmp_path, parts, each) for each in (True, False))
    assert ("0", "1") in {(x["guid_a"], x["guid_b"]) for x in links(at_once)}
    assert links(stepwise) == links(at_once)
    assert stepwise.read("records") == at_once.read("records")


def test_such_a_link_belongs_to_the_run_of_the_later_article(tmp_path: Path) -> None:
    """Whichever file the run is in."""
    lake = Lake(str(tmp_path / "lake"))
    parts = [[page(2)], [report(0, CAPTION), report(1, NEARLY, "y")], [page(3), page(4)]]
    for n, (part, run) in enumerate(zip(parts, ("14T01", "14T02", "15T01"), strict=True)):
        file = tmp_path / f"{n}.jsonl"
        file.write_text("".join(json.dumps(p) + "\n" for p in part))
        ingest_paths([file], lake, Run.parse(f"2018-09-{run}:00:00"))
        if n == 2:
            compact(lake, "2018-09-15")
        fold_lake(lake, FoldSettings())
    assert [x["run"] for x in links(lake)] == ["2018-09-14T02:00:00"]
    assert [f.name for f in lake.files("links") if f.rows] == ["2018-09-14T010000.parquet"]


@pytest.mark.parametrize("seed", range(9, 12))
def test_links_and_records_do_not_depend_on_when_furniture_is_known(tmp_path: Path, seed: int) -> None:
    stepwise, at_once = (folded(tmp_path, several(seed), each) for each in (True, False))
    assert links(stepwise) == links(at_once)
    assert stepwise.read("records") == at_once.read("records")
    assert [f for f in check_lake(stepwise) if f.breach] == []
    state = [f.digest for t in ("links", "records", "stories") for f in stepwise.files(t)]
    fold_lake(stepwise, FoldSettings())
    assert [f.digest for t in ("links", "records", "stories") for f in stepwise.files(t)] == state


def test_two_pages_know_no_furniture(tmp_path: Path) -> None:
    lake = folded(tmp_path, [[page(0), page(1)]], each=False)
    assert known_furniture(lake) == {}
    assert lake.read("links").num_rows == 1
