"""Worker processes: order, limits, and that nothing a page does reaches the run."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.article import Article, Capture, Reason, Reject
from pipeline.config import ExtractSettings
from pipeline.extract.process import work
from pipeline.extract.workers import extract_stream

from .helpers import TEXT, capture, misbehave, page
from .test_wires import news_item

ROOT = Path(__file__).parents[2]


def test_results_come_in_input_order() -> None:
    words = ["slow 0", "ok 1", "slow 2", "ok 3", "ok 4", "ok 5", "slow 6", *(f"ok {n}" for n in range(7, 30))]
    stream = extract_stream(((w, capture(w)) for w in words), ExtractSettings(workers=2), extractor=misbehave)
    results = list(stream)
    assert [key for key, _ in results] == words
    assert [r.detail for _, r in results if isinstance(r, Reject)] == words


def test_a_page_harms_only_itself() -> None:
    words = ["ok a", "loop b", "ok c", "die d", "memory e", "ok f"]
    start = time.monotonic()
    settings = ExtractSettings(workers=2, page_timeout=0.5)
    results = dict(extract_stream(((w, capture(w)) for w in words), settings, extractor=misbehave_or_refuse))
    details = {w.split()[0] + w[-1]: (r.reason, r.detail) for w, r in results.items() if isinstance(r, Reject)}
    assert [details[f"ok{c}"][1] for c in "acf"] == ["ok a", "ok c", "ok f"]
    assert details["loopb"] == (Reason.TOO_COMPLEX, "took longer than 0.5 s")
    assert "worker ended with code -9" in details["died"][1]
    assert details["memorye"] == (Reason.TOO_COMPLEX, "MemoryError")
    assert time.monotonic() - start < 25
    assert not multiprocessing.active_children()


def test_waiting_is_not_counted() -> None:
    settings = ExtractSettings(workers=1, page_timeout=0.1)
    [(_, found)] = extract_stream([(0, capture("slow a"))], settings, extractor=misbehave)
    assert isinstance(found, Reject)
    assert found.detail == "slow a"


def misbehave_or_refuse(
    found: Capture, publisher: str | None, language: str | None, settings: ExtractSettings
) -> Article | Reject:
    try:
        return misbehave(found, publisher, language, settings)
    except MemoryError:
        return Reject(found.item, Reason.TOO_COMPLEX, "MemoryError")


def test_only_a_few_captures_are_held() -> None:
    taken = 0

    def endless() -> Iterator[tuple[int, Capture]]:
        nonlocal taken
        while True:
            taken += 1
            yield taken, capture(page())

    stream = extract_stream(endless(), ExtractSettings(workers=1))
    for _ in range(10):
        _, found = next(stream)
        assert isinstance(found, Article)
    stream.close()
    assert taken <= 10 + 8
    assert not multiprocessing.active_children()


def test_large_captures_are_held_by_their_bytes() -> None:
    taken = 0

    def endless() -> Iterator[tuple[int, Capture]]:
        nonlocal taken
        while True:
            taken += 1
            yield taken, capture(b"ok" + b" " * 30_000_000)

    stream = extract_stream(endless(), ExtractSettings(workers=1), extractor=misbehave)
    for _ in range(4):
        next(stream)
    stream.close()
    assert taken <= 4 + 3


def test_caches_are_emptied_now_and_then() -> None:
    from trafilatura.utils import trim

    for n in range(1_000):
        work(60, trim, f"text {n}")
    assert trim.cache_info().currsize < 1_000


def test_wire_files_need_no_process() -> None:
    (key, found), *_ = extract_stream([("a", capture(news_item()))], ExtractSettings(), source_publisher="Northwire UK")
    assert isinstance(found, Article)
    assert (key, found.text, found.publisher) == ("a", "\n\n".join(TEXT), "Northwire UK")
    assert not multiprocessing.active_children()


SCRIPT = """
from datetime import UTC, datetime
from pipeline.article import Capture, Item
from pipeline.config import ExtractSettings
from pipeline.extract.process import work
from pipeline.extract.workers import extract_stream
text = "".join(f"<p>The ferry will run on day {n}, the company said in a letter to all crews.</p>" for n in range(9))
body, url, now = f"<html><body><article>{text}".encode(), "http://a.example/", datetime.now(UTC)
captures = ((n, Capture(Item("a", n, url), body, now, url)) for n in range(3))
import multiprocessing.process as p
p.current_process()._config["daemon"] = DAEMON
print(len([1 for _, a in extract_stream(captures, ExtractSettings(workers=1)) if a.text]), flush=True)
"""


@pytest.mark.parametrize(("way", "daemon"), [("-c", True), ("-", False), ("unguarded script", True)])
def test_works_from_any_program(way: str, daemon: bool, tmp_path: Path) -> None:
    script = SCRIPT.replace("DAEMON", repr(daemon))
    file = tmp_path / "script.py"
    file.write_text(script)
    arguments = {"-c": ["-c", script], "-": ["-"]}.get(way, [str(file)])
    done = subprocess.run(
        [sys.executable, *arguments],
        check=False,
        input=script,
        text=True,
        capture_output=True,
        env=environment(),
        timeout=60,
    )
    assert (done.stdout, done.returncode) == ("3\n", 0), done.stderr


def test_workers_end_when_the_parent_is_killed() -> None:
    script = (
        SCRIPT.replace("DAEMON", "False")
        .replace("range(3)", "range(10**9)")
        .replace("[1 for", "[print(a.status, flush=True) for")
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment()
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
        if not children.exists():
            parent.kill()
            pytest.skip("no /proc here")
        pids = [
            int(p) for t in Path(f"/proc/{parent.pid}/task").iterdir() for p in (t / "children").read_text().split()
        ]
        assert pids
        parent.kill()
    deadline = time.monotonic() + 10
    while (left := [p for p in pids if alive(p)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left


def alive(pid: int) -> bool:
    """Whether a process has a thread that runs: as long as it has, its files are open."""
    try:
        threads = len(os.listdir(f"/proc/{pid}/task"))
        return threads > 1 or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}
