"""Equal texts of many publishers: what is said of them depends on them alone, not on which of them came first."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipeline.article import Clock, article_id
from pipeline.config import FoldSettings
from pipeline.lake import Lake, contract
from pipeline.partition import Run
from pipeline.run.check import check_lake
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake

RUNS = [Run.parse(f"2018-11-0{n}T12:00:00") for n in range(1, 6)]
SEEN = datetime(2018, 11, 1, tzinfo=UTC)
SITES = ["agency", "herald", "gazette", "courier", "tribune"]
CLOCKS = [Clock.WIRE, Clock.PAGE, Clock.FEED]
FOOT = "Readers may write to the editors of this paper at the address that is printed on its last page every day."


def words(seed: int, n: int = 60) -> str:
    draw = random.Random(seed)
    return " ".join(f"w{draw.randrange(99_999)}" for _ in range(n))


def story(number: int) -> list[str]:
    """Its first version, two later ones, and a brief."""
    first, more, last = (words(10 * number + k) for k in range(3))
    brief = " ".join(more.split()[:45])
    return [f"{first} {more}", f"{first} {more} {words(10 * number + 3, 12)}", f"{first} {last}", brief]


def copies(seed: int) -> list[dict[str, Any]]:
    """Of each text some copies: from many sites, at times that are right, far off or not said, by clocks of all sorts;
    some were changed later. The composite came last, to addresses of its own."""
    draw = random.Random(seed)
    stories = [story(n) for n in range(4)]
    texts = [t for versions in stories for t in versions]
    texts.append("\n\n".join((stories[0][0], stories[1][0], stories[2][2])))
    rows = {}
    for n, text in enumerate(texts):
        for _ in range(draw.choice([1, 1, 2, 4])):
            site, stated = draw.choice(SITES), draw.random() < 0.85
            url = f"https://{site}.example/{draw.choice([n, n % 4])}"
            seen = SEEN + timedelta(minutes=draw.randrange(9))
            days, hours = draw.choice([0, 0, 1, 2, 29, 31, 70]), draw.choice([0, n])
            published = SEEN - timedelta(days, hours=hours)
            if n == len(texts) - 1:
                url, stated, published = f"https://{site}.example/{n}", True, SEEN + timedelta(hours=1 + hours)
            changed = published + timedelta(draw.choice([0, 1, 31]), hours=1) if draw.random() < 0.3 else None
            rows[n, url] = {
                "text": f"{text}\n\n{FOOT}" if site == "gazette" else text,
                "title": draw.choice(["One headline", f"Report {n}"]),
                "url": url,
                "locator": url,
                "publisher": site,
                "published_at": published if stated else seen,
                "modified_at": changed if stated else None,
                "clock": (draw.choice(CLOCKS) if stated else Clock.SEEN).value,
                "seen_at": seen,
            }
    return [*rows.values()]


def articles_of(known: list[dict[str, Any]], folder: Path) -> pa.Table:
    """Rows of `articles`, as if they had been ingested with all that is known of them."""
    file = folder / "texts.jsonl"
    file.write_text("".join(json.dumps({"id": str(n), "text": r["text"]}) + "\n" for n, r in enumerate(known)))
    ingest_paths([file], Lake(str(folder / "lake")), RUNS[0])
    rows = Lake(str(folder / "lake")).read("articles").to_pylist()
    for row in rows:
        row |= {k: v for k, v in known[int(row["guid"])].items() if k != "text"}
        row["article_id"] = row["guid"] = article_id(row["locator"], row["text_hash"])
    return pa.Table.from_pylist(rows, schema=contract("articles").schema)


@pytest.fixture(scope="module", params=range(3))
def articles(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    return articles_of(copies(request.param), tmp_path_factory.mktemp("copies"))


def add(lake: Lake, run: Run, articles: pa.Table) -> None:
    """Commit articles as if `run` had brought them, seen when they say."""
    at = articles.schema.get_field_index("run")
    field = contract("articles").schema.field("run")
    rows = articles.set_column(at, field, pa.array([run.key] * articles.num_rows, field.type))
    with lake.transaction() as tx, tx.writer("articles", run.day, f"{run.name}.parquet") as out:
        out.write(rows)


def folded(root: Path, parts: Sequence[pa.Table], runs: Sequence[Run] = RUNS, each: bool = True) -> Lake:
    lake = Lake(str(root))
    for run, part in zip(runs, parts, strict=False):
        add(lake, run, part)
        if each:
            fold_lake(lake, FoldSettings())
    fold_lake(lake, FoldSettings())
    return lake


def parts(articles: pa.Table, seed: int) -> list[pa.Table]:
    """The articles in some order, cut into as many parts as there are runs."""
    chance = random.Random(seed)
    order = chance.sample(range(articles.num_rows), articles.num_rows)
    cuts = [0, *sorted(chance.sample(range(1, articles.num_rows), len(RUNS) - 1)), articles.num_rows]
    return [articles.take(order[a:b]) for a, b in pairwise(cuts)]


@pytest.fixture(scope="module")
def stepwise(articles: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Folded after each part. To be read and copied only."""
    return folded(tmp_path_factory.mktemp("stepwise") / "lake", parts(articles, 7))


