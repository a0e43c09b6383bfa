"""What changed between two texts: paragraphs aligned by what they share, words inside them compared.

Paragraphs that are equal, in the order of both texts, anchor the alignment (see `pipeline.fold.matching`); the others
are paired by the word pairs they have in common. What stands in both texts but in another place has moved. Changed
words with digits, and capitalised ones, are marked: numbers and names are what an editor looks for.
Typographic variants of quotes and dashes count as equal, as they do wherever texts are compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from pipeline.fold.matching import increasing, matches, opcodes
from pipeline.fold.words import pieces
from pipeline.text import plain_marks

__all__ = ["Kind", "Op", "Paragraph", "Trait", "Words", "diff"]

_SIMILAR = 0.3  # share of word pairs (Dice) from which on one paragraph counts as the other, rewritten
_COMMON = 24  # a word pair in more paragraphs than that says nothing about which of them belong together


class Kind(StrEnum):
    """What became of a paragraph."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


class Op(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class Trait(StrEnum):
    """Why a changed word deserves a look."""

    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Words:
    """Words in a row with one fate, blanks and punctuation included.

    Attributes:
        trait: Of a single changed word: whether it is a number or a name.
    """

    op: Op
    text: str
    trait: Trait | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One aligned pair of paragraphs.

    Attributes:
        a, b: Position in each text, from 0; None where it is in one text only.
        words: In the order of b; what was removed stands before what came in its place.
    """

    kind: Kind
    a: int | None
    b: int | None
    words: tuple[Words, ...]


def diff(a: str, b: str) -> list[Paragraph]:
    """Compare two texts whose paragraphs are separated by blank lines.

    Returns:
        The paragraphs of `b` in their order, those that were removed at the place where they stood.
    """
    old, new = _paragraphs(a), _paragraphs(b)
    pairs = _align(old, new)
    kept = _in_order(pairs)
    partner = {j: i for i, j in pairs}
    gone = sorted(set(range(len(old))) - {i for i, _ in pairs})
    result: list[Paragraph] = []
    for j, text in enumerate(new):
        i = partner.get(j)
        if i is not None and i in kept:
            while gone and gone[0] < i:
                result.append(_single(Kind.REMOVED, old, gone.pop(0)))
        if i is None:
            result.append(_single(Kind.ADDED, new, j))
            continue
        words = _words(old[i], text)
        same = all(w.op is Op.SAME for w in words)
        kind = Kind.MOVED if i not in kept else Kind.SAME if same else Kind.CHANGED
        result.append(Paragraph(kind, i, j, words))
    result += [_single(Kind.REMOVED, old, i) for i in gone]
    return result


def _paragraphs(text: str) -> list[str]:
    return [p for p in (" ".join(x.split()) for x in re.split(r"\n\s*\n", text)) if p]


def _single(kind: Kind, texts: Sequence[str], at: int) -> Paragraph:
    op = Op.ADDED if kind is Kind.ADDED else Op.REMOVED
    old, new = (None, at) if op is Op.ADDED else (at, None)
    return Paragraph(kind, old, new, tuple(_marked(op, pieces().findall(texts[at]))))


def _align(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs (position in old, in new), each position at most once, by the new one."""
    pairs: list[tuple[int, int]] = []
    for i, j, size in matches([*map(plain_marks, old)], [*map(plain_marks, new)]):
        pairs += [(i + n, j + n) for n in range(size)]
    left = sorted(set(range(len(old))) - {i for i, _ in pairs})
    right = sorted(set(range(len(new))) - {j for _, j in pairs})
    return sorted(pairs + _similar(old, new, left, right), key=lambda p: p[1])


def _similar(old: Sequence[str], new: Sequence[str], left: list[int], right: list[int]) -> list[tuple[int, int]]:
    """Pair what is alike, the most alike first; of equals those that stand closest."""
    shingles_old, shingles_new = {i: _shingles(old[i]) for i in left}, {j: _shingles(new[j]) for j in right}
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, shingles in shingles_old.items():
        for s in shingles:
            holders[s].append(i)
    scored: list[tuple[float, int, int, int]] = []
    for j, shingles in shingles_new.items():
        shared = Counter(i for s in shingles if len(holders.get(s, ())) <= _COMMON for i in holders.get(s, ()))
        for i, _ in shared.most_common(_COMMON):
            both = len(shingles & shingles_old[i])
            score = 2 * both / (len(shingles) + len(shingles_old[i]))
            if score >= _SIMILAR:
                scored.append((-score, abs(i - j), i, j))
    pairs: list[tuple[int, int]] = []
    used_old: set[int] = set()
    used_new: set[int] = set()
    for _, _, i, j in sorted(scored):
        if i not in used_old and j not in used_new:
            pairs.append((i, j))
            used_old.add(i)
            used_new.add(j)
    return pairs


def _shingles(text: str) -> set[tuple[str, ...]]:
    """Pairs of neighbouring words."""
    words = [w.casefold() for w in pieces().findall(plain_marks(text)) if w[0].isalnum()]
    return set(pairwise(words)) or {tuple(words)}


def _in_order(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """Old positions of the longest chain of pairs that runs forward in both texts; the others have moved."""
    return {pairs[n][0] for n in increasing([i for i, _ in pairs])}


def _words(a: str, b: str) -> tuple[Words, ...]:
    if plain_marks(a) == plain_marks(b):
        return (Words(Op.SAME, b),)
    x, y = pieces().findall(a), pieces().findall(b)
    found: list[Words] = []
    for equal, i0, i1, j0, j1 in _without_islands(x, y):
        if equal:
            found.append(Words(Op.SAME, "".join(y[j0:j1])))
        else:
            found += [*_marked(Op.REMOVED, x[i0:i1]), *_marked(Op.ADDED, y[j0:j1])]
    return tuple(found)


def _without_islands(x: list[str], y: list[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """`opcodes`, with a lone blank or mark between two changes counted as part of them: that reads better."""
    pending: tuple[int, int, int, int] | None = None
    codes = [*opcodes([*map(plain_marks, x)], [*map(plain_marks, y)])]
    for n, (equal, i0, i1, j0, j1) in enumerate(codes):
        between = pending is not None and n + 1 < len(codes)
        if equal and not (between and not any(w[0].isalnum() for w in x[i0:i1])):
            if pending:
                yield (False, *pending)
                pending = None
            yield equal, i0, i1, j0, j1
        else:
            pending = (pending[0], i1, pending[2], j1) if pending else (i0, i1, j0, j1)
    if pending:
        yield (False, *pending)


def _marked(op: Op, words: Sequence[str]) -> Iterator[Words]:
    """Runs of words with the same trait."""
    run, trait = "", None
    for word in words:
        own = _trait(word)
        if own is not trait and run:
            yield Words(op, run, trait)
            run = ""
        run, trait = run + word, own
    if run:
        yield Words(op, run, trait)


def _trait(word: str) -> Trait | None:
    if any(c.isdigit() for c in word):
        return Trait.NUMBER
    return Trait.NAME if word[0].isupper() else None
