"""Sketching what is new in a lake, and whether all sketches of it can be compared with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.article import Clock
from pipeline.fold.sketch import SketchContract, key_table, sketch
from pipeline.lake import DataFile, Lake, Transaction, contract
from pipeline.partition import Run
from pipeline.run.furniture import lines_in
from pipeline.run.threads import ordered

__all__ = ["check_sketches", "resketch", "sketch_new"]

_KEYS = 1 << 24  # sorted at a time: bounds memory


def sketch_new(lake: Lake, tx: Transaction, how: SketchContract) -> int:
    """Sketch every article file that has no sketches, or had other content when they were made."""
    done = {(f.day, f.name): f.source for f in lake.files("sketches")}
    articles = {(f.day, f.name): f for f in lake.files("articles")}
    rows = 0
    for place, file in articles.items():
        if done.get(place) != file.digest:
            rows += _sketch_file(lake, tx, file, how)
    for day, name in done.keys() - articles.keys():
        tx.remove("sketches", day, name)
        tx.remove("keys", day, name)
        tx.remove("lines", day, name)
    return rows


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
    return rows


def _current(lake: Lake, made: list[DataFile], how: SketchContract) -> bool:
    """Whether what was made from a file of articles is as it is made now, or has not been made yet."""
    if any(f.contract != contract(f.table).version for f in made):
        return False
    sketches = [f for f in made if f.table == "sketches"]
    return set(lake.read("sketches", ["contract"], files=sketches)["contract"].unique().to_pylist()) <= {str(how)}


def check_sketches(lake: Lake, how: SketchContract) -> None:
    """Refuse a lake with sketches that were made otherwise. What manifests say suffices for most files.

    Raises:
        WirefoldError: There are some.
    """
    files = [f for f in lake.files("sketches") if f.rows]
    lake.check_contract(files)
    told = {end for f in files if "contract" in f.bounds for end in f.bounds["contract"][:2]}
    untold = [f for f in files if "contract" not in f.bounds]
    found = lake.read("sketches", ["contract"], files=untold)["contract"].unique()
    how.check(pa.chunked_array([pa.array(sorted(told), pa.string()), found.cast(pa.string())]))


def _sketch_file(lake: Lake, tx: Transaction, file: DataFile, how: SketchContract) -> int:
    """Sketch a file of articles, and note its lines meanwhile: sketching lets go of the interpreter."""
    with ThreadPoolExecutor(1, "lines") as beside:
        noted = beside.submit(lines_in, lake, file)
        _sketch_articles(lake, tx, file, how)
        lines = noted.result()
    with tx.writer("lines", file.day, file.name, source=file.digest) as out:
        if len(lines):
            out.write(lines)
    return file.rows


def _sketch_articles(lake: Lake, tx: Transaction, file: DataFile, how: SketchContract) -> None:
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
