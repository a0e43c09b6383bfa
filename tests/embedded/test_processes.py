"""Starting and stopping: ports, the lock, leftovers. A stand-in for Airflow is enough here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.embedded.home import Home
from pipeline.embedded.processes import MARK, belonging_to, stop_all
from pipeline.embedded.server import AirflowServer, chosen_port, down, ensure_free
from pipeline.errors import UsageError, WirefoldError

_SLEEPER = "import time; print(flush=True); time.sleep(60)"
# Ignores SIGTERM and has a child in a session of its own, as a worker of a worker could.
_STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
# The system shows the environment of a process once it runs, a moment after it was started.
subprocess.Popen(child, start_new_session=True, stdout=subprocess.PIPE).stdout.readline()
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home")
    home.create()
    yield home
    for pid in belonging_to(home.root):
        os.kill(pid, signal.SIGKILL)


def _start(home: Home, program: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {MARK: str(home.root)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_busy_port_is_named_with_the_variable_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WirefoldError, match=f"^port {port} is busy.*WIREFOLD_AIRFLOW_PORT$"):
            ensure_free(port, "WIREFOLD_AIRFLOW_PORT")
    ensure_free(port, "WIREFOLD_AIRFLOW_PORT")


@pytest.mark.parametrize("text", ["http", "80", "65536", "-1", "8181.0"])
def test_a_port_that_is_none(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREFOLD_AIRFLOW_PORT", text)
    with pytest.raises(UsageError, match="WIREFOLD_AIRFLOW_PORT"):
        chosen_port()


def test_only_one_launcher_at_a_time(home: Home) -> None:
    with home.hold():
        assert home.is_held()
        with pytest.raises(WirefoldError, match=f"already running.*process {os.getpid()}"), home.hold():
            pass
    assert not home.is_held()
    with home.hold():
        pass


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WirefoldError, match="WIREFOLD_HOME"):
        Home(tmp_path / "file" / "home").create()


def test_only_processes_of_this_home_are_found(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "home2")
    mine, theirs = _start(home, _SLEEPER), _start(other, _SLEEPER)
    try:
        assert belonging_to(home.root) == {mine.pid}
    finally:
        for process in (mine, theirs):
            process.kill()
            process.communicate()


@pytest.mark.slow
def test_stubborn_processes_and_their_children_are_stopped(home: Home) -> None:
    process = _start(home, _STUBBORN)
    assert len(belonging_to(home.root)) == 2
    stop_all(home.root)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert belonging_to(home.root) == set()


@pytest.mark.parametrize(
    ("program", "how"),
    [("raise SystemExit(3)", "with exit code 3"), ("import os; os.kill(os.getpid(), 9)", "on signal 9")],
)
def test_a_component_that_has_ended_is_named_in_one_line_and_the_end_of_its_log_goes_along(
    home: Home, program: str, how: str
) -> None:
    server = AirflowServer(home, 9999, "sources.toml", "lake")
    (home.logs / "scheduler.log").write_text("".join(f"line {n}\n" for n in range(40)), encoding="utf-8")
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        process.wait()
        server._running["scheduler"] = process
        with pytest.raises(WirefoldError) as caught:
            server.check()
    assert str(caught.value).startswith(f"Airflow's scheduler ended {how}; ")
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.__notes__ == ["\n".join(f"line {n}" for n in range(25, 40))]


def test_down_stops_what_a_killed_launcher_left(home: Home) -> None:
    orphan = _start(home, _SLEEPER)
    assert down(home) is True
    orphan.communicate()
    assert down(home) is False


def test_the_guard_stops_everything_when_its_launcher_is_killed(home: Home) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", _LAUNCHER, str(home.root)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert launcher.stdout is not None
    assert launcher.stdout.readline() == "up\n"
    assert len(belonging_to(home.root)) == 1
    launcher.kill()
    launcher.wait()
    with home.hold():  # waits for the guard, which holds the lock until nothing is left
        assert belonging_to(home.root) == set()
    launcher.stdout.close()


_LAUNCHER = f"""
import os, subprocess, sys, time
from pathlib import Path
from pipeline.embedded.home import Home
home = Home(Path(sys.argv[1]))
with home.hold() as lock:
    guard = subprocess.Popen([sys.executable, "-m", "pipeline.embedded.guard", str(home.root)],
                             stdin=subprocess.PIPE, pass_fds=(lock,), start_new_session=True)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True,
                     env=os.environ | {{"{MARK}": str(home.root)}})
    time.sleep(0.5)
    print("up", flush=True)
    time.sleep(60)
"""
