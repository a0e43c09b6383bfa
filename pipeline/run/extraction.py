"""The extract step of one source: captured bytes into articles and rejects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.article import Article, Capture, Reject
from pipeline.config import ExtractSettings, Source
from pipeline.extract.workers import ExtractionPool, extract_stream
from pipeline.fetch.warc import read_warc_captures
from pipeline.run.rows import article_row, reject_row
from pipeline.run.staging import Staging

__all__ = ["extract_captures"]


def extract_captures(
    settings: ExtractSettings, source: Source, staging: Staging, pool: ExtractionPool | None = None
) -> dict[str, Any]:
    """Extract what `capture_source` stored, unless that has been done.

    Args:
        pool: As for `extract_stream`.

    Returns:
        Counts: articles, rejected.
    """
    if not staging.extracted:
        with staging.writing("rejects") as rejects, staging.writing("articles") as articles:
            for batch in staging.batches("refused"):
                for row in batch.to_pylist():
                    rejects.add(row)
            for _, result in extract_stream(_stored(staging), settings, source.publisher, source.language, pool=pool):
                match result:
                    case Article():
                        articles.add(article_row(staging.run, result))
                    case Reject():
                        rejects.add(reject_row(staging.run, result))
    return {
        "articles": staging.read("articles", ["seq"]).num_rows,
        "rejected": staging.read("rejects", ["seq"]).num_rows,
    }


def _stored(staging: Staging) -> Iterator[tuple[int, Capture]]:
    with staging.lake.storage.open(staging.rel("capture.warc.gz")) as f:
        for _, capture in read_warc_captures(f, staging.raw_file):
            yield capture.item.seq, capture
