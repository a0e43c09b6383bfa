"""Near-copies out of the window: texts that are equal but for a few words are compared however far apart in time.

A date that is wrong by months would hide a copy otherwise. They are found by the index of sketches instead of by keys:
history costs one look at sixteen bytes an article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.lake import DataFile, Lake, index
from pipeline.partition import Run
from pipeline.run.numbers import numbered

__all__ = ["far_copies"]

_ALIKE = 0.75  # share of a signature that is equal: an estimate of Jaccard
_LEAST = 50  # shingles: shorter texts of months apart are forms that were filled in again
_MANY = 200  # texts with one band in common: a form, too
_AT_ONCE = 10_000  # articles: bounds memory
_SECONDS = 86_400  # of a day

Numbers = NDArray[np.int64]


def far_copies(lake: Lake, new: Sequence[DataFile], window_days: int) -> tuple[Numbers, Numbers]:
    """Articles with nearly equal texts, out of the window: numbers of new ones, and of others, new or old.

    Args:
        new: Files of sketches whose articles are new.
        window_days: 0 for no window: nothing is out of it.
    """
    if not window_days:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    files = lake.files("sketches")
    mine, theirs = _articles(new), _articles(files)
    bands = [*zip(lake.numbers("sketches", [*new]), lake.numbers("sketches", files), strict=True)]
    held = [index.matching(b, np.unique(a)) for a, b in bands]  # all of the new ones, and what they meet
    times = _Times(lake, theirs[np.unique(np.concatenate(held))])
    found = [
        some[times.apart(some) > window_days * _SECONDS]
        for (a, b), here in zip(bands, held, strict=True)
        for some in _meeting(a, mine, b[here], theirs[here])
    ]
    pairs = np.unique(np.concatenate([*found, np.zeros((0, 2), np.int64)]), axis=0)
    pairs = pairs[(pairs[:, 0] > pairs[:, 1]) | ~np.isin(pairs[:, 1], mine)]  # of two new ones once
    pairs = pairs[_alike(lake, pairs)] if len(pairs) else pairs
    return pairs[:, 0], pairs[:, 1]


def _articles(files: Sequence[DataFile]) -> Numbers:
    """Numbers of the articles of some files, in order."""
    first = [np.arange(f.rows) + Run.named(f.name).first_number for f in files]
    return np.concatenate([np.zeros(0, np.int64), *first])


def _meeting(a: NDArray[np.uint32], mine: Numbers, b: NDArray[np.uint32], theirs: Numbers) -> Iterator[Numbers]:
    """Pairs of articles, (n, 2), that have the same number, unless very many have it."""
    order = np.argsort(b, kind="stable")
    low, high = (np.searchsorted(b[order], a, side) for side in ("left", "right"))
    count = np.where(high - low > _MANY, 0, high - low)
    for begin in range(0, len(a), _AT_ONCE):
        some = slice(begin, begin + _AT_ONCE)
        n = count[some]
        within = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        yield np.column_stack([np.repeat(mine[some], n), theirs[order[np.repeat(low[some], n) + within]]])


class _Times:
    """When articles were published."""

    def __init__(self, lake: Lake, numbers: Numbers) -> None:
        self._numbers = numbers
        at = numbered(lake, numbers, ["published_at"], "sketches")["published_at"]
        microseconds = at.cast(pa.int64()).cast(pa.float64(), safe=False)  # of other centuries they are rounded
        self._at = pc.divide(microseconds, 1e6).to_numpy()  # unknown: not a number

    def apart(self, pairs: Numbers) -> NDArray[np.float64]:
        """Seconds between two articles; not a number where nobody stated one of the times."""
        a, b = (self._at[np.searchsorted(self._numbers, pairs[:, side])] for side in (0, 1))
        return np.asarray(np.abs(a - b), np.float64)


def _alike(lake: Lake, pairs: Numbers) -> NDArray[np.bool_]:
    numbers = np.unique(pairs)
    rows = numbered(lake, numbers, ["text_hash", "shingles", "signature"], "sketches")
    texts = np.array(rows["text_hash"].to_pylist(), object)
    long = rows["shingles"].to_numpy() >= _LEAST
    signatures = np.array([np.frombuffer(s, "<u4") for s in rows["signature"].to_pylist()])
    a, b = (np.searchsorted(numbers, pairs[:, side]) for side in (0, 1))
    alike = (signatures[a] == signatures[b]).mean(axis=1) >= _ALIKE
    return np.asarray(alike & long[a] & long[b] & (texts[a] != texts[b]), np.bool_)
