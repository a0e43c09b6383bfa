"""A very large family of versions is one story, and is not compared pair by pair."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.config import FoldSettings
from pipeline.lake import Lake
from pipeline.run.fold import fold_lake
from pipeline.run.intake import ingest_files

WORDS = [f"word{i}" for i in range(250)]
SIZE = 60


def test_versions_that_differ_in_a_word_each(tmp_path: Path) -> None:
    versions = [[*WORDS[: 4 * i], f"changed{i}", *WORDS[4 * i + 1 :]] for i in range(SIZE)]
    for part in range(2):
        rows = [{"id": f"v{i}", "text": " ".join(v), "source": f"site {i}"} for i, v in enumerate(versions)]
        file = tmp_path / f"{part}.jsonl"
        file.write_text("".join(json.dumps(r) + "\n" for r in rows[part::2]))
        ingest_files([str(file)], str(tmp_path / "lake"), f"2018-09-14T0{part}:00:00")
        fold_lake(Lake(str(tmp_path / "lake")), FoldSettings(max_key_frequency=15))
    assert _alive(tmp_path / "lake") == 1
    assert Lake(str(tmp_path / "lake")).read("links").num_rows < SIZE * (SIZE - 1) / 4


def _alive(lake: Path) -> int:
    rows = Lake(str(lake)).read("stories", ["merged_into"])["merged_into"]
    return int(rows.null_count)
