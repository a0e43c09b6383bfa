"""Sketches of another contract: refused, and made anew."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.config import FoldSettings
from pipeline.errors import WirefoldError
from pipeline.lake import Lake
from pipeline.run.fold import fold_lake
from pipeline.run.intake import ingest_files
from pipeline.run.sketches import resketch

WORDS = [f"word{i}" for i in range(90)]
TEXTS = {"a": WORDS[:80], "b": WORDS[:90], "c": [f"other{i}" for i in range(50)]}
TABLES = ("sketches", "keys", "links", "records", "stories")


def ingested(folder: Path, *names: str, run: str = "2018-09-14T00:00:00") -> Lake:
    file = folder / f"{'-'.join(names)}.jsonl"
    file.write_text("".join(json.dumps({"id": n, "text": " ".join(TEXTS[n])}) + "\n" for n in names))
    ingest_files([str(file)], str(folder / "lake"), run)
    return Lake(str(folder / "lake"))


def made_otherwise(lake: Lake) -> None:
    """Sketches as another version would have left them."""
    (file,) = lake.files("sketches")
    rows = lake.read("sketches")
    rows = rows.set_column(rows.schema.get_field_index("contract"), "contract", pa.array(["older"] * rows.num_rows))
    with lake.transaction() as tx, tx.writer("sketches", file.day, file.name, source=file.source) as out:
        out.write(rows)


def test_mixed_contracts_are_refused_until_sketched_anew(tmp_path: Path) -> None:
    lake = ingested(tmp_path, "a", "b")
    fold_lake(lake, FoldSettings())
    before = {t: lake.read(t) for t in TABLES}
    made_otherwise(lake)
    ingested(tmp_path, "c", run="2018-09-15T00:00:00")
    with pytest.raises(WirefoldError, match=r"'older'.*wirefold resketch"):
        fold_lake(lake, FoldSettings())
    assert resketch(lake) == 2
    assert resketch(lake) == 0
    fold_lake(lake, FoldSettings())
    assert lake.read("links").equals(before["links"])
    assert lake.read("sketches").slice(0, 2).equals(before["sketches"])
    assert lake.read("records").num_rows == 3


def test_nothing_changes_where_all_is_as_it_should_be(tmp_path: Path) -> None:
    lake = ingested(tmp_path, "a", "b", "c")
    fold_lake(lake, FoldSettings())
    before = {f.rel: f.digest for t in TABLES for f in lake.files(t)}
    assert resketch(lake) == 0
    fold_lake(lake, FoldSettings())
    assert {f.rel: f.digest for t in TABLES for f in lake.files(t)} == before
