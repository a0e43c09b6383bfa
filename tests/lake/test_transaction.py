"""Transactions: whatever happens on the way, the lake is as before or as after."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pytest

from pipeline.errors import WirefoldError
from pipeline.lake import INTERNAL, Lake, Transaction, contract
from pipeline.lake.check import check_files, check_leftovers
from pipeline.lake.storage import Storage

from .test_writer import rows

DAY = "2018-09-14"
RAW = f"raw/day={DAY}/x.warc.gz"
STAGED = f"{INTERNAL}/staging/run/source/capture.warc.gz"
LEDGER = f"{INTERNAL}/runs/run.json"


class Death(BaseException):
    """The process is no more: it also does nothing that a `finally` would have it do."""


class Mortal(Storage):
    """Counts the changes it makes; fails at the n-th.

    Args:
        at: The change that fails, from 0; None for none.
        dies: Whether it is dead from then on, or only that one change fails.
        half: Let that change happen before it fails (a move on an object store: let it be half done).
    """

    def __init__(self, root: str, at: int | None = None, dies: bool = True, half: bool = False) -> None:
        super().__init__(root)
        self.count = 0
        self.at, self.dies, self.half = at, dies, half

    def _step(self, change: Any = None) -> bool:
        n, self.count = self.count, self.count + 1
        if self.at is None or n < self.at or (n > self.at and not self.dies):
            return True
        if n == self.at and self.half and change is not None:
            change()
        raise Death if self.dies else OSError(28, "No space left on device")

    @contextmanager
    def replacing(self, rel: str) -> Iterator[IO[bytes]]:
        self._step()
        with super().replacing(rel) as f:
            yield f
            self._step()

    def move(self, source: str, target: str) -> None:
        def half() -> None:
            if self.is_local:
                Storage.move(self, source, target)
            else:
                self.fs.copy(self.path(source), self.path(target))

        self._step(half)
        super().move(source, target)

    def delete(self, rel: str) -> None:
        self._step(lambda: Storage.delete(self, rel))
        super().delete(rel)


@pytest.fixture(params=["local", "memory"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A lake with two files of articles, a file of links, and a source's staging."""
    where = str(tmp_path / "lake") if request.param == "local" else f"memory://bucket-{uuid.uuid4().hex}/lake"
    lake = Lake(where)
    with lake.transaction() as tx:
        put(tx, "articles", "replaced.parquet", 3)
        put(tx, "articles", "removed.parquet", 5)
        put(tx, "links", "last.parquet", 2)
        tx.put(LEDGER, {"version": 1})
    lake.storage.write(STAGED, b"raw bytes")
    yield where
    lake.storage.delete("")


def put(tx: Transaction, table: str, name: str, count: int, first: int = 0) -> None:
    with tx.writer(table, DAY, name) as out:
        out.write(rows(table, count, first))


def change(lake: Lake) -> None:
    """A commit that does one of everything."""
    with lake.transaction() as tx:
        put(tx, "articles", "replaced.parquet", 4, first=100)
        put(tx, "articles", "added.parquet", 6, first=200)
        tx.remove("articles", DAY, "removed.parquet")
        tx.remove("links", DAY, "last.parquet")
        tx.adopt(STAGED, RAW)
        tx.put(LEDGER, {"version": 2})
        tx.discard(f"{INTERNAL}/staging/run")


def state(root: str) -> dict[str, bytes]:
    """All files of a lake."""
    storage = Storage(root)
    return {rel: storage.read(rel) for rel in storage.list("") if not rel.endswith(".lock")}


def copy(root: str, to: str) -> str:
    storage = Storage(to)
    for rel, data in state(root).items():
        storage.write(rel, data)
    return to


@pytest.fixture
def elsewhere(root: str) -> Iterator[str]:
    """Beside the lake."""
    yield f"{root}s"
    for path in Storage(f"{root}s").list(""):
        Storage(f"{root}s").delete(path)


def mortal(root: str, **how: Any) -> Lake:
    lake = Lake(root)
    lake.storage = Mortal(root, **how)
    return lake


def steps(root: str, beside: str) -> int:
    """How many changes the commit makes."""
    lake = mortal(copy(root, f"{beside}/count"))
    change(lake)
    assert isinstance(lake.storage, Mortal)
    return lake.storage.count


