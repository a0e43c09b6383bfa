"""Spans of time, closed at both ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

__all__ = ["Span", "joined"]

Span = tuple[datetime, datetime]


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same times, those that overlap as one; in order."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found
