"""Connected pairs stand together, in the order they came."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fold.kindred import kindred

_ends = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40)


@given(_ends)
def test_connected_pairs_follow_each_other(pairs: list[tuple[int, int]]) -> None:
    left, right = (np.array([p[side] for p in pairs], np.int64) for side in (0, 1))
    order = kindred(left, right).tolist()
    assert sorted(order) == list(range(len(pairs)))
    last: dict[int, int] = {}  # where an end was last seen
    for place, n in enumerate(order):
        for end in pairs[n]:
            # all that lies between two pairs with a common end is connected with them: no stranger comes in between
            for between in range(last.get(end, place), place):
                assert _connected(pairs, order[between], n)
            last[end] = place


@given(_ends)
def test_pairs_with_a_common_end_keep_their_order(pairs: list[tuple[int, int]]) -> None:
    left, right = (np.array([p[side] for p in pairs], np.int64) for side in (0, 1))
    order = kindred(left, right).tolist()
    for end in range(31):
        mine = [n for n in order if end in pairs[n]]
        assert mine == sorted(mine)


def _connected(pairs: list[tuple[int, int]], a: int, b: int) -> bool:
    reached = set(pairs[a])
    while True:
        more = reached.union(*(p for p in pairs if reached.intersection(p)))
        if more == reached:
            return not reached.isdisjoint(pairs[b])
        reached = more
