"""Worker processes that do one task after the other, and what becomes of a task whose worker is lost.

Every worker has a pipe of its own in which the next tasks wait, so that it never waits for this process; and as its
results come in the order of its tasks, the task it was at when it died is known, and it tells when it begins one, so
that a task that only waited in its pipe is given to another. (`concurrent.futures` cannot stop a
worker; pools that can hand every task through threads of this process, which cost a millisecond each.)
"""

from __future__ import annotations

import fcntl
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any, Generic, Self, TypeVar

from pipeline.errors import WirefoldError
from pipeline.extract.process import WorkerContext, serve

__all__ = ["Pool", "Task"]

T = TypeVar("T")
R = TypeVar("R")

_TASKS_PER_WORKER = 5_000
_AHEAD = 3  # tasks of a worker, the one it is at among them: what waits behind a slow one must not idle the others
_PIPE = 1 << 20  # bytes that wait in a worker's pipe at most; what does not fit waits here until the worker is free
_FRAME = 8_192  # of them, what a message takes beside its own: its length, and the rest of a page of memory
_START = 120.0  # seconds in which a worker must be up, on the slowest machine
_VAIN = 3  # starts one after the other that came to nothing, after which there is no use in another
_LOOK = 1.0  # seconds after which overdue workers are looked for, and a dying one is given up


class Task(Generic[T, R]):
    """Something to be done.

    Attributes:
        message: What the worker gets, pickled; empty once the task is done.
        result: What came of it; None until then.
        failure: Why nothing came of it: the exit code of its worker, negative for a signal.
        was_lost: Whether a worker died that should have begun it next.
    """

    def __init__(self, payload: T) -> None:
        self.message = pickle.dumps(payload, pickle.HIGHEST_PROTOCOL)
        self.result: R | None = None
        self.failure: int | None = None
        self.was_lost = False

    @property
    def done(self) -> bool:
        return not self.message

    def end(self, result: R | None, failure: int | None = None) -> None:
        self.message, self.result, self.failure = b"", result, failure


class Pool(Generic[T, R]):
    """Processes that start when a task needs them. Leaving the ``with`` block ends them, whatever they are at.

    Args:
        count: Processes.
        work: Module-level function, called with each payload.
        limit: Seconds of computing after which the kernel ends a worker that is still at a task (``SIGPROF``).
        patience: Seconds by the clock after which one is killed that does not compute, or gets no processor.
    """

    def __init__(self, count: int, work: Callable[[T], R], limit: float, patience: float) -> None:
        self.count, self._work, self._limit, self._patience = count, work, limit, patience
        self._workers: list[_Worker[T, R]] = []
        self._vain = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def start(self) -> None:
        """Start all at once, before there is a task: that takes them half a second.

        Raises:
            WirefoldError: They cannot be started.
        """
        while len(self._workers) < self.count:
            self._started()

    def give(self, task: Task[T, R]) -> None:
        """Hand over a task as soon as a worker can take it.

        Raises:
            WirefoldError: Workers cannot be started.
        """
        while (worker := self._with_room(task)) is None:
            self.wait()
        worker.give(task)

    def wait(self) -> None:
        """Wait for results, or for a worker to be lost; mark the tasks that are done by it.

        Raises:
            WirefoldError: Workers cannot be started.
            Exception: What a task raised.
        """
        told = wait([w.results for w in self._workers], _LOOK)
        for worker in list(self._workers):
            if worker.results in told:
                try:
                    message = worker.results.recv()
                except (EOFError, OSError):
                    self._replace(worker)
                else:
                    if not worker.up:
                        self._vain = 0
                    worker.take(message)
            elif worker.given and monotonic() - worker.since > (self._patience if worker.up else _START):
                worker.kill()

    def _with_room(self, task: Task[T, R]) -> _Worker[T, R] | None:
        free = min((w for w in self._workers if w.has_room(task)), key=lambda w: len(w.given), default=None)
        if len(self._workers) < self.count and (free is None or free.given):
            return self._started()
        return free

    def _started(self) -> _Worker[T, R]:
        try:
            worker: _Worker[T, R] = _Worker(self._work, self._limit)
        except (OSError, RuntimeError) as e:
            raise _not_started(str(e)) from e
        self._workers.append(worker)
        return worker

    def _replace(self, lost: _Worker[T, R]) -> None:
        """The task it was at has failed; those behind it go to another worker, but no task is lost unbegun twice."""
        self._workers.remove(lost)
        code = lost.end(_LOOK)
        if not lost.up:
            self._vain += 1
            killed = code < 0 and code != -signal.SIGPROF  # by the system, which may be short of memory just now
            if not killed or self._vain == _VAIN:
                raise _not_started(f"one ended with code {code}")
        elif lost.given:
            first = lost.given[0]
            if lost.had_begun or first.was_lost:
                lost.given.popleft().end(None, code)
            first.was_lost = True
        if lost.given:
            other = self._started()
            for task in lost.given:
                other.give(task)


