"""Links: verified, typed pairs with their evidence."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.article import Clock, Relation
from pipeline.fold.headlines import headlines
from pipeline.fold.measures import Pairs, measure
from pipeline.fold.relate import reasons, relate
from pipeline.fold.sketch import SketchContract
from pipeline.fold.texts import Texts
from pipeline.fold.verify import Evidence, verify
from pipeline.lake import contract

__all__ = ["COMPARED", "compare", "in_microseconds", "link", "order_key"]

_LADDER = {clock.value: rank for rank, clock in enumerate(Clock)}

COMPARED = (
    "article_id", "guid", "locator", "title", "text", "text_hash", "publisher", "published_at", "clock", "seen_at",
)  # fmt: skip
"""Columns of `articles` that comparing takes."""


def link(
    articles: pa.Table,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    runs: NDArray[np.object_],
    how: SketchContract = SketchContract(),
    review_share: float = 0.1,
) -> pa.Table:
    """Verify pairs and decide what each is.

    Args:
        articles: Columns as in `COMPARED`.
        left, right: Row numbers in `articles`.
        runs: Run that brought each pair together.
        review_share: See `relate`.

    Returns:
        Rows of the table `links`, without those pairs that share nothing worth keeping.
    """
    a, b, evidence, found = compare(articles, left, right, how)
    verdict = relate(found, review_share)
    hashes = _codes(articles["text_hash"])
    exact = hashes[a] == hashes[b]
    keep = np.flatnonzero(exact | (verdict.relation >= 0))
    names, rules, why = [r.value for r in Relation], verdict.rules(), reasons(found, verdict, keep)
    ids, guids = (articles[c].combine_chunks() for c in ("article_id", "guid"))
    rows = {
        "article_a": ids.take(pa.array(a[keep])),
        "article_b": ids.take(pa.array(b[keep])),
        "guid_a": guids.take(pa.array(a[keep])),
        "guid_b": guids.take(pa.array(b[keep])),
        "relation": [Relation.EXACT.value if exact[i] else names[verdict.relation[i]] for i in keep],
        "jaccard": np.round(found.jaccard[keep], 6),
        "containment_a": np.round(found.of_a[keep], 6),
        "containment_b": np.round(found.of_b[keep], 6),
        "score": np.round(verdict.score[keep], 4),
        "shared_shingles": found.shared[keep],
        "spans": _spans(evidence, keep),
        "needs_review": [bool(verdict.needs_review[i] and not exact[i]) for i in keep],
        "decided_by": ["equal_text" if exact[i] else rules[i] for i in keep],
        "reasons": [["the normalised texts are equal"] if exact[i] else why[n] for n, i in enumerate(keep)],
        "run": pa.array(runs[keep], pa.string()),
    }
    return pa.table(rows, schema=contract("links").schema)


def compare(
    articles: pa.Table, left: NDArray[np.int32], right: NDArray[np.int32], how: SketchContract = SketchContract()
) -> tuple[NDArray[np.int32], NDArray[np.int32], Evidence, Pairs]:
    """Verify and measure pairs; see `link`.

    Returns:
        The rows of the earlier and of the later of each pair, what the two share, and the measures of it.
    """
    earlier = _in_order(articles, left, right)
    a, b = np.where(earlier, left, right), np.where(earlier, right, left)
    texts = Texts.of(articles["text"], how)
    evidence = verify(texts, a, b)
    locators = _codes(articles["locator"])
    hours, headline = _hours(articles, a, b), headlines(articles["title"], texts, a, b)
    publisher = _same(articles["publisher"], a, b)
    return a, b, evidence, measure(evidence, hours, headline, publisher, locators[a] == locators[b])


def order_key(articles: pa.Table) -> list[tuple[object, ...]]:
    """The ladder of clocks as a sort key: publication time, then how good its clock is, then when it was first seen."""
    columns = in_microseconds(articles.select(["published_at", "clock", "seen_at", "article_id"])).columns
    return [
        (published, _LADDER[clock], seen, ident)
        for published, clock, seen, ident in zip(*(c.to_pylist() for c in columns), strict=True)
    ]


def in_microseconds(rows: pa.Table) -> pa.Table:
    """Rows with their times as numbers, which become Python values in a hundredth of the time."""
    times = {f.name: pa.int64() for f in rows.schema if pa.types.is_timestamp(f.type)}
    return rows.cast(pa.schema([f.with_type(times.get(f.name, f.type)) for f in rows.schema]))


def _in_order(articles: pa.Table, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.bool_]:
    keys = order_key(articles)
    rank = np.empty(len(keys), np.int64)
    rank[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return rank[left] <= rank[right]


def _hours(articles: pa.Table, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.float64]:
    """Hours between the publications; not a number where nobody stated one of them."""
    seconds = articles["published_at"].cast(pa.int64()).to_numpy() / 1e6
    stated = pc.not_equal(articles["clock"], Clock.SEEN.value).to_numpy(zero_copy_only=False)
    return np.where(stated[a] & stated[b], np.abs(seconds[b] - seconds[a]) / 3600, np.nan)


def _same(column: pa.ChunkedArray, a: NDArray[np.int32], b: NDArray[np.int32]) -> NDArray[np.float64]:
    """1 where two values are equal, 0 where they are not; not a number where one is null."""
    known = pc.is_valid(column).to_numpy(zero_copy_only=False)
    codes = _codes(pc.fill_null(column, ""))
    return np.where(known[a] & known[b], codes[a] == codes[b], np.nan)


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Numbers that are equal where values are equal."""
    codes = column.combine_chunks().dictionary_encode().indices
    return np.asarray(codes, np.int64)


def _spans(evidence: Evidence, keep: NDArray[np.int64]) -> pa.Array:
    begin, end = evidence.span_at[keep], evidence.span_at[keep + 1]
    rows = np.concatenate([np.arange(s, e) for s, e in zip(begin, end, strict=True)] or [np.empty(0, np.int64)]).astype(
        np.int64
    )
    offsets = np.r_[0, np.cumsum(end - begin)].astype(np.int32)
    kind = contract("links").schema.field("spans").type
    columns = [pa.array(evidence.spans[rows, k]) for k in range(4)]
    structs = pa.StructArray.from_arrays(columns, fields=list(kind.value_type))
    return pa.ListArray.from_arrays(pa.array(offsets), structs, type=kind)
