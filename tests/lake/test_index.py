"""Looking articles up by numbers finds what looking at every row finds, with and without the index files."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lake import Lake, contract, index
from pipeline.lake.check import check_files
from pipeline.lake.datafile import DataFile, wider

from .test_writer import rows

DAY = "2018-09-14"
numbers = st.lists(st.integers(0, 300), max_size=60).map(lambda n: np.array(n, np.uint32))


@given(numbers, numbers, st.sampled_from([0, 12, 31]))
def test_matching(held: np.ndarray, wanted: np.ndarray, shift: int) -> None:
    held, wanted = held << np.uint32(shift), np.unique(wanted << np.uint32(shift))
    assert index.matching(held, wanted).tolist() == np.flatnonzero(np.isin(held, wanted)).tolist()


def written(lake: Lake, file: str, ids: list[str]) -> None:
    data = rows("articles", len(ids))
    for name, values in (("article_id", ids), ("text_hash", [f"hash of {i}" for i in ids])):
        data = data.set_column(data.schema.get_field_index(name), data.schema.field(name), pa.array(values))
    with lake.transaction() as tx, tx.writer("articles", DAY, file) as out:
        out.write(data)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(str(tmp_path))
    written(made, "a.parquet", ["1", "2", "3"])
    written(made, "b.parquet", ["4", "5"])
    return made


@pytest.mark.parametrize("kept", [True, False], ids=["index", "no index"])
@pytest.mark.parametrize("wanted", [[], ["1"], ["5", "2"], ["1", "2", "3", "4", "5"], ["none", "3"]])
def test_take(lake: Lake, wanted: list[str], kept: bool) -> None:
    if not kept:
        shutil.rmtree(Path(lake.root) / index.folder)
    found = Lake(lake.root).take("articles", pa.array(wanted, pa.string()), ["text_hash", "article_id"])
    assert found["article_id"].to_pylist() == sorted(i for i in wanted if i != "none")
    assert found["text_hash"].to_pylist() == [f"hash of {i}" for i in found["article_id"].to_pylist()]


def test_an_index_lives_as_long_as_its_file(lake: Lake) -> None:
    def kept() -> set[str]:
        return {p for p in lake.storage.list(index.folder) if p.endswith(".npy")}

    assert kept() == {index.path(f) for f in lake.files("articles")}
    written(lake, "a.parquet", ["1", "7"])
    assert kept() == {index.path(f) for f in lake.files("articles")}
    assert lake.take("articles", pa.array(["7", "2"]), ["article_id"])["article_id"].to_pylist() == ["7"]
    with lake.transaction() as tx:
        tx.remove("articles", DAY, "a.parquet")
    assert kept() == {index.path(f) for f in lake.files("articles")}
    with lake.transaction() as tx:
        with tx.writer("articles", DAY, "c.parquet") as out:
            out.write(rows("articles", 2))
        tx.remove("articles", DAY, "c.parquet")
    assert kept() == {index.path(f) for f in lake.files("articles")}


def test_a_damaged_index_is_made_anew_and_found_by_the_check(lake: Lake) -> None:
    (file, other) = lake.files("articles")
    for at, data in ((file, b"x"), (other, None)):
        path = Path(lake.root) / index.path(at)
        if data is None:
            np.save(path, np.load(path) + np.uint32(1))
        else:
            path.write_bytes(data)
    assert lake.take("articles", pa.array(["1", "2"]), ["article_id"])["article_id"].to_pylist() == ["1", "2"]
    findings = [f for f in check_files(lake)[0] if "index" in f.where]
    assert {(f.where, f.what) for f in findings} == {(index.path(other), "is not the index of its file: delete it")}


day = st.integers(0, 1 << 25).map(lambda s: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


@given(st.lists(st.lists(day | st.none(), max_size=5), min_size=1, max_size=4), day, day)
def test_bounds_never_hide_a_value(parts: list[list[datetime | None]], a: datetime, b: datetime) -> None:
    low, high = sorted((a, b))
    kind = pa.timestamp("us", tz="UTC")
    known = None
    for part in parts:
        if part:
            known = wider(known, pa.chunked_array([pa.array(part, kind)]))
    values = [v for part in parts for v in part]
    file = DataFile(
        "articles", DAY, "a.parquet", len(values), 1, "", "", bounds={"published_at": known} if known else {}
    )
    stated = [v for v in values if v is not None]
    expected = bool(stated) and min(stated) <= high and low <= max(stated)
    assert file.may_hold("published_at", low.isoformat(), high.isoformat()) == (expected or bool(values and not known))
    if known:
        assert known[2] == sum(v is None for v in values)


def test_bounds_are_those_of_the_rows(sample_lake: str) -> None:
    lake = Lake(sample_lake)
    for table, column in (("sketches", "published_at"), ("sketches", "contract"), ("records", "notice")):
        for file in lake.files(table):
            values = lake.dataset([file], table).to_table(columns=[column])[column]
            assert file.bounds[column] == wider(None, values)
    assert contract("sketches").schema.get_field_index("contract") >= 0
    assert pc.any(pc.is_valid(lake.read("sketches", ["published_at"])["published_at"])).as_py()


@pytest.mark.parametrize("columns", [None, ["article_id"], ["title", "article_id"]])
@pytest.mark.parametrize(
    "where",
    [
        pc.field("article_id") == "2",
        pc.field("text_hash").isin(["hash of 1", "hash of 5"]),
        pc.field("title") == "no such",
        pc.is_null(pc.field("title")),
    ],
    ids=["one", "two", "none", "null"],
)
def test_search_finds_what_read_finds(lake: Lake, where: pc.Expression, columns: list[str] | None) -> None:
    assert lake.search("articles", where, columns).equals(lake.read("articles", columns, where))
