"""Sketches: what articles are compared by before their texts are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from datasketch import MinHash
from numpy.typing import NDArray

from pipeline.errors import WirefoldError
from pipeline.fold import kernel, tokens
from pipeline.lake import contract

__all__ = ["SketchContract", "sketch"]


@dataclass(frozen=True, slots=True)
class SketchContract:
    """How sketches are made. Two sketches can be compared only when this is the same for both.

    Attributes:
        shingle: Tokens in a shingle.
        permutations, seed: Of the MinHash signature (datasketch, scheme ``affine32``).
        rows: Rows of the signature in one band. 32 bands of 4 rows find half of the pairs with Jaccard .36 and nearly
            all above .6; the pairs below are found by passage keys.
        scale: One in `scale` shingles is a passage key.
    """

    shingle: int = 5
    permutations: int = 128
    seed: int = 1
    rows: int = 4
    scale: int = 8

    def __str__(self) -> str:
        return (
            f"tokens=1 shingle={self.shingle} scheme=affine32 permutations={self.permutations} seed={self.seed} "
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
                f"sketches in the lake were made as {min(others)!r}, not as {self!s}; delete sketches/ to remake them"
            )


def sketch(articles: pa.Table, how: SketchContract = SketchContract()) -> pa.Table:
    """Sketch articles.

    Args:
        articles: Columns article_id, text_hash, published_at, text.

    Returns:
        One row per article, under the contract of the table `sketches`.
    """
    data, offsets = utf8(articles["text"])
    n = articles.num_rows
    a, b = _permutations(how)
    signatures = np.empty((n, how.permutations), np.uint32)
    bands = np.empty((n, how.permutations // how.rows), np.int32)
    counts = np.empty(n, np.int32)
    # A token takes two bytes at least (itself and what separates it) unless its script has no spaces: three then.
    passages = np.empty(int(offsets[-1] - offsets[0]) // 2 + n + 1, np.int32)
    ends = np.empty(n, np.int64)
    kernel.sign(
        data, offsets, tokens.classes(), tokens.folds(), how.shingle, a, b, how.rows, how.scale, signatures, bands,
        counts, passages, ends,
    )  # fmt: skip
    schema = contract("sketches").schema
    element = schema.field("bands").type
    used = int(ends[-1]) if n else 0
    columns = {
        "article_id": articles["article_id"],
        "text_hash": articles["text_hash"],
        "published_at": articles["published_at"],
        "shingles": pa.array(counts),
        "signature": pa.array([s.tobytes() for s in signatures.astype("<u4", copy=False)], pa.binary()),
        "bands": pa.ListArray.from_arrays(_list_offsets(n, bands.shape[1]), pa.array(bands.ravel()), type=element),
        "passages": pa.ListArray.from_arrays(
            pa.array(np.r_[0, ends].astype(np.int32)), pa.array(passages[:used]), type=element
        ),
        "contract": pa.array([str(how)] * n, pa.string()),
    }
    return pa.table(columns, schema=schema)


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
    a, b = MinHash(num_perm=how.permutations, seed=how.seed, scheme="affine32").permutations
    return np.ascontiguousarray(a, np.uint32), np.ascontiguousarray(b, np.uint32)


def _list_offsets(n: int, width: int) -> pa.Array:
    return pa.array(np.arange(0, (n + 1) * width, width, dtype=np.int32))
