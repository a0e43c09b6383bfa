"""Items, articles and rejects as rows of their tables."""

from __future__ import annotations

from datetime import datetime

from pipeline.article import Article, Capture, Clock, Item, Outcome, RawRef, Reject, article_id
from pipeline.extract.times import EARLIEST
from pipeline.partition import Run
from pipeline.text import text_hash

__all__ = ["article_row", "fetch_row", "reject_row"]

Row = dict[str, object]


def fetch_row(run: Run, item: Item, outcome: Outcome | None, capture: Capture | None = None, **more: object) -> Row:
    """The ledger entry of an item; `outcome` is None until it has been extracted and compared with the lake."""
    row: Row = {
        "run": run.key,
        "source": item.source,
        "seq": item.seq,
        "url": item.url,
        "guid": item.guid,
        "outcome": outcome.value if outcome else None,
    }
    if capture:
        row |= {
            "final_url": capture.url,
            "status": capture.status,
            "content_type": capture.content_type,
            "etag": capture.etag,
            "last_modified": capture.last_modified,
            "bytes": len(capture.body),
            "fetched_at": capture.fetched_at,
        }
        if capture.raw:
            row |= {"raw_file": capture.raw.file, "raw_offset": capture.raw.offset}
    return row | more


def reject_row(run: Run, reject: Reject) -> Row:
    raw = reject.raw
    return {
        "run": run.key,
        "source": reject.item.source,
        "seq": reject.item.seq,
        "url": reject.item.url,
        "guid": reject.item.guid,
        "reason": reject.reason.value,
        "detail": reject.detail,
        "status": reject.status,
        "fetched_at": reject.fetched_at,
        "raw_file": raw.file if raw else None,
        "raw_offset": raw.offset if raw else None,
    }


def article_row(run: Run, article: Article) -> Row:
    """An article as a fact. Its publication time is the best that anybody states, else when it was first seen."""
    published, clock = article.published_at, article.clock
    if published is None and article.item.published_at is not None:
        published, clock = article.item.published_at, Clock.FEED
    if published is None:
        published, clock = _first_seen(run, article.raw), Clock.SEEN
    hashed = text_hash(article.text)
    raw = article.raw
    return {
        "article_id": article_id(article.locator, hashed, article.status),
        "locator": article.locator,
        "guid": article.guid or article.item.guid,
        "url": article.url,
        "title": article.title,
        "text": article.text,
        "text_hash": hashed,
        "word_count": len(article.text.split()),
        "source": article.item.source,
        "publisher": article.publisher,
        "authors": list(article.authors),
        "credit": article.credit,
        "dateline": article.dateline,
        "slug": article.slug,
        "section": article.section,
        "tags": list(article.tags),
        "language": article.language,
        "published_at": published,
        "clock": clock.value,
        "modified_at": article.modified_at,
        "wire_version": article.wire_version,
        "status": article.status,
        "kind": article.kind.value,
        "is_truncated": article.is_truncated,
        "quality": article.quality,
        "image": article.image,
        "provenance": [{"column": k, "origin": v} for k, v in article.provenance.items()],
        "media": article.media,
        "extractor": article.extractor,
        "run": run.key,
        "seq": article.item.seq,
        "seen_at": run.time,
        "raw_file": raw.file if raw else None,
        "raw_offset": raw.offset if raw else None,
    }


def _first_seen(run: Run, raw: RawRef | None) -> datetime:
    """The time of the run, unless an archive had it before."""
    at = raw.captured_at if raw else None
    return at if at and EARLIEST <= at < run.time else run.time
