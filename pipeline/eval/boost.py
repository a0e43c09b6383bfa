"""Fitting forests: gradient boosting of small trees on the logistic loss, in NumPy.

Newton steps on histograms with monotone constraints, as XGBoost and LightGBM do them (Chen and Guestrin 2016; Ke et al.
2017), small enough to read and without another dependency: there are hundreds of judged pairs, not millions. The same
pairs and seed give the same trees, even where a machine rounds otherwise: of equal splits the first counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UsageError
from pipeline.fold.forest import Forest

__all__ = ["Boosting", "boost"]

Floats = NDArray[np.float64]
_UNKNOWN = -1  # bin of what is not known
_TIE = 1e-9  # gains nearer than that are equal: their last digits are those of the machine's exponential function


@dataclass(frozen=True, slots=True)
class Boosting:
    """How to fit. The defaults were chosen by cross-validation on the development labels; nearby values do as well."""

    trees: int = 240
    leaves: int = 10
    rate: float = 0.05
    bins: int = 32
    rows: float = 0.8  # share of the pairs that a tree sees
    measures: float = 0.5  # share of the measures that a tree sees
    ridge: float = 5.0
    min_weight: float = 1.5  # of a leaf: sum of p(1 - p)
    seed: int = 1


@dataclass(slots=True)
class _Nodes:
    """A forest that grows."""

    measure: list[int] = field(default_factory=list)
    cut: list[float] = field(default_factory=list)
    unknown_left: list[bool] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def add(self, value: float) -> int:
        self.measure.append(-1)
        self.cut.append(0.0)
        self.unknown_left.append(False)
        self.left.append(-1)
        self.right.append(-1)
        self.value.append(value)
        return len(self.value) - 1


@dataclass(frozen=True, slots=True)
class _Split:
    gain: float
    column: int
    bin: int
    unknown_left: bool
    left: float
    right: float


def boost(
    matrix: Floats, truth: NDArray[np.bool_], weight: Floats, monotone: NDArray[np.int8], how: Boosting = Boosting()
) -> Forest:
    """Fit a forest.

    Args:
        matrix: (pairs, measures); not a number where something is not known.
        monotone: (measures,) 1 where more can only speak for yes, -1 against it, 0 either way.

    Raises:
        UsageError: There is nothing to tell apart.
    """
    if truth.all() or not truth.any():
        raise UsageError(f"{len(truth)} pairs are too few to learn from: more pairs that readers judged are wanted")
    rng = np.random.default_rng(how.seed)
    cuts = [_cuts(column, how.bins) for column in matrix.T]
    binned = np.column_stack(
        [np.searchsorted(c, column, side="right") for c, column in zip(cuts, matrix.T, strict=True)]
    )
    binned[np.isnan(matrix)] = _UNKNOWN
    share = float((weight * truth).sum() / weight.sum())
    base = float(np.log(share / (1 - share)))
    score = np.full(len(truth), base)
    nodes = _Nodes()
    roots = []
    for _ in range(how.trees):
        p = 1 / (1 + np.exp(-score))
        seen = np.flatnonzero(rng.random(len(truth)) < how.rows)
        columns = np.flatnonzero(rng.random(matrix.shape[1]) < how.measures)
        slope, curve = weight * (truth - p), weight * p * (1 - p)
        root = nodes.add(0.0)
        roots.append(root)
        score += _grow(nodes, root, binned, cuts, slope, curve, seen, columns, monotone, how)
    return Forest(
        base,
        np.array(roots, np.int32),
        np.array(nodes.measure, np.int32),
        np.array(nodes.cut),
        np.array(nodes.unknown_left),
        np.array(nodes.left, np.int32),
        np.array(nodes.right, np.int32),
        np.array(nodes.value),
    )


def _cuts(column: Floats, bins: int) -> Floats:
    known = column[~np.isnan(column)]
    if not len(known):
        return np.empty(0)
    return np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1]))


def _grow(
    nodes: _Nodes,
    root: int,
    binned: NDArray[np.int64],
    cuts: list[Floats],
    slope: Floats,
    curve: Floats,
    seen: NDArray[np.int64],
    columns: NDArray[np.int64],
    monotone: NDArray[np.int8],
    how: Boosting,
) -> Floats:
    """Grow one tree, the best split first; returns what it adds to the score of every pair."""
    leaves = {root: (seen, np.arange(len(slope)), (-np.inf, np.inf))}
    best: dict[int, _Split | None] = {}
    for _ in range(how.leaves - 1):
        for node, (rows, _, bounds) in leaves.items():
            if node not in best:
                best[node] = _best(binned, cuts, slope, curve, rows, columns, monotone, bounds, how)
        splits = [(n, s) for n, s in sorted(best.items()) if s is not None and n in leaves]
        if not splits:
            break
        most = max(s.gain for _, s in splits)
        node, split = next((n, s) for n, s in splits if s.gain >= most - _TIE)
        rows, everybody, (low, high) = leaves.pop(node)
        middle = (split.left + split.right) / 2
        kind = monotone[split.column]
        sides = {1: ((low, middle), (middle, high)), -1: ((middle, high), (low, middle))}
        bounds_left, bounds_right = sides.get(int(kind), ((low, high), (low, high)))
        nodes.measure[node] = split.column
        nodes.cut[node] = float(cuts[split.column][split.bin])
        nodes.unknown_left[node] = split.unknown_left
        nodes.left[node] = nodes.add(how.rate * split.left)
        nodes.right[node] = nodes.add(how.rate * split.right)
        for child, bounds, left in ((nodes.left[node], bounds_left, True), (nodes.right[node], bounds_right, False)):
            leaves[child] = (
                rows[_goes(binned[rows, split.column], split, left)],
                everybody[_goes(binned[everybody, split.column], split, left)],
                bounds,
            )
    added = np.zeros(len(slope))
    for node, (_, everybody, _) in leaves.items():
        added[everybody] = nodes.value[node]
    return added


def _goes(bins: NDArray[np.int64], split: _Split, left: bool) -> NDArray[np.bool_]:
    goes_left = np.where(bins == _UNKNOWN, split.unknown_left, bins <= split.bin)
    return np.asarray(goes_left == left)


def _best(
    binned: NDArray[np.int64],
    cuts: list[Floats],
    slope: Floats,
    curve: Floats,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    monotone: NDArray[np.int8],
    bounds: tuple[float, float],
    how: Boosting,
) -> _Split | None:
    sizes = np.array([len(c) for c in cuts])
    gain, column, place, unknown_left, left, right = _best_split(
        binned, sizes, slope, curve, rows, columns, monotone, *bounds, how.ridge, how.min_weight
    )
    return _Split(gain, int(column), int(place), bool(unknown_left), left, right) if column >= 0 else None


@numba.njit(cache=True)
def _best_split(binned, sizes, slope, curve, rows, columns, monotone, low, high, ridge, min_weight):
    """The split that gains most; its column is -1 where none gains."""
    all_g = all_h = 0.0
    for row in rows:
        all_g += slope[row]
        all_h += curve[row]
    whole = all_g * all_g / (all_h + ridge)
    best = (0.0, -1, 0, False, 0.0, 0.0)
    by_g, by_h = np.empty(sizes.max() + 2), np.empty(sizes.max() + 2)
    for j in columns:
        by_g[:], by_h[:] = 0.0, 0.0
        for row in rows:
            place = binned[row, j] + 1  # what is not known comes first
            by_g[place] += slope[row]
            by_h[place] += curve[row]
        for unknown_left in (True, False):
            if unknown_left and by_h[0] == 0:
                continue
            left_g, left_h = (by_g[0], by_h[0]) if unknown_left else (0.0, 0.0)
            for k in range(sizes[j]):
                left_g += by_g[k + 1]
                left_h += by_h[k + 1]
                right_g, right_h = all_g - left_g, all_h - left_h
                if left_h < min_weight or right_h < min_weight:
                    continue
                left = min(max(left_g / (left_h + ridge), low), high)
                right = min(max(right_g / (right_h + ridge), low), high)
                if (right - left) * monotone[j] < 0:
                    continue
                # the gain of a step that the bounds may have shortened
                gain = 2 * left_g * left - (left_h + ridge) * left * left - whole
                gain += 2 * right_g * right - (right_h + ridge) * right * right
                if gain > best[0] + _TIE:
                    best = (gain, j, k, unknown_left, left, right)
    return best
