"""A lake with a long history, written straight into its tables: what a year of runs would have left behind.

Texts are short. A fifth of the articles come in pairs, two versions of one story; another third have a link that groups
nothing, so that all tables have the size they would have. Nothing was fetched. `wirefold check` finds nothing wrong.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Kind, Outcome, Relation, article_id
from pipeline.fold.sketch import key_table, sketch
from pipeline.lake import INTERNAL, Lake, Transaction, contract
from pipeline.partition import Run
from pipeline.run.forms import forms
from pipeline.run.furniture import note_lines
from pipeline.run.publish import mark_published
from tests.bench.corpus import make

__all__ = ["END", "build", "more"]

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
        table = _run_texts(runs - n, rows, words, run.time)
        with lake.transaction() as tx:
            _write(tx, run, table)
        (file,) = (f for f in lake.files("articles", [run.day]) if f.name == f"{run.name}.parquet")
        with lake.transaction() as tx:
            note_lines(lake, tx, file)
    with lake.transaction() as tx:
        mark_published(lake, tx)


def more(articles: int, words: int = 160, a_run: int = 5_000) -> pa.Table:
    """What comes in next: texts of its own, and a fifth that resemble articles of the last run, whatever its lake.

    With their addresses, so that their lines are looked at for furniture.
    """
    (own,) = make(articles - articles // 5, words, seed=0, days=0, prefix="new", start=END)
    last = _run_texts(1, a_run, 40, END).slice(0, articles // 5)
    text = pc.binary_join_element_wise(last["text"], "One more line has been added since then .", "\n\n")
    ids = pc.binary_join_element_wise("again-", last["id"], "")
    at = last.schema.get_field_index
    new = pa.concat_tables([own, last.set_column(at("text"), "text", text).set_column(at("id"), "id", ids)])
    return new.append_column("url", _addresses(new))


def _addresses(texts: pa.Table) -> pa.ChunkedArray:
    site = pc.replace_substring(texts["source"], " ", "-")
    return pc.binary_join_element_wise("https://", site, ".example/", texts["id"], "")


def _run_texts(nth: int, articles: int, words: int, time: datetime) -> pa.Table:
    """Texts of the run that is the `nth` from the end."""
    (table,) = make(articles, words, seed=nth, days=0, prefix=f"h{nth:04}-", start=time)
    return table


def _write(tx: Transaction, run: Run, table: pa.Table) -> None:
    n = table.num_rows
    made = forms(table["text"].combine_chunks())
    ids = pa.array([article_id(i, h) for i, h in zip(table["id"].to_pylist(), made.hashes, strict=True)])
    pairs = n // 10
    first = np.arange(n)
    first[pairs : 2 * pairs] -= pairs  # the older of the two, of the articles that are versions of one story
    later = first < np.arange(n)
    older = ids.take(pa.array(first))
    story = pc.binary_join_element_wise("s", older, "")
    numbers = pa.array(np.arange(run.first_number, run.first_number + n))
    seen = pa.repeat(pa.scalar(run.time, pa.timestamp("us", tz="UTC")), n)
    article = {
        "article_id": ids, "locator": table["id"], "guid": table["id"], "title": table["title"],
        "url": _addresses(table),
        "text": made.texts, "text_hash": pa.array(made.hashes), "word_count": pa.array(made.words), "source": "files",
        "publisher": table["source"], "published_at": table["published_at"], "clock": "feed", "status": "usable",
        "kind": Kind.ARTICLE.value, "is_truncated": False, "quality": 1.0, "media": "text", "extractor": "none",
        "run": run.key, "seq": pa.array(range(n), pa.int32()), "seen_at": seen, "article": numbers,
        "raw_file": "history.parquet", "raw_offset": pa.array(range(n)), "outcome": Outcome.ARTICLE.value,
        "story_id": story, "relation": pc.if_else(pa.array(later), Relation.REVISION.value, "original"),
        "parent_id": pc.if_else(pa.array(later), older, pa.scalar(None, pa.string())),
        "version_no": pa.array(later + 1, pa.int32()), "is_canonical": pa.array(~later),
    }  # fmt: skip
    name = f"{run.name}.parquet"
    with tx.writer("fetches", run.day, name) as out:
        out.write(_rows("fetches", article | {"status": None}, n))
    with tx.writer("articles", run.day, name) as out:
        out.write(_rows("articles", article, n))
    (file,) = tx.written("articles")
    sketches = sketch(_rows("articles", article, n).append_column("article", numbers))
    with tx.writer("sketches", run.day, name, source=file.digest) as out:
        out.write(sketches.rows)
    with tx.writer("keys", run.day, name, source=file.digest) as out:
        out.write(key_table(run.first_number, [sketches.keys]))
    (of_sketches,) = tx.written("sketches")
    with tx.writer("links", run.day, name, source=of_sketches.digest) as out:
        out.write(_links(run, ids, pairs))
    with tx.writer("records", run.day, name, source=file.digest) as out:
        out.write(_rows("records", article, n))
    with tx.writer("stories", run.day, name) as out:
        out.write(_stories(article, ~later, pairs).sort_by("story_id"))
    tx.put(f"{INTERNAL}/runs/{run.name}.json", _ledger(run, n))


def _links(run: Run, ids: pa.Array, pairs: int) -> pa.Table:
    """The pairs, and chance resemblances between the articles that come after them."""
    third = (len(ids) - 2 * pairs) // 3
    link = {
        "article_a": pa.concat_arrays([ids[:pairs], ids[2 * pairs :][:third]]),
        "article_b": pa.concat_arrays([ids[pairs : 2 * pairs], ids[2 * pairs + third :][:third]]),
        "relation": pa.array([Relation.REVISION.value] * pairs + [Relation.SHARED_QUOTES.value] * third),
        "jaccard": 0.1, "containment_a": 0.2, "containment_b": 0.2, "shared_shingles": 5, "needs_review": False,
        "score": pa.array([1.0] * pairs + [0.01] * third), "decided_by": "history", "run": run.key,
    }  # fmt: skip
    return _rows("links", link, pairs + third)


def _stories(article: dict[str, object], founders: np.ndarray, pairs: int) -> pa.Table:
    """One row for each article that founded a story; the first of them have two versions."""
    n = len(founders)
    size = pa.array(np.where(np.arange(n) < pairs, 2, 1), pa.int32())
    story = {
        "story_id": article["story_id"], "canonical_article_id": article["article_id"], "title": article["title"],
        "canonical_guid": article["guid"],
        "first_article_id": article["article_id"], "first_publisher": article["publisher"],
        "first_published_at": article["published_at"], "first_clock": "feed",
        "last_published_at": article["published_at"], "articles": size, "versions": size, "publishers": size,
        "drawn_share": 0.0, "needs_review": False,
    }  # fmt: skip
    return _rows("stories", story, n).filter(pa.array(founders))


def _ledger(run: Run, articles: int) -> dict[str, Any]:
    entry = {"discovered": articles, **{o.value: 0 for o in Outcome}, "reasons": {}, Outcome.ARTICLE.value: articles}
    return {"run": run.key, **entry, "down": [], "balanced": True, "sources": {"files": entry | {"down": None}}}


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
