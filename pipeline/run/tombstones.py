"""Tombstones: articles that their publishers took back keep their ids and lose their words.

An item is withdrawn by a later item that kills it (same wire id, or same source and same slug or headline within a
week), by its own status (IPTC ``canceled``), or by its address, when that answered 410 Gone and has not given the
article again since. Copies that others published are theirs to withdraw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.article import Outcome, Reason
from pipeline.engines.duckdb import engine, scan
from pipeline.fold.notices import KILL, is_kill, notices, subject
from pipeline.lake import Lake, contract
from pipeline.partition import Run
from pipeline.run.spans import joined

__all__ = ["Tombstone", "buried", "tombstones"]

_WEEK = timedelta(days=7)
_NOTICE = ["title", "slug", "text", "status"]
_KILLS = ["article_id", "locator", "source", "title", "slug", "status", "published_at"]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Why and when an article was withdrawn.

    Attributes:
        why: ``killed``, ``canceled`` or ``gone``.
        notice: The article that says so; None when none does.
        words: Whether its words stay: those of a notice do.
    """

    why: str
    at: datetime
    notice: str | None = None
    words: bool = False


def tombstones(lake: Lake) -> dict[str, Tombstone]:
    """Every withdrawn article of a lake, and the notices that withdraw them. Reads texts of unpublished files only."""
    found = _gone(lake)
    kills = _kill_notices(lake)
    near = _candidates(lake, kills) if kills else None
    for kill in kills:
        canceled = kill["status"] == "canceled"
        at = kill["published_at"]
        found[kill["article_id"]] = Tombstone("canceled" if canceled else "killed", at, words=not canceled)
        for victim in _victims(near, kill):
            known = found.get(victim)
            if known is None or known.at > at:
                found[victim] = Tombstone("killed", at, kill["article_id"])
    return dict(sorted(found.items()))


def buried(records: pa.Table, found: dict[str, Tombstone]) -> pa.Table:
    """Rows of `records` with what the tombstones say, without the words of those that have one."""
    ids = records["article_id"].to_pylist()
    stones = [found.get(i) for i in ids]
    silent = pa.array([s is not None and not s.words for s in stones])
    noticed = notices(records.select(_NOTICE))
    for name in ("title", "text"):
        position = records.schema.get_field_index(name)
        records = records.set_column(position, name, pc.if_else(silent, "", records[name]))
    why = pa.array([s.why if s and not s.words else None for s in stones], pa.string())
    at = pa.array([s.at if s and not s.words else None for s in stones], pa.timestamp("us", tz="UTC"))
    return records.append_column("notice", noticed).append_column("withdrawn", why).append_column("withdrawn_at", at)


def _kill_notices(lake: Lake) -> list[dict[str, Any]]:
    published = {(f.day, f.of): f.source for f in lake.files("records")}
    fresh = [f for f in lake.files("articles") if published.get((f.day, f.name)) != f.digest]
    known = {(f.day, f.name) for f in lake.files("articles")} - {(f.day, f.name) for f in fresh}
    records = [f for f in lake.files("records") if (f.day, f.of) in known and f.may_hold("notice", KILL, KILL)]
    ids = lake.read("records", ["article_id"], pc.field("notice") == KILL, records)["article_id"]
    rows = lake.take("articles", ids.combine_chunks(), _KILLS).to_pylist() if len(ids) else []
    for file in fresh:
        for batch in lake.batches(file, [*{*_NOTICE, *_KILLS}]):
            table = pa.Table.from_batches([batch])
            rows += table.filter(is_kill(table)).select(_KILLS).to_pylist()
    return sorted(rows, key=lambda r: (r["published_at"], r["article_id"]))


def _candidates(lake: Lake, kills: list[dict[str, Any]]) -> pa.Table:
    """Articles that a notice may be about: of its source in the week before, or of its address at any time."""
    sources, locators = (pa.array(sorted({k[c] for k in kills})) for c in ("source", "locator"))
    weeks = joined((k["published_at"] - _WEEK, k["published_at"]) for k in kills)
    times = [(first.isoformat(), last.isoformat()) for first, last in weeks]
    at_address = {(f.day, f.name): rows for f, rows in lake.places("locator", locators)}
    found = [contract("articles").schema.empty_table().select(_KILLS)]
    for file in lake.files("articles"):
        if any(file.may_hold("published_at", *some) for some in times):
            where = pc.field("source").isin(sources) | pc.field("locator").isin(locators)
            found.append(lake.read("articles", _KILLS, where, [file]))
        elif (file.day, file.name) in at_address:
            found.append(lake.pick(file, at_address[file.day, file.name], _KILLS))
    return pa.concat_tables(found)


def _victims(near: pa.Table, kill: dict[str, Any]) -> Iterator[str]:
    about = {subject(kill["title"]), subject(kill["slug"])} - {""}
    at = pa.scalar(kill["published_at"], near.schema.field("published_at").type)
    before = pc.less_equal(near["published_at"], at)
    recent = pc.greater_equal(near["published_at"], pc.subtract(at, pa.scalar(_WEEK, pa.duration("us"))))
    same = pc.equal(near["locator"], kill["locator"])
    wanted = pc.and_(before, pc.or_(same, pc.and_(recent, pc.equal(near["source"], kill["source"]))))
    for row in near.filter(wanted).to_pylist():
        if row["article_id"] != kill["article_id"] and (
            row["locator"] == kill["locator"] or about & {subject(row["title"]), subject(row["slug"])}
        ):
            yield row["article_id"]


def _gone(lake: Lake) -> dict[str, Tombstone]:
    """Articles whose address answered 410 in a later run, and has not given them since: from the first such answer."""
    some = [f for f in lake.files("rejects") if f.may_hold("reason", Reason.GONE.value, Reason.GONE.value)]
    rows = lake.read("rejects", ["url", "run"], pc.field("reason") == Reason.GONE.value, some)
    if not rows.num_rows:
        return {}
    with engine() as con:  # half of what Arrow takes to look through every address that was ever fetched
        urls = con.create_table("urls", rows.select(["url"]), temp=True)
        given = scan(con, lake, "fetches").filter(ibis._.outcome != Outcome.REJECTED.value).semi_join(urls, "url")
        fetched = given.select("url", "run", "article_id").to_pyarrow().to_pylist()
    last: dict[str, str] = defaultdict(str)
    for row in fetched:
        last[row["url"]] = max(last[row["url"]], row["run"])
    gone: dict[str, str] = {}
    for url, run in zip(rows["url"].to_pylist(), rows["run"].to_pylist(), strict=True):
        if run > last[url]:
            gone[url] = min(run, gone.get(url, run))
    return {
        row["article_id"]: Tombstone("gone", Run(gone[row["url"]]).time)
        for row in fetched
        if row["article_id"] and row["url"] in gone
    }
