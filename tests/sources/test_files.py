"""Files handed over by a person: every row and record is one item, good or rejected."""

from __future__ import annotations

import gzip
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.article import Capture, Item, Reason, Reject
from pipeline.errors import UsageError
from pipeline.fetch.warc import WarcWriter
from pipeline.sources.directory import list_directory, read_file
from pipeline.sources.files import FileKind, classify, read_paths
from pipeline.sources.texts import TEXTS

WHEN = datetime(2018, 9, 14, 1, tzinfo=UTC)


def read(*paths: Path, max_bytes: int = 10_000) -> tuple[list[dict[str, Any]], list[Reject], list[Capture]]:
    rows: list[dict[str, Any]] = []
    rejects: list[Reject] = []
    captures: list[Capture] = []
    for found in read_paths(paths, max_bytes=max_bytes):
        if isinstance(found, pa.RecordBatch):
            assert found.schema.equals(TEXTS)
            rows += found.to_pylist()
        elif isinstance(found, Reject):
            rejects.append(found)
        else:
            captures.append(found)
    seqs = [r["seq"] for r in rows] + [x.item.seq for x in [*rejects, *captures]]
    assert sorted(seqs) == list(range(len(seqs))), "every item is numbered once"
    return rows, rejects, captures


LINES = [
    b'{"id": "a", "text": "one", "title": "t", "published_at": "2018-09-14T10:00:00+09:00", "x": [1]}',
    b"",
    b'{"id": 7, "text": "two \\u201c"}',
    b'{"id": "c", "text": 5}',
    b'{"id": "d"}',
    b'{"text": "no id"}',
    b'{"id": true, "text": "x"}',
    b'{"id": "", "text": "x"}',
    b'{"id": "e", "text": "x", "url": 5}',
    b'{"id": "f", "text": "x", "published_at": "soon"}',
    b'{"id": "g", "text": "\\ud800"}',
    b"[1]",
    b"{broken",
    b"[" * 9_000,
    b'{"id": "h", "text": "' + b"x" * 20_000 + b'"}',
    b'\xff\xfe{"id"',
    b'{"id": "i", "text": "", "language": "en", "source": "w"}',
]


@pytest.mark.parametrize("name", ["t.jsonl", "t.ndjson", "t.jsonl.gz"])
def test_json_lines(tmp_path: Path, name: str) -> None:
    data = b"\n".join(LINES)
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    rows, rejects, _ = read(tmp_path / name)
    assert [(r["row"], r["id"], r["text"]) for r in rows] == [(0, "a", "one"), (2, "7", "two “"), (16, "i", "")]
    assert (rows[0]["title"], rows[0]["published_at"], rows[2]["language"]) == ("t", WHEN, "en")
    assert [r.raw.offset for r in rejects if r.raw] == list(range(3, 16))
    assert {r.reason for r in rejects if r.raw and r.raw.offset == 14} == {Reason.TOO_LARGE}
    assert {r.reason for r in rejects if r.raw and r.raw.offset != 14} == {Reason.MALFORMED}
    assert rejects[0].item.guid == "c"


def table(**columns: Any) -> pa.Table:
    return pa.table(columns)


def no_utf8(*values: bytes) -> pa.Array:
    """An array of texts that holds whatever bytes one likes, as some writers of Parquet make them."""
    return pa.Array.from_buffers(pa.string(), len(values), pa.array(values, pa.binary()).buffers())


@pytest.mark.parametrize(
    ("data", "rows", "rejects"),
    [
        (table(id=["a", "b"], text=["x", "y"], published_at=[WHEN, None]), 2, 0),
        (table(id=["a", "b"], text=["x", None], title=["t", None]), 1, 1),
        (table(id=[1, 2], text=["x", "y"]), 2, 0),
        (table(id=["a"], text=["x"], published_at=["2018-09-14T01:00:00Z"]), 1, 0),
        (table(id=["a", "b", "c"], text=["x"] * 3, published_at=["2018-09-14 01:00", "x", "2018-09-14"]), 2, 1),
        (table(id=["a"], text=["x"], published_at=pa.array([WHEN], pa.timestamp("ns", "Asia/Seoul"))), 1, 0),
        (table(id=["a"], text=pa.array(["x"], pa.large_string())), 1, 0),
        (table(id=pa.array(["a"]).dictionary_encode(), text=pa.array(["x"]).dictionary_encode()), 1, 0),
        (table(id=["a", "b"], text=["x" * 20_000, "y"]), 1, 1),
        (table(id=["a"], text=["x"], title=[5]), 0, 1),
        (table(id=["a", "b"], text=["x", "y"], title=no_utf8(b"\xff", b"t")), 1, 1),
        (table(id=["a", "b"], text=no_utf8(b"x", b"\xed\xa0\x80")), 1, 1),
        (table(id=no_utf8(b"a", b"\xc3"), text=["x", "y"]), 1, 1),
        (table(id=["a"], text=[5]), 0, 1),
        (table(id=["a"], body=["x"]), 0, 1),
        (table(id=pa.array([], pa.string()), text=pa.array([], pa.string())), 0, 0),
    ],
)
def test_parquet(tmp_path: Path, data: pa.Table, rows: int, rejects: int) -> None:
    pq.write_table(data, tmp_path / "t.parquet")
    good, bad, _ = read(tmp_path / "t.parquet")
    assert (len(good), len(bad)) == (rows, rejects), bad
    assert all(r["published_at"] is None or r["published_at"].date() == WHEN.date() for r in good)


