"""The table `stories`: which are composites, and how what was judged is written, each beside its founder."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake import DataFile, Lake, Transaction, contract
from pipeline.run.judgement import Judgement

__all__ = ["alive", "composites", "write_stories"]


def composites(lake: Lake) -> set[str]:
    """The articles that stand for stories which are published as composites."""
    some = [f for f in lake.files("stories") if f.may_hold("drawn_share", 1e-9, inf)]
    rows = lake.read("stories", ["canonical_article_id"], pc.field("drawn_share") > 0, some)
    return set(rows["canonical_article_id"].to_pylist())


def alive(lake: Lake, files: Sequence[DataFile]) -> int:
    """Stories in some files that have not become part of others. Most manifests say how many."""
    told = [f.bounds["merged_into"][2] for f in files if "merged_into" in f.bounds]
    untold = [f for f in files if "merged_into" not in f.bounds]
    return sum(told) + int(lake.read("stories", ["merged_into"], files=untold)["merged_into"].null_count)


def write_stories(lake: Lake, tx: Transaction, found: Judgement) -> int:
    """Write the files in which a row is new or changed; returns the rows written.

    An id that was given out once stays as a row: when its founder has become part of another story, the row says which.
    """
    schema = contract("stories").schema
    files = {(f.day, f.name): f for f in lake.files("stories")}
    written = 0
    for place, runs in sorted(found.files(lake).items()):
        fresh = found.stories.filter(pc.is_in(found.stories["run"], pa.array(runs))).select(schema.names)
        rows, old = fresh, None
        if place in files:
            old = lake.read("stories", files=[files[place]])
            others = old.filter(pc.invert(pc.is_in(old["story_id"], fresh["story_id"].combine_chunks())))
            rows = pa.concat_tables([fresh, _followed(others, found)])
        rows = rows.sort_by("story_id")
        if not rows.num_rows or (old is not None and rows.equals(old)):
            continue
        with tx.writer("stories", *place) as out:
            out.write(rows)
        written += rows.num_rows
    return written


def _followed(stories: pa.Table, found: Judgement) -> pa.Table:
    """The same stories; of those whose founder belongs to another one now, only which that is."""
    founders = pc.utf8_slice_codeunits(stories["story_id"], 1)
    into = found.articles["story_id"].take(pc.index_in(founders, found.articles["article_id"].combine_chunks()))
    gone = pc.fill_null(pc.not_equal(into, stories["story_id"]), False)
    rows = [
        _merged(stories.schema, story, other)
        for story, other in zip(
            stories["story_id"].filter(gone).to_pylist(), into.filter(gone).to_pylist(), strict=True
        )
    ]
    merged = pa.Table.from_pylist(rows, schema=stories.schema)
    return pa.concat_tables([stories.filter(pc.invert(gone)), merged])


def _merged(schema: pa.Schema, story: str, into: str) -> dict[str, Any]:
    """The row of a story that is no more: its id, and nothing that could be mistaken for a story."""
    kept = {
        "story_id": story,
        "articles": 0,
        "versions": 0,
        "publishers": 0,
        "draws_on": [],
        "drawn_share": 0.0,
        "needs_review": False,
        "merged_into": into,
    }
    return dict.fromkeys(schema.names) | kept