@pytest.mark.parametrize("half", [False, True], ids=["before the change", "after or amid it"])
@pytest.mark.parametrize("dies", [True, False], ids=["death", "error"])
def test_a_commit_that_ends_early_is_whole_or_nothing(root: str, elsewhere: str, dies: bool, half: bool) -> None:
    before = state(root)
    change(Lake(copy(root, f"{elsewhere}/undisturbed")))
    after = state(f"{elsewhere}/undisturbed")
    assert before != after
    seen = set()
    for n in range(total := steps(root, elsewhere)):
        victim = copy(root, f"{elsewhere}/{n}")
        with suppress(Death, OSError):
            change(mortal(victim, at=n, dies=dies, half=half))
        decided = Storage(victim).exists(f"{INTERNAL}/journal.json")
        lake = Lake(victim)
        lake.recover()
        found = state(victim)
        assert found in (before, after), (n, sorted(found), sorted(before))
        assert found == after or not decided, f"step {n}: the journal was there, and its commit was not finished"
        assert check_leftovers(lake) == check_leftovers(Lake(root)) or found == after
        assert check_files(lake)[0] == []
        seen.add("after" if found == after else "before")
        change_again(lake, victim, after)
    assert seen == {"before", "after"}
    assert total > 15


def change_again(lake: Lake, victim: str, after: dict[str, bytes]) -> None:
    """The same commit once more leads to the same bytes, whether it had been made or not."""
    if state(victim) != after:
        change(lake)
    assert state(victim) == after


def test_the_next_writer_recovers_by_itself(root: str, elsewhere: str) -> None:
    last = steps(root, elsewhere) - 2
    with suppress(Death):
        change(mortal(root, at=last))
    lake = Lake(root)
    assert lake.storage.exists(f"{INTERNAL}/journal.json")
    with lake.transaction() as tx:
        assert {f.name: f.rows for f in lake.files("articles")} == {"replaced.parquet": 4, "added.parquet": 6}
        put(tx, "links", "next.parquet", 1)
    assert check_leftovers(lake) == []
    assert check_files(lake)[0] == []


@pytest.mark.parametrize("journal", ['{"moves": [["a', "{}", "[]"])
def test_a_damaged_journal_stops_writers(root: str, journal: str) -> None:
    lake = Lake(root)
    lake.storage.write(f"{INTERNAL}/journal.json", journal.encode())
    with pytest.raises(WirefoldError, match=r"journal\.json is damaged"), lake.transaction():
        pass


def test_a_damaged_file_is_one_line_to_its_readers(root: str) -> None:
    lake = Lake(root)
    Storage(root).write(lake.files("articles")[0].rel, b"PAR1")
    with pytest.raises(WirefoldError, match=r"cannot read .*articles"):
        lake.read("articles")


def test_an_exception_in_the_block_changes_nothing(root: str) -> None:
    before = state(root)

    def fail() -> None:
        with Lake(root).transaction() as tx:
            put(tx, "articles", "added.parquet", 6)
            tx.put(LEDGER, {"version": 2})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert state(root) == before


def test_rows_of_a_writer_that_fails_are_not_committed(root: str) -> None:
    before = state(root)

    def half(tx: Transaction) -> None:
        with tx.writer("articles", DAY, "half.parquet") as out:
            out.write(rows("articles", 1))
            raise ZeroDivisionError

    with Lake(root).transaction() as tx, suppress(ZeroDivisionError):
        half(tx)
    assert state(root) == before


def test_an_empty_transaction_changes_nothing(root: str) -> None:
    before = state(root)
    with Lake(root).transaction():
        pass
    assert state(root) == before


def test_equal_commits_give_equal_bytes(root: str, elsewhere: str) -> None:
    copy(root, f"{elsewhere}/copy")
    for lake in (Lake(root), Lake(f"{elsewhere}/copy")):
        change(lake)
    assert state(root) == state(f"{elsewhere}/copy")


