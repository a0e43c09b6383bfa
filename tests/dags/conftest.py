"""An Airflow home of the tests' own. Airflow reads its settings at the first import: they are set when this is read."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.resources import resource_dir

DAGS = resource_dir("dags")

if importlib.util.find_spec("airflow") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    _home = Path(tempfile.mkdtemp(prefix="wirefold-airflow-test-"))
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
    for _name in [n for n in os.environ if n.startswith("AIRFLOW_")]:
        del os.environ[_name]
    os.environ |= {
        "AIRFLOW_HOME": str(_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_home}/airflow.db",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }


@pytest.fixture(scope="session")
def airflow_db() -> None:
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="session")
def dagbag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(DAGS))


@pytest.fixture(scope="session")
def dag_runs(airflow_db: None, dagbag: Any, sample_sources: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One run of each DAG over the sample wire, in this process: the lake, the ingest and the fold."""
    lake = str(tmp_path_factory.mktemp("dags") / "lake")
    conf = {"sources": sample_sources, "lake": lake}
    return lake, dagbag.dags["wire_ingest"].test(run_conf=conf), dagbag.dags["wire_fold"].test(run_conf=conf)


@pytest.fixture(scope="session")
def dag_lake(dag_runs: Any) -> str:
    """Root of the lake that the DAGs made. To be read only."""
    return str(dag_runs[0])
