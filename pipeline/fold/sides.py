"""What can be counted on one of two texts alone, once it is marked what of it the other has."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.fold import lookup
from pipeline.fold.texts import HAS_FIGURE, HAS_NAME, HAS_NUMBER, HAS_SUBJECT, IS_VALUE
from pipeline.fold.tokens import COMMON, NAME

__all__ = ["Side", "count", "in_both", "in_one", "list_threes", "mark_threes", "mark_words"]

_USED = 128  # bit of `Side.other`
_LEAD = 35  # tokens: about two sentences
_HOLE = 4  # tokens that may be others in a stretch of hardly edited text

_jit = numba.njit(cache=True, nogil=True, boundscheck=False)


class Side(NamedTuple):
    """One of two texts that are compared.

    Attributes:
        words, facts, quoted, entries: Of each token; see `pipeline.fold.texts.Texts`.
        traits: Of each word of its vocabulary.
        other: Of each word of its vocabulary: 0 when the other text does not use it, else its traits there and `_USED`.
        threes: Of each token: whether it stands in a run of three words that the other text has.
        same: Of each token: whether it has a partner in the other text.
    """

    words: NDArray[np.uint64]
    facts: NDArray[np.uint8]
    quoted: NDArray[np.bool_]
    entries: NDArray[np.int32]
    traits: NDArray[np.uint8]
    other: NDArray[np.uint8]
    threes: NDArray[np.bool_]
    same: NDArray[np.bool_]


@_jit
def mark_words(places, vocabulary, x, vocabulary_y, y):
    """Fill `other` of both sides; `places` is the table of the vocabulary of x."""
    x.other[:] = 0
    for j in range(vocabulary_y.shape[0]):
        i = lookup.find(places, vocabulary, vocabulary_y[j])
        y.other[j] = 0
        if i >= 0:
            x.other[i] = y.traits[j] | _USED
            y.other[j] = x.traits[i] | _USED


@_jit
def in_one(x, trait):
    """Words of a text that have a trait."""
    n = 0
    for w in range(x.traits.shape[0]):
        n += (x.traits[w] & trait) != 0
    return n


@_jit
def in_both(x, trait):
    """Words that have a trait in both texts."""
    n = 0
    for w in range(x.traits.shape[0]):
        n += (x.traits[w] & x.other[w] & trait) != 0
    return n


@_jit
def _in_one_alone(x, trait):
    """Words with a trait that the other text does not use at all."""
    n = 0
    for w in range(x.traits.shape[0]):
        n += (x.traits[w] & trait) != 0 and x.other[w] == 0
    return n


@_jit
def _three(words, i):
    """Hash of the three words that begin with the i-th."""
    roll = np.uint64(0x9E3779B97F4A7C15)
    return (words[i] * roll + words[i + 1]) * roll + words[i + 2]


@_jit
def list_threes(words, places, listed, entries):
    """List the runs of three words that a text has, with their table, and which of them begins at each token.

    Returns:
        The number of different ones.
    """
    places[:] = -1
    n = 0
    for i in range(words.shape[0] - 2):
        entries[i] = lookup.enter(places, listed, n, _three(words, i))
        n = max(n, entries[i] + 1)
    return n


@_jit
def mark_threes(places, listed, n, entries, x, y):
    """Fill `threes` of both sides; the others are of x, see `list_threes`."""
    x.threes[:] = False
    y.threes[:] = False
    hit = np.zeros(n, np.bool_)
    for j in range(y.words.shape[0] - 2):
        entry = lookup.find(places, listed, _three(y.words, j))
        if entry >= 0:
            hit[entry] = True
            y.threes[j] = y.threes[j + 1] = y.threes[j + 2] = True
    for i in range(x.words.shape[0] - 2):
        if hit[entries[i]]:
            x.threes[i] = x.threes[i + 1] = x.threes[i + 2] = True


@_jit
def count(x, side, f):
    """Fill `f` (see `pipeline.fold.slots.DETAILS`) at the places of side 0 or 1."""
    n = x.words.shape[0]
    same = content = same_content = quoted = same_quoted = lead = lead_size = 0
    first, last = n, -1
    alone = longest_alone = 0
    three = three_content = three_narrated = named = named_else = 0
    stretch = longest_stretch = hole = 0
    for i in range(n):
        weighty = x.facts[i] != COMMON
        used = x.other[x.entries[i]] != 0
        content += weighty
        quoted += x.quoted[i]
        if i < _LEAD:
            lead_size += weighty
            lead += weighty and used
        if x.same[i]:
            same += 1
            same_content += weighty
            same_quoted += x.quoted[i]
            first = min(first, i)
            last = i
            alone = 0
        else:
            alone += 1
            longest_alone = max(longest_alone, alone)
        if x.facts[i] == NAME:
            named += 1
            named_else += not used
        if x.threes[i]:
            three += 1
            three_content += weighty
            three_narrated += not x.quoted[i]
            stretch += 1
            hole = 0
            longest_stretch = max(longest_stretch, stretch)
        else:
            hole += 1
            if hole > _HOLE:
                stretch = 0
    f[0 + side] = same
    f[2 + side] = content
    f[4 + side] = same_content
    f[13 + side] = lead
    f[15 + side] = lead_size
    f[20 + side] = quoted
    f[22 + side] = same_quoted
    f[24 + side] = max(0, last - first + 1)
    f[26 + side] = first
    f[28 + side] = longest_alone
    f[34 + side] = three
    f[36 + side] = three_content
    f[38 + side] = longest_stretch
    f[43 + side] = named
    f[45 + side] = named_else
    f[47 + side] = three_narrated
    f[18 + side] = in_one(x, HAS_SUBJECT)
    f[30 + side] = _in_one_alone(x, HAS_NUMBER)
    f[32 + side] = _in_one_alone(x, HAS_NAME)
    f[41 + side] = in_one(x, HAS_FIGURE)
    f[50 + side] = in_one(x, IS_VALUE)
