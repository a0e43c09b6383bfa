"""The embedded engine: DuckDB behind Ibis expressions."""

from __future__ import annotations

import glob
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from pipeline.errors import WirefoldError
from pipeline.lake import DataFile, Lake, contract

__all__ = ["engine", "scan"]

_MEMORY = "1GB"


@contextmanager
def engine() -> Iterator[Backend]:
    """A private DuckDB: bounded memory, spills to a temporary folder that goes with it.

    Raises:
        WirefoldError: A file that was read in it is damaged or gone.
    """
    with tempfile.TemporaryDirectory(prefix="wirefold-") as spill:
        con = ibis.duckdb.connect(memory_limit=_MEMORY, temp_directory=spill, preserve_insertion_order=True)
        try:
            yield con
        except duckdb.Error as e:
            if not (isinstance(e, duckdb.InvalidInputException | duckdb.IOException) or type(e) is duckdb.Error):
                raise  # a query that is wrong, not a file
            what = str(e).partition("\n")[0]
            raise WirefoldError(f"cannot read the lake: {what}; `wirefold check` names what is damaged") from e
        finally:
            con.disconnect()


def scan(
    con: Backend, lake: Lake, table: str, files: list[DataFile] | None = None, columns: list[str] | None = None
) -> Table:
    """A table of the lake as an Ibis expression; nothing is read yet.

    Args:
        files: Only these files; None means all that the manifests name.
        columns: Only these columns.

    Raises:
        WirefoldError: A file was written under another version of its contract.
    """
    files = lake.files(table) if files is None else files
    lake.check_contract(files)
    if not files:
        # A real table: DuckDB cannot push all of its filters into a scan of Arrow memory.
        empty = _as_read(contract(table).schema).empty_table()
        return con.create_table(ibis.util.gen_name("empty"), empty.select(columns) if columns else empty, temp=True)
    paths = [lake.storage.uri(f.rel) for f in files]
    if lake.storage.is_local:
        paths = [*map(glob.escape, paths)]  # DuckDB would read the files of "wire1" for those of "wire[1]"
    else:
        _register(con, lake.storage.fs)
    expr = con.read_parquet(paths, hive_partitioning=False)
    return expr.select(columns) if columns else expr


def _register(con: Backend, fs: Any) -> None:
    """Make a file system known to DuckDB, which refuses one that it knows."""
    protocol = fs.protocol if isinstance(fs.protocol, str) else fs.protocol[0]
    if not con.con.filesystem_is_registered(protocol):
        con.register_filesystem(fs)


def _as_read(schema: pa.Schema) -> pa.Schema:
    """A schema as DuckDB reports it for Parquet: everything may be null."""
    return pa.schema(
        [pa.field(f.name, pa.list_(f.type.value_type) if pa.types.is_list(f.type) else f.type) for f in schema]
    )
