"""What stands between shared passages: the words that two texts say differently.

Shared passages are runs of whole shingles. Between two of them, in the order of both texts, what is left is aligned
word by word (longest common subsequence), as a reader does who compares two versions. What then has no partner stands
in slots: added on one side, or other words on both. A form that was filled in twice has other facts in its slots, a
new edition has additions.
"""

from __future__ import annotations

import numba
import numpy as np

from pipeline.fold.sides import count, in_both
from pipeline.fold.texts import HAS_FIGURE, HAS_SUBJECT, IS_VALUE
from pipeline.fold.tokens import COMMON, NAME, NUMBER

__all__ = ["DETAILS", "details"]

DETAILS = (
    "same_a", "same_b", "content_a", "content_b", "same_content_a", "same_content_b", "slots", "number_slots",
    "name_slots", "added_a", "added_b", "other_a", "other_b", "lead_a", "lead_b", "lead_size_a", "lead_size_b",
    "bag_shared", "bag_a", "bag_b", "quoted_a", "quoted_b", "same_quoted_a", "same_quoted_b", "extent_a", "extent_b",
    "first_a", "first_b", "alone_a", "alone_b", "own_numbers_a", "own_numbers_b", "own_names_a", "own_names_b",
    "tri_a", "tri_b", "tri_content_a", "tri_content_b", "close_a", "close_b",
    "figures_shared", "figures_a", "figures_b", "named_a", "named_b", "named_else_a", "named_else_b",
    "tri_narrated_a", "tri_narrated_b", "values_shared", "values_a", "values_b",
)  # fmt: skip

_PASSAGES = 400  # at most in a chain: it takes their square in time
_GAP = 80  # tokens: gaps longer than that on either side are told apart as wholes
_SLOT = 12  # tokens: what is longer is text of its own, not another value in a form

_jit = numba.njit(cache=True, nogil=True, boundscheck=False)


@_jit
def _chain(runs, n):
    """Which passages make the heaviest set that comes in the same order in both texts; in b all do."""
    at_a, length = runs[0], runs[2]
    keep = np.zeros(n, np.bool_)
    if n == 0:
        return keep
    weight = np.empty(n, np.int64)
    before = np.full(n, -1, np.int64)
    top = 0
    for i in range(n):
        weight[i] = length[i]
        for j in range(max(0, i - _PASSAGES), i):
            if at_a[j] < at_a[i] and at_a[j] + length[j] < at_a[i] + length[i] and weight[j] + length[i] > weight[i]:
                weight[i] = weight[j] + length[i]
                before[i] = j
        if weight[i] > weight[top]:
            top = i
    while top >= 0:
        keep[top] = True
        top = before[top]
    return keep


@_jit
def _align(x, y, a0, a1, b0, b1, table):
    """Mark the words of ``a[a0:a1]`` and ``b[b0:b1]`` that correspond; a common word alone is chance."""
    n, m = a1 - a0, b1 - b0
    if n == 0 or m == 0 or n > _GAP or m > _GAP:
        return
    for i in range(n - 1, -1, -1):
        table[i, m] = 0
    table[n, : m + 1] = 0
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            if x.words[a0 + i] == y.words[b0 + j]:
                worth = 1 if x.facts[a0 + i] == COMMON else 3
                best = table[i + 1, j + 1] + worth
            else:
                best = 0
            table[i, j] = max(best, table[i + 1, j], table[i, j + 1])
    i = j = 0
    while i < n and j < m:
        worth = 1 if x.facts[a0 + i] == COMMON else 3
        if x.words[a0 + i] == y.words[b0 + j] and table[i, j] == table[i + 1, j + 1] + worth:
            x.same[a0 + i] = True
            y.same[b0 + j] = True
            i += 1
            j += 1
        elif table[i + 1, j] >= table[i, j + 1]:
            i += 1
        else:
            j += 1
    _drop_chance(x, a0, a1)
    _drop_chance(y, b0, b1)


@_jit
def _drop_chance(x, begin, end):
    i = begin
    while i < end:
        if not x.same[i]:
            i += 1
            continue
        k = i
        content = False
        while k < end and x.same[k]:
            content = content or x.facts[k] != COMMON
            k += 1
        if not content and k - i < 3:
            x.same[i:k] = False
        i = k


@_jit
def _conflict(x, a0, a1, y, b0, b1, trait):
    """Whether both slots hold facts of a kind, and none of them in common."""
    seen_a = seen_b = shared = False
    for i in range(a0, a1):
        if x.facts[i] == trait:
            seen_a = True
            for j in range(b0, b1):
                shared = shared or x.words[i] == y.words[j]
    for j in range(b0, b1):
        seen_b = seen_b or y.facts[j] == trait
    return seen_a and seen_b and not shared


@_jit
def details(x, y, runs, n, f):
    """Fill `f` with `DETAILS` for one pair whose shared passages are given, in the order of b."""
    _correspond(x, y, runs, n)
    _count_slots(x, y, f)
    for k in range(n):  # passages out of order are shared all the same
        a, b, length = runs[0, k], runs[1, k], runs[2, k]
        x.same[a : a + length] = True
        y.same[b : b + length] = True
    count(x, 0, f)
    count(y, 1, f)
    f[17], f[40], f[49] = in_both(x, HAS_SUBJECT), in_both(x, HAS_FIGURE), in_both(x, IS_VALUE)


@_jit
def _correspond(x, y, runs, n):
    """Mark the tokens that have a partner: in the passages that come in one order, and what is aligned between."""
    x.same[:] = False
    y.same[:] = False
    keep = _chain(runs, n)
    table = np.empty((_GAP + 1, _GAP + 1), np.int16)
    na, nb = x.words.shape[0], y.words.shape[0]
    a = b = 0
    for k in range(n + 1):
        if k < n and not keep[k]:
            continue
        a1 = max(a, runs[0, k]) if k < n else na
        b1 = max(b, runs[1, k]) if k < n else nb
        a0, b0 = a, b
        if k == n or (a1 > a and b1 > b):
            if k == n:  # what follows the last passage is compared near it
                a1, b1 = min(a1, a0 + _GAP), min(b1, b0 + _GAP)
            elif a == 0 and b == 0:
                a0, b0 = max(a0, a1 - _GAP), max(b0, b1 - _GAP)
            _align(x, y, a0, a1, b0, b1, table)
        if k < n:
            end_a, end_b = runs[0, k] + runs[2, k], runs[1, k] + runs[2, k]
            x.same[a1:end_a] = True
            y.same[b1:end_b] = True
            a, b = max(a, end_a), max(b, end_b)


@_jit
def _count_slots(x, y, f):
    """Walk along the alignment; every stretch without partners is a slot."""
    i = j = 0
    na, nb = x.words.shape[0], y.words.shape[0]
    while i < na or j < nb:
        i0, j0 = i, j
        while i < na and not x.same[i]:
            i += 1
        while j < nb and not y.same[j]:
            j += 1
        wide_a, wide_b = i - i0, j - j0
        if wide_a and wide_b and wide_a <= _SLOT and wide_b <= _SLOT:
            f[6] += 1
            f[7] += _conflict(x, i0, i, y, j0, j, NUMBER)
            f[8] += _conflict(x, i0, i, y, j0, j, NAME)
        if wide_b == 0:
            f[9] += wide_a
        elif wide_a == 0:
            f[10] += wide_b
        else:
            f[11] += wide_a
            f[12] += wide_b
        while i < na and j < nb and x.same[i] and y.same[j]:
            i += 1
            j += 1
        if i == i0 and j == j0:  # cannot be while partners come in pairs; never hang on a mistake
            i += 1
            j += 1
