"""The steps of an ingest, as a scheduler calls them: each in a process of its own, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.run import capture, ingest

RUN = "2018-09-14T03:00:00"
CONFIG = """
[[source]]
name = "world"
kind = "feed"
url = "http://one.example/world.xml"
[[source]]
name = "sport"
kind = "feed"
url = "http://one.example/sport.xml"
[[source]]
name = "other"
kind = "feed"
url = "http://two.example/feed.xml"
"""


@pytest.fixture
def fetch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Starts fetching a source in a thread; gives an event that is set when the source is asked. All wait in the end
    for a word to go on."""
    (tmp_path / "sources.toml").write_text(CONFIG, encoding="utf-8")
    asked: dict[str, list[threading.Event]] = {}
    go_on, threads = threading.Event(), []

    def capture_source(config: Any, source: Any, staging: Any) -> dict[str, Any]:
        next(event for event in asked[source.name] if not event.is_set()).set()
        assert go_on.wait(20)
        return {}

    monkeypatch.setattr(capture, "capture_source", capture_source)

    def start(source: str) -> threading.Event:
        event = threading.Event()
        asked.setdefault(source, []).append(event)
        where = (str(tmp_path / "sources.toml"), str(tmp_path / "lake"), RUN)
        threads.append(threading.Thread(target=ingest.fetch_source, args=(*where, source)))
        threads[-1].start()
        return event

    yield start
    go_on.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize(("second", "at_once"), [("sport", False), ("world", False), ("other", True)])
def test_a_host_is_asked_by_one_process_at_a_time(fetch: Any, second: str, at_once: bool) -> None:
    assert fetch("world").wait(20)
    assert fetch(second).wait(20 if at_once else 1) is at_once


def test_a_configuration_without_sources_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("")
    with pytest.raises(UsageError, match="names no source"):
        ingest.plan(str(tmp_path / "sources.toml"))
