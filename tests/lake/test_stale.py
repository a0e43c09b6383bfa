"""Files of another version of their contract are refused wherever they would be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.engines.duckdb import engine, scan
from pipeline.errors import WirefoldError
from pipeline.lake import DataFile, Lake, contract
from tests.lake.test_check import DAY, FILE, INTERNAL, edited


def scanned(lake: Lake, file: DataFile) -> object:
    with engine() as con:
        return scan(con, lake, file.table).count().execute()


READERS: list[Callable[[Lake, DataFile], object]] = [
    lambda lake, file: lake.read(file.table),
    lambda lake, file: list(lake.batches(file)),
    lambda lake, file: lake.pick(file, np.array([0]), ["article_id"]),
    lambda lake, file: lake.take(file.table, lake.read("articles")["article_id"].combine_chunks(), ["article_id"]),
    scanned,
]


@pytest.mark.parametrize("read", READERS, ids=["read", "batches", "pick", "take", "scan"])
@pytest.mark.parametrize(
    ("table", "cure"),
    [("records", "use the Wirefold that wrote it"), ("sketches", "make it anew with `wirefold resketch`")],
)
def test_refused(own_lake: Path, table: str, cure: str, read: Callable[[Lake, DataFile], object]) -> None:
    lake = Lake(str(own_lake))
    (file,) = lake.files(table, [DAY[4:]])
    read(lake, file)
    edited(own_lake, f"{INTERNAL}/manifests/{table}/{DAY}.json", lambda d: d["files"][FILE].update(contract="0.9.0"))
    with pytest.raises(WirefoldError) as error:
        read(Lake(str(own_lake)), replace(file, contract="0.9.0"))
    assert str(error.value).startswith(
        f"{own_lake}/{file.rel} was written under version 0.9.0 of its contract, which is now "
        f"{contract(table).version}: "
    )
    assert cure in str(error.value)
