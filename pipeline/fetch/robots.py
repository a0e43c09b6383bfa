"""robots.txt: whether an address may be fetched and how slowly (RFC 9309)."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2
from protego import Protego

from pipeline.article import Reason
from pipeline.fetch.address import follow, origin
from pipeline.fetch.exchange import Response
from pipeline.fetch.failure import Failure

__all__ = ["MAX_BYTES", "Robots"]

MAX_BYTES = 500 * 1024  # RFC 9309 section 2.5: parse at least this much
_MAX_REDIRECTS = 5  # section 2.3.1.2
_MAX_DELAY = 60.0  # seconds; a longer crawl-delay means "go away" and would stall a run for days
_MAX_ORIGINS = 2_000
_PRODUCT = re.compile(r"[A-Za-z_-]+")  # section 2.2.1


@dataclass(slots=True)
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    rules: Protego | None = None
    failure: Failure | None = None


class Robots:
    """The rules of every origin asked about, fetched once each; thread-safe.

    Args:
        fetch: Gets a URL, politely but without asking robots.txt; raises `Failure`.
        user_agent: The product token is what stands before the first character that may not be in one.
    """

    def __init__(self, fetch: Callable[[httpx2.URL], Response], user_agent: str) -> None:
        self._fetch = fetch
        product = _PRODUCT.match(user_agent)
        self._agent = product[0] if product else "*"
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, url: httpx2.URL) -> float:
        """Return the crawl-delay of the origin of `url` in seconds, 0 when it names none.

        Raises:
            Failure: `Reason.ROBOTS` when the rules forbid it, or the server could not say (section 2.3.1.4); the
                network's own reason when the host cannot be reached at all.
        """
        rules = self._rules(url)
        if not rules.can_fetch(str(url), self._agent):
            raise Failure(Reason.ROBOTS, f"robots.txt of {url.host} forbids {url.path[:200]}")
        delay = rules.crawl_delay(self._agent)
        return min(float(delay), _MAX_DELAY) if delay and delay > 0 else 0.0

    def _rules(self, url: httpx2.URL) -> Protego:
        key = origin(url)
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if len(self._entries) > _MAX_ORIGINS:
                self._entries.popitem(last=False)
        with entry.lock:  # a second thread waits for the first one's answer
            if entry.rules is None and entry.failure is None:
                try:
                    entry.rules = Protego.parse(self._text(url))
                except Failure as e:
                    entry.failure = e
            if entry.rules is not None:
                return entry.rules
            failure = entry.failure
        raise failure or Failure(Reason.ROBOTS, f"robots.txt of {url.host} is not known")

    def _text(self, url: httpx2.URL) -> str:
        place = url.copy_with(raw_path=b"/robots.txt")
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._fetch(place)
            if response.location is not None:
                try:
                    place = follow(place, response.location)
                except Failure:
                    return ""
                continue
            if response.status >= 500:
                raise Failure(
                    Reason.ROBOTS, f"robots.txt of {url.host} answers {response.status}, so nothing may be fetched"
                )
            return response.body.decode("utf-8-sig", "replace")  # empty, so all allowed, for 4xx (section 2.3.1.3)
        return ""  # more redirects count as "unavailable"
