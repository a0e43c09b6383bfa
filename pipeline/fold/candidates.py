"""Candidate pairs: articles that hold a key in common. One join for MinHash bands and passage keys."""

from __future__ import annotations

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

__all__ = ["candidates"]


def candidates(con: Backend, new: Table, old: Table, window_days: int, max_frequency: int) -> pa.Table:
    """Pairs worth verifying: each new text with every other new or old text that shares a key with it.

    Equal texts are represented by one of them, so that five hundred copies of a story cost one comparison and cannot
    make its keys look like furniture.

    Args:
        new, old: Sketches (article_id, text_hash, published_at, bands, passages); no article is in both.
        window_days: Pairs published further apart are left out; 0 for no limit.
        max_frequency: Keys that more texts hold are furniture or a form, not evidence.

    Returns:
        (left, right): article ids, left new, each pair once; and ``kind``: ``exact`` for equal texts, else ``key``.
        Sorted.
    """
    everything = new.mutate(fresh=True).union(old.mutate(fresh=False))
    # The representative of a text is its first article that was there before, so that it stays while the lake grows.
    first = ibis.window(group_by="text_hash", order_by=["fresh", "article_id"])
    ranked = everything.mutate(leader=everything.article_id.first().over(first))
    ranked = con.create_table("ranked", ranked.select("article_id", "leader", "fresh"), temp=True)
    copies = ranked.filter(ranked.fresh & (ranked.article_id != ranked.leader))
    exact = copies.select(left="article_id", right="leader", kind=ibis.literal("exact"))

    leaders = everything.semi_join(ranked.filter(ranked.article_id == ranked.leader), "article_id")
    keys = _keys(leaders)
    # Only keys that a new text holds can pair; counting them is one pass over the others.
    touched = con.create_table(
        "touched", keys.semi_join(keys.filter(keys.fresh).select("key").distinct(), "key"), temp=True
    )
    often = touched.group_by("key").agg(n=touched.count())
    keys = touched.anti_join(often.filter(often.n > max_frequency), "key")
    mine, theirs = keys.filter(keys.fresh), keys.view()
    apart = mine.article_id != theirs.article_id
    once = ~theirs.fresh | (mine.article_id < theirs.article_id)
    pairs = mine.join(theirs, [mine.key == theirs.key, apart, once], rname="{name}_right")
    if window_days:
        window = ibis.interval(days=window_days)
        pairs = pairs.filter(
            (pairs.published_at <= pairs.published_at_right + window)
            & (pairs.published_at_right <= pairs.published_at + window)
        )
    similar = pairs.select(left="article_id", right="article_id_right", kind=ibis.literal("key")).distinct()
    return exact.union(similar).order_by(["kind", "left", "right"]).to_pyarrow()


def _keys(sketches: Table) -> Table:
    """One row per key of each article. Bands and passages are told apart by a bit above the 32 of the key."""
    columns = ("article_id", "published_at", "fresh")
    bands = sketches.select(*columns, key=sketches.bands.unnest().cast("int64"))
    passages = sketches.select(*columns, key=sketches.passages.unnest().cast("int64"))
    return bands.union(passages.mutate(key=passages.key + (1 << 33)))
