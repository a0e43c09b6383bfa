"""Writing one Parquet file under a contract."""

from __future__ import annotations

from types import TracebackType
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import WirefoldError
from pipeline.lake.contract import Contract
from pipeline.lake.datafile import Bounds, wider

__all__ = ["ParquetFile", "conform"]

# Rows in a row group. Tables with texts are read a few rows at a time (the articles that truly match), so their groups
# are small; the others are scanned by column.
_ROW_GROUP = {"articles": 2_000, "records": 2_000, "keys": 200_000}
_DEFAULT_ROW_GROUP = 50_000
# Sorted or nearly so: differences take a third of the room.
_DIFFERENCES = {"article", "key"}
# What manifests say of a file's values, so that files without the wanted ones need not be opened.
_BOUNDED = {
    "articles": ("published_at",),
    "sketches": ("published_at", "contract"),
    "records": ("notice",),
    "rejects": ("reason",),
    "stories": ("drawn_share", "merged_into"),
}
# Dictionaries only cost where nearly every value is new.
_DISTINCT = frozenset({"text", "signature", "article_id", "text_hash", "url", "final_url", "locator"})


def conform(data: pa.Table, contract: Contract) -> pa.Table:
    """`data` with exactly the contract's columns, order and types.

    Raises:
        WirefoldError: A column is missing, a required value is null, or a value is not among those allowed.
    """
    missing = [n for n in contract.schema.names if n not in data.column_names]
    if missing:
        raise WirefoldError(f"{contract.name}: column {missing[0]!r} is missing")
    try:
        table = data.select(contract.schema.names).cast(contract.schema)
    except (pa.ArrowInvalid, ValueError) as e:  # Arrow raises ValueError for nulls in required columns
        raise WirefoldError(f"{contract.name}: {e}") from e
    for field in contract.schema:
        if not field.nullable and table[field.name].null_count:
            raise WirefoldError(f"{contract.name}: required column {field.name!r} has empty values")
    for column, allowed in contract.values.items():
        bad = pc.invert(pc.is_in(table[column].drop_null(), pa.array(sorted(allowed))))
        if pc.any(bad).as_py():
            value = table[column].drop_null().filter(bad)[0].as_py()
            raise WirefoldError(f"{contract.name}: {value!r} is not allowed in column {column!r}")
    return table


class ParquetFile:
    """A Parquet file being written: fixed row groups whatever the sizes of the batches, so that equal rows give equal
    bytes.

    Args:
        compression: ``zstd`` for what is kept; ``lz4`` takes a fifth of the time and twice the room.
    """

    def __init__(self, sink: IO[bytes], contract: Contract, compression: str = "zstd") -> None:
        self._contract = contract
        self._group = _ROW_GROUP.get(contract.name, _DEFAULT_ROW_GROUP)
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self.rows = 0
        self.bounds: dict[str, Bounds] = {}
        self._writer = pq.ParquetWriter(
            sink,
            contract.schema.with_metadata({"contract": f"{contract.name}/{contract.version}"}),
            compression=compression,
            compression_level=3 if compression == "zstd" else None,
            use_dictionary=[f.name for f in contract.schema if f.name not in _DISTINCT and pa.types.is_string(f.type)],
            column_encoding={n: "DELTA_BINARY_PACKED" for n in contract.schema.names if n in _DIFFERENCES},
            write_page_index=True,
        )

    def write(self, data: pa.Table) -> None:
        """Append rows."""
        table = conform(data, self._contract)
        self.rows += table.num_rows
        if table.num_rows:
            for name in _BOUNDED.get(self._contract.name, ()):
                self.bounds[name] = wider(self.bounds.get(name), table[name])
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        while self._waiting_rows >= self._group:
            self._flush(self._group)

    def _flush(self, rows: int) -> None:
        waiting = pa.concat_tables(self._waiting)
        self._writer.write_table(waiting.slice(0, rows).combine_chunks(), row_group_size=rows)
        rest = waiting.slice(rows)
        self._waiting, self._waiting_rows = [rest], rest.num_rows

    def close(self) -> None:
        if self._waiting_rows:
            self._flush(self._waiting_rows)
        self._writer.close()

    def __enter__(self) -> ParquetFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self._writer.close()
