"""Texts taken apart once, ready to be compared many times."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.fold import kernel, tokens
from pipeline.fold.common import common_words
from pipeline.fold.sketch import SketchContract, utf8
from pipeline.fold.tokens import COMMON, NUMBER

__all__ = ["Texts"]


@dataclass(frozen=True, slots=True)
class Texts:
    """Tokens and shingles of some texts, one after the other.

    Attributes:
        token_at: (texts + 1,) where each text's tokens begin in `words`, `begins`, `ends`, `facts`.
        words: Token hashes. begins, ends: their offsets in characters.
        facts: `NUMBER` for tokens with a digit, `COMMON` for words without a subject, `NAME` for other capitalised
            ones, else 0.
        quoted: Whether a token stands in quotation marks.
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
    quoted: NDArray[np.bool_]
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
        facts, quoted = np.empty(size + n, np.uint8), np.empty(size + n, np.bool_)
        at = np.zeros((3, n + 1), np.int64)
        _take_apart(
            data,
            offsets,
            tokens.classes(),
            tokens.folds(),
            tokens.traits(),
            common_words(),
            how.shingle,
            at,
            words,
            begins,
            ends,
            facts,
            quoted,
            shingles,
            distinct,
        )
        t, s, d = (int(x) for x in at[:, -1])
        return cls(
            at[0],
            words[:t],
            begins[:t],
            ends[:t],
            facts[:t],
            quoted[:t],
            at[1],
            shingles[:s],
            at[2],
            distinct[:d],
            how.shingle,
        )


@numba.njit(cache=True, nogil=True)
def _take_apart(
    data, offsets, classes, folds, traits, common, size, at, words, begins, ends, facts, quoted, shingles, distinct
):
    t = s = d = 0
    for i in range(offsets.shape[0] - 1):
        n = kernel.tokenise(data, offsets[i], offsets[i + 1], classes, folds, words[t:], begins[t:], ends[t:])
        kernel.traits(data, offsets[i], offsets[i + 1], traits, begins[t:], ends[t:], n, facts[t:])
        for w in range(t, t + n):
            place = np.searchsorted(common, words[w])
            if facts[w] != NUMBER and place < common.shape[0] and common[place] == words[w]:
                facts[w] = COMMON
        _mark_quoted(data, offsets[i], offsets[i + 1], begins[t:], n, quoted[t:])
        k = kernel.shingles(words[t:], n, size, shingles[s:])
        distinct[d : d + k] = shingles[s : s + k]
        m = kernel.distinct(distinct[d:], k)
        t += n
        s += k
        d += m
        at[0, i + 1] = t
        at[1, i + 1] = s
        at[2, i + 1] = d


@numba.njit(cache=True, nogil=True)
def _mark_quoted(data, start, end, begins, n, quoted):
    """Which of `n` tokens begin inside quotation marks. A straight mark opens and closes by turns, a curly one by its
    shape; single marks count where British style opens them (after a blank) and closes them (after a stop). Quotations
    end with their paragraph."""
    char = token = 0
    double = single = False
    before = np.uint8(32)
    i = start
    while i < end and token < n:
        b = data[i]
        width = 1 if b < 0x80 else 2 if b < 0xE0 else 3 if b < 0xF0 else 4
        if token < n and begins[token] == char:
            quoted[token] = double or single
            token += 1
        if b == 0x0A:
            double = single = False
        elif b == 0x22:
            double = not double
        elif b == 0xC2 and data[i + 1] == 0xAB:
            double = True
        elif b == 0xC2 and data[i + 1] == 0xBB:
            double = False
        elif b == 0xE2 and data[i + 1] == 0x80 and (data[i + 2] == 0x9C or data[i + 2] == 0x9E):
            double = True
        elif b == 0xE2 and data[i + 1] == 0x80 and data[i + 2] == 0x9D:
            double = False
        elif b == 0x27 or (b == 0xE2 and data[i + 1] == 0x80 and (data[i + 2] == 0x98 or data[i + 2] == 0x99)):
            opening = b == 0xE2 and data[i + 2] == 0x98
            if opening or (b == 0x27 and before <= 32):
                single = True
            elif single and (before == 0x2C or before == 0x2E or before == 0x21 or before == 0x3F):
                single = False
        before = b
        char += 1
        i += width
    quoted[token:n] = False
