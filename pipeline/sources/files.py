"""Files that a person hands over: archives of crawls, pages, wire files, ready texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from pipeline.article import Capture, Reason, Reject
from pipeline.errors import UsageError
from pipeline.fetch.foreign import read_foreign_warc
from pipeline.sources.directory import file_item, files_below, read_file
from pipeline.sources.texts import read_texts

__all__ = ["FileKind", "classify", "expand", "read_paths"]


class FileKind(StrEnum):
    """How a file is read."""

    ARCHIVE = "archive"  # many captures: WARC, ARC
    TEXTS = "texts"  # many ready texts: JSONL, Parquet
    DOCUMENT = "document"  # one page or wire item, or something that extraction will turn down


_SUFFIXES = {
    ".warc": FileKind.ARCHIVE,
    ".arc": FileKind.ARCHIVE,
    ".jsonl": FileKind.TEXTS,
    ".ndjson": FileKind.TEXTS,
    ".parquet": FileKind.TEXTS,
}
_PACKED = frozenset({".gz", ".lz4", ".zst"})
_MAGIC = {b"WARC/": FileKind.ARCHIVE, b"filedesc://": FileKind.ARCHIVE, b"PAR1": FileKind.TEXTS}


def expand(paths: Iterable[str | Path]) -> list[Path]:
    """The files meant by `paths`, each once: a directory means all files below it, in the order of their names.

    Raises:
        UsageError: A path does not exist.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            found.update(dict.fromkeys(files_below(path)))
        elif path.is_file():
            found[path] = None
        else:
            raise UsageError(f"no such file or directory: {path}")
    return list(found)


def classify(path: Path) -> FileKind:
    """By the suffix, else by the first bytes."""
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    if suffixes and suffixes[-1] in _SUFFIXES:
        return _SUFFIXES[suffixes[-1]]
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        return FileKind.DOCUMENT  # reading it will say what is wrong
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), FileKind.DOCUMENT)


def read_paths(
    paths: Iterable[str | Path], *, source: str = "files", max_bytes: int
) -> Iterator[Capture | pa.RecordBatch | Reject]:
    """Everything in files and directories, streaming, in a fixed order.

    Ready texts come as batches of `pipeline.sources.texts.TEXTS`, all else as captures. ``Item.seq`` counts through all
    files, so the items discovered are the sum of captures, rejects and rows.

    Args:
        max_bytes: Of one document, archive record or text, unpacked.

    Raises:
        UsageError: A path does not exist.
    """
    seq = 0
    for path in expand(paths):
        for found in _read(path, source, max_bytes, seq):
            yield found
            seq += found.num_rows if isinstance(found, pa.RecordBatch) else 1


def _read(path: Path, source: str, max_bytes: int, seq: int) -> Iterator[Capture | pa.RecordBatch | Reject]:
    kind, item = classify(path), file_item(path, source, seq)
    if item.url != str(path):
        yield Reject(item, Reason.MALFORMED, "the name of the file is no UTF-8")
    elif kind is FileKind.TEXTS:
        yield from read_texts(path, source=source, max_bytes=max_bytes, first_seq=seq)
    elif kind is FileKind.ARCHIVE:
        with path.open("rb") as file:
            yield from read_foreign_warc(file, source, str(path), max_bytes=max_bytes, first_seq=seq)
    else:
        yield read_file(item, max_bytes)
