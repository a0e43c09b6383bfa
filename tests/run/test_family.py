"""A very large family of versions is one story, and is not compared pair by pair."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.config import FoldSettings
from pipeline.fold.grouping import MOST_COMPARED
from pipeline.lake import Lake
from pipeline.run.fold import fold_lake
from pipeline.run.intake import ingest_files

WORDS = [f"word{i}" for i in range(250)]
SIZE = 240


def changed(n: int) -> list[str]:
    """The text with one word that is another."""
    return [*WORDS[:n], f"changed{n}", *WORDS[n + 1 :]]


def framed(n: int) -> list[str]:
    """The text with words of its own around it."""
    return [*(f"top{n}x{i}" for i in range(15)), *WORDS, *(f"end{n}x{i}" for i in range(25))]


@pytest.mark.parametrize("version", [changed, framed])
@pytest.mark.parametrize("most", [150, 200])
def test_many_versions_of_one_text_are_one_story(tmp_path: Path, version: object, most: int) -> None:
    lake = str(tmp_path / "lake")
    rows = [{"id": f"v{n}", "text": " ".join(version(n)), "source": f"site {n}"} for n in range(SIZE)]  # type: ignore[operator]
    for part in range(2):
        file = tmp_path / f"{part}.jsonl"
        file.write_text("".join(json.dumps(r) + "\n" for r in rows[part::2]))
        ingest_files([str(file)], lake, f"2018-09-14T0{part}:00:00")
        fold_lake(Lake(lake), FoldSettings(max_key_frequency=most))
    assert Lake(lake).read("stories", ["merged_into"])["merged_into"].null_count == 1
    assert Lake(lake).read("links").num_rows < 1.5 * SIZE * MOST_COMPARED


@pytest.mark.parametrize("order", [1, -1])
def test_a_form_filled_in_anew_each_day_is_a_story_a_day(tmp_path: Path, order: int) -> None:
    lake = str(tmp_path / "lake")
    rows = [
        {
            "id": f"v{n}",
            "text": " ".join([*(f"own{n}x{i}" for i in range(20)), *WORDS[:150]]),
            "published_at": f"2018-09-{1 + n // 10:02}T00:{n % 10:02}:00Z",
        }
        for n in range(100)
    ]
    for part, begin in enumerate(range(0, 100, 25)):
        file = tmp_path / f"{part}.jsonl"
        file.write_text("".join(json.dumps(r) + "\n" for r in rows[::order][begin : begin + 25]))
        ingest_files([str(file)], lake, f"2018-10-14T0{part}:00:00")
        fold_lake(Lake(lake), FoldSettings())
    stories: dict[str, set[int]] = {}
    for r in Lake(lake).read("records", ["guid", "story_id"]).to_pylist():
        stories.setdefault(r["story_id"], set()).add(int(r["guid"][1:]) // 10)
    assert sorted(map(sorted, stories.values())) == [[day] for day in range(10)]
