"""A whole run without a scheduler: every source, then the fold.

What was interrupted is found again by a marker, ``_wirefold/staging/<run>/run.json``: it appears before a run does
anything, goes with the run's staging when the run is committed, and stays behind when its process is killed. Runs of
one lake hold its lock ``run`` while they work, so a marker that somebody else finds belongs to the dead. (Airflow has
its own way of going on and leaves no markers.)
"""

from __future__ import annotations

import json
import os
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from pipeline.config import Config, Source, load_config
from pipeline.errors import UsageError, WirefoldError
from pipeline.extract.workers import ExtractionPool
from pipeline.lake import INTERNAL, Lake
from pipeline.partition import Run
from pipeline.run import ingest
from pipeline.run.ready import soon, to_collect, to_fold

__all__ = ["Event", "Report", "alone", "free_run", "marks", "run_job"]

log = structlog.get_logger(__name__)

_FETCHERS = 8  # sources that are fetched at a time
_MARKER = "run.json"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person who waits would like to know.

    Attributes:
        step: ``run``, ``fetch``, ``extract``, ``collect`` or ``fold``.
        state: ``waiting``, ``resuming``, ``started``, ``done``, ``down`` or ``failed``.
        source: The source that the step is for, if it is for one.
        result: What the step returned.
        detail: One line: why it is down or has failed; the run's key for ``run``.
    """

    step: str
    state: str
    source: str | None = None
    result: dict[str, Any] | None = None
    detail: str = ""


Report = Callable[[Event], None]


def run_job(
    config_path: str, lake: str, partition: str | None = None, report: Report = lambda _: None
) -> dict[str, Any]:
    """Ingest all sources and fold. Sources are fetched side by side and extracted one after the other.

    Args:
        config_path: The configuration.
        lake: Root of the lake.
        partition: Key of the run. None means now, after the runs of this lake that were interrupted have been
            finished under their own keys, each with the configuration that it began with if that can be read.
        report: Called with what happens, by several threads, one at a time.

    Returns:
        run, ok, ledger (of the commit), fold (its counts), failed (source -> why, for what is no mere outage), resumed
        (the same for each run that was finished first). ``ok`` is false when a step failed, the ledger is off or every
        source is down.

    Raises:
        UsageError: The configuration is wrong, or names no source.
        WirefoldError: The commit or the fold failed.
    """
    config = load_config(config_path)
    ingest.plan(config_path)  # nothing to do is a mistake
    wanted = Run.parse(partition) if partition else None
    store = Lake(lake)
    report = _one_at_a_time(report)
    with alone(store, lambda: report(Event("run", "waiting"))):
        resumed = []
        for run, path in [] if wanted else _interrupted(store):
            report(Event("run", "resuming", detail=run.key))
            path = path if _names_sources(path) else config_path
            resumed.append(_run(path, load_config(path), store, run, report))
        result = _run(config_path, config, store, wanted or free_run(store), report)
    return {**result, "ok": result["ok"] and all(r["ok"] for r in resumed), "resumed": resumed}


def free_run(lake: Lake) -> Run:
    """Now, or the first second after it that no run has taken."""
    run = Run.now()
    while lake.ledger(run.name) is not None or lake.storage.exists(f"{INTERNAL}/staging/{run.name}"):
        run = Run.at(run.time + timedelta(seconds=1))
    return run


def _run(config_path: str, config: Config, lake: Lake, run: Run, report: Report) -> dict[str, Any]:
    report(Event("run", "started", detail=run.key))
    with _marked(lake, run, config_path):
        with soon(to_collect, to_fold), ExtractionPool(config.extract) as pool:
            failed = _ingest(config_path, config, lake, run, report, pool)
        report(Event("collect", "started"))
        ledger = ingest.collect(config_path, lake.root, run.key)
        report(Event("collect", "done", result=ledger))
    report(Event("fold", "started"))
    from pipeline.run.fold import fold

    folded = fold(config_path, lake.root)
    report(Event("fold", "done", result=folded))
    return {
        "run": run.key,
        "ok": ledger["balanced"] and not ingest.all_down(ledger) and not failed,
        "ledger": ledger,
        "fold": folded,
        "failed": failed,
    }


def _ingest(
    config_path: str, config: Config, lake: Lake, run: Run, report: Report, pool: ExtractionPool
) -> dict[str, str]:
    """Fetch and extract every source; returns those that failed. One that is down is noted in the ledger instead."""
    failed: dict[str, str] = {}

    def failure(step: str, source: str, error: Exception) -> None:
        """A mistake of ours, which must not cost the other sources."""
        known = isinstance(error, WirefoldError)
        failed[source] = str(error) if known else f"{type(error).__name__}: {error}"
        log.error("source failed", source=source, step=step, exc_info=None if known else error)
        report(Event(step, "failed", source, detail=failed[source]))

    def fetch(source: str) -> bool:
        report(Event("fetch", "started", source))
        try:
            result = ingest.fetch_source(config_path, lake.root, run.key, source)
        except WirefoldError as e:
            report(Event("fetch", "down", source, detail=str(e)))
            return False
        except Exception as e:
            failure("fetch", source, e)
            return False
        report(Event("fetch", "done", source, result))
        return True

    for source, fetched in _side_by_side(fetch, _by_host(config.source)):
        if not fetched:
            continue
        report(Event("extract", "started", source))
        try:
            result = ingest.extract_source(config_path, lake.root, run.key, source, pool)
        except Exception as e:
            failure("extract", source, e)
        else:
            report(Event("extract", "done", source, result))
    return failed


def _one_at_a_time(report: Report) -> Report:
    lock = threading.Lock()

    def locked(event: Event) -> None:
        with lock:
            report(event)

    return locked


def _by_host(sources: Sequence[Source]) -> list[list[str]]:
    """Names of the sources, those of one host together: it must not be asked by two at once."""
    groups: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        groups[source.host].append(source.name)
    return list(groups.values())


def _side_by_side(work: Callable[[str], bool], groups: Sequence[Sequence[str]]) -> Iterator[tuple[str, bool]]:
    """Do `work` for every name, the names of a group one after the other; results as they come.

    What it raises is raised here: nobody must wait for a thread that has died.

    Daemon threads instead of an executor: Python waits for an executor's threads before it exits, and Ctrl-C should
    not wait for slow servers. What they leave half-written is never looked at.
    """
    waiting: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()
    results: queue.SimpleQueue[tuple[str, Future[bool]]] = queue.SimpleQueue()
    for group in groups:
        waiting.put(group)

    def serve() -> None:
        with suppress(queue.Empty):
            while True:
                for name in waiting.get_nowait():
                    outcome: Future[bool] = Future()
                    try:
                        outcome.set_result(work(name))
                    except BaseException as e:  # a closed pipe behind our output ends in SystemExit
                        outcome.set_exception(e)
                    results.put((name, outcome))

    for n in range(min(_FETCHERS, len(groups))):
        threading.Thread(target=serve, name=f"fetch-{n}", daemon=True).start()
    for _ in range(sum(map(len, groups))):
        name, outcome = results.get()
        yield name, outcome.result()


def alone(lake: Lake, waiting: Callable[[], None]) -> AbstractContextManager[None]:
    """Hold the lake's lock for runs.

    Args:
        waiting: Called when another run has it.
    """
    return lake.storage.lock("run", waiting)


@contextmanager
def _marked(lake: Lake, run: Run, config_path: str) -> Iterator[None]:
    """Mark a run as begun. The mark goes when the run is committed or has failed with an error that somebody is told;
    it stays when the run is stopped from outside."""
    rel = f"{INTERNAL}/staging/{run.name}/{_MARKER}"
    note = {
        "run": run.key,
        "pid": os.getpid(),
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "sources": os.path.abspath(config_path),
    }
    lake.storage.write(rel, json.dumps(note).encode())
    try:
        yield
    except Exception:
        lake.storage.delete(rel)
        raise
    lake.storage.delete(f"{INTERNAL}/staging/{run.name}")


def marks(lake: Lake, name: str) -> list[str]:
    """The marks of this name that runs have left in their staging."""
    return [rel for rel in lake.storage.list(f"{INTERNAL}/staging") if rel.endswith(f"/{name}")]


def _interrupted(lake: Lake) -> list[tuple[Run, str]]:
    """Runs with a marker, oldest first, and their configurations. To be called with the lock held."""
    notes = [lake.document(mark) or {} for mark in marks(lake, _MARKER)]
    return sorted((Run.parse(note["run"]), note["sources"]) for note in notes)


def _names_sources(config_path: str) -> bool:
    try:
        return bool(ingest.plan(config_path))
    except UsageError:
        return False
