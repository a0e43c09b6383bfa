"""The compiled look-up against a dictionary."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fold import lookup

# Many with the same low bits, which all want the same place; and zero, which is a hash like any other.
HASH = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 40).map(lambda n: n << 58))


@given(st.lists(HASH, max_size=80), st.lists(HASH, max_size=20))
def test_values_are_found_where_they_were_put(values: list[int], others: list[int]) -> None:
    places = np.full(lookup.room(len(values)), -1, np.int32)
    keys = np.empty(len(values), np.uint64)
    at: dict[int, int] = {}
    for value in values:
        assert lookup.enter(places, keys, len(at), np.uint64(value)) == at.setdefault(value, len(at))
    filled = np.empty_like(places)
    lookup.fill(filled, keys[: len(at)])
    for value in [*values, *others]:
        assert lookup.find(places, keys, np.uint64(value)) == at.get(value, -1)
        assert lookup.find(filled, keys, np.uint64(value)) == at.get(value, -1)