def test_no_rows_no_file_unless_it_says_of_what(root: str) -> None:
    lake = Lake(root)
    with lake.transaction() as tx:
        for name, source in (("none.parquet", None), ("done.parquet", "digest"), ("removed.parquet", None)):
            with tx.writer("articles", DAY, name, source=source):
                pass
    assert {f.name: (f.rows, f.source) for f in lake.files("articles")} == {
        "done.parquet": (0, "digest"),
        "replaced.parquet": (3, None),
    }
    assert check_files(lake)[0] == []


def test_a_partition_without_files_is_gone(root: str) -> None:
    lake = Lake(root)
    with lake.transaction() as tx:
        tx.remove("links", DAY, "last.parquet")
    assert lake.days("links") == []
    assert lake.read("links").equals(contract("links").schema.empty_table())


@pytest.mark.parametrize("name", ["._day={}.json", "day={}.json.bak", "day={} (1).json", "old/day={}.json", "x.json"])
def test_what_others_leave_among_the_manifests_is_none(root: str, name: str) -> None:
    """Such as systems, copiers and synchronisers make of each file."""
    before = {f.rel for f in Lake(root).files("articles")}
    Storage(root).write(f"{INTERNAL}/manifests/articles/{name.format(DAY)}", b"\0")
    lake = Lake(root)
    assert lake.days("articles") == [DAY]
    assert {f.rel for f in lake.files("articles")} == before
    assert lake.read("articles").num_rows == 8


def test_a_removed_file_may_be_written_again_in_the_same_transaction(root: str) -> None:
    lake = Lake(root)
    with lake.transaction() as tx:
        tx.remove("links", DAY, "last.parquet")
        put(tx, "links", "last.parquet", 7)
        assert [f.rows for f in tx.files("links")] == [7]
    assert [f.rows for f in lake.files("links")] == [7]
    assert check_files(lake)[0] == []


def test_a_written_file_may_be_removed_again_in_the_same_transaction(root: str) -> None:
    lake = Lake(root)
    with lake.transaction() as tx:
        put(tx, "links", "other.parquet", 7)
        tx.remove("links", DAY, "other.parquet")
        assert [f.rows for f in tx.files("links")] == [2]
    assert [f.name for f in lake.files("links")] == ["last.parquet"]
    assert check_files(lake)[0] == []


def test_writers_wait_for_each_other(root: str) -> None:
    """Eight writers add a file each to one partition and count in one document; nothing is lost."""
    count = f"{INTERNAL}/count.json"

    def work(n: int) -> None:
        lake = Lake(root)
        with lake.transaction() as tx:
            seen = json.loads(lake.storage.read(count))["n"] if lake.storage.exists(count) else 0
            put(tx, "articles", f"w{n}.parquet", 1, first=1_000 * n)
            tx.put(count, {"n": seen + 1})

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lake = Lake(root)
    assert json.loads(lake.storage.read(count)) == {"n": 8}
    assert len(lake.files("articles")) == 10
    assert lake.read("articles").num_rows == 16
    assert check_files(lake)[0] == []


def test_a_reader_sees_whole_files_while_they_are_replaced(root: str) -> None:
    """A reader that looks all the time reads each file as it was or as it is."""
    lake = Lake(root)
    stop = threading.Event()
    seen: set[int] = set()
    wrong: list[str] = []

    def read() -> None:
        reader = Lake(root)
        while not stop.is_set():
            try:
                table = reader.dataset(reader.files("links"), "links").to_table()
            except (OSError, pa.ArrowException) as e:
                wrong.append(repr(e))
                return
            seen.add(table.num_rows)

    thread = threading.Thread(target=read)
    thread.start()
    for n in range(30):
        with lake.transaction() as tx:
            put(tx, "links", "last.parquet", 2 + n % 2)
    stop.set()
    thread.join()
    assert wrong == []
    assert seen <= {2, 3}


def test_take_reads_the_rows_that_are_asked_for(root: str) -> None:
    lake = Lake(root)
    ids = lake.read("articles", ["article_id"])["article_id"]
    found = lake.take("articles", pa.array([ids[0].as_py(), ids[6].as_py(), "absent"]), ["article_id", "title"])
    assert set(found["article_id"].to_pylist()) == {ids[0].as_py(), ids[6].as_py()}
    assert lake.take("articles", pa.array(["absent"]), ["article_id"]).num_rows == 0
