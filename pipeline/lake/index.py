"""What the rows of a file are looked up by, as numbers: 32 bits of each value instead of a column of strings.

Of sketches they are some bands of the signature: texts that are nearly equal have one of them in common.

An index lies beside the manifests and is named by the digest of its file, so that it cannot be out of date. Equal
numbers are a hint, not a proof: among a million articles and a thousand wanted values, one in four lookups also names a
row with another value. Who needs to be sure looks at the rows.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from pipeline.lake.datafile import INTERNAL, DataFile
from pipeline.lake.storage import Storage

__all__ = ["INDEXED", "folder", "hashes", "load", "matching", "numbers", "path"]

INDEXED = {"articles": ("article_id", "text_hash", "locator"), "sketches": ("signature",)}
"""Columns that are looked up, by table."""

_BANDS, _ROWS = 4, 4  # of the signature: of texts with Jaccard .9 they find 985 of 1,000 pairs, with .8 879
_WIDTH = {"articles": 3, "sketches": _BANDS}

folder = f"{INTERNAL}/index"

Numbers = NDArray[np.uint32]


def path(file: DataFile) -> str:
    """Where the index of a file is kept: an array in NumPy's format, one row for each indexed column or band."""
    return f"{folder}/{file.table}/{file.digest}.npy"


def hashes(values: pa.Array | pa.ChunkedArray) -> Numbers:
    """The numbers that stand for strings; null counts as the empty one."""
    return np.array([xxhash.xxh32_intdigest(str(v or "").encode()) for v in values.to_pylist()], np.uint32)


def numbers(table: str, rows: pa.Table) -> Numbers:
    """What an index holds of some rows of a table, (columns or bands, rows)."""
    if table == "articles":
        return np.stack([hashes(rows[c]) for c in INDEXED[table]])
    return np.concatenate([np.zeros((_BANDS, 0), np.uint32), *map(_bands, rows["signature"].chunks)], axis=1)


def _bands(signatures: pa.Array) -> Numbers:
    """Numbers that stand for the first bands of signatures."""
    if not len(signatures):
        return np.zeros((_BANDS, 0), np.uint32)
    offsets = np.frombuffer(signatures.buffers()[1], np.int32)[signatures.offset :]
    data = np.frombuffer(signatures.buffers()[2], np.uint8)[offsets[0] : offsets[len(signatures)]]
    values = data.view("<u4").reshape(len(signatures), -1)[:, : _BANDS * _ROWS].astype(np.uint64)
    mixed = np.zeros((_BANDS, len(signatures)), np.uint64)
    for row in range(_ROWS):
        mixed = (mixed ^ values[:, row::_ROWS].T) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
    return mixed.astype(np.uint32)


def load(storage: Storage, file: DataFile) -> Numbers | None:
    """The index of a file; None when there is none that fits it."""
    try:
        with storage.open(path(file)) as f:
            found: Numbers = np.load(f, allow_pickle=False)
    except (OSError, ValueError):
        return None
    fits = found.dtype == np.uint32 and found.shape == (_WIDTH[file.table], file.rows)
    return found if fits else None


def matching(held: Numbers, wanted: Numbers) -> NDArray[np.int64]:
    """Where `held` holds one of `wanted`, which are ascending; ascending, too."""
    if not len(wanted):
        return np.zeros(0, np.int64)
    # Most can be told by a few bits, which costs one look into a table that fits into the cache.
    bits = max(16, len(wanted).bit_length() + 4)
    mask = np.uint32((1 << bits) - 1)
    table = np.zeros(1 << bits, np.bool_)
    table[wanted & mask] = True
    maybe = np.flatnonzero(table[held & mask])
    found = held[maybe]
    there: NDArray[np.int64] = maybe[wanted[np.minimum(np.searchsorted(wanted, found), len(wanted) - 1)] == found]
    return there
