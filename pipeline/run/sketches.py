"""Whether all sketches of a lake can be compared with each other."""

from __future__ import annotations

import pyarrow as pa

from pipeline.fold.sketch import SketchContract
from pipeline.lake import Lake

__all__ = ["check_sketches"]


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
