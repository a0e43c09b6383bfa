"""Alignment: passages that one text took from another, edited words included.

Exact shingles find copies; a passage in which every fifth word was swapped has hardly a shingle left. Seeds of three
words are extended here in both directions by dynamic programming inside a band, until the score falls too far below
its best (seed and extend with an X-drop, Altschul et al. 1990 and Zhang et al. 2000, over words).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.fold import kernel, lookup
from pipeline.fold.texts import Texts

__all__ = ["Alignments", "align"]

_SEED = 3  # words
_BAND = 6  # words that one side may be ahead of the other
_DROP = 9  # below the best score: the passage has ended
_TRIES = 24  # places of a repeated seed that are tried
_MIN_MATCHES = 12  # equal words in a passage worth keeping
_FACTS, _TRUE = 4, 0.8  # numbers and names that tell, and how true they must be compared with the other words
_SHORT, _SAME = 36, 0.95  # words in a passage, and share of them that are equal
_MIN_SCORE = 8  # equal words less the others: unrelated English does not get that far


@dataclass(frozen=True)
class Alignments:
    """Aligned passages of pairs of texts.

    Attributes:
        at: (pairs + 1,) where each pair's passages begin in `spans` and `words`.
        spans: (passages, 4) a_start, a_end, b_start, b_end in characters; of one pair in the order of b, where they do
            not overlap.
        words: (passages, 5) words of the passage in a, in b, and those aligned that are equal; numbers and names among
            the words of b, and those of them that are equal.
    """

    at: NDArray[np.int64]
    spans: NDArray[np.int32]
    words: NDArray[np.int32]

    @cached_property
    def matched(self) -> NDArray[np.float64]:
        """Share of the words of the longer side that are equal and in order."""
        return np.asarray(self.words[:, 2] / np.maximum(self.words[:, 0], self.words[:, 1]))

    @cached_property
    def form(self) -> NDArray[np.bool_]:
        """Whether a passage may be a form with other facts in it.

        It is short and not quite the same, or its plain words are equal where its numbers and names are not.
        """
        a, b, equal, facts, true = self.words.T
        other_facts = true / np.maximum(facts, 1) < _TRUE * (equal - true) / np.maximum(b - facts, 1)
        unlike = (facts >= _FACTS) & other_facts & (self.matched < _SAME)
        return np.asarray((np.maximum(a, b) < _SHORT) & (self.matched < _SAME) | unlike)


def align(texts: Texts, left: NDArray[np.int32], right: NDArray[np.int32]) -> Alignments:
    """Find the passages of ``texts[right[i]]`` that stand in ``texts[left[i]]``, for every i."""
    at, spans, words = _align(
        texts.token_at,
        texts.words,
        texts.begins,
        texts.ends,
        texts.facts,
        left.astype(np.int64),
        right.astype(np.int64),
    )
    return Alignments(at, spans, words)


_jit = numba.njit(cache=True, nogil=True, boundscheck=False)


@_jit
def _extend(a, b, facts, best):
    """The best alignment of a beginning of `a` with a beginning of `b`.

    +1 for two equal words, -1 for two that differ and for a word left over. Cell k of a row stands for ``k - _BAND``
    more words of a than of b.

    Args:
        facts: Of the words of b, 0 for plain ones.
        best: Out: score, words of a, words of b, equal words, equal facts.
    """
    width = 2 * _BAND + 1
    low = -1_000_000
    score, equal, true = np.full(width, low, np.int32), np.zeros(width, np.int32), np.zeros(width, np.int32)
    for k in range(_BAND, width):
        score[k] = _BAND - k
    best[:] = 0
    for row in range(1, b.shape[0] + 1):
        alive = False
        # In place: cell k still holds the row before when it is reached, cell k - 1 this one already.
        for k in range(width):
            i = row + k - _BAND
            if i < 0 or i > a.shape[0]:
                score[k] = low
                continue
            s, e, f = low, 0, 0
            if i > 0:
                same = 1 if a[i - 1] == b[row - 1] else 0
                s, e, f = score[k] + 2 * same - 1, equal[k] + same, true[k] + (same if facts[row - 1] else 0)
            if k + 1 < width and score[k + 1] - 1 > s:
                s, e, f = score[k + 1] - 1, equal[k + 1], true[k + 1]
            if k > 0 and score[k - 1] - 1 > s:
                s, e, f = score[k - 1] - 1, equal[k - 1], true[k - 1]
            score[k], equal[k], true[k] = s, e, f
            if s > best[0]:
                best[0], best[1], best[2], best[3], best[4] = s, i, row, e, f
            alive = alive or s > best[0] - _DROP
        if not alive:
            break


@_jit
def _align(token_at, words, begins, ends, facts, left, right):
    at = np.zeros(left.shape[0] + 1, np.int64)
    spans = np.empty((64, 4), np.int32)
    sizes = np.empty((64, 5), np.int32)
    forward, backward, found = np.empty(5, np.int32), np.empty(5, np.int32), np.empty(5, np.int32)
    most = 1
    for i in range(token_at.shape[0] - 1):
        most = max(most, token_at[i + 1] - token_at[i])
    seeds_a, seeds_b, listed = np.empty(most, np.uint64), np.empty(most, np.uint64), np.empty(most, np.uint64)
    first, following = np.empty(most, np.int32), np.empty(most, np.int32)
    room = np.empty(lookup.room(most), np.int32)
    n = 0
    for pair in range(left.shape[0]):
        ta, tb = token_at[left[pair]], token_at[right[pair]]
        a, b = words[ta : token_at[left[pair] + 1]], words[tb : token_at[right[pair] + 1]]
        facts_b = facts[tb : token_at[right[pair] + 1]]
        if a.shape[0] >= _SEED and b.shape[0] >= _SEED:
            na = kernel.shingles(a, a.shape[0], _SEED, seeds_a)
            nb = kernel.shingles(b, b.shape[0], _SEED, seeds_b)
            places = room[: lookup.room(na)]
            lookup.index(places, listed, seeds_a[:na], first, following)
            done = i = 0
            while i < nb:
                found[:] = 0
                seed = lookup.find(places, listed, seeds_b[i])
                p = first[seed] if seed >= 0 else -1
                tries = 0
                while p >= 0 and tries < _TRIES:
                    _extend(a[p:], b[i:], facts_b[i:], forward)
                    _extend(a[:p][::-1], b[done:i][::-1], facts_b[done:i][::-1], backward)
                    score = forward[0] + backward[0]
                    if score > found[0]:
                        found[0] = score
                        found[1], found[2] = p - backward[1], p + forward[1]
                        found[3], found[4] = i - backward[2], i + forward[2]
                        equal, true = forward[3] + backward[3], forward[4] + backward[4]
                    p = following[p]
                    tries += 1
                if found[0] < _MIN_SCORE or equal < _MIN_MATCHES:
                    i += 1
                    continue
                if n == spans.shape[0]:
                    spans = np.concatenate((spans, np.empty_like(spans)))
                    sizes = np.concatenate((sizes, np.empty_like(sizes)))
                a0, a1, b0, b1 = found[1], found[2], found[3], found[4]
                spans[n, 0], spans[n, 1] = begins[ta + a0], ends[ta + a1 - 1]
                spans[n, 2], spans[n, 3] = begins[tb + b0], ends[tb + b1 - 1]
                sizes[n, 0], sizes[n, 1], sizes[n, 2] = a1 - a0, b1 - b0, equal
                sizes[n, 3], sizes[n, 4] = np.count_nonzero(facts_b[b0:b1]), true
                n += 1
                done = i = b1
        at[pair + 1] = n
    return at, spans[:n].copy(), sizes[:n].copy()
