"""What stands between shared passages: the words that two texts say differently.

Shared passages are runs of whole shingles. Between two of them, in the order of both texts, what is left is aligned
word by word (longest common subsequence), as a reader does who compares two versions. What then has no partner stands
in slots: added on one side, or other words on both. A form that was filled in twice has other facts in its slots, a
new edition has additions.
"""

from __future__ import annotations

import numba
import numpy as np

from pipeline.fold.tokens import COMMON, NAME, NUMBER

__all__ = ["DETAILS", "details"]

DETAILS = (
    "same_a", "same_b", "content_a", "content_b", "same_content_a", "same_content_b", "slots", "number_slots",
    "name_slots", "added_a", "added_b", "other_a", "other_b", "lead_a", "lead_b", "lead_size_a", "lead_size_b",
    "bag_shared", "bag_a", "bag_b", "quoted_a", "quoted_b", "same_quoted_a", "same_quoted_b", "extent_a", "extent_b",
    "first_a", "first_b", "alone_a", "alone_b", "own_numbers_a", "own_numbers_b", "own_names_a", "own_names_b",
    "tri_a", "tri_b", "tri_content_a", "tri_content_b", "close_a", "close_b",
    "figures_shared", "figures_a", "figures_b", "named_a", "named_b", "named_else_a", "named_else_b",
    "tri_narrated_a", "tri_narrated_b",
)  # fmt: skip

_PASSAGES = 400  # at most in a chain: it takes their square in time
_GAP = 80  # tokens: gaps longer than that on either side are told apart as wholes
_SLOT = 12  # tokens: what is longer is text of its own, not another value in a form
_LEAD = 35  # tokens: about two sentences

_jit = numba.njit(cache=True, nogil=True, boundscheck=False)


@_jit
def _chain(at_a, at_b, length, n):
    """Mark the heaviest set of passages that come in the same order in both texts; `at_b` rises."""
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
def _align(words_a, facts_a, words_b, facts_b, a0, a1, b0, b1, same_a, same_b, table):
    """Mark the words of ``a[a0:a1]`` and ``b[b0:b1]`` that correspond; a common word alone is chance."""
    n, m = a1 - a0, b1 - b0
    if n == 0 or m == 0 or n > _GAP or m > _GAP:
        return
    for i in range(n - 1, -1, -1):
        table[i, m] = 0
    table[n, : m + 1] = 0
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            if words_a[a0 + i] == words_b[b0 + j]:
                worth = 1 if facts_a[a0 + i] == COMMON else 3
                best = table[i + 1, j + 1] + worth
            else:
                best = 0
            table[i, j] = max(best, table[i + 1, j], table[i, j + 1])
    i = j = 0
    while i < n and j < m:
        worth = 1 if facts_a[a0 + i] == COMMON else 3
        if words_a[a0 + i] == words_b[b0 + j] and table[i, j] == table[i + 1, j + 1] + worth:
            same_a[a0 + i] = True
            same_b[b0 + j] = True
            i += 1
            j += 1
        elif table[i + 1, j] >= table[i, j + 1]:
            i += 1
        else:
            j += 1
    _drop_chance(facts_a, same_a, a0, a1)
    _drop_chance(facts_b, same_b, b0, b1)


@_jit
def _drop_chance(facts, same, begin, end):
    i = begin
    while i < end:
        if not same[i]:
            i += 1
            continue
        k = i
        content = False
        while k < end and same[k]:
            content = content or facts[k] != COMMON
            k += 1
        if not content and k - i < 3:
            same[i:k] = False
        i = k


@_jit
def _contains(ranked, value):
    k = np.searchsorted(ranked, value)
    return k < ranked.shape[0] and ranked[k] == value


@_jit
def _conflict(words_a, facts_a, a0, a1, words_b, facts_b, b0, b1, trait):
    """Whether both slots hold facts of a kind, and none of them in common."""
    seen_a = seen_b = shared = False
    for i in range(a0, a1):
        if facts_a[i] == trait:
            seen_a = True
            for j in range(b0, b1):
                shared = shared or words_a[i] == words_b[j]
    for j in range(b0, b1):
        seen_b = seen_b or facts_b[j] == trait
    return seen_a and seen_b and not shared


@_jit
def _trigrams(words):
    n = max(0, words.shape[0] - 2)
    out = np.empty(n, np.uint64)
    for i in range(n):
        out[i] = (words[i] * np.uint64(0x9E3779B97F4A7C15) + words[i + 1]) * np.uint64(0x9E3779B97F4A7C15) + words[
            i + 2
        ]
    return out


@_jit
def _side(words, facts, quoted, same, other_ranked, other_tri, f, side):
    """What can be counted on one text alone; `f` is filled at the places of side 0 or 1."""
    n = words.shape[0]
    content = same_content = quoted_n = same_quoted = lead = lead_size = 0
    first, last = n, -1
    alone = longest_alone = 0
    for i in range(n):
        weighty = facts[i] != COMMON
        content += weighty
        if i < _LEAD:
            lead_size += weighty
            lead += weighty and _contains(other_ranked, words[i])
        quoted_n += quoted[i]
        if same[i]:
            same_content += weighty
            same_quoted += quoted[i]
            first = min(first, i)
            last = i
            alone = 0
        else:
            alone += 1
            longest_alone = max(longest_alone, alone)
    f[0 + side] = same.sum()
    f[2 + side] = content
    f[4 + side] = same_content
    f[13 + side] = lead
    f[15 + side] = lead_size
    f[20 + side] = quoted_n
    f[22 + side] = same_quoted
    f[24 + side] = max(0, last - first + 1)
    f[26 + side] = first
    f[28 + side] = longest_alone
    f[30 + side] = _own(words, facts, other_ranked, NUMBER)
    f[32 + side] = _own(words, facts, other_ranked, NAME)
    own_tri = _trigrams(words)
    hit = np.zeros(n, np.bool_)
    for i in range(own_tri.shape[0]):
        if _contains(other_tri, own_tri[i]):
            hit[i : i + 3] = True
    f[34 + side] = hit.sum()
    tri_content = narrated = named = named_else = 0
    for i in range(n):
        tri_content += hit[i] and facts[i] != COMMON
        narrated += hit[i] and not quoted[i]
        if facts[i] == NAME:
            named += 1
            named_else += not _contains(other_ranked, words[i])
    f[43 + side] = named
    f[45 + side] = named_else
    f[47 + side] = narrated
    f[36 + side] = tri_content
    # words in the longest stretch of trigrams with holes of at most 4 words
    run = best = hole = 0
    for i in range(n):
        if hit[i]:
            run += 1
            hole = 0
            best = max(best, run)
        else:
            hole += 1
            if hole > 4:
                run = 0
    f[38 + side] = best


