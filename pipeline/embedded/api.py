"""The little of Airflow's REST API that a launcher needs (``/api/v2``, Airflow 3.3)."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.errors import WirefoldError

__all__ = ["AirflowApi"]

# A proxy of the environment must not be asked for loopback.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class AirflowApi:
    """A client for an Airflow that takes everybody who can reach it for an administrator."""

    def __init__(self, url: str) -> None:
        """Speak to the server at `url` (no trailing slash); nothing is sent yet."""
        self._url = url
        self._token: str | None = None

    def is_healthy(self) -> bool:
        """Whether database, scheduler and DAG processor all report to be healthy."""
        try:
            health = self._send("GET", "/api/v2/monitor/health", None)
        except (OSError, ValueError, http.client.HTTPException):
            return False
        parts = [health.get(part) or {} for part in ("metadatabase", "scheduler", "dag_processor")]
        return all(part.get("status") == "healthy" for part in parts)

    def knows(self, dag: str) -> bool:
        """Whether the DAG has been read from its file."""
        try:
            self._call("GET", f"/dags/{dag}")
        except _NotFoundError:
            return False
        return True

    def import_errors(self) -> list[str]:
        """What is wrong with DAG files that could not be read."""
        return [str(e["stack_trace"]) for e in self._call("GET", "/importErrors")["import_errors"]]

    def unpause(self, dag: str) -> None:
        """Let the DAG run; a run of a paused one would stay queued for ever."""
        self._call("PATCH", f"/dags/{dag}?update_mask=is_paused", {"is_paused": False})

    def trigger(self, dag: str, partition_key: str, conf: Mapping[str, Any]) -> str:
        """Start a run of `dag` for a partition; gives the run's id."""
        body = {"logical_date": None, "partition_key": partition_key, "conf": dict(conf)}
        return str(self._call("POST", f"/dags/{dag}/dagRuns", body)["dag_run_id"])

    def state(self, dag: str, run_id: str) -> str:
        """State of a run: queued, running, success or failed."""
        return str(self._call("GET", f"/dags/{dag}/dagRuns/{quote(run_id, safe='')}")["state"])

    def is_busy(self, dag: str) -> bool:
        """Whether a run of `dag` is going on; with ``max_active_runs=1`` others wait for it."""
        return bool(self._call("GET", f"/dags/{dag}/dagRuns?state=running&limit=1")["dag_runs"])

    def run_of(self, dag: str, partition_key: str) -> str | None:
        """Id of the newest run of `dag` for exactly this partition, if there is one."""
        query = urlencode({"partition_key_prefix_pattern": partition_key, "order_by": "-run_after", "limit": 10})
        runs = self._call("GET", f"/dags/{dag}/dagRuns?{query}")["dag_runs"]
        return next((str(r["dag_run_id"]) for r in runs if r["partition_key"] == partition_key), None)

    def tasks(self, dag: str, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run, as the API describes them, mapped ones one by one."""
        path = f"/dags/{dag}/dagRuns/{quote(run_id, safe='')}/taskInstances"
        found: list[dict[str, Any]] = []
        while True:
            page = self._call("GET", f"{path}?limit=100&offset={len(found)}")
            found += page["task_instances"]
            if len(found) >= page["total_entries"] or not page["task_instances"]:
                return found

    def log(self, task: Mapping[str, Any]) -> list[str]:
        """Messages of the last try of a task instance; of an exception, its type and text."""
        path = f"/dags/{task['dag_id']}/dagRuns/{quote(task['dag_run_id'], safe='')}/taskInstances/{task['task_id']}"
        query = urlencode({"map_index": task["map_index"]})
        content = self._call("GET", f"{path}/logs/{task['try_number']}?{query}")["content"]
        return [line for line in map(_line, content) if line and not line.startswith("::")]  # "::group::" marks folds

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        try:
            if self._token is None:
                self._token = str(self._send("GET", "/auth/token", None)["access_token"])
            return self._send(method, f"/api/v2{path}", body)
        except urllib.error.HTTPError as e:
            if e.code == 404:
                raise _NotFoundError(path) from e
            detail = e.read(2000).decode(errors="replace")
            raise WirefoldError(f"Airflow answered {e.code} to {method} {path}: {detail}") from e
        except (OSError, ValueError, http.client.HTTPException) as e:
            raise WirefoldError(f"Airflow does not answer at {self._url}: {e}") from e

    def _send(self, method: str, path: str, body: Any) -> Any:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, headers, method=method)  # noqa: S310 (always http)
        with _OPENER.open(request, timeout=30) as response:
            return json.load(response)


class _NotFoundError(WirefoldError):
    """There is no such thing."""


def _line(message: Any) -> str:
    if not isinstance(message, dict):
        return str(message)
    error = next(iter(message.get("error_detail") or []), None)
    return f"{error['exc_type']}: {error['exc_value']}" if error else str(message.get("event", ""))
