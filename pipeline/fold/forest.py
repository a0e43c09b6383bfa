"""A score from many small decision trees, kept as a plain table: what a reader's judgement was distilled into.

The tables (`verdicts.json`) are fitted by `pipeline.eval.fit` on pairs that readers judged. Here they are only applied:
every tree leads by at most a few comparisons to a number, their sum is the score, and each comparison on the way is
credited with how far it moved the score, so that a score can say what it rests on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["Forest", "forests"]

_FILE = Path(__file__).with_name("verdicts.json")


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees over the columns of a matrix of measures.

    Attributes:
        base: Score before any tree.
        roots: (trees,) first node of each tree.
        measure: (nodes,) column that is looked at; -1 in a leaf.
        cut: (nodes,) values below it go left, others right.
        unknown_left: (nodes,) whether what is not known goes left.
        left, right: (nodes,) next nodes.
        value: (nodes,) score so far: what the tree adds when it ends here.
    """

    base: float
    roots: NDArray[np.int32]
    measure: NDArray[np.int32]
    cut: NDArray[np.float64]
    unknown_left: NDArray[np.bool_]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]

    def score(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score of each row: above 0 yes, below no; the log of the odds."""
        return np.asarray(
            _score(matrix, self.base, self.roots, self.measure, self.cut, self.unknown_left, self.left, self.right,
                   self.value)
        )  # fmt: skip

    def credit(self, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each measure moved the score of each row (Saabas 2014); with `base` they sum to it."""
        return np.asarray(
            _credit(matrix, self.roots, self.measure, self.cut, self.unknown_left, self.left, self.right, self.value)
        )

    def to_json(self) -> dict[str, Any]:
        """The table; numbers rounded to what matters."""
        return {
            "base": round(self.base, 4),
            "roots": self.roots.tolist(),
            "measure": self.measure.tolist(),
            "cut": [float(f"{c:.6g}") for c in self.cut],
            "unknown_left": self.unknown_left.astype(int).tolist(),
            "left": self.left.tolist(),
            "right": self.right.tolist(),
            "value": [round(float(v), 4) for v in self.value],
        }

    @classmethod
    def from_json(cls, table: dict[str, Any], columns: Sequence[int]) -> Forest:
        """The forest of a table whose n-th measure is that column of the matrices."""
        at = np.array([*columns, -1], np.int32)  # a leaf looks at none
        return cls(
            base=table["base"],
            roots=np.array(table["roots"], np.int32),
            measure=at[table["measure"]],
            cut=np.array(table["cut"], np.float64),
            unknown_left=np.array(table["unknown_left"], np.bool_),
            left=np.array(table["left"], np.int32),
            right=np.array(table["right"], np.int32),
            value=np.array(table["value"], np.float64),
        )


@cache
def forests(names: tuple[str, ...]) -> tuple[dict[str, Forest], tuple[float, ...]]:
    """The fitted tables by name, and how near to 0 a score must be to be among the least sure 1, 2, … 100 percent."""
    tables = json.loads(_FILE.read_text(encoding="utf-8"))
    columns = [names.index(name) for name in tables["measures"]]
    return {k: Forest.from_json(t, columns) for k, t in tables["forests"].items()}, tuple(tables["doubt"])


@numba.njit(cache=True, nogil=True)
def _score(matrix, base, roots, measure, cut, unknown_left, left, right, value):
    out = np.full(matrix.shape[0], base)
    for i in range(matrix.shape[0]):
        for root in roots:
            node = root
            while measure[node] >= 0:
                x = matrix[i, measure[node]]
                goes_left = unknown_left[node] if np.isnan(x) else x < cut[node]
                node = left[node] if goes_left else right[node]
            out[i] += value[node]
    return out


@numba.njit(cache=True, nogil=True)
def _credit(matrix, roots, measure, cut, unknown_left, left, right, value):
    out = np.zeros(matrix.shape)
    for i in range(matrix.shape[0]):
        for root in roots:
            node = root
            while measure[node] >= 0:
                x = matrix[i, measure[node]]
                goes_left = unknown_left[node] if np.isnan(x) else x < cut[node]
                child = left[node] if goes_left else right[node]
                out[i, measure[node]] += value[child] - value[node]
                node = child
    return out
