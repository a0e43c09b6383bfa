"""The engine reads what the manifests name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.engines.duckdb import engine, scan
from pipeline.lake import Lake
from tests.lake.test_writer import rows


@pytest.mark.parametrize(("name", "beside"), [("wire[1]", "wire1"), ("w*re", "wire"), ("wire?", "wires")])
def test_a_lake_with_a_pattern_for_a_name_is_not_the_one_beside(tmp_path: Path, name: str, beside: str) -> None:
    lake, other = Lake(str(tmp_path / name)), Lake(str(tmp_path / beside))
    for store, count in ((lake, 2), (other, 5)):
        with store.transaction() as tx, tx.writer("articles", "2018-09-14", "x.parquet") as out:
            out.write(rows("articles", count))
    with engine() as con:
        assert [scan(con, store, "articles").count().to_pyarrow().as_py() for store in (lake, other)] == [2, 5]
