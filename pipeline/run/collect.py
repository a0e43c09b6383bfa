"""Committing a run: compare what was staged with the lake, balance the ledger, put everything in place at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import structlog
from numpy.typing import NDArray

from pipeline.article import Outcome
from pipeline.errors import WirefoldError
from pipeline.lake import INTERNAL, Lake, Transaction
from pipeline.partition import Run
from pipeline.run.staging import Staging

__all__ = ["collect_run"]

log = structlog.get_logger(__name__)

_ADDED = (Outcome.ARTICLE.value, Outcome.EXACT_COPY.value)


def collect_run(lake: Lake, run: Run, sources: Sequence[str]) -> dict[str, Any]:
    """Commit what the given sources staged for a run; a run may be completed later by sources that were down.

    Outcomes are a function of the staged items (in the order of `sources`, then of their listings) and the lake
    without this run, so doing it again gives the same bytes.

    Returns:
        The ledger, as it is kept in ``_wirefold/runs/``.

    Raises:
        WirefoldError: An item has no outcome or several: the ledger is off, and nothing is committed.
    """
    with lake.transaction() as tx:
        before = lake.ledger(run.name)
        staged = [Staging(lake, run, s) for s in sources]
        ready = [s for s in staged if s.extracted]
        staging = f"{INTERNAL}/staging/{run.name}"
        if before and not ready:
            if lake.storage.exists(staging):  # why a source is still down, at most
                tx.discard(staging)
            return before
        if before and _is_closed(lake, run):
            log.warning("the run is over and compacted; what it found now is left out", run=run.key)
            tx.discard(staging)
            return before
        kept = [n for n in (before or {"sources": {}})["sources"] if n not in {s.source for s in ready}]
        outcomes = _classify(lake, run, ready)
        entries: dict[str, dict[str, Any]] = {}
        for name in [*sources, *(n for n in kept if n not in sources)]:
            found = next((s for s in ready if s.source == name), None)
            if found is not None:
                entries[name] = _entry(found, outcomes[name])
            elif before and name in kept:
                entries[name] = before["sources"][name]
            else:
                entries[name] = {**_empty(), "down": Staging(lake, run, name).down()}
        ledger = _ledger(run, entries)
        _write_tables(lake, tx, run, list(entries), ready, outcomes)
        for s in ready:
            if s.has("capture.warc.gz"):
                tx.adopt(s.rel("capture.warc.gz"), s.raw_file)
        tx.put(f"{INTERNAL}/runs/{run.name}.json", ledger)
        tx.discard(staging)
        return ledger


def _classify(lake: Lake, run: Run, ready: Sequence[Staging]) -> dict[str, pa.Table]:
    """Per source: (seq, article_id, outcome) of every staged article, sorted by seq."""
    keys = [s.read("articles", ["source", "seq", "article_id", "text_hash"]) for s in ready]
    if not keys:
        return {}
    staged = pa.concat_tables(keys).combine_chunks()
    # Rows of this run count only where they stay; of other runs, an equal text counts as the first only when its run
    # came first, so that repeating an older run does not turn its articles into copies of newer ones.
    own = [f for f in lake.files("articles", [run.day]) if f.name == f"{run.name}.parquet"]
    mine = lake.read("articles", ["article_id", "text_hash", "source"], files=own)
    mine = mine.filter(pc.invert(pc.is_in(mine["source"], pa.array([s.source for s in ready]))))
    known_ids = _there(lake, staged, "article_id", lambda runs: pc.not_equal(runs, run.key))
    known_texts = _there(lake, staged, "text_hash", lambda runs: pc.less(runs, run.key))
    unchanged = _stood_before(staged["article_id"], known_ids, mine["article_id"])
    new = np.flatnonzero(~unchanged)
    copy = new[_stood_before(staged["text_hash"].take(pa.array(new)), known_texts, mine["text_hash"])]
    outcome = np.full(staged.num_rows, Outcome.ARTICLE.value, object)
    outcome[copy], outcome[unchanged] = Outcome.EXACT_COPY.value, Outcome.UNCHANGED.value
    result = staged.drop_columns("text_hash").append_column("outcome", pa.array(outcome, pa.string()))
    return {s.source: result.filter(pc.equal(result["source"], s.source)) for s in ready}


def _stood_before(values: pa.ChunkedArray, *known: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Which values are known, or equal to one above them."""
    found = pa.chunked_array([chunk for column in (*known, values) for chunk in column.chunks], pa.string())
    codes = found.combine_chunks().dictionary_encode().indices.to_numpy()
    before = np.ones(len(codes), np.bool_)
    before[np.unique(codes, return_index=True)[1]] = False
    return before[len(codes) - len(values) :]


def _there(
    lake: Lake, staged: pa.Table, column: str, among: Callable[[pa.ChunkedArray], pa.ChunkedArray]
) -> pa.ChunkedArray:
    """The values of a column that articles of some runs have already, and now and then another.

    Args:
        among: Which of the runs (their keys) count.
    """
    found = [lake.pick(f, rows, [column, "run"]) for f, rows in lake.places(column, staged[column].unique())]
    values = [chunk for rows in found for chunk in rows.filter(among(rows["run"]))[column].chunks]
    return pa.chunked_array(values, pa.string())


