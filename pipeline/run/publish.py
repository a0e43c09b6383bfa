"""Judging and publishing: stories from links, records from articles and stories.

Only what is touched is judged again: the groups that hold an article whose file or whose links changed. Files of the
published tables mirror those of `articles`, run by run; only those with a row that changed are written.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Relation
from pipeline.fold.relate import GROUPING
from pipeline.lake import DataFile, Lake, Transaction
from pipeline.run.judging import LINKED, judge
from pipeline.run.records import write_records
from pipeline.run.state import PUBLISHED, UNLINKED
from pipeline.run.stories import write_stories
from pipeline.run.tombstones import Tombstone, tombstones

__all__ = ["mark_published", "publish"]


def publish(lake: Lake, tx: Transaction) -> dict[str, int]:
    """Bring `stories` and `records` up to date.

    Returns:
        Counts: stories_written, records_written, stories, records.
    """
    stones = tombstones(lake)
    state = _state(lake, stones)
    before = lake.document(PUBLISHED) or {}
    if state != before:
        links = lake.read("links", LINKED)
        seeds = _changed(lake, state, before, links)
        found = judge(lake, links, seeds, stones)
        written = write_records(lake, tx, found, stones)
        judged = write_stories(lake, tx, found)
        tx.put(PUBLISHED, state)
        tx.discard(UNLINKED)
    else:
        written = judged = 0
    # What this transaction is about to put in place counts already.
    totals = {t: tx.rows(t) for t in ("stories", "records")}
    return {"stories_written": judged, "records_written": written, **totals}


def mark_published(lake: Lake, tx: Transaction) -> None:
    """Say that stories and records are as they should be, whoever wrote them."""
    tx.put(PUBLISHED, _state(lake, tombstones(lake)))


def _state(lake: Lake, stones: dict[str, Tombstone]) -> dict[str, dict[str, str]]:
    state = {t: {f.rel: f.digest for f in lake.files(t)} for t in ("articles", "links", "decisions")}
    return state | {"withdrawn": {i: f"{s.why} {s.at.isoformat()}" for i, s in stones.items()}}


def _changed(
    lake: Lake, state: dict[str, dict[str, str]], before: dict[str, dict[str, str]], links: pa.Table
) -> pa.Array:
    """Articles whose file, links or decisions are not as they were when the lake was last published."""

    def files(table: str) -> list[DataFile]:
        old = before.get(table, {})
        return [f for f in lake.files(table) if old.get(f.rel) != f.digest]

    found = [
        lake.read(table, [column], files=files(table))[column]
        for table, columns in (
            ("articles", ["article_id"]),
            ("links", ["article_a", "article_b"]),
            ("decisions", ["article_a", "article_b"]),
        )
        for column in columns
    ]
    buried_now, buried_then = (set(x.get("withdrawn", {}).items()) for x in (state, before))
    unlinked = (lake.document(UNLINKED) or {}).get("articles", [])
    others = pa.array(sorted({*(i for i, _ in buried_now ^ buried_then), *unlinked}), pa.string())
    seeds = pa.chunked_array([*(c for column in found for c in column.chunks), others], pa.string()).unique()
    # An article that draws on a changed one names its story: it is judged again too.
    partial = pa.array([r.value for r in Relation if r not in GROUPING])
    drawn = pc.and_(pc.is_in(links["relation"], partial), pc.is_in(links["article_a"], seeds))
    return pa.chunked_array([seeds, *links["article_b"].filter(drawn).chunks]).unique()
