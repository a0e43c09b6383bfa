"""Politeness towards one host: a pause between two requests, however many threads ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Pace"]


class Pace:
    """Hands out moments to fetch from a host; thread-safe.

    Args:
        clock: Monotonic seconds.
        sleep: Waits that many seconds.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free: dict[str, float] = {}  # host -> when the next request to it may start
        self._lock = threading.Lock()

    def wait(self, host: str, delay: float) -> None:
        """Return when a request to `host` may start: `delay` seconds after the one before it.

        The moment is reserved first and slept for after, so waiting for one host holds up no other.
        """
        with self._lock:
            now = self._clock()
            start = max(now, self._free.get(host, now))
            self._free[host] = start + delay
        if start > now:
            self._sleep(start - now)
