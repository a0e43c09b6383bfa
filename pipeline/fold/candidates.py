"""Candidate pairs: articles that hold a key in common. One join for MinHash bands and passage keys."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

__all__ = ["Side", "candidates"]

# A text most of whose keys are held by too many is one of a very large family; it is compared with its neighbours in
# time under each such key instead of with all of them.
_FAMILY_SHARE = 0.5

_DAY = 86_400  # seconds


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
    """Pairs of texts worth verifying: each text of a new article with every other one that shares a key with it.

    Equal texts count as one, so that five hundred copies of a story cost one comparison and cannot make its keys look
    like furniture. Of the others, keys that more than `max_frequency` texts hold are furniture or a form, not evidence,
    unless most keys of a text are like that: then the text belongs to a large family, and each key ties it to the texts
    before and after it. Pairs under rarer keys do not depend on how articles came in batches; a family is connected
    however they came.

    Args:
        new, old: No article is in both.
        window_days: Texts none of whose articles are known to be published this close are left out; 0 for no limit.

    Returns:
        (left, right): numbers of articles that have the texts, left new, each pair of texts once; and ``again``: both
        texts were there before, and only the time of a new article brings them together (they may have been compared
        all the same). Sorted.
    """
    texts = _texts(con, new)
    shared, times = _shared(con, new, old, texts)
    rare, hot = shared.filter(shared.n <= max_frequency), shared.filter(shared.n > max_frequency)
    pairs = _all_pairs(rare).union(_neighbours(hot, times, new)).distinct()
    return _close(pairs, times, window_days).order_by(["left", "right"]).to_pyarrow()


def _texts(con: Backend, new: Side) -> Table:
    """(text_hash, article): the texts of new articles, and the first of these that has each: it stands for the text."""
    texts = new.members.group_by("text_hash").aggregate(article=new.members.article.min())
    texts = texts.cast({"text_hash": "string", "article": "int64"})  # which may be null, as in what it is united with
    return con.create_table(ibis.util.gen_name("texts"), texts, temp=True)


def _shared(con: Backend, new: Side, old: Side, texts: Table) -> tuple[Table, Table]:
    """(key, article, fresh, n), who holds the keys of new texts and how many do, where they are several and one of them
    is new, one article a text; and (article, at, day, known), when these texts were published, and whether by an old
    article."""
    mine = new.keys.semi_join(texts, "article")
    theirs = old.keys.semi_join(mine, "key")
    held = mine.mutate(fresh=True).union(theirs.mutate(fresh=False))
    held = con.create_table(ibis.util.gen_name("held"), held, temp=True)
    often = held.group_by("key").aggregate(n=ibis._.count())
    held = held.semi_join(often.filter(often.n > 1), "key")
    held = con.create_table(ibis.util.gen_name("several"), held, temp=True)
    holders = held.filter(~held.fresh).select("article").distinct()
    # An old text that several articles have is held by the first of those that the keys lead to.
    others = old.members.semi_join(holders, "article").anti_join(texts, "text_hash")
    others = others.group_by("text_hash").aggregate(article=others.article.min())
    others = con.create_table(ibis.util.gen_name("others"), others, temp=True)
    times = _times(con, new, old, texts.union(others))
    held = held.filter(held.fresh).union(held.semi_join(others, "article"))
    often = held.group_by("key").aggregate(n=ibis._.count(), fresh_ones=held.fresh.any())
    shared = held.join(often.filter((often.n > 1) & often.fresh_ones), "key").select("key", "article", "fresh", "n")
    return con.create_table(ibis.util.gen_name("shared"), shared, temp=True), times


def _times(con: Backend, new: Side, old: Side, texts: Table) -> Table:
    found = [
        side.members.drop("article").join(texts, "text_hash").mutate(known=known)
        for side, known in ((new, False), (old, True))
    ]
    times = found[0].union(found[1]).mutate(day=ibis._.published_at.epoch_seconds() // _DAY)
    times = times.group_by(["article", "day", "known"]).aggregate(at=times.published_at.min())
    return con.create_table(ibis.util.gen_name("times"), times, temp=True)


def _all_pairs(held: Table) -> Table:
    mine, theirs = held.filter(held.fresh), held.view()
    apart = mine.article != theirs.article
    once = ~theirs.fresh | (mine.article < theirs.article)
    pairs = mine.join(theirs, [mine.key == theirs.key, apart, once], rname="{name}_right")
    # Two texts share a hundred keys: each pair once.
    return pairs.select(left="article", right="article_right").distinct()


def _neighbours(hot: Table, times: Table, new: Side) -> Table:
    """Each member of a large family with the texts before and after it under each key they share."""
    first = times.group_by("article").aggregate(at=times.at.min())
    hot = hot.join(first, "article").select("key", "article", "at", "fresh")
    total = new.keys.group_by("article").aggregate(keys=ibis._.count())
    mine = hot.filter(hot.fresh).group_by("article").aggregate(hot=ibis._.count()).join(total, "article")
    family = mine.filter(mine.hot > _FAMILY_SHARE * mine["keys"]).select("article", member=True)
    order = ibis.window(group_by="key", order_by=["at", "article"])
    row = hot.select("article", "fresh", before=hot.article.lag().over(order), before_fresh=hot.fresh.lag().over(order))
    row = row.filter(row.before.notnull())
    later = row.filter(row.fresh).semi_join(family, "article")
    later = later.select(
        left=ibis.ifelse(later.before_fresh, ibis.least(later.article, later.before), later.article),
        right=ibis.ifelse(later.before_fresh, ibis.greatest(later.article, later.before), later.before),
    )
    earlier = row.filter(row.before_fresh & ~row.fresh)
    earlier = earlier.semi_join(family, earlier.before == family.article).select(left="before", right="article")
    return later.union(earlier)


def _close(pairs: Table, times: Table, window_days: int) -> Table:
    """Those pairs of texts that some articles of the two were published close enough for."""
    days = times.select("article", "day", "known")
    met = pairs.join(days.rename(left="article", left_day="day", left_known="known"), "left")
    met = met.join(days.rename(right="article", right_day="day", right_known="known"), "right")
    if window_days:
        undated = met.left_day.isnull() | met.right_day.isnull()
        met = met.filter(undated | ((met.left_day - met.right_day).abs() <= window_days))
    found = met.group_by(["left", "right"]).aggregate(before=(met.left_known & met.right_known).any())
    known = days.filter(days.known).select("article").distinct()
    there = [known.rename(**{side: "article"}).mutate(**{f"{side}_there": True}) for side in ("left", "right")]
    found = found.left_join(there[0], "left").drop("left_right").left_join(there[1], "right").drop("right_right")
    again = (found.left_there & found.right_there).fill_null(False)
    return found.filter(~(again & found.before)).select("left", "right", again=again)
