"""Runs that are killed at any moment, and runs that meet: the lake ends as if nothing had happened.

A process that has made a run, and so has loaded everything, forks the others, so that many of them cost little. A run
is killed at its n-th change of a file of the lake (seen by an audit hook), or after some time, and then repeated under
its key.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.lake import Lake
from pipeline.resources import resource_dir
from pipeline.run.check import check_lake

ROOT = Path(__file__).parents[2]
RUN, LATER = "2018-09-17T12:00:00", "2018-09-17T13:00:00"
POINTS = 10  # moments among the changes of files
MOMENTS = 3  # moments in time

_FORKS = r'''
import json, os, signal, sys, tempfile, time, traceback
import structlog
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
from pipeline.run.job import run_job

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open"}

def changes(lake, then):
    """Call `then` with the number of each change to a file below `lake`, before it is made."""
    seen = 0
    def hook(event, args):
        nonlocal seen
        if event not in CHANGES or not isinstance(args[0], str) or not args[0].startswith(lake):
            return
        if event == "open" and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        seen += 1
        then(seen)
    sys.addaudithook(hook)

def start(sources, lake, partition, kill_at=0, count_to=None):
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        last = [0]
        def then(n):
            last[0] = n
            if n == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
        changes(lake, then)
        code = 0 if run_job(sources, lake, partition)["ok"] else 1
        if count_to:
            open(count_to, "w").write(str(last[0]))
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)

def end(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

with tempfile.TemporaryDirectory() as folder:
    run_job(sys.argv[1], f"{folder}/lake")

for line in sys.stdin:
    job = json.loads(line)
    kill_after, how = job.pop("kill_after", None), job.pop("how", signal.SIGKILL)
    begin = time.monotonic()
    pids = [start(**run) for run in job["runs"]]
    if kill_after is not None:
        time.sleep(kill_after)
        for pid in pids:
            os.kill(pid, how)
    codes = [end(pid) for pid in pids]
    print(json.dumps({"codes": codes, "took": time.monotonic() - begin}), flush=True)
'''


class Forks:
    """Runs in processes of their own, killed when that is asked for."""

    def __init__(self, sources: Path) -> None:
        self.sources = str(sources)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _FORKS, self.sources],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "ARROW_DEFAULT_MEMORY_POOL": "system"},
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def run(self, *lakes: Path, partitions: tuple[str, ...] = (RUN,), **how: Any) -> dict[str, Any]:
        own = {k: how.pop(k) for k in ("kill_at", "count_to") if k in how}
        runs = [
            {"sources": self.sources, "lake": str(lake), "partition": partition, **own}
            for lake, partition in zip(lakes, partitions, strict=True)
        ]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"runs": runs, **how}) + "\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("sources")
    wire = resource_dir("data") / "agency"
    (folder / "sources.toml").write_text(
        f'[[source]]\nname = "wire"\nkind = "directory"\npath = "{wire}"\n'
        f'[[source]]\nname = "again"\nkind = "directory"\npath = "{wire}"\nlimit = 5\n'
    )
    forks = Forks(folder / "sources.toml")
    yield forks
    forks.close()


@pytest.fixture(scope="module")
def undisturbed(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], int, float]:
    """What a run leaves that nothing happens to, how many changes it makes, and how many seconds it takes."""
    folder = tmp_path_factory.mktemp("undisturbed")
    done = forks.run(folder / "lake", count_to=str(folder / "count"))
    assert done["codes"] == [0]
    assert check_lake(Lake(str(folder / "lake"))) == []  # and so is every lake with the same bytes
    return contents(folder / "lake"), int((folder / "count").read_text()), done["took"]


def contents(lake: Path) -> dict[str, bytes]:
    """All files but locks, by path."""
    return {
        str(p.relative_to(lake)): p.read_bytes() for p in sorted(lake.rglob("*")) if p.is_file() and p.suffix != ".lock"
    }


Undisturbed = tuple[dict[str, bytes], int, float]


def same(lake: Path, expected: dict[str, bytes]) -> None:
    found = contents(lake)
    assert found.keys() == expected.keys()
    assert [p for p in found if found[p] != expected[p]] == []


@pytest.mark.timeout(280)
def test_killed_at_any_change_of_a_file(forks: Forks, undisturbed: Undisturbed, tmp_path: Path) -> None:
    expected, changes, _ = undisturbed
    assert changes > 3 * POINTS
    for n in sorted(random.Random(14).sample(range(1, changes + 1), POINTS)):
        lake = tmp_path / f"at-{n}"
        killed = forks.run(lake, kill_at=n)["codes"] == [-signal.SIGKILL]
        assert killed or n > 0.9 * changes, n  # threads do not change files in the same order each time
        assert forks.run(lake)["codes"] == [0], n
        same(lake, expected)


@pytest.mark.timeout(280)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_at_any_time(forks: Forks, undisturbed: Undisturbed, tmp_path: Path, how: signal.Signals) -> None:
    expected, _, took = undisturbed
    chance = random.Random(int(how))
    killed = 0
    for n in range(MOMENTS):
        lake = tmp_path / f"{n}"
        killed += forks.run(lake, kill_after=chance.uniform(0, took), how=int(how))["codes"] == [-how]
        assert forks.run(lake)["codes"] == [0], n
        same(lake, expected)
    assert killed


def test_killed_again_and_again(forks: Forks, undisturbed: Undisturbed, tmp_path: Path) -> None:
    """One lake, a run that never gets far; in the end one does."""
    expected, changes, _ = undisturbed
    chance = random.Random(5)
    for _ in range(5):
        forks.run(tmp_path / "lake", kill_at=chance.randrange(1, changes))
    assert forks.run(tmp_path / "lake")["codes"] == [0]
    same(tmp_path / "lake", expected)


def test_two_runs_of_one_key_at_once(forks: Forks, undisturbed: Undisturbed, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    assert forks.run(lake, lake, partitions=(RUN, RUN))["codes"] == [0, 0]
    same(lake, undisturbed[0])


def test_two_runs_of_two_keys_at_once(forks: Forks, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    assert forks.run(lake, lake, partitions=(RUN, LATER))["codes"] == [0, 0]
    store = Lake(str(lake))
    assert check_lake(store) == []
    ledgers = [store.ledger(name) or {} for name in store.runs()]
    assert [ledger["run"] for ledger in ledgers] == [RUN, LATER]
    assert sorted(ledger["article"] + ledger["exact_copy"] > 0 for ledger in ledgers) == [False, True]
    ids = store.read("records")["article_id"].to_pylist()
    assert len(ids) == len(set(ids)) > 5
