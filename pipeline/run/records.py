"""Writing `records`: every article with what its story says of it, in files of bounded size.

The files mirror those of `articles`, one for each, and more for a large one, so that a row which changes does not
rewrite all of a large run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.fold.stories import Place, Story
from pipeline.lake import DataFile, Lake, Transaction, contract
from pipeline.run.tombstones import Tombstone, buried

__all__ = ["PART", "Place_", "write_records"]

PART = 20_000
"""Rows in a file: what one that is judged otherwise rewrites."""

_READ = 4_000  # articles read at a time
_JUDGED = ["story_id", "relation", "parent_id", "version_no", "is_canonical"]

Place_ = tuple[str, str]
"""Day and name of a file."""


def write_records(
    lake: Lake,
    tx: Transaction,
    places: dict[str, tuple[Story, Place]],
    touched: set[Place_],
    stones: dict[str, Tombstone],
) -> int:
    """Write the record files in which a row is new or judged otherwise; returns the rows written.

    Args:
        touched: Files that hold articles of `places`.
    """
    done = {(f.day, f.name): f for f in lake.files("records")}
    wanted: set[Place_] = set()
    written = 0
    for file in lake.files("articles"):
        for start in range(0, file.rows, PART):
            name = f"{file.name.split('.')[0]}.{start // PART}.parquet" if start else file.name
            wanted.add((file.day, name))
            old = done.get((file.day, name))
            if old is not None and (old.source, old.start) != (file.digest, start):
                old = None
            if old is None or (file.day, file.name) in touched:
                written += _write_part(lake, tx, file, name, start, old, places, stones)
    for day, name in done.keys() - wanted:
        tx.remove("records", day, name)
    return written


def _write_part(
    lake: Lake,
    tx: Transaction,
    file: DataFile,
    name: str,
    start: int,
    old: DataFile | None,
    places: dict[str, tuple[Story, Place]],
    stones: dict[str, Tombstone],
) -> int:
    """Write the records of some articles of a file, unless they are as before.

    Args:
        start: Row of the first of them.
        old: Their records, when the articles are the same.
    """
    judged: dict[str, tuple[Any, ...]] = {}
    if old is not None:
        rows = lake.dataset([old], "records").to_table(columns=["article_id", "withdrawn", *_JUDGED])
        why = dict(zip(*(rows[c].to_pylist() for c in ("article_id", "withdrawn")), strict=True))
        rows = rows.drop_columns("withdrawn")
        judged = {i: tuple(v) for i, *v in zip(*(c.to_pylist() for c in rows.columns), strict=True)}
        same_stones = all(w == (stones[i].why if i in stones and not stones[i].words else None) for i, w in why.items())
        if same_stones and all(judged[i] == _judgement(*places[i]) for i in judged if i in places):
            return 0
    columns = contract("articles").schema.names
    end = min(start + PART, file.rows)
    with tx.writer("records", file.day, name, source=file.digest, start=start) as out:
        for begin in range(start, end, _READ):
            data = lake.pick(file, np.arange(begin, min(begin + _READ, end)), columns)
            values = [_judgement(*places[i]) if i in places else judged[i] for i in data["article_id"].to_pylist()]
            for column, made in zip(_JUDGED, zip(*values, strict=True), strict=True):
                data = data.append_column(column, pa.array(made, contract("records").schema.field(column).type))
            out.write(buried(data, stones))
    return end - start


def _judgement(of: Story, place: Place) -> tuple[Any, ...]:
    return (of.id, place.relation, place.parent, place.version, of.canonical == place.id)
