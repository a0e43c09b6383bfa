"""Processes that belong to one home: find them, stop them, all of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["MARK", "belonging_to", "stop_all"]

MARK = "WIREFOLD_AIRFLOW_OF"  # in the environment of every process of a home, inherited by whatever it starts
_INSIST = 3.0  # seconds until asked again: Airflow's executor then no longer waits for its tasks
_FORCE = 10.0  # seconds until killed


def belonging_to(root: Path) -> set[int]:
    """Process ids of everything that was started for the home at `root`, however deep, orphans included.

    Found by the mark in their environment, so a process id that was given out anew is never taken for one of ours.
    """
    mark = f"{MARK}={root}"
    if not sys.platform.startswith("linux"):
        ps = ["/bin/ps", "-axEww", "-o", "pid=,command="]
        listing = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603
        return {int(line.split()[0]) for line in listing.stdout.splitlines() if f" {mark} " in f"{line} "}
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # gone meanwhile, or another user's
                if mark.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
    return found


def stop_all(root: Path) -> None:
    """Stop everything that belongs to the home at `root`: ask, insist, kill. Returns when nothing is left."""
    started = time.monotonic()
    asked: dict[int, int] = {}  # process id -> times asked
    while left := belonging_to(root):
        elapsed = time.monotonic() - started
        for pid in left:
            wanted = 1 if elapsed < _INSIST else 2
            if elapsed > _FORCE:
                _send(pid, signal.SIGKILL)
            elif asked.get(pid, 0) < wanted:
                _send(pid, signal.SIGTERM)
                asked[pid] = wanted
        time.sleep(0.1)


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
