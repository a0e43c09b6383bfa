"""Scores of forests: what is ruled out leads where a walk leads."""

import numpy as np
import pytest

from pipeline.eval.boost import Boosting, boost
from pipeline.fold.forest import Forest

ROWS, MEASURES = 300, 4


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    """Values of which some stand exactly on a cut, some are not known."""
    rng = np.random.default_rng(3)
    matrix = rng.integers(0, 9, (ROWS, MEASURES)).astype(float)
    matrix[rng.random(matrix.shape) < 0.2] = np.nan
    return matrix


@pytest.fixture(scope="module")
def forest(matrix: np.ndarray) -> Forest:
    truth = np.nansum(matrix, axis=1) > 14
    free = np.zeros(MEASURES, np.int8)
    return boost(matrix, truth, np.ones(ROWS), free, Boosting(trees=30, leaves=12, min_weight=0.1))


def walked(forest: Forest, row: np.ndarray) -> float:
    score = forest.base
    for node in forest.roots:
        while forest.measure[node] >= 0:
            x = row[forest.measure[node]]
            left = forest.unknown_left[node] if np.isnan(x) else x < forest.cut[node]
            node = forest.left[node] if left else forest.right[node]
        score += forest.value[node]
    return score


@pytest.mark.parametrize("rows", [0, 1, 127, 128, 129, ROWS])
def test_scores_are_those_of_a_walk_down_every_tree(forest: Forest, matrix: np.ndarray, rows: int) -> None:
    assert forest.score(matrix[:rows]).tolist() == [walked(forest, row) for row in matrix[:rows]]


def test_what_measures_are_credited_with_sums_to_the_score(forest: Forest, matrix: np.ndarray) -> None:
    assert forest.base + forest.credit(matrix).sum(axis=1) == pytest.approx(forest.score(matrix))


def test_a_tree_may_be_one_leaf_and_may_have_64() -> None:
    """A chain that goes right for every larger value, beside a tree that says the same of all."""
    inner = 63
    nodes = 2 * inner + 1
    at = np.arange(inner)
    measure, cut = np.full(1 + nodes, -1, np.int32), np.zeros(1 + nodes)
    left, right = (np.full(1 + nodes, -1, np.int32) for _ in range(2))
    splits = np.r_[1, 3 + 2 * at[:-1]]  # every right child splits again
    measure[splits], cut[splits] = 0, at + 1.0
    left[splits], right[splits] = 2 + 2 * at, 3 + 2 * at
    forest = Forest(
        1.0, np.array([0, 1], np.int32), measure, cut, np.zeros(1 + nodes, bool), left, right, np.arange(1.0 + nodes)
    )
    rows = np.arange(64.0)[:, None]
    assert forest.score(rows).tolist() == [walked(forest, row) for row in rows]
    assert len(set(forest.score(rows))) == 64
