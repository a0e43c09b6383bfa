"""Compaction: the small files that the runs of a day have left become few.

The runs of a day go into one file of each table until it would hold more than `PART` articles, so that a reader opens
few files and a record that is judged otherwise still costs little to write. A day is one transaction. Rows do not
change, but for the numbers that the lake's own tables give to articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake import DataFile, Lake, Transaction
from pipeline.partition import Run
from pipeline.run.records import PART
from pipeline.run.state import PUBLISHED

__all__ = ["compact"]

_FACTS = ("fetches", "rejects", "articles")
_MADE_FROM = {
    "sketches": "articles",
    "keys": "articles",
    "lines": "articles",
    "links": "sketches",
    "records": "articles",
}
_SORTED = {"keys": ["key", "article"], "lines": ["key", "article"], "stories": ["story_id"]}
_TABLES = (*_FACTS, *_MADE_FROM, "stories")


def compact(lake: Lake, before: str) -> dict[str, int]:
    """Compact the days of a lake that are over. A day that has not been folded stays as it is; a run that has been
    compacted is closed, see `pipeline.run.collect`.

    Args:
        before: The first day that is left alone, ``2018-09-14``.

    Returns:
        Counts: days (compacted now), waiting (days that have to be folded first), files_before, files (of all tables).
    """
    counts = {"days": 0, "waiting": 0, "files_before": _count(lake)}
    for day in sorted({d for table in _FACTS for d in lake.days(table) if d < before}):
        with lake.transaction() as tx:
            state = lake.document(PUBLISHED) or {}
            if not _settled(lake, day, state):
                counts["waiting"] += 1
                continue
            groups = [*_groups(lake, day)]
            for names in groups:
                _merge(lake, tx, day, names, state)
            if groups:
                if state:
                    tx.put(PUBLISHED, state)
                counts["days"] += 1
    return counts | {"files": _count(lake)}


def _count(lake: Lake) -> int:
    return sum(len(lake.files(table)) for table in _TABLES)


def _settled(lake: Lake, day: str, state: dict[str, dict[str, str]]) -> bool:
    """Whether all that is made from the articles of a day has been made."""
    files = {(t, f.name): f for t in ("articles", "sketches", "links") for f in lake.files(t, [day])}
    records = {f.of: f.source for f in lake.files("records", [day])}
    for file in lake.files("articles", [day]):
        sketches, links = (files.get((t, file.name)) for t in ("sketches", "links"))
        if sketches is None or links is None or sketches.source != file.digest or links.source != sketches.digest:
            return False
        if records.get(file.name) != file.digest:
            return False
        if state.get("articles", {}).get(file.rel) != file.digest or state["links"].get(links.rel) != links.digest:
            return False
    return True


def _groups(lake: Lake, day: str) -> Iterator[list[str]]:
    """Names of files that become one, oldest first."""
    rows = {f.name: 0 for table in _FACTS for f in lake.files(table, [day])}
    rows |= {f.name: f.rows for f in lake.files("articles", [day])}
    group: list[str] = []
    for name in sorted(rows):
        if group and sum(rows[n] for n in group) + rows[name] > PART:
            if len(group) > 1:
                yield group
            group = []
        group.append(name)
    if len(group) > 1:
        yield group


def _merge(lake: Lake, tx: Transaction, day: str, names: list[str], state: dict[str, dict[str, str]]) -> None:
    """Replace the files of some runs by one that has the name of the first."""
    files = {t: [f for f in lake.files(t, [day]) if f.name in names] for t in _TABLES}
    runs = tuple(sorted({r for some in files.values() for f in some for r in f.runs}))
    ends = accumulate((f.rows for f in files["articles"]), initial=Run.named(names[0]).first_number)
    moved = {f.name: to - Run.named(f.name).first_number for f, to in zip(files["articles"], ends, strict=False)}
    digests: dict[str, str] = {}
    for table, some in files.items():
        if not some:
            continue
        source = digests[_MADE_FROM[table]] if table in _MADE_FROM else None
        with tx.writer(table, day, names[0], source=source, runs=runs) as out:
            for rows in _rows(lake, table, some, moved):
                out.write(rows)
        for file in some:
            if file.name != names[0]:
                tx.remove(table, day, file.name)
            state.get(table, {}).pop(file.rel, None)
        for file in (f for f in tx.written(table) if f.name == names[0] and f.day == day):
            digests[table] = file.digest
            if table in state:
                state[table][file.rel] = file.digest


def _rows(lake: Lake, table: str, files: list[DataFile], moved: dict[str, int]) -> Iterator[pa.Table]:
    """Rows of several files, the articles by their new numbers."""

    def renumbered(file: DataFile, batch: pa.RecordBatch) -> pa.Table:
        rows = pa.Table.from_batches([batch])
        at = rows.schema.get_field_index("article")
        return rows if at < 0 else rows.set_column(at, rows.field(at), pc.add(rows[at], moved[file.name]))

    found: Any = (renumbered(file, batch) for file in files for batch in lake.batches(file))
    if table in _SORTED:
        whole = [*found]
        yield from [pa.concat_tables(whole).sort_by([(c, "ascending") for c in _SORTED[table]])] if whole else []
    else:
        yield from found
