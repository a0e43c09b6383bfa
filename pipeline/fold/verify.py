"""Verification: what two texts truly share, counted on their shingles, with the aligned passages."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.fold import lookup
from pipeline.fold.sides import Side, in_both, in_one, list_threes, mark_threes, mark_words
from pipeline.fold.slots import DETAILS, details
from pipeline.fold.texts import HAS_NAME, HAS_NUMBER, Texts
from pipeline.fold.tokens import NUMBER

__all__ = ["FEATURES", "Evidence", "verify"]

FEATURES = (
    "shared", "shingles_a", "shingles_b", "covered_a", "covered_b", "tokens_a", "tokens_b", "longest_run", "runs",
    "numbers_shared", "numbers_a", "numbers_b", "names_shared", "names_a", "names_b", "head_a", "head_b", "swaps",
    *DETAILS,
)  # fmt: skip
_MAX_TRIES = 16  # places of a repeated shingle that are tried for the longest run
_HEAD = 40  # tokens
_CLOSE = 8  # tokens between two passages whose numbers are compared

_jit = numba.njit(cache=True, nogil=True, boundscheck=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What each pair shares.

    Attributes:
        features: (pairs, len(FEATURES)) counts, see `FEATURES`:
            shared, shingles_a, shingles_b: distinct shingles in both, in each.
            covered_a, covered_b: tokens inside shared passages; tokens_a, tokens_b: all tokens.
            longest_run: tokens in the longest shared passage; runs: number of shared passages.
            numbers_*, names_*: distinct tokens with digits, distinct capitalised tokens: in both, in a, in b.
            head_a, head_b: covered tokens among the first 40 of each.
            swaps: gaps between two passages, of at most 8 tokens on both sides, whose numbers differ.
            and `pipeline.fold.slots.DETAILS`.
        span_at: (pairs + 1,) where each pair's passages begin in `spans`.
        spans: (passages, 4) a_start, a_end, b_start, b_end in characters, in the order of b.
    """

    features: NDArray[np.int32]
    span_at: NDArray[np.int64]
    spans: NDArray[np.int32]

    def __getitem__(self, feature: str) -> NDArray[np.int32]:
        return self.features[:, FEATURES.index(feature)]


def verify(texts: Texts, left: NDArray[np.int32], right: NDArray[np.int32]) -> Evidence:
    """Compare ``texts[left[i]]`` with ``texts[right[i]]`` for every i; fastest where the left one stays the same."""
    n = len(left)
    features = np.zeros((n, len(FEATURES)), np.int32)
    span_at = np.zeros(n + 1, np.int64)
    spans = _verify(
        texts.token_at, texts.words, texts.begins, texts.ends, texts.facts, texts.quoted, texts.entries, texts.word_at,
        texts.vocabulary, texts.traits, texts.shingle_at, texts.shingles, texts.distinct, texts.width,
        left.astype(np.int64), right.astype(np.int64), features, span_at,
    )  # fmt: skip
    return Evidence(features, span_at, spans)


@_jit
def _verify(
    token_at, words, begins, ends, facts, quoted, entries, word_at, vocabulary, traits, shingle_at, shingles, distinct,
    width, left, right, features, span_at,
):  # fmt: skip
    """Fill `features` and `span_at`; returns the spans."""
    most = 1
    for i in range(token_at.shape[0] - 1):
        most = max(most, token_at[i + 1] - token_at[i], word_at[i + 1] - word_at[i])
    # Of the left text, made when another comes: its shingles, words and runs of three words, each with their table.
    ready = -1
    tables = np.empty((3, lookup.room(most)), np.int32)
    listed = np.empty((2, most), np.uint64)
    first, following, threes = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int32)
    shingle_table = word_table = three_table = tables[0]
    listed_threes = 0
    where, runs = np.empty(most, np.int32), np.empty((3, most), np.int64)
    marks, others = np.empty((4, most), np.bool_), np.empty((2, most), np.uint8)
    spans = np.empty((64 + 8 * left.shape[0], 4), np.int32)
    for pair in range(left.shape[0]):
        a, b = left[pair], right[pair]
        ta, za, tb, zb = token_at[a], token_at[a + 1], token_at[b], token_at[b + 1]
        va, vb = vocabulary[word_at[a] : word_at[a + 1]], vocabulary[word_at[b] : word_at[b + 1]]
        sa, sb = shingles[shingle_at[a] : shingle_at[a + 1]], shingles[shingle_at[b] : shingle_at[b + 1]]
        x = Side(
            words[ta:za], facts[ta:za], quoted[ta:za], entries[ta:za], traits[word_at[a] : word_at[a + 1]],
            others[0, : va.shape[0]], marks[0, : za - ta], marks[1, : za - ta],
        )  # fmt: skip
        y = Side(
            words[tb:zb], facts[tb:zb], quoted[tb:zb], entries[tb:zb], traits[word_at[b] : word_at[b + 1]],
            others[1, : vb.shape[0]], marks[2, : zb - tb], marks[3, : zb - tb],
        )  # fmt: skip
        if a != ready:
            shingle_table, word_table = tables[0, : lookup.room(sa.shape[0])], tables[1, : lookup.room(va.shape[0])]
            three_table = tables[2, : lookup.room(za - ta)]
            lookup.index(shingle_table, listed[0], sa, first, following)
            lookup.fill(word_table, va)
            listed_threes = list_threes(x.words, three_table, listed[1], threes)
            ready = a
        f = features[pair]
        f[0], f[1], f[2] = _find(shingle_table, listed[0], distinct[a], sb, where), distinct[a], distinct[b]
        f[5], f[6] = za - ta, zb - tb
        mark_words(word_table, va, x, vb, y)
        f[9], f[10], f[11] = in_both(x, HAS_NUMBER), in_one(x, HAS_NUMBER), in_one(y, HAS_NUMBER)
        f[12], f[13], f[14] = in_both(x, HAS_NAME), in_one(x, HAS_NAME), in_one(y, HAS_NAME)
        n = span_at[pair]
        if f[0] > 0:
            wide = min(width, min(za - ta, zb - tb))
            found = _passages(sa, sb, where, first, following, wide, runs)
            while n + found > spans.shape[0]:
                spans = np.concatenate((spans, np.empty_like(spans)))
            for k in range(found):
                i, j, length = runs[0, k], runs[1, k], runs[2, k]
                spans[n, 0], spans[n, 1] = begins[ta + i], ends[ta + i + length - 1]
                spans[n, 2], spans[n, 3] = begins[tb + j], ends[tb + j + length - 1]
                n += 1
            _measure(x, y, runs, found, f)
            mark_threes(three_table, listed[1], listed_threes, threes, x, y)
            details(x, y, runs, found, f[18:])
        span_at[pair + 1] = n
    return spans[: span_at[-1]].copy()


