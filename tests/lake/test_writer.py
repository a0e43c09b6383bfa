"""Writing Parquet under a contract: equal rows are equal bytes, and no row gets in that breaks a promise."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import WirefoldError
from pipeline.lake import contract, contracts
from pipeline.lake.writer import _ROW_GROUP, ParquetFile, conform

DAY = datetime(2018, 9, 14, tzinfo=UTC)
GROUP = _ROW_GROUP["articles"]


def value(field: pa.Field, n: int, allowed: frozenset[str]) -> Any:
    """Some value for a column; every third one is null where that is allowed."""
    kind = field.type
    if field.nullable and n % 3 == 0:
        return None
    if allowed:
        return sorted(allowed)[n % len(allowed)]
    if pa.types.is_string(kind):
        return f"{field.name} 한 {n}"
    if pa.types.is_binary(kind):
        return bytes([n % 256]) * 8
    if pa.types.is_boolean(kind):
        return n % 2 == 0
    if pa.types.is_integer(kind):
        return n
    if pa.types.is_floating(kind):
        return n / 7
    if pa.types.is_timestamp(kind):
        return DAY + timedelta(seconds=n)
    if pa.types.is_list(kind):
        return [value(kind.value_field, n + i, frozenset()) for i in range(n % 3)]
    assert pa.types.is_struct(kind), kind
    return {f.name: value(f.with_nullable(False), n, frozenset()) for f in kind}


def rows(table: str, count: int, first: int = 0) -> pa.Table:
    terms = contract(table)
    columns = {
        f.name: pa.array(
            [value(f, n, terms.values.get(f.name, frozenset())) for n in range(first, first + count)], f.type
        )
        for f in terms.schema
    }
    return pa.table(columns, schema=terms.schema)


def written(table: str, batches: list[pa.Table]) -> bytes:
    sink = io.BytesIO()
    with ParquetFile(sink, contract(table)) as file:
        for batch in batches:
            file.write(batch)
    return sink.getvalue()


@pytest.mark.parametrize("table", [c.name for c in contracts()])
def test_a_file_gives_back_its_rows_under_its_contract(table: str) -> None:
    data = rows(table, 50)
    read = pq.read_table(io.BytesIO(written(table, [data])))
    assert read.equals(data)
    assert read.schema.equals(contract(table).schema)
    assert read.schema.metadata[b"contract"] == f"{table}/{contract(table).version}".encode()


MANY = {table: rows(table, 2 * GROUP + 17) for table in ("articles", "links")}


@settings(max_examples=25)
@given(st.sampled_from(sorted(MANY)), st.lists(st.integers(0, 2 * GROUP + 17), max_size=12), st.booleans())
def test_equal_rows_in_other_batches_are_equal_bytes(table: str, cuts: list[int], chunked: bool) -> None:
    data = MANY[table]
    edges = [0, *sorted(cuts), data.num_rows]
    batches = [data.slice(a, b - a) for a, b in pairwise(edges)]
    if chunked:  # the same rows in memory of another layout
        batches = [pa.concat_tables([b.slice(0, 3), b.slice(3)]).combine_chunks() for b in batches]
    assert written(table, batches) == written(table, [data])


def test_row_groups_have_a_fixed_size() -> None:
    metadata = pq.read_metadata(io.BytesIO(written("articles", [MANY["articles"]])))
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [GROUP, GROUP, 17]
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_texts_of_equal_prefix_and_null_masks_survive() -> None:
    data = rows("records", 3 * GROUP)
    keep = np.arange(data.num_rows) % 2 == 1
    filtered = data.filter(pa.array(keep))
    assert pq.read_table(io.BytesIO(written("records", [filtered]))).equals(filtered)


def replaced(column: str, values: pa.Array) -> pa.Table:
    data = rows("links", 2)
    return data.set_column(data.column_names.index(column), column, values)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (rows("links", 2).drop_columns(["reasons"]), "links: column 'reasons' is missing"),
        (replaced("article_a", pa.array(["a", None])), "links: .*(null|empty)"),
        (replaced("relation", pa.array(["exact", "cousin"])), "links: 'cousin' is not allowed in column 'relation'"),
        (replaced("jaccard", pa.array(["much", "little"])), "links: "),
        (replaced("shared_shingles", pa.array([1, 1 << 40])), "links: "),
    ],
)
def test_rows_that_break_the_contract_are_refused(data: pa.Table, message: str) -> None:
    with pytest.raises(WirefoldError, match=message):
        conform(data, contract("links"))


def test_columns_are_put_in_order_and_extra_ones_left_out() -> None:
    data = rows("links", 3)
    shuffled = data.select(data.column_names[::-1]).append_column("extra", pa.array([1, 2, 3]))
    assert conform(shuffled, contract("links")).equals(data)
