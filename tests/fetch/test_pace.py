"""Pauses between requests to one host."""

from __future__ import annotations

from pipeline.fetch.pace import Pace


def test_one_host_waits_another_does_not() -> None:
    now = 100.0
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    pace = Pace(lambda: now, sleep)
    pace.wait("a", 2.0)
    pace.wait("b", 2.0)
    assert slept == []
    pace.wait("a", 5.0)
    assert slept == [2.0]
    now += 1.0
    pace.wait("a", 2.0)
    assert slept == [2.0, 4.0]
    now += 60.0
    pace.wait("a", 2.0)
    assert slept == [2.0, 4.0]


def test_moments_are_reserved_before_they_are_waited_for() -> None:
    waits: list[float] = []
    pace = Pace(lambda: 0.0, waits.append)  # as if all asked at the same moment
    for _ in range(4):
        pace.wait("a", 1.5)
    assert waits == [1.5, 3.0, 4.5]
