"""A real Airflow: start, run both DAGs, be refused, be killed, leave nothing."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from pipeline.embedded.processes import belonging_to
from pipeline.embedded.session import compiling

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(420),
    pytest.mark.skipif(importlib.util.find_spec("airflow") is None, reason="Airflow is not installed"),
]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _launch(folder: Path, *arguments: str) -> tuple[subprocess.Popen[str], int]:
    port = _free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW_", "WIREFOLD_"))}
    env |= {"WIREFOLD_AIRFLOW_PORT": str(port), "WIREFOLD_DEMO_PORT": str(_free_port())}
    program = "from pipeline.cli import app; app()"
    command = [sys.executable, "-c", program, "airflow", *arguments, "--lake", "lake"]
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    log = (folder / "out.txt").open("w", encoding="utf-8")
    with log:
        return subprocess.Popen(
            command, cwd=folder, env=env, stdout=log, stderr=log, text=True, start_new_session=True
        ), port


def _wait_for(folder: Path, text: str, process: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + 240
    while text not in (folder / "out.txt").read_text(encoding="utf-8"):
        if process.poll() is not None or time.monotonic() > give_up:
            pytest.fail((folder / "out.txt").read_text(encoding="utf-8"))
        time.sleep(0.2)


def _status(port: int, **headers: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/auth/token", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as e:
        with e:
            return e.code


def _listening_addresses(port: int) -> set[str]:
    """Local addresses of listening sockets on `port` (Linux: ``/proc/net/tcp``, addresses in host byte order)."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
            address, _, local_port = line.split()[1].rpartition(":")
            if line.split()[3] == "0A" and int(local_port, 16) == port:
                found.add(socket.inet_ntoa(bytes.fromhex(address)[::-1]) if len(address) == 8 else address)
    return found


def test_up_runs_both_dags_refuses_strangers_and_ends_on_sigterm(tmp_path: Path) -> None:
    process, port = _launch(tmp_path, "up")
    home = tmp_path / ".wirefold" / "airflow"
    try:
        _wait_for(tmp_path, "Airflow stays up", process)
        assert list(tmp_path.glob("lake/records/**/*.parquet"))
        assert _status(port) == 201
        assert _status(port, Host=f"rebound.example:{port}") == 403
        assert _status(port, Origin="http://elsewhere.example") == 403
        assert _status(port, Origin=f"http://127.0.0.1:{port}") == 201
        assert _listening_addresses(port) == {"127.0.0.1"}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert process.returncode == 0
    assert belonging_to(home) == set()


def test_killed_while_it_starts_it_leaves_nothing(tmp_path: Path) -> None:
    process, _ = _launch(tmp_path, "run")
    home = tmp_path / ".wirefold" / "airflow"
    give_up = time.monotonic() + 60
    while not belonging_to(home):
        assert process.poll() is None
        assert time.monotonic() < give_up
        time.sleep(0.1)
    process.kill()
    process.wait()
    while belonging_to(home):
        assert time.monotonic() < give_up + 30
        time.sleep(0.1)


def test_what_folding_needs_is_compiled_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    with compiling() as process:
        assert process.wait(300) == 0
    assert any(path.suffix == ".nbc" for path in tmp_path.rglob("*"))
    with compiling() as process:
        pass
    assert process.returncode == -signal.SIGKILL
