"""Two hands for compiled work: batches are worked on side by side and come back in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["ordered"]

_HANDS = 2
T = TypeVar("T")
R = TypeVar("R")


def ordered(work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """``map(work, items)`` in threads, for work that lets go of the interpreter; few items are held at a time."""
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(_HANDS) as pool:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > _HANDS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
