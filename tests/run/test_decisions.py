"""What people decide about pairs, from the decision to the published tables."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.config import FoldSettings
from pipeline.errors import UsageError
from pipeline.lake import Lake, contract
from pipeline.partition import Run
from pipeline.run.check import check_lake
from pipeline.run.decisions import Decision, decide, decision_on, pair_key, standing, undecided
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake

AT = datetime(2018, 9, 17, 12, tzinfo=UTC)
TEXTS = {
    "ferry": "A ferry ran aground off Cape Town at dawn and nobody was hurt, while its captain blamed thick fog and tides.",
    "ferry-again": "A ferry ran aground off Cape Town at dawn and nobody was hurt, while its owner blamed the captain alone.",
    "bridge": "The new bridge over the Vltava will be open to trams from Monday and to cars a week after that, the city said.",
}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    rows = [{"id": i, "text": t, "published_at": "2018-09-14T08:00:00Z"} for i, t in TEXTS.items()]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    lake = Lake(str(tmp_path / "lake"))
    ingest_paths([tmp_path / "texts.jsonl"], lake, Run.parse("2018-09-17T00:00:00"))
    fold_lake(lake, FoldSettings())
    return lake


def ids(lake: Lake) -> dict[str, str]:
    return {r["guid"]: r["article_id"] for r in lake.read("records", ["guid", "article_id"]).to_pylist()}


def stories(lake: Lake) -> dict[str, str]:
    fold_lake(lake, FoldSettings())
    assert check_lake(lake) == []
    return {r["guid"]: r["story_id"] for r in lake.read("records", ["guid", "story_id"]).to_pylist()}


def test_the_latest_decision_is_honoured(lake: Lake) -> None:
    found = ids(lake)
    before = stories(lake)
    assert before["ferry"] == before["ferry-again"] != before["bridge"]
    decide(lake, found["ferry"], found["ferry-again"], Decision.CANNOT_LINK, by="a", at=AT)
    decide(lake, found["bridge"], found["ferry"], Decision.MUST_LINK, by="a", reason="so", at=AT)
    after = stories(lake)
    assert after["ferry"] == after["bridge"] != after["ferry-again"]
    decide(lake, found["ferry-again"], found["ferry"], Decision.MUST_LINK, by="b", at=AT + timedelta(minutes=1))
    decide(lake, found["ferry"], found["bridge"], Decision.CANNOT_LINK, by="b", at=AT + timedelta(minutes=1))
    assert stories(lake) == before
    assert lake.read("decisions").num_rows == 4, "what was decided before stays on record"
    assert set(standing(lake)) == {pair_key(found["ferry"], found[x]) for x in ("ferry-again", "bridge")}


def test_a_decided_pair_needs_no_review(lake: Lake) -> None:
    with lake.transaction() as tx:
        (file,) = lake.files("links")
        links = lake.read("links", contract("links").schema.names)
        place = links.schema.get_field_index("needs_review")
        links = links.set_column(place, "needs_review", pa.array([True] * links.num_rows))
        with tx.writer("links", file.day, file.name, source=file.source) as out:
            out.write(links)
    fold_lake(lake, FoldSettings())
    (link,) = undecided(lake)
    assert any(s["needs_review"] for s in lake.read("stories").to_pylist())
    decide(lake, link["article_b"], link["article_a"], Decision.MUST_LINK, by="a")
    fold_lake(lake, FoldSettings())
    assert undecided(lake) == []
    assert not any(s["needs_review"] for s in lake.read("stories").to_pylist())


@pytest.mark.parametrize("decision", Decision)
def test_what_is_decided_of_two_texts_is_not_asked_of_their_copies(decision: Decision, lake: Lake) -> None:
    found = ids(lake)
    decide(lake, found["ferry"], found["ferry-again"], decision, by="a", at=AT)
    older = {"id": "ferry-copy", "text": TEXTS["ferry"], "published_at": "2018-09-13T08:00:00Z"}
    path = Path(lake.root).parent / "older.jsonl"
    path.write_text(json.dumps(older) + "\n")
    ingest_paths([path], lake, Run.parse("2018-09-17T01:00:00"))
    fold_lake(lake, FoldSettings(review_share=1))
    found = ids(lake)
    link = next(x for x in lake.read("links").to_pylist() if x["relation"] != "exact")
    assert pair_key(link["article_a"], link["article_b"]) == pair_key(found["ferry-copy"], found["ferry-again"])
    assert link["needs_review"]
    assert undecided(lake) == []
    assert not any(s["needs_review"] for s in lake.read("stories").to_pylist())
    said = decision_on(lake, found["ferry-again"], found["ferry-copy"])
    assert said is not None
    assert said["decision"] == decision
    assert decision_on(lake, found["ferry"], found["ferry-copy"]) is None


def test_decisions_made_at_once_are_all_kept(lake: Lake) -> None:
    found = sorted(ids(lake).values())
    minutes = [AT + timedelta(minutes=n) for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda at: decide(Lake(lake.root), *found[:2], Decision.MUST_LINK, by="a", at=at), minutes)
        )
    kept = lake.read("decisions", contract("decisions").schema.names).sort_by("decided_at").to_pylist()
    assert kept == sorted(made, key=lambda r: r["decided_at"])
    assert check_lake(lake) == []


@pytest.mark.parametrize(("one", "other", "by"), [("x", "x", "a"), ("x", "y", " ")])
def test_what_is_no_decision(lake: Lake, one: str, other: str, by: str) -> None:
    with pytest.raises(UsageError):
        decide(lake, one, other, Decision.MUST_LINK, by=by)
    assert lake.files("decisions") == []


def test_a_decision_is_written_as_clean_text(lake: Lake) -> None:
    a, b = ids(lake)["ferry"], ids(lake)["bridge"]
    row = decide(lake, a, b, Decision.CANNOT_LINK, by="x\x1b[31m\udcff", reason=" \udcfe ")
    assert (row["decided_by"], row["reason"]) == ("x[31m", None)
