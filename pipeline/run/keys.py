"""Texts of a lake that share keys with new ones; keys of articles that are out of the window are not read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import pyarrow as pa
from ibis.backends.duckdb import Backend

from pipeline.config import FoldSettings
from pipeline.engines.duckdb import engine, scan
from pipeline.fold.candidates import Side, candidates
from pipeline.lake import DataFile, Lake
from pipeline.run.spans import joined

__all__ = ["sharing_keys"]

Place = tuple[str, str]  # day and name of a file

_MARGIN = timedelta(days=1)  # the window is counted in whole days


def sharing_keys(
    lake: Lake,
    new: Sequence[DataFile],
    also: AbstractSet[Place],
    unsettled: Mapping[Place, AbstractSet[str]],
    settings: FoldSettings,
) -> pa.Table:
    """Candidates among the articles of a lake; see `candidates`.

    Args:
        new: Files of sketches whose articles are new.
        also: (day, name) of other files that are looked at, however old they are.
        unsettled: Texts in other files that are looked at as if they were new, too.
    """
    places = {(f.day, f.name) for f in new}
    old = [f for f in lake.files("sketches") if (f.day, f.name) not in places]
    mine = [f for f in old if (f.day, f.name) in unsettled]
    near = [*dict.fromkeys([*mine, *_near([new, *([f] for f in mine)], old, settings.window_days)])]
    near_by = {(f.day, f.name) for f in near}
    more = [f for f in old if (f.day, f.name) in also and (f.day, f.name) not in near_by]
    with engine() as con:
        sides = [
            Side(
                scan(con, lake, "sketches", [*keyed, *others], ["article", "text_hash", "published_at"]),
                scan(con, lake, "keys", _keys(lake, keyed), ["key", "article"]),
            )
            for keyed, others in ((new, []), (near, more))
        ]
        if unsettled:
            sides = _moved(con, sides[0], sides[1], {t for texts in unsettled.values() for t in texts})
        return candidates(con, sides[0], sides[1], settings.window_days, settings.max_key_frequency)


def _moved(con: Backend, new: Side, old: Side, texts: AbstractSet[str]) -> list[Side]:
    """Both sides, the old articles that have one of some texts among the new."""
    hashes = con.create_table("texts", pa.table({"text_hash": pa.array(sorted(texts), pa.string())}), temp=True)
    moved = con.create_table("moved", old.members.semi_join(hashes, "text_hash"), temp=True)
    return [
        Side(new.members.union(moved), new.keys.union(old.keys.semi_join(moved, "article"))),
        Side(old.members.anti_join(moved, "article"), old.keys.anti_join(moved, "article")),
    ]


def _near(groups: Iterable[Sequence[DataFile]], old: list[DataFile], window_days: int) -> list[DataFile]:
    """Those of the old files that hold articles within the window of one of some groups of files: keys of the others
    need not be read."""
    window = timedelta(days=window_days) + _MARGIN
    spans = []
    for files in groups:
        told = [f.bounds.get("published_at", (None, None, 1)) for f in files if f.rows]
        if not window_days or not told or any(undated for _, _, undated in told):  # undated: near to everything
            return old
        first, last = min(low for low, _, _ in told), max(high for _, high, _ in told)
        spans.append((datetime.fromisoformat(first) - window, datetime.fromisoformat(last) + window))
    spans = joined(spans)

    def within(file: DataFile) -> bool:
        low, high, undated = file.bounds.get("published_at", (None, None, 1))
        if undated > 0:
            return True
        before = bisect_right(spans, datetime.fromisoformat(high), key=lambda span: span[0])
        return before > 0 and datetime.fromisoformat(low) <= spans[before - 1][1]

    return [f for f in old if f.rows and within(f)]


def _keys(lake: Lake, files: Sequence[DataFile]) -> list[DataFile]:
    """The files of keys that belong to files of other tables."""
    keys = {(f.day, f.name): f for f in lake.files("keys")}
    return [keys[f.day, f.name] for f in files]
