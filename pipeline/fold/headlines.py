"""How alike the headlines of two articles are."""

from __future__ import annotations

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.fold.texts import Texts

__all__ = ["headlines"]


def headlines(
    titles: pa.ChunkedArray, texts: Texts, left: NDArray[np.int32], right: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Share of the words of the shorter headline that are in the other.

    Not a number where one of them is only the beginning of its text: then nobody stated a headline.
    """
    heads = Texts.of(titles)
    stated = _stated(heads.token_at, heads.words, texts.token_at, texts.words)
    share = _headline_share(heads.token_at, heads.words, left.astype(np.int64), right.astype(np.int64))
    return np.where(stated[left] & stated[right], share, np.nan)


@numba.njit(cache=True, nogil=True)
def _stated(title_at, titles, text_at, texts):
    stated = np.zeros(title_at.shape[0] - 1, np.bool_)
    for i in range(stated.shape[0]):
        size = title_at[i + 1] - title_at[i] - 1  # without its last word, which may be cut
        room = text_at[i + 1] - text_at[i]
        for k in range(max(size, 0)):
            if k >= room or titles[title_at[i] + k] != texts[text_at[i] + k]:
                stated[i] = True
    return stated


@numba.njit(cache=True, nogil=True)
def _headline_share(at, words, left, right):
    share = np.zeros(left.shape[0])
    for i in range(left.shape[0]):
        a = np.unique(words[at[left[i]] : at[left[i] + 1]])
        b = np.unique(words[at[right[i]] : at[right[i] + 1]])
        both = 0
        for w in a:
            both += (b == w).any()
        share[i] = both / max(1, min(a.shape[0], b.shape[0]))
    return share
