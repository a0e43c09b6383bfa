"""Texts taken apart once, ready to be compared many times."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.fold import kernel, lookup, tokens
from pipeline.fold.common import common_words, number_words
from pipeline.fold.sketch import SketchContract, utf8
from pipeline.fold.tokens import COMMON, NAME, NUMBER

__all__ = ["HAS_FIGURE", "HAS_NAME", "HAS_NUMBER", "HAS_SUBJECT", "IS_VALUE", "Texts"]

HAS_NUMBER, HAS_NAME, HAS_SUBJECT, HAS_FIGURE, IS_VALUE = 1, 2, 4, 8, 16
"""Bits of `Texts.traits`. A figure has three digits, or five and more: neither a small count nor a year, but one of
money, of votes, of shares. A value is a number as a whole: 1.5, 6-1/16, 1,300,000, or the 2 that is written as two."""

_ROLL = np.uint64(0x9E3779B97F4A7C15)  # odd
_POST, _SIGNATURE = 80, 8  # tokens that an embedded post has at most, and its author's name


@dataclass(frozen=True, slots=True)
class Texts:
    """Tokens and shingles of some texts, one after the other.

    Attributes:
        token_at: (texts + 1,) where each text's tokens begin in `words` and the five below it.
        words: Token hashes. begins, ends: their offsets in characters.
        facts: `NUMBER` for tokens with a digit, `COMMON` for words without a subject, `NAME` for other capitalised
            ones, else 0.
        quoted: Whether a token stands in quotation marks.
        entries: Where a token's word stands in the vocabulary of its text.
        word_at: (texts + 1,) where each text's vocabulary begins in `vocabulary`, `traits`.
        vocabulary: Distinct token hashes in the order of their first occurrence; after them the values that are no
            tokens.
        traits: What any of a word's tokens is: bits `HAS_NUMBER`, `HAS_NAME`, `HAS_SUBJECT`, `HAS_FIGURE`, `IS_VALUE`.
        shingle_at: (texts + 1,) where each text's shingles begin in `shingles`.
        shingles: Shingle hashes in text order.
        distinct: (texts,) number of different ones among each text's shingles.
        width: Tokens in a shingle.
    """

    token_at: NDArray[np.int64]
    words: NDArray[np.uint64]
    begins: NDArray[np.int32]
    ends: NDArray[np.int32]
    facts: NDArray[np.uint8]
    quoted: NDArray[np.bool_]
    entries: NDArray[np.int32]
    word_at: NDArray[np.int64]
    vocabulary: NDArray[np.uint64]
    traits: NDArray[np.uint8]
    shingle_at: NDArray[np.int64]
    shingles: NDArray[np.uint64]
    distinct: NDArray[np.int32]
    width: int

    @classmethod
    def of(cls, texts: pa.ChunkedArray, how: SketchContract = SketchContract()) -> Texts:
        """Take a string column apart."""
        data, offsets = utf8(texts)
        n = len(offsets) - 1
        size = int(offsets[-1] - offsets[0]) + n
        words, vocabulary, shingles = (np.empty(size, np.uint64) for _ in range(3))
        distinct = np.empty(n, np.int32)
        begins, ends, entries = (np.empty(size, np.int32) for _ in range(3))
        facts, traits, quoted = np.empty(size, np.uint8), np.empty(size, np.uint8), np.empty(size, np.bool_)
        at = np.zeros((3, n + 1), np.int64)
        _take_apart(
            data, offsets, tokens.classes(), tokens.folds(), tokens.traits(), *common_words(),
            *number_words(), how.shingle, at,
            words, begins, ends, facts, quoted, entries, vocabulary, traits, shingles, distinct,
        )  # fmt: skip
        t, v, s = (int(x) for x in at[:, -1])
        return cls(
            at[0], words[:t], begins[:t], ends[:t], facts[:t], quoted[:t], entries[:t],
            at[1], vocabulary[:v], traits[:v], at[2], shingles[:s], distinct, how.shingle,
        )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _take_apart(
    data, offsets, classes, folds, table, common, common_hashes, number, number_hashes, digits, size, at,
    words, begins, ends, facts, quoted, entries, vocabulary, traits, shingles, distinct,
):  # fmt: skip
    longest = 0
    for i in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    places, listed = np.empty(lookup.room(longest + 1), np.int32), np.empty(longest + 1, np.uint64)
    t = v = s = 0
    for i in range(offsets.shape[0] - 1):
        n = kernel.tokenise(
            data, offsets[i], offsets[i + 1], classes, folds, words[t:], begins[t:], ends[t:], table, facts[t:]
        )
        _mark_quoted(data, offsets[i], offsets[i + 1], begins[t:], n, quoted[t:])
        here = places[: lookup.room(2 * n)]  # words, and a value for each of them at most
        here[:] = -1
        m = 0
        for w in range(t, t + n):
            entry = lookup.enter(here, vocabulary[v:], m, words[w])
            entries[w] = entry
            if entry == m:
                m += 1
                known = lookup.find(common, common_hashes, words[w]) >= 0
                traits[v + entry] = 0 if known else HAS_SUBJECT
            figure = ends[w] - begins[w]
            if facts[w] == NUMBER:
                traits[v + entry] |= HAS_NUMBER | HAS_SUBJECT
                if figure == 3 or figure > 4:
                    traits[v + entry] |= HAS_FIGURE
            elif not traits[v + entry] & HAS_SUBJECT:
                facts[w] = COMMON
            elif facts[w] == NAME:
                traits[v + entry] |= HAS_NAME
        m = _enter_values(
            here, vocabulary[v:], traits[v:], m, words[t : t + n], begins[t:], ends[t:], facts[t:],
            number, number_hashes, digits,
        )  # fmt: skip
        k = kernel.shingles(words[t:], n, size, shingles[s:])
        here[:] = -1
        different = 0
        for place in range(s, s + k):
            different = max(different, lookup.enter(here, listed, different, shingles[place]) + 1)
        distinct[i] = different
        t += n
        v += m
        s += k
        at[0, i + 1] = t
        at[1, i + 1] = v
        at[2, i + 1] = s


@numba.njit(cache=True, nogil=True)
def _enter_values(places, vocabulary, traits, m, words, begins, ends, facts, number, number_hashes, digits):
    """Mark the numbers in the vocabulary of m words, and enter those that are more than a word: with no more than one
    character between them, numbers are one.

    Returns:
        The words and values of the vocabulary.
    """
    i, n = 0, words.shape[0]
    while i < n:
        value = words[i]
        if facts[i] != NUMBER:
            written = lookup.find(number, number_hashes, value)
            i += 1
            if written < 0:
                continue
            value = digits[written]
        else:
            i += 1
            while i < n and facts[i] == NUMBER and begins[i] - ends[i - 1] == 1:
                value = value * _ROLL + words[i]
                i += 1
        entry = lookup.enter(places, vocabulary, m, value)
        if entry == m:
            traits[entry] = 0
            m += 1
        traits[entry] |= IS_VALUE
    return m


@numba.njit(cache=True, nogil=True)
def _mark_quoted(data, start, end, begins, n, quoted):
    """Which of `n` tokens begin inside quotation marks. A straight mark opens and closes by turns, a curly one by its
    shape; single marks count where British style opens them (after a blank) and closes them (after a stop). Quotations
    end with their paragraph. A post that a page embeds is a quotation, too: what stands before "— Name (@name)"."""
    char = token = 0
    double = single = False
    signed = -1  # token after the last long dash of the paragraph
    before_this = this = 0  # first token of the paragraph before, and of this one
    for i in range(start, end):
        b = data[i]
        if (b == 0x0A) | (b == 0x22) | (b == 0x27) | (b == 0x28) | (b == 0xC2) | (b == 0xE2):
            while token < n and begins[token] < char:
                quoted[token] = double or single
                token += 1
            if b == 0x0A:
                double = single = False
                if token > this:
                    before_this, this = this, token
                    signed = -1
            elif b == 0x28:
                if signed >= 0 and token - signed <= _SIGNATURE and i + 1 < end and data[i + 1] == 0x40:
                    first = this if signed > this else before_this
                    quoted[max(first, token - _POST) : token] = True
            elif b == 0xE2 and data[i + 1] == 0x80 and data[i + 2] == 0x94:
                signed = token
            elif b == 0x22:
                double = not double
            elif b == 0xC2:
                if data[i + 1] == 0xAB:
                    double = True
                elif data[i + 1] == 0xBB:
                    double = False
            elif b == 0x27 or (data[i + 1] == 0x80 and (data[i + 2] == 0x98 or data[i + 2] == 0x99)):
                before = data[i - 1] if i > start else np.uint8(0x20)
                opening = b == 0xE2 and data[i + 2] == 0x98
                if opening or (b == 0x27 and before <= 0x20):
                    single = True
                elif single and (before == 0x2C or before == 0x2E or before == 0x21 or before == 0x3F):
                    single = False
            elif data[i + 1] == 0x80 and (data[i + 2] == 0x9C or data[i + 2] == 0x9E):
                double = True
            elif data[i + 1] == 0x80 and data[i + 2] == 0x9D:
                double = False
        char += (b & 0xC0) != 0x80
    quoted[token:n] = double or single
