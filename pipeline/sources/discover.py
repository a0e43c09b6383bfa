"""What a source has to offer now."""

from __future__ import annotations

from pipeline.article import Capture, Item, Reject
from pipeline.config import Source
from pipeline.errors import WirefoldError
from pipeline.fetch.client import Fetcher
from pipeline.sources.directory import list_directory
from pipeline.sources.feed import parse_feed
from pipeline.sources.listing import Entry, MalformedListing, items_of
from pipeline.sources.sitemap import parse_sitemap

__all__ = ["SourceDown", "discover"]

_MAX_SITEMAPS = 200  # files of one sitemap source
_MAX_DEPTH = 3  # indexes of indexes


class SourceDown(WirefoldError):
    """The listing of a source cannot be had; names the source and the cause."""

    def __init__(self, source: Source, cause: str) -> None:
        super().__init__(f"source {source.name!r} is down: {source.url or source.path} {cause}")


def discover(source: Source, fetcher: Fetcher) -> list[Item]:
    """The items that a source lists now, numbered from 0, at most ``source.limit``.

    Raises:
        SourceDown: Its listing cannot be fetched or read.
    """
    try:
        if source.kind == "directory" and source.path is not None:
            return list_directory(source.path, source.name, source.limit)
        if source.kind == "feed":
            listing = _fetched(source, fetcher, source.url or "")
            return parse_feed(listing.body, listing.url, source)
        return items_of(_pages(source, fetcher), source, source.url or "")
    except (MalformedListing, OSError) as e:
        cause = f"cannot be read: {e.strerror}" if isinstance(e, OSError) else str(e)
        raise SourceDown(source, cause) from e


def _pages(source: Source, fetcher: Fetcher) -> list[Entry]:
    """The pages of a sitemap and of the sitemaps it points to, the most recently changed first.

    A broken sitemap below the first one costs its own pages only.
    """
    limit = fetcher.settings.max_bytes
    pages: list[Entry] = []
    waiting = [(source.url or "", 0)]
    seen = {source.url}
    read = 0
    while waiting and read < _MAX_SITEMAPS and len(pages) < source.limit:
        url, depth = waiting.pop(0)
        read += 1
        try:
            sitemap = parse_sitemap(_fetched(source, fetcher, url).body, limit)
        except (MalformedListing, SourceDown):
            if depth == 0:
                raise
            continue
        pages += sitemap.pages
        if depth < _MAX_DEPTH:
            newest_first = sorted(sitemap.children, key=lambda c: c[1].timestamp() if c[1] else 0.0, reverse=True)
            fresh = [child for child, _ in newest_first if child not in seen]
            seen.update(fresh)
            waiting += [(child, depth + 1) for child in fresh[:_MAX_SITEMAPS]]
    return pages


def _fetched(source: Source, fetcher: Fetcher, url: str) -> Capture:
    result = fetcher.get(Item(source.name, 0, url))
    if isinstance(result, Capture):
        return result
    cause = f"{result.detail} ({result.reason})" if isinstance(result, Reject) else "says it has not changed"
    raise SourceDown(source, f"cannot be fetched: {cause}")
