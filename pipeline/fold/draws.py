"""Composites: which stories a text was stitched together from."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

__all__ = ["Passages", "Source", "compose"]

# A source must bring this much text that no other does, and all of them together this share of the whole.
_MIN_CHARACTERS = 100
_MIN_SHARE = 0.04
_MIN_COVERAGE = 0.4
_MIN_SOURCES = 2


@dataclass(frozen=True, slots=True)
class Passages:
    """What a text shares with one earlier article of another story: character offsets into the text."""

    article: str
    story: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A story that a text draws on, by the article closest to it.

    Attributes:
        coverage: Share of the text that comes from it and from no source named before.
    """

    article: str
    story: str
    coverage: float


def compose(length: int, found: Sequence[Passages], composites: Container[str] = ()) -> list[Source]:
    """The sources of a text of `length` characters, the one it takes most from first; none unless it is a composite.

    Sources are chosen greedily by what each adds, so that a passage that several stories share is counted once; of
    equals the first in the order of ids. A text is a composite when at least two stories together make up two fifths
    of it.

    Args:
        composites: Articles known to be stitched together themselves: sources only of what is found nowhere else.
    """
    chosen: list[Source] = []
    taken: list[tuple[int, int]] = []
    for second_hand in (False, True):
        left = sorted((p for p in found if (p.article in composites) == second_hand), key=lambda p: p.article)
        while left:
            left = [p for p in left if p.story not in {c.story for c in chosen}]
            gains = [(_length(_union(taken + list(p.spans))) - _length(taken), p) for p in left]
            gain, best = max(gains, key=lambda g: g[0], default=(0, None))
            if best is None or gain < max(_MIN_CHARACTERS, _MIN_SHARE * length):
                break
            taken = _union(taken + list(best.spans))
            chosen.append(Source(best.article, best.story, round(gain / length, 4)))
    enough = len(chosen) >= _MIN_SOURCES and _length(taken) >= _MIN_COVERAGE * length
    return sorted(chosen, key=lambda s: -s.coverage) if enough else []


def _union(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _length(spans: list[tuple[int, int]]) -> int:
    return sum(end - begin for begin, end in spans)
