"""The published tables in other people's tools: plain Parquet under documented globs, Hive partition ``day``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from pipeline.lake import Lake, contract

TABLES = ("records", "links", "stories")
Reader = Callable[[Path, str], pa.Table]


def by_pandas(lake: Path, table: str) -> pa.Table:
    return pa.Table.from_pandas(pd.read_parquet(lake / table), preserve_index=False)


def by_polars(lake: Path, table: str) -> pa.Table:
    return pl.read_parquet(f"{lake}/{table}/**/*.parquet", hive_partitioning=True).to_arrow()


def by_polars_lazily(lake: Path, table: str) -> pa.Table:
    return pl.scan_parquet(f"{lake}/{table}", hive_partitioning=True).collect().to_arrow()


def by_duckdb(lake: Path, table: str) -> pa.Table:
    with duckdb.connect() as con:
        return con.sql(f"FROM read_parquet('{lake}/{table}/**/*.parquet', hive_partitioning = true)").to_arrow_table()


def by_pyarrow(lake: Path, table: str) -> pa.Table:
    return ds.dataset(lake / table, format="parquet", partitioning="hive").to_table()


READERS: list[Reader] = [by_pandas, by_polars, by_polars_lazily, by_duckdb, by_pyarrow]


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.__name__.removeprefix("by_"))
@pytest.mark.parametrize("table", TABLES)
def test_all_rows_and_columns_are_read(sample_lake: str, table: str, reader: Reader) -> None:
    terms, mine = contract(table), Lake(sample_lake).read(table)
    found = reader(Path(sample_lake), table)
    assert set(found.column_names) == {*terms.schema.names, "day"}
    for name in terms.key:
        assert sorted(found[name].to_pylist()) == sorted(mine[name].to_pylist())
    days = {str(d)[:10] for d in found["day"].to_pylist()}
    assert days == set(Lake(sample_lake).days(table))


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.__name__.removeprefix("by_"))
def test_values_are_the_same(sample_lake: str, reader: Reader) -> None:
    columns = [
        "article_id",
        "guid",
        "story_id",
        "relation",
        "version_no",
        "is_canonical",
        "title",
        "text",
        "url",
        "language",
    ]
    found = reader(Path(sample_lake), "records").select(columns).to_pylist()
    mine = Lake(sample_lake).read("records", columns).to_pylist()
    assert sorted(found, key=lambda r: r["article_id"]) == sorted(mine, key=lambda r: r["article_id"])


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.__name__.removeprefix("by_"))
def test_times_are_instants_in_utc(sample_lake: str, reader: Reader) -> None:
    found = reader(Path(sample_lake), "records")
    mine = Lake(sample_lake).read("records", ["article_id", "published_at"])
    expected = dict(zip(*(mine[c].to_pylist() for c in ("article_id", "published_at")), strict=True))
    times = pa.compute.cast(found["published_at"], pa.timestamp("us", tz="UTC")).to_pylist()
    assert dict(zip(found["article_id"].to_pylist(), times, strict=True)) == expected


def test_nested_columns(sample_lake: str) -> None:
    with duckdb.connect() as con:
        drawn = con.sql(
            f"""SELECT d.story_id, d.coverage FROM (SELECT unnest(draws_on) AS d FROM '{sample_lake}/stories/*/*.parquet')"""
        ).fetchall()
    stories = Lake(sample_lake).read("stories").to_pylist()
    assert sorted(drawn) == sorted((d["story_id"], d["coverage"]) for s in stories for d in s["draws_on"])
    assert drawn
    frame = pl.read_parquet(f"{sample_lake}/links/**/*.parquet")
    assert frame.select(pl.col("spans").list.len().sum()).item() > 0


def test_a_join_as_a_consumer_writes_it(sample_lake: str) -> None:
    """Every record's story exists, and its canonical article is one of its records."""
    with duckdb.connect() as con:
        lost: Any = con.sql(
            f"""
            SELECT count(*) FROM '{sample_lake}/records/*/*.parquet' r
            LEFT JOIN '{sample_lake}/stories/*/*.parquet' s USING (story_id)
            LEFT JOIN '{sample_lake}/records/*/*.parquet' c ON c.article_id = s.canonical_article_id AND c.story_id = r.story_id
            WHERE c.article_id IS NULL
            """
        ).fetchone()
    assert lost == (0,)


def test_partitions_prune(sample_lake: str) -> None:
    day = date.fromisoformat(Lake(sample_lake).days("records")[0])
    data = ds.dataset(
        Path(sample_lake) / "records", partitioning=ds.partitioning(pa.schema({"day": pa.date32()}), flavor="hive")
    )
    assert data.count_rows(filter=ds.field("day") == day) == Lake(sample_lake).read("records").num_rows
    assert list(data.get_fragments(filter=ds.field("day") == date(1999, 1, 1))) == []


def test_what_the_lake_keeps_for_itself_is_passed_over(sample_lake: str) -> None:
    """A reader that is pointed at the root of a table finds Parquet files only."""
    for table in TABLES:
        names = [p.name for p in (Path(sample_lake) / table).rglob("*") if p.is_file()]
        assert names
        assert all(n.endswith(".parquet") for n in names)
