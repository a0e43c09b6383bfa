"""Which of several texts of one time was put together from the others, where no clock tells.

A text that was stitched together shares passages with texts that have nothing in common with each other; those share
theirs with it alone.
"""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Relation

__all__ = ["patchwork", "touching"]

_NEIGHBOURS = 50  # looked at, those that have most of a text first


def patchwork(links: pa.Table, articles: pa.Array) -> dict[str, float]:
    """How much of each article others have that share nothing with each other, beside what the nearest of them has.

    Args:
        links: All links of the lake: article_a, article_b, relation, containment_a, containment_b.

    Returns:
        Shares of the shingles of an article, added up; articles that have none are left out.
    """
    links = links.filter(pc.not_equal(links["relation"], Relation.EXACT.value))
    of = touching(links, articles)
    near: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for a, b, of_a, of_b in zip(
        *(of[c].to_pylist() for c in ("article_a", "article_b", "containment_a", "containment_b")), strict=True
    ):
        near[a].append((-of_a, b))
        near[b].append((-of_b, a))
    wanted = set(articles.to_pylist())
    nearest = {i: sorted(ends)[:_NEIGHBOURS] for i, ends in near.items() if i in wanted and len(ends) > 1}
    others = pa.array(sorted({o for ends in nearest.values() for _, o in ends}), pa.string())
    among = links.filter(pc.and_(pc.is_in(links["article_a"], others), pc.is_in(links["article_b"], others)))
    tied = {frozenset(p) for p in zip(among["article_a"].to_pylist(), among["article_b"].to_pylist(), strict=True)}
    found: dict[str, float] = {}
    for article, ends in nearest.items():
        chosen: list[str] = []
        total = 0.0
        for share, other in ends:
            if not any(frozenset((other, o)) in tied for o in chosen):
                total -= share if chosen else 0.0
                chosen.append(other)
        found[article] = round(total, 4)
    return found


def touching(links: pa.Table, ids: pa.Array) -> pa.Table:
    """Links with an end among some articles."""
    return links.filter(pc.or_(pc.is_in(links["article_a"], ids), pc.is_in(links["article_b"], ids)))
