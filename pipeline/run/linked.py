"""Tables of links: of which kind they are, and whose."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Relation
from pipeline.fold.relate import GROUPING, PARTIAL

__all__ = ["ends", "grouping", "partial", "touching"]


def grouping(links: pa.Table) -> pa.Table:
    """Links that put their articles into one story."""
    return _related(links, GROUPING)


def partial(links: pa.Table) -> pa.Table:
    """Links of articles that share a part only."""
    return _related(links, PARTIAL)


def _related(links: pa.Table, relations: frozenset[Relation]) -> pa.Table:
    return links.filter(pc.is_in(links["relation"], pa.array(sorted(r.value for r in relations))))


def touching(links: pa.Table, articles: pa.Array) -> pa.Table:
    """Links with an end among some articles."""
    return links.filter(pc.or_(pc.is_in(links["article_a"], articles), pc.is_in(links["article_b"], articles)))


def ends(links: pa.Table) -> pa.Array:
    """The articles that links tie, each once."""
    return pa.chunked_array([*links["article_a"].chunks, *links["article_b"].chunks], pa.string()).unique()
