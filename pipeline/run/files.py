"""Ingesting files instead of the network: archives, pages, wire files, and ready texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import CREDIBLE, Article, Capture, Clock, Item, Kind, RawRef, Reason, Reject, article_id
from pipeline.config import Config
from pipeline.extract.language import primary
from pipeline.extract.workers import ExtractionPool, extract_stream
from pipeline.lake import Lake, contract
from pipeline.partition import Run
from pipeline.run.ready import soon, to_collect, to_fold
from pipeline.run.rows import article_row, fetch_row, reject_row
from pipeline.run.staging import Rows, Staging
from pipeline.sources.files import read_paths
from pipeline.text import as_title, one_line

__all__ = ["FILES", "ingest_paths"]

FILES = "files"  # name of the source that everything ingested from files belongs to


def ingest_paths(
    paths: Sequence[str | Path],
    lake: Lake,
    run: Run,
    config: Config | None = None,
    pool: ExtractionPool | None = None,
    *,
    fold_soon: bool = False,
) -> dict[str, Any]:
    """Ingest files and directories as one run; streams, so memory does not grow with the input.

    The bytes stay where they are: ``raw_file`` and ``raw_offset`` point into the files that were read.

    Args:
        pool: As for `extract_stream`.
        fold_soon: Whether folding follows, so that this process gets ready for it.

    Returns:
        The ledger of the run.

    Raises:
        UsageError: A path does not exist.
    """
    config = config or Config()
    staging = Staging(lake, run, FILES)
    with soon(to_collect, *([to_fold] if fold_soon else [])):
        if lake.ledger(run.name) is None:
            _stage(paths, staging, run, config, pool)
    from pipeline.run.collect import collect_run

    return collect_run(lake, run, [FILES])


def _stage(
    paths: Sequence[str | Path], staging: Staging, run: Run, config: Config, pool: ExtractionPool | None
) -> None:
    with (
        staging.writing("fetches") as fetches,
        staging.writing("rejects") as rejects,
        staging.writing("articles") as articles,
    ):
        captures = _captures(paths, config, run, fetches, rejects, articles)
        for _, result in extract_stream(captures, config.extract, pool=pool):
            if isinstance(result, Article):
                articles.add(article_row(run, result))
            else:
                rejects.add(reject_row(run, result))


def _captures(
    paths: Sequence[str | Path], config: Config, run: Run, fetches: Rows, rejects: Rows, articles: Rows
) -> Iterator[tuple[int, Capture]]:
    """Enter everything into the ledger; pass on what has to be extracted, and write the rest down at once."""
    for found in read_paths(paths, source=FILES, max_bytes=config.fetch.max_bytes):
        match found:
            case Capture():
                fetches.add(fetch_row(run, found.item, None, found))
                yield found.item.seq, found
            case Reject():
                fetches.add(fetch_row(run, found.item, None, status=found.status, fetched_at=found.fetched_at))
                rejects.add(reject_row(run, found))
            case _:
                _ready_texts(found, config, run, fetches, rejects, articles)


def _ready_texts(batch: pa.RecordBatch, config: Config, run: Run, fetches: Rows, rejects: Rows, articles: Rows) -> None:
    """Texts that need no extraction, a batch at a time."""
    from pipeline.run.forms import forms, unwrapped_texts  # compiled: slow to import

    table = pa.Table.from_batches([batch])
    n = batch.num_rows
    made = forms(unwrapped_texts(batch["text"]))
    file = _same(_file(batch), n)
    urls = pc.coalesce(table["url"], file)
    entry = {
        "run": _same(run.key, n),
        "source": _same(FILES, n),
        "seq": table["seq"],
        "url": urls,
        "guid": table["id"],
        "raw_file": file,
        "raw_offset": table["row"],
    }
    fetches.add_table(_rows("fetches", n, entry))
    for i in np.flatnonzero(made.words == 0).tolist():
        item = Item(FILES, table["seq"][i].as_py(), urls[i].as_py(), guid=table["id"][i].as_py())
        raw = RawRef(file[i].as_py(), table["row"][i].as_py())
        rejects.add(reject_row(run, Reject(item, Reason.NO_TEXT, "the text is empty", raw=raw)))
    said = table["published_at"]
    first, last = (pa.scalar(end, said.type) for end in CREDIBLE)
    stated = pc.fill_null(pc.and_(pc.greater_equal(said, first), pc.less_equal(said, last)), False)
    rows = entry | {
        "article_id": pa.array([article_id(i, h) for i, h in zip(table["id"].to_pylist(), made.hashes, strict=True)]),
        "locator": table["id"],
        "title": pc.coalesce(_each(table["title"], _headline), _first_lines(made.texts)),
        "text": made.texts,
        "text_hash": pa.array(made.hashes),
        "word_count": pa.array(made.words),
        "publisher": _each(table["source"], _headline),
        "authors": pa.array([[]] * n, pa.list_(pa.string())),
        "tags": pa.array([[]] * n, pa.list_(pa.string())),
        "language": _each(table["language"], primary),
        "published_at": pc.if_else(stated, said, pa.scalar(run.time, pa.timestamp("us", tz="UTC"))),
        "clock": pc.if_else(stated, Clock.FEED.value, Clock.SEEN.value),
        "status": _same("usable", n),
        "kind": _same(Kind.ARTICLE.value, n),
        "is_truncated": pa.array([False] * n),
        "quality": pa.array([1.0] * n),
        "provenance": pa.array([[]] * n, contract("articles").schema.field("provenance").type),
        "media": _same("text", n),
        "extractor": _same("none", n),
        "seen_at": pa.array([run.time] * n, pa.timestamp("us", tz="UTC")),
    }
    articles.add_table(_rows("articles", n, rows).filter(pa.array(made.words > 0)))


def _same(value: str, n: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, pa.string()), n)


def _each(values: pa.ChunkedArray, form: Callable[[str], str | None]) -> pa.ChunkedArray:
    """Values in another form; none stays none."""
    distinct = values.drop_null().unique()
    return pa.chunked_array([pa.array(map(form, distinct.to_pylist()), pa.string())]).take(
        pc.index_in(values, distinct)
    )


def _headline(text: str) -> str | None:
    return as_title(one_line(text)) or None


def _first_lines(texts: pa.Array) -> pa.Array:
    """What stands for a title: the first line unless it is long, else the beginning."""
    line = pc.list_element(pc.split_pattern(texts, "\n", max_splits=1), 0)
    short = pc.less_equal(pc.utf8_length(line), 200)
    whole = pc.equal(line, texts)
    return pc.if_else(pc.and_(short, pc.invert(whole)), line, pc.utf8_slice_codeunits(texts, 0, 120))


def _file(batch: pa.RecordBatch) -> str:
    """The file that a batch was read from."""
    return str((batch.schema.metadata or {}).get(b"file", b"").decode()) or FILES


def _rows(table: str, n: int, columns: dict[str, Any]) -> pa.Table:
    """A table under its contract, with nulls where nothing is known."""
    schema = contract(table).schema
    arrays = [columns[f.name] if f.name in columns else pa.nulls(n, f.type) for f in schema]
    return pa.table(dict(zip(schema.names, arrays, strict=True)))