def links(lake: Lake) -> list[dict[str, Any]]:
    rows = lake.read("links").drop_columns(["run"])
    return rows.sort_by([("article_a", "ascending"), ("article_b", "ascending")]).to_pylist()


def judged(lake: Lake) -> tuple[dict[str, Any], dict[str, Any]]:
    """Places of articles and what stories draw on, stories named by the article that stands for them: their own
    names come from the article that was there first."""
    stories = [s for s in lake.read("stories").to_pylist() if s["merged_into"] is None]
    name = {s["story_id"]: s["canonical_article_id"] for s in stories}
    columns = ["article_id", "story_id", "relation", "parent_id", "version_no", "is_canonical"]
    rows = lake.read("records", columns).to_pylist()
    drawn = {
        name[s["story_id"]]: [d | {"story_id": name[d["story_id"]]} for d in s["draws_on"]]
        for s in stories
        if s["draws_on"]
    }
    return {r["article_id"]: r | {"story_id": name[r["story_id"]]} for r in rows}, drawn


def test_nothing_depends_on_which_copy_came_first(articles: pa.Table, tmp_path: Path) -> None:
    expected = folded(tmp_path / "once", [articles])
    assert judged(expected)[1]  # there is a composite
    for seed in range(3):
        lake = folded(tmp_path / f"steps {seed}", parts(articles, seed))
        assert links(lake) == links(expected)
        assert judged(lake) == judged(expected)
        assert [f for f in check_lake(lake) if f.breach and f.area != "ledger"] == []  # no run wrote one


def test_nor_on_when_it_was_folded(articles: pa.Table, stepwise: Lake, tmp_path: Path) -> None:
    some = parts(articles, 7)
    at_once = folded(tmp_path / "at once", some, each=False)
    late_first = folded(tmp_path / "late", some[::-1], RUNS[::-1])
    assert links(stepwise) == links(at_once) == links(late_first)
    assert judged(stepwise) == judged(at_once) == judged(late_first)
    assert stepwise.read("records") == at_once.read("records")


def test_folding_again_changes_nothing(stepwise: Lake, tmp_path: Path) -> None:
    lake = Lake(shutil.copytree(stepwise.root, tmp_path / "lake"))
    before = {t: [f.digest for f in lake.files(t)] for t in ("links", "records", "stories")}
    assert fold_lake(lake, FoldSettings())["stories_written"] == 0
    assert {t: [f.digest for f in lake.files(t)] for t in before} == before


def test_where_two_addresses_held_both_texts_one_of_them_is_compared_in_any_order(tmp_path: Path) -> None:
    """At one address the longer text is the older one, at the other the shorter."""
    longer, shorter = f"{words(1)} {words(2)}", words(1)
    known = [
        {"text": text, "url": url, "locator": url, "published_at": SEEN + timedelta(days=day), "clock": Clock.FEED}
        for url, text, day in [("a", longer, 1), ("a", shorter, 5), ("b", longer, 9), ("b", shorter, 2)]
    ]
    rows = articles_of(known, tmp_path)
    at_once, a_first, b_first = (
        folded(tmp_path / str(n), [rows.filter(pc.is_in(rows["url"], pa.array([*urls]))) for urls in order])
        for n, order in enumerate([["ab"], ["a", "b"], ["b", "a"]])
    )
    assert len(links(at_once)) == 3  # the two copies, and the texts once
    assert links(at_once) == links(a_first) == links(b_first)