@_jit
def _find(places, listed, n, values, where):
    """Which of the `n` listed values each value is, into `where`; returns how many of them are among the values."""
    seen = np.zeros(n, np.bool_)
    shared = 0
    for i in range(values.shape[0]):
        entry = lookup.find(places, listed, values[i])
        where[i] = entry
        if entry >= 0 and not seen[entry]:
            seen[entry] = True
            shared += 1
    return shared


@_jit
def _passages(sa, sb, where, first, following, wide, runs):
    """Cut b into the longest runs that it shares with a: begin in a, begin in b and tokens, into `runs`.

    Args:
        where: Which distinct shingle of a each of b's is; -1 for none.
        first, following: Of each of them the first place in a, and after each place the next one.
        wide: Tokens in a shingle.

    Returns:
        The number of runs, which are in the order of b.
    """
    n = 0
    end_a = -1
    i = 0
    while i < sb.shape[0]:
        best = best_at = tries = 0
        p = first[where[i]] if where[i] >= 0 else -1
        while p >= 0 and tries < _MAX_TRIES:
            length = 1
            while i + length < sb.shape[0] and p + length < sa.shape[0] and sa[p + length] == sb[i + length]:
                length += 1
            # the longest run; of equals the one that goes on where the last one ended, else the first
            if length > best or (length == best and p >= end_a > best_at):
                best, best_at = length, p
            p = following[p]
            tries += 1
        if best == 0:
            i += 1
            continue
        runs[0, n], runs[1, n], runs[2, n] = best_at, i, best + wide - 1
        end_a = best_at + best + wide - 1
        n += 1
        i += best
    return n


@_jit
def _measure(x, y, runs, n, f):
    """Count what the passages cover, and the gaps between them that hold other numbers."""
    used = x.same  # until it is needed for what it is called
    used[:] = False
    last_a = last_b = -1
    for k in range(n):
        i, j, length = runs[0, k], runs[1, k], runs[2, k]
        begin = max(j, last_b)
        used[i : i + length] = True
        f[4] += j + length - begin
        f[16] += max(0, min(j + length, _HEAD) - begin)
        f[7] = max(f[7], length)
        gap_a, gap_b = i - last_a, j - last_b
        if last_a >= 0 and 0 < gap_a <= _CLOSE and 0 < gap_b <= _CLOSE:
            f[17] += _numbers_differ(x.words, x.facts, last_a, i, y.words, y.facts, last_b, j)
        last_a, last_b = i + length, j + length
    f[3], f[8], f[15] = used.sum(), n, used[:_HEAD].sum()


@_jit
def _numbers_differ(words_a, facts_a, a0, a1, words_b, facts_b, b0, b1):
    """Whether two gaps hold numbers of which at least one of a's is not in the other gap."""
    seen_a = seen_b = differ = False
    for i in range(a0, a1):
        if facts_a[i] == NUMBER:
            seen_a = True
            found = False
            for j in range(b0, b1):
                found = found or words_a[i] == words_b[j]
            differ = differ or not found
    for j in range(b0, b1):
        seen_b = seen_b or facts_b[j] == NUMBER
    return seen_a and seen_b and differ
