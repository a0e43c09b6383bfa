"""Raw captures as WARC/1.1 (ISO 28500:2017): anybody's tools can read them, and we get equal captures back."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import quote

from fastwarc import ArchiveIterator, WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.article import Capture, Item, RawRef
from pipeline.errors import WirefoldError

__all__ = ["WarcWriter", "read_capture_at", "read_warc_captures"]

# What a capture knows beyond its body, as one line of JSON. The standard headers say the same to other tools, but in
# forms that do not always survive (header syntax, URI escaping).
_FIELD = "Wirefold-Capture"
_MAX_HEADER = 1 << 20
_STATUSES = frozenset(int(s) for s in HTTPStatus)
_INFO = (
    b"software: wirefold\r\nformat: WARC File Format 1.1\r\n"
    b"conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
)


class WarcWriter:
    """Appends captures to a file, one gzip member each; the text that a listing has of one follows as `metadata`.

    The bytes depend on the captures alone: record ids are derived from the content, dates from the fetch. A `warcinfo`
    record comes first, dated like the first capture; a file without captures stays empty.

    Args:
        fileobj: Binary, writable, knows its position (`tell`); stays open.
    """

    def __init__(self, fileobj: IO[bytes]) -> None:
        self._file = fileobj
        self._warc = WARCWriter(fileobj, gzip=True, warc_version="1.1")
        self._begun = False

    def write(self, capture: Capture) -> int:
        """Append a capture; return the offset of its gzip member.

        Bodies are kept decoded, so Content-Encoding is left out and Content-Length is that of the body.
        """
        if not self._begun:
            self._begun = True
            self._append("warcinfo", "", capture.fetched_at, _INFO, "application/warc-fields", "")
        fields = _fields(capture)
        offset = self._append_capture(capture, fields)
        if capture.item.content:
            content = capture.item.content.encode("utf-8", "replace")
            self._append("metadata", capture.url, capture.fetched_at, content, "text/html; charset=utf-8", "")
        return offset

    def _append_capture(self, capture: Capture, fields: str) -> int:
        if capture.status is None:
            mime = capture.content_type if capture.content_type and capture.content_type.isprintable() else None
            return self._append("resource", capture.url, capture.fetched_at, capture.body, _ascii(mime), fields)
        return self._append("response", capture.url, capture.fetched_at, capture.body, "", fields, _http(capture))

    def _append(
        self,
        kind: str,
        url: str,
        at: datetime,
        body: bytes,
        mime: str,
        fields: str,
        http: StatusAndHeaders | None = None,
    ) -> int:
        identity = uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {url} {at.isoformat()} {fields}"), _hex(body))
        headers = {
            "WARC-Record-ID": f"<urn:uuid:{identity}>",
            "WARC-Date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        if fields:
            headers[_FIELD] = fields
        offset = self._file.tell()
        record = self._warc.create_warc_record(
            quote(url, safe=":/?#[]@!$&'()*+,;=%"),
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            warc_content_type=mime or ("application/octet-stream" if kind == "resource" else ""),
            warc_headers_dict=headers,
            http_headers=http,
        )
        self._warc.write_record(record)
        return offset


def read_warc_captures(fileobj: IO[bytes], file: str | None = None) -> Iterator[tuple[int, Capture]]:
    """The captures of a file that `WarcWriter` wrote, with the offsets of their records.

    Args:
        file: Name to put into ``Capture.raw``; without it `raw` is None.

    Raises:
        WirefoldError: The file is damaged.
    """
    kinds = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.metadata
    records = ArchiveIterator(fileobj, record_types=kinds, parse_http=False, max_header_len=_MAX_HEADER)
    try:
        for record in records:
            if _FIELD in record.headers:
                fields = json.loads(record.headers[_FIELD])
                capture, offset = _capture(record, fields), record.stream_pos
                if fields.get("has_content"):
                    content = _block(next(records)).decode()
                    capture = replace(capture, item=replace(capture.item, content=content))
                yield offset, capture if file is None else replace(capture, raw=RawRef(file, offset))
    except (OSError, ValueError, KeyError, StopIteration) as e:
        raise WirefoldError(f"{file or 'WARC file'} is damaged: {e}") from e


def read_capture_at(fileobj: IO[bytes], offset: int, file: str | None = None) -> Capture:
    """The capture whose record starts at `offset`.

    Raises:
        WirefoldError: There is none.
    """
    fileobj.seek(offset)
    for found, capture in read_warc_captures(fileobj, file):
        if found == offset:
            return capture
        break
    raise WirefoldError(f"{file or 'WARC file'} holds no capture at offset {offset}")


def _fields(capture: Capture) -> str:
    item = capture.item
    return json.dumps({
        "source": item.source,
        "seq": item.seq,
        "item_url": item.url,
        "guid": item.guid,
        "title": item.title,
        "published_at": item.published_at.isoformat() if item.published_at else None,
        "has_content": bool(item.content),
        "url": capture.url,
        "fetched_at": capture.fetched_at.isoformat(),
        "status": capture.status,
        "content_type": capture.content_type,
        "etag": capture.etag,
        "last_modified": capture.last_modified,
    })  # fmt: skip


def _capture(record: WarcRecord, fields: dict[str, Any]) -> Capture:
    published = fields["published_at"]
    block = _block(record)
    return Capture(
        item=Item(
            source=fields["source"],
            seq=fields["seq"],
            url=fields["item_url"],
            guid=fields["guid"],
            title=fields["title"],
            published_at=datetime.fromisoformat(published) if published else None,
        ),
        body=block if fields["status"] is None else block.partition(b"\r\n\r\n")[2],
        fetched_at=datetime.fromisoformat(fields["fetched_at"]),
        url=fields["url"],
        status=fields["status"],
        content_type=fields["content_type"],
        etag=fields["etag"],
        last_modified=fields["last_modified"],
    )


def _block(record: WarcRecord) -> bytes:
    block: bytes = record.reader.read(record.content_length)
    if len(block) != record.content_length:
        raise ValueError(f"record at {record.stream_pos} ends early")
    return block


def _http(capture: Capture) -> StatusAndHeaders:
    status = capture.status or 0
    phrase = HTTPStatus(status).phrase if status in _STATUSES else ""
    named = (("Content-Type", capture.content_type), ("ETag", capture.etag), ("Last-Modified", capture.last_modified))
    headers = [(name, _ascii(value)) for name, value in named if value]
    headers.append(("Content-Length", str(len(capture.body))))
    return StatusAndHeaders(f"{status} {phrase}".strip(), headers, protocol="HTTP/1.1")


def _ascii(value: str | None) -> str:
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in value or "")


def _hex(body: bytes) -> str:
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()
