"""The DAG files: readable, cheap to read, and shaped as promised."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.resources import resource_dir

DAG_IDS = ["wire_fold", "wire_ingest"]
FILES = sorted(resource_dir("dags").glob("*.py"))


def test_every_file_is_read_without_an_error(dagbag: Any) -> None:
    assert dagbag.import_errors == {}
    assert set(DAG_IDS) <= set(dagbag.dag_ids)


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_conventions(dagbag: Any, dag_id: str) -> None:
    dag = dagbag.dags[dag_id]
    dag.validate()
    assert "wirefold" in dag.tags
    assert dag.owner == "wirefold"
    assert all((dag.doc_md, dag.description, dag.dag_display_name))
    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    assert dag.dagrun_timeout is not None
    for task in dag.tasks:
        assert task.execution_timeout is not None, task.task_id
        assert task.retries > 0, task.task_id


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_survives_serialisation(dagbag: Any, dag_id: str) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    stored = DagSerialization.serialize_dag(dagbag.dags[dag_id])
    assert set(DagSerialization.deserialize_dag(stored).task_ids) == set(dagbag.dags[dag_id].task_ids)


def test_the_fold_waits_for_the_asset_the_ingest_writes(dagbag: Any) -> None:
    written = {asset.name for asset in dagbag.dags["wire_ingest"].get_task("collect").outlets}
    assert written == {dagbag.dags["wire_fold"].timetable.asset_condition.name} == {"articles"}


def test_a_source_that_is_down_does_not_stop_the_run(dagbag: Any) -> None:
    dag = dagbag.dags["wire_ingest"]
    assert dag.get_task("collect").trigger_rule == "all_done"
    assert dag.get_task("per_source.extract").trigger_rule == "all_success"


def test_a_first_fetch_of_a_long_listing_is_not_cut_off(dagbag: Any) -> None:
    from pipeline.config import FetchSettings, Source

    listing = Source(name="long", kind="sitemap", url="http://long.example/sitemap.xml")
    dag = dagbag.dags["wire_ingest"]
    timeout = dag.get_task("per_source.fetch").execution_timeout
    assert timeout.total_seconds() > listing.limit * FetchSettings().delay
    assert timeout < dag.dagrun_timeout


def test_reading_is_fast(dagbag: Any) -> None:
    for stat in dagbag.dagbag_stats:
        assert stat.duration.total_seconds() < 2, stat.file


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_only_the_sdk_is_imported_and_the_pipeline_only_inside_tasks(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    at_the_top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {n.module or "" for n in at_the_top if isinstance(n, ast.ImportFrom)}
    names |= {a.name for n in at_the_top if isinstance(n, ast.Import) for a in n.names}
    assert {n.split(".")[0] for n in names} <= {"__future__", "os", "datetime", "airflow"}
    everywhere = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {n for n in everywhere if n.startswith("airflow")} == {"airflow.sdk"}


def test_the_pipeline_does_not_need_airflow() -> None:
    program = (
        "import sys; sys.modules['airflow'] = None\n"
        "import pipeline.run.ingest, pipeline.run.fold, pipeline.embedded, pipeline.cli.airflow\n"
        "assert not any(m.startswith('airflow.') for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)
