"""Committing a run: every item ends as exactly one outcome, whatever was staged and whatever the lake holds."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Capture, Item, Outcome, RawRef, Reason, Reject, article_id
from pipeline.errors import WirefoldError
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.check import check_lake
from pipeline.run.collect import collect_run
from pipeline.run.rows import article_row, fetch_row, reject_row
from pipeline.run.staging import Staging
from pipeline.text import text_hash

SEEN = datetime(2018, 9, 14, 3, tzinfo=UTC)
RUNS = [Run.parse(f"2018-09-1{n}T0{n}:00:00") for n in range(4, 8)]
SOURCES = ("one", "two", "three")

# An item by what becomes of it: ("text", place, text) is an article, ("same",) was answered 304, ("bad", reason) is
# rejected while it is fetched, ("odd", reason) while it is extracted.
Fate = tuple[Any, ...]
Staged = dict[str, Sequence[Fate]]

TEXTS = [f"Text number {n} of the sample is about something." for n in range(4)]
FATES = st.one_of(
    st.tuples(st.just("text"), st.integers(0, 3), st.sampled_from(TEXTS)),
    st.tuples(st.just("same")),
    st.tuples(st.just("bad"), st.sampled_from([Reason.NOT_FOUND, Reason.TIMEOUT])),
    st.tuples(st.just("odd"), st.sampled_from([Reason.NO_TEXT, Reason.UNSAFE])),
)
STAGED = st.dictionaries(st.sampled_from(SOURCES), st.lists(FATES, max_size=6), min_size=1)


def stage(lake: Lake, run: Run, source: str, fates: Sequence[Fate]) -> None:
    """Write what the fetch and extract steps would have left of these items."""
    staging = Staging(lake, run, source)
    with (
        staging.writing("fetches") as fetches,
        staging.writing("rejects") as rejects,
        staging.writing("articles") as articles,
    ):
        for seq, (kind, *what) in enumerate(fates):
            url = f"http://{source}.example/{seq}" if kind != "text" else f"http://news.example/{what[0]}"
            item = Item(source, seq, url)
            match kind:
                case "text":
                    capture = Capture(item, b"", SEEN, url, raw=RawRef("x", seq))
                    fetches.add(fetch_row(run, item, None, capture))
                    articles.add(article_row(run, Article(item, url, url, "Title", what[1], "html", "test 1")))
                case "same":
                    known = article_id(url, text_hash(TEXTS[0]))
                    fetches.add(fetch_row(run, item, Outcome.UNCHANGED, article_id=None, digest=known))
                case _:
                    fetches.add(fetch_row(run, item, None, status=404 if kind == "bad" else 200))
                    rejects.add(reject_row(run, Reject(item, what[0], "for a test")))


def collect(lake: Lake, run: Run, staged: Staged) -> dict[str, Any]:
    for source, fates in staged.items():
        stage(lake, run, source, fates)
    return collect_run(lake, run, SOURCES)


def contents(lake: Lake) -> dict[str, bytes]:
    return {p: lake.storage.read(p) for p in lake.storage.list("") if not p.endswith(".lock")}


@settings(max_examples=10)
@given(st.lists(STAGED, min_size=1, max_size=len(RUNS)))
def test_every_item_has_one_outcome_and_they_sum_up(history: list[Staged]) -> None:
    with TemporaryDirectory() as folder:
        lake = Lake(folder)
        for run, staged in zip(RUNS, history, strict=False):
            ledger = collect(lake, run, staged)
            assert ledger["balanced"]
            assert ledger["discovered"] == sum(map(len, staged.values())) == sum(ledger[o.value] for o in Outcome)
            assert ledger["down"] == sorted(set(SOURCES) - staged.keys())
            for source, fates in staged.items():
                entry = ledger["sources"][source]
                assert entry["discovered"] == len(fates)
                assert entry["rejected"] == sum(f[0] in ("bad", "odd") for f in fates) == sum(entry["reasons"].values())
        assert [f for f in check_lake(lake) if f.breach] == []
        articles = lake.read("articles", ["article_id", "text_hash", "run", "source", "seq"]).to_pylist()
        assert len({a["article_id"] for a in articles}) == len(articles)
        fetches = {(f["run"], f["source"], f["seq"]): f for f in lake.read("fetches").to_pylist()}
        for a in articles:
            fetch = fetches.pop((a["run"], a["source"], a["seq"]))
            assert fetch["outcome"] in ("article", "exact_copy")
            assert fetch["article_id"] == a["article_id"]
        assert {f["outcome"] for f in fetches.values()} <= {"unchanged", "rejected"}
        firsts = Counter(a["text_hash"] for a in articles)
        originals = Counter(
            f["article_id"] for f in lake.read("fetches").to_pylist() if f["outcome"] == Outcome.ARTICLE.value
        )
        assert len(originals) == len(firsts)  # of each text one is the article, all else are copies


@settings(max_examples=6)
@given(st.lists(STAGED, min_size=2, max_size=len(RUNS)), st.data())
def test_a_run_that_is_repeated_changes_no_byte(history: list[Staged], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        lake = Lake(folder)
        for run, staged in zip(RUNS, history, strict=False):
            collect(lake, run, staged)
        before = contents(lake)
        again = data.draw(st.integers(0, len(history) - 1))
        collect(lake, RUNS[again], history[again])
        assert contents(lake) == before


@settings(max_examples=6)
@given(STAGED, st.data())
def test_sources_that_come_later_lead_to_the_same(staged: Staged, data: st.DataObject) -> None:
    """A run whose sources are collected in two goes, as when one of them was down at first."""
    late = data.draw(st.sampled_from(sorted(staged)))
    early = {s: f for s, f in staged.items() if s != late}
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        collect(Lake(one), RUNS[0], staged)
        if early:
            ledger = collect(Lake(two), RUNS[0], early)
            assert late in ledger["down"]
        ledger = collect(Lake(two), RUNS[0], {late: staged[late]})
        assert ledger["balanced"]
        assert ledger["discovered"] == sum(map(len, staged.values()))
        assert [f for f in check_lake(Lake(two)) if f.breach] == []
        texts = [sorted(Lake(x).read("articles")["text_hash"].unique().to_pylist()) for x in (one, two)]
        assert texts[0] == texts[1]
        places = [sorted(Lake(x).read("articles")["article_id"].to_pylist()) for x in (one, two)]
        assert places[0] == places[1]


def text(place: int, n: int = 0) -> Fate:
    return ("text", place, TEXTS[n])


@pytest.mark.parametrize(
    ("staged", "outcomes"),
    [
        pytest.param({"one": [text(0), text(1, 1)]}, ["article", "article"], id="two texts"),
        pytest.param({"one": [text(0), text(1)]}, ["article", "exact_copy"], id="one text at two places"),
        pytest.param({"one": [text(0), text(0)]}, ["article", "unchanged"], id="one text listed twice"),
        pytest.param({"one": [text(0), text(0, 1)]}, ["article", "article"], id="two versions at one place"),
        pytest.param({"two": [text(0)], "one": [text(1)]}, ["article", "exact_copy"], id="the order is the configuration's"),
        pytest.param({"one": [("bad", Reason.GONE), text(0)]}, ["rejected", "article"], id="a reject"),
        pytest.param({"one": []}, [], id="nothing listed"),
    ],
)  # fmt: skip
def test_outcomes(tmp_path: Path, staged: Staged, outcomes: list[str]) -> None:
    lake = Lake(str(tmp_path))
    collect(lake, RUNS[0], staged)
    assert lake.read("fetches")["outcome"].to_pylist() == outcomes


@pytest.mark.parametrize(
    ("first", "then", "outcome"),
    [
        (text(0), text(0), "unchanged"),
        (text(0), text(1), "exact_copy"),
        (text(0), text(0, 1), "article"),
        (("bad", Reason.TIMEOUT), text(0), "article"),
    ],
)
@pytest.mark.parametrize("source", ["one", "two"])
def test_outcomes_against_the_lake(tmp_path: Path, first: Fate, then: Fate, outcome: str, source: str) -> None:
    lake = Lake(str(tmp_path))
    collect(lake, RUNS[0], {"one": [first]})
    collect(lake, RUNS[1], {source: [then]})
    assert lake.read("fetches")["outcome"].to_pylist()[-1] == outcome


def test_an_item_that_is_not_accounted_for_stops_the_commit(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    stage(lake, RUNS[0], "one", [text(0), ("bad", Reason.GONE)])
    staging = Staging(lake, RUNS[0], "one")
    with staging.writing("rejects"):
        pass  # the reject is lost
    with pytest.raises(WirefoldError, match="source one: 2 items discovered, 1 accounted for; nothing was committed"):
        collect_run(lake, RUNS[0], SOURCES)
    assert lake.runs() == []
    assert lake.files("articles") == []
    assert staging.extracted  # what was staged is still there to be looked into


def test_a_source_without_extraction_is_down(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    stage(lake, RUNS[0], "one", [text(0)])
    stage(lake, RUNS[0], "two", [text(1)])
    lake.storage.delete(Staging(lake, RUNS[0], "two").rel("articles.parquet"))
    Staging(lake, RUNS[0], "three").mark_down("nobody answers")
    ledger = collect_run(lake, RUNS[0], SOURCES)
    assert {s: e["down"] for s, e in ledger["sources"].items()} == {
        "one": None,
        "two": "was fetched but not extracted",
        "three": "nobody answers",
    }
    assert ledger["balanced"]


def test_a_source_that_is_still_down_when_its_run_is_repeated_leaves_nothing(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))

    def files() -> dict[str, bytes]:
        return {path: lake.storage.read(path) for path in lake.storage.list("")}

    stage(lake, RUNS[0], "one", [text(0)])
    Staging(lake, RUNS[0], "two").mark_down("nobody answers")
    ledger = collect_run(lake, RUNS[0], SOURCES)
    before = files()
    Staging(lake, RUNS[0], "two").mark_down("nobody answers now")
    assert collect_run(lake, RUNS[0], SOURCES) == ledger
    assert files() == before


def test_a_lake_may_be_moved(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "here"))
    collect(lake, RUNS[0], {"one": [text(0)]})
    shutil.move(tmp_path / "here", tmp_path / "there")
    moved = Lake(str(tmp_path / "there"))
    assert collect(moved, RUNS[1], {"one": [text(0)]})["unchanged"] == 1
    assert [f for f in check_lake(moved) if f.breach] == []
