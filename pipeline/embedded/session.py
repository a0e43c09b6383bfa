"""One ingest and one fold in an embedded Airflow, from start to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.markup import escape

from pipeline.embedded.home import default_home
from pipeline.embedded.progress import Progress
from pipeline.embedded.server import AirflowServer, chosen_port
from pipeline.errors import WirefoldError
from pipeline.partition import Run
from pipeline.resources import resource_dir
from pipeline.run.ingest import plan

__all__ = ["Report", "compiling", "run"]

Report = Callable[[str, str, Console], bool]
"""Prints what run (2nd argument) did to a lake (1st); True when its ledger balances."""

_INGEST, _FOLD = "wire_ingest", "wire_fold"
_POLL = 0.7  # seconds
_HANDOVER = 120.0  # seconds from the end of the ingest to the start of the fold; one is usual
_FINAL = ("success", "failed")
_LOG_LINES = 8
_OUTAGE = "SourceDown: "  # as Airflow logs the exception


class _InterruptedError(BaseException):
    """The user, or the system, wants this to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


def run(sources: str | Path, lake: str, report: Report, console: Console, *, keep: bool = False) -> int:
    """Start Airflow, have it ingest and fold once, print what happened, stop it.

    When `sources` is the configuration of the sample wire, the sample wire is served as well.

    Args:
        sources: The configuration.
        lake: Root of the tables, a folder or a URL.
        report: Prints the result.
        console: Where progress goes.
        keep: Leave Airflow and its UI running until Ctrl-C or SIGTERM.

    Returns:
        The exit code: 0 when both DAG runs succeeded, the ledger balances and no source failed otherwise than by being
        down (nor all by that), 1 when not, 128 + n after signal n.

    Raises:
        WirefoldError: A port is busy, another Airflow runs in this home, Airflow does not start.
        UsageError: The configuration is wrong.
    """
    sources = Path(sources).absolute()
    lake = lake if "://" in lake else str(Path(lake).absolute())
    code: int | None = None
    try:
        with _interruptible(), ExitStack() as stack:
            if sources.resolve() == (resource_dir("data") / "sources.toml").resolve():
                _serve_sample(stack, console)
            names = plan(str(sources))  # a mistake in the configuration shows now, not in a log
            console.print("Starting Airflow …")
            started = time.monotonic()
            stack.enter_context(compiling())
            server = AirflowServer(default_home(), chosen_port(), str(sources), lake, for_people=keep)
            stack.enter_context(server)
            stack.callback(lambda: console.print("Stopping …") if code is None or keep else None)
            console.print(f"Airflow is ready after {time.monotonic() - started:.0f} s: {server.url}", highlight=False)
            key = Run.now().key
            with Progress(console, names) as progress:
                succeeded = _watch(server, key, {"sources": str(sources), "lake": lake}, progress)
            balanced = report(lake, key, console)
            code = 0 if balanced and succeeded else 1
            if keep:
                console.print(f"\nAirflow stays up: {server.url}/dags/{_INGEST}   Ctrl-C ends it.", highlight=False)
                while True:
                    server.check()
                    time.sleep(1)
    except _InterruptedError as e:
        return e.exit_code if code is None else code
    return code


@contextmanager
def compiling() -> Iterator[subprocess.Popen[bytes]]:
    """Compile what folding needs beside the block: a machine's first fold would wait for that for 20 s.

    At a low priority; once there is a cache of it, it ends after a second.
    """
    program = "import os; os.nice(10); from pipeline.run.ready import to_fold; to_fold()"
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _serve_sample(stack: ExitStack, console: Console) -> None:
    from pipeline.demo.server import DemoServer

    demo = stack.enter_context(DemoServer(resource_dir("data")))
    os.environ["WIREFOLD_DEMO_PORT"] = str(demo.port)  # the configuration refers to it
    console.print(f"Sample wire: http://localhost:{demo.port}", highlight=False)


def _watch(server: AirflowServer, key: str, conf: dict[str, str], progress: Progress) -> bool:
    """Trigger the ingest of partition `key`, follow it and the fold it starts; whether both succeeded."""
    _wait_for_dags(server)
    progress.say(f"Run {key}")
    runs = [(_INGEST, server.api.trigger(_INGEST, key, conf))]
    succeeded = _follow(server, runs, progress)
    harmless = _say_failures(server, runs[-1], progress)
    if not succeeded:
        return False
    give_up = time.monotonic() + _HANDOVER
    while (fold := server.api.run_of(_FOLD, key)) is None:
        if time.monotonic() > give_up:
            raise WirefoldError(f"{_FOLD} did not start within {_HANDOVER:.0f} s of the ingest; see {server.home.logs}")
        server.check()
        time.sleep(_POLL)
    runs.append((_FOLD, fold))
    succeeded = _follow(server, runs, progress)
    return _say_failures(server, runs[-1], progress) and harmless and succeeded


def _wait_for_dags(server: AirflowServer) -> None:
    give_up = time.monotonic() + 60
    for dag in (_INGEST, _FOLD):
        while not server.api.knows(dag):
            if errors := server.api.import_errors():
                trace = errors[0].rstrip()
                error = WirefoldError(f"a DAG file cannot be read: {trace.splitlines()[-1]}")
                error.add_note(trace)
                raise error
            if time.monotonic() > give_up:
                raise WirefoldError(f"Airflow did not find {dag} in {resource_dir('dags')}; see {server.home.logs}")
            server.check()
            time.sleep(_POLL)
        server.api.unpause(dag)


def _follow(server: AirflowServer, runs: list[tuple[str, str]], progress: Progress) -> bool:
    """Show the runs until the last of them has ended; whether that one succeeded."""
    waiting_told = False
    while True:
        state = server.api.state(*runs[-1])
        progress.update(_tasks(server, runs))
        if state in _FINAL:
            return state == "success"
        if state == "queued" and not waiting_told and server.api.is_busy(runs[-1][0]):
            progress.say("  waiting for an earlier run to end first")
            waiting_told = True
        server.check()
        time.sleep(_POLL)


def _tasks(server: AirflowServer, runs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [task for dag, run_id in runs for task in server.api.tasks(dag, run_id)]


def _say_failures(server: AirflowServer, run: tuple[str, str], progress: Progress) -> bool:
    """Say which tasks of a run failed and why; True when it was only sources that are down, and not all of them."""
    tasks = server.api.tasks(*run)
    failed = [task for task in tasks if task["state"] == "failed"]
    harmless = len(failed) < sum(task["map_index"] >= 0 and task["task_id"].endswith(".fetch") for task in tasks)
    for task in failed:
        log, name = server.api.log(task), escape(progress.name(task))
        if outage := next((line for line in log if line.startswith(_OUTAGE)), None):
            progress.say(f"[yellow]{name}[/]: {escape(outage.removeprefix(_OUTAGE))}")
            continue
        harmless = False
        progress.say(f"[bold red]{name} failed[/] at try {task['try_number']}; the end of its log:")
        for line in log[-_LOG_LINES:]:
            progress.say(f"  {escape(line)}")
    return harmless or not failed


@contextmanager
def _interruptible() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into an exception; while things are being stopped, ignore more."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise _InterruptedError(number)

    # Also where a background shell job has set SIGINT to be ignored: Airflow's processes would inherit that.
    before = {number: signal.signal(number, interrupt) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
