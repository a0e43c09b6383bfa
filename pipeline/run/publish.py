"""Judging and publishing: stories from links, records from articles and stories.

Only what is touched is judged again: the groups that hold an article whose file or whose links changed. Files of the
published tables mirror those of `articles`, run by run; only those with a row that changed are written.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake import DataFile, Lake, Transaction
from pipeline.run.judgement import Judgement
from pipeline.run.judging import LINKED, judge
from pipeline.run.linked import partial
from pipeline.run.records import write_records
from pipeline.run.state import PUBLISHED, UNLINKED
from pipeline.run.stories import alive, composites, write_stories
from pipeline.run.tombstones import Tombstone, tombstones

__all__ = ["mark_published", "publish"]


def publish(lake: Lake, tx: Transaction) -> dict[str, int]:
    """Bring `stories` and `records` up to date.

    Returns:
        Counts: stories_written, records_written, stories (but for merged ones), records.
    """
    stones = tombstones(lake)
    state = _state(lake, stones)
    before = lake.document(PUBLISHED) or {}
    if state != before:
        links = lake.read("links", LINKED)
        known = composites(lake)
        seeds = _changed(lake, state, before, links)
        found = judge(lake, links, seeds, stones, known)
        while more := _unsettled(lake, links, found, known):
            seeds = pa.concat_arrays([seeds, pa.array(sorted(more), pa.string())])
            found = judge(lake, links, seeds, stones, known)
        written = write_records(lake, tx, found, stones)
        judged = write_stories(lake, tx, found)
        tx.put(PUBLISHED, state)
        tx.discard(UNLINKED)
    else:
        written = judged = 0
    # What this transaction is about to put in place counts already.
    totals = {"stories": alive(lake, tx.files("stories")), "records": sum(f.rows for f in tx.files("records"))}
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
    return pa.concat_arrays([seeds, _sharing(links, seeds)]).unique()


def _sharing(links: pa.Table, articles: pa.Array) -> pa.Array:
    """Articles that share a part with some articles: they may draw on them, and would name their stories."""
    some = partial(links)
    ends = [some[f"article_{y}"].filter(pc.is_in(some[f"article_{x}"], articles)).chunks for x, y in ("ab", "ba")]
    return pa.chunked_array([*ends[0], *ends[1]], pa.string()).combine_chunks()


def _unsettled(lake: Lake, links: pa.Table, found: Judgement, before: set[str]) -> set[str]:
    """Articles that were not judged and share a part with one whose story is not the one that was published, or that
    has become a composite or is none any more.

    Args:
        before: The composites that were published.
    """
    judged = found.articles["article_id"].combine_chunks()
    known = lake.take("records", judged, ["article_id", "story_id"])
    now = found.articles["story_id"].take(pc.index_in(known["article_id"].combine_chunks(), judged))
    moved = known["article_id"].filter(pc.not_equal(now, known["story_id"]))
    drawn = found.stories["canonical_article_id"].filter(pc.greater(found.stories["drawn_share"], 0.0))
    turned = (before & set(judged.to_pylist())) ^ set(drawn.to_pylist())
    changed = pa.array(sorted(turned.union(moved.to_pylist())), pa.string())
    return set(_sharing(links, changed).to_pylist()).difference(judged.to_pylist()) if len(changed) else set()
