"""Tracing any text to the articles of a lake that its passages stand in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from pipeline.engines.duckdb import engine, scan
from pipeline.extract.wrapped import unwrapped
from pipeline.fold.align import align
from pipeline.fold.draws import Passage, Source, earliest, passages, sources
from pipeline.fold.furniture import without_furniture
from pipeline.fold.link import order_key
from pipeline.fold.sketch import SketchContract, sketch
from pipeline.fold.texts import Texts
from pipeline.fold.trace import Known, Origin, Quote, Trace, edits
from pipeline.lake import Lake
from pipeline.run.furniture import known_furniture
from pipeline.run.sketches import check_sketches
from pipeline.run.stories import composites
from pipeline.text import reading_form, text_hash

__all__ = ["trace", "trace_article"]

_MOST = 2_000  # articles that are compared word by word: those with most keys in common
_KNOWN = ["article_id", "story_id", "title", "text", "url", "publisher", "source", "published_at", "clock", "seen_at"]


def trace(lake: Lake, text: str, title: str = "") -> Trace:
    """Find out where the passages of a text come from, among all articles of a folded lake.

    Raises:
        WirefoldError: The lake holds sketches of another contract.
    """
    return _trace(lake, reading_form(unwrapped(text)), title, None, None)


def trace_article(lake: Lake, article_id: str) -> Trace:
    """The same for an article of the lake: what was there before its last change, other copies of its text left out."""
    (row,) = lake.take(
        "articles", pa.array([article_id]), ["article_id", "title", "text", "published_at", "modified_at", "text_hash"]
    ).to_pylist()
    until = max(row["published_at"], row["modified_at"] or row["published_at"])
    return _trace(lake, row["text"], row["title"], until, row["text_hash"])


def _trace(lake: Lake, text: str, title: str, until: datetime | None, same_text: str | None) -> Trace:
    ids = _candidates(lake, text, until, same_text)
    known = without_furniture(lake.take("records", pa.array(ids, pa.string()), _KNOWN), known_furniture(lake))
    age = dict(zip(known["article_id"].to_pylist(), order_key(known), strict=True))
    rows = {r["article_id"]: r for r in known.to_pylist()}
    found: list[Passage] = []
    n = known.num_rows
    texts = Texts.of(pa.chunked_array([*known["text"].chunks, pa.array([text])], pa.string()))
    aligned = align(texts, np.arange(n, dtype=np.int32), np.full(n, n, np.int32))
    for i, row in enumerate(rows.values()):
        found += passages(aligned, i, row["article_id"], row["story_id"])
    chosen = sources(len(text), found, age.__getitem__, composites(lake))
    origins = tuple(_origin(s, text, rows, found, age) for s in chosen)
    return Trace(title, text, sum(f.rows for f in lake.files("records")), n, origins)


def _candidates(lake: Lake, text: str, until: datetime | None, same_text: str | None) -> list[str]:
    """Articles whose texts have a key in common with it: those with most of them first, then the oldest texts."""
    how = SketchContract()
    now = pa.array([datetime(1970, 1, 1, tzinfo=UTC)], pa.timestamp("us", tz="UTC"))
    one = {"article": [0], "article_id": [""], "text_hash": [text_hash(text)], "published_at": now, "text": [text]}
    keys = sketch(pa.table(one), how).keys >> 24
    check_sketches(lake, how)
    with engine() as con:
        members = scan(con, lake, "sketches", None, ["article", "article_id", "text_hash", "published_at"])
        wanted = con.create_table("wanted", pa.table({"key": pa.array(np.unique(keys), pa.int64())}), temp=True)
        held = scan(con, lake, "keys", None, ["key", "article"]).semi_join(wanted, "key")
        # Only one of equal texts has keys. Which of them need not be the first to be published, the one to name: a text
        # was there as soon as any of its articles was.
        near = held.join(members, "article").group_by(["text_hash", "article"]).aggregate(hits=ibis._.count())
        near = near.group_by("text_hash").aggregate(hits=near.hits.max())
        there = members.semi_join(near, "text_hash")
        if until is not None:
            there = there.filter(there.published_at.isnull() | (there.published_at <= until))
        if same_text is not None:
            there = there.filter(there.text_hash != same_text)
        near = near.join(there.group_by("text_hash").aggregate(first=there.published_at.min()), "text_hash")
        near = near.order_by([near.hits.desc(), near["first"], near.text_hash]).limit(_MOST)
        twins = there.semi_join(near, "text_hash").select("article_id").order_by("article_id")
        return [str(i) for i in twins.to_pyarrow()["article_id"].to_pylist()]


def _origin(
    source: Source,
    text: str,
    rows: dict[str, dict[str, Any]],
    found: Sequence[Passage],
    age: dict[str, tuple[object, ...]],
) -> Origin:
    quotes = []
    for p in source.passages:
        wording = rows[p.article]["text"][p.source_start : p.source_end]
        first = rows[earliest(p, found, age.__getitem__)]
        quotes.append(Quote(p, wording, edits(text[p.start : p.end], wording, p.start), _known(first)))
    return Origin(_known(rows[source.article]), source.coverage, tuple(quotes))


def _known(row: dict[str, Any]) -> Known:
    return Known(
        article_id=row["article_id"],
        story_id=row["story_id"],
        title=row["title"],
        url=row["url"],
        publisher=row["publisher"] or row["source"],
        published_at=row["published_at"],
        clock=row["clock"],
    )
