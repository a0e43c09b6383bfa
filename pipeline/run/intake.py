"""Files as a run of their own. Workers are started first, and what is slow to import comes while they start."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import Any

from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.extract.workers import ExtractionPool
from pipeline.partition import Run

__all__ = ["ingest_files"]

_MARKER = "files.json"  # in the staging of a run of files: only another one of them can tell that it is dead
_ARCHIVE = re.compile(r"\.w?arc(\.\w+)?", re.IGNORECASE)  # how a file's name ends that holds many pages


def ingest_files(
    paths: Sequence[str],
    lake: str,
    partition: str | None = None,
    waiting: Callable[[], None] = lambda: None,
    *,
    and_fold: bool = False,
) -> dict[str, Any]:
    """Ingest files as one run; see `pipeline.run.files.ingest_paths`.

    Args:
        partition: Key of the run; None takes the first free one from now on.
        waiting: Called when another run has to end first.
        and_fold: Find the stories then.

    Returns:
        ledger, and `before`: whether a run of this key had been committed, so that nothing was read. With `and_fold`
        also `fold`, its counts.

    Raises:
        UsageError: A path does not exist, or `partition` is no instant.
    """
    wanted = Run.parse(partition) if partition else None
    for path in paths:
        if not os.path.exists(path):
            raise UsageError(f"no such file or directory: {path}")
    config = Config()
    with ExtractionPool(config.extract) as pool:
        if any(_ARCHIVE.search(os.path.basename(path)) for path in paths):
            pool.start()
        from pipeline.lake import INTERNAL, Lake
        from pipeline.run.files import ingest_paths
        from pipeline.run.job import alone, free_run, marks

        store = Lake(lake)
        with alone(store, waiting):
            for mark in marks(store, _MARKER):
                store.storage.delete(mark.removesuffix(f"/{_MARKER}"))  # of the dead: nobody else holds the lock
            run = wanted or free_run(store)
            before = store.ledger(run.name) is not None
            if not before:
                store.storage.write(f"{INTERNAL}/staging/{run.name}/{_MARKER}", b"{}\n")
            result = {"ledger": ingest_paths(paths, store, run, config, pool, fold_soon=and_fold), "before": before}
    if not and_fold:
        return result
    from pipeline.run.fold import fold

    return {**result, "fold": fold(None, lake)}
