"""Captures come back from our own WARC files as they went in; foreign files give what can be had."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from pipeline.article import Capture, Item, RawRef, Reason, Reject
from pipeline.errors import WirefoldError
from pipeline.fetch.foreign import read_foreign_warc
from pipeline.fetch.warc import WarcWriter, read_capture_at, read_warc_captures
from tests.corpora import CORPORA

_WHEN = datetime(2018, 9, 14, 1, 2, 3, 456789, UTC)
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_times = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
_captures = st.builds(
    Capture,
    item=st.builds(
        Item,
        source=st.just("s"),
        seq=st.integers(0, 10**6),
        url=_texts,
        guid=st.none() | _texts,
        title=st.none() | _texts,
        published_at=st.none() | _times,
        content=st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    ),
    body=st.binary(max_size=500) | st.just(b"HTTP/1.1 200 OK\r\n\r\nWARC/1.1\r\n\r\n"),
    fetched_at=_times,
    url=_texts,
    status=st.none() | st.sampled_from([200, 203]),
    content_type=st.none() | _texts,
    etag=st.none() | _texts,
    last_modified=st.none() | _texts,
)


def written(captures: list[Capture]) -> tuple[bytes, list[int]]:
    file = io.BytesIO()
    writer = WarcWriter(file)
    offsets = [writer.write(c) for c in captures]
    return file.getvalue(), offsets


def page(body: bytes = b"<p>x</p>", url: str = "http://news.example/a") -> Capture:
    return Capture(Item("s", 0, url), body, _WHEN, url, 200, "text/html")


@settings(max_examples=60)
@given(st.lists(_captures, max_size=4))
def test_round_trip(captures: list[Capture]) -> None:
    data, offsets = written(captures)
    assert list(read_warc_captures(io.BytesIO(data))) == list(zip(offsets, captures, strict=True))
    assert data == written(captures)[0], "the same captures give the same bytes"
    for offset, capture in zip(offsets, captures, strict=True):
        found = read_capture_at(io.BytesIO(data), offset, "f.warc.gz")
        assert found.raw == RawRef("f.warc.gz", offset)
        assert found.body == capture.body


def test_others_can_read_it() -> None:
    file_capture = Capture(Item("w", 1, "/in/a b.xml"), b"<newsItem/>", _WHEN, "/in/a b.xml", None, "application/xml")
    data, _ = written([page(), file_capture])
    records = []
    for record in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        records.append((record.rec_type, record.rec_headers["WARC-Date"], record.content_stream().read()))
    assert [r[0] for r in records] == ["warcinfo", "response", "resource"]
    assert {r[1] for r in records} == {"2018-09-14T01:02:03.456789Z"}
    assert [r[2] for r in records[1:]] == [b"<p>x</p>", b"<newsItem/>"]


def test_reading_where_nothing_is() -> None:
    data, (offset,) = written([page()])
    with pytest.raises(WirefoldError, match=r"no capture at offset 0|damaged"):
        read_capture_at(io.BytesIO(data), 0)
    with pytest.raises(WirefoldError):
        read_capture_at(io.BytesIO(data), offset + 5)
    with pytest.raises(WirefoldError, match="damaged"):
        list(read_warc_captures(io.BytesIO(data[:-40])))


def foreign(data: bytes, max_bytes: int = 1_000_000) -> list[Capture | Reject]:
    return list(read_foreign_warc(io.BytesIO(data), "crawl", "c.warc", max_bytes=max_bytes, first_seq=7))


def record(
    block: bytes, kind: str = "response", mime: str = "application/http", url: str = "http://a.example/1"
) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2018-09-14T01:02:03Z\r\n"
    return f"{head}Content-Type: {mime}\r\nContent-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, status: int = 200, mime: str = "text/html", **headers: str) -> bytes:
    lines = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items())
    return f"HTTP/1.1 {status} X\r\nContent-Type: {mime}\r\n{lines}\r\n".encode() + body


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (record(http(b"hi")), b"hi"),
        (record(http(gzip.compress(b"hi"), Content_Encoding="gzip")), b"hi"),
        (record(http(b"hi", Content_Encoding="gzip")), b"hi"),  # unpacked by the crawler, header kept
        (record(http(b"<p>hi", Content_Encoding="br")), b"<p>hi"),
        (record(http(b"<p>hi", Content_Encoding="zstd")), b"<p>hi"),
        (record(http(b"\0\1\2", Content_Encoding="zstd")), Reason.MALFORMED),
        (record(http(b"hi")).replace(b"Content-Type: application/http\r\n", b""), b"hi"),
        (record(http(b"hi"), mime="text/html"), b"hi"),  # of the page and not of the record
        (record(http(b"2\r\nhi\r\n3\r\n yo\r\n0\r\n\r\n", Transfer_Encoding="chunked")), b"hi yo"),
        (record(http(b"hi", Transfer_Encoding="chunked")), b"hi"),
        (record(http(b"hi").replace(b"\r\n", b"\n")), b"hi"),
        (record(b"<newsItem/>", "resource", "application/xml"), b"<newsItem/>"),
        (record(http(b"{}", mime="application/ld+json")), b"{}"),
        (record(http(b"", 404)), Reason.NOT_FOUND),
        (record(http(b"", 410)), Reason.GONE),
        (record(http(b"", 500)), Reason.HTTP_STATUS),
        (record(http(b"GIF", mime="image/gif")), Reason.UNSUPPORTED),
        (record(b"nonsense"), Reason.MALFORMED),
        (record(http(b"5\r\nhi", Transfer_Encoding="chunked")), Reason.MALFORMED),
        (record(http(b"2\r\nhi\r\nzz\r\n", Transfer_Encoding="chunked")), Reason.MALFORMED),
        (record(http(b"x" * 2_000_000)), Reason.TOO_LARGE),
        (record(http(gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")), Reason.BOMB),
        (record(http(b"hi" * 50))[:-60], Reason.MALFORMED),
        (record(http(b"hi", 301)), None),
        (record(http(b"User-agent: *"), url="http://a.example/robots.txt"), None),
        (record(b"20180914 1.2.3.4", "resource", "text/dns", "dns:a.example"), None),
        (record(b"GET / HTTP/1.1\r\n\r\n", "request"), None),
        (record(b"fetchTimeMs: 1", "metadata", "application/warc-fields"), None),
        (b"", None),
        (b"no archive at all\n" * 50, Reason.MALFORMED),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_foreign_record(data: bytes, expected: bytes | Reason | None, packed: bool) -> None:
    found = foreign(gzip.compress(data) if packed and data else data)
    if expected is None:
        assert found == []
        return
    (one,) = found
    assert (one.item.source, one.item.seq) == ("crawl", 7)
    assert one.raw
    assert (one.raw.file, one.raw.offset) == ("c.warc", 0)
    assert (one.body if isinstance(one, Capture) else one.reason) == expected
    if isinstance(one, Capture):
        assert one.fetched_at == datetime(2018, 9, 14, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize("packed", [False, True])
def test_reading_goes_on_after_damage(packed: bool) -> None:
    records = [record(http(b"page %d" % n)) for n in range(5)]
    parts = [gzip.compress(r, mtime=0) for r in records] if packed else records
    parts[2] = parts[2][:12] + b"\xff" * 40 + parts[2][52:]
    found = foreign(b"".join(parts))
    bodies = [c.body for c in found if isinstance(c, Capture)]
    assert [b for b in bodies if b != b"page 2"] == [b"page 0", b"page 1", b"page 3", b"page 4"]
    assert [r.reason for r in found if isinstance(r, Reject)] in ([Reason.MALFORMED], [])
    assert packed is False or len(found) == 5
    assert [f.item.seq for f in found] == list(range(7, 7 + len(found)))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["response", "request"])
@pytest.mark.parametrize("claimed", [5_000, 900_000, 10**12, 2**64 - 1])
def test_a_record_of_false_length_takes_no_other_with_it(packed: bool, kind: str, claimed: int) -> None:
    records = [record(http(b"page %d" % n), kind if n == 1 else "response") for n in range(4)]
    records[1] = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % claimed, records[1])
    found = foreign(b"".join(gzip.compress(r, mtime=0) for r in records) if packed else b"".join(records))
    assert [f.body for f in found if isinstance(f, Capture)] == [b"page 0", b"page 2", b"page 3"]
    assert [f.reason for f in found if isinstance(f, Reject)] == (
        [] if kind == "request" else [Reason.TOO_LARGE if claimed > 1_000_000 else Reason.MALFORMED]
    )


def test_records_of_false_length_are_not_read_again_without_end() -> None:
    one = re.sub(rb"Content-Length: \d+", b"Content-Length: 999999999999", record(http(b"hi")))
    found = foreign(one * 10_000)
    assert all(isinstance(f, Reject) for f in found)
    assert isinstance(found[-1], Reject)
    assert found[-1].detail.startswith("record after record")


@pytest.mark.parametrize("date", [b"yesterday", b"0001-01-01T00:00:00+05:00", b"9999-12-31T23:59:59Z"])
def test_a_date_that_cannot_be_is_not_known(date: bytes) -> None:
    (one,) = foreign(record(http(b"hi")).replace(b"2018-09-14T01:02:03Z", date))
    assert isinstance(one, Capture)
    assert one.fetched_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_little_is_read_again_where_record_after_record_is_broken() -> None:
    class Counted(io.BytesIO):
        total = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.total += len(data)
            return data

    file = Counted(b"WARC/1.0\r\n" * 50 + b"x" * 2_000_000)
    (one,) = read_foreign_warc(file, "crawl", "c.warc", max_bytes=1_000_000)
    assert isinstance(one, Reject)
    assert file.total < 10_000_000


def test_arc() -> None:
    info = b"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n\n"
    body = http(b"<p>old</p>")
    records = [b"filedesc://x.arc 0.0.0.0 20080430204825 text/plain %d\n%s\n" % (len(info), info)]
    records.append(b"http://a.example/1 1.2.3.4 20080430204825 text/html %d\n%s\n" % (len(body), body))
    for packed in (b"".join(records), b"".join(map(gzip.compress, records))):
        (one,) = [f for f in foreign(packed) if isinstance(f, Capture)]
        assert (one.url, one.body, one.status) == ("http://a.example/1", b"<p>old</p>", 200)
        assert one.fetched_at == datetime(2008, 4, 30, 20, 48, 25, tzinfo=UTC)


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(st.integers(0, 900), st.binary(max_size=30), st.booleans())
def test_no_damage_raises(at: int, junk: bytes, packed: bool) -> None:
    parts = [record(http(b"page %d" % n)) for n in range(3)]
    data = b"".join(gzip.compress(p, mtime=0) for p in parts) if packed else b"".join(parts)
    assert len(foreign(data[:at] + junk + data[at + len(junk) :])) <= 8


def _archives() -> Iterator[Path]:
    yield from sorted((CORPORA / "warc").glob("*"))


def test_real_archives() -> None:
    counts = {}
    for path in _archives():
        with path.open("rb") as file:
            found = list(read_foreign_warc(file, "crawl", path.name, max_bytes=20_000_000))
        captures = sum(isinstance(f, Capture) for f in found)
        counts[path.name.partition("__")[2]] = (captures, len(found) - captures)
    if not counts:
        pytest.skip("no corpora here: set WIREFOLD_CORPORA")
    assert counts["warcfile.warc.gz"] == counts["warcfile.warc"] == counts["warcfile.warc.lz4"] == (16, 0)
    assert counts["clueweb-quirk.warc.gz"] == (29, 0)
    assert counts["clipped.warc.gz"] == (0, 1)
    assert counts["cc.warc.gz"] == (1, 0)
