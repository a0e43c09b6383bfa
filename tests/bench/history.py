"""A lake with a long history, written straight into its tables: what a year of runs would have left behind.

Texts are short, every article is a story of its own, and a third of them have a link that groups nothing, so that all
tables have the size they would have; nothing was fetched.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Kind, Relation, article_id
from pipeline.fold.sketch import key_table, sketch
from pipeline.lake import Lake, Transaction, contract
from pipeline.partition import Run
from pipeline.run.forms import forms
from pipeline.run.publish import mark_published
from tests.bench.corpus import make

__all__ = ["END", "build"]

END = datetime(2018, 9, 1, tzinfo=UTC)
"""The run after the last one of the history."""


def build(root: str, articles: int, words: int = 40, a_run: int = 5_000, runs_a_day: int = 2) -> None:
    """Write a lake of so many articles, ending at `END`."""
    lake = Lake(root)
    runs = -(-articles // a_run)
    step = timedelta(days=1) / runs_a_day
    for n in range(runs):
        run = Run.at(END - step * (runs - n))
        rows = min(a_run, articles - n * a_run)
        (table,) = make(rows, words, seed=n + 1, days=0, prefix=f"h{n:04}-", start=run.time)
        with lake.transaction() as tx:
            _write(tx, run, table)
    with lake.transaction() as tx:
        mark_published(lake, tx)


def _write(tx: Transaction, run: Run, table: pa.Table) -> None:
    n = table.num_rows
    made = forms(table["text"].combine_chunks())
    ids = pa.array([article_id(i, h) for i, h in zip(table["id"].to_pylist(), made.hashes, strict=True)])
    story = pc.binary_join_element_wise(pa.scalar("s"), ids, "")
    numbers = pa.array(np.arange(run.first_number, run.first_number + n))
    seen = pa.repeat(pa.scalar(run.time, pa.timestamp("us", tz="UTC")), n)
    article = {
        "article_id": ids, "locator": table["id"], "guid": table["id"], "url": table["id"], "title": table["title"],
        "text": made.texts, "text_hash": pa.array(made.hashes), "word_count": pa.array(made.words), "source": "files",
        "publisher": table["source"], "published_at": table["published_at"], "clock": "feed", "status": "usable",
        "kind": Kind.ARTICLE.value, "is_truncated": False, "quality": 1.0, "media": "text", "extractor": "none",
        "run": run.key, "seq": pa.array(range(n), pa.int32()), "seen_at": seen, "article": numbers,
        "raw_file": "history.parquet", "raw_offset": pa.array(range(n)), "outcome": "article",
        "story_id": story, "relation": "original", "version_no": 1, "is_canonical": True,
        "canonical_article_id": ids, "first_article_id": ids, "first_publisher": table["source"],
        "first_published_at": table["published_at"], "first_clock": "feed",
        "last_published_at": table["published_at"], "articles": 1, "versions": 1, "publishers": 1,
        "drawn_share": 0.0, "needs_review": False,
    }  # fmt: skip
    name = f"{run.name}.parquet"
    with tx.writer("fetches", run.day, name) as out:
        out.write(_rows("fetches", article | {"status": None}, n))
    with tx.writer("articles", run.day, name) as out:
        out.write(_rows("articles", article, n))
    (file,) = tx.written("articles")
    sketches = sketch(_rows("articles", article, n).append_column("article", numbers))
    third = n // 3
    link = {
        "article_a": ids[:third], "article_b": ids[third : 2 * third], "relation": Relation.SHARED_QUOTES.value,
        "jaccard": 0.1, "containment_a": 0.2, "containment_b": 0.2, "shared_shingles": 5, "needs_review": False,
        "decided_by": "short_passages", "run": run.key,
    }  # fmt: skip
    with tx.writer("sketches", run.day, name, source=file.digest) as out:
        out.write(sketches.rows)
    with tx.writer("keys", run.day, name, source=file.digest) as out:
        out.write(key_table(run.first_number, [sketches.keys]))
    (of_sketches,) = tx.written("sketches")
    with tx.writer("links", run.day, name, source=of_sketches.digest) as out:
        out.write(_rows("links", link, third))
    with tx.writer("records", run.day, name, source=file.digest) as out:
        out.write(_rows("records", article, n))
    order = pc.sort_indices(story)
    with tx.writer("stories", run.day, name) as out:
        out.write(_rows("stories", article, n).take(order))


def _rows(table: str, columns: dict[str, object], n: int) -> pa.Table:
    """Rows under the contract of a table: constants are repeated, lists are empty, and all else is null."""
    arrays = []
    for field in contract(table).schema:
        value = columns.get(field.name, [] if pa.types.is_list(field.type) else None)
        if isinstance(value, (pa.Array, pa.ChunkedArray)):
            arrays.append(value.cast(field.type))
        else:
            arrays.append(pa.array([value] * n, field.type))
    return pa.table(arrays, schema=contract(table).schema)
