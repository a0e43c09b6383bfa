"""Articles by their numbers in the lake: the first number of their run, plus the row in its file."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.lake import Lake, contract
from pipeline.partition import ROW_BITS, Run

__all__ = ["numbered", "run_of"]

Numbers = NDArray[np.int64]
N = TypeVar("N", int, Numbers)


def numbered(lake: Lake, numbers: Numbers, columns: list[str], table: str = "articles") -> pa.Table:
    """Articles, or their sketches, by the numbers of the articles, which are ascending."""
    files = {Run.named(f.name).first_number: f for f in lake.files(table)}
    found = [contract(table).schema.empty_table().select(columns)]
    runs, starts = np.unique(run_of(numbers), return_index=True)
    for run, rows in zip(runs, np.split(numbers, starts[1:]), strict=False):  # of no numbers there is one empty part
        found.append(lake.pick(files[int(run)], rows - run, columns))
    return pa.concat_tables(found, promote_options="default").combine_chunks()


def run_of(numbers: N) -> N:
    """First number of the run that an article belongs to, or of each of many."""
    return numbers >> ROW_BITS << ROW_BITS
