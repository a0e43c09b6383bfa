"""Equal texts: which of their articles are compared, for all of them.

Two texts are compared once, however many articles have them: the oldest of each by the ladder of clocks, whichever came
in first; or, where both texts stood at one address (or under one wire id), the two that did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set as AbstractSet

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.fold.link import order_key
from pipeline.lake import Lake, contract
from pipeline.partition import Run

__all__ = ["Copies"]

_KNOWN = ["article_id", "text_hash", "locator", "published_at", "clock", "seen_at"]


class Copies:
    """All articles of a lake that have one of some texts.

    Args:
        texts: Hashes.
    """

    def __init__(self, lake: Lake, texts: AbstractSet[str]) -> None:
        rows = _rows(lake, pa.array(sorted(texts), pa.string()))
        keys = order_key(rows)
        rows = rows.take(pa.array(sorted(range(rows.num_rows), key=keys.__getitem__), pa.int64()))
        self._number: list[int] = rows["article"].to_pylist()  # by age
        self._locator: list[str] = rows["locator"].to_pylist()
        self._id: list[str] = rows["article_id"].to_pylist()
        self._named: dict[int, str] = dict(zip(self._number, self._id, strict=True))
        self._of: dict[str, list[int]] = defaultdict(list)  # places in these lists
        for n, text in enumerate(rows["text_hash"].to_pylist()):
            self._of[text].append(n)

    def numbers(self, text: str) -> list[int]:
        """The articles of a text by age: the first is the one that the others are copies of."""
        return [self._number[n] for n in self._of[text]]

    def ids(self, text: str) -> list[str]:
        """Their ids."""
        return [self._id[n] for n in self._of[text]]

    def id(self, number: int) -> str:
        """The id of an article."""
        return self._named[number]

    def locators(self, text: str) -> list[str]:
        """Their addresses or wire ids."""
        return [self._locator[n] for n in self._of[text]]

    def ends(self, a: str, b: str) -> tuple[int, int]:
        """Which articles of two texts are compared."""
        mine, theirs = self._of[a], self._of[b]
        if len(mine) > 1 or len(theirs) > 1:
            first, second = ({self._locator[n]: n for n in reversed(some)} for some in (mine, theirs))
            if both := first.keys() & second.keys():
                where = min(both, key=lambda x: sorted((first[x], second[x])))  # the same for (b, a)
                return self._number[first[where]], self._number[second[where]]
        return self._number[mine[0]], self._number[theirs[0]]


def _rows(lake: Lake, texts: pa.Array) -> pa.Table:
    """(article, ...): the articles with one of some texts."""
    found = [
        contract("articles").schema.empty_table().select(_KNOWN).append_column("article", pa.array([], pa.int64()))
    ]
    for file, at in lake.places("text_hash", texts):
        rows = lake.pick(file, at, _KNOWN)
        rows = rows.append_column("article", pa.array(at + Run.named(file.name).first_number))
        found.append(rows.filter(pc.is_in(rows["text_hash"], texts)))
    return pa.concat_tables(found, promote_options="default")
