"""Finding the files that come with the package, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline.resources
from pipeline.errors import WirefoldError
from pipeline.resources import resource_dir


@pytest.mark.parametrize("layout", ["data", "pipeline/_data"])
def test_both_layouts(layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / layout).mkdir(parents=True)
    monkeypatch.setattr(pipeline.resources, "__file__", str(tmp_path / "pipeline/resources.py"))
    assert resource_dir("data") == tmp_path / layout


def test_the_wheels_copy_wins_over_a_strangers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("data", "pipeline/_data"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(pipeline.resources, "__file__", str(tmp_path / "pipeline/resources.py"))
    assert resource_dir("data") == tmp_path / "pipeline/_data"


def test_a_missing_folder_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline.resources, "__file__", str(tmp_path / "pipeline/resources.py"))
    with pytest.raises(WirefoldError, match="'schemas' is missing"):
        resource_dir("schemas")
