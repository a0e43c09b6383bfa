"""Candidate pairs: articles that hold a key in common. One join for MinHash bands and passage keys."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, Table

__all__ = ["Side", "candidates"]

# A text most of whose keys are held by too many is one of a very large family; it is compared with its neighbours in
# time under each such key instead of with all of them.
_FAMILY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Side:
    """Articles to compare.

    Attributes:
        members: Columns article (the number), text_hash, published_at (null where nobody stated it).
        keys: Columns key, article; several articles with equal texts may share one's keys.
    """

    members: Table
    keys: Table


def candidates(con: Backend, new: Side, old: Side, window_days: int, max_frequency: int) -> pa.Table:
    """Pairs worth verifying: each new text with every other new or old text that shares a key with it.

    Equal texts are represented by one of them, so that five hundred copies of a story cost one comparison and cannot
    make its keys look like furniture. Of the others, keys that more than `max_frequency` texts hold are furniture or a
    form, not evidence, unless most keys of a text are like that: then the text belongs to a large family, and each key
    ties it to the texts before and after it. Pairs under rarer keys do not depend on how articles came in batches; a
    family is connected however they came.

    Args:
        new, old: No article is in both.
        window_days: Pairs known to be published further apart are left out; 0 for no limit.

    Returns:
        (left, right): numbers of articles, left new, each pair once; and ``kind``: ``exact`` for equal texts, else
        ``key``. Sorted.
    """
    leaders = _leaders(con, new, old)
    fresh = new.members.join(leaders, "text_hash").select("article", "leader")
    copies = fresh.filter(fresh.article != fresh.leader)
    exact = copies.select(left="article", right="leader", kind=ibis.literal("exact"))

    shared, members = _shared(con, new, old, leaders)
    rare, hot = shared.filter(shared.n <= max_frequency), shared.filter(shared.n > max_frequency)
    pairs = _all_pairs(rare, members, window_days).union(_neighbours(hot, members, new, window_days)).distinct()
    similar = pairs.mutate(kind=ibis.literal("key"))
    return exact.union(similar).order_by(["kind", "left", "right"]).to_pyarrow()


def _leaders(con: Backend, new: Side, old: Side) -> Table:
    """(text_hash, leader) of every new text: the first article that was there before, so that it stays while the lake
    grows, else the first that is new."""
    texts = new.members.select("text_hash").distinct()
    known = old.members.semi_join(texts, "text_hash").group_by("text_hash").aggregate(known=old.members.article.min())
    first = new.members.group_by("text_hash").aggregate(first=new.members.article.min())
    leaders = first.left_join(known, "text_hash")
    leaders = leaders.select("text_hash", leader=leaders.known.coalesce(leaders.first))
    return con.create_table(ibis.util.gen_name("leaders"), leaders, temp=True)


def _shared(con: Backend, new: Side, old: Side, leaders: Table) -> tuple[Table, Table]:
    """(key, article, fresh, n), who holds the keys of new texts and how many do, where they are several and one of them
    is new, one article a text; and (article, published_at) of these articles."""
    mine = new.keys.semi_join(leaders, new.keys.article == leaders.leader)
    theirs = old.keys.semi_join(mine, "key")
    held = mine.mutate(fresh=True).union(theirs.mutate(fresh=False))
    held = con.create_table(ibis.util.gen_name("held"), held, temp=True)
    often = held.group_by("key").aggregate(n=ibis._.count())
    held = held.semi_join(often.filter(often.n > 1), "key")
    held = con.create_table(ibis.util.gen_name("several"), held, temp=True)
    holders = held.filter(~held.fresh).select("article").distinct()
    known = old.members.semi_join(holders, "article")
    # An old text that several articles have is held by the first of those that the keys lead to.
    known = known.group_by("text_hash").aggregate(article=known.article.min(), published_at=known.published_at.min())
    members = known.select("article", "published_at").union(
        new.members.semi_join(leaders, new.members.article == leaders.leader).select("article", "published_at")
    )
    members = con.create_table(ibis.util.gen_name("members"), members, temp=True)
    held = held.semi_join(members, "article")
    often = held.group_by("key").aggregate(n=ibis._.count(), fresh_ones=held.fresh.any())
    shared = held.join(often.filter((often.n > 1) & often.fresh_ones), "key").select("key", "article", "fresh", "n")
    return con.create_table(ibis.util.gen_name("shared"), shared, temp=True), members


def _all_pairs(held: Table, members: Table, window_days: int) -> Table:
    mine, theirs = held.filter(held.fresh), held.view()
    apart = mine.article != theirs.article
    once = ~theirs.fresh | (mine.article < theirs.article)
    pairs = mine.join(theirs, [mine.key == theirs.key, apart, once], rname="{name}_right")
    # Two texts share a hundred keys, and times are slow to compare: each pair once.
    pairs = pairs.select(left="article", right="article_right").distinct()
    pairs = pairs.join(members.rename(left="article", left_at="published_at"), "left")
    pairs = pairs.join(members.rename(right="article", right_at="published_at"), "right")
    return pairs.filter(_close(pairs.left_at, pairs.right_at, window_days)).select("left", "right")


def _neighbours(hot: Table, members: Table, new: Side, window_days: int) -> Table:
    """Each member of a large family with the texts before and after it under each key they share."""
    hot = hot.join(members, "article").select("key", "article", "published_at", "fresh")
    total = new.keys.group_by("article").aggregate(keys=ibis._.count())
    mine = hot.filter(hot.fresh).group_by("article").aggregate(hot=ibis._.count()).join(total, "article")
    family = mine.filter(mine.hot > _FAMILY_SHARE * mine["keys"]).select("article", member=True)
    order = ibis.window(group_by="key", order_by=["published_at", "article"])
    row = hot.select(
        "article",
        "published_at",
        "fresh",
        before=hot.article.lag().over(order),
        before_at=hot.published_at.lag().over(order),
        before_fresh=hot.fresh.lag().over(order),
    )
    row = row.filter(row.before.notnull() & _close(row.published_at, row.before_at, window_days))
    later = row.filter(row.fresh).semi_join(family, "article")
    later = later.select(
        left=ibis.ifelse(later.before_fresh, ibis.least(later.article, later.before), later.article),
        right=ibis.ifelse(later.before_fresh, ibis.greatest(later.article, later.before), later.before),
    )
    earlier = row.filter(row.before_fresh & ~row.fresh)
    earlier = earlier.semi_join(family, earlier.before == family.article).select(left="before", right="article")
    return later.union(earlier)


def _close(a: ibis.Value, b: ibis.Value, window_days: int) -> BooleanValue:
    if not window_days:
        return ibis.literal(True)
    window = ibis.interval(days=window_days)
    return a.isnull() | b.isnull() | ((a <= b + window) & (b <= a + window))
