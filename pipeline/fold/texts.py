"""Texts taken apart once, ready to be compared many times."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.fold import kernel, tokens
from pipeline.fold.sketch import SketchContract, utf8

__all__ = ["Texts"]


@dataclass(frozen=True, slots=True)
class Texts:
    """Tokens and shingles of some texts, one after the other.

    Attributes:
        token_at: (texts + 1,) where each text's tokens begin in `words`, `begins`, `ends`, `facts`.
        words: Token hashes. begins, ends: their offsets in characters.
        facts: `NUMBER` for tokens with a digit, `NAME` for capitalised ones, else 0.
        shingle_at: (texts + 1,) where each text's shingles begin in `shingles`.
        shingles: Shingle hashes in text order.
        distinct_at, distinct: The same, sorted and without repetition.
        width: Tokens in a shingle.
    """

    token_at: NDArray[np.int64]
    words: NDArray[np.uint64]
    begins: NDArray[np.int32]
    ends: NDArray[np.int32]
    facts: NDArray[np.uint8]
    shingle_at: NDArray[np.int64]
    shingles: NDArray[np.uint64]
    distinct_at: NDArray[np.int64]
    distinct: NDArray[np.uint64]
    width: int

    @classmethod
    def of(cls, texts: pa.ChunkedArray, how: SketchContract = SketchContract()) -> Texts:
        """Take a string column apart."""
        data, offsets = utf8(texts)
        size = int(offsets[-1] - offsets[0])
        n = len(offsets) - 1
        words, shingles, distinct = (np.empty(size + n, np.uint64) for _ in range(3))
        begins, ends = (np.empty(size + n, np.int32) for _ in range(2))
        facts = np.empty(size + n, np.uint8)
        at = np.zeros((3, n + 1), np.int64)
        _take_apart(
            data,
            offsets,
            tokens.classes(),
            tokens.folds(),
            tokens.traits(),
            how.shingle,
            at,
            words,
            begins,
            ends,
            facts,
            shingles,
            distinct,
        )
        t, s, d = (int(x) for x in at[:, -1])
        return cls(
            at[0], words[:t], begins[:t], ends[:t], facts[:t], at[1], shingles[:s], at[2], distinct[:d], how.shingle
        )


@numba.njit(cache=True, nogil=True)
def _take_apart(data, offsets, classes, folds, traits, size, at, words, begins, ends, facts, shingles, distinct):
    t = s = d = 0
    for i in range(offsets.shape[0] - 1):
        n = kernel.tokenise(data, offsets[i], offsets[i + 1], classes, folds, words[t:], begins[t:], ends[t:])
        kernel.traits(data, offsets[i], offsets[i + 1], traits, begins[t:], ends[t:], n, facts[t:])
        k = kernel.shingles(words[t:], n, size, shingles[s:])
        distinct[d : d + k] = shingles[s : s + k]
        m = kernel.distinct(distinct[d:], k)
        t += n
        s += k
        d += m
        at[0, i + 1] = t
        at[1, i + 1] = s
        at[2, i + 1] = d
