"""Extraction in worker processes: what a page does there, it does to itself alone.

A page that takes too long is stopped with its worker; a worker that dies rejects the page it was at. Workers have a
limit on their memory, forget what they remember and are replaced after a number of pages, and go when the parent goes.
Pages are handed over one by one: that costs a tenth of a millisecond each, and no page has to be done again because of
another.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as NoResult
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, Self, TypeAlias, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from pipeline.article import Article, Capture, Reason, Reject
from pipeline.config import ExtractSettings
from pipeline.errors import WirefoldError
from pipeline.extract import extract
from pipeline.extract.decode import decode
from pipeline.extract.process import WorkerContext, prepare_worker, work
from pipeline.extract.sniff import Kind, binary_kind, text_kind

__all__ = ["extract_stream"]

K = TypeVar("K")
Result: TypeAlias = Article | Reject
Extractor: TypeAlias = Callable[[Capture, str | None, str | None, ExtractSettings], Result]

_PAGES_PER_WORKER = 5_000
_IN_FLIGHT = 8  # pages per worker handed over and not yet taken back: one that takes long must not idle the others
_HELD_BYTES = 64_000_000  # of pages handed over
_PATIENCE = 10  # times as long as a page may compute, for one that does not compute or that gets no processor
_START = 120.0  # seconds in which a worker must be up and have taken its page, on the slowest machine
_WIRE_BYTES = 256_000  # wire files up to this size are read here: it bounds the work of their parsers
_SNIFF = 4_096  # bytes that tell a wire file


def extract_stream(
    captures: Iterable[tuple[K, Capture]],
    settings: ExtractSettings,
    source_publisher: str | None = None,
    language: str | None = None,
    extractor: Extractor = extract,
) -> Iterator[tuple[K, Result]]:
    """Run `extract` over many captures; results come in input order, one for each.

    Memory does not grow with the input: a few captures per worker are held at a time. Nothing is started until the
    first HTML page; close the iterator to stop the workers early.

    Args:
        captures: (key, capture) pairs; the key is handed back and never leaves this process.
        settings: `workers` processes (0: one per core); `page_timeout` seconds of computing for one page.
        source_publisher, language: As for `extract`, for all captures.
        extractor: A module-level function with the signature of `extract`.

    Raises:
        WirefoldError: Workers cannot be started at all.
    """
    workers = settings.workers or os.cpu_count() or 1
    waiting: deque[_Pending[K]] = deque()
    held = 0
    with _Workers(workers, settings, extractor) as pool:
        for key, capture in captures:
            waiting.append(_Pending(key, capture, pool.submit(capture, source_publisher, language)))
            held += waiting[-1].size
            while waiting and (
                len(waiting) >= workers * _IN_FLIGHT or held > _HELD_BYTES or not waiting[0].size  # not with a worker
            ):
                held -= waiting[0].size
                yield pool.take(waiting.popleft())
        while waiting:
            yield pool.take(waiting.popleft())


class _Pending(Generic[K]):
    """A capture handed over, without its bytes; `size` is theirs while a worker has it."""

    def __init__(self, key: K, capture: Capture, outcome: Result | ProcessFuture[Result]) -> None:
        self.key, self.outcome = key, outcome
        self.size = len(capture.body) + 1 if isinstance(outcome, ProcessFuture) else 0
        self.item, self.fetched_at, self.status, self.raw = (
            capture.item,
            capture.fetched_at,
            capture.status,
            capture.raw,
        )

    def reject(self, detail: str) -> Reject:
        return Reject(self.item, Reason.TOO_COMPLEX, detail, self.fetched_at, self.status, self.raw)


class _Workers:
    """A pool that starts with the first page that needs it."""

    def __init__(self, count: int, settings: ExtractSettings, extractor: Extractor) -> None:
        self._count, self._settings, self._extractor = count, settings, extractor
        self._pool: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def submit(self, capture: Capture, publisher: str | None, language: str | None) -> Result | ProcessFuture[Result]:
        if _is_small_wire_file(capture):
            return self._extractor(capture, publisher, language, self._settings)
        if self._pool is None:
            self._pool = ProcessPool(self._count, _PAGES_PER_WORKER, prepare_worker, context=WorkerContext())
        limit = self._settings.page_timeout
        task = (limit, self._extractor, capture, publisher, language, self._settings)
        try:
            return self._pool.schedule(work, args=task, timeout=_PATIENCE * limit)
        except RuntimeError as e:
            raise _no_workers(e) from e

    def take(self, pending: _Pending[K]) -> tuple[K, Result]:
        outcome = pending.outcome
        if not isinstance(outcome, ProcessFuture):
            return pending.key, outcome
        try:
            return pending.key, outcome.result(_PATIENCE * self._settings.page_timeout + _START)
        except (NoResult, ProcessExpired) as e:
            if not isinstance(e, ProcessExpired) or e.exitcode == -signal.SIGPROF:
                return pending.key, pending.reject(f"took longer than {self._settings.page_timeout:g} s")
            return pending.key, pending.reject(f"its worker ended with code {e.exitcode}")
        except BrokenProcessPool as e:
            raise _no_workers(e) from e


def _is_small_wire_file(capture: Capture) -> bool:
    if len(capture.body) > _WIRE_BYTES or binary_kind(capture.body):
        return False
    return text_kind(decode(capture.body[:_SNIFF], capture.content_type)) in (Kind.NEWSML_G2, Kind.NITF, Kind.NINJS)


def _no_workers(cause: Exception) -> WirefoldError:
    return WirefoldError(
        f"extraction workers cannot be started ({cause}); is there memory left, and may processes be started?"
    )
