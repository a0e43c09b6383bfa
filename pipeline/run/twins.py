"""Twins: articles with equal texts, by the links between them."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Relation
from pipeline.run.linked import ends, touching
from pipeline.run.parts import Parts

__all__ = ["Twins"]


class Twins:
    """The twins of some articles.

    Two texts are compared once, so what is known of an article may stand in the links of a twin; see `run.copies`.

    Args:
        links: All links of the lake.
    """

    def __init__(self, links: pa.Table, articles: pa.Array) -> None:
        exact = links.filter(pc.equal(links["relation"], Relation.EXACT.value))
        # One of equal texts is tied to all others: from any of them these are two steps away.
        near = touching(exact, ends(touching(exact, articles)))
        parts = Parts()
        for a, b in zip(near["article_a"].to_pylist(), near["article_b"].to_pylist(), strict=True):
            parts.join(a, [b])
        self._name = {i: parts.of(i) for i in ends(near).to_pylist()}
        self._all: dict[str, list[str]] = defaultdict(list)
        for article, name in self._name.items():
            self._all[name].append(article)

    def name(self, article: str) -> str:
        """One of the articles that have its text: the same for each of these."""
        return self._name.get(article, article)

    def of(self, article: str) -> list[str]:
        """The articles that have its text, itself among them."""
        return self._all.get(self.name(article), [article])
