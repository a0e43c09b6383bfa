"""What one source of one run has produced before it is committed.

Each source has a folder of its own, so that sources can run side by side::

    _wirefold/staging/<run>/<source>/capture.warc.gz   raw bytes
                                     fetches.parquet   one row per discovered item
                                     refused.parquet   those that could not be fetched
                                     articles.parquet  rejects.parquet
                                     down.json         why there is nothing
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.lake import Contract, Lake, contract
from pipeline.lake.writer import ParquetFile
from pipeline.partition import Run

__all__ = ["Rows", "Staging"]

_BATCH = 1_000


class Staging:
    """The folder of one source of one run."""

    def __init__(self, lake: Lake, run: Run, source: str) -> None:
        self.lake, self.run, self.source = lake, run, source
        self.folder = lake.staging(run.name, source)

    def rel(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def has(self, name: str) -> bool:
        return self.lake.storage.exists(self.rel(name))

    @property
    def fetched(self) -> bool:
        return self.has("fetches.parquet")

    @property
    def extracted(self) -> bool:
        return self.fetched and self.has("articles.parquet") and self.has("rejects.parquet")

    @property
    def raw_file(self) -> str:
        """Where the WARC file will be once it is committed."""
        return f"raw/day={self.run.day}/{self.run.name}.{self.source}.warc.gz"

    def mark_down(self, why: str) -> None:
        self.lake.storage.write(self.rel("down.json"), json.dumps({"why": why}).encode())

    def down(self) -> str | None:
        """Why this source gave nothing; None when it is well."""
        if self.extracted:
            return None
        if self.has("down.json"):
            return str(json.loads(self.lake.storage.read(self.rel("down.json")))["why"])
        return "was fetched but not extracted" if self.fetched else "was not fetched"

    @contextmanager
    def writing(self, table: str) -> Iterator[Rows]:
        """Write one staged table; appears when the block ends."""
        with (
            self.lake.storage.replacing(self.rel(f"{table}.parquet")) as sink,
            ParquetFile(sink, staged_contract(table), "lz4") as file,  # read once, and gone
        ):
            rows = Rows(file, staged_contract(table))
            yield rows
            rows.flush()

    def batches(self, table: str, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
        with self.lake.storage.open(self.rel(f"{table}.parquet")) as f:
            # Read ahead, it would hold every row group until the last one has been read.
            yield from pq.ParquetFile(f, pre_buffer=False).iter_batches(batch_size=4096, columns=columns)

    def read(self, table: str, columns: list[str]) -> pa.Table:
        with self.lake.storage.open(self.rel(f"{table}.parquet")) as f:
            return pq.read_table(f, columns=columns)


class Rows:
    """Row-wise writing in batches."""

    def __init__(self, file: ParquetFile, terms: Contract) -> None:
        self._file, self._terms = file, terms
        self._rows: list[dict[str, object]] = []

    def add(self, row: dict[str, object]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _BATCH:
            self.flush()

    def add_table(self, table: pa.Table) -> None:
        self.flush()
        self._file.write(table)

    def flush(self) -> None:
        if self._rows:
            self._file.write(pa.Table.from_pylist(self._rows, schema=self._terms.schema))
            self._rows = []


def staged_contract(table: str) -> Contract:
    """As the committed table, but a fetch's outcome may still be open."""
    if table == "refused":  # rejects of the fetch step; the extract step adds its own
        return contract("rejects")
    terms = contract(table)
    if table != "fetches":
        return terms
    fields = [f.with_nullable(True) if f.name == "outcome" else f for f in terms.schema]
    return replace(terms, schema=pa.schema(fields))
