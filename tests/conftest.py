"""A lake with the whole sample wire in it, made once for all tests that read or change one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pipeline.resources import resource_dir

# How long an example takes says how busy the machine is.
settings.register_profile("wirefold", deadline=None)
settings.load_profile("wirefold")

SAMPLE_RUN = "2018-09-17T12:00:00"


@pytest.fixture(scope="session", autouse=True)
def temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What this process and those it starts leave in the system's temporary folder goes with the tests' own: locks of
    lakes that are not local, and whatever a run was killed at."""
    folder = str(tmp_path_factory.mktemp("tmp"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(scope="session")
def sample_sources() -> Iterator[str]:
    """Path of the sample wire's configuration, while the sample wire is served on a free port."""
    from pipeline.demo.server import DemoServer

    before = os.environ.get("WIREFOLD_DEMO_PORT")
    with DemoServer(resource_dir("data"), port=0) as server:
        os.environ["WIREFOLD_DEMO_PORT"] = str(server.port)
        yield str(resource_dir("data") / "sources.toml")
    os.environ.pop("WIREFOLD_DEMO_PORT")
    if before is not None:
        os.environ["WIREFOLD_DEMO_PORT"] = before


@pytest.fixture(scope="session")
def sample_run(sample_sources: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any], list[Any]]:
    """The lake of one run over the sample wire, what `run_job` returned, and the events that it reported."""
    from pipeline.run.job import run_job

    lake = str(tmp_path_factory.mktemp("sample") / "lake")
    events: list[Any] = []
    return lake, run_job(sample_sources, lake, SAMPLE_RUN, events.append), events


@pytest.fixture(scope="session")
def sample_lake(sample_run: tuple[str, dict[str, Any], list[Any]]) -> str:
    """Root of a lake with one run over the sample wire. To be read only; see `own_lake`."""
    return sample_run[0]


@pytest.fixture
def own_lake(sample_lake: str, tmp_path: Path) -> Path:
    """A copy of the sample lake that a test may change."""
    return Path(shutil.copytree(sample_lake, tmp_path / "lake"))
