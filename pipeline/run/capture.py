"""The fetch step of one source: what it lists, conditionally fetched, kept as WARC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow.compute as pc
import structlog
import xxhash

from pipeline.article import Capture, Item, NotModified, Outcome, RawRef, Reject
from pipeline.config import Config, Source
from pipeline.errors import WirefoldError
from pipeline.fetch.client import Fetcher
from pipeline.fetch.warc import WarcWriter
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.rows import fetch_row, reject_row
from pipeline.run.staging import Staging
from pipeline.sources.directory import read_file
from pipeline.sources.discover import discover

__all__ = ["capture_source"]

log = structlog.get_logger(__name__)

_MEMORY_DAYS = 30  # how far back the validators of earlier fetches are looked up


@dataclass(frozen=True, slots=True)
class _Known:
    """What the last good fetch of an address said."""

    etag: str | None
    last_modified: str | None
    digest: str | None
    article_id: str | None


def capture_source(config: Config, source: Source, staging: Staging) -> dict[str, Any]:
    """Fetch one source into its staging folder, unless that has been done.

    Returns:
        Counts: discovered, captured, not_modified, rejected.

    Raises:
        SourceDown: Its listing cannot be had; the reason is noted for the ledger.
    """
    if not staging.fetched:
        try:
            _capture(config, source, staging)
        except WirefoldError as e:
            staging.mark_down(str(e))
            raise
        staging.lake.storage.delete(staging.rel("down.json"))
    return _counts(staging)


def _capture(config: Config, source: Source, staging: Staging) -> None:
    run = staging.run
    known = _known(staging.lake, run, source.name)
    with (
        staging.writing("fetches") as fetches,  # first in, last to appear: its presence says that the step is done
        staging.writing("refused") as refused,
        staging.lake.storage.replacing(staging.rel("capture.warc.gz")) as sink,
    ):
        warc = WarcWriter(sink)
        for got in _received(config, source, known):
            match got:
                case Reject():
                    refused.add(reject_row(run, got))
                    fetches.add(fetch_row(run, got.item, None, status=got.status, fetched_at=got.fetched_at))
                case NotModified():
                    fetches.add(_unchanged(run, got.item, known[got.item.url], fetched_at=got.fetched_at))
                case Capture():
                    digest = xxhash.xxh3_128_hexdigest(got.body)
                    before = known.get(got.item.url)
                    if before and before.digest == digest:  # the server has no validators, or ignores them
                        now = replace(before, etag=got.etag, last_modified=got.last_modified)
                        fetches.add(_unchanged(run, got.item, now, capture=got))
                        continue
                    stored = replace(got, raw=RawRef(staging.raw_file, warc.write(got)))
                    fetches.add(fetch_row(run, got.item, None, stored, digest=digest))


def _received(config: Config, source: Source, known: dict[str, _Known]) -> Iterator[Capture | NotModified | Reject]:
    settings = config.fetch if source.delay is None else config.fetch.model_copy(update={"delay": source.delay})
    with Fetcher(settings) as fetcher:
        items = discover(source, fetcher)
        log.info("listed", source=source.name, items=len(items))
        for item in items:
            if source.kind == "directory":
                yield read_file(item, settings.max_bytes)
            elif before := known.get(item.url):
                yield fetcher.get(item, etag=before.etag, last_modified=before.last_modified)
            else:
                yield fetcher.get(item)


def _unchanged(
    run: Run, item: Item, known: _Known, capture: Capture | None = None, **more: object
) -> dict[str, object]:
    validators = {"etag": known.etag, "last_modified": known.last_modified, "digest": known.digest}
    status = capture.status if capture else 304
    return fetch_row(run, item, Outcome.UNCHANGED, capture) | {
        **validators,
        "article_id": known.article_id,
        "status": status,
        **more,
    }


def _known(lake: Lake, run: Run, source: str) -> dict[str, _Known]:
    """The last fetch of each address of a source that led to an article, from earlier runs."""
    own = f"{run.name}.parquet"
    days = [day for day in lake.days("fetches") if day <= run.day]
    files = [f for f in lake.files("fetches", days[-_MEMORY_DAYS:]) if f.name < own]
    columns = ["url", "etag", "last_modified", "digest", "article_id"]
    where = (pc.field("source") == source) & pc.is_valid(pc.field("article_id"))
    found: dict[str, _Known] = {}
    for file in sorted(files, key=lambda f: f.name):
        for row in lake.read("fetches", columns, where, [file]).to_pylist():
            url = row.pop("url")
            found[url] = _Known(**row)
    return found


def _counts(staging: Staging) -> dict[str, Any]:
    outcomes = staging.read("fetches", ["outcome"])["outcome"].to_pylist()
    refused = staging.read("refused", ["seq"]).num_rows
    unchanged = sum(o == Outcome.UNCHANGED.value for o in outcomes)
    return {
        "discovered": len(outcomes),
        "captured": len(outcomes) - unchanged - refused,
        "not_modified": unchanged,
        "rejected": refused,
    }