def test_optional_columns_that_say_nothing(tmp_path: Path) -> None:
    names = ["title", "url", "source", "published_at", "language"]
    blank: dict[str, Any] = dict.fromkeys(names, " ") | {"id": "a", "text": "x"}
    nan = dict.fromkeys(names, float("nan")) | {"id": "b", "text": "x"}
    (tmp_path / "t.jsonl").write_text(json.dumps(blank) + "\n" + json.dumps(nan) + "\n")
    pq.write_table(pa.Table.from_pylist([blank, blank | {"title": "t"}]), tmp_path / "u.parquet")
    for name, titles in (("t.jsonl", [None, None]), ("u.parquet", [None, "t"])):
        rows, rejects, _ = read(tmp_path / name)
        assert not rejects
        assert [r["title"] for r in rows] == titles
        assert {r[n] for r in rows for n in names[1:]} == {None}


def test_a_broken_parquet_file_is_one_reject(tmp_path: Path) -> None:
    pq.write_table(table(id=["a"] * 999, text=["x"] * 999), tmp_path / "t.parquet")
    data = (tmp_path / "t.parquet").read_bytes()
    for broken in (data[:-20], b"PAR1", data[:4] + b"\xff" * 60 + data[64:]):
        (tmp_path / "t.parquet").write_bytes(broken)
        rows, rejects, _ = read(tmp_path / "t.parquet")
        assert (len(rows), [r.reason for r in rejects]) == (0, [Reason.MALFORMED])


def test_a_text_repeated_in_every_row_stays_small(tmp_path: Path) -> None:
    text = pa.array(["x" * 1_000_000]).dictionary_encode()
    many = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), text.dictionary)
    pq.write_table(table(id=[str(n) for n in range(2_000)], text=many), tmp_path / "t.parquet")
    sizes = [b.nbytes for b in read_paths([tmp_path], max_bytes=2_000_000) if isinstance(b, pa.RecordBatch)]
    assert len(sizes) > 10
    assert max(sizes) < 100_000_000


def test_directories_and_kinds(tmp_path: Path) -> None:
    capture = Capture(Item("s", 0, "http://a.example/"), b"<p>x</p>", WHEN, "http://a.example/", 200, "text/html")
    warc = io.BytesIO()
    WarcWriter(warc).write(capture)
    files = {
        "a.html": b"<p>a</p>",
        "b.HTM.gz": gzip.compress(b"<p>b</p>"),
        "c.warc.gz": warc.getvalue(),
        "d.xml": b"<nitf/>",
        "e.jsonl": b'{"id": "x", "text": "y"}',
        "f.dat": gzip.compress(bytes(10)),
        "g.gz": gzip.compress(bytes(1_000_000)),
        "h/i.txt": b"text",
        "h/.hidden.txt": b"no",
        ".git/x.txt": b"no",
        "lake/_wirefold/runs/r.json": b"no",
        "lake/records/r.txt": b"no",
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(data)
    rows, rejects, captures = read(tmp_path, max_bytes=200_000)
    assert len(rows) == 1
    assert [(Path(r.item.url).name, r.reason) for r in rejects] == [("g.gz", Reason.BOMB)]
    bodies = [c.body for c in captures]
    assert bodies == [b"<p>a</p>", b"<p>b</p>", b"<p>x</p>", b"<nitf/>", files["f.dat"], b"text"]
    types = [c.content_type for c in captures]
    assert types == ["text/html", "text/html", "text/html", "application/xml", None, "text/plain"]
    again = [c for c in read_paths([tmp_path], max_bytes=200_000) if isinstance(c, Capture)]
    assert again == captures, "the same files give the same captures"


@pytest.mark.parametrize("name", [b"caf\xe9.html", b"caf\xe9.jsonl", b"caf\xe9.warc"])
def test_a_file_whose_name_is_no_utf8_is_one_reject(tmp_path: Path, name: bytes) -> None:
    """It cannot be kept in a table: one such name would end all that is ingested with it."""
    (tmp_path / os.fsdecode(name)).write_bytes(b"{}")
    (listed,) = list_directory(tmp_path, "files", 10)
    for found, reason in (
        (next(read_paths([tmp_path], max_bytes=100)), Reason.MALFORMED),
        (read_file(listed, 100), Reason.NOT_FOUND),  # what it is kept as leads nowhere
    ):
        assert isinstance(found, Reject)
        assert found.reason is reason
        assert found.item.url.encode().startswith(str(tmp_path).encode())


def test_sniffing(tmp_path: Path) -> None:
    for head, kind in ((b"WARC/1.1\r\n", FileKind.ARCHIVE), (b"PAR1", FileKind.TEXTS), (b"<p>", FileKind.DOCUMENT)):
        (tmp_path / "x").write_bytes(head)
        assert classify(tmp_path / "x") is kind
    assert classify(tmp_path / "none.arc.gz") is FileKind.ARCHIVE


def test_missing_path(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        list(read_paths([tmp_path / "none"], max_bytes=1))


def test_many_lines_are_streamed(tmp_path: Path) -> None:
    with (tmp_path / "t.jsonl").open("w") as file:
        for n in range(20_000):
            file.write(json.dumps({"id": f"x{n}", "text": f"{n} words and more words"}) + "\n")
    batches = [b.num_rows for b in read_paths([tmp_path], max_bytes=10_000) if isinstance(b, pa.RecordBatch)]
    assert sum(batches) == 20_000
    assert max(batches) <= 4_096
