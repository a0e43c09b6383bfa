"""Ready texts: JSONL and Parquet files with ``id`` and ``text``, read as Arrow batches."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.article import Item, RawRef, Reason, Reject
from pipeline.sources.listing import as_utc

__all__ = ["TEXTS", "read_texts"]

TEXTS = pa.schema([
    pa.field("seq", pa.int64(), nullable=False),  # Item.seq
    pa.field("row", pa.int64(), nullable=False),  # line or row in the file, from 0: RawRef.offset
    pa.field("id", pa.string(), nullable=False),  # becomes Item.guid
    pa.field("text", pa.string(), nullable=False),
    pa.field("title", pa.string()),
    pa.field("url", pa.string()),
    pa.field("source", pa.string()),
    pa.field("published_at", pa.timestamp("us", tz="UTC")),
    pa.field("language", pa.string()),
])  # fmt: skip
"""One ready text per row. What a row does not say is null. Batches name their file in the schema's metadata."""

_COLUMNS = TEXTS.names[2:]
_ROWS = 4_096  # of one batch
_BATCH_BYTES = 4 << 20  # of one batch, about; four times faster than batches that outgrow the caches
_PARQUET_ROWS = 256  # read at once
_FOLDED = 200  # bytes of one row
_MAX_ID = 1_000  # characters


def read_texts(path: Path, *, source: str, max_bytes: int, first_seq: int = 0) -> Iterator[pa.RecordBatch | Reject]:
    """Batches of schema `TEXTS`, and a reject for every row that is no text, in the order of the file.

    ``id`` and ``text`` must be there; an integer ``id`` counts as its digits. Unknown columns are passed over.
    Times are ISO 8601, UTC where they name no zone. Of the other columns, a blank text and a NaN say nothing.

    Args:
        source: ``Item.source`` of rejects.
        max_bytes: Longest line or text.
        first_seq: ``Item.seq`` of the first row that is not blank.
    """
    rows = _parquet(path, max_bytes) if path.suffix.lower() == ".parquet" else _json_lines(path, max_bytes)
    seq = first_seq
    for found in rows:
        if isinstance(found, _Fault):
            item = Item(source, seq, str(path), guid=found.guid)
            yield Reject(item, found.reason, f"{path.name}, row {found.row}: {found}", raw=RawRef(str(path), found.row))
            seq += 1
        else:
            numbered = found.set_column(0, TEXTS.field("seq"), pa.array(range(seq, seq + found.num_rows), pa.int64()))
            yield numbered.replace_schema_metadata({"file": str(path)})
            seq += found.num_rows


