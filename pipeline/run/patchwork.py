"""Which of several texts of one time was put together from the others, where no clock tells.

A text that was stitched together shares passages with texts that have nothing in common with each other; those share
theirs with it alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Set as AbstractSet

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Relation
from pipeline.run.linked import ends, touching
from pipeline.run.twins import Twins

__all__ = ["patchwork"]

_NEIGHBOURS = 50  # looked at, those that have most of a text first


def patchwork(
    links: pa.Table, articles: AbstractSet[str], counts: Callable[[str, str], bool] = lambda other, article: True
) -> dict[str, list[float]]:
    """How much of each text others have that share nothing with each other, the largest shares first.

    Args:
        links: All links of the lake: article_a, article_b, relation, containment_a, containment_b.
        articles: One of each text.
        counts: Whether what another article has of one of these counts.

    Returns:
        Shares of the shingles of an article; those that share nothing are left out.
    """
    if not articles:
        return {}
    unequal = links.filter(pc.not_equal(links["relation"], Relation.EXACT.value))
    mine = Twins(links, pa.array(sorted(articles), pa.string()))
    asked = {mine.name(i): i for i in articles}
    of = touching(unequal, pa.array(sorted(t for i in articles for t in mine.of(i)), pa.string()))
    texts = Twins(links, ends(of))
    near: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for a, b, of_a, of_b in _rows(of):
        for article, other, share in ((a, b, of_a), (b, a, of_b)):
            if (one := asked.get(mine.name(article))) and counts(other, one):
                near[one].append((-share, texts.name(other)))
    nearest = {i: sorted(some)[:_NEIGHBOURS] for i, some in near.items()}
    others = pa.array(sorted({t for some in nearest.values() for _, o in some for t in texts.of(o)}), pa.string())
    among = unequal.filter(pc.and_(pc.is_in(unequal["article_a"], others), pc.is_in(unequal["article_b"], others)))
    tied: dict[str, set[str]] = defaultdict(set)
    for a, b, *_ in _rows(among):
        x, y = texts.name(a), texts.name(b)
        tied[x].add(y)
        tied[y].add(x)
    found: dict[str, list[float]] = {}
    for article, some in nearest.items():
        chosen: dict[str, float] = {}
        for share, other in some:
            if other not in chosen and tied[other].isdisjoint(chosen):
                chosen[other] = -share
        found[article] = [*chosen.values()]
    return found


def _rows(links: pa.Table) -> zip[tuple[str, str, float, float]]:
    columns = ("article_a", "article_b", "containment_a", "containment_b")
    return zip(*(links[c].to_pylist() for c in columns), strict=True)
