"""The folder in which an embedded Airflow keeps its database, secrets and logs."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import WirefoldError

__all__ = ["Home", "Secrets", "default_home"]

_TAKE_OVER = 45.0  # seconds to wait for what a killed launcher left behind to be cleaned up


@dataclass(frozen=True)
class Secrets:
    """What the components sign and encrypt with; the same across restarts, so that sessions survive."""

    jwt: str
    api: str
    fernet: str


@dataclass(frozen=True)
class Home:
    """One folder, one Airflow. Only its owner can read it."""

    root: Path

    def create(self) -> None:
        """Make the folder, private to the user and ignored by git.

        Raises:
            WirefoldError: It cannot be made.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.root.chmod(0o700)
            self.logs.mkdir(exist_ok=True)
            (self.root / ".gitignore").write_text("*\n", encoding="utf-8")
        except OSError as e:
            raise WirefoldError(f"cannot use {self.root} for Airflow: {e.strerror}; set WIREFOLD_HOME") from e

    @property
    def logs(self) -> Path:
        """One log file per component."""
        return self.root / "server-logs"

    def secrets(self) -> Secrets:
        """The secrets of this home, made at the first call; the file has mode 600."""
        path = self.root / "secrets.json"
        try:
            return Secrets(**json.loads(path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            pass  # none yet, or unreadable: new ones end the sessions, nothing else
        made = Secrets(
            jwt=secrets.token_urlsafe(72),  # HS512 wants 64 bytes at least
            api=secrets.token_urlsafe(48),
            fernet=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        )
        aside = path.with_suffix(".new")
        aside.unlink(missing_ok=True)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as f:
            json.dump(vars(made), f)
        aside.replace(path)
        return made

    @contextmanager
    def hold(self) -> Iterator[int]:
        """Be the only launcher of this home while the block runs; gives the descriptor of the lock.

        A process that inherits the descriptor keeps the lock after the launcher is gone.

        Raises:
            WirefoldError: Another launcher holds it; says its process id.
        """
        lock = os.open(self.root / "launcher.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            give_up = time.monotonic() + _TAKE_OVER
            while not _locked(lock):
                if self.launcher() is not None or time.monotonic() > give_up:
                    holder = self.launcher() or "unknown"
                    raise WirefoldError(
                        f"Airflow is already running in {self.root} (process {holder}); "
                        "stop it with 'make down' or 'wirefold airflow down', or set WIREFOLD_HOME"
                    )
                time.sleep(0.2)
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            yield lock
            os.ftruncate(lock, 0)
        finally:
            os.close(lock)

    def launcher(self) -> int | None:
        """Process id of the launcher that holds this home, if it is alive."""
        try:
            pid = int((self.root / "launcher.lock").read_text(encoding="ascii"))
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid

    def is_held(self) -> bool:
        """Whether a launcher, or what cleans up after one, holds this home."""
        try:
            lock = os.open(self.root / "launcher.lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            return not _locked(lock)
        finally:
            os.close(lock)


def default_home() -> Home:
    """The home named by ``WIREFOLD_HOME``, or ``.wirefold/airflow`` in the working directory."""
    return Home(Path(os.environ.get("WIREFOLD_HOME") or ".wirefold/airflow").absolute())


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
