"""Which files may hold articles of the same time."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.lake import DataFile
from pipeline.run.keys import _near

DAYS = 30
Dated = tuple[DataFile, datetime, datetime]


def dated(n: int, chance: random.Random) -> Dated:
    """A file of articles of some days in ten years."""
    first = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(87_600))
    last = first + timedelta(hours=chance.choice([0, 5, 900]))
    bounds = {"published_at": (first.isoformat(), last.isoformat(), 0)}
    return DataFile("sketches", "2018-09-14", f"{n}.parquet", 5, 1, "", "2.0.0", bounds=bounds), first, last


@pytest.mark.parametrize("seed", range(20))
def test_near_is_what_is_near_to_one_of_the_groups(seed: int) -> None:
    chance = random.Random(seed)
    files = [dated(n, chance) for n in range(60)]
    groups = [chance.sample(files, k) for k in (2, 1, 1, 1)]
    apart = timedelta(DAYS + 1)

    def meets(file: Dated, group: list[Dated]) -> bool:
        first, last = min(f for _, f, _ in group), max(x for *_, x in group)
        return file[1] <= last + apart and first - apart <= file[2]

    expected = [f[0] for f in files if any(meets(f, group) for group in groups)]
    assert _near([[f for f, *_ in group] for group in groups], [f for f, *_ in files], DAYS) == expected


def test_a_file_without_a_date_is_near_to_everything() -> None:
    files = [dated(n, random.Random(n))[0] for n in range(9)]
    undated = replace(files[0], bounds={"published_at": (None, None, 5)})
    assert _near([files[1:2], [undated]], files, DAYS) == files
    assert undated in _near([files[1:2]], [undated, *files[2:]], DAYS)
