"""Storage: the same promises on a local folder and on an object store."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec import AbstractFileSystem
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem
from fsspec.spec import AbstractBufferedFile

from pipeline.errors import WirefoldError
from pipeline.lake.storage import Storage


@pytest.fixture(params=["local", "memory"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "local":
        yield str(tmp_path / "a lake")
        return
    bucket = f"memory://bucket-{uuid.uuid4().hex}"
    yield f"{bucket}/a lake"
    fs, path = fsspec.core.url_to_fs(bucket)
    if fs.exists(path):
        fs.rm(path, recursive=True)


@pytest.fixture
def storage(root: str) -> Storage:
    return Storage(root)


def test_what_is_written_is_read(storage: Storage) -> None:
    assert not storage.exists("a/b.txt")
    storage.write("a/b.txt", b"one")
    storage.write("a/b.txt", b"other")
    assert storage.exists("a/b.txt")
    assert (storage.read("a/b.txt"), storage.size("a/b.txt")) == (b"other", 5)
    with storage.open("a/b.txt") as f:
        f.seek(2)
        assert f.read() == b"her"


def test_list_is_sorted_deep_and_relative(storage: Storage) -> None:
    for rel in ("t/day=2/b", "t/day=1/c", "t/day=1/a", "tt/x"):
        storage.write(rel, b"")
    assert storage.list("t") == ["t/day=1/a", "t/day=1/c", "t/day=2/b"]
    assert storage.list("absent") == []


def test_move_takes_the_place(storage: Storage) -> None:
    storage.write("new", b"new")
    storage.write("deep/old", b"old")
    storage.move("new", "deep/old")
    assert storage.list("") == ["deep/old"]
    assert storage.read("deep/old") == b"new"


def test_delete_files_trees_and_nothing(storage: Storage) -> None:
    for rel in ("a/1", "a/b/2", "c"):
        storage.write(rel, b"x")
    storage.delete("a")
    storage.delete("c")
    storage.delete("absent/file")
    assert storage.list("") == []


def test_nothing_is_seen_before_a_write_ends(storage: Storage) -> None:
    storage.write("a", b"before")
    with storage.replacing("a") as f:
        f.write(b"after")
        f.flush()
        assert storage.read("a") == b"before"
    assert storage.read("a") == b"after"


def test_a_failed_write_changes_nothing(storage: Storage) -> None:
    storage.write("a", b"before")

    def fail(rel: str) -> None:
        with storage.replacing(rel) as f:
            f.write(b"half")
            raise RuntimeError

    for rel in ("a", "b/c"):
        with pytest.raises(RuntimeError):
            fail(rel)
    assert storage.list("") == ["a"]
    assert storage.read("a") == b"before"


def test_lock_keeps_others_out(root: str) -> None:
    inside = 0
    most = 0

    def work() -> None:
        nonlocal inside, most
        with Storage(root).lock("x"):
            inside += 1
            most = max(most, inside)
            time.sleep(0.002)
            inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_who_holds_a_lock_may_ask_for_it_again(storage: Storage, root: str) -> None:
    told: list[str] = []

    def take() -> None:
        with Storage(root).lock("x", lambda: told.append("outside")):
            told.append("got it")

    other = threading.Thread(target=take, daemon=True)
    with storage.lock("x"):
        with storage.lock("x", lambda: told.append("inside")):
            pass
        other.start()
        other.join(0.6)
        assert told == ["outside"]
    other.join(10)
    assert told == ["outside", "got it"]


def test_who_waits_for_a_lock_is_told_so(root: str) -> None:
    told, done = threading.Event(), threading.Event()

    def work() -> None:
        with Storage(root).lock("x", told.set):
            done.set()

    with Storage(root).lock("x"), Storage(root).lock("y", lambda: pytest.fail("another name is another lock")):
        thread = threading.Thread(target=work)
        thread.start()
        assert told.wait(20)
        assert not done.is_set()
    thread.join(20)
    assert done.is_set()
    with Storage(root).lock("x", lambda: pytest.fail("it is free again")):
        pass


def test_uris_open_elsewhere(storage: Storage) -> None:
    storage.write("a/b", b"x")
    with fsspec.open(storage.uri("a/b")) as f:
        assert f.read() == b"x"


@pytest.mark.parametrize("root", ["nosuchprotocol://bucket/lake"])
def test_an_unknown_protocol_is_one_line(root: str) -> None:
    with pytest.raises(WirefoldError, match=f"cannot use {root} as a lake"):
        Storage(root)


class _Remembering(MemoryFileSystem):
    """A store whose client keeps listings, as those of real object stores do."""

    protocol = "remembering"
    cachable = False  # every client is one of its own
    find = AbstractFileSystem.find

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> Any:
        path = self._strip_protocol(path)
        found = self._ls_from_cache(path)
        if found is None:
            found = super().ls(path, detail=True, **kwargs)
            self.dircache[path] = found
        return found if detail else [f["name"] for f in found]


def test_what_another_writer_added_is_seen() -> None:
    fsspec.register_implementation("remembering", _Remembering, clobber=True)
    root = f"remembering://bucket-{uuid.uuid4().hex}"
    mine, other = Storage(root), Storage(root)
    other.write("t/1", b"")
    assert mine.list("t") == ["t/1"]
    other.write("t/2", b"")
    assert mine.list("t") == ["t/1", "t/2"]
    other.delete("t")


class _Part(AbstractBufferedFile):
    """As clients of object stores write: in parts, and the object is there when the last one is."""

    def _initiate_upload(self) -> None:
        self.parts: list[bytes] = []

    def _upload_chunk(self, final: bool = False) -> bool:
        _InParts.connection()
        self.parts.append(self.buffer.getvalue())
        if final:
            self.fs.pipe_file(self.path, b"".join(self.parts))
        return True


class _InParts(MemoryFileSystem):
    protocol = "inparts"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    connection: ClassVar[Any] = None

    def _open(self, path: str, mode: str = "rb", **kwargs: Any) -> Any:
        return super()._open(path, mode, **kwargs) if mode == "rb" else _Part(self, path, mode)

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:
        self.store[self._strip_protocol(path)] = MemoryFile(self, path, value)

    def put_file(self, lpath: str, rpath: str, *args: Any, **kwargs: Any) -> None:
        data = Path(lpath).read_bytes()
        self.connection()
        self.pipe_file(rpath, data)


def test_an_upload_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec.register_implementation("inparts", _InParts, clobber=True)
    storage = Storage(f"inparts://bucket-{uuid.uuid4().hex}")
    steps = iter([OSError("connection reset")])

    def connection() -> None:
        if (error := next(steps, None)) is not None:
            raise error

    monkeypatch.setattr(_InParts, "connection", staticmethod(connection))
    data = bytes(9_000_000)
    with pytest.raises(OSError, match="connection reset"):
        storage.write("a", data)
    assert not storage.exists("a")
    storage.write("a", data)
    assert storage.read("a") == data
