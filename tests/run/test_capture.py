"""What the fetch step remembers of earlier runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.run import capture, ingest

ITEM = {
    "uri": "urn:test:1", "type": "text", "versioncreated": "2018-09-14T03:00:00Z", "pubstatus": "usable",
    "headline": "Office opens", "body_text": " ".join(f"word{n}" for n in range(60)),
}  # fmt: skip


def run(folder: Path, key: str) -> dict[str, Any]:
    """Counts of the fetch step of a run of the only source."""
    where = (str(folder / "sources.toml"), str(folder / "lake"), key)
    counts = ingest.fetch_source(*where, "wire")
    ingest.extract_source(*where, "wire")
    ingest.collect(*where)
    return counts


def test_a_run_between_others_remembers_those_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_MEMORY_DAYS", 1)
    (tmp_path / "wire").mkdir()
    (tmp_path / "wire" / "item.json").write_text(json.dumps(ITEM))
    (tmp_path / "sources.toml").write_text('[[source]]\nname = "wire"\nkind = "directory"\npath = "wire"\n')
    assert run(tmp_path, "2018-09-14T03:00:00")["captured"] == 1
    assert run(tmp_path, "2018-09-16T03:00:00")["not_modified"] == 1
    assert run(tmp_path, "2018-09-15T03:00:00")["not_modified"] == 1
