"""The fold step: sketch what is new, link it with what it resembles, then judge and publish.

Each part is a transaction of its own and knows by digests what it has done already, so a fold that dies on the way is
finished by the next one, and a fold with nothing new changes no byte.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import structlog

from pipeline.config import Config, FoldSettings, load_config
from pipeline.engines.duckdb import engine, scan
from pipeline.fold.candidates import candidates
from pipeline.fold.link import link
from pipeline.fold.sketch import SketchContract, sketch
from pipeline.lake import DataFile, Lake, Transaction
from pipeline.run.publish import publish

__all__ = ["fold", "fold_lake"]

log = structlog.get_logger(__name__)

_PAIRS = 20_000  # compared at a time: bounds the texts held in memory
_LINKED = ["article_id", "locator", "text", "text_hash", "source", "published_at", "clock", "seen_at"]


def fold(config_path: str | None, lake: str) -> dict[str, Any]:
    """Bring links, stories and records of a lake up to date; see `fold_lake`."""
    config = load_config(config_path) if config_path else Config()
    return fold_lake(Lake(lake), config.fold)


def fold_lake(lake: Lake, settings: FoldSettings) -> dict[str, Any]:
    """Bring links, stories and records up to date with the articles and the decisions.

    Returns:
        Counts: new_articles, links by relation (new ones), stories and records (written, and in all).

    Raises:
        WirefoldError: The lake holds sketches of another contract.
    """
    how = SketchContract()
    with lake.transaction() as tx:
        sketched = _sketch_new(lake, tx, how)
    with lake.transaction() as tx:
        linked = _link_new(lake, tx, settings, how)
    with lake.transaction() as tx:
        published = publish(lake, tx)
    log.info("folded", new_articles=sketched, links=sum(linked.values()), **published)
    return {"new_articles": sketched, "links": dict(sorted(linked.items())), **published}


def _sketch_new(lake: Lake, tx: Transaction, how: SketchContract) -> int:
    """Sketch every article file that has no sketches, or had other content when they were made."""
    done = {(f.day, f.name): f.source for f in lake.files("sketches")}
    articles = {(f.day, f.name): f for f in lake.files("articles")}
    rows = 0
    for place, file in articles.items():
        if done.get(place) == file.digest:
            continue
        with tx.writer("sketches", file.day, file.name, source=file.digest) as out:
            for batch in lake.batches(file, ["article_id", "text_hash", "published_at", "text"]):
                out.write(sketch(pa.Table.from_batches([batch]), how))
                rows += batch.num_rows
    for day, name in done.keys() - articles.keys():
        tx.remove("sketches", day, name)
    return rows


def _link_new(lake: Lake, tx: Transaction, settings: FoldSettings, how: SketchContract) -> Counter[str]:
    """Link the articles of every sketch file that has no links yet, with each other and with all others."""
    done = {(f.day, f.name): f.source for f in lake.files("links")}
    sketches = lake.files("sketches")
    new = [f for f in sketches if done.get((f.day, f.name)) != f.digest]
    if not new:
        return Counter()
    old = [f for f in sketches if f not in new]
    names = ["article_id", "text_hash", "published_at", "bands", "passages", "contract"]
    with engine() as con:
        fresh, known = (scan(con, lake, "sketches", files, names) for files in (new, old))
        for side in (fresh, known):
            how.check(side.select("contract").distinct().to_pyarrow()["contract"])
        pairs = candidates(con, fresh, known, settings.window_days, settings.max_key_frequency)
    pairs = _without(
        pairs, lake, [f for f in lake.files("links") if (f.day, f.name) not in {(n.day, n.name) for n in new}]
    )
    log.info("candidates", pairs=pairs.num_rows, files=len(new))
    file_of = _file_of(lake, new)
    found: dict[tuple[str, str], list[pa.Table]] = {(f.day, f.name): [] for f in new}
    for begin in range(0, pairs.num_rows, _PAIRS):
        for place, rows in _link_some(lake, pairs.slice(begin, _PAIRS), file_of, how):
            found[place].append(rows)
    counts: Counter[str] = Counter()
    for file in new:
        with tx.writer("links", file.day, file.name, source=file.digest) as out:
            for rows in found[file.day, file.name]:
                out.write(rows)
                counts.update(rows["relation"].to_pylist())
    return counts


def _link_some(
    lake: Lake, pairs: pa.Table, file_of: dict[str, DataFile], how: SketchContract
) -> list[tuple[tuple[str, str], pa.Table]]:
    """Links of some candidate pairs, by the file they belong to: that of the article that came last."""
    ids = pc.unique(pa.concat_arrays([c.combine_chunks() for c in (pairs["left"], pairs["right"])]))
    articles = lake.take("articles", ids, _LINKED)
    at = articles["article_id"].combine_chunks()
    left, right = (pc.index_in(pairs[side], at).to_numpy().astype(np.int32) for side in ("left", "right"))
    files = [
        max((file_of[x] for x in pair if x in file_of), key=lambda f: f.name)
        for pair in zip(pairs["left"].to_pylist(), pairs["right"].to_pylist(), strict=True)
    ]
    runs = np.array([_run_key(f.name) for f in files], dtype=object)
    links = link(articles, left, right, runs, how)
    places = {_run_key(f.name): (f.day, f.name) for f in files}
    return [(place, links.filter(pc.equal(links["run"], run))) for run, place in sorted(places.items())]


def _run_key(name: str) -> str:
    """``2018-09-14T030000.parquet`` -> ``2018-09-14T03:00:00``."""
    stem = name.removesuffix(".parquet")
    return f"{stem[:13]}:{stem[13:15]}:{stem[15:17]}"


def _file_of(lake: Lake, files: list[DataFile]) -> dict[str, DataFile]:
    return {
        i: f
        for f in files
        for i in lake.dataset([f], "sketches").to_table(columns=["article_id"])["article_id"].to_pylist()
    }


def _without(pairs: pa.Table, lake: Lake, files: list[DataFile]) -> pa.Table:
    """Leave out pairs that other runs' links hold already (when a run is completed after later runs were folded)."""
    if not pairs.num_rows or not files:
        return pairs
    ids = pc.unique(pairs["left"].combine_chunks())
    where = pc.field("article_a").isin(ids) | pc.field("article_b").isin(ids)
    known = lake.dataset(files, "links").to_table(columns=["article_a", "article_b"], filter=where)
    seen = {frozenset(p) for p in zip(known["article_a"].to_pylist(), known["article_b"].to_pylist(), strict=True)}
    if not seen:
        return pairs
    keep = [frozenset(p) not in seen for p in zip(pairs["left"].to_pylist(), pairs["right"].to_pylist(), strict=True)]
    return pairs.filter(pa.array(keep))
