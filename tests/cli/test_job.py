"""`run_job`: what it reports, and what becomes of a run that was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipeline.cli.report import summary
from pipeline.errors import UsageError
from pipeline.lake import INTERNAL, Lake
from pipeline.run.check import check_lake
from pipeline.run.job import Event, run_job

ROOT = Path(__file__).parents[2]
NINJS = {
    "uri": "urn:test:1", "type": "text", "versioncreated": "2018-09-14T03:00:00Z", "pubstatus": "usable",
    "language": "en", "headline": "Office opens", "body_text": " ".join(f"word{n}" for n in range(60)),
}  # fmt: skip


@pytest.fixture
def wires(tmp_path: Path) -> str:
    """A configuration with two folders of one wire item each."""
    config = ""
    for n in range(2):
        folder = tmp_path / f"wire{n}"
        folder.mkdir()
        (folder / "item.json").write_text(
            json.dumps(NINJS | {"uri": f"urn:test:{n}", "body_text": NINJS["body_text"] + f" end{n}"})
        )
        config += f'[[source]]\nname = "wire{n}"\nkind = "directory"\npath = "wire{n}"\n'
    (tmp_path / "sources.toml").write_text(config)
    return str(tmp_path / "sources.toml")


def contents(lake: Path) -> dict[str, bytes]:
    """All files but locks, by path."""
    return {
        str(p.relative_to(lake)): p.read_bytes() for p in sorted(lake.rglob("*")) if p.is_file() and p.suffix != ".lock"
    }


def test_the_sample(sample_run: tuple[str, dict[str, Any], list[Event]]) -> None:
    lake, result, events = sample_run
    assert result["ok"]
    assert result["ledger"]["balanced"]
    assert not result["failed"]
    sources = set(result["ledger"]["sources"])
    for step in ("fetch", "extract"):
        for state in ("started", "done"):
            assert {e.source for e in events if (e.step, e.state) == (step, state)} == sources
    assert not Lake(lake).storage.list(f"{INTERNAL}/staging")


@pytest.mark.parametrize("width", [80, 100, 160])
def test_summary(sample_run: tuple[str, dict[str, Any], list[Event]], width: int) -> None:
    lake, result, _ = sample_run
    console = Console(width=width, record=True, file=open(os.devnull, "w"))  # noqa: SIM115
    assert summary(lake, result["run"], console)
    text = console.export_text()
    assert "balanced" in text
    assert "Stitched from other stories" in text
    assert all(name in text for name in result["ledger"]["sources"])
    assert not summary(lake, "2000-01-01T00:00:00", console)


def test_the_same_partition_changes_no_byte(wires: str, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    run_job(wires, str(lake), "2018-09-14T04:00:00")
    before = contents(lake)
    again = run_job(wires, str(lake), "2018-09-14T04:00:00")
    assert again["ok"]
    assert contents(lake) == before


def test_a_second_run_adds_nothing(wires: str, tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    run_job(wires, lake, "2018-09-14T04:00:00")
    ledger = run_job(wires, lake, "2018-09-14T05:00:00")["ledger"]
    assert (ledger["unchanged"], ledger["article"]) == (2, 0)
    console = Console(width=100, record=True, file=open(os.devnull, "w"))  # noqa: SIM115
    assert summary(lake, "2018-09-14T05:00:00", console)
    assert "Nothing new: 2 unchanged." in console.export_text()


def test_a_mistake_in_one_source_costs_only_that_source(
    wires: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.run import ingest

    extract = ingest.extract_source

    def broken(config: str, lake: str, run: str, source: str, *pool: Any) -> dict[str, Any]:
        if source == "wire0":
            raise ZeroDivisionError("a mistake")
        return extract(config, lake, run, source, *pool)

    monkeypatch.setattr(ingest, "extract_source", broken)
    result = run_job(wires, str(tmp_path / "lake"))
    assert not result["ok"]
    assert result["failed"] == {"wire0": "ZeroDivisionError: a mistake"}
    assert result["ledger"]["sources"]["wire1"]["article"] == 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_is_finished_first(wires: str, tmp_path: Path, how: signal.Signals) -> None:
    lake = tmp_path / "lake"
    code = (
        "import sys, time; from pipeline.run import ingest; ingest.extract_source = lambda *_: time.sleep(60)\n"
        "from pipeline.cli import app; app(['run', *sys.argv[1:]])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--sources", wires, "--lake", lake, "--partition", "2018-09-14T04:00:00"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    staged = lake / INTERNAL / "staging" / "2018-09-14T040000"
    for _ in range(600):
        if len(list(staged.glob("*/fetches.parquet"))) == 2 or process.poll() is not None:
            break
        time.sleep(0.05)
    process.send_signal(how)
    errors = process.communicate()[1]
    assert process.returncode == (130 if how is signal.SIGINT else -how), errors
    assert b"Traceback" not in errors
    assert (staged / "run.json").exists()
    events: list[Event] = []
    result = run_job(wires, str(lake), report=events.append)
    assert (events[0].state, events[0].detail) == ("resuming", "2018-09-14T04:00:00")
    assert [r["run"] for r in result["resumed"]] == ["2018-09-14T04:00:00"]
    assert result["resumed"][0]["ledger"]["article"] == 2
    assert check_lake(Lake(str(lake))) == []


@pytest.mark.parametrize("there", [True, False])
def test_it_is_finished_with_the_configuration_that_it_began_with(
    wires: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[[source]]\nname = "other"\nkind = "directory"\npath = "wire0"\n')
    monkeypatch.chdir(tmp_path)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.run.ingest.extract_source", stop)
        with pytest.raises(KeyboardInterrupt):
            run_job("sources.toml", "lake", "2018-09-14T04:00:00")
    if not there:
        Path(wires).unlink()
    monkeypatch.chdir(tmp_path.parent)
    result = run_job(str(other), str(tmp_path / "lake"))
    (resumed,) = result["resumed"]
    assert [*resumed["ledger"]["sources"]] == (["wire0", "wire1"] if there else ["other"])
    assert resumed["ledger"]["article"] == (2 if there else 1)
    assert [*result["ledger"]["sources"]] == ["other"]


def test_a_run_that_has_failed_is_not_resumed(wires: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.run import ingest

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "collect", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_job(wires, str(tmp_path / "lake"), "2018-09-14T04:00:00")
    assert run_job(wires, str(tmp_path / "lake"))["resumed"] == []


def test_a_report_that_cannot_be_written_ends_the_run(wires: str, tmp_path: Path) -> None:
    """As Rich ends a program whose output nobody reads any more: from within a thread, too."""

    def report(event: Event) -> None:
        if event.step == "fetch":
            raise SystemExit(1)

    with pytest.raises(SystemExit):
        run_job(wires, str(tmp_path / "lake"), "2018-09-14T04:00:00", report)


def test_runs_of_one_lake_wait_for_each_other(wires: str, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    waiting = threading.Event()
    done = threading.Event()

    def other() -> None:
        run_job(wires, lake.root, report=lambda e: waiting.set() if e.state == "waiting" else None)
        done.set()

    with lake.storage.lock("run"):
        thread = threading.Thread(target=other)
        thread.start()
        assert waiting.wait(20)
        assert not done.is_set()
    thread.join(60)
    assert done.is_set()


def test_sources_of_one_host_are_not_asked_side_by_side() -> None:
    from pipeline.config import Source
    from pipeline.run.job import _by_host

    sources = [
        Source(name="a", kind="feed", url="http://one.example/a"),
        Source(name="b", kind="feed", url="http://two.example/"),
        Source(name="c", kind="sitemap", url="http://one.example/c"),
        Source(name="d", kind="directory", path=Path("x")),
        Source(name="e", kind="directory", path=Path("y")),
    ]
    assert _by_host(sources) == [["a", "c"], ["b"], ["d"], ["e"]]


def test_no_sources(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("")
    with pytest.raises(UsageError, match="names no source"):
        run_job(str(tmp_path / "sources.toml"), str(tmp_path / "lake"))