class _Fault(Exception):
    """What is wrong with one row."""

    def __init__(self, detail: str, reason: Reason = Reason.MALFORMED, guid: str | None = None, row: int = 0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.guid = guid
        self.row = row


def _batches(rows: Iterable[tuple[int, Any]], max_bytes: int) -> Iterator[pa.RecordBatch | _Fault]:
    """Check numbered rows and gather the good ones; the order is kept. Column ``seq`` is not filled in."""
    batch: list[tuple[Any, ...]] = []
    size = 0
    for number, found in rows:
        row = found if isinstance(found, _Fault) else _checked(found, max_bytes)
        if isinstance(row, _Fault):
            row.row = number
        else:
            batch.append((0, number, *row))
            size += len(row[1])
        if batch and (isinstance(row, _Fault) or len(batch) >= _ROWS or size >= _BATCH_BYTES):
            yield _batch(batch)
            batch, size = [], 0
        if isinstance(row, _Fault):
            yield row
    if batch:
        yield _batch(batch)


def _batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = [pa.array(values, field.type) for values, field in zip(zip(*rows, strict=True), TEXTS, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=TEXTS)


def _checked(row: Any, max_bytes: int) -> tuple[Any, ...] | _Fault:
    """The values of `_COLUMNS`, checked."""
    if not isinstance(row, dict):
        return _Fault("is no JSON object")
    get = row.get
    guid, text = get("id"), get("text")
    if isinstance(guid, int) and not isinstance(guid, bool):
        guid = str(guid)
    if not isinstance(guid, str) or not 0 < len(guid) <= _MAX_ID:
        return _Fault("'id' must be a text of 1 to 1,000 characters")
    if not isinstance(text, str):
        return _Fault("'text' is missing" if text is None else "'text' is no text", guid=guid)
    if len(text) > max_bytes:
        return _Fault(f"text of {len(text):,} characters", Reason.TOO_LARGE, guid)
    values = [get("title"), get("url"), get("source"), get("published_at"), get("language")]
    for i, value in enumerate(values):
        if _silent(value):
            values[i] = None
        elif i != 3 and not isinstance(value, str):
            return _Fault(f"{_COLUMNS[i + 2]!r} is no text", guid=guid)
    if values[3] is not None:
        values[3] = _time(values[3])
        if values[3] is None:
            return _Fault("'published_at' is no ISO 8601 time", guid=guid)
    checked = (guid, text, *values)
    try:
        for value in checked:
            if isinstance(value, str) and not value.isascii():
                value.encode()
    except UnicodeEncodeError:
        return _Fault("holds bytes that are no UTF-8, or half a character (a lone surrogate)")
    return checked


def _silent(value: object) -> bool:
    """Whether an optional value says nothing, in the ways that programs write that they know none."""
    return value is None or (isinstance(value, str) and not value.strip()) or value != value


def _time(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value
    return as_utc(value) if isinstance(value, str) else None


def _json_lines(path: Path, max_bytes: int) -> Iterator[pa.RecordBatch | _Fault]:
    return _batches(_parsed_lines(path, max_bytes), max_bytes)


def _parsed_lines(path: Path, max_bytes: int) -> Iterator[tuple[int, Any]]:
    number = 0
    try:
        with cast(BinaryIO, gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            while line := file.readline(max_bytes + 1):
                if len(line) > max_bytes:
                    while line and not line.endswith(b"\n"):
                        line = file.readline(1 << 20)
                    yield number, _Fault(f"line of more than {max_bytes:,} bytes", Reason.TOO_LARGE)
                elif not line.isspace():
                    try:
                        yield number, json.loads(line)
                    except (ValueError, RecursionError) as e:
                        yield number, _Fault(f"broken JSON: {e}")
                number += 1
    except (OSError, EOFError, zlib.error) as e:
        yield number, _Fault(f"cannot be read further: {e}")


def _parquet(path: Path, max_bytes: int) -> Iterator[pa.RecordBatch | _Fault]:
    number = 0
    try:
        # Read ahead, it would hold every row group until the last one has been read.
        with pq.ParquetFile(path, read_dictionary=["text"] if _folded(path) else None, pre_buffer=False) as file:
            names = [name for name in _COLUMNS if name in file.schema_arrow.names]
            missing = {"id", "text"}.difference(names)
            if missing:
                yield _Fault(f"has no column {min(missing)!r}")
                return
            for batch in file.iter_batches(batch_size=_PARQUET_ROWS, columns=names):
                for part in _parts(batch):
                    columns = {name: _plain(name, part[name]) for name in names}
                    whole = _whole(columns, number, max_bytes)
                    if whole is not None:
                        yield whole
                    else:  # something is wrong with a row: go row by row
                        rows = zip(*map(_values, columns.values()), strict=True)
                        named = (dict(zip(names, row, strict=True)) for row in rows)
                        yield from _batches(enumerate(named, number), max_bytes)
                    number += part.num_rows
    except _Fault as e:
        yield e
    except (pa.ArrowException, OSError, ValueError) as e:
        yield _Fault(f"cannot be read further: {e}", row=number)


def _folded(path: Path) -> bool:
    """Whether texts take so little room that many rows must share one, or each is very short.

    Such a column is read as a dictionary: a long text repeated in every row must not unfold before it is measured.
    Others are read plainly, since building a dictionary of distinct texts would hold a whole row group in memory.
    """
    metadata = pq.read_metadata(path)
    place = next((i for i in range(metadata.num_columns) if metadata.schema.column(i).path == "text"), None)
    if place is None:
        return False
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    return any(g.column(place).total_uncompressed_size < _FOLDED * g.num_rows for g in groups)


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Slices of a batch whose texts, written out, take about `_BATCH_BYTES` at most."""
    texts = batch["text"]
    if not isinstance(texts, pa.DictionaryArray):
        if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
            raise _Fault(f"column 'text' is {texts.type}")
        yield batch
        return
    distinct: Any = texts.dictionary
    lengths = pc.fill_null(pc.take(pc.binary_length(distinct), texts.indices), 0)
    start, size = 0, 0
    for i, length in enumerate(lengths.to_pylist()):
        if size and size + length > _BATCH_BYTES:
            yield batch.slice(start, i - start)
            start, size = i, 0
        size += length
    yield batch.slice(start)


def _whole(columns: dict[str, Any], first_row: int, max_bytes: int) -> pa.RecordBatch | None:
    """The columns as they are, when a look at them as a whole shows that every row is good."""
    guid, text = columns["id"], columns["text"]
    fits = all(column.type == TEXTS.field(name).type for name, column in columns.items())
    if not fits or guid.null_count or text.null_count or not len(guid):
        return None
    try:
        for column in columns.values():
            column.validate(full=True)  # of texts: that they are UTF-8, which nothing else looks at
    except pa.ArrowInvalid:
        return None
    lengths: Any = pc.min_max(pc.utf8_length(guid)).as_py()
    if not (lengths["min"] > 0 and lengths["max"] <= _MAX_ID) or pc.max(pc.utf8_length(text)).as_py() > max_bytes:
        return None
    count = len(guid)
    rows = pa.array(range(first_row, first_row + count), pa.int64())
    known = {"seq": rows, "row": rows, **columns}
    arrays = [known[f.name] if f.name in known else pa.nulls(count, f.type) for f in TEXTS]
    return pa.RecordBatch.from_arrays(arrays, schema=TEXTS)


def _values(column: Any) -> list[Any]:
    """The values of an Arrow array; bytes that are no UTF-8 become lone surrogates."""
    try:
        return cast(list[Any], column.to_pylist())
    except UnicodeDecodeError:
        raw = column.cast(pa.binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "surrogateescape") for value in raw]


def _plain(name: str, column: Any) -> Any:
    """The Arrow array in the type of `TEXTS` where that loses nothing, else as it is."""
    kind, wanted = column.type, TEXTS.field(name).type
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column, kind = column.cast(pa.string()), pa.string()
    try:
        if name not in ("id", "text") and pa.types.is_string(kind):
            column = pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column)
        if name == "published_at" and any(
            of(kind) for of in (pa.types.is_timestamp, pa.types.is_date, pa.types.is_string)
        ):
            return column.cast(wanted, safe=False)
    except pa.ArrowInvalid:  # no UTF-8, or times in several forms: left to the row by row way
        return column
    return column