@_jit
def _own(words, facts, other_ranked, trait):
    """Distinct facts of a kind that the other text does not have anywhere."""
    n = 0
    for w in np.unique(words[facts == trait]):
        n += not _contains(other_ranked, w)
    return n


@_jit
def _figures(words, facts, begins, ends):
    """Distinct groups of digits that are neither small counts nor years: those of money, of votes, of shares."""
    keep = np.zeros(words.shape[0], np.bool_)
    for i in range(words.shape[0]):
        size = ends[i] - begins[i]
        keep[i] = facts[i] == NUMBER and (size == 3 or size > 4)
    return np.unique(words[keep])


@_jit
def details(
    words_a, facts_a, quoted_a, begins_a, ends_a, words_b, facts_b, quoted_b, begins_b, ends_b,
    run_a, run_b, length, n, f,
):  # fmt: skip
    """Fill `f` with `DETAILS` for one pair whose shared passages are given, in the order of b."""
    na, nb = words_a.shape[0], words_b.shape[0]
    same_a, same_b = np.zeros(na, np.bool_), np.zeros(nb, np.bool_)
    keep = _chain(run_a, run_b, length, n)
    table = np.empty((_GAP + 1, _GAP + 1), np.int16)
    a = b = 0
    for k in range(n + 1):
        if k < n and not keep[k]:
            continue
        a1 = max(a, run_a[k]) if k < n else na
        b1 = max(b, run_b[k]) if k < n else nb
        a0, b0 = a, b
        if k == n or (a1 > a and b1 > b):
            if k == n:  # what follows the last passage is compared near it
                a1, b1 = min(a1, a0 + _GAP), min(b1, b0 + _GAP)
            elif a == 0 and b == 0:
                a0, b0 = max(a0, a1 - _GAP), max(b0, b1 - _GAP)
            _align(words_a, facts_a, words_b, facts_b, a0, a1, b0, b1, same_a, same_b, table)
        if k < n:
            end_a, end_b = run_a[k] + length[k], run_b[k] + length[k]
            same_a[a1:end_a] = True
            same_b[b1:end_b] = True
            a, b = max(a, end_a), max(b, end_b)
    _count_slots(words_a, facts_a, words_b, facts_b, same_a, same_b, f)
    # passages out of order are shared all the same
    for k in range(n):
        same_a[run_a[k] : run_a[k] + length[k]] = True
        same_b[run_b[k] : run_b[k] + length[k]] = True
    ranked_a, ranked_b = np.unique(words_a), np.unique(words_b)
    tri_a, tri_b = np.unique(_trigrams(words_a)), np.unique(_trigrams(words_b))
    _side(words_a, facts_a, quoted_a, same_a, ranked_b, tri_b, f, 0)
    _side(words_b, facts_b, quoted_b, same_b, ranked_a, tri_a, f, 1)
    bag_a, bag_b = np.unique(words_a[facts_a != COMMON]), np.unique(words_b[facts_b != COMMON])
    shared = 0
    for w in bag_a:
        shared += _contains(bag_b, w)
    figures_a, figures_b = _figures(words_a, facts_a, begins_a, ends_a), _figures(words_b, facts_b, begins_b, ends_b)
    for w in figures_a:
        f[40] += _contains(figures_b, w)
    f[41], f[42] = figures_a.shape[0], figures_b.shape[0]
    f[17], f[18], f[19] = shared, bag_a.shape[0], bag_b.shape[0]


@_jit
def _count_slots(words_a, facts_a, words_b, facts_b, same_a, same_b, f):
    """Walk along the alignment; every stretch without partners is a slot."""
    i = j = 0
    na, nb = words_a.shape[0], words_b.shape[0]
    while i < na or j < nb:
        i0, j0 = i, j
        while i < na and not same_a[i]:
            i += 1
        while j < nb and not same_b[j]:
            j += 1
        wide_a, wide_b = i - i0, j - j0
        if wide_a and wide_b and wide_a <= _SLOT and wide_b <= _SLOT:
            f[6] += 1
            f[7] += _conflict(words_a, facts_a, i0, i, words_b, facts_b, j0, j, NUMBER)
            f[8] += _conflict(words_a, facts_a, i0, i, words_b, facts_b, j0, j, NAME)
        if wide_b == 0:
            f[9] += wide_a
        elif wide_a == 0:
            f[10] += wide_b
        else:
            f[11] += wide_a
            f[12] += wide_b
        while i < na and j < nb and same_a[i] and same_b[j]:
            i += 1
            j += 1
        if i == i0 and j == j0:  # cannot be while partners come in pairs; never hang on a mistake
            i += 1
            j += 1
