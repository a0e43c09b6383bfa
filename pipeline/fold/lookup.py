"""Compiled look-up of 64-bit hashes: which of a list of distinct ones a hash is, if any.

An open table of places in the list (-1 is free), at most half full. The hashes are mixed already: their low bits say
where to look.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = ["enter", "fill", "find", "index", "room"]

_jit = numba.njit(cache=True, nogil=True, boundscheck=False)


@_jit
def room(n: int) -> int:
    """Places of a table for `n` hashes: a power of two."""
    size = 16
    while size < 2 * n + 2:
        size *= 2
    return size


@_jit
def find(places: NDArray[np.int32], keys: NDArray[np.uint64], key: int) -> int:
    """Where `key` stands in `keys`; -1 when it does not."""
    mask = np.uint64(places.shape[0] - 1)
    at = key & mask
    while places[at] >= 0 and keys[places[at]] != key:
        at = (at + np.uint64(1)) & mask
    return int(places[at])


@_jit
def enter(places: NDArray[np.int32], keys: NDArray[np.uint64], n: int, key: int) -> int:
    """Where `key` stands in ``keys[:n]``; when it does not, it is put at the end, and n is returned."""
    mask = np.uint64(places.shape[0] - 1)
    at = key & mask
    while places[at] >= 0:
        if keys[places[at]] == key:
            return int(places[at])
        at = (at + np.uint64(1)) & mask
    places[at] = n
    keys[n] = key
    return n


@_jit
def fill(places: NDArray[np.int32], keys: NDArray[np.uint64]) -> None:
    """Make the table of keys that are distinct."""
    mask = np.uint64(places.shape[0] - 1)
    places[:] = -1
    for n in range(keys.shape[0]):
        at = keys[n] & mask
        while places[at] >= 0:
            at = (at + np.uint64(1)) & mask
        places[at] = n


@_jit
def index(
    places: NDArray[np.int32],
    keys: NDArray[np.uint64],
    values: NDArray[np.uint64],
    first: NDArray[np.int32],
    following: NDArray[np.int32],
) -> None:
    """List the distinct ones of `values` in `keys`, with their table: where each stands first, and after each place the
    next where the same value stands (-1 after the last)."""
    places[:] = -1
    n = 0
    for i in range(values.shape[0] - 1, -1, -1):
        entry = enter(places, keys, n, values[i])
        following[i] = first[entry] if entry < n else -1
        first[entry] = i
        n = max(n, entry + 1)
