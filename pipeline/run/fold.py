"""The fold step: sketch what is new, link it with what it resembles, then judge and publish.

Each part is a transaction of its own and knows by digests what it has done already, so a fold that dies on the way is
finished by the next one, and a fold with nothing new changes no byte.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import structlog
from numpy.typing import NDArray

from pipeline.article import Clock
from pipeline.config import Config, FoldSettings, load_config
from pipeline.engines.duckdb import engine, scan
from pipeline.fold.candidates import Side, candidates
from pipeline.fold.furniture import without_furniture
from pipeline.fold.kindred import kindred
from pipeline.fold.link import COMPARED, link
from pipeline.fold.sketch import ROW_BITS, SketchContract, key_table, sketch
from pipeline.lake import DataFile, Lake, Transaction, contract
from pipeline.partition import Run
from pipeline.run.furniture import Furniture, learn_furniture, note_lines, verify_again
from pipeline.run.publish import publish
from pipeline.run.sketches import check_sketches
from pipeline.run.threads import ordered

__all__ = ["fold", "fold_lake", "resketch"]

log = structlog.get_logger(__name__)

_KEYS = 1 << 24  # sorted at a time: bounds memory
_PAIRS_READ = 200_000  # whose texts are read at a time, and held in memory
_PAIRS = 2_000  # taken apart and compared at a time: few enough to give both hands some
_LINKED = ["url", *COMPARED]


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


def resketch(lake: Lake) -> int:
    """Make the sketches anew that were made under another contract; the next fold compares their articles again.

    Returns:
        The articles sketched.
    """
    how = SketchContract()
    rows = 0
    with lake.transaction() as tx:
        made: dict[tuple[str, str], list[DataFile]] = defaultdict(list)
        for file in (f for table in ("sketches", "keys", "lines") for f in lake.files(table)):
            made[file.day, file.name].append(file)
        for file in lake.files("articles"):
            if not _current(lake, made[file.day, file.name], how):
                rows += _sketch_file(lake, tx, file, how)
                note_lines(lake, tx, file)
    return rows


def _current(lake: Lake, made: list[DataFile], how: SketchContract) -> bool:
    """Whether what was made from a file of articles is as it is made now, or has not been made yet."""
    if any(f.contract != contract(f.table).version for f in made):
        return False
    sketches = lake.dataset([f for f in made if f.table == "sketches"], "sketches")
    return set(sketches.to_table(columns=["contract"])["contract"].unique().to_pylist()) <= {str(how)}


def _sketch_new(lake: Lake, tx: Transaction, how: SketchContract) -> int:
    """Sketch every article file that has no sketches, or had other content when they were made."""
    done = {(f.day, f.name): f.source for f in lake.files("sketches")}
    articles = {(f.day, f.name): f for f in lake.files("articles")}
    rows = 0
    for place, file in articles.items():
        if done.get(place) != file.digest:
            rows += _sketch_file(lake, tx, file, how)
            note_lines(lake, tx, file)
    for day, name in done.keys() - articles.keys():
        tx.remove("sketches", day, name)
        tx.remove("keys", day, name)
        tx.remove("lines", day, name)
    return rows


def _sketch_file(lake: Lake, tx: Transaction, file: DataFile, how: SketchContract) -> int:
    first = Run.named(file.name).first_number
    waiting: list[NDArray[np.int64]] = []
    with (
        tx.writer("sketches", file.day, file.name, source=file.digest) as rows,
        tx.writer("keys", file.day, file.name, source=file.digest) as keys,
    ):
        for made in ordered(lambda work: sketch(work[0], how, work[1]), _numbered(lake, file, first)):
            rows.write(made.rows)
            waiting.append(made.keys)
            if sum(map(len, waiting)) >= _KEYS:
                keys.write(key_table(first, waiting))
                waiting = []
        keys.write(key_table(first, waiting))
    return file.rows


def _numbered(lake: Lake, file: DataFile, first: int) -> Iterator[tuple[pa.Table, NDArray[np.bool_]]]:
    """Articles with their numbers, and which of them are the first with their text."""
    seen: set[str] = set()
    for batch in lake.batches(file, ["article_id", "text_hash", "published_at", "clock", "text"]):
        numbers = pa.array(np.arange(first, first + batch.num_rows))
        first += batch.num_rows
        keyed = np.zeros(batch.num_rows, np.bool_)
        for i, text in enumerate(batch["text_hash"].to_pylist()):
            if text not in seen:
                seen.add(text)
                keyed[i] = True
        rows = pa.Table.from_batches([batch]).append_column("article", numbers)
        stated = pc.if_else(pc.equal(rows["clock"], Clock.SEEN.value), None, rows["published_at"])
        yield rows.set_column(rows.schema.get_field_index("published_at"), "published_at", stated), keyed


def _link_new(lake: Lake, tx: Transaction, settings: FoldSettings, how: SketchContract) -> Counter[str]:
    """Link the articles of every sketch file that has no links yet, with each other and with all others."""
    done = {(f.day, f.name): f.source for f in lake.files("links")}
    sketches = lake.files("sketches")
    new = [f for f in sketches if done.get((f.day, f.name)) != f.digest]
    if not new:
        return Counter()
    places = {(f.day, f.name) for f in new}
    furniture, affected = learn_furniture(lake, tx, places)
    old = [f for f in sketches if (f.day, f.name) not in places]
    check_sketches(lake, how)
    near = _near(new, old, settings.window_days)
    equal = _of_equal_texts(lake, new)
    with engine() as con:
        columns = ["article", "text_hash", "published_at"]
        sides = [
            Side(
                scan(con, lake, "sketches", [*keyed, *others], columns),
                scan(con, lake, "keys", _keys(lake, keyed), ["key", "article"]),
            )
            for keyed, others in ((new, []), (near, [f for f in old if f not in near and (f.day, f.name) in equal]))
        ]
        pairs = candidates(con, sides[0], sides[1], settings.window_days, settings.max_key_frequency)
    if not places.isdisjoint(done):  # an article that was linked already has come again
        pairs = _without(pairs, lake, [f for f in lake.files("links") if (f.day, f.name) not in places])
    log.info("candidates", pairs=pairs.num_rows, files=len(new))
    pairs = pairs.take(pa.array(kindred(pairs["left"].to_numpy(), pairs["right"].to_numpy())))
    files_of = {Run.named(f.name).first_number: f for f in lake.files("articles")}
    fresh = np.array(sorted(Run.named(f.name).first_number for f in new))
    found: dict[str, list[pa.Table]] = {f.name: [] for f in new}
    for begin in range(0, pairs.num_rows, _PAIRS_READ):
        left, right = (c.to_numpy() for c in pairs.slice(begin, _PAIRS_READ).select(["left", "right"]).columns)
        numbers, articles = _articles(lake, files_of, np.unique(np.r_[left, right]))
        articles = without_furniture(articles, furniture)
        for links in ordered(
            lambda work: link(*work, how, settings.review_share), _portions(left, right, fresh, numbers, articles)
        ):
            for run in links["run"].unique().to_pylist():
                found[f"{Run(run).name}.parquet"].append(links.filter(pc.equal(links["run"], run)))
    if affected:
        verify_again(lake, tx, affected, places, lambda ends, old: _verified(lake, furniture, settings, how, ends, old))
    counts: Counter[str] = Counter()
    for file in new:
        with tx.writer("links", file.day, file.name, source=file.digest) as out:
            for rows in found[file.name]:
                out.write(rows)
                counts.update({x["values"]: x["counts"] for x in rows["relation"].value_counts().to_pylist()})
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


def _near(new: list[DataFile], old: list[DataFile], window_days: int) -> list[DataFile]:
    """Those of the old files that hold articles within the window: keys of the others need not be read."""
    told = [f.bounds.get("published_at", (None, None, 1)) for f in new if f.rows]
    if not window_days or not told or any(undated for _, _, undated in told):  # undated: near to everything
        return old
    window = timedelta(days=window_days)
    first = datetime.fromisoformat(min(low for low, _, _ in told)) - window
    last = datetime.fromisoformat(max(high for _, high, _ in told)) + window

    def within(file: DataFile) -> bool:
        low, high, undated = file.bounds.get("published_at", (None, None, 1))
        return undated > 0 or bool(datetime.fromisoformat(low) <= last and first <= datetime.fromisoformat(high))

    return [f for f in old if f.rows and within(f)]


def _of_equal_texts(lake: Lake, new: list[DataFile]) -> set[tuple[str, str]]:
    """(day, name) of the files that hold a text of the new ones, however old they are."""
    texts = lake.dataset(new, "sketches").to_table(columns=["text_hash"])["text_hash"].unique()
    return {(f.day, f.name) for f, _ in lake.places("text_hash", texts)}


def _keys(lake: Lake, files: list[DataFile]) -> list[DataFile]:
    """The files of keys that belong to files of other tables."""
    keys = {(f.day, f.name): f for f in lake.files("keys")}
    return [keys[f.day, f.name] for f in files]


def _articles(lake: Lake, files: dict[int, DataFile], numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], pa.Table]:
    """Articles by their numbers, which are ascending."""
    base = numbers >> ROW_BITS << ROW_BITS
    starts = np.flatnonzero(np.diff(base, prepend=-1))
    tables = [
        lake.pick(files[int(base[s])], numbers[s:e] - base[s], _LINKED)
        for s, e in zip(starts, [*starts[1:], len(numbers)], strict=True)
    ]
    return numbers, pa.concat_tables(tables).combine_chunks()


def _portions(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    fresh: NDArray[np.int64],
    numbers: NDArray[np.int64],
    articles: pa.Table,
) -> Iterator[tuple[pa.Table, NDArray[np.int32], NDArray[np.int32], NDArray[np.object_]]]:
    """What `link` takes, some pairs at a time. A pair belongs to the run that came last of those that are new."""
    for begin in range(0, len(left), _PAIRS):
        a, b = left[begin : begin + _PAIRS], right[begin : begin + _PAIRS]
        here = np.unique(np.r_[a, b])
        runs_a, runs_b = a >> ROW_BITS << ROW_BITS, b >> ROW_BITS << ROW_BITS
        run = np.where(np.isin(runs_b, fresh), np.maximum(runs_a, runs_b), runs_a)
        kinds, which = np.unique(run, return_inverse=True)
        names = np.array([Run.numbered(int(k)).key for k in kinds], dtype=object)
        rows = [np.searchsorted(here, side).astype(np.int32) for side in (a, b)]
        yield articles.take(pa.array(np.searchsorted(numbers, here))), rows[0], rows[1], names[which]


def _without(pairs: pa.Table, lake: Lake, files: list[DataFile]) -> pa.Table:
    """Leave out pairs that other runs' links hold already (when a run is completed after later runs were folded)."""
    if not pairs.num_rows or not files:
        return pairs
    with engine() as con:
        known = scan(con, lake, "links", files, ["article_a", "article_b"])
        ids = scan(con, lake, "sketches", None, ["article", "article_id"])
        known = known.join(ids, known.article_a == ids.article_id).select("article_b", a="article")
        known = known.join(ids, known.article_b == ids.article_id).select("a", b="article")
        new = con.create_table("pairs", pairs, temp=True)
        new = new.anti_join(known, [new.left == known.a, new.right == known.b])
        new = new.anti_join(known, [new.left == known.b, new.right == known.a])
        return new.order_by(["kind", "left", "right"]).to_pyarrow()
