"""Verification: what two texts truly share, counted on their shingles, with the aligned passages."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.fold.slots import DETAILS, details
from pipeline.fold.texts import Texts
from pipeline.fold.tokens import NAME, NUMBER

__all__ = ["FEATURES", "Evidence", "verify"]

FEATURES = (
    "shared", "shingles_a", "shingles_b", "covered_a", "covered_b", "tokens_a", "tokens_b", "longest_run", "runs",
    "numbers_shared", "numbers_a", "numbers_b", "names_shared", "names_a", "names_b", "head_a", "head_b", "swaps",
    *DETAILS,
)  # fmt: skip
_MAX_TRIES = 16  # places of a repeated shingle that are tried for the longest run


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
    """Compare ``texts[left[i]]`` with ``texts[right[i]]`` for every i."""
    n = len(left)
    features = np.zeros((n, len(FEATURES)), np.int32)
    span_at = np.zeros(n + 1, np.int64)
    spans = _verify(
        texts.token_at, texts.words, texts.begins, texts.ends, texts.facts, texts.quoted, texts.shingle_at,
        texts.shingles, texts.distinct_at, texts.distinct, texts.width, left.astype(np.int64), right.astype(np.int64),
        features, span_at,
    )  # fmt: skip
    return Evidence(features, span_at, spans)


@numba.njit(cache=True, nogil=True)
def _common(x, y):
    """Values in both of two sorted arrays without repetition."""
    i = j = n = 0
    while i < x.shape[0] and j < y.shape[0]:
        if x[i] == y[j]:
            n += 1
            i += 1
            j += 1
        elif x[i] < y[j]:
            i += 1
        else:
            j += 1
    return n


@numba.njit(cache=True, nogil=True)
def _facts(words, facts, trait):
    """Distinct tokens with a trait, sorted."""
    return np.unique(words[facts == trait])


@numba.njit(cache=True, nogil=True)
def _numbers_differ(words, facts, a0, a1, b0, b1, words_b, facts_b):
    """Whether two gaps hold numbers of which at least one is not in the other gap."""
    seen_a = seen_b = differ = False
    for i in range(a0, a1):
        if facts[i] == NUMBER:
            seen_a = True
            found = False
            for j in range(b0, b1):
                found = found or words[i] == words_b[j]
            differ = differ or not found
    for j in range(b0, b1):
        seen_b = seen_b or facts_b[j] == NUMBER
    return seen_a and seen_b and differ


@numba.njit(cache=True, nogil=True)
def _verify(
    token_at,
    words,
    begins,
    ends,
    facts,
    quoted,
    shingle_at,
    shingles,
    distinct_at,
    distinct,
    width,
    left,
    right,
    features,
    span_at,
):
    """Fill `features` and `span_at`; returns the spans."""
    spans = np.empty((64 + 8 * left.shape[0], 4), np.int32)
    for pair in range(left.shape[0]):
        a, b = left[pair], right[pair]
        ta, tb = token_at[a], token_at[b]
        words_a, words_b = words[ta : token_at[a + 1]], words[tb : token_at[b + 1]]
        facts_a, facts_b = facts[ta : token_at[a + 1]], facts[tb : token_at[b + 1]]
        sa = shingles[shingle_at[a] : shingle_at[a + 1]]
        sb = shingles[shingle_at[b] : shingle_at[b + 1]]
        da = distinct[distinct_at[a] : distinct_at[a + 1]]
        db = distinct[distinct_at[b] : distinct_at[b + 1]]
        f = features[pair]
        f[0], f[1], f[2] = _common(da, db), da.shape[0], db.shape[0]
        f[5], f[6] = words_a.shape[0], words_b.shape[0]
        na, nb = _facts(words_a, facts_a, NUMBER), _facts(words_b, facts_b, NUMBER)
        f[9], f[10], f[11] = _common(na, nb), na.shape[0], nb.shape[0]
        na, nb = _facts(words_a, facts_a, NAME), _facts(words_b, facts_b, NAME)
        f[12], f[13], f[14] = _common(na, nb), na.shape[0], nb.shape[0]
        n = span_at[pair]
        if f[0] > 0:
            order = np.argsort(sa)
            ranked = sa[order]
            used_a = np.zeros(words_a.shape[0], np.bool_)
            covered_b = head_b = longest = runs = swaps = 0
            last_a = last_b = -1
            run_a = np.empty(sb.shape[0], np.int64)
            run_b = np.empty(sb.shape[0], np.int64)
            run_length = np.empty(sb.shape[0], np.int64)
            i = 0
            while i < sb.shape[0]:
                k = np.searchsorted(ranked, sb[i])
                best = best_at = 0
                tries = 0
                while k < ranked.shape[0] and ranked[k] == sb[i] and tries < _MAX_TRIES:
                    p = order[k]
                    length = 1
                    while i + length < sb.shape[0] and p + length < sa.shape[0] and sa[p + length] == sb[i + length]:
                        length += 1
                    # the longest run; of equals the one that goes on where the last one ended, else the first
                    if length > best or (
                        length == best
                        and (
                            (p >= last_a) > (best_at >= last_a)
                            or ((p >= last_a) == (best_at >= last_a) and p < best_at)
                        )
                    ):
                        best, best_at = length, p
                    k += 1
                    tries += 1
                if best == 0:
                    i += 1
                    continue
                wide = min(width, min(words_a.shape[0], words_b.shape[0]))
                tokens_run = best + wide - 1
                end_a, end_b = best_at + tokens_run, i + tokens_run
                if n == spans.shape[0]:
                    larger = np.empty((2 * n, 4), np.int32)
                    larger[:n] = spans
                    spans = larger
                spans[n, 0] = begins[ta + best_at]
                spans[n, 1] = ends[ta + end_a - 1]
                spans[n, 2] = begins[tb + i]
                spans[n, 3] = ends[tb + end_b - 1]
                first = max(i, last_b)
                covered_b += end_b - first
                head_b += max(0, min(end_b, 40) - first)
                used_a[best_at:end_a] = True
                longest = max(longest, tokens_run)
                run_a[runs], run_b[runs], run_length[runs] = best_at, i, tokens_run
                runs += 1
                gap_a, gap_b = best_at - last_a, i - last_b
                close = last_a >= 0 and 0 < gap_a <= 8 and 0 < gap_b <= 8
                if close and _numbers_differ(words_a, facts_a, last_a, best_at, last_b, i, words_b, facts_b):
                    swaps += 1
                last_a, last_b = end_a, end_b
                n += 1
                i += best
            f[3], f[4] = used_a.sum(), covered_b
            f[7], f[8] = longest, runs
            f[15], f[16] = used_a[:40].sum(), head_b
            f[17] = swaps
            za, zb = token_at[a + 1], token_at[b + 1]
            details(
                words_a, facts_a, quoted[ta:za], begins[ta:za], ends[ta:za],
                words_b, facts_b, quoted[tb:zb], begins[tb:zb], ends[tb:zb],
                run_a, run_b, run_length, runs, f[18:],
            )  # fmt: skip
        span_at[pair + 1] = n
    return spans[: span_at[-1]].copy()
