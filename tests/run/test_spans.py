"""Spans of time that overlap are one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.run.spans import joined


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(5, 6), (1, 2)], [(1, 2), (5, 6)]),
        ([(1, 4), (2, 3), (4, 6)], [(1, 6)]),
        ([(1, 9), (2, 3), (8, 10), (11, 11)], [(1, 10), (11, 11)]),
    ],
)
def test_joined(spans: list[tuple[int, int]], expected: list[tuple[int, int]]) -> None:
    def times(days: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
        return [(start + timedelta(first), start + timedelta(last)) for first, last in days]

    start = datetime(2018, 9, 14, tzinfo=UTC)
    assert joined(times(spans)) == times(expected)
