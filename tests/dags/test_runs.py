"""Both DAGs over the sample wire, in this process: real HTTP, a real lake."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

_ALL_DOWN = """
[fetch]
delay = 0.0
retries = 0
[fetch.hosts]
"*.example" = "127.0.0.1:${WIREFOLD_DEMO_PORT}"
[[source]]
name = "dead"
kind = "feed"
url = "http://dead.example/feed.xml"
"""
_ONE_DOWN = _ALL_DOWN.replace(
    "[[source]]",
    """[[source]]
name = "alive"
kind = "feed"
url = "http://www.midland-briefing.example/feed.xml"
[[source]]""",
)

pytestmark = [pytest.mark.usefixtures("airflow_db"), pytest.mark.timeout(240)]


def test_ingest_then_fold(dag_runs: Any) -> None:
    lake, ingest, fold = dag_runs
    assert ingest.state == "success", _states(ingest)
    ledger = _event("wire_ingest", ingest.run_id)
    assert ledger["balanced"] is True
    assert ledger["discovered"] >= 80
    assert ledger["discovered"] == sum(ledger[k] for k in ("article", "unchanged", "exact_copy", "rejected"))
    assert ledger["lake"] == lake
    assert fold.state == "success", _states(fold)
    assert _event("wire_fold", fold.run_id)["records"] > 0
    assert list(Path(lake).glob("records/**/*.parquet"))


def test_an_event_that_a_person_made_is_about_the_lake_of_the_parameters(
    dagbag: Any, dag_runs: Any, sample_sources: str
) -> None:
    fold = dagbag.dags["wire_fold"].get_task("fold").python_callable
    articles, records = (fold.__globals__[name] for name in ("ARTICLES", "RECORDS"))
    told = {records: SimpleNamespace(extra={})}
    event = SimpleNamespace(extra={"from_rest_api": True})
    fold({"sources": sample_sources, "lake": dag_runs[0]}, {articles: [event]}, told)
    assert told[records].extra["records"] > 0


@pytest.fixture
def ingest(dagbag: Any, sample_sources: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Runs the ingest with a configuration, into ``tmp_path / "lake"``, without long pauses between tries."""

    def run(text: str) -> Any:
        config = tmp_path / "sources.toml"
        config.write_text(text, encoding="utf-8")
        dag = dagbag.dags["wire_ingest"]
        fetch = dag.get_task("per_source.fetch")
        monkeypatch.setattr(fetch, "retry_delay", timedelta(seconds=0.1))
        monkeypatch.setattr(fetch, "retry_exponential_backoff", 0)
        return dag.test(run_conf={"sources": str(config), "lake": str(tmp_path / "lake")})

    return run


def test_a_source_that_is_down_fails_only_its_own_tasks(ingest: Callable[[str], Any]) -> None:
    run = ingest(_ONE_DOWN)
    states = _states(run)
    assert run.state == "success", states
    assert states["per_source.fetch", 0] == states["per_source.extract", 0] == states["collect", -1] == "success"
    assert (states["per_source.fetch", 1], states["per_source.extract", 1]) == ("failed", "upstream_failed")
    assert _tries(run) == {("plan", -1): 1, ("per_source.fetch", 0): 1, ("per_source.fetch", 1): 3,
                           ("per_source.extract", 0): 1, ("per_source.extract", 1): 0, ("collect", -1): 1}  # fmt: skip
    assert _event("wire_ingest", run.run_id)["down"] == ["dead"]


def test_a_run_that_finds_every_source_down_fails_and_says_so_at_once(
    ingest: Callable[[str], Any], tmp_path: Path
) -> None:
    run = ingest(_ALL_DOWN)
    assert run.state == "failed", _states(run)
    assert _tries(run)["collect", -1] == 1
    (ledger,) = (json.loads(path.read_text()) for path in tmp_path.glob("lake/_wirefold/runs/*.json"))
    assert ledger["down"] == ["dead"]


def test_a_wrong_configuration_is_not_tried_again(dagbag: Any, tmp_path: Path) -> None:
    run = dagbag.dags["wire_ingest"].test(
        run_conf={"sources": str(tmp_path / "absent.toml"), "lake": str(tmp_path / "lake")}
    )
    assert run.state == "failed"
    assert _tries(run)["plan", -1] == 1
    assert not (tmp_path / "lake").exists()


def _states(run: Any) -> dict[tuple[str, int], str]:
    return {(t.task_id, t.map_index): str(t.state) for t in run.get_task_instances()}


def _tries(run: Any) -> dict[tuple[str, int], int]:
    return {(t.task_id, t.map_index): t.try_number for t in run.get_task_instances()}


def _event(dag_id: str, run_id: str) -> dict[str, Any]:
    """What the run's asset event says."""
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        wanted = select(AssetEvent).where(AssetEvent.source_dag_id == dag_id, AssetEvent.source_run_id == run_id)
        return dict(session.scalars(wanted).one().extra)
