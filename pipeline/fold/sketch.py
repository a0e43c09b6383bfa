"""Sketches: what articles are compared by before their texts are looked at.

A signature of the lake is a datasketch MinHash again in two lines (``row`` is one of the table ``sketches``)::

    values = np.frombuffer(row["signature"], "<u4")
    minhash = datasketch.MinHash(hashvalues=values, seed=1, scheme="affine32")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import WirefoldError
from pipeline.fold import kernel, tokens
from pipeline.lake import contract
from pipeline.partition import ROW_BITS

__all__ = ["FIRST_PASSAGE", "ROW_BITS", "SketchContract", "Sketches", "key_table", "sketch", "utf8"]

_KEY_BITS = 33  # 32 of the hash, and one that tells passages from bands

FIRST_PASSAGE = 1 << (_KEY_BITS - 1)
"""Keys from here on are of passages, those before of bands."""


@dataclass(frozen=True, slots=True)
class SketchContract:
    """How sketches are made. Two sketches can be compared only when this is the same for both.

    Attributes:
        shingle: Tokens in a shingle.
        permutations, seed: Of the MinHash signature (datasketch, scheme ``affine32``).
        rows: Rows of the signature in one band. 32 bands of 4 rows find half of the pairs with Jaccard .36 and nearly
            all above .6; the pairs below are found by passage keys.
        scale: One in `scale` shingles is a passage key. At 5, a passage of 40 words of which every tenth was changed
            (21 shingles left) is found 99 times of 100, every fifth (12 left) 93 times.
    """

    shingle: int = 5
    permutations: int = 128
    seed: int = 1
    rows: int = 4
    scale: int = 5

    def __str__(self) -> str:
        return (
            f"tokens=2 shingle={self.shingle} scheme=affine32 permutations={self.permutations} seed={self.seed} "
            f"rows={self.rows} scale={self.scale}"
        )

    def check(self, found: pa.ChunkedArray) -> None:
        """Refuse sketches made another way.

        Raises:
            WirefoldError: There are some.
        """
        others = set(found.unique().to_pylist()) - {str(self)}
        if others:
            raise WirefoldError(
                f"sketches in the lake were made as {min(others)!r}, not as {self!s}: make them anew with "
                "wirefold resketch"
            )


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of some articles.

    Attributes:
        rows: Under the contract of the table `sketches`.
        keys: Their keys, each with the row part of its article's number in the lowest 24 bits; in the order of `rows`.
    """

    rows: pa.Table
    keys: NDArray[np.int64]


def sketch(
    articles: pa.Table, how: SketchContract = SketchContract(), keyed: NDArray[np.bool_] | None = None
) -> Sketches:
    """Sketch articles.

    Args:
        articles: Columns article (the number), article_id, text_hash, published_at (null where nobody stated
            it), text.
        keyed: Which of them shall have keys; by default all.
    """
    data, offsets = utf8(articles["text"])
    n = articles.num_rows
    a, b = _permutations(how)
    signatures = np.empty((n, how.permutations), np.uint32)
    bands = np.empty((n, how.permutations // how.rows), np.uint32)
    counts = np.empty(n, np.int32)
    # A token takes two bytes at least (itself and what separates it) unless its script has no spaces: three then.
    passages = np.empty(int(offsets[-1] - offsets[0]) // 2 + n + 1, np.uint32)
    ends = np.empty(n, np.int64)
    kernel.sign(
        data, offsets, tokens.classes(), tokens.folds(), how.shingle, a, b, how.rows, how.scale, signatures, bands,
        counts, passages, ends,
    )  # fmt: skip
    columns = {name: articles[name] for name in ("article", "article_id", "text_hash", "published_at")} | {
        "shingles": pa.array(counts),
        "signature": _binary(signatures),
        "contract": pa.array([str(how)] * n, pa.string()),
    }
    row = articles["article"].to_numpy() & ((1 << ROW_BITS) - 1)
    keys = _packed(row, bands, passages, ends, np.ones(n, np.bool_) if keyed is None else keyed)
    return Sketches(pa.table(columns, schema=contract("sketches").schema), keys)


def key_table(first: int, keys: Sequence[NDArray[np.int64]]) -> pa.Table:
    """Keys as rows of the table `keys`, sorted.

    Once in a million articles two keys of one are equal: one stays.

    Args:
        first: Number of row 0 of the file that the articles are in.
        keys: As `Sketches` has them, in the order of rows.
    """
    packed = np.concatenate(keys) if keys else np.empty(0, np.int64)
    kernel.sort_keys(packed, np.empty_like(packed), ROW_BITS, _KEY_BITS)
    packed = packed[np.diff(packed, prepend=-1) != 0]
    row = (packed & ((1 << ROW_BITS) - 1)) + first
    return pa.table([packed >> ROW_BITS, row], schema=contract("keys").schema)


def _packed(
    row: NDArray[np.int64],
    bands: NDArray[np.uint32],
    passages: NDArray[np.uint32],
    ends: NDArray[np.int64],
    keyed: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Keys of the rows that shall have some; a text without shingles has none."""
    lengths = np.diff(ends, prepend=0)
    of_passages = np.repeat(np.where(keyed, row, -1), lengths)
    passage = (passages[: len(of_passages)].astype(np.int64) | FIRST_PASSAGE) << ROW_BITS | of_passages
    band = bands[keyed].astype(np.int64) << ROW_BITS | row[keyed, None]
    return np.concatenate([band.ravel(), passage[of_passages >= 0]])


def _binary(rows: NDArray[np.uint32]) -> pa.Array:
    """Rows as a column of binary values."""
    flat = np.ascontiguousarray(rows, "<u4")
    offsets = np.arange(len(flat) + 1, dtype=np.int32) * (flat.shape[1] * 4)
    return pa.Array.from_buffers(pa.binary(), len(flat), [None, pa.py_buffer(offsets), pa.py_buffer(flat)])


def utf8(texts: pa.ChunkedArray) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes of a string column and where each value begins and ends, shape (rows + 1,). No copy for one chunk."""
    array = texts.combine_chunks() if texts.num_chunks != 1 else texts.chunk(0)
    if isinstance(array, pa.ChunkedArray):  # more than 2 GB of text in one column
        raise WirefoldError("too much text in one batch")
    if len(array) == 0:
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    _, offsets, data = array.buffers()
    width = np.int64 if pa.types.is_large_string(array.type) else np.int32
    begins = np.frombuffer(offsets, width)[array.offset : array.offset + len(array) + 1].astype(np.int64)
    return np.frombuffer(data or b"", np.uint8), begins


@cache
def _permutations(how: SketchContract) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    from datasketch import MinHash  # imports half of SciPy, and most that deal with sketches make none

    a, b = MinHash(num_perm=how.permutations, seed=how.seed, scheme="affine32").permutations
    return np.ascontiguousarray(a, np.uint32), np.ascontiguousarray(b, np.uint32)