class _Worker(Generic[T, R]):
    """A process, the tasks it was given and has not answered, and since when it is at the first of them."""

    def __init__(self, work: Callable[[T], R], limit: float) -> None:
        context = WorkerContext()
        tasks, self._tasks = context.Pipe(duplex=False)
        self._begun, begun = context.Pipe(duplex=False)
        self.results, results = context.Pipe(duplex=False)
        self._room = _widened(self._tasks)
        self._process = context.Process(target=serve, args=(tasks, begun, results, limit, work), daemon=True)
        self._process.start()
        for end in (tasks, begun, results):
            end.close()
        self.given: deque[Task[T, R]] = deque()
        self.since = monotonic()
        self.up = self.had_begun = False  # had_begun: when it ended, the first of its tasks
        self._taken = 0
        self._overdue = False

    def has_room(self, task: Task[T, R]) -> bool:
        """Whether it waits for a task, or this one can lie in its pipe until it does."""
        if not self.given or self._taken >= _TASKS_PER_WORKER:
            return self._taken < _TASKS_PER_WORKER
        size = sum(len(t.message) + _FRAME for t in (*self.given, task))
        return len(self.given) < _AHEAD and size <= self._room

    def give(self, task: Task[T, R]) -> None:
        if not self.given and self.up:
            self.since = monotonic()
        self.given.append(task)
        self._taken += 1
        with suppress(OSError):  # it is dead, which the end of its results will tell
            self._tasks.send_bytes(task.message)
        if self._taken >= _TASKS_PER_WORKER:
            self._tasks.close()  # when it has done what it was given, it ends

    def take(self, message: Any) -> None:
        """Take what it says: that it is up, or what came of its first task."""
        self.since = monotonic()
        if not self.up:
            self.up = True
            return
        task = self.given.popleft()
        os.read(self._begun.fileno(), 1)
        if isinstance(message, Exception):
            raise message
        task.end(message)

    def kill(self) -> None:
        self._overdue = True
        self._process.kill()

    def end(self, grace: float = 0.0) -> int:
        """End it, unless it does so itself within some seconds; returns its exit code."""
        self._tasks.close()
        self.results.close()
        self._process.join(grace)
        self._process.kill()
        self._process.join()
        self.had_begun = bool(os.read(self._begun.fileno(), 1))
        self._begun.close()
        code = -signal.SIGPROF if self._overdue else self._process.exitcode or 0
        self._process.close()
        return code


def _widened(pipe: Connection) -> int:
    """Give a pipe room; returns how much it has."""
    with suppress(AttributeError, OSError):  # Linux has it, within a limit for each user
        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
    return 0


def _not_started(cause: str) -> WirefoldError:
    return WirefoldError(
        f"extraction workers cannot be started ({cause}); is there memory left, and may processes be started?"
    )