def _is_closed(lake: Lake, run: Run) -> bool:
    """Whether the files of a run have become one with those of others."""
    return any(run.name in f.held for table in ("fetches", "articles", "rejects") for f in lake.files(table, [run.day]))


def _empty() -> dict[str, Any]:
    return {"discovered": 0, **{o.value: 0 for o in Outcome}, "reasons": {}, "down": None}


def _entry(staged: Staging, outcomes: pa.Table) -> dict[str, Any]:
    """One source's part of the ledger: what became of each item, checked against what was discovered."""
    fetches = staged.read("fetches", ["seq", "outcome"])
    rejects = staged.read("rejects", ["seq", "reason"])
    not_modified = fetches.filter(pc.fill_null(pc.equal(fetches["outcome"], Outcome.UNCHANGED.value), False))
    accounted = pa.chunked_array(
        [
            c
            for column in (outcomes["seq"], rejects["seq"], not_modified["seq"])
            for c in column.cast(pa.int64()).chunks
        ],
        type=pa.int64(),
    )
    if not np.array_equal(np.sort(accounted.to_numpy()), np.sort(fetches["seq"].to_numpy())):
        raise WirefoldError(
            f"the ledger of run {staged.run.key} is off for source {staged.source}: "
            f"{fetches.num_rows} items discovered, {len(accounted)} accounted for; nothing was committed"
        )
    counts = Counter(outcomes["outcome"].to_pylist())
    counts[Outcome.UNCHANGED.value] += not_modified.num_rows
    counts[Outcome.REJECTED.value] = rejects.num_rows
    reasons = Counter(rejects["reason"].to_pylist())
    return {
        **_empty(),
        "discovered": fetches.num_rows,
        **{o.value: counts[o.value] for o in Outcome},
        "reasons": dict(sorted(reasons.items())),
    }


def _ledger(run: Run, entries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    totals = {key: sum(e[key] for e in entries.values()) for key in ("discovered", *(o.value for o in Outcome))}
    reasons: Counter[str] = Counter()
    for entry in entries.values():
        reasons.update(entry["reasons"])
    return {
        "run": run.key,
        **totals,
        "reasons": dict(sorted(reasons.items())),
        "down": sorted(n for n, e in entries.items() if e["down"]),
        "balanced": totals["discovered"] == sum(totals[o.value] for o in Outcome),
        "sources": entries,
    }


def _write_tables(
    lake: Lake, tx: Transaction, run: Run, names: list[str], ready: Sequence[Staging], outcomes: dict[str, pa.Table]
) -> None:
    own = f"{run.name}.parquet"
    staged = {s.source: s for s in ready}
    for table in ("fetches", "articles", "rejects"):
        old = [f for f in lake.files(table, [run.day]) if f.name == own]
        with tx.writer(table, run.day, own) as out:
            for name in names:
                if name in staged:
                    for data in _staged_rows(staged[name], table, outcomes[name]):
                        out.write(data)
                else:
                    for file in old:
                        for batch in lake.batches(file, where=pc.field("source") == name):
                            out.write(batch)


def _staged_rows(staged: Staging, table: str, outcomes: pa.Table) -> Iterator[pa.Table]:
    """Rows as they are committed: articles that are new, fetches with their outcome, rejects as they are."""
    added = _places(outcomes.filter(pc.is_in(outcomes["outcome"], pa.array(_ADDED)))["seq"])
    rejects = staged.read("rejects", ["seq", "reason"]) if table == "fetches" else outcomes.slice(0, 0)
    known, refused = _places(outcomes["seq"]), _places(rejects["seq"])
    for batch in staged.batches(table):
        data = pa.Table.from_batches([batch])
        if table == "articles":
            data = data.filter(_found(added, data["seq"]).is_valid())
        elif table == "fetches":
            at, bad = _found(known, data["seq"]), _found(refused, data["seq"])
            data = _with_outcome(data, outcomes.take(at), rejects["reason"].take(bad))
        if data.num_rows:
            yield data


def _places(seqs: pa.ChunkedArray) -> NDArray[np.int64]:
    """Where each seq stands; -1 for those that are not among them."""
    numbers = seqs.to_numpy().astype(np.int64)
    places = np.full(numbers.max(initial=-1) + 1, -1)
    places[numbers] = np.arange(len(numbers))
    return places


def _found(places: NDArray[np.int64], seqs: pa.ChunkedArray) -> pa.Array:
    """The places of some seqs, null where there is none."""
    numbers = seqs.to_numpy().astype(np.int64)
    found = np.full(len(numbers), -1)
    within = numbers < len(places)
    found[within] = places[numbers[within]]
    return pa.array(found, mask=found < 0)


def _with_outcome(fetches: pa.Table, outcomes: pa.Table, reasons: pa.ChunkedArray) -> pa.Table:
    """Fill in `outcome`, `article_id` and `reason` of staged fetches; the others are aligned with them."""
    columns = {
        "outcome": pc.coalesce(
            fetches["outcome"], outcomes["outcome"], pc.if_else(pc.is_valid(reasons), "rejected", None)
        ),
        "article_id": pc.coalesce(fetches["article_id"], outcomes["article_id"]),
        "reason": reasons,
    }
    for name, values in columns.items():
        fetches = fetches.set_column(fetches.schema.get_field_index(name), name, values)
    return fetches
