"""One file of a table, as the manifests know it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from pipeline.lake.storage import Storage

__all__ = ["INTERNAL", "Bounds", "DataFile", "digest", "document", "entry", "stale", "wider"]

INTERNAL = "_wirefold"
Bounds = tuple[Any, Any, int]
"""Least and greatest value (None when all are null; instants in ISO form, UTC) and the number of nulls."""

_REMADE = frozenset({"sketches", "keys", "lines"})  # made from articles alone


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table, as the manifest knows it.

    Attributes:
        digest: xxh3-128 of the file's bytes, hex.
        source: What it was derived from (a digest), for derived tables; None for facts.
        bounds: Of some columns; files of no rows have none.
        start: Of a table with a row for each article: which row of the file of articles its first one is.
        held: Names of the runs in it, when there are several.
    """

    table: str
    day: str
    name: str
    rows: int
    bytes: int
    digest: str
    contract: str
    source: str | None = None
    bounds: dict[str, Bounds] = field(default_factory=dict, hash=False)
    start: int = 0
    held: tuple[str, ...] = ()

    @property
    def rel(self) -> str:
        return f"{self.table}/day={self.day}/{self.name}"

    @property
    def of(self) -> str:
        """Name of the file of articles that its rows are about: a part of records is ``RUN.1.parquet``."""
        return f"{self.name.split('.')[0]}.parquet"

    @property
    def runs(self) -> tuple[str, ...]:
        """Names of the runs that its rows are from."""
        return self.held or (self.name.split(".")[0],)

    def may_hold(self, column: str, low: Any, high: Any) -> bool:
        """Whether a value from `low` to `high` may be among those of a column."""
        if column not in self.bounds:
            return self.rows > 0
        least, greatest, _ = self.bounds[column]
        return least is not None and bool(least <= high and low <= greatest)


def wider(known: Bounds | None, values: pa.ChunkedArray) -> Bounds:
    """Bounds that hold more values, too."""
    found = pc.min_max(values).as_py()
    ends = [v.isoformat() if isinstance(v, datetime) else v for v in (found["min"], found["max"])]
    if known is None:
        return ends[0], ends[1], values.null_count
    low, high = ([v for v in (known[i], ends[i]) if v is not None] for i in (0, 1))
    return min(low, default=None), max(high, default=None), known[2] + values.null_count


def digest(storage: Storage, rel: str) -> str:
    """xxh3-128 of a file's bytes, hex."""
    state = xxhash.xxh3_128()
    with storage.open(rel) as f:
        while block := f.read(1 << 22):
            state.update(block)
    return str(state.hexdigest())


def stale(file: DataFile, now: str) -> str:
    """What is wrong with a file of another version of its contract, and what to do."""
    cure = (
        "make it anew with `wirefold resketch`"
        if file.table in _REMADE
        else "use the Wirefold that wrote it, or fill a new lake with this one"
    )
    return f"was written under version {file.contract} of its contract, which is now {now}: {cure}"


def entry(file: DataFile) -> dict[str, Any]:
    """What a manifest says of a file, beside its name."""
    optional = {k: v for k, v in (("start", file.start), ("held", file.held)) if v}
    told = {k: v for k, v in asdict(file).items() if k not in ("table", "day", "name", "start", "held")}
    return told | optional


def document(content: dict[str, Any]) -> bytes:
    """A small JSON document as it is kept."""
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
