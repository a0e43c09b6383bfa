"""Kills, withdrawals and corrections, from the file or the address to the published tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.config import FoldSettings
from pipeline.lake import Lake, contract
from pipeline.partition import Run
from pipeline.resources import resource_dir
from pipeline.run.check import check_lake
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake
from pipeline.run.state import PUBLISHED

AGENCY = resource_dir("data") / "agency"
WORDS = "The two Koreas opened their first office for liaison on Friday in the border town of Kaesong, officials said. "
MORE = "It has rooms for thirty people from each side, who are to meet every day and need no telephone for it. "
OTHER = "A ferry ran aground off Cape Town at dawn and nobody was hurt, while its captain blamed thick fog and tides. "


def rows(path: Path, *texts: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(t) + "\n" for t in texts))
    return path


def story(identity: str, text: str, hour: int, title: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "text": text, "title": title, "published_at": f"2018-09-14T{hour:02}:00:00Z"} | more


def published(lake: Lake) -> dict[str, dict[str, Any]]:
    return {r["article_id"]: r for r in lake.read("records").to_pylist()}


def add(lake: Lake, day: int, *paths: Path) -> dict[str, dict[str, Any]]:
    ingest_paths(paths, lake, Run.parse(f"2018-09-{day}T00:00:00"))
    fold_lake(lake, FoldSettings())
    assert [f for f in check_lake(lake) if f.breach] == []
    return published(lake)


def test_a_canceled_wire_item_takes_its_versions_with_it(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    before = add(lake, 17, *sorted(AGENCY.glob("liaison-opening-0914.v*.xml")), AGENCY / "guard-posts-0914.xml")
    assert {r["withdrawn"] for r in before.values()} == {None}
    kill = (AGENCY / "liaison-opening-0914.v4.xml").read_text(encoding="utf-8")
    kill = (
        kill.replace('version="4"', 'version="5"')
        .replace("stat:usable", "stat:canceled")
        .replace("2018-09-14T", "2018-09-15T")
    )
    (tmp_path / "kill.xml").write_text(kill, encoding="utf-8")
    after = add(lake, 18, tmp_path / "kill.xml")
    versions = {i for i, r in before.items() if "LIAISON-OPENING" in r["locator"]}
    assert len(versions) == 4
    (notice,) = after.keys() - before.keys()
    for i, r in after.items():
        if i in versions or i == notice:
            assert (r["title"], r["text"]) == ("", "")
            assert r["withdrawn"] == ("killed" if i in versions else "canceled")
            assert r["withdrawn_at"] == after[notice]["published_at"]
        else:
            assert r == before[i]
    assert {after[i]["story_id"] for i in (*versions, notice)} == {before[min(versions)]["story_id"]}
    state = [f.digest for t in ("records", "stories") for f in lake.files(t)]
    assert fold_lake(lake, FoldSettings())["records_written"] == 0
    assert [f.digest for t in ("records", "stories") for f in lake.files(t)] == state


@pytest.mark.parametrize("together", [True, False])
def test_the_story_of_a_killed_item_is_told_by_a_copy(tmp_path: Path, together: bool) -> None:
    text = WORDS + MORE + WORDS.replace("Friday", "Monday") + MORE.replace("thirty", "forty")
    first = story("1", text, 8, "Koreas open office", source="Agency")
    copy = story("2", text + OTHER, 9, "A house for two", source="Copy Times")
    other = story("3", OTHER * 3, 9, "Ferry aground")
    kill = story(
        "4", "KILL NOTICE\n\nThe story is wrong and must not be used.", 10, "MANDATORY KILL: Koreas open office"
    )
    lake = Lake(str(tmp_path / "lake"))
    if together:
        add(lake, 17, rows(tmp_path / "a.jsonl", first, copy, other, kill))
    else:
        add(lake, 17, rows(tmp_path / "a.jsonl", first, copy, other))
        add(lake, 18, rows(tmp_path / "b.jsonl", kill))
    found = {r["guid"]: r for r in published(lake).values()}
    assert {g: r["withdrawn"] for g, r in found.items()} == {"1": "killed", "2": None, "3": None, "4": None}
    assert (found["1"]["text"], found["4"]["notice"]) == ("", "kill")
    assert found["4"]["text"]
    assert {found[g]["story_id"] for g in "124"} == {found["1"]["story_id"]}
    told = next(s for s in lake.read("stories").to_pylist() if s["story_id"] == found["1"]["story_id"])
    assert (told["canonical_guid"], told["title"], told["first_publisher"]) == ("2", "A house for two", "Agency")


def test_an_address_that_is_gone_and_comes_back(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    address = "http://x.example/1"
    page = story("1", WORDS + MORE, 8, "Koreas open office", url=address)
    (identity,) = add(lake, 17, rows(tmp_path / "a.jsonl", page))
    answer(lake, 18, "rejects", {"url": address, "reason": "gone", "detail": "410", "status": 410})
    fold_lake(lake, FoldSettings())
    assert published(lake)[identity]["withdrawn"] == "gone"
    assert lake.read("stories").to_pylist()[0]["title"] is None
    answer(lake, 19, "fetches", {"url": address, "outcome": "unchanged", "article_id": identity, "status": 200})
    answer(lake, 19, "rejects", {"url": "http://x.example/2", "reason": "not_found", "detail": "404"})
    fold_lake(lake, FoldSettings())
    assert published(lake)[identity]["withdrawn"] is None
    assert published(lake)[identity]["text"] == (WORDS + MORE).strip()


def test_what_is_gone_is_gone_since_the_first_answer_that_said_so(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    address = "http://x.example/1"
    (identity,) = add(lake, 15, rows(tmp_path / "a.jsonl", story("1", WORDS + MORE, 8, "Office", url=address)))
    gone = {"url": address, "reason": "gone", "detail": "410", "status": 410}
    answer(lake, 16, "rejects", gone)  # and comes back
    answer(lake, 17, "fetches", {"url": address, "outcome": "unchanged", "article_id": identity, "status": 200})
    for day in (18, 19):
        answer(lake, day, "rejects", gone)
        fold_lake(lake, FoldSettings())
        assert published(lake)[identity]["withdrawn_at"] == Run.parse("2018-09-18").time
        state = lake.document(PUBLISHED)
    answer(lake, 20, "rejects", gone)
    assert fold_lake(lake, FoldSettings())["stories_written"] == 0
    assert lake.document(PUBLISHED) == state


def test_when_it_was_killed_does_not_depend_on_which_notice_came_in_first(tmp_path: Path) -> None:
    page = story("1", WORDS + MORE, 8, "Koreas open office")
    notices = [
        story("2", f"The story must not be used, says notice {hour}.", hour, "MANDATORY KILL: Koreas open office")
        for hour in (9, 10)
    ]
    found = []
    for name, order in (("one", notices), ("other", notices[::-1])):
        lake = Lake(str(tmp_path / name))
        for day, item in enumerate((page, *order), 15):
            records = add(lake, day, rows(tmp_path / "a.jsonl", item))
        found.append({i: (r["withdrawn"], r["withdrawn_at"]) for i, r in records.items()})
    assert found[0] == found[1]


def answer(lake: Lake, day: int, table: str, row: dict[str, Any]) -> None:
    run = Run.parse(f"2018-09-{day}T00:00:00")
    schema = contract(table).schema
    whole = {"run": run.key, "source": "files", "seq": 0} | row
    with lake.transaction() as tx, tx.writer(table, run.day, f"{run.name}.parquet") as out:
        out.write(pa.Table.from_pylist([{name: whole.get(name) for name in schema.names}], schema=schema))


def test_corrections_are_flagged(sample_lake: str) -> None:
    records = Lake(sample_lake).read("records").to_pylist()
    flagged = {r["url"] for r in records if r["notice"] == "correction"}
    agency = [r for r in records if "LIAISON-OPENING" in r["locator"]]
    assert [r["url"] in flagged for r in sorted(agency, key=lambda r: r["version_no"])] == [False, False, False, True]
    assert len(flagged) <= 6
