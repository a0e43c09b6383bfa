"""What changed from one version to the next, in a few words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pipeline.fold.diff import Kind, Op, Paragraph, Trait

__all__ = ["Change", "changes"]

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Change:
    """Two versions compared.

    Attributes:
        added, removed, changed, moved: Paragraphs.
        numbers, names: What stood there and what stands there now; "" for nothing. Only of paragraphs in both. A word
            that is written small elsewhere is no name.
    """

    added: int
    removed: int
    changed: int
    moved: int
    numbers: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...]


def changes(paragraphs: Sequence[Paragraph]) -> Change:
    """Count and collect what `diff` found."""
    kinds = [p.kind for p in paragraphs]
    both = [p for p in paragraphs if p.kind in (Kind.CHANGED, Kind.MOVED)]
    written = {w for p in paragraphs for x in p.words for w in _WORD.findall(x.text)}
    small = frozenset(w for w in written if w[0].islower())
    return Change(
        kinds.count(Kind.ADDED),
        kinds.count(Kind.REMOVED),
        kinds.count(Kind.CHANGED),
        kinds.count(Kind.MOVED),
        _replaced(both, Trait.NUMBER, frozenset()),
        _replaced(both, Trait.NAME, small),
    )


def _replaced(paragraphs: Sequence[Paragraph], trait: Trait, common: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Facts of one kind between two stretches that are the same, the old ones beside the new ones, each pair once."""
    pairs: dict[tuple[str, str], None] = {}
    for p in paragraphs:
        old: list[str] = []
        new: list[str] = []
        for words in (*p.words, None):
            if words is None or words.op is Op.SAME:
                pairs |= dict.fromkeys((a, b) for a, b in zip_longest(old, new, fillvalue="") if a != b)
                old, new = [], []
            elif words.trait is trait and words.text.strip().casefold() not in common:
                (old if words.op is Op.REMOVED else new).append(words.text.strip())
    return tuple(pairs)
