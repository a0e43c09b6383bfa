"""Getting ready for the next steps while worker processes are at this one: imports, and compiled code from its cache.

That takes a second or two, in which nothing else of a command could be done if it came when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

__all__ = ["soon", "to_collect", "to_fold"]

_TEXT = "The envoy, 61, met the mayor on Monday. “We agreed on 3 points,” she said and left for Geneva at 5 p.m."


@contextmanager
def soon(*steps: Callable[[], None]) -> Iterator[None]:
    """Get ready beside the block; one thread for all, because imports by several can be in each other's way."""
    with ThreadPoolExecutor(1, "ready") as beside:
        begun = [beside.submit(step) for step in steps]
        yield
        for step in begun:
            step.result()


def to_collect() -> None:
    import pipeline.run.collect  # noqa: F401


def to_fold() -> None:
    """Compare two texts: what that takes is most of what folding takes."""
    import numpy as np
    import pyarrow as pa

    import pipeline.run.fold  # noqa: F401
    from pipeline.fold.align import align
    from pipeline.fold.link import COMPARED, link
    from pipeline.fold.sketch import key_table, sketch
    from pipeline.fold.texts import Texts
    from pipeline.lake import contract

    at = datetime(2000, 1, 1, tzinfo=UTC)
    same = {"locator": "", "title": "Envoy meets mayor", "clock": "page", "published_at": at, "seen_at": at}
    rows = [
        {**same, "article_id": str(n), "text_hash": str(n), "text": f"{_TEXT}\n\nMore is expected {when}."}
        for n, when in enumerate(("on Tuesday", "in June"))
    ]
    schema = pa.schema([contract("articles").schema.field(name) for name in COMPARED])
    articles = pa.Table.from_pylist(rows, schema)
    key_table(0, [sketch(articles.append_column("article", pa.array([0, 1]))).keys])
    first, second = (np.array([n], np.int32) for n in range(2))
    link(articles, first, second, np.array([""], object))
    align(Texts.of(articles["text"]), first, second)
