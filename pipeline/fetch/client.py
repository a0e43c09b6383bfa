"""The polite client: robots.txt, pace, redirects, retries; what comes back is a capture or the reason why not."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpx2

from pipeline.article import Capture, Item, NotModified, Reason, Reject
from pipeline.config import FetchSettings
from pipeline.fetch.address import fetchable, follow
from pipeline.fetch.exchange import Exchange, Response, retry_after
from pipeline.fetch.failure import Failure, reason_of_status
from pipeline.fetch.pace import Pace
from pipeline.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from pipeline.fetch.robots import Robots

__all__ = ["Fetcher"]

_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_FIRST_PAUSE = 0.5  # seconds before the first retry; doubles each time
_LONGEST_PAUSE = 60.0  # a server that asks for more is tried again by the next run


class Fetcher:
    """Gets items over HTTP; thread-safe, to be shared by the threads of one run.

    Args:
        settings: Limits and manners.
        pace: When requests to one host may start.
        sleep: Waits that many seconds before a retry.
    """

    def __init__(
        self, settings: FetchSettings, *, pace: Pace | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._settings = settings
        self._pace = pace or Pace()
        self._sleep = sleep
        self._exchange = Exchange(settings)
        self._robots = Robots(self._get_robots, settings.user_agent) if settings.respect_robots else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._exchange.close()

    @property
    def settings(self) -> FetchSettings:
        return self._settings

    def get(
        self, item: Item, *, etag: str | None = None, last_modified: str | None = None
    ) -> Capture | NotModified | Reject:
        """Fetch one item. Whatever the remote side does ends as a value, never as an exception.

        Args:
            etag, last_modified: Validators of the last capture; with them an unchanged page costs no body.
        """
        conditions: dict[str, str] = {}
        if etag and etag.isprintable() and etag.isascii():
            conditions["If-None-Match"] = etag
        if last_modified and last_modified.isprintable() and last_modified.isascii():
            conditions["If-Modified-Since"] = last_modified
        try:
            url, response = self._follow(fetchable(item.url), conditions)
        except Failure as e:
            return Reject(item, e.reason, str(e), fetched_at=datetime.now(UTC), status=e.status)
        now = datetime.now(UTC)
        if response.status == 304:
            return NotModified(item, now)
        header = response.headers.get
        return Capture(
            item=item,
            body=response.body,
            fetched_at=now,
            url=str(url),
            status=response.status,
            content_type=_kept(header("content-type")),
            etag=_kept(header("etag")),
            last_modified=_kept(header("last-modified")),
        )

    def _follow(self, url: httpx2.URL, conditions: dict[str, str]) -> tuple[httpx2.URL, Response]:
        """Go after redirects; every hop is checked like a first address.

        Raises:
            Failure: No page at the end of the way.
        """
        seen = {str(url)}
        for _ in range(self._settings.max_redirects + 1):
            crawl_delay = self._robots.check(url) if self._robots else 0.0
            response = self._persist(url, conditions, crawl_delay)
            if response.location is None:
                if response.status in (200, 203) or (response.status == 304 and conditions):
                    return url, response
                status = response.status
                raise Failure(reason_of_status(status), f"{url.host} answers {status}", status=status)
            url = follow(url, response.location)
            if str(url) in seen:
                raise Failure(Reason.REDIRECTS, f"redirects in a circle: back at {url}", status=response.status)
            seen.add(str(url))
        raise Failure(Reason.REDIRECTS, f"more than {self._settings.max_redirects} redirects, last to {url}")

    def _persist(
        self, url: httpx2.URL, conditions: dict[str, str], crawl_delay: float, cut_at: int | None = None
    ) -> Response:
        """Request one address, again after a pause when that can help; the last answer counts."""
        attempt = 0
        while True:
            self._pace.wait(url.host, max(self._settings.delay, crawl_delay))
            wish = None
            try:
                response = self._exchange.get(url, conditions, cut_at=cut_at)
            except Failure as e:
                if not e.retry or attempt >= self._settings.retries:
                    raise
            else:
                wish = retry_after(response.headers.get("retry-after"))
                patient = wish is None or wish <= _LONGEST_PAUSE
                if response.status not in _TRANSIENT or attempt >= self._settings.retries or not patient:
                    return response
            # Jitter keeps many clients from coming back in step; a wish of the server is a floor.
            self._sleep(max(wish or 0.0, random.uniform(0.5, 1.0) * _FIRST_PAUSE * 2**attempt))
            attempt += 1

    def _get_robots(self, url: httpx2.URL) -> Response:
        return self._persist(url, {}, 0.0, cut_at=ROBOTS_BYTES)


def _kept(header: str | None) -> str | None:
    """A header value fit to be stored and sent again; None otherwise."""
    return header if header and len(header) <= 2_000 and header.isprintable() else None
