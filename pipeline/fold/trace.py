"""A text and where its passages come from, ready to be shown."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from pipeline.fold.draws import Passage, covered
from pipeline.fold.matching import opcodes
from pipeline.fold.words import words
from pipeline.text import plain_marks

__all__ = ["Edit", "Known", "Origin", "Quote", "Stretch", "Trace", "edits", "stretches"]

_STRAY = 2  # words at an end of a passage, in a paragraph of their own, that are equal by chance
_OPENING, _CLOSING = "\"'“‘«([„", ".,;:!?\"'”’»)]…"


@dataclass(frozen=True, slots=True)
class Known:
    """An article of the lake, as far as it is named as a source.

    Attributes:
        clock: Where its publication time came from.
    """

    article_id: str
    story_id: str
    title: str
    url: str
    publisher: str
    published_at: datetime
    clock: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Words that are not as in the source: characters of the text, and what stands there instead ("" for nothing)."""

    start: int
    end: int
    was: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage with its evidence.

    Attributes:
        passage: Where it is in both texts, and how true it is.
        wording: As it stands in the source.
        edits: What was changed, in order.
        first: The earliest known article that has it.
    """

    passage: Passage
    wording: str
    edits: tuple[Edit, ...]
    first: Known

    def changed(self, start: int, end: int) -> tuple[Edit, ...]:
        """The edits of a part of the passage, its ends included."""
        first = bisect_left(self.edits, start, key=lambda e: e.end)
        return self.edits[first : bisect_right(self.edits, end, key=lambda e: e.start)]

    def before(self, text: str, start: int, end: int) -> str:
        """A part of the passage as one line with its edits undone: the words that the source has there."""
        pieces = []
        at = start
        for e in self.changed(start, end):
            begin, until = max(e.start, at), min(e.end, end)
            if begin == until and (e.start < e.end or self.passage.start < e.end == start):  # what is no part of this
                continue
            was = e.was if e.start >= start else ""  # which the part before has
            blank = "" if e.start < e.end else " "
            pieces += [text[at:begin], blank, was, blank]
            at = until
        return " ".join("".join((*pieces, text[at:end])).split())


@dataclass(frozen=True, slots=True)
class Origin:
    """A story that passages come from, by the article that is the source.

    Attributes:
        coverage: Share of the text that comes from it and from no origin named before.
    """

    source: Known
    coverage: float
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of a text.

    Attributes:
        text: In reading form; all offsets count its characters.
        searched: Articles it was compared with, of the lake's `articles`.
        origins: The one it takes most from first.
        coverage: Share of the text that stands in passages of any origin.
    """

    title: str
    text: str
    articles: int
    searched: int
    origins: tuple[Origin, ...]

    @property
    def coverage(self) -> float:
        spans = [(q.passage.start, q.passage.end) for o in self.origins for q in o.quotes]
        return round(covered(spans) / len(self.text), 4) if self.text else 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of the text with one origin.

    Attributes:
        origin, quote: Positions in ``Trace.origins`` and its quotes; None where the text is nobody else's.
    """

    start: int
    end: int
    origin: int | None = None
    quote: int | None = None


def edits(text: str, wording: str, start: int = 0) -> tuple[Edit, ...]:
    """How a passage differs from its source, word by word.

    Args:
        text: The passage. wording: The passage as it stands in the source.
        start: Added to the offsets.
    """
    mine, theirs = ([*words().finditer(x)] for x in (text, wording))
    old, new = ([plain_marks(m[0]).casefold() for m in side] for side in (theirs, mine))
    found = []
    for equal, i0, i1, j0, j1 in opcodes(old, new):
        if equal:
            continue
        was = wording[theirs[i0].start() : theirs[i1 - 1].end()] if i1 > i0 else ""
        begin = mine[j0].start() if j1 > j0 else mine[j0 - 1].end() if j0 else 0
        end = mine[j1 - 1].end() if j1 > j0 else begin
        found.append(Edit(start + begin, start + end, was))
    return tuple(found)


def stretches(text: str, origins: Sequence[Origin]) -> list[Stretch]:
    """The text cut where its origin changes. Where passages overlap the origin that is named first has it; quotation
    marks and full stops go with the words they belong to."""
    owner: list[tuple[int, int] | None] = [None] * len(text)
    for o in reversed(range(len(origins))):
        for q, quote in enumerate(origins[o].quotes):
            start, end = _whole(text, quote.passage.start, quote.passage.end)
            owner[start:end] = [(o, q)] * (end - start)
    cuts = [i for i in range(len(text)) if i == 0 or owner[i] != owner[i - 1]]
    result = []
    for begin, end in pairwise([*cuts, len(text)]):
        who = owner[begin]
        result.append(Stretch(begin, end, *who) if who else Stretch(begin, end))
    return result


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """A passage with the marks that belong to it, and without a word or two of the next paragraph."""
    begin, last = text.find("\n\n", start, end), text.rfind("\n\n", start, end)
    if begin >= 0 and len(text[start:begin].split()) <= _STRAY:
        start = begin + 2
    if last > start and len(text[last:end].split()) <= _STRAY:
        end = last
    while start > 0 and text[start - 1] in _OPENING:
        start -= 1
    while end < len(text) and text[end] in _CLOSING:
        end += 1
    return start, end
