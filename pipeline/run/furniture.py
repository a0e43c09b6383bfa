"""Furniture of the sites in a lake: learned when articles come, kept in ``_wirefold/furniture.json``.

Links are verified without it. What is learned later is put right at once: the links of every article that holds a
line newly known are verified anew, and its text is compared again with those that it has no link with (see
`pipeline.run.pairing`), so that it does not matter in which batches the articles came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import pyarrow as pa

from pipeline.fold.furniture import LEAST, Holders, lines, site_of
from pipeline.lake import INTERNAL, DataFile, Lake, Transaction
from pipeline.partition import Run

__all__ = ["Furniture", "known_furniture", "learn_furniture", "lines_in"]

Furniture = Mapping[str, AbstractSet[int]]

_STATE = f"{INTERNAL}/furniture.json"
_HOLDERS = 40  # articles that hold a line and are compared: those that came first


def known_furniture(lake: Lake) -> Furniture:
    """Keys of the lines that are known to be furniture, by site."""
    return {site: frozenset(keys) for site, keys in (lake.document(_STATE) or {}).items()}


def lines_in(lake: Lake, file: DataFile) -> pa.Table:
    """The lines of a file of articles as rows of ``lines``, sorted by key and article."""
    keys: list[int] = []
    articles: list[int] = []
    words: list[int] = []
    number = Run.named(file.name).first_number
    for batch in lake.batches(file, ["url", "text"]):
        for url, text in zip(batch["url"].to_pylist(), batch["text"].to_pylist(), strict=True):
            if site := site_of(url):
                found = {line.key: line.words for line in lines(site, text)}
                keys += found.keys()
                words += found.values()
                articles += [number] * len(found)
            number += 1
    columns = {"key": pa.array(keys, pa.int64()), "article": pa.array(articles, pa.int64()), "words": words}
    return pa.table(columns).sort_by([("key", "ascending"), ("article", "ascending")])


def learn_furniture(lake: Lake, tx: Transaction, new: AbstractSet[tuple[str, str]]) -> tuple[Furniture, set[str]]:
    """Look for lines of new articles that recur.

    Args:
        new: (day, name) of the files whose articles are new.

    Returns:
        All furniture, and the ids of the articles that hold a line newly known.
    """
    furniture = {site: set(keys) for site, keys in known_furniture(lake).items()}
    fresh = [f for f in lake.files("lines") if (f.day, f.name) in new and f.rows]
    if not fresh:
        return furniture, set()
    import ibis  # slow to import, and those who only read what is known need none

    from pipeline.engines.duckdb import engine, scan

    known = {key for keys in furniture.values() for key in keys}
    with engine() as con:
        everything = scan(con, lake, "lines")
        touched = everything.semi_join(scan(con, lake, "lines", fresh, ["key"]), "key")
        often = touched.group_by("key").aggregate(n=ibis._.count()).filter(ibis._.n >= LEAST).select("key")
        often = con.create_table("often", often.filter(~often.key.isin(sorted(known))) if known else often, temp=True)
        held = everything.semi_join(often, "key")
        first = held.mutate(place=ibis.row_number().over(ibis.window(group_by="key", order_by="article")))
        first = con.create_table("first", first.filter(first.place < _HOLDERS).select("key", "article"), temp=True)
        whole = everything.semi_join(first, "article").order_by(["article", "key"]).to_pyarrow()
        pairs = first.order_by(["key", "article"]).to_pyarrow()
        learned = _recurring(pairs, whole)
        holders = held.filter(held.key.isin(sorted(learned)) if learned else ibis.literal(False))
        ids = scan(con, lake, "sketches", None, ["article", "article_id"])
        found = holders.join(ids, "article").select("key", "article_id").order_by(["key", "article_id"]).to_pyarrow()
    affected = found["article_id"].combine_chunks().unique()
    urls = lake.take("articles", affected, ["article_id", "url"])
    site = {i: site_of(u) for i, u in zip(*(c.to_pylist() for c in urls.columns), strict=True)}
    for key, article in zip(found["key"].to_pylist(), found["article_id"].to_pylist(), strict=True):
        if where := site[article]:
            furniture.setdefault(where, set()).add(key)
    if learned:
        tx.put(_STATE, {s: sorted(keys) for s, keys in sorted(furniture.items())})
    return furniture, set(site)


def _recurring(pairs: pa.Table, whole: pa.Table) -> set[int]:
    articles: dict[int, dict[int, int]] = defaultdict(dict)
    for key, article, words in zip(*(whole[c].to_pylist() for c in ("key", "article", "words")), strict=True):
        articles[article][key] = words
    holders: dict[int, list[int]] = defaultdict(list)
    for key, article in zip(*(pairs[c].to_pylist() for c in ("key", "article")), strict=True):
        holders[key].append(article)
    known = Holders(articles)
    return {key for key, ids in holders.items() if known.recurs(key, ids)}
