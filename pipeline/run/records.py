"""Writing `records`: every article with what its story says of it, in files of bounded size.

The files mirror those of `articles`, one for each, and more for a large one, so that a row which changes does not
rewrite all of a large run.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake import DataFile, Lake, Transaction, contract
from pipeline.run.judgement import JUDGED, Judgement
from pipeline.run.threads import ordered
from pipeline.run.tombstones import Tombstone, buried

__all__ = ["PART", "write_records"]

PART = 20_000
"""Rows in a file: what one that is judged otherwise rewrites."""

_STONE = ["article_id", "withdrawn", "withdrawn_at"]
_READ = 4_000  # articles read at a time


def write_records(lake: Lake, tx: Transaction, found: Judgement, stones: dict[str, Tombstone]) -> int:
    """Write the record files in which a row is new or judged otherwise; returns the rows written."""
    done = {(f.day, f.name): f for f in lake.files("records")}
    wanted: set[tuple[str, str]] = set()
    touched = found.files(lake)
    written = 0
    for file in lake.files("articles"):
        for start in range(0, file.rows, PART):
            name = f"{file.name.split('.')[0]}.{start // PART}.parquet" if start else file.name
            wanted.add((file.day, name))
            old = done.get((file.day, name))
            if old is not None and (old.source, old.start) != (file.digest, start):
                old = None
            if old is None or (file.day, file.name) in touched:
                written += _write_part(lake, tx, file, name, start, old, found, stones)
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
    found: Judgement,
    stones: dict[str, Tombstone],
) -> int:
    """Write the records of some articles of a file, unless they are as before.

    Args:
        start: Row of the first of them.
        old: Their records, when the articles are the same.
    """
    end = min(start + PART, file.rows)
    if old is not None:
        known = lake.read("records", [*_STONE, *JUDGED], files=[old])
        judged = _judged(known["article_id"], found, known)
        if judged.equals(known.select(JUDGED)) and _same_stones(known, stones):
            return 0
    else:
        judged = _judged(lake.pick(file, np.arange(start, end), ["article_id"])["article_id"], found)

    def made(begin: int) -> pa.Table:
        data = lake.pick(file, np.arange(begin, min(begin + _READ, end)), contract("articles").schema.names)
        for column in judged.schema:
            data = data.append_column(column, judged[column.name].slice(begin - start, data.num_rows))
        return buried(data, stones)

    with tx.writer("records", file.day, name, source=file.digest, start=start) as out:
        for rows in ordered(made, range(start, end, _READ)):
            out.write(rows)
    return end - start


def _judged(ids: pa.ChunkedArray, found: Judgement, known: pa.Table | None = None) -> pa.Table:
    """The columns `JUDGED` of some articles: as they are judged now, of others as they are known."""
    at = pc.index_in(ids, found.articles["article_id"].combine_chunks()).combine_chunks()
    now = found.articles.select(JUDGED).take(at)
    if known is None:
        return now
    new = pc.is_valid(at)
    columns = {name: pc.if_else(new, now[name], known[name]) for name in JUDGED}
    return pa.table(columns, schema=known.select(JUDGED).schema)


def _same_stones(known: pa.Table, stones: Mapping[str, Tombstone]) -> bool:
    """Whether those are withdrawn that have a tombstone now, for the same reason and since the same time."""
    then = known.filter(pc.is_valid(known["withdrawn"])).select(_STONE)
    before = {i: (why, at) for i, why, at in zip(*(c.to_pylist() for c in then.columns), strict=True)}
    silent = pa.array([i for i, s in stones.items() if not s.words], pa.string())
    ids = known["article_id"].filter(pc.is_in(known["article_id"], silent)).to_pylist()
    return before == {i: (stones[i].why, stones[i].at) for i in ids}
