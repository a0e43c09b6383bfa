"""What two sequences have in common, in the order of both, for showing what changed.

difflib finds what reads best, the longest block first, but takes the square of the length in time and, where elements
are repeated, its cube. What would take it long is divided at the elements that either sequence has once, as patience
diff does it; where there are none, a longest common subsequence is looked for (bit vectors, Hyyrö 2004).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

__all__ = ["increasing", "matches", "opcodes"]

Block = tuple[int, int, int]

_EASY, _SHORT = 100_000, 4_000  # pairs of equal elements, and elements, up to which difflib takes no time
_BITS = 400_000_000  # of the longest common subsequence of two sequences: 50 MB


def opcodes(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """How a becomes b: whether a stretch is equal, where it begins and ends in a, and in b; one after the other."""
    i = j = 0
    for p, q, size in (*matches(a, b), (len(a), len(b), 0)):
        if i < p or j < q:
            yield False, i, p, j, q
        if size:
            yield True, p, p + size, q, q + size
        i, j = p + size, q + size


def matches(a: Sequence[str], b: Sequence[str]) -> list[Block]:
    """The equal blocks of a and b, in order: where one begins in a, where in b, and its size."""
    found: list[Block] = []
    waiting = [(0, len(a), 0, len(b))]
    while waiting:
        a0, a1, b0, b1 = waiting.pop()
        x, y = a[a0:a1], b[b0:b1]
        in_x, in_y = Counter(x), Counter(y)
        if len(x) + len(y) <= _SHORT and sum(n * in_y[e] for e, n in in_x.items()) <= _EASY:
            blocks: Iterable[Block] = SequenceMatcher(None, x, y, autojunk=False).get_matching_blocks()
            gaps = False
        elif blocks := _ends(x, y) or _anchors(x, y, {e for e, n in in_x.items() if n == in_y[e] == 1}):
            gaps = True
        else:
            blocks, gaps = _subsequence(x, y), False
        p = q = 0
        for i, j, size in (*blocks, (len(x), len(y), 0)):
            if size:
                found.append((a0 + i, b0 + j, size))
            if gaps and p < i and q < j:
                waiting.append((a0 + p, a0 + i, b0 + q, b0 + j))
            p, q = i + size, j + size
    return _joined(sorted(found))


def increasing(values: Sequence[int]) -> list[int]:
    """Places of a longest subsequence of different values that increases."""
    tails: list[int] = []  # smallest last value of a subsequence of each length
    at: list[int] = []  # its place
    before: list[int] = []
    for n, value in enumerate(values):
        length = bisect_left(tails, value)
        before.append(at[length - 1] if length else -1)
        tails[length : length + 1] = [value]
        at[length : length + 1] = [n]
    places = []
    n = at[-1] if at else -1
    while n >= 0:
        places.append(n)
        n = before[n]
    return places[::-1]


def _ends(x: Sequence[str], y: Sequence[str]) -> list[Block]:
    """How both begin, and how both end."""
    most = min(len(x), len(y))
    head = next((n for n in range(most) if x[n] != y[n]), most)
    tail = next((n for n in range(most - head) if x[-1 - n] != y[-1 - n]), most - head)
    return [b for b in ((0, 0, head), (len(x) - tail, len(y) - tail, tail)) if b[2]]


def _anchors(x: Sequence[str], y: Sequence[str], lone: set[str]) -> list[Block]:
    """As many as possible of the elements that either has once."""
    place = {e: j for j, e in enumerate(y) if e in lone}
    pairs = [(i, place[e]) for i, e in enumerate(x) if e in lone]
    return [(*pairs[n], 1) for n in increasing([j for _, j in pairs])]


def _subsequence(x: Sequence[str], y: Sequence[str]) -> list[Block]:
    """A longest common subsequence; none where that would take too much memory."""
    if len(x) * len(y) > _BITS:
        return []
    whole = (1 << len(y)) - 1
    holds: dict[str, int] = {}
    for j, e in enumerate(y):
        holds[e] = holds.get(e, 0) | 1 << j
    row = whole  # a bit is 0 where one more of y lets the subsequence grow
    rows = [row]
    for e in x:
        both = row & holds.get(e, 0)
        row = ((row + both) | (row - both)) & whole
        rows.append(row)
    found = []
    i, j = len(x), len(y)
    while i and j:
        if rows[i] >> (j - 1) & 1:
            j -= 1
        elif not rows[i - 1] >> (j - 1) & 1:
            i -= 1
        else:
            i, j = i - 1, j - 1
            found.append((i, j, 1))
    return found[::-1]


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Blocks with those that adjoin as one."""
    joined: list[Block] = []
    for i, j, size in blocks:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]) == (i, j):
            joined[-1] = (*joined[-1][:2], joined[-1][2] + size)
        else:
            joined.append((i, j, size))
    return joined
