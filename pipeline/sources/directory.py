"""A directory into which an agency delivers wire files."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.article import Capture, Item, RawRef, Reason, Reject
from pipeline.fetch.decode import collect
from pipeline.fetch.failure import Failure
from pipeline.lake import INTERNAL

__all__ = ["file_item", "files_below", "list_directory", "read_file"]

_PIECE = 1 << 20
_TYPES = {
    ".xml": "application/xml",
    ".newsml": "application/xml",
    ".nitf": "application/xml",
    ".json": "application/json",
    ".htm": "text/html",
    ".html": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
}


def files_below(directory: Path) -> Iterator[Path]:
    """All regular files below a directory, in the order of their names; hidden files and folders are left out.

    So is a lake that stands in the directory: its tables are what became of files, and would be taken in again.
    """
    for folder, folders, names in os.walk(directory):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not Path(folder, f, INTERNAL).is_dir())
        yield from (p for p in (Path(folder, n) for n in sorted(names) if not n.startswith(".")) if p.is_file())


def list_directory(directory: Path, source: str, limit: int) -> list[Item]:
    """One item per file, at most `limit`, the most recently changed; addresses are paths.

    Raises:
        OSError: The directory cannot be read.
    """
    os.scandir(directory).close()  # os.walk would pass over an unreadable directory in silence
    files = list(files_below(directory))
    if len(files) > limit:
        kept = set(sorted(files, key=lambda p: (-p.stat().st_mtime_ns, p))[:limit])
        files = [p for p in files if p in kept]
    return [file_item(path, source, seq) for seq, path in enumerate(files)]


def file_item(path: Path, source: str, seq: int) -> Item:
    """A file as an item. A name that is no UTF-8 cannot be kept as it is, and what it is kept as leads nowhere."""
    return Item(source, seq, os.fsencode(path).decode("utf-8", "backslashreplace"))


def read_file(item: Item, max_bytes: int) -> Capture | Reject:
    """Read the file an item points to; ``.gz`` is unpacked. The capture is dated by the file's last change."""
    path = Path(item.url)
    raw = RawRef(str(path))
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            pieces = iter(lambda: file.read(_PIECE), b"")
            body = collect(pieces, "gzip" if path.suffix.lower() == ".gz" else None, max_bytes)
    except Failure as e:
        return Reject(item, e.reason, f"{path.name}: {e}", raw=raw)
    except FileNotFoundError:
        return Reject(item, Reason.NOT_FOUND, "no such file", raw=raw)
    except (OSError, ValueError) as e:
        return Reject(item, Reason.MALFORMED, f"cannot read {path.name}: {getattr(e, 'strerror', None) or e}", raw=raw)
    return Capture(
        item=item,
        body=body,
        fetched_at=datetime.fromtimestamp(status.st_mtime, UTC),
        url=item.url,
        content_type=_guess(path),
        raw=raw,
    )


def _guess(path: Path) -> str | None:
    name = path.with_suffix("").name if path.suffix.lower() == ".gz" else path.name
    return _TYPES.get(Path(name).suffix.lower()) or mimetypes.guess_type(name)[0]
