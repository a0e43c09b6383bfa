"""Reading a lake for people: which stories there are, what is in one, which id somebody means.

Rows are dicts with the columns of the table contracts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cli.console import command
from pipeline.errors import WirefoldError
from pipeline.fold.changes import Change, changes
from pipeline.fold.diff import diff
from pipeline.lake import DataFile, Lake, contract

__all__ = [
    "Row",
    "articles",
    "check_readable",
    "find",
    "find_article",
    "links_of",
    "members",
    "open_lake",
    "relations",
    "sources_of",
    "steps",
    "stories",
    "touched_by",
]

Row = dict[str, Any]

_ID_SHOWN = 80  # characters of what may be a whole text pasted for an id

_MEMBER = [
    "article_id", "story_id", "relation", "parent_id", "version_no", "is_canonical", "title", "url", "source",
    "publisher", "language", "published_at", "clock", "word_count", "text_hash", "run", "notice", "withdrawn",
]  # fmt: skip


def open_lake(root: str) -> Lake:
    """A lake that holds something.

    Raises:
        WirefoldError: There is none at `root`, or nothing has been ingested into it.
    """
    lake = Lake(root)
    if not lake.runs():
        state = "is an empty lake" if lake.storage.exists("_wirefold") else "is no lake"
        raise WirefoldError(
            f"{root} {state}: fill it with `wirefold run` or `wirefold ingest`, or name another with --lake"
        )
    return lake


def stories(lake: Lake, ids: Sequence[str] | None = None, min_articles: int = 1) -> list[Row]:
    """Stories, the largest first, of equal ones the earliest first; merged ones are left out.

    Args:
        ids: Only these.
        min_articles: Only those with at least so many articles, and composites of any size.
    """
    composite = pc.field("drawn_share") > 0
    where = pc.is_null(pc.field("merged_into")) & ((pc.field("articles") >= min_articles) | composite)
    if ids is not None:
        where = where & pc.field("story_id").isin(pa.array(sorted(ids), pa.string()))
    files = lake.files("stories") if ids is None else _files_of(lake, ids)
    rows = lake.read("stories", where=where, files=files).to_pylist()
    return sorted(rows, key=lambda s: (-s["articles"], s["first_published_at"], s["story_id"]))


def _files_of(lake: Lake, stories: Sequence[str]) -> list[DataFile]:
    """The files that hold some stories: each is with the article that founded it, whose id it has."""
    founders = pa.array(sorted({s[1:] for s in stories}), pa.string())
    places = {(f.day, f.name) for f, _ in lake.places("article_id", founders)}
    return [f for f in lake.files("stories") if (f.day, f.name) in places]


def touched_by(lake: Lake, run: str) -> list[str]:
    """Ids of the stories that a run (its key) brought articles for."""
    return sorted(set(lake.read("records", ["story_id"], where=pc.field("run") == run)["story_id"].to_pylist()))


def relations(lake: Lake, ids: Sequence[str]) -> dict[str, Counter[str]]:
    """How many articles of each relation the given stories have."""
    where = pc.field("story_id").isin(pa.array(sorted(ids), pa.string()))
    rows = lake.read("records", ["story_id", "relation"], where=where)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for story, relation in zip(rows["story_id"].to_pylist(), rows["relation"].to_pylist(), strict=True):
        found[story][relation] += 1
    return found


def members(lake: Lake, story_id: str) -> list[Row]:
    """The records of a story without their texts, along time, each with `share`: how much of it its parent has (0 to 1,
    of its shingles; None for the original)."""
    records = lake.search("records", pc.field("story_id") == story_id, _MEMBER).to_pylist()
    ids = pa.array([r["article_id"] for r in records], pa.string())
    where = pc.field("article_a").isin(ids) & pc.field("article_b").isin(ids)
    shares: dict[tuple[str, str], float] = {}
    for a, b, of_a, of_b in zip(
        *(
            c.to_pylist()
            for c in lake.search("links", where, ["article_a", "article_b", "containment_a", "containment_b"]).columns
        ),
        strict=True,
    ):
        shares[a, b], shares[b, a] = of_b, of_a
    for r in records:
        known = shares.get((r["parent_id"], r["article_id"]))
        r["share"] = 1.0 if known is None and r["relation"] == "exact" else known
    return sorted(records, key=lambda r: (r["published_at"], r["version_no"], r["article_id"]))


def steps(lake: Lake, records: Sequence[Row]) -> dict[str, Change]:
    """What changed at each version of a story against what it was made from, by the first article of the version.

    Args:
        records: As `members` gives them.
    """
    parents: dict[int, tuple[str, str]] = {}
    for r in records:
        if r["version_no"] > 1 and r["parent_id"] and not r["withdrawn"]:
            parents.setdefault(r["version_no"], (r["article_id"], r["parent_id"]))
    texts = articles(lake, [i for pair in parents.values() for i in pair])
    return {
        new: changes(diff(texts[old]["text"], texts[new]["text"]))
        for new, old in parents.values()
        if not texts[old]["withdrawn"]
    }


def articles(lake: Lake, ids: Sequence[str]) -> dict[str, Row]:
    """Records with their texts, by article id."""
    rows = lake.take("records", pa.array(sorted(set(ids)), pa.string()), contract("records").schema.names)
    return {r["article_id"]: r for r in rows.to_pylist()}


def check_readable(articles: Iterable[Row]) -> None:
    """Refuse records whose texts must not be used any more.

    Raises:
        WirefoldError: One of them was withdrawn.
    """
    for r in articles:
        if r["withdrawn"]:
            raise WirefoldError(f"article {r['article_id']} was withdrawn ({r['withdrawn']}): it has no text any more")


def sources_of(lake: Lake, ids: Sequence[str]) -> pa.Table:
    """Articles as `pipeline.fold.link` compares them: without furniture."""
    from pipeline.fold.furniture import without_furniture
    from pipeline.fold.link import COMPARED  # slow to import, and only this needs it
    from pipeline.run.furniture import known_furniture

    articles = lake.take("articles", pa.array(ids, pa.string()), ["url", *COMPARED])
    return without_furniture(articles, known_furniture(lake))


def links_of(lake: Lake, article_id: str) -> list[Row]:
    """What an article shares with others, the most first; each link with `other`, the article at its other end."""
    where = (pc.field("article_a") == article_id) | (pc.field("article_b") == article_id)
    links = lake.search("links", where).to_pylist()
    for link in links:
        link["other"] = link["article_b"] if link["article_a"] == article_id else link["article_a"]
    return sorted(links, key=lambda x: (-max(x["containment_a"], x["containment_b"]), -x["jaccard"], x["other"]))


def find(lake: Lake, wanted: str, sought: str = "story or article") -> tuple[str, str]:
    """Which story or article is meant by an id, or by a beginning of it that fits only one.

    Args:
        sought: What there is none of, for the message.

    Returns:
        ("story" or "article", the whole id). A story that was merged is the one that it became part of.

    Raises:
        WirefoldError: There is none, or several begin like that.
    """
    hits: dict[str, tuple[str, str]] = {}
    for kind, table, column in (("article", "records", "article_id"), ("story", "stories", "story_id")):
        begins = pc.starts_with(pc.field(column), wanted)
        for found in lake.read(table, [column], where=begins)[column].to_pylist():
            hits[found] = (kind, found)
    if wanted in hits:
        hits = {wanted: hits[wanted]}
    if not hits:
        next_step = "`wirefold stories` lists the stories"
        if not lake.files("records"):
            next_step = f"nothing has been folded yet: `{command('fold', lake.root)}`"
        raise WirefoldError(f"no {sought} {wanted[:_ID_SHOWN]!r} in {lake.root}; {next_step}")
    if len(hits) > 1:
        some = ", ".join(sorted(hits)[:4])
        raise WirefoldError(
            f"{wanted!r} is the beginning of {len(hits)} ids ({some}{' …' if len(hits) > 4 else ''}); give more of it"
        )
    kind, found = next(iter(hits.values()))
    return (kind, _survivor(lake, found)) if kind == "story" else (kind, found)


def find_article(lake: Lake, wanted: str, sought: str = "story or article") -> str:
    """Which article is meant: as `find`, and of a story its canonical one."""
    kind, found = find(lake, wanted, sought)
    return str(stories(lake, [found])[0]["canonical_article_id"]) if kind == "story" else found


def _survivor(lake: Lake, story: str) -> str:
    seen: set[str] = set()
    while story not in seen:
        seen.add(story)
        here = pc.field("story_id") == story
        rows = lake.read("stories", ["merged_into"], here, _files_of(lake, [story]))["merged_into"].to_pylist()
        if not rows or rows[0] is None:
            break
        story = rows[0]
    return story
