"""Composites: which stories a text was stitched together from, passage by passage."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.fold.align import Alignments

__all__ = ["Passage", "Similarity", "Source", "compose", "covered", "earliest", "passages", "sources", "stitched"]

# A source must bring this much text that no other does, and all of them together this share of the whole.
_MIN_CHARACTERS = 100
_MIN_SHARE = 0.02
_MIN_COVERAGE = 0.4
_MIN_SOURCES = 2
_NEW = 0.5  # share of a passage that no source named before may have

# Sources that add about as much as the best one differ only in how far an alignment ran on by chance.
_EVEN = 0.95

# A text of one story is taken for a composite instead when others bring so much of it that the story does not have,
# the story itself not more than that, and all together nearly the whole.
_FOREIGN = 0.25
_OWN = 0.75
_WHOLE = 0.6

_MIN_MATCHED = 0.7  # share of equal words below which two passages merely have the same form
_VERBATIM, _LIGHT = 0.97, 0.85  # share of words that are equal


class Similarity(StrEnum):
    """How true a passage is to its source."""

    VERBATIM = "verbatim"  # at most one word in thirty differs
    LIGHT_EDITS = "light_edits"  # at most one in seven
    SPUN = "spun"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a text that another article has, too.

    Attributes:
        article, story: The other article, and the story it belongs to.
        start, end: Characters in the text. source_start, source_end: in the other article.
        matched: Share of the words of the longer side that are equal and in order.
    """

    article: str
    story: str
    start: int
    end: int
    source_start: int
    source_end: int
    matched: float

    @property
    def similarity(self) -> Similarity:
        if self.matched >= _VERBATIM:
            return Similarity.VERBATIM
        return Similarity.LIGHT_EDITS if self.matched >= _LIGHT else Similarity.SPUN


@dataclass(frozen=True, slots=True)
class Source:
    """A story that a text draws on.

    Attributes:
        article: The one of its articles that brings most; passages may come from others.
        coverage: Share of the text, in characters, that comes from it and from no source named before.
    """

    article: str
    story: str
    coverage: float
    passages: tuple[Passage, ...]


def passages(aligned: Alignments, pair: int, article: str, story: str, *, may_be_form: bool = False) -> list[Passage]:
    """The aligned passages of one pair, without those that merely have the same form.

    Args:
        article, story: The other article of the pair, side a.
        may_be_form: The two are suspected to be one form with other facts in it: be strict.
    """
    found = []
    here = slice(aligned.at[pair], aligned.at[pair + 1])
    columns = (x[here].tolist() for x in (aligned.matched, aligned.form, aligned.spans))
    for matched, form, (source_start, source_end, start, end) in zip(*columns, strict=True):
        if matched >= _MIN_MATCHED and not (may_be_form and form):
            found.append(Passage(article, story, start, end, source_start, source_end, round(matched, 4)))
    return found


def sources(
    length: int, found: Sequence[Passage], age: Callable[[str], tuple[object, ...]], composites: Container[str] = ()
) -> list[Source]:
    """The stories that passages of a text of `length` characters come from, the one it takes most from first.

    Sources are chosen greedily by what each adds, so that a passage that several stories share is counted once. Of
    those that add about as much the oldest is the source: it cannot have copied from the others.

    Args:
        age: Order of an article by the ladder of clocks.
        composites: Articles known to be stitched together themselves: sources only of what is found nowhere else.
    """
    least = max(_MIN_CHARACTERS, _MIN_SHARE * length)
    chosen: dict[str, tuple[str, list[Passage]]] = {}  # by story: the article that brings most, and the passages
    gained: dict[str, int] = {}
    taken: list[tuple[int, int]] = []
    for second_hand in (False, True):
        left: dict[str, list[Passage]] = {}
        for p in found:
            if (p.article in composites) == second_hand:
                left.setdefault(p.article, []).append(p)
        gains = {article: _equal(ps, taken) for article, ps in left.items()}
        while gains:
            most = max(gains.values())
            article = min((a for a, gain in gains.items() if gain >= _EVEN * most), key=age)
            mine = left[article]
            del gains[article]
            new = [p for p in mine if _gain(p, taken) >= _NEW * (p.end - p.start)]
            gain = covered([*taken, *_spans(new)]) - covered(taken)
            if gain < least:
                gains = {a: g for a, g in gains.items() if g >= _MIN_MATCHED * least}
                continue
            taken = _union([*taken, *_spans(new)])
            gains = {a: _equal(left[a], taken) for a in gains}
            story = mine[0].story
            chosen.setdefault(story, (article, []))[1].extend(new)
            gained[story] = gained.get(story, 0) + gain
    result = [
        Source(article, story, round(gained[story] / length, 4), tuple(sorted(ps, key=lambda p: (p.start, p.end))))
        for story, (article, ps) in chosen.items()
    ]
    return sorted(result, key=lambda s: -s.coverage)


def compose(
    length: int, found: Sequence[Passage], age: Callable[[str], tuple[object, ...]], composites: Container[str] = ()
) -> list[Source]:
    """The sources of a text, if it is a composite: at least two stories together make up two fifths of it."""
    chosen = sources(length, found, age, composites)
    total = sum(s.coverage for s in chosen)
    return chosen if len(chosen) >= _MIN_SOURCES and total >= _MIN_COVERAGE else []


def stitched(length: int, own: Sequence[Passage], foreign: Sequence[Passage]) -> bool:
    """Whether a text that resembles earlier articles of one story is a composite all the same.

    Args:
        own: Passages that it shares with those articles.
        foreign: Passages of other stories.
    """
    mine = covered(_spans(own))
    more = covered(_spans([*own, *foreign])) - mine
    return more >= max(_FOREIGN * length, _MIN_CHARACTERS) and mine <= _OWN * length and mine + more >= _WHOLE * length


def earliest(passage: Passage, found: Sequence[Passage], age: Callable[[str], tuple[object, ...]]) -> str:
    """The oldest article that has a passage, nearly whole and at least nearly as true to the text as its source."""
    needed = 0.9 * (passage.end - passage.start)
    holders = [
        p.article
        for p in found
        if min(p.end, passage.end) - max(p.start, passage.start) >= needed and p.matched >= passage.matched - 0.05
    ]
    return min([passage.article, *holders], key=age)


def covered(spans: Sequence[tuple[int, int]]) -> int:
    """Characters inside at least one of the spans."""
    return sum(end - begin for begin, end in _union(spans))


def _spans(passages: Sequence[Passage]) -> list[tuple[int, int]]:
    return [(p.start, p.end) for p in passages]


def _union(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _equal(passages: Sequence[Passage], taken: Sequence[tuple[int, int]]) -> float:
    """Characters that passages add, less those in words that differ: of two forms of a text the truer one wins."""
    return sum(_gain(p, taken) * p.matched for p in passages)


def _gain(passage: Passage, taken: Sequence[tuple[int, int]]) -> int:
    """Characters of a passage outside spans that are in order and apart."""
    gain = passage.end - passage.start
    for n in range(bisect_right(taken, passage.start, key=lambda span: span[1]), len(taken)):
        begin, end = taken[n]
        if begin >= passage.end:
            break
        gain -= min(end, passage.end) - max(begin, passage.start)
    return gain
