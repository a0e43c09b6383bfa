"""The settings that the components get."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from pipeline.embedded.environment import airflow_env
from pipeline.embedded.home import Home
from pipeline.embedded.processes import MARK


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "a home")
    home.create()
    return home


def _env(home: Home, **outer: str) -> dict[str, str]:
    return airflow_env(home, 9999, "/etc/sources.toml", "s3://lake", outer)


def test_everything_is_on_loopback_and_on_the_chosen_port(home: Home) -> None:
    env = _env(home)
    assert env["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert env["AIRFLOW__API__PORT"] == "9999"
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:9999/execution/"


def test_settings_of_another_airflow_stay_out_and_connections_stay_in(home: Home) -> None:
    env = _env(
        home,
        AIRFLOW_HOME="/somewhere",
        AIRFLOW_CONFIG="/somewhere/airflow.cfg",
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="postgresql://production",
        AIRFLOW__CELERY__BROKER_URL="redis://production",
        AIRFLOW_CONN_BUCKET="aws://",
    )
    assert env["AIRFLOW_HOME"] == env[MARK] == str(home.root)
    assert "AIRFLOW_CONFIG" not in env
    assert not any("production" in value for value in env.values())
    assert env["AIRFLOW_CONN_BUCKET"] == "aws://"


def test_the_dags_come_from_the_package(home: Home) -> None:
    (bundle,) = json.loads(_env(home)["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"])
    assert (Path(bundle["kwargs"]["path"]) / "wire_ingest.py").is_file()
    assert (Path(_env(home)["AIRFLOW__CORE__PLUGINS_FOLDER"]) / "loopback.py").is_file()


def test_defaults_of_the_dags(home: Home) -> None:
    env = _env(home)
    assert (env["WIREFOLD_SOURCES"], env["WIREFOLD_LAKE"]) == ("/etc/sources.toml", "s3://lake")


def test_a_relative_python_path_becomes_absolute(home: Home) -> None:
    assert str(Path("lib").absolute()) in _env(home, PYTHONPATH="lib")["PYTHONPATH"].split(os.pathsep)


def test_secrets_are_made_once_and_private(home: Home) -> None:
    first, second = _env(home), _env(home)
    for name in ("AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__API__SECRET_KEY", "AIRFLOW__CORE__FERNET_KEY"):
        assert first[name] == second[name]
    assert len(first["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64
    assert stat.S_IMODE((home.root / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    assert (home.root / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_two_homes_have_different_secrets(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    other.create()
    assert home.secrets() != other.secrets()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"jwt": "x"}'])
def test_damaged_secrets_are_replaced(home: Home, damage: str) -> None:
    (home.root / "secrets.json").write_text(damage, encoding="utf-8")
    made = home.secrets()
    assert made == home.secrets()
