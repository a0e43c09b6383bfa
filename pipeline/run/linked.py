"""Tables of links: whose they are, and which are whose."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["ends", "touching"]


def touching(links: pa.Table, articles: pa.Array) -> pa.Table:
    """Links with an end among some articles."""
    return links.filter(pc.or_(pc.is_in(links["article_a"], articles), pc.is_in(links["article_b"], articles)))


def ends(links: pa.Table) -> pa.Array:
    """The articles that links tie, each once."""
    return pa.chunked_array([*links["article_a"].chunks, *links["article_b"].chunks], pa.string()).unique()
