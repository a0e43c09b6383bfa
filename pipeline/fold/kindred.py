"""Pairs of the same texts side by side, so that a text is taken apart once and not in every portion of the pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

__all__ = ["kindred"]


def kindred(left: NDArray[np.integer], right: NDArray[np.integer]) -> NDArray[np.int64]:
    """An order in which pairs that are connected follow each other; among themselves they keep theirs.

    Args:
        left, right: The two ends of each pair, any integers.

    Returns:
        Indices into the pairs.
    """
    numbers, ends = np.unique(np.r_[left, right], return_inverse=True)
    n = len(left)
    graph = coo_matrix((np.ones(n, np.bool_), (ends[:n], ends[n:])), shape=(len(numbers), len(numbers)))
    _, family = connected_components(graph, directed=False)
    order: NDArray[np.int64] = np.argsort(family[ends[:n]], kind="stable")
    return order
