"""The fold step: sketch what is new, link it with what it resembles, then judge and publish.

Each part is a transaction of its own and knows by digests what it has done already, so a fold that dies on the way is
finished by the next one, and a fold with nothing new changes no byte.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import structlog
from numpy.typing import NDArray

from pipeline.config import Config, FoldSettings, load_config
from pipeline.fold.furniture import without_furniture
from pipeline.fold.kindred import kindred
from pipeline.fold.link import COMPARED, link
from pipeline.fold.sketch import SketchContract
from pipeline.lake import Lake, Transaction
from pipeline.partition import Run
from pipeline.run.furniture import Furniture, learn_furniture
from pipeline.run.numbers import numbered, run_of
from pipeline.run.pairing import pair
from pipeline.run.publish import publish
from pipeline.run.relinking import link_again
from pipeline.run.sketches import check_sketches, sketch_new
from pipeline.run.threads import ordered

__all__ = ["fold", "fold_lake"]

log = structlog.get_logger(__name__)

_PAIRS_READ = 200_000  # whose texts are read at a time, and held in memory
_PAIRS = 2_000  # taken apart and compared at a time: few enough to give both hands some
_LINKED = ["url", "run", *COMPARED]


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
    with lake.writing():  # articles that came in between would be linked twice, and published before that
        with lake.transaction() as tx:
            sketched = sketch_new(lake, tx, how)
        with lake.transaction() as tx:
            linked = _link_new(lake, tx, settings, how)
        with lake.transaction() as tx:
            published = publish(lake, tx)
    log.info("folded", new_articles=sketched, links=sum(linked.values()), **published)
    return {"new_articles": sketched, "links": dict(sorted(linked.items())), **published}


def _link_new(lake: Lake, tx: Transaction, settings: FoldSettings, how: SketchContract) -> Counter[str]:
    """Link the articles of every sketch file that has no links yet, with each other and with all others."""
    done = {(f.day, f.name): f.source for f in lake.files("links")}
    new = [f for f in lake.files("sketches") if done.get((f.day, f.name)) != f.digest]
    if not new:
        return Counter()
    places = {(f.day, f.name) for f in new}
    check_sketches(lake, how)
    furniture, affected = learn_furniture(lake, tx, places)
    pairs = pair(lake, new, affected, settings)
    log.info("candidates", pairs=len(pairs.left), files=len(new))
    order = kindred(pairs.left, pairs.right)
    left, right, run = pairs.left[order], pairs.right[order], pairs.run[order]
    name_of = {name: f.name for f in lake.files("articles") for name in f.runs}
    found: dict[str, list[pa.Table]] = defaultdict(list)
    for begin in range(0, len(left), _PAIRS_READ):
        some = slice(begin, begin + _PAIRS_READ)
        numbers = np.unique(np.r_[left[some], right[some]])
        articles = without_furniture(numbered(lake, numbers, _LINKED), furniture)
        for links in ordered(
            lambda work: link(*work, how, settings.review_share),
            _portions(left[some], right[some], run[some], numbers, articles),
        ):
            for key in links["run"].unique().to_pylist():
                found[name_of[Run(key).name]].append(links.filter(pc.equal(links["run"], key)))

    def verified(ends: pa.Array, old: pa.Table) -> pa.Table:
        return _verified(lake, furniture, settings, how, ends, old)

    link_again(lake, tx, affected, pairs.gone, places, found, verified)
    for file in new:
        with tx.writer("links", file.day, file.name, source=file.digest) as out:
            for rows in found[file.name]:
                out.write(rows)
    kinds = (kind for some in found.values() for rows in some for kind in rows["relation"].value_counts().to_pylist())
    counts: Counter[str] = Counter()
    for kind in kinds:
        counts[kind["values"]] += kind["counts"]
    return counts


def _verified(
    lake: Lake, furniture: Furniture, settings: FoldSettings, how: SketchContract, ends: pa.Array, old: pa.Table
) -> pa.Table:
    """Links between articles, verified anew."""
    articles = without_furniture(lake.take("articles", ends, _LINKED), furniture)
    at = articles["article_id"].combine_chunks()
    left, right = (pc.index_in(old[f"article_{x}"], at).to_numpy().astype(np.int32) for x in "ab")
    runs = np.array(old["run"].to_pylist(), dtype=object)
    return link(articles, left, right, runs, how, settings.review_share)


def _portions(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    run: NDArray[np.int64],
    numbers: NDArray[np.int64],
    articles: pa.Table,
) -> Iterator[tuple[pa.Table, NDArray[np.int32], NDArray[np.int32], NDArray[np.object_]]]:
    """What `link` takes, some pairs at a time."""
    for begin in range(0, len(left), _PAIRS):
        a, b = left[begin : begin + _PAIRS], right[begin : begin + _PAIRS]
        here = np.unique(np.r_[a, b])
        kinds, which = np.unique(run[begin : begin + _PAIRS], return_inverse=True)
        names = np.array([Run.numbered(int(k)).key for k in kinds], dtype=object)
        rows = [np.searchsorted(here, side).astype(np.int32) for side in (a, b)]
        some = articles.take(pa.array(np.searchsorted(numbers, here)))
        own = np.array(some["run"].to_pylist(), dtype=object)[rows[0]]  # a compacted file has those of several
        yield some, rows[0], rows[1], np.where(run_of(a) == run[begin : begin + _PAIRS], own, names[which])
