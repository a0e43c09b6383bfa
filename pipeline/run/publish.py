"""Judging and publishing: stories from links, records from articles and stories.

Only what is touched is judged again: the groups that hold an article whose file or whose links changed. Files of the
published tables mirror those of `articles`, run by run; only those with a row that changed are written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.article import Relation
from pipeline.fold.link import order_key
from pipeline.fold.relate import GROUPING
from pipeline.fold.stories import Link, Member, Place, Story, group, story
from pipeline.lake import DataFile, Lake, Transaction, contract
from pipeline.lake.lake import INTERNAL
from pipeline.partition import Run
from pipeline.run.decisions import Decision, pair_key, standing
from pipeline.run.drawing import Drawing, without_bridges
from pipeline.run.records import Place_, write_records
from pipeline.run.tombstones import Tombstone, tombstones

__all__ = ["STATE", "mark_published", "publish"]

STATE = f"{INTERNAL}/published.json"
"""Digests of the articles, links and decisions that stories and records were made from."""

_GROUPING = [r.value for r in Relation if r in GROUPING]
_META = [
    "article_id",
    "guid",
    "text_hash",
    "title",
    "language",
    "publisher",
    "source",
    "published_at",
    "clock",
    "seen_at",
    "run",
]


def publish(lake: Lake, tx: Transaction) -> dict[str, int]:
    """Bring `stories` and `records` up to date.

    Returns:
        Counts: stories_written, records_written, stories, records.
    """
    stones = tombstones(lake)
    state = _state(lake, stones)
    before = json.loads(lake.storage.read(STATE)) if lake.storage.exists(STATE) else {}
    if state != before:
        links = _links(lake)
        seeds = _changed(lake, state, before, links)
        stories, places, meta, drawn = _judge(lake, links, seeds, stones)
        homes = _files_of_runs(lake)
        touched = {homes[row["run"]] for row in meta.values()}
        written = write_records(lake, tx, places, touched, stones)
        judged = _write_stories(lake, tx, stories, places, meta, drawn, homes)
        tx.put(STATE, state)
    else:
        written = judged = 0
    # What this transaction is about to put in place counts already.
    totals = {t: tx.rows(t) for t in ("stories", "records")}
    return {"stories_written": judged, "records_written": written, **totals}


def mark_published(lake: Lake, tx: Transaction) -> None:
    """Say that stories and records are as they should be, whoever wrote them."""
    tx.put(STATE, _state(lake, tombstones(lake)))


def _state(lake: Lake, stones: dict[str, Tombstone]) -> dict[str, dict[str, str]]:
    state = {t: {f.rel: f.digest for f in lake.files(t)} for t in ("articles", "links", "decisions")}
    return state | {"withdrawn": {i: f"{s.why} {s.at.isoformat()}" for i, s in stones.items()}}


def _files_of_runs(lake: Lake) -> dict[str, Place_]:
    """Where the articles of each run (its key) are."""
    return {Run.named(run).key: (f.day, f.name) for f in lake.files("articles") for run in f.runs}


def _links(lake: Lake) -> pa.Table:
    return lake.read(
        "links",
        [
            "article_a",
            "article_b",
            "relation",
            "jaccard",
            "containment_a",
            "containment_b",
            "score",
            "decided_by",
            "needs_review",
        ],
    )


def _changed(
    lake: Lake, state: dict[str, dict[str, str]], before: dict[str, dict[str, str]], links: pa.Table
) -> pa.Array:
    """Articles whose file, links or decisions are not as they were when the lake was last published."""

    def files(table: str) -> list[DataFile]:
        old = before.get(table, {})
        return [f for f in lake.files(table) if old.get(f.rel) != f.digest]

    found = [
        lake.dataset(files(table), table).to_table(columns=[column])[column]
        for table, columns in (
            ("articles", ["article_id"]),
            ("links", ["article_a", "article_b"]),
            ("decisions", ["article_a", "article_b"]),
        )
        for column in columns
    ]
    buried_now, buried_then = (set(x.get("withdrawn", {}).items()) for x in (state, before))
    raised = pa.array(sorted({i for i, _ in buried_now ^ buried_then}), pa.string())
    seeds = pa.chunked_array([*(c for column in found for c in column.chunks), raised], pa.string()).unique()
    # An article that draws on a changed one names its story: it is judged again too.
    partial = pa.array([r.value for r in Relation if r not in GROUPING])
    drawn = pc.and_(pc.is_in(links["relation"], partial), pc.is_in(links["article_a"], seeds))
    return pa.chunked_array([seeds, *links["article_b"].filter(drawn).chunks]).unique()


def _judge(
    lake: Lake, links: pa.Table, seeds: pa.Array, stones: dict[str, Tombstone]
) -> tuple[list[Story], dict[str, tuple[Story, Place]], dict[str, dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """Stories of all articles that are connected with the seeds, and what they draw on."""
    decided = standing(lake)
    must, cannot = ([p for p in sorted(decided) if decided[p] is d] for d in (Decision.MUST_LINK, Decision.CANNOT_LINK))
    must += [(i, s.notice) for i, s in stones.items() if s.notice]  # a notice belongs to the story it ends
    wanted = _neighbourhood(links, must, seeds)
    meta = lake.take("articles", wanted, _META)
    ages = order_key(meta)
    rows = {row["article_id"]: row for row in meta.to_pylist()}
    for i in (i for i, s in stones.items() if i in rows and not s.words):
        rows[i]["title"] = None
    members = {
        row["article_id"]: Member(
            row["article_id"],
            row["text_hash"],
            row["publisher"] or row["source"],
            (row["run"], row["article_id"]),
            age,
            row["article_id"] in stones,
        )
        for row, age in zip(rows.values(), ages, strict=True)
    }
    inside = links.filter(pc.and_(pc.is_in(links["article_a"], wanted), pc.is_in(links["article_b"], wanted)))
    pairs = [
        Link(
            x["article_a"],
            x["article_b"],
            Relation(x["relation"]),
            x["jaccard"],
            max(x["containment_a"], x["containment_b"]),
            x["score"],
            x["decided_by"].startswith("same_article"),
            x["needs_review"] and pair_key(x["article_a"], x["article_b"]) not in decided,
        )
        for x in inside.to_pylist()
    ]
    groups = group(sorted(members), pairs, must, cannot)
    drawing = Drawing(lake, members, links)
    composites = drawing.stitched(groups)
    if composites:
        pairs = without_bridges(pairs, composites)
        groups = group(sorted(members), pairs, must, cannot)
    at = {member: n for n, ids in enumerate(groups) for member in ids}
    within: dict[int, list[Link]] = defaultdict(list)
    for pair in pairs:
        if at[pair.a] == at[pair.b]:
            within[at[pair.a]].append(pair)
    stories = [story([members[i] for i in ids], within[n]) for n, ids in enumerate(groups)]
    places = {p.id: (s, p) for s in stories for p in s.places}
    story_of = {i: s.id for i, (s, _) in places.items()}
    drawn = drawing.draws_on({s.canonical: s.id for s in stories}, story_of, composites)
    return stories, places, rows, drawn


def _neighbourhood(links: pa.Table, must: Iterable[tuple[str, str]], seeds: pa.Array) -> pa.Array:
    """The seeds and every article that a chain of grouping links or decisions ties to one of them."""
    ties = links.filter(pc.is_in(links["relation"], pa.array(_GROUPING)))
    people = list(must)
    ends = [[*ties[f"article_{x}"].chunks, pa.array([p[n] for p in people], pa.string())] for n, x in enumerate("ab")]
    encoded = pa.chunked_array([*ends[0], *ends[1], seeds], pa.string()).combine_chunks().dictionary_encode()
    codes, ids = encoded.indices.to_numpy(), encoded.dictionary
    n = ties.num_rows + len(people)
    graph = coo_matrix((np.ones(n, bool), (codes[:n], codes[n : 2 * n])), shape=(len(ids), len(ids)))
    _, component = connected_components(graph, directed=False)
    return ids.filter(pa.array(np.isin(component, np.unique(component[codes[2 * n :]]))))


def _write_stories(
    lake: Lake,
    tx: Transaction,
    stories: list[Story],
    places: dict[str, tuple[Story, Place]],
    meta: dict[str, dict[str, Any]],
    drawn: dict[str, list[dict[str, Any]]],
    homes: dict[str, Place_],
) -> int:
    """Write the story files in which a row is new or changed; returns the rows written.

    A story lives in the file that goes with the one of its founder. An id that was given out once stays as a row: when
    its founder has become part of another story, the row says which.
    """
    fresh = {s.id: _story_row(s, meta, drawn.get(s.id, [])) for s in stories}
    files = {(f.day, f.name): f for f in lake.files("stories")}
    by_file: dict[Place_, dict[str, dict[str, Any]]] = defaultdict(dict)
    for s, row in fresh.items():
        by_file[homes[meta[s[1:]]["run"]]][s] = row
    written = 0
    for place in sorted({homes[row["run"]] for row in meta.values()}):
        old = (
            {r["story_id"]: r for r in lake.dataset([files[place]], "stories").to_table().to_pylist()}
            if place in files
            else {}
        )
        rows = old | by_file.get(place, {})
        for s, row in old.items():
            if s not in fresh and s[1:] in places:
                rows[s] = {**_merged(row), "merged_into": places[s[1:]][0].id}
        if rows == old:
            continue
        with tx.writer("stories", *place) as out:
            out.write(pa.Table.from_pylist([rows[s] for s in sorted(rows)], schema=contract("stories").schema))
        written += len(rows)
    return written


def _story_row(of: Story, meta: dict[str, dict[str, Any]], drawn: list[dict[str, Any]]) -> dict[str, Any]:
    first, canonical = meta[of.places[0].id], meta[of.canonical]
    members = [meta[p.id] for p in of.places]
    return {
        "story_id": of.id,
        "canonical_article_id": of.canonical,
        "canonical_guid": canonical["guid"],
        "title": canonical["title"],
        "language": canonical["language"],
        "first_article_id": of.places[0].id,
        "first_publisher": first["publisher"] or first["source"],
        "first_published_at": first["published_at"],
        "first_clock": first["clock"],
        "last_published_at": max(m["published_at"] for m in members),
        "articles": len(members),
        "versions": len({p.version for p in of.places}),
        "publishers": len({m["publisher"] or m["source"] for m in members}),
        "draws_on": drawn,
        "drawn_share": round(sum(source["coverage"] for source in drawn), 4),
        "needs_review": of.needs_review,
        "merged_into": None,
    }


def _merged(row: dict[str, Any]) -> dict[str, Any]:
    """The row of a story that is no more: its id, and nothing that could be mistaken for a story."""
    kept = {
        "story_id": row["story_id"],
        "articles": 0,
        "versions": 0,
        "publishers": 0,
        "draws_on": [],
        "drawn_share": 0.0,
        "needs_review": False,
    }
    return dict.fromkeys(row) | kept
