"""A score from many small decision trees, kept as a plain table: what a reader's judgement was distilled into.

The tables (`verdicts.json`) are fitted by `pipeline.eval.fit` on pairs that readers judged. Here they are only applied:
every tree leads by at most a few comparisons to a number, their sum is the score, and each comparison on the way is
credited with how far it moved the score, so that a score can say what it rests on.

Scores are wanted of every pair that is compared. Trees are not walked for them: all comparisons of a tree are made, for
many rows at once, and each strikes out the leaves that it rules out (QuickScorer, Lucchese et al. 2015). The first
of those that are left is the one that the walk ends in; nothing on the way has to be guessed by the processor.
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
_ROWS = 128  # that are scored at once
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)  # leaves of a tree, one bit each
_ONE = np.uint64(1)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)  # all runs of six bits in it differ (Leiserson et al. 1998)
_TOP = np.uint64(58)  # what is above are the six highest bits
_FIRST = np.empty(64, np.int64)  # place of a lone bit, by the six highest bits of its product with that number
_FIRST[(_DE_BRUIJN << np.arange(64, dtype=np.uint64)) >> _TOP] = np.arange(64)


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees over the columns of a matrix of measures, of 64 leaves at most.

    Attributes:
        base: Score before any tree.
        roots: (trees,) first node of each tree; its others follow, every node after the one that leads to it.
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
        keep, leaf = _leaves(self.roots, self.measure, self.left, self.right, self.value)
        ends = np.append(self.roots[1:], np.int32(len(self.measure)))
        return np.asarray(
            _score(matrix, self.base, self.roots, ends, self.measure, self.cut, self.unknown_left, keep, leaf)
        )

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
def _leaves(roots, measure, left, right, value):
    """What comparisons rule out.

    Returns:
        Of each node the leaves of its tree that are left when it leads to the right; and the values of the leaves of a
        tree, from left to right, from its root on.
    """
    n = measure.shape[0]
    count, first = np.ones(n, np.int64), np.zeros(n, np.int64)
    keep, leaf = np.full(n, _ALL), np.zeros(n)
    for node in range(n - 1, -1, -1):
        if measure[node] >= 0:
            count[node] = count[left[node]] + count[right[node]]
    for t in range(roots.shape[0]):
        for node in range(roots[t], roots[t + 1] if t + 1 < roots.shape[0] else n):
            if measure[node] < 0:
                leaf[roots[t] + first[node]] = value[node]
                continue
            first[left[node]] = first[node]
            first[right[node]] = first[node] + count[left[node]]
            for k in range(first[node], first[right[node]]):
                keep[node] &= ~(_ONE << np.uint64(k))
    return keep, leaf


@numba.njit(cache=True, nogil=True)
def _score(matrix, base, roots, ends, measure, cut, unknown_left, keep, leaf):
    out = np.full(matrix.shape[0], base)
    columns = np.zeros((matrix.shape[1], _ROWS))
    left = np.empty(_ROWS, np.uint64)
    for begin in range(0, matrix.shape[0], _ROWS):
        n = min(_ROWS, matrix.shape[0] - begin)
        columns[:, :n] = matrix[begin : begin + n].T
        for t in range(roots.shape[0]):
            left[:] = _ALL
            for node in range(roots[t], ends[t]):
                if measure[node] >= 0:
                    _rule_out(left, columns[measure[node]], cut[node], unknown_left[node], keep[node])
            for i in range(n):
                lowest = left[i] & (~left[i] + _ONE)
                out[begin + i] += leaf[roots[t] + _FIRST[(lowest * _DE_BRUIJN) >> _TOP]]
    return out


@numba.njit(cache=True, nogil=True)
def _rule_out(left, column, cut, unknown_left, keep):
    if unknown_left:
        for i in range(_ROWS):
            left[i] &= keep if column[i] >= cut else _ALL
    else:
        for i in range(_ROWS):
            left[i] &= _ALL if column[i] < cut else keep


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
