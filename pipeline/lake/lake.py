"""The lake: which files are in it, and how they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from errno import ENOENT
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq
import structlog
from numpy.typing import NDArray

from pipeline.errors import WirefoldError
from pipeline.lake import index
from pipeline.lake.contract import contract
from pipeline.lake.datafile import INTERNAL, DataFile, stale
from pipeline.lake.manifests import Manifests, read_document
from pipeline.lake.storage import Storage
from pipeline.lake.transaction import JOURNAL, Transaction, recover

__all__ = ["Lake"]

Places = dict[tuple[str, str], tuple[DataFile, NDArray[np.int64]]]

log = structlog.get_logger(__name__)


class Lake:
    """A lake at a root: a folder, or ``s3://bucket/prefix``.

    Reading trusts the manifests alone; writing goes through a `Transaction`.
    """

    def __init__(self, root: str) -> None:
        self.root = str(root)
        self.storage = Storage(self.root)
        self._manifests = Manifests(self.storage)
        self._indexes: tuple[object, NDArray[np.uint32]] = None, np.zeros((0, 0), np.uint32)

    def days(self, table: str) -> list[str]:
        """Partitions of a table, sorted."""
        return self._manifests.days(table)

    def files(self, table: str, days: Iterable[str] | None = None) -> list[DataFile]:
        """Files of a table, by day and name."""
        return self._manifests.files(table, days)

    def read(
        self,
        table: str,
        columns: list[str] | dict[str, ds.Expression] | None = None,
        where: ds.Expression | None = None,
        files: list[DataFile] | None = None,
    ) -> pa.Table:
        """Rows of a table, in the order of its files.

        Args:
            columns: Their names; or what to make of them, by the names that it is to have.
            files: Only these; None means all of them.

        Raises:
            WirefoldError: One of the files is damaged, or was written under another version of its contract.
        """
        with self._reading(table):
            found = self.dataset(self.files(table) if files is None else files, table)
            return found.to_table(columns=columns, filter=where)

    def batches(
        self, file: DataFile, columns: list[str] | None = None, where: ds.Expression | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Rows of one file in batches of bounded size."""
        how = ds.ParquetFragmentScanOptions(pre_buffer=False)  # it would hold every row group until the end
        with self._reading(file.table):
            yield from self.dataset([file], file.table).to_batches(
                columns=columns,
                filter=where,
                batch_size=4096,
                batch_readahead=4,
                fragment_readahead=1,
                fragment_scan_options=how,
            )

    def pick(self, file: DataFile, rows: NDArray[np.int64], columns: list[str]) -> pa.Table:
        """Some rows of one file, by ascending row number; reads only the row groups that hold them."""
        self.check_contract([file])
        found = [contract(file.table).schema.empty_table().select(columns)]
        with self._reading(file.table), self.storage.open(file.rel) as f, pq.ParquetFile(f) as parquet:
            begin = 0
            for group in range(parquet.num_row_groups):
                end = begin + parquet.metadata.row_group(group).num_rows
                here = rows[np.searchsorted(rows, begin) : np.searchsorted(rows, end)] - begin
                if len(here):
                    found.append(parquet.read_row_group(group, columns=columns).select(columns).take(pa.array(here)))
                begin = end
        return pa.concat_tables(found, promote_options="default")

    @contextmanager
    def _reading(self, table: str) -> Iterator[None]:
        """What Arrow raises over a file that is damaged or gone, as an error of ours."""
        try:
            yield
        except (pa.ArrowException, OSError) as e:  # Arrow's own OSError comes without the system's number
            if isinstance(e, OSError) and e.errno not in (None, ENOENT):
                raise
            what = f"cannot read {self.root}/{table}: {str(e).strip().rstrip('.')}"
            raise WirefoldError(f"{what}; `wirefold check` names what is damaged") from e

    def take(self, table: str, ids: pa.Array, columns: list[str]) -> pa.Table:
        """Rows of the given article ids, of `articles` or a table with a row for each of them.

        Of the files, only the row groups that hold them are read.

        Args:
            columns: What to read; must hold article_id.
        """
        found = [contract(table).schema.empty_table().select(columns)]
        if len(ids):
            of_articles = {(f.day, f.name): (f, rows) for f, rows in self.places("article_id", ids)}
            found += [
                self.pick(file, rows, columns) for file, rows in self._mirrored(self.files(table), of_articles, ids)
            ]
        rows = pa.concat_tables(found, promote_options="default")
        return rows.filter(pc.is_in(rows["article_id"], ids))

    def search(self, table: str, where: ds.Expression, columns: list[str] | None = None) -> pa.Table:
        """Rows that fit a condition, as `read` finds them; for few rows of many.

        Where a file has none of them, only the columns that the condition is about are read.
        """
        columns = columns or contract(table).schema.names
        found = [contract(table).schema.empty_table().select(columns)]
        for file in self.holding(table, where):
            fits = self.read(table, {"fits": where}, files=[file])["fits"]
            found.append(self.pick(file, np.flatnonzero(pc.fill_null(fits, False).to_numpy()), columns))
        return pa.concat_tables(found, promote_options="default")

    def holding(self, table: str, where: ds.Expression) -> list[DataFile]:
        """Files of a table that have rows which fit a condition; only the columns that it is about are read."""
        files = self.files(table)
        if not files:
            return []
        found = set(self.read(table, ["__filename"], where, files)["__filename"].unique().to_pylist())
        return [f for f in files if self.storage.path(f.rel) in found]

    def places(self, column: str, values: pa.Array) -> list[tuple[DataFile, NDArray[np.int64]]]:
        """Where articles may be that have one of some values in an indexed column: files, and rows of them, ascending.

        Some rows have other values; see `pipeline.lake.index`.
        """
        files = self.files("articles")
        at = index.INDEXED["articles"].index(column)
        rows = index.matching(self._index(files)[at], np.unique(index.hashes(values)))
        ends = np.cumsum([f.rows for f in files])
        parts = zip(files, ends, np.split(rows, np.searchsorted(rows, ends)), strict=False)
        return [(file, part - (end - file.rows)) for file, end, part in parts if len(part)]

    def _index(self, files: list[DataFile]) -> NDArray[np.uint32]:
        """The indexes of some files of articles, side by side; kept until one of the files changes."""
        state = tuple(f.digest for f in files)
        if self._indexes[0] != state:
            self._indexes = state, self.numbers("articles", files)
        return self._indexes[1]

    def numbers(self, table: str, files: list[DataFile]) -> NDArray[np.uint32]:
        """What the indexes of some files of a table hold, side by side; see `pipeline.lake.index`."""
        found = [index.numbers(table, contract(table).schema.empty_table())]
        for file in files:
            known = index.load(self.storage, file)
            if known is None:
                known = index.numbers(table, self.read(table, list(index.INDEXED[table]), files=[file]))
            found.append(known)
        return np.concatenate(found, axis=1)

    def _mirrored(
        self, files: list[DataFile], articles: Places, ids: pa.Array
    ) -> Iterator[tuple[DataFile, NDArray[np.int64]]]:
        """The rows of articles in files of another table, or of the same."""
        digests = {(f.day, f.name): f.digest for f in self.files("articles")}
        for file in files:
            place = (file.day, file.of)
            if file.table == "articles" or file.source == digests.get(place):
                if place in articles:
                    rows = articles[place][1] - file.start
                    yield file, rows[(rows >= 0) & (rows < file.rows)]
            else:  # its articles have changed since
                here = self.read(file.table, ["article_id"], files=[file])["article_id"]
                if len(rows := np.flatnonzero(pc.is_in(here, ids).to_numpy())):
                    yield file, rows

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
        return self.document(f"{INTERNAL}/runs/{run}.json")

    def document(self, rel: str) -> dict[str, Any] | None:
        """A small JSON document that the lake keeps; None when there is none.

        Raises:
            WirefoldError: It is damaged.
        """
        return read_document(self.storage, rel)

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
        with self.writing():
            recover(self.storage)
            tx = Transaction(self.storage, self._manifests)
            try:
                with self._manifests.held():
                    yield tx
                    tx.commit()
            finally:
                if not self.storage.exists(JOURNAL):  # a journal needs what it names until the last move is made
                    self.storage.delete(tx.folder)

    def recover(self) -> None:
        """Finish or clear away what a dead writer left behind."""
        with self.writing():
            recover(self.storage)

    def writing(self) -> AbstractContextManager[None]:
        """Keep other writers out, over several transactions."""
        return self.storage.lock(
            "commit", lambda: log.info("another run is writing to this lake; waiting", lake=self.root)
        )
