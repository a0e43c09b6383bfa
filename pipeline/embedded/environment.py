"""The settings of the embedded Airflow, as environment variables."""

from __future__ import annotations

import json
import os
import site
import sys
from collections.abc import Mapping
from pathlib import Path

import pipeline
from pipeline.embedded.home import Home
from pipeline.embedded.processes import MARK
from pipeline.resources import resource_dir

__all__ = ["airflow_env"]


def airflow_env(home: Home, port: int, sources: str, lake: str, outer: Mapping[str, str]) -> dict[str, str]:
    """The environment of every component.

    Settings of another Airflow in `outer` (``AIRFLOW_HOME``, ``AIRFLOW__…``) are left out: they could point to
    somebody's production database. Connections and variables (``AIRFLOW_CONN_…``, ``AIRFLOW_VAR_…``) are kept.

    Args:
        home: Where it lives.
        port: TCP port of UI and API on 127.0.0.1.
        sources: Default configuration of the DAGs, an absolute path.
        lake: Default lake of the DAGs, an absolute path or URL.
        outer: The environment to start from.
    """
    foreign = ("AIRFLOW_HOME", "AIRFLOW_CONFIG")
    env = {k: v for k, v in outer.items() if not k.startswith("AIRFLOW__") and k not in foreign}
    url = f"http://127.0.0.1:{port}"
    secrets = home.secrets()
    env |= {
        MARK: str(home.root),
        "SPT_NOENV": "1",  # setproctitle would overwrite the memory in which MARK is looked for
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", os.defpath)]),
        "PYTHONPATH": _python_path(env.get("PYTHONPATH", "")),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": ",".join(filter(None, [env.get("NO_PROXY", env.get("no_proxy", "")), "127.0.0.1", "localhost"])),
        "AIRFLOW_HOME": str(home.root),
        "WIREFOLD_SOURCES": sources,
        "WIREFOLD_LAKE": lake,
    }
    env["no_proxy"] = env["NO_PROXY"]
    settings: dict[str, dict[str, object]] = {
        "core": {
            "executor": "LocalExecutor",
            "parallelism": max(2, min(8, 2 * (os.cpu_count() or 1))),  # each may hold a parsed lake: the default is 32
            "load_examples": False,
            "dags_are_paused_at_creation": False,
            "dags_folder": resource_dir("dags"),
            "plugins_folder": Path(__file__).parent / "plugins",
            "simple_auth_manager_all_admins": True,  # loopback only, and see plugins/loopback.py
            "simple_auth_manager_passwords_file": home.root / "passwords.json",
            "execution_api_server_url": f"{url}/execution/",  # does not follow api.port by itself
            "fernet_key": secrets.fernet,
        },
        "api": {
            "host": "127.0.0.1",
            "port": port,
            "base_url": url,
            "workers": 1,
            "secret_key": secrets.api,
            "expose_config": False,
            "instance_name": "Wirefold",
        },
        "api_auth": {"jwt_secret": secrets.jwt},
        "database": {"sql_alchemy_conn": f"sqlite:///{home.root / 'airflow.db'}"},
        "dag_processor": {
            "dag_bundle_config_list": json.dumps(
                [
                    {
                        "name": "wirefold",
                        "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
                        "kwargs": {"path": str(resource_dir("dags"))},
                    }
                ]
            ),
            "refresh_interval": 10,
            "min_file_process_interval": 10,
            "print_stats_interval": 0,
        },
        "logging": {
            "base_log_folder": home.root / "task-logs",
            "dag_processor_child_process_log_directory": home.root / "dag-processor-logs",
        },
        "usage_data_collection": {"enabled": False},
    }
    for section, values in settings.items():
        env |= {f"AIRFLOW__{section}__{name}".upper(): str(value) for name, value in values.items()}
    return env


def _python_path(inherited: str) -> str:
    """`inherited` made absolute, with the checkout in front when the package is not an installed one."""
    entries = [str(Path(p).absolute()) for p in inherited.split(os.pathsep) if p]
    root = str(Path(pipeline.__file__).resolve().parent.parent)
    if root not in [*entries, *site.getsitepackages()]:
        entries.insert(0, root)
    return os.pathsep.join(entries)
