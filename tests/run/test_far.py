"""A wrong date hides no near-copy, and lets no form of another month in."""

from __future__ import annotations

import json
import random
from itertools import permutations
from pathlib import Path

import pytest

from pipeline.config import FoldSettings
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake


def words(seed: int, n: int = 120) -> list[str]:
    draw = random.Random(seed)
    return [f"w{draw.randrange(99_999)}" for _ in range(n)]


STORY = words(1)
CASES = {
    "a copy but for a word": ([*STORY[:60], "other", *STORY[61:]], 1),
    "half of it": (STORY[:60], 0),
    "a story of its own": (words(2), 0),
}


def linked(root: Path, texts: list[tuple[list[str], str | None]], each: bool, settings: FoldSettings) -> int:
    lake = Lake(str(root))
    for n, (text, day) in enumerate(texts):
        file = root.parent / f"{root.name}-{n}.jsonl"
        file.write_text(json.dumps({"id": day or "undated", "text": " ".join(text), "published_at": day}))
        ingest_paths([file], lake, Run.parse(f"2018-09-{15 + n}T00:00:00"))
        if each:
            fold_lake(lake, settings)
    fold_lake(lake, settings)
    return lake.read("links").num_rows


@pytest.mark.parametrize("case", CASES)
def test_out_of_the_window(case: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    both = [(STORY, "2018-09-01"), (text, "2017-03-01")]
    for n, order in enumerate(permutations(both)):
        for each in (True, False):
            assert linked(tmp_path / f"{n} {each}", [*order], each, FoldSettings()) == expected


def test_centuries_apart(tmp_path: Path) -> None:
    both = [(STORY, "2018-09-01"), ([*STORY[:60], "other", *STORY[61:]], "1650-03-01")]
    assert linked(tmp_path / "lake", both, False, FoldSettings()) == 1


def test_a_short_form_of_another_month_stays_out(tmp_path: Path) -> None:
    form = words(3, 40)
    both = [(form, "2018-09-01"), ([*form[:39], "other"], "2018-06-01")]
    assert linked(tmp_path / "lake", [*both], False, FoldSettings()) == 0
    assert linked(tmp_path / "archive", [*both], False, FoldSettings(window_days=0)) == 1
