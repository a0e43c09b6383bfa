"""Pages and wire files read and extracted outside of any lake."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.article import Article, Capture, Item, NotModified, Reason, Reject
from pipeline.config import Config, ExtractSettings
from pipeline.errors import UsageError
from pipeline.extract import extract
from pipeline.extract.failure import Unextractable
from pipeline.fetch.decode import unpacked
from pipeline.fetch.failure import Failure
from pipeline.sources.directory import read_file

if TYPE_CHECKING:
    from pipeline.fetch.client import Fetcher

__all__ = ["STDIN", "extract_pages", "standard_input"]

STDIN = "-"
_FEW = 8  # pages that are done before worker processes are up


def extract_pages(
    places: Sequence[str], urls: Sequence[str] = (), config: Config | None = None
) -> Iterator[dict[str, Any]]:
    """What each page gives, in order: the columns of an article, ``reason`` and ``detail`` of a reject, or both.

    Both for what has a text and is no article all the same: too short, an error page, a consent wall, a list.

    Args:
        places: Files (``.gz`` is unpacked), http(s) addresses, or `STDIN` (unpacked, too).
        urls: The address each was found at; none, or one for each place.

    Raises:
        UsageError: Some pages have an address and others have none.
    """
    if urls and len(urls) != len(places):
        raise UsageError(f"give one --url for each page or none: {len(urls)} for {len(places)} will not do")
    config = config or Config()
    with _fetcher(places, config) as fetcher:
        read = (_read(place, urls[n] if urls else None, n, config, fetcher) for n, place in enumerate(places))
        for place, result in zip(places, _extracted(read, len(places), config), strict=True):
            yield {"page": place} | (_article(result) if isinstance(result, Article) else _reject(result))


def _fetcher(places: Sequence[str], config: Config) -> AbstractContextManager[Fetcher | None]:
    """One for all pages, since its manners are towards a host; None where there is nothing to fetch."""
    if not any(map(_is_address, places)):
        return nullcontext()
    from pipeline.fetch.client import Fetcher  # slow to import, and files need none

    return Fetcher(config.fetch)


def _is_address(place: str) -> bool:
    return "://" in place  # another scheme than http(s) is refused where addresses are read


def _extracted(read: Iterator[Capture | Reject], count: int, config: Config) -> Iterator[Article | Reject]:
    if count <= _FEW:
        yield from (found if isinstance(found, Reject) else _extract_here(found, config.extract) for found in read)
        return
    from pipeline.extract.workers import extract_stream

    refused: dict[int, Reject] = {}
    done = -1

    def captures() -> Iterator[tuple[int, Capture]]:
        for n, found in enumerate(read):
            if isinstance(found, Reject):
                refused[n] = found
            else:
                yield n, found

    for n, result in extract_stream(captures(), config.extract):
        yield from (refused.pop(k) for k in range(done + 1, n))
        yield result
        done = n
    yield from (refused.pop(k) for k in range(done + 1, count))


def _extract_here(capture: Capture, settings: ExtractSettings) -> Article | Reject:
    """`extract` in this process, within the time limit: a page that takes longer is too complex."""
    if threading.current_thread() is not threading.main_thread():
        return extract(capture, settings=settings)  # signals reach the main thread only

    over = False

    def give_up(*_: object) -> None:
        if not over:
            raise Unextractable(Reason.TOO_COMPLEX, f"took longer than {settings.page_timeout:g} s")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, settings.page_timeout, 1.0)  # again, where a library swallowed it
    try:
        return extract(capture, settings=settings)
    finally:
        over = True  # the limit may have passed in the moment of Ctrl-C: its signal waits for the next call
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _read(place: str, url: str | None, seq: int, config: Config, fetcher: Fetcher | None) -> Capture | Reject:
    """The bytes of a page, taken as seen now: a file's date says when it was copied, not when the page was there."""
    now = datetime.now(UTC)
    most = config.fetch.max_bytes
    if place == STDIN:
        item = Item("pages", seq, url or "stdin")
        body = standard_input(most + 1)
        try:
            body = unpacked(body, most)
        except Failure as e:
            return Reject(item, e.reason, str(e))
        return Capture(item, body, now, item.url)
    if fetcher is not None and _is_address(place):
        got = fetcher.get(Item("pages", seq, place))
        if isinstance(got, NotModified):
            raise TypeError("an unconditional request cannot be answered with 304")
        return replace(got, url=url or got.url) if isinstance(got, Capture) else got
    found = read_file(Item("pages", seq, place), most)
    if isinstance(found, Reject):
        return found
    return replace(found, url=url or found.url, fetched_at=now)


def standard_input(most: int = -1) -> bytes:
    """At most so many bytes of standard input, or all.

    Raises:
        UsageError: It is closed.
    """
    if sys.stdin is None:  # what starts us may leave it closed
        raise UsageError("standard input is closed")
    return sys.stdin.buffer.read(most)


def _article(article: Article) -> dict[str, Any]:
    return {
        "url": article.url,
        "title": article.title,
        "text": article.text,
        "authors": list(article.authors),
        "published_at": article.published_at,
        "modified_at": article.modified_at,
        "clock": article.clock.value,
        "language": article.language,
        "publisher": article.publisher,
        "credit": article.credit,
        "dateline": article.dateline,
        "section": article.section,
        "tags": list(article.tags),
        "image": article.image,
        "kind": article.kind.value,
        "is_truncated": article.is_truncated,
        "quality": article.quality,
        "status": article.status,
        "media": article.media,
        "extractor": article.extractor,
        "guid": article.guid,
        "slug": article.slug,
        "wire_version": article.wire_version,
        "locator": article.locator,
        "word_count": len(article.text.split()),
        "provenance": dict(article.provenance),
    }


def _reject(reject: Reject) -> dict[str, Any]:
    read = _article(reject.article) if reject.article else {"url": reject.item.url}
    return read | {"reason": reject.reason.value, "detail": reject.detail}
