"""Compaction changes files and nothing that anybody reads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.config import FoldSettings
from pipeline.lake import Lake, contracts
from pipeline.partition import Run
from pipeline.run import compact as compaction
from pipeline.run import records
from pipeline.run.check import check_lake
from pipeline.run.compact import compact
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake
from pipeline.run.tracing import trace
from tests.lake.test_transaction import Death, Mortal

DAYS = ("2018-09-14", "2018-09-15", "2018-09-16")
NUMBERS = {"sketches": "article", "keys": "article", "lines": "article"}


def ingest(lake: Lake, articles: pa.Table, key: str) -> None:
    path = Path(lake.root).parent / f"{Run.parse(key).name}.jsonl"
    rows = articles.select(["article_id", "url", "title", "text", "publisher", "published_at"]).to_pylist()
    path.write_text("".join(
        json.dumps(r | {"id": r["article_id"], "source": r["publisher"], "published_at": r["published_at"].isoformat()}) + "\n"
        for r in rows
    ))  # fmt: skip
    ingest_paths([path], lake, Run.parse(key))


def rows(lake: Lake) -> dict[str, list[str]]:
    """What is in the tables, whatever the files."""
    found = {}
    for table in (c.name for c in contracts()):
        data = lake.read(table)
        if table in NUMBERS:
            data = data.drop_columns(NUMBERS[table])
        found[table] = sorted(map(str, data.to_pylist()))
    return found


def content(root: str) -> dict[str, bytes]:
    files = (p for p in Path(root).rglob("*") if p.is_file() and "locks" not in p.parts)
    return {str(p.relative_to(root)): p.read_bytes() for p in files}


def grown(root: Path, articles: pa.Table, runs: int) -> Lake:
    """Articles over the first two days, each run folded."""
    lake = Lake(str(root))
    size = -(-articles.num_rows // runs)
    for n in range(runs):
        day = DAYS[2 * n // runs]
        ingest(lake, articles.slice(n * size, size), f"{day}T{n:02}:00:00")
        fold_lake(lake, FoldSettings())
    return lake


def copied(lake: Lake, root: Path) -> Lake:
    return Lake(shutil.copytree(lake.root, root))


@pytest.fixture(scope="module")
def articles(sample_lake: str) -> pa.Table:
    return Lake(sample_lake).read("articles").sort_by("published_at")


@pytest.fixture(scope="module")
def four_runs(articles: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """To be read and copied only."""
    return grown(tmp_path_factory.mktemp("compact") / "lake", articles.slice(0, 24), 4)


@pytest.fixture
def lake(four_runs: Lake, tmp_path: Path) -> Lake:
    return copied(four_runs, tmp_path / "lake")


@pytest.mark.parametrize("most", [7, 20_000])
def test_rows_stay_and_the_lake_grows_on_as_before(
    tmp_path: Path, articles: pa.Table, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (compaction, records):
        monkeypatch.setattr(module, "PART", most)
    then = articles.num_rows * 2 // 3
    small = grown(tmp_path / "small", articles.slice(0, then), 4)
    lakes = [small, copied(small, tmp_path / "large")]
    before, files = rows(lakes[0]), len(lakes[0].files("records"))
    result = compact(lakes[0], DAYS[1])
    assert rows(lakes[0]) == before
    assert check_lake(lakes[0]) == []
    if most == 20_000:
        assert (result["days"], len(lakes[0].files("records", [DAYS[0]]))) == (1, 1)
        assert len(lakes[0].files("records")) < files
    assert all(f.rows <= most for f in lakes[0].files("records"))
    once = content(lakes[0].root)
    assert compact(lakes[0], DAYS[1])["days"] == 0
    fold_lake(lakes[0], FoldSettings())
    assert content(lakes[0].root) == once
    for lake in lakes:
        ingest(lake, articles.slice(then), f"{DAYS[2]}T12:00:00")
        fold_lake(lake, FoldSettings())
    assert check_lake(lakes[0]) == []
    assert rows(lakes[0]) == rows(lakes[1])
    text = articles["text"][0].as_py()
    assert trace(lakes[0], text) == trace(lakes[1], text)


def test_compacting_in_steps_comes_to_the_same(four_runs: Lake, tmp_path: Path) -> None:
    steps, once = (copied(four_runs, tmp_path / name) for name in ("steps", "once"))
    for day in (DAYS[1], DAYS[2]):
        compact(steps, day)
    compact(once, DAYS[2])
    assert content(steps.root) == content(once.root)


def test_a_day_waits_for_its_fold(lake: Lake, articles: pa.Table) -> None:
    ingest(lake, articles.slice(24, 3), f"{DAYS[0]}T23:00:00")
    before = content(lake.root)
    assert {k: v for k, v in compact(lake, DAYS[1]).items() if k in ("days", "waiting")} == {"days": 0, "waiting": 1}
    assert content(lake.root) == before
    fold_lake(lake, FoldSettings())
    assert compact(lake, DAYS[1])["days"] == 1
    assert check_lake(lake) == []


def test_a_compacted_run_is_closed(lake: Lake, tmp_path: Path) -> None:
    compact(lake, DAYS[1])
    before = content(lake.root)
    run = Run.parse(f"{DAYS[0]}T01:00:00")
    ledger: dict[str, Any] = lake.ledger(run.name) or {}
    (tmp_path / "other.jsonl").write_text(json.dumps({"id": "x", "text": "Another text altogether."}) + "\n")
    from pipeline.run.collect import collect_run
    from pipeline.run.staging import Staging

    staging = Staging(lake, run, "files")
    for table in ("fetches", "articles", "rejects"):
        with staging.writing(table):
            pass
    assert staging.extracted
    assert collect_run(lake, run, ["files"]) == ledger
    assert content(lake.root) == before


def test_killed_anywhere_it_is_as_before_or_goes_on(tmp_path: Path, articles: pa.Table) -> None:
    start = grown(tmp_path / "lake", articles.slice(0, 12), 4)
    before = rows(start)
    whole = copied(start, tmp_path / "whole")
    whole.storage = counted = Mortal(whole.root)
    compact(whole, DAYS[2])
    assert counted.count > 50
    for at in range(0, counted.count, 23):
        root = tmp_path / f"killed-{at}"
        lake = copied(start, root)
        lake.storage = Mortal(lake.root, at)
        with pytest.raises(Death):
            compact(lake, DAYS[2])
        survivor = Lake(str(root))
        compact(survivor, DAYS[2])
        assert rows(survivor) == before
        assert content(survivor.root) == content(whole.root)
