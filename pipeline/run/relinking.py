"""Links that other articles have made out of date: verified anew in their place, or taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.lake import Lake, Transaction
from pipeline.run.linked import ends
from pipeline.run.state import UNLINKED

__all__ = ["link_again"]

Verify = Callable[[pa.Array, pa.Table], pa.Table]


def link_again(
    lake: Lake,
    tx: Transaction,
    affected: AbstractSet[str],
    gone: AbstractSet[tuple[str, str]],
    new: AbstractSet[tuple[str, str]],
    found: Mapping[str, Sequence[pa.Table]],
    verify: Verify,
) -> None:
    """Replace the links of some articles by what a new verification says, each in its place, and add others.

    Args:
        affected: Ids of the articles.
        gone: Ids of the ends of links that are taken away.
        new: (day, name) of the files whose links are being made anyway.
        found: Links that are there now, by the names of the files that they go into.
        verify: Takes the ids of articles, and rows of links between them; gives such rows.
    """
    ids = pa.array(sorted({*affected, *(i for pair in gone for i in pair)}), pa.string())
    touches = pc.field("article_a").isin(ids) | pc.field("article_b").isin(ids)
    unlinked: set[str] = set()
    holding = {f.rel for f in lake.holding("links", touches)} if len(ids) else set()
    for file in lake.files("links"):
        if (file.day, file.name) in new or not (file.rel in holding or file.name in found):
            continue
        rows = lake.read("links", files=[file])
        pairs = _ends(rows)
        out_of_date = [n for n, pair in enumerate(pairs) if pair not in gone and not affected.isdisjoint(pair)]
        old = rows.take(pa.array(out_of_date, pa.int64()))
        made = verify(ends(old), old) if out_of_date else old
        at = {pair: rows.num_rows + n for n, pair in enumerate(_ends(made))}
        now = [None if pair in gone else n for n, pair in enumerate(pairs)]
        for n in out_of_date:
            now[n] = at.get(pairs[n])
        unlinked.update(i for pair, n in zip(pairs, now, strict=True) if n is None for i in pair)
        with tx.writer("links", file.day, file.name, source=file.source, runs=file.held) as out:
            out.write(pa.concat_tables([rows, made]).take(pa.array([n for n in now if n is not None], pa.int64())))
            for more in found.get(file.name, ()):
                out.write(more)
    if unlinked:
        before = (lake.document(UNLINKED) or {}).get("articles", [])
        tx.put(UNLINKED, {"articles": sorted(unlinked.union(before))})


def _ends(links: pa.Table) -> list[tuple[str, str]]:
    return [*zip(links["article_a"].to_pylist(), links["article_b"].to_pylist(), strict=True)]
