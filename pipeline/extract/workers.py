"""Extraction in worker processes: what a page does there, it does to itself alone.

A page that takes too long is stopped with its worker; a worker that dies rejects the page it was at, and no page has to
be done again because of another. Workers have a limit on their memory, forget what they remember and are replaced after
a number of pages, and go when the parent goes.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from pipeline.article import Article, Capture, Reason, Reject
from pipeline.charset import decode
from pipeline.config import ExtractSettings
from pipeline.extract import extract
from pipeline.extract.pool import Pool, Task
from pipeline.extract.sniff import Kind, binary_kind, text_kind

__all__ = ["ExtractionPool", "extract_stream"]

K = TypeVar("K")
Result: TypeAlias = Article | Reject
Extractor: TypeAlias = Callable[[Capture, str | None, str | None, ExtractSettings], Result]
Payload: TypeAlias = tuple[Capture, str | None, str | None]

_WAITING = 64  # pages per worker not yet given back: one that takes long must not idle the others
_HELD_BYTES = 64_000_000  # of pages handed over
_PATIENCE = 10  # times as long as a page may compute, for one that does not compute or that gets no processor
_WIRE_BYTES = 256_000  # wire files up to this size are read here: it bounds the work of their parsers
_SNIFF = 4_096  # bytes that tell a wire file


class ExtractionPool(Pool[Payload, Result]):
    """Workers that run `extract`.

    Args:
        settings: `workers` processes (0: one per core); `page_timeout` seconds of computing for one page.
        extractor: A module-level function with the signature of `extract`.
    """

    def __init__(self, settings: ExtractSettings, extractor: Extractor = extract) -> None:
        limit = settings.page_timeout
        super().__init__(
            settings.workers or os.cpu_count() or 1, partial(_extracted, extractor, settings), limit, _PATIENCE * limit
        )


def extract_stream(
    captures: Iterable[tuple[K, Capture]],
    settings: ExtractSettings,
    source_publisher: str | None = None,
    language: str | None = None,
    extractor: Extractor = extract,
    pool: ExtractionPool | None = None,
) -> Iterator[tuple[K, Result]]:
    """Run `extract` over many captures; results come in input order, one for each.

    Memory does not grow with the input: a few captures per worker are held at a time.

    Args:
        captures: (key, capture) pairs; the key is handed back and never leaves this process.
        settings, extractor: As for `ExtractionPool`.
        source_publisher, language: As for `extract`, for all captures.
        pool: Workers to use, of the same settings and extractor. None means some for these captures alone, which are
            not started before the first HTML page; close the iterator to stop them early.

    Raises:
        WirefoldError: Workers cannot be started at all.
    """
    waiting: deque[_Page[K]] = deque()
    held = 0

    def in_order(most: int, most_bytes: int) -> Iterator[tuple[K, Result]]:
        """Those that are done, and more until no more are waiting than that."""
        nonlocal held
        while waiting and (waiting[0].done or len(waiting) > most or held > most_bytes):
            if waiting[0].done:
                held -= waiting[0].size
                yield waiting.popleft().found(settings.page_timeout)
            else:
                hands.wait()

    with nullcontext(pool) if pool else ExtractionPool(settings, extractor) as hands:
        for key, capture in captures:
            if _is_small_wire_file(capture):
                page = _Page(key, capture, extractor(capture, source_publisher, language, settings))
            else:
                task = Task[Payload, Result]((capture, source_publisher, language))
                hands.give(task)
                page = _Page(key, capture, task)
            waiting.append(page)
            held += page.size
            yield from in_order(hands.count * _WAITING, _HELD_BYTES)
        yield from in_order(0, 0)


class _Page(Generic[K]):
    """A capture handed over, without its bytes."""

    def __init__(self, key: K, capture: Capture, outcome: Result | Task[Payload, Result]) -> None:
        self.key, self.outcome, self.size = key, outcome, len(capture.body)
        self._seen = capture.item, capture.fetched_at, capture.status, capture.raw

    @property
    def done(self) -> bool:
        return not isinstance(self.outcome, Task) or self.outcome.done

    def found(self, limit: float) -> tuple[K, Result]:
        if not isinstance(self.outcome, Task):
            return self.key, self.outcome
        if self.outcome.result is not None:
            return self.key, self.outcome.result
        code = self.outcome.failure
        detail = f"took longer than {limit:g} s" if code == -signal.SIGPROF else f"its worker ended with code {code}"
        item, fetched_at, status, raw = self._seen
        return self.key, Reject(item, Reason.TOO_COMPLEX, detail, fetched_at, status, raw)


def _extracted(extractor: Extractor, settings: ExtractSettings, payload: Payload) -> Result:
    return extractor(*payload, settings)


def _is_small_wire_file(capture: Capture) -> bool:
    if len(capture.body) > _WIRE_BYTES or binary_kind(capture.body):
        return False
    return text_kind(decode(capture.body[:_SNIFF], capture.content_type)) in (Kind.NEWSML_G2, Kind.NITF, Kind.NINJS)
