"""The wheel: built, installed into a fresh environment, and used from an empty folder.

The kernels of folding, which every new installation compiles once in half a minute, are those of the checkout.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, ROOT],
        capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (path,) = out.glob("wirefold-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """``installed("wirefold", *args)``: run a program of a fresh environment that holds the wheel; the dependencies are
    those of this one."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home / "venv", with_pip=False)
    python = home / "venv" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", wheel],
        check=True, capture_output=True,
    )  # fmt: skip
    (own,) = (home / "venv" / "lib").glob("python*/site-packages")
    # A path in a .pth file is not searched for more of them, so the editable install of the checkout stays out of it.
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    take_compiled(own / "pipeline")
    empty = home / "empty"
    empty.mkdir()

    def run(program: str, *args: object) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "WIREFOLD", "VIRTUAL_ENV"))}
        return subprocess.run(
            [home / "venv" / "bin" / program, *map(str, args)],
            cwd=empty, env=environment, capture_output=True, text=True, timeout=500,
        )  # fmt: skip

    return run


def take_compiled(package: Path) -> None:
    """Give a package what Numba has compiled of the same sources in the checkout; it goes by their contents."""
    for compiled in (ROOT / "pipeline").rglob("__pycache__/*.nb[ic]"):
        target = package / compiled.relative_to(ROOT / "pipeline")
        target.parent.mkdir(exist_ok=True)
        shutil.copy(compiled, target)


def test_the_package_is_that_of_the_wheel(installed: Any) -> None:
    found = installed("python", "-c", "import pipeline; print(pipeline.__file__)")
    assert "/fresh" in found.stdout, found
    assert not Path(found.stdout.strip()).is_relative_to(ROOT)


def test_everything_that_it_needs_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern in (("schemas", "*.odcs.yaml"), ("dags", "*.py"), ("data", "**/*.*")):
        inside = {f"pipeline/_{folder}/{p.relative_to(ROOT / folder)}" for p in (ROOT / folder).glob(pattern)}
        assert inside, folder
        assert sorted(n for n in inside - names if "__pycache__" not in n) == []
    assert not [n for n in names if n.startswith(("tests/", "docs/"))]


def test_a_run_on_a_sources_file(installed: Any, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        f'[[source]]\nname = "wire"\nkind = "directory"\npath = "{ROOT / "data/agency"}"\n'
    )
    run = installed("wirefold", "run", "--sources", tmp_path / "sources.toml", "--lake", tmp_path / "lake", "--json")
    assert run.returncode == 0, run.stderr
    truth = tomllib.loads((ROOT / "data/truth/agency.toml").read_text(encoding="utf-8"))["item"]
    assert json.loads(run.stdout)["ledger"]["article"] == sum(item["outcome"] == "article" for item in truth)
    assert installed("wirefold", "check", "--lake", tmp_path / "lake").returncode == 0
    stories = json.loads(installed("wirefold", "stories", "--lake", tmp_path / "lake", "--json").stdout)
    assert stories["stories"][0]["articles"] == 4


def test_the_sample_wire_comes_with_it(installed: Any) -> None:
    code = (
        "from pipeline.demo.content import load_sites; from pipeline.resources import resource_dir;"
        "print(len(load_sites(resource_dir('data'))), resource_dir('dags').joinpath('wire_ingest.py').is_file())"
    )
    assert installed("python", "-c", code).stdout.split() == ["10", "True"]


def test_help_names_the_commands(installed: Any) -> None:
    text = installed("wirefold", "--help").stdout
    assert all(
        f"  {command} " in text for command in ("run", "ingest", "fold", "stories", "show", "diff", "check", "demo")
    )
