"""A whole run on an object store: nothing but the storage layer knows where the lake is."""

from __future__ import annotations

import io
import json
import uuid
from pathlib import Path
from typing import Any

import fsspec
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.fetch.warc import read_capture_at
from pipeline.lake import Lake
from pipeline.run.check import check_lake
from pipeline.run.intake import ingest_files
from pipeline.run.job import run_job

RUN, LATER = "2018-09-17T12:00:00", "2018-09-17T13:00:00"


@pytest.fixture(scope="module")
def run(sample_sources: str) -> tuple[str, dict[str, Any]]:
    root = f"memory://bucket-{uuid.uuid4().hex}/some/prefix"
    return root, run_job(sample_sources, root, RUN)


def test_the_same_tables_as_on_disk(
    run: tuple[str, dict[str, Any]], sample_run: tuple[str, dict[str, Any], Any]
) -> None:
    root, result = run
    lake, local, _ = sample_run
    assert result["ok"]
    assert result["ledger"] == local["ledger"]
    assert result["fold"] == local["fold"]
    for table in ("articles", "links", "stories", "records"):
        # How long a packed WARC record is depends on the times in it.
        mine, disk = (Lake(x).read(table).to_pylist() for x in (root, lake))
        for row in (*mine, *disk):
            row.pop("raw_offset", None)
        assert mine == disk, table


def test_it_is_sound(run: tuple[str, dict[str, Any]]) -> None:
    assert check_lake(Lake(run[0])) == []


def test_the_same_run_again_changes_no_byte(run: tuple[str, dict[str, Any]], sample_sources: str) -> None:
    storage = Lake(run[0]).storage
    before = {p: storage.read(p) for p in storage.list("")}
    assert run_job(sample_sources, run[0], RUN)["ok"]
    assert {p: storage.read(p) for p in storage.list("")} == before


def test_raw_bytes_are_found_by_their_pointers(run: tuple[str, dict[str, Any]]) -> None:
    lake = Lake(run[0])
    row = next(r for r in lake.read("articles").to_pylist() if r["media"] == "html")
    with lake.storage.open(row["raw_file"]) as f:
        capture = read_capture_at(f, row["raw_offset"])
    assert capture.item.seq == row["seq"]
    assert b"<html" in capture.body.lower()


def test_any_reader_that_knows_the_store_reads_it(run: tuple[str, dict[str, Any]]) -> None:
    lake = Lake(run[0])
    (file, *_) = lake.files("records")
    with fsspec.open(lake.storage.uri(file.rel)) as f:
        rows = pq.read_table(io.BytesIO(f.read()))
    assert rows.num_rows == lake.read("records").num_rows


def test_the_command_line_reads_it(run: tuple[str, dict[str, Any]]) -> None:
    for command in ("stories", "check"):
        result = CliRunner().invoke(app, [command, "--lake", run[0], "--json"])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)


def test_files_and_a_later_run(sample_sources: str, tmp_path: Path) -> None:
    root = f"memory://bucket-{uuid.uuid4().hex}/lake"
    texts = tmp_path / "texts.jsonl"
    texts.write_text(json.dumps({"id": "1", "text": "Twelve people met in the border city on Friday."}) + "\n")
    assert ingest_files([str(texts)], root, RUN)["ledger"]["article"] == 1
    assert ingest_files([str(texts)], root, LATER)["ledger"]["unchanged"] == 1
    assert not Lake(root).storage.list("_wirefold/staging")
