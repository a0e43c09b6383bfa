"""Worker processes that start from anywhere and outlive nobody."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess, current_process
from types import ModuleType
from typing import ParamSpec, TypeVar

__all__ = ["WorkerContext", "serve", "work"]

P = ParamSpec("P")
T = TypeVar("T")

_ADDRESS_SPACE = 2 * 1024**3  # bytes per worker
_NEW_OBJECTS = 50_000  # before garbage is looked for: those of a page, which hold each other in no circle
_REMEMBERED = 500  # pages after which caches are emptied
_done = count(1)
_starting = threading.Lock()


class _WorkerProcess(SpawnProcess):
    """A spawned process that needs nothing of the program that starts it.

    `multiprocessing` imports the parent's main module again in every child, which runs scripts without a main guard a
    second time and fails for programs read from standard input; and it forbids children to daemonic processes, as
    task runners are, because they might be orphaned. Ours need no main module, and end with their parent
    (`_prepare`).
    """

    def start(self) -> None:
        with _starting:
            config: dict[str, object] = current_process()._config  # type: ignore[attr-defined]
            daemon, main = config.pop("daemon", None), sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                super().start()
            finally:
                sys.modules["__main__"] = main
                if daemon is not None:
                    config["daemon"] = daemon


class WorkerContext(SpawnContext):
    """`multiprocessing` context for pools of such processes; nothing is inherited from the parent's memory."""

    Process = _WorkerProcess


def serve(tasks: Connection, begun: Connection, results: Connection, limit: float, task: Callable[[T], object]) -> None:
    """What a worker does all its life: say that it is up, then answer each payload, by an exception if it raised one.

    Before it looks at a payload, it leaves a byte in `begun`. It ends when there are no more, or with its parent.
    """
    _prepare()
    results.send(None)
    with suppress(EOFError):
        while True:
            tasks.poll(None)
            os.write(begun.fileno(), b".")
            payload = tasks.recv()
            try:
                answer: object = work(limit, task, payload)
            except Exception as e:
                answer = e
            results.send(answer)


def _prepare() -> None:
    """Bind its life to the parent's, limit its memory, and import all it needs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the parent decides
    if parent := multiprocessing.parent_process():
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    with suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _warm_up()
    gc.collect()
    gc.freeze()  # modules are garbage never: do not look at them again and again
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])


def work(limit: float, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """One task in a worker, which the kernel ends when it has computed for `limit` seconds, waiting not counted.

    Memory must not grow with their number, so the libraries' caches are emptied at times.
    """
    if next(_done) % _REMEMBERED == 0:
        from trafilatura.meta import reset_caches  # htmldate's, courlan's and charset_normalizer's too

        reset_caches()
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        return task(*args, **kwargs)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _warm_up() -> None:
    """Pay for imports, compiled patterns and the language model before the first page's time starts."""
    from datetime import UTC, datetime

    from pipeline.article import Capture, Item
    from pipeline.extract import extract

    words = " ".join(["The delegation arrived in the morning and met the mayor of the town."] * 8)
    body = f"<html><head><title>Warm</title></head><body><article><p>{words}</p></article></body></html>".encode()
    extract(Capture(Item("warm-up", 0, "https://example.org/a"), body, datetime.now(UTC), "https://example.org/a"))
