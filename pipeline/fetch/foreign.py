"""WARC and ARC files that others wrote: crawls, Common Crawl news. Everything in them may be broken."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from fastwarc import ArchiveIterator, WarcRecord, WarcRecordType
from fastwarc.warc import WarcRecordPayloadReader
from warcio.archiveiterator import ARCIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline.article import Capture, Item, RawRef, Reason, Reject, credible
from pipeline.fetch.decode import collect
from pipeline.fetch.failure import Failure, reason_of_status

__all__ = ["read_foreign_warc"]

_HEAD = 65_536  # bytes of HTTP status line and headers
_TAKEN = re.compile(r"text/(html|xml|plain|json)|application/(xhtml\+xml|xml|json|[\w.+-]+\+(xml|json))", re.IGNORECASE)
_BLANK = (b"\r\n", b"\n")  # lines that end a head: old crawls end lines with a bare line feed
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_PLAIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?A-Za-z]|[{\[])")  # how pages, feeds and JSON begin
_MEMBER = b"\x1f\x8b\x08"
_WARC = re.compile(rb"WARC/\d\.\d\r?\n")
_MARKS = re.compile(re.escape(_MEMBER) + b"|" + _WARC.pattern)
_AGAIN, _AGAIN_LEAST = 8, 1 << 30  # times the file, and bytes, that may be read once more for records of false length
_FIRST_LOOK, _SCAN = 1 << 12, 1 << 20  # bytes: the next record is near, mostly, and damage may be all that there is


def read_foreign_warc(
    fileobj: BinaryIO, source: str, file: str, *, max_bytes: int, first_seq: int = 0
) -> Iterator[Capture | Reject]:
    """The pages and wire items of a WARC or ARC file, compressed (gzip, lz4, zstd) or not, in its order.

    Response and resource records of text, markup and JSON become captures; other types of content and broken records
    become rejects. Requests, metadata, revisits, redirects, robots.txt and DNS records are no items and passed over.
    After damage, reading goes on with the next record that can be found. Memory is bounded by `max_bytes`.

    Args:
        fileobj: Binary and seekable.
        file: Path for ``RawRef.file``; offsets are those of the records in it.
        first_seq: ``Item.seq`` of the first item.
    """
    head = fileobj.read(2_048)
    fileobj.seek(0)
    records = _arc_records if _is_arc(head) else _warc_records
    seq = first_seq
    for record in records(fileobj, max_bytes):
        if (outcome := record.outcome(source, seq, file, max_bytes)) is not None:
            yield outcome
            seq += 1


@dataclass(frozen=True, slots=True)
class _Record:
    """One record as it lies there: where it begins, its target, date and content; or what is wrong with it.

    Attributes:
        head: The lines of an HTTP response before its body; None for a record that is none.
    """

    offset: int
    url: str = ""
    at: datetime | None = None
    head: bytes | None = None
    body: bytes = b""
    mime: str | None = None
    broken: Failure | None = None

    def outcome(self, source: str, seq: int, file: str, max_bytes: int) -> Capture | Reject | None:
        """What becomes of it; None when it is no item."""
        item = Item(source, seq, self.url or f"{file}#{self.offset}")
        raw = RawRef(file, self.offset, self.at)
        at = self.at or datetime.fromtimestamp(0, UTC)  # a fixed moment: a re-run must give the same bytes
        try:
            if self.broken:
                raise self.broken
            if self.url.partition("?")[0].endswith("/robots.txt") or self.url.startswith(("dns:", "whois:")):
                return None
            status, headers = (None, {"content-type": self.mime or ""}) if self.head is None else _parsed(self.head)
            if status is not None and (300 <= status < 400 or status < 200):
                return None
            if status is not None and status not in (200, 203):
                raise Failure(reason_of_status(status), f"captured with status {status}", status=status)
            mime = headers.get("content-type") or None
            if mime and not _TAKEN.match(mime.strip()):
                raise Failure(Reason.UNSUPPORTED, f"content of type {mime[:80]}", status=status)
            chunked = headers.get("transfer-encoding", "").lower() == "chunked"
            body = _uncoded(_unchunked(self.body) if chunked else self.body, headers.get("content-encoding"), max_bytes)
        except Failure as e:
            return Reject(item, e.reason, str(e), fetched_at=at, status=e.status, raw=raw)
        return Capture(
            item=item,
            body=body,
            fetched_at=at,
            url=self.url,
            status=status,
            content_type=mime,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            raw=raw,
        )


def _warc_records(fileobj: BinaryIO, max_bytes: int) -> Iterator[_Record]:
    """Records of a WARC file; after damage, from the next gzip member or version line on.

    So it is after a record that claims to be longer than the rest of the file: it has swallowed those behind it.
    """
    start: int | None = 0
    left = _AGAIN * fileobj.seek(0, os.SEEK_END) + _AGAIN_LEAST
    while start is not None:
        fileobj.seek(start)
        at, sound = start, start == 0  # `at`: where the last readable record begins
        try:
            for record in ArchiveIterator(fileobj, parse_http=False):
                at, sound = record.stream_pos, True
                size = 0
                if record.record_type in (WarcRecordType.response, WarcRecordType.resource):
                    yield (found := _warc_record(record, max_bytes))
                    size = len(found.head or b"") + len(found.body)
                size += record.reader.consume()
                if size < record.content_length:
                    left -= size
                    break
            else:
                return
            if left < 0:
                why = f"record after record claims to be longer than the file: nothing behind offset {at} is read"
                yield _Record(at, broken=Failure(Reason.MALFORMED, why))
                return
        except (OSError, ValueError, UnicodeError) as e:
            if sound:  # else this damage has been told already
                yield _Record(at, broken=Failure(Reason.MALFORMED, f"damaged after offset {at}: {e}"))
        start = _next_record(fileobj, at + 1)


def _warc_record(record: WarcRecord, max_bytes: int) -> _Record:
    offset, url = record.stream_pos, (record.headers.get("WARC-Target-URI") or "").strip(" <>")
    at, mime, length = _date(record.headers.get("WARC-Date")), record.headers.get("Content-Type"), record.content_length
    if length > max_bytes + _HEAD:
        why = Failure(Reason.TOO_LARGE, f"record of {length:,} bytes, {max_bytes:,} allowed")
        return _Record(offset, url, at, broken=why)
    head = None
    first = record.reader.readline(_HEAD)
    is_response = record.record_type is WarcRecordType.response and _STATUS_LINE.match(first)
    if is_response or (mime or "").lower().startswith("application/http"):
        head, first = first + b"".join(_rest_of_head(record.reader, first)), b""
    body = first + record.reader.read(length)  # a copy of a page less than taking head and body apart
    broken = None
    if (found := len(head or b"") + len(body)) < length:
        broken = Failure(Reason.MALFORMED, f"record ends after {found:,} of {length:,} bytes")
    return _Record(offset, url, at, head, body, mime, broken)


def _rest_of_head(reader: WarcRecordPayloadReader, line: bytes) -> Iterator[bytes]:
    size = len(line)
    while line and line not in _BLANK and size < _HEAD:
        yield (line := reader.readline(_HEAD - size))
        size += len(line)


def _arc_records(fileobj: BinaryIO, max_bytes: int) -> Iterator[_Record]:
    offset = 0
    try:
        records = ARCIterator(fileobj, arc2warc=True)
        for record in records:
            head = record.http_headers.to_bytes() if record.http_headers else b""
            body = record.raw_stream.read(max_bytes + 1)
            offset = records.get_record_offset()  # reads to the end of the record, so only now
            large = (
                Failure(Reason.TOO_LARGE, f"record of more than {max_bytes:,} bytes") if len(body) > max_bytes else None
            )
            url, at = record.rec_headers.get_header("WARC-Target-URI"), record.rec_headers.get_header("WARC-Date")
            yield _Record(offset, url or "", _date(at), head, body, broken=large)
    except (ArchiveLoadFailed, OSError, ValueError, AttributeError) as e:
        yield _Record(offset, broken=Failure(Reason.MALFORMED, f"damaged after offset {offset}: {e}"))


def _is_arc(head: bytes) -> bool:
    return (_unzipped(head) or head).startswith(b"filedesc://")


def _next_record(fileobj: BinaryIO, start: int) -> int | None:
    """Offset of the next place from `start` on where a record begins; None when there is none."""
    fileobj.seek(start)
    window = b""
    size = _FIRST_LOOK
    while chunk := fileobj.read(size):
        size = min(2 * size, _SCAN)
        window += chunk
        base = fileobj.tell() - len(window)
        for mark in _MARKS.finditer(window):
            if mark[0] != _MEMBER or _WARC.match(_unzipped(window[mark.start() : mark.start() + 2_048])):
                return base + mark.start()
        window = window[-2_048:]
    return None


def _unzipped(head: bytes) -> bytes:
    """The first bytes of a gzip member of which `head` is the beginning; empty when it is none."""
    try:
        return zlib.decompressobj(31).decompress(head, 64)
    except zlib.error:
        return b""


def _parsed(head: bytes) -> tuple[int, dict[str, str]]:
    status = _STATUS_LINE.match(head)
    if status is None or not head.endswith(tuple(b"\n" + blank for blank in _BLANK)):
        raise Failure(Reason.MALFORMED, "no HTTP response in the record")
    headers: dict[str, str] = {}
    for line in head.splitlines()[1:]:
        name, _, value = line.partition(b":")
        headers.setdefault(name.strip().decode("latin-1").lower(), value.strip().decode("latin-1")[:2_000])
    return int(status[1]), headers


def _uncoded(body: bytes, encoding: str | None, max_bytes: int) -> bytes:
    """Undo content codings; many archives keep the header of a body that they have unpacked.

    Raises:
        Failure: As `collect`.
    """
    try:
        return collect((body,), encoding, max_bytes)
    except Failure as e:
        if e.reason is Reason.MALFORMED and _PLAIN.match(body):
            return body
        raise


def _unchunked(body: bytes) -> bytes:
    """Undo chunked transfer coding (RFC 9112 section 7.1); many archives keep the header of a body put together."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\r\n", at, at + 200)
        size_field = body[at:end].partition(b";")[0].strip() if end >= 0 else b""
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size_field):
            if at == 0:
                return body
            raise Failure(Reason.MALFORMED, "broken chunked body")
        size = int(size_field, 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _date(value: str | None) -> datetime | None:
    try:
        when = datetime.fromisoformat(value or "")
        return credible(when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC))
    except (ValueError, OverflowError):
        return None
