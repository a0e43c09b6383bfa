"""An Airflow of one's own: started, checked, stopped, with nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.embedded.api import AirflowApi
from pipeline.embedded.environment import airflow_env
from pipeline.embedded.home import Home
from pipeline.embedded.processes import belonging_to, stop_all
from pipeline.errors import UsageError, WirefoldError

__all__ = ["PORT_VARIABLE", "AirflowServer", "chosen_port", "down", "ensure_free"]

PORT_VARIABLE = "WIREFOLD_AIRFLOW_PORT"
_TAIL = 15  # lines of a log that are shown
_START_TIMEOUT = 180.0  # seconds; 10 are usual, an overloaded machine takes a minute
# Components and not `airflow standalone`: that one leaves orphans on SIGTERM, and serves logs on all interfaces.
_COMPONENTS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
}
_FOR_PEOPLE = {"triggerer": ["triggerer", "--skip-serve-logs"]}  # no task of ours defers; the UI misses it when absent


def chosen_port() -> int:
    """The port named by ``WIREFOLD_AIRFLOW_PORT``, 8181 otherwise.

    Raises:
        UsageError: It is no port number.
    """
    text = os.environ.get(PORT_VARIABLE) or "8181"
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise UsageError(f"{PORT_VARIABLE}={text} is no port; give a number from 1024 to 65535")
    return int(text)


def ensure_free(port: int, variable: str) -> None:
    """Check that `port` can be listened on at 127.0.0.1.

    Raises:
        WirefoldError: It is taken; names the environment variable that chooses another.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError as e:
            raise WirefoldError(f"port {port} is busy; stop what uses it or choose another with {variable}") from e


class AirflowServer:
    """The components of an Airflow as child processes; a context manager that returns when it is ready for work."""

    def __init__(self, home: Home, port: int, sources: str, lake: str, *, for_people: bool = False) -> None:
        """Prepare to start.

        Args:
            home: Its folder.
            port: TCP port on 127.0.0.1.
            sources: Default configuration of the DAGs, an absolute path.
            lake: Default lake of the DAGs, an absolute path or URL.
            for_people: Start also what only the UI needs.
        """
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        self.api = AirflowApi(self.url)
        self._port = port
        self._defaults = (sources, lake)
        self._commands = _COMPONENTS | (_FOR_PEOPLE if for_people else {})
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self.home.create()
        with ExitStack() as undo:
            lock = undo.enter_context(self.home.hold())
            stop_all(self.home.root)  # what a killed launcher and its killed guard may have left
            ensure_free(self._port, PORT_VARIABLE)
            env = airflow_env(self.home, self._port, *self._defaults, outer=os.environ)
            undo.enter_context(self._guarded(lock, env["PYTHONPATH"]))
            undo.callback(self._stop)
            self._start(env)
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def check(self) -> None:
        """Check that all components are alive.

        Raises:
            WirefoldError: One has ended; how, and the end of its log as a note.
        """
        for name, process in self._running.items():
            if (code := process.poll()) is not None:
                how = f"on signal {-code}" if code < 0 else f"with exit code {code}"
                raise _failure(f"Airflow's {name} ended {how}", self.home.logs / f"{name}.log")

    @contextmanager
    def _guarded(self, lock: int, python_path: str) -> Iterator[None]:
        guard = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "pipeline.embedded.guard", str(self.home.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.home.root,
            env=os.environ | {"PYTHONPATH": python_path},
            pass_fds=(lock,),
            start_new_session=True,
        )
        try:
            yield
        finally:
            guard.communicate()  # closes its standard input

    def _stop(self) -> None:
        stop_all(self.home.root)
        for process in self._running.values():
            process.wait()
        self._running.clear()

    def _start(self, env: dict[str, str]) -> None:
        (self.home.root / "airflow.cfg").unlink(missing_ok=True)  # written by Airflow, with absolute paths of that day
        self._migrate(env)
        for name, command in self._commands.items():
            self._running[name] = self._spawn(name, [sys.executable, "-m", "airflow", *command], env)
        give_up = time.monotonic() + _START_TIMEOUT
        while not self.api.is_healthy():
            self.check()
            if time.monotonic() > give_up:
                raise WirefoldError(f"Airflow was not ready after {_START_TIMEOUT:.0f} s; see {self.home.logs}")
            time.sleep(0.2)

    def _migrate(self, env: dict[str, str]) -> None:
        """Bring the database up to the installed version; at once when it is."""
        try:
            wanted = version("apache-airflow-core")
        except PackageNotFoundError as e:
            raise WirefoldError("Airflow is not installed; install wirefold[airflow]") from e
        stamp = self.home.root / "database-version"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and (self.home.root / "airflow.db").exists():
            return
        migration = self._spawn("database", [sys.executable, "-m", "airflow", "db", "migrate"], env)
        if migration.wait() != 0:
            raise _failure("Airflow's database could not be prepared", self.home.logs / "database.log")
        stamp.write_text(wanted, encoding="utf-8")

    def _spawn(self, name: str, command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
        with (self.home.logs / f"{name}.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.home.root,  # `-m` looks there for modules first: not in a folder of the user's
                env=env,
                start_new_session=True,  # Ctrl-C is the launcher's to handle
            )


def down(home: Home) -> bool:
    """Stop the Airflow of `home`, from whatever terminal it was started; False when none was running.

    Raises:
        WirefoldError: Its launcher does not end.
    """
    launcher, held = home.launcher(), home.is_held()
    if held and launcher is not None:
        os.kill(launcher, signal.SIGTERM)
    give_up = time.monotonic() + 60
    while home.is_held():
        if time.monotonic() > give_up:
            raise WirefoldError(f"the launcher of {home.root} (process {launcher}) does not end; kill it and try again")
        time.sleep(0.2)
    orphans = bool(belonging_to(home.root))
    stop_all(home.root)
    return held or orphans


def _failure(what: str, log: Path, lines: int = 15) -> WirefoldError:
    error = WirefoldError(f"{what}; above is the end of {log}")
    with log.open(encoding="utf-8", errors="replace") as f:
        error.add_note("".join(deque(f, lines)).rstrip())
    return error
