"""Ingesting files instead of the network: archives, pages, wire files, and ready texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Article, Capture, Clock, Item, Kind, RawRef, Reason, Reject, article_id
from pipeline.config import Config
from pipeline.extract.workers import extract_stream
from pipeline.lake import Lake, contract
from pipeline.partition import Run
from pipeline.run.collect import collect_run
from pipeline.run.rows import article_row, fetch_row, reject_row
from pipeline.run.staging import Rows, Staging
from pipeline.sources.files import read_paths
from pipeline.text import reading_form, text_hash

__all__ = ["FILES", "ingest_paths"]

FILES = "files"  # name of the source that everything ingested from files belongs to


def ingest_paths(paths: Sequence[str | Path], lake: Lake, run: Run, config: Config | None = None) -> dict[str, Any]:
    """Ingest files and directories as one run; streams, so memory does not grow with the input.

    The bytes stay where they are: ``raw_file`` and ``raw_offset`` point into the files that were read.

    Returns:
        The ledger of the run.

    Raises:
        UsageError: A path does not exist.
    """
    config = config or Config()
    staging = Staging(lake, run, FILES)
    if lake.ledger(run.name) is None:
        with (
            staging.writing("fetches") as fetches,
            staging.writing("rejects") as rejects,
            staging.writing("articles") as articles,
        ):
            for _, result in extract_stream(_captures(paths, config, run, fetches, rejects, articles), config.extract):
                if isinstance(result, Article):
                    articles.add(article_row(run, result))
                else:
                    rejects.add(reject_row(run, result))
    return collect_run(lake, run, [FILES])


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
    table = pa.Table.from_batches([batch])
    texts = [reading_form(t) for t in table["text"].to_pylist()]
    words = pc.list_value_length(pc.utf8_split_whitespace(pa.array(texts, pa.string()))).to_numpy(zero_copy_only=False)
    file = pa.array([_file(batch)] * len(texts), pa.string())
    urls = pc.coalesce(table["url"], file)
    entry = {
        "run": pa.array([run.key] * len(texts), pa.string()),
        "source": pa.array([FILES] * len(texts), pa.string()),
        "seq": table["seq"],
        "url": urls,
        "guid": table["id"],
        "raw_file": file,
        "raw_offset": table["row"],
    }
    fetches.add_table(_rows("fetches", len(texts), entry))
    short = [bool(w < 1) for w in words]
    for n in (n for n, s in enumerate(short) if s):
        item = Item(FILES, table["seq"][n].as_py(), urls[n].as_py(), guid=table["id"][n].as_py())
        raw = RawRef(file[n].as_py(), table["row"][n].as_py())
        rejects.add(reject_row(run, Reject(item, Reason.NO_TEXT, "the text is empty", raw=raw)))
    keep = pa.array([not s for s in short])
    hashes = [text_hash(t) for t in texts]
    ids = table["id"].to_pylist()
    first_lines = [t[: t.find("\n")] if 0 < t.find("\n") <= 200 else t[:120] for t in texts]
    stated = pc.is_valid(table["published_at"])
    rows = entry | {
        "article_id": pa.array([article_id(i, h) for i, h in zip(ids, hashes, strict=True)]),
        "locator": table["id"],
        "title": pc.coalesce(table["title"], pa.array(first_lines)),
        "text": pa.array(texts, pa.string()),
        "text_hash": pa.array(hashes),
        "word_count": pa.array(words),
        "publisher": table["source"],
        "authors": pa.array([[]] * len(texts), pa.list_(pa.string())),
        "tags": pa.array([[]] * len(texts), pa.list_(pa.string())),
        "language": table["language"],
        "published_at": pc.if_else(stated, table["published_at"], pa.scalar(run.time, pa.timestamp("us", tz="UTC"))),
        "clock": pc.if_else(stated, Clock.FEED.value, Clock.SEEN.value),
        "status": pa.array(["usable"] * len(texts)),
        "kind": pa.array([Kind.ARTICLE.value] * len(texts)),
        "is_truncated": pa.array([False] * len(texts)),
        "quality": pa.array([1.0] * len(texts)),
        "provenance": pa.array([[]] * len(texts), contract("articles").schema.field("provenance").type),
        "media": pa.array(["text"] * len(texts)),
        "extractor": pa.array(["none"] * len(texts)),
        "seen_at": pa.array([run.time] * len(texts), pa.timestamp("us", tz="UTC")),
    }
    articles.add_table(_rows("articles", len(texts), rows).filter(keep))


def _file(batch: pa.RecordBatch) -> str:
    """The file that a batch was read from."""
    return str((batch.schema.metadata or {}).get(b"file", b"").decode()) or FILES


def _rows(table: str, n: int, columns: dict[str, Any]) -> pa.Table:
    """A table under its contract, with nulls where nothing is known."""
    schema = contract(table).schema
    arrays = [columns[f.name] if f.name in columns else pa.nulls(n, f.type) for f in schema]
    return pa.table(dict(zip(schema.names, arrays, strict=True)))
