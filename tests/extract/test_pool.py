"""The pool: every task is answered once, whatever becomes of its worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from types import ModuleType
from typing import Any

import pytest

from pipeline.errors import WirefoldError
from pipeline.extract import pool as pools
from pipeline.extract.pool import Pool, Task

from .test_workers import alive

LONG = "x" * 3_000_000  # more than a pipe takes


def do(order: tuple[str, str]) -> object:
    match order[0]:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "loop":
            while True:
                pass
        case "raise":
            raise OSError(order[1])
        case "secret":
            return lambda: None  # cannot be pickled
        case "sleep":
            time.sleep(0.3)
    return os.getpid(), len(order[1])


def answers(*orders: str, workers: int = 2, patience: float = 60.0) -> list[object]:
    """What came of each order: the length of what it carried, or the code its worker ended with."""
    tasks = [Task[tuple[str, str], object](tuple(order.split(" ", 1))) for order in orders]  # type: ignore[arg-type]
    with Pool[tuple[str, str], object](workers, do, 0.5, patience) as pool:
        for task in tasks:
            pool.give(task)
        while not all(t.done for t in tasks):
            pool.wait()
    return [t.result[1] if isinstance(t.result, tuple) else t.failure for t in tasks]


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        pytest.param(["ok a", "sleep ab", *["ok abc"] * 9], [1, 2, *[3] * 9], id="more than are handed over at once"),
        pytest.param([f"ok {LONG}", f"ok {LONG}", "ok a"], [len(LONG), len(LONG), 1], id="more than a pipe takes"),
        pytest.param(["sleep a", "die b", "ok c", "ok d"], [1, -signal.SIGKILL, 1, 1], id="killed, others behind it"),
        pytest.param(["die a"] * 3, [-signal.SIGKILL] * 3, id="all killed"),
        pytest.param(["loop a", "ok b"], [-signal.SIGPROF, 1], id="computes too long"),
        pytest.param(["secret a", "ok b"], [1, 1], id="an answer that cannot be sent"),
    ],
)
def test_answers(orders: list[str], expected: list[int]) -> None:
    assert answers(*orders, workers=1) == expected


def test_one_that_hangs_is_killed() -> None:
    assert answers("stop a", "ok b", "ok c", patience=1.0) == [-signal.SIGPROF, 1, 1]


def test_what_a_task_raises_is_raised_here() -> None:
    with pytest.raises(OSError, match="why"):
        answers("ok a", "raise why")


def test_workers_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "_TASKS_PER_WORKER", 2)
    with Pool[tuple[str, str], object](1, do, 1.0, 60.0) as pool:
        tasks = [Task[tuple[str, str], object](("ok", "a")) for _ in range(5)]
        for task in tasks:
            pool.give(task)
        while not tasks[-1].done:
            pool.wait()
    pids = [t.result[0] for t in tasks if isinstance(t.result, tuple)]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


def test_one_that_dies_idle_is_replaced() -> None:
    with Pool[tuple[str, str], object](1, do, 1.0, 60.0) as pool:
        found: list[int] = []
        for _ in range(2):
            task = Task[tuple[str, str], object](("ok", "a"))
            pool.give(task)
            while not task.done:
                pool.wait()
            assert isinstance(task.result, tuple)
            found.append(task.result[0])
            os.kill(found[-1], signal.SIGKILL)
            while alive(found[-1]):
                time.sleep(0.01)
    assert found[0] != found[1]


def test_a_task_that_its_worker_had_not_begun_is_done_by_another() -> None:
    with Pool[tuple[str, str], object](1, do, 1.0, 60.0) as pool:
        tasks = [Task[tuple[str, str], object](("ok", "a" * n)) for n in range(4)]
        pool.give(tasks[0])
        while not tasks[0].done:
            pool.wait()
        assert isinstance(tasks[0].result, tuple)
        first = tasks[0].result[0]
        os.kill(first, signal.SIGSTOP)  # what it is given now waits in its pipe
        for task in tasks[1:]:
            pool.give(task)
        os.kill(first, signal.SIGKILL)
        while not all(t.done for t in tasks):
            pool.wait()
    assert [t.result[1] if isinstance(t.result, tuple) else t.failure for t in tasks] == [0, 1, 2, 3]
    assert [t.was_lost for t in tasks] == [False, True, False, False]


def test_a_task_is_given_to_another_once() -> None:
    task = Task[tuple[str, str], object](("ok", "a"))
    task.was_lost = True
    with Pool[tuple[str, str], object](1, do, 1.0, 60.0) as pool:
        before = Task[tuple[str, str], object](("ok", "a"))
        pool.give(before)
        while not before.done:
            pool.wait()
        assert isinstance(before.result, tuple)
        os.kill(before.result[0], signal.SIGSTOP)
        pool.give(task)
        os.kill(before.result[0], signal.SIGKILL)
        while not task.done:
            pool.wait()
    assert (task.result, task.failure) == (None, -signal.SIGKILL)


def wait_for_ever(pool: Pool[Any, object]) -> None:
    while True:  # every second it comes back with nothing, and on a busy machine a start may take longer
        pool.wait()


def test_workers_that_do_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        """Known under this name in this process alone."""

    nobody.__module__, nobody.__qualname__ = "nowhere", "nobody"
    module = ModuleType("nowhere")
    module.__dict__["nobody"] = nobody
    monkeypatch.setitem(sys.modules, "nowhere", module)
    with Pool[int, object](1, nobody, 1.0, 60.0) as pool:
        pool.give(Task(1))
        with pytest.raises(WirefoldError, match="ended with code 1"):
            wait_for_ever(pool)


@pytest.mark.parametrize(("killed", "expected"), [(2, 1), (3, None)])
def test_some_that_are_killed_before_they_are_up(killed: int, expected: int | None) -> None:
    task = Task[tuple[str, str], object](("ok", "a"))
    with Pool[tuple[str, str], object](1, do, 1.0, 60.0) as pool:
        pool.start()
        pool.give(task)
        [started] = multiprocessing.active_children()
        for n in range(killed):
            before = started.pid
            started.kill()
            if n == 2:
                with pytest.raises(WirefoldError, match="ended with code -9"):
                    wait_for_ever(pool)
            else:
                while not (others := [p for p in multiprocessing.active_children() if p.pid != before]):
                    pool.wait()
                [started] = others
        while expected and not task.done:
            pool.wait()
    assert (task.result[1] if isinstance(task.result, tuple) else None) == expected
