"""Candidate pairs: articles that hold a key in common. One join for MinHash bands and passage keys."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, Table

from pipeline.fold.grouping import MOST_COMPARED
from pipeline.fold.sketch import FIRST_PASSAGE

__all__ = ["Side", "candidates"]

# A text most of whose passages are held by very many is one of a very large family; of any other, these are furniture.
_FAMILY_SHARE = 0.5

_NEAREST = 10  # texts right before one of a large family that it is compared with, besides the oldest

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
    unless most passages of a text are like that: then it belongs to a large family. Under each key a text is compared
    with the oldest of those that hold it (all of them, if they are few) and with some right before it. Which pairs are
    found does not depend on how articles came in batches, as long as no key is held by more than `MOST_COMPARED`; a
    larger family is compared with its oldest texts however they came.

    Args:
        new, old: No article is in both.
        window_days: Texts none of whose articles are known to be published this close are left out; 0 for no limit.

    Returns:
        (left, right): numbers of articles that have the texts, left new, each pair of texts once. Of texts that were
        there before, both of them, those that only the time of a new article brings together. Sorted.
    """
    texts = _texts(con, new)
    shared, times = _shared(con, new, old, texts)
    held = shared.left_join(_families(shared), "article").drop("article_right")
    most = min(MOST_COMPARED, max_frequency)
    pairs = _all_pairs(held.filter(held.n <= most))
    many = held.filter(held.n > most)
    if (shared.n > most).any().to_pyarrow().as_py():  # else, as in most runs, no time need go into queries of nothing
        many = _ranked(con, _evidence(many, new, max_frequency), times, window_days)
        pairs = pairs.union(_with_the_oldest(many), _with_those_before(many)).distinct()
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


def _families(shared: Table) -> Table:
    """(article, family): texts that share passages with many others. The least of these passages stands for them all:
    it will be the same in texts that have most of them in common."""
    passages = shared.filter((shared.n > MOST_COMPARED) & (shared.key >= FIRST_PASSAGE))
    return passages.group_by("article").aggregate(family=passages.key.min())


def _evidence(many: Table, new: Side, max_frequency: int) -> Table:
    """Add ``counts``: a new text holds this key, and it is no furniture of that."""
    hot = many.filter(many.fresh & (many.n > max_frequency) & (many.key >= FIRST_PASSAGE))
    hot = hot.group_by("article").aggregate(hot=ibis._.count())
    passages = new.keys.filter(new.keys.key >= FIRST_PASSAGE).semi_join(hot, "article")
    of = hot.join(passages.group_by("article").aggregate(passages=ibis._.count()), "article")
    members = of.filter(of.hot > _FAMILY_SHARE * of.passages).select("article", member=True)
    many = many.left_join(members, "article").drop("article_right")
    return many.mutate(counts=many.fresh & ((many.n <= max_frequency) | many.member.fill_null(False)))


def _ranked(con: Backend, many: Table, times: Table, window_days: int) -> Table:
    """Add the place of a text by age among those that hold a key: ``rank`` among all, ``rank_then`` among those of the
    same ``period``. Two texts of one period, or of two that follow each other, are within the window."""
    many = many.join(times.group_by("article").aggregate(at=times.at.min()), "article")
    period = many.at.epoch_seconds() // (window_days * _DAY // 2) if window_days else ibis.literal(0)
    many = many.mutate(period=period)
    for rank, among in (("rank", ["key"]), ("rank_then", ["key", "period"])):
        by_age = ibis.window(group_by=among, order_by=["at", "article"])
        many = many.mutate(**{rank: ibis.row_number().over(by_age)})
    many = many.select("key", "article", "fresh", "family", "counts", "rank", "period", "rank_then")
    return con.create_table(ibis.util.gen_name("ranked"), many, temp=True)


def _all_pairs(few: Table) -> Table:
    mine, theirs = few.filter(few.fresh), few.view()
    return _pairs(mine, theirs, ~theirs.fresh | (mine.article < theirs.article), mine.article != theirs.article)


def _with_the_oldest(many: Table) -> Table:
    """Each text with the oldest: of all, of its period, and of the period before."""
    oldest = many.filter((many["rank"] < MOST_COMPARED) | (many.rank_then < MOST_COMPARED)).view()
    then = (oldest.rank_then < MOST_COMPARED) & (many.period - oldest.period).between(0, 1)
    near = (oldest["rank"] < MOST_COMPARED) | then
    return _pairs(many, oldest, near, many["rank"] > oldest["rank"], many.counts | oldest.counts)


def _with_those_before(many: Table) -> Table:
    """Each text with the next older ones: of a family that lasts, what came together belongs together."""
    before = many.mutate(later=many["rank"] + ibis.range(1, _NEAREST + 1).unnest()).view()
    return _pairs(many, before, many["rank"] == before.later, many.counts | before.counts)


def _pairs(one: Table, other: Table, *which: BooleanValue) -> Table:
    """Texts that hold the same key, each pair once.

    Texts of one family are compared under the passages that they share. Which of their bands are the same is chance:
    under these each would meet some more, and all of them almost all.
    """
    apart = (one.family != other.family).fill_null(True) | (one.key >= FIRST_PASSAGE)
    met = one.join(other, [one.key == other.key, apart, *which], rname="{name}_right")
    turned = met.fresh_right & (~met.fresh | (met.article > met.article_right))
    left = ibis.ifelse(turned, met.article_right, met.article)
    right = ibis.ifelse(turned, met.article, met.article_right)
    return met.select(left=left, right=right).distinct()  # two texts share a hundred keys


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
    there = (found.left_there & found.right_there).fill_null(False)
    return found.filter(~(there & found.before)).select("left", "right")
