"""How a lake changes: files written aside, and put in place together."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
import structlog
from numpy.typing import NDArray

from pipeline.errors import WirefoldError
from pipeline.lake import index
from pipeline.lake.contract import contract
from pipeline.lake.datafile import INTERNAL, DataFile, digest, document, entry
from pipeline.lake.manifests import Manifests, manifest_path, read_document
from pipeline.lake.storage import Storage
from pipeline.lake.writer import ParquetFile

__all__ = ["JOURNAL", "TableWriter", "Transaction", "recover"]

log = structlog.get_logger(__name__)

JOURNAL = f"{INTERNAL}/journal.json"


class TableWriter:
    """Rows for one file of a table; see `Transaction.writer`."""

    def __init__(self, table: str, file: ParquetFile) -> None:
        self._file = file
        self._table = table
        self.numbers: list[NDArray[np.uint32]] = []
        if table in index.INDEXED:
            self.numbers.append(index.numbers(table, contract(table).schema.empty_table()))

    def write(self, data: pa.Table | pa.RecordBatch) -> None:
        rows = pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data
        self._file.write(rows)
        if self.numbers:
            self.numbers.append(index.numbers(self._table, rows))


class Transaction:
    """A set of changes that become visible together."""

    def __init__(self, storage: Storage, manifests: Manifests) -> None:
        self._storage, self._before = storage, manifests
        self.folder = f"{INTERNAL}/tx/{uuid.uuid4().hex}"
        self._moves: list[tuple[str, str]] = []
        self._deletes: list[str] = []
        self._changes: dict[tuple[str, str], dict[str, DataFile | None]] = {}

    @contextmanager
    def writer(
        self,
        table: str,
        day: str,
        name: str,
        source: str | None = None,
        start: int = 0,
        runs: tuple[str, ...] = (),
    ) -> Iterator[TableWriter]:
        """Write (or replace) one file of a table. No rows, no file, unless `source` is given.

        Args:
            name: File name, ``….parquet``.
            source: Digest of what the rows were derived from; an empty file then says that nothing came of it.
            start, runs: See `DataFile`; `runs` only when there are several.
        """
        terms = contract(table)
        staged = f"{self.folder}/{table}/{day}/{name}"
        with self._storage.replacing(staged) as sink, ParquetFile(sink, terms) as file:
            out = TableWriter(table, file)
            yield out
        if not file.rows and source is None:
            self.remove(table, day, name)
            return
        written = DataFile(
            table=table, day=day, name=name, rows=file.rows, bytes=self._storage.size(staged),
            digest=digest(self._storage, staged), contract=terms.version, source=source, bounds=file.bounds,
            start=start, held=runs,
        )  # fmt: skip
        self._changes.setdefault((table, day), {})[name] = written
        self._moves.append((staged, written.rel))
        if out.numbers:
            self._write_index(written, out.numbers)

    def _write_index(self, file: DataFile, numbers: list[NDArray[np.uint32]]) -> None:
        staged = f"{self.folder}/{file.table}/{file.day}/{file.name}.npy"
        with self._storage.replacing(staged) as out:
            np.save(out, np.concatenate(numbers, axis=1))
        self._moves.append((staged, index.path(file)))

    def remove(self, table: str, day: str, name: str) -> None:
        """Drop one file of a table; fine when there is none."""
        rel = f"{table}/day={day}/{name}"
        undone = {rel}
        if (written := self._changes.setdefault((table, day), {}).get(name)) is not None:
            undone.add(index.path(written))
        self._changes[table, day][name] = None
        self._moves = [move for move in self._moves if move[1] not in undone]
        self._deletes.append(rel)

    def adopt(self, staged: str, target: str) -> None:
        """Move a file that was written aside (raw bytes) to its place."""
        self._moves.append((staged, target))

    def discard(self, rel: str) -> None:
        """Delete a file or tree that is not part of a table, once the rest is in place."""
        self._deletes.append(rel)

    def put(self, rel: str, content: dict[str, Any]) -> None:
        """Write a small JSON document."""
        staged = f"{self.folder}/{uuid.uuid4().hex}.json"
        self._storage.write(staged, document(content))
        self._moves.append((staged, rel))

    def written(self, table: str) -> list[DataFile]:
        """Files of a table that this transaction has written so far."""
        return [f for (of, _), files in self._changes.items() if of == table for f in files.values() if f is not None]

    def files(self, table: str) -> list[DataFile]:
        """Files of a table as they will be once this transaction is committed."""
        files: dict[tuple[str, str], DataFile | None] = {(f.day, f.name): f for f in self._before.files(table)}
        for (changed, day), changes in self._changes.items():
            if changed == table:
                files |= {(day, name): file for name, file in changes.items()}
        return [f for f in files.values() if f is not None]

    def commit(self) -> None:
        """Put everything in place."""
        for (table, day), changes in self._changes.items():
            before = self._before.of(table, day)
            if table in index.INDEXED:
                self._deletes += [index.path(before[name]) for name in changes if name in before]
            manifest: dict[str, DataFile | None] = {**before, **changes}
            files = {n: entry(f) for n, f in sorted(manifest.items()) if f is not None}
            rel = manifest_path(table, day)
            if files:
                self.put(rel, {"files": files})
            else:
                self._deletes.append(rel)
        if not self._moves and not self._deletes:
            return
        targets = {target for _, target in self._moves}
        journal = {"moves": self._moves, "deletes": [d for d in self._deletes if d not in targets]}
        # Written in the transaction's own folder, so that a writer that dies amid it leaves nothing behind elsewhere.
        self._storage.write(f"{self.folder}/journal.json", document(journal))
        self._storage.move(f"{self.folder}/journal.json", JOURNAL)
        _play(self._storage, journal)


def recover(storage: Storage) -> None:
    """Finish what a writer began that died while putting files in place, and clear away what another left behind.

    Raises:
        WirefoldError: The journal is damaged.
    """
    if storage.exists(JOURNAL):
        log.info("finishing an interrupted commit", lake=storage.root)
        journal = read_document(storage, JOURNAL) or {}
        if not {"moves", "deletes"} <= journal.keys():
            raise WirefoldError(f"{storage.root}/{JOURNAL} is damaged, and with it an interrupted commit")
        _play(storage, journal)
    storage.delete(f"{INTERNAL}/tx")


def _play(storage: Storage, journal: dict[str, Any]) -> None:
    """Carry out a journal. May be repeated: a move whose source is gone has been made already."""
    for source, target in journal["moves"]:
        if storage.exists(source):
            storage.move(source, target)
    for rel in journal["deletes"]:
        storage.delete(rel)
    storage.delete(JOURNAL)
