"""The lake: which files are in it, and how they change together."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq
import structlog
import xxhash
from numpy.typing import NDArray

from pipeline.errors import WirefoldError
from pipeline.lake.contract import contract
from pipeline.lake.storage import Storage
from pipeline.lake.writer import ParquetFile

__all__ = ["DataFile", "Lake", "TableWriter", "Transaction"]

log = structlog.get_logger(__name__)

INTERNAL = "_wirefold"
_JOURNAL = f"{INTERNAL}/journal.json"
_REMADE = frozenset({"sketches", "keys", "lines"})  # made from articles alone


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table, as the manifest knows it.

    Attributes:
        digest: xxh3-128 of the file's bytes, hex.
        source: What it was derived from (a digest), for derived tables; None for facts.
    """

    table: str
    day: str
    name: str
    rows: int
    bytes: int
    digest: str
    contract: str
    source: str | None = None

    @property
    def rel(self) -> str:
        return f"{self.table}/day={self.day}/{self.name}"


class Lake:
    """A lake at a root: a folder, or ``s3://bucket/prefix``.

    Reading trusts the manifests alone; writing goes through a `Transaction`.
    """

    def __init__(self, root: str) -> None:
        self.root = str(root)
        self.storage = Storage(self.root)
        self._manifests: dict[str, tuple[object, dict[str, DataFile]]] = {}
        self._known_ids: dict[str, tuple[object, pa.ChunkedArray]] = {}

    def days(self, table: str) -> list[str]:
        """Partitions of a table, sorted."""
        prefix = f"{INTERNAL}/manifests/{table}"
        return [p.rsplit("day=", 1)[1].removesuffix(".json") for p in self.storage.list(prefix) if p.endswith(".json")]

    def files(self, table: str, days: Iterable[str] | None = None) -> list[DataFile]:
        """Files of a table, by day and name."""
        return [f for day in (self.days(table) if days is None else days) for f in self._manifest(table, day).values()]

    def uris(self, table: str) -> list[str]:
        return [self.storage.uri(f.rel) for f in self.files(table)]

    def read(self, table: str, columns: list[str] | None = None, where: ds.Expression | None = None) -> pa.Table:
        """Rows of a table, in the order of its files."""
        return self.dataset(self.files(table), table).to_table(columns=columns, filter=where)

    def batches(
        self, file: DataFile, columns: list[str] | None = None, where: ds.Expression | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Rows of one file in batches of bounded size."""
        how = ds.ParquetFragmentScanOptions(pre_buffer=False)  # it would hold every row group until the end
        rows = self.dataset([file], file.table)
        return iter(
            rows.to_batches(
                columns=columns,
                filter=where,
                batch_size=4096,
                batch_readahead=4,
                fragment_readahead=1,
                fragment_scan_options=how,
            )
        )

    def pick(self, file: DataFile, rows: NDArray[np.int64], columns: list[str]) -> pa.Table:
        """Some rows of one file, by ascending row number; reads only the row groups that hold them."""
        self.check_contract([file])
        found = [contract(file.table).schema.empty_table().select(columns)]
        with self.storage.open(file.rel) as f, pq.ParquetFile(f) as parquet:
            begin = 0
            for group in range(parquet.num_row_groups):
                end = begin + parquet.metadata.row_group(group).num_rows
                here = rows[np.searchsorted(rows, begin) : np.searchsorted(rows, end)] - begin
                if len(here):
                    found.append(parquet.read_row_group(group, columns=columns).select(columns).take(pa.array(here)))
                begin = end
        return pa.concat_tables(found, promote_options="default")

    def take(self, table: str, ids: pa.Array, columns: list[str]) -> pa.Table:
        """Rows of the given article ids; reads the id column, and of the rest only the row groups that hold them.

        Args:
            columns: What to read; must hold article_id.
        """
        found = [contract(table).schema.empty_table().select(columns)]
        files = self.files(table)
        if len(ids):
            rows = np.flatnonzero(pc.is_in(self._ids(table, files), ids).to_numpy())
            begin = 0
            for file in files:
                here = rows[np.searchsorted(rows, begin) : np.searchsorted(rows, begin + file.rows)] - begin
                if len(here):
                    found.append(self.pick(file, here, columns))
                begin += file.rows
        return pa.concat_tables(found, promote_options="default")

    def _ids(self, table: str, files: list[DataFile]) -> pa.ChunkedArray:
        """The article ids of a table; kept until one of its files changes."""
        state = tuple(f.digest for f in files)
        if self._known_ids.get(table, (None, None))[0] != state:
            ids = self.dataset(files, table).to_table(columns=["article_id"])["article_id"]
            self._known_ids[table] = state, ids
        return self._known_ids[table][1]

    def check_contract(self, files: Iterable[DataFile]) -> None:
        """Refuse files whose columns may be others than this program knows.

        Raises:
            WirefoldError: One was written under another version of its contract.
        """
        for file in files:
            if (now := contract(file.table).version) != file.contract:
                raise WirefoldError(f"{self.root}/{file.rel} {stale(file, now)}")

    def dataset(self, files: list[DataFile], table: str) -> ds.Dataset:
        """Files of a table, to be scanned.

        Raises:
            WirefoldError: One was written under another version of the contract.
        """
        self.check_contract(files)
        schema = contract(table).schema
        if not files:
            return ds.dataset(schema.empty_table())
        fs = self.storage.fs
        arrow_fs = (
            pyarrow.fs.LocalFileSystem()
            if self.storage.is_local
            else pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(fs))
        )
        return ds.dataset(
            [self.storage.path(f.rel) for f in files], schema=schema, format="parquet", filesystem=arrow_fs
        )

    def ledger(self, run: str) -> dict[str, Any] | None:
        """The ledger of a committed run; None when it was not committed. `run` is a `Run.name`."""
        rel = f"{INTERNAL}/runs/{run}.json"
        return json.loads(self.storage.read(rel)) if self.storage.exists(rel) else None

    def runs(self) -> list[str]:
        """Names of the committed runs, oldest first."""
        return [
            p.rsplit("/", 1)[1].removesuffix(".json")
            for p in self.storage.list(f"{INTERNAL}/runs")
            if p.endswith(".json")
        ]

    def staging(self, run: str, source: str) -> str:
        """Where the not yet committed results of one source of one run are put."""
        return f"{INTERNAL}/staging/{run}/{source}"

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Change the lake. One writer at a time; others wait.

        What the block writes becomes visible when it ends without an exception. A process that dies on the way leaves
        the lake as it was, or, when it died while putting files in place, the next writer finishes the job: the list
        of moves is written down (`journal.json`) before the first of them is made.
        """
        with self._writing():
            self._recover()
            tx = Transaction(self)
            try:
                yield tx
                tx._commit()
            finally:
                if not self.storage.exists(_JOURNAL):  # a journal needs what it names until the last move is made
                    self.storage.delete(tx._folder)

    def recover(self) -> None:
        """Finish or clear away what a dead writer left behind."""
        with self._writing():
            self._recover()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            lock = self.storage.lock("commit", timeout=0.5)
            lock.__enter__()
        except WirefoldError:
            log.info("another run is writing to this lake; waiting", lake=self.root)
            lock = self.storage.lock("commit")
            lock.__enter__()
        try:
            yield
        finally:
            lock.__exit__(None, None, None)

    def _recover(self) -> None:
        if self.storage.exists(_JOURNAL):
            log.info("finishing an interrupted commit", lake=self.root)
            self._play(json.loads(self.storage.read(_JOURNAL)))
        self.storage.delete(f"{INTERNAL}/tx")

    def _play(self, journal: dict[str, Any]) -> None:
        """Carry out a journal. May be repeated: a move whose source is gone has been made already."""
        for source, target in journal["moves"]:
            if self.storage.exists(source):
                self.storage.move(source, target)
        for rel in journal["deletes"]:
            self.storage.delete(rel)
        self.storage.delete(_JOURNAL)

    def _manifest(self, table: str, day: str) -> dict[str, DataFile]:
        rel = f"{INTERNAL}/manifests/{table}/day={day}.json"
        state = self.storage.state(rel)
        if rel in self._manifests and self._manifests[rel][0] == state is not None:
            return self._manifests[rel][1]
        if not self.storage.exists(rel):
            return {}
        try:
            rows = json.loads(self.storage.read(rel))
            files = {
                name: DataFile(table=table, day=day, name=name, **row) for name, row in sorted(rows["files"].items())
            }
            self._manifests[rel] = state, files
            return files
        except (ValueError, TypeError, KeyError) as e:
            raise WirefoldError(f"{self.root}/{rel} is damaged: {e}") from e


class TableWriter:
    """Rows for one file of a table; see `Transaction.writer`."""

    def __init__(self, file: ParquetFile) -> None:
        self._file = file

    def write(self, data: pa.Table | pa.RecordBatch) -> None:
        self._file.write(pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data)


class Transaction:
    """A set of changes that become visible together."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._storage = lake.storage
        self._folder = f"{INTERNAL}/tx/{uuid.uuid4().hex}"
        self._moves: list[tuple[str, str]] = []
        self._deletes: list[str] = []
        self._changes: dict[tuple[str, str], dict[str, DataFile | None]] = {}

    @contextmanager
    def writer(self, table: str, day: str, name: str, source: str | None = None) -> Iterator[TableWriter]:
        """Write (or replace) one file of a table. No rows, no file, unless `source` is given.

        Args:
            name: File name, ``….parquet``.
            source: Digest of what the rows were derived from; an empty file then says that nothing came of it.
        """
        terms = contract(table)
        staged = f"{self._folder}/{table}/{day}/{name}"
        with self._storage.replacing(staged) as sink, ParquetFile(sink, terms) as file:
            yield TableWriter(file)
        if not file.rows and source is None:
            self.remove(table, day, name)
            return
        entry = DataFile(
            table=table, day=day, name=name, rows=file.rows, bytes=self._storage.size(staged),
            digest=digest(self._storage, staged), contract=terms.version, source=source,
        )  # fmt: skip
        self._changes.setdefault((table, day), {})[name] = entry
        self._moves.append((staged, entry.rel))

    def remove(self, table: str, day: str, name: str) -> None:
        """Drop one file of a table; fine when there is none."""
        rel = f"{table}/day={day}/{name}"
        self._changes.setdefault((table, day), {})[name] = None
        self._moves = [move for move in self._moves if move[1] != rel]
        self._deletes.append(rel)

    def adopt(self, staged: str, target: str) -> None:
        """Move a file that was written aside (raw bytes) to its place."""
        self._moves.append((staged, target))

    def discard(self, rel: str) -> None:
        """Delete a file or tree that is not part of a table, once the rest is in place."""
        self._deletes.append(rel)

    def put(self, rel: str, document: dict[str, Any]) -> None:
        """Write a small JSON document."""
        staged = f"{self._folder}/{uuid.uuid4().hex}.json"
        self._storage.write(staged, _json(document))
        self._moves.append((staged, rel))

    def written(self, table: str) -> list[DataFile]:
        """Files of a table that this transaction has written so far."""
        return [f for (of, _), files in self._changes.items() if of == table for f in files.values() if f is not None]

    def rows(self, table: str) -> int:
        """Rows that a table will have once this transaction is committed."""
        files: dict[tuple[str, str], DataFile | None] = {(f.day, f.name): f for f in self._lake.files(table)}
        for (changed, day), changes in self._changes.items():
            if changed == table:
                files |= {(day, name): file for name, file in changes.items()}
        return sum(f.rows for f in files.values() if f is not None)

    def _commit(self) -> None:
        for (table, day), changes in self._changes.items():
            manifest: dict[str, DataFile | None] = {**self._lake._manifest(table, day), **changes}
            files = {n: _entry(f) for n, f in sorted(manifest.items()) if f is not None}
            rel = f"{INTERNAL}/manifests/{table}/day={day}.json"
            if files:
                self.put(rel, {"files": files})
            else:
                self._deletes.append(rel)
        if not self._moves and not self._deletes:
            return
        targets = {target for _, target in self._moves}
        journal = {"moves": self._moves, "deletes": [d for d in self._deletes if d not in targets]}
        # Written in the transaction's own folder, so that a writer that dies amid it leaves nothing behind elsewhere.
        self._storage.write(f"{self._folder}/journal.json", _json(journal))
        self._storage.move(f"{self._folder}/journal.json", _JOURNAL)
        self._lake._play(journal)


def digest(storage: Storage, rel: str) -> str:
    """xxh3-128 of a file's bytes, hex."""
    state = xxhash.xxh3_128()
    with storage.open(rel) as f:
        while block := f.read(1 << 22):
            state.update(block)
    return str(state.hexdigest())


def stale(file: DataFile, now: str) -> str:
    """What is wrong with a file of another version of its contract, and what to do."""
    cure = (
        "make it anew with `wirefold resketch`"
        if file.table in _REMADE
        else "use the Wirefold that wrote it, or fill a new lake with this one"
    )
    return f"was written under version {file.contract} of its contract, which is now {now}: {cure}"


def _entry(file: DataFile) -> dict[str, Any]:
    return {k: v for k, v in asdict(file).items() if k not in ("table", "day", "name")}


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
