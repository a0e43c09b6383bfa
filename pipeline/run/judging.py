"""Judging: which stories the articles around a change belong to, and what these draw on.

Most articles are alone in their story. They are judged by the column; only those that a link or a person ties to others
are looked at one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.article import Relation
from pipeline.fold.grouping import Link, group
from pipeline.fold.link import order_key
from pipeline.fold.stories import Member, Story, story, story_id
from pipeline.lake import Lake
from pipeline.run.decisions import Decision, pair_key, settled, standing
from pipeline.run.drawing import Drawing, without_bridges
from pipeline.run.judgement import Judgement
from pipeline.run.linked import ends, grouping
from pipeline.run.surroundings import Surroundings
from pipeline.run.tombstones import Tombstone

__all__ = ["LINKED", "judge"]

LINKED = [
    "article_a", "article_b", "relation", "jaccard", "containment_a", "containment_b", "score", "decided_by",
    "needs_review",
]  # fmt: skip
"""Columns of `links` that stories are judged by."""

_META = [
    "article_id", "guid", "text_hash", "title", "language", "publisher", "source", "published_at", "clock", "seen_at",
    "run",
]  # fmt: skip
_MEMBER = ["article_id", "text_hash", "publisher", "source", "run"]
Pair = tuple[str, str]


def judge(
    lake: Lake, links: pa.Table, seeds: pa.Array, stones: Mapping[str, Tombstone], composites: AbstractSet[str]
) -> Judgement:
    """Judge all articles that are connected with the seeds.

    Args:
        links: All links of the lake: the columns `LINKED`.
        composites: Articles that stand for stories which are published as such.
    """
    decided = standing(lake)
    must, cannot = ([p for p in sorted(decided) if decided[p] is d] for d in (Decision.MUST_LINK, Decision.CANNOT_LINK))
    must += [(i, s.notice) for i, s in stones.items() if s.notice]  # a notice belongs to the story it ends
    ties = grouping(links)
    wanted = _neighbourhood(ties, must, seeds)
    meta = _silenced(lake.take("articles", wanted, _META), stones)
    tied = _tied(ties, must, meta["article_id"])
    text = dict(zip(meta["article_id"].to_pylist(), meta["text_hash"].to_pylist(), strict=True))
    pairs = _pairs(links, tied, text, settled(decided, text))
    ids = sorted(tied.to_pylist())
    groups = _several(group(ids, pairs, must, cannot))
    near = Surroundings(lake, wanted, links)
    drawing = Drawing(near, composites)
    stitched = drawing.stitched(groups)
    if stitched:
        pairs = without_bridges(pairs, stitched)
        groups = _several(group(ids, pairs, must, cannot))
    grouped = {i for ids in groups for i in ids}
    inside = pc.is_in(meta["article_id"], pa.array(sorted(grouped), pa.string()))
    together, alone = meta.filter(inside), meta.filter(pc.invert(inside))
    stories = _stories(groups, pairs, together, stones)
    own = {i: story_id(i) for i in near.linked if i not in grouped}
    story_of = own | {p.id: s.id for s in stories for p in s.places}
    drawn = drawing.draws_on(own | {s.canonical: s.id for s in stories}, story_of, stitched)
    return Judgement.of(stories, together, alone, drawn)


def _neighbourhood(ties: pa.Table, must: Iterable[Pair], seeds: pa.Array) -> pa.Array:
    """The seeds and every article that a chain of grouping links or decisions ties to one of them."""
    people = list(must)
    sides = [[*ties[f"article_{x}"].chunks, pa.array([p[n] for p in people], pa.string())] for n, x in enumerate("ab")]
    encoded = pa.chunked_array([*sides[0], *sides[1], seeds], pa.string()).combine_chunks().dictionary_encode()
    codes, ids = encoded.indices.to_numpy(), encoded.dictionary
    n = ties.num_rows + len(people)
    graph = coo_matrix((np.ones(n, bool), (codes[:n], codes[n : 2 * n])), shape=(len(ids), len(ids)))
    _, component = connected_components(graph, directed=False)
    return ids.filter(pa.array(np.isin(component, np.unique(component[codes[2 * n :]]))))


def _silenced(meta: pa.Table, stones: Mapping[str, Tombstone]) -> pa.Table:
    """Without the headlines of what was withdrawn."""
    silent = pc.is_in(meta["article_id"], pa.array([i for i, s in stones.items() if not s.words], pa.string()))
    title = pc.if_else(silent, pa.scalar(None, pa.string()), meta["title"])
    return meta.set_column(meta.schema.get_field_index("title"), "title", title)


def _tied(ties: pa.Table, must: Iterable[Pair], judged: pa.ChunkedArray) -> pa.Array:
    """Those of the judged articles that a link or a person ties to another."""
    people = pa.array([i for pair in must for i in pair], pa.string())
    tied = pa.chunked_array([ends(ties), people], pa.string()).unique()
    return tied.filter(pc.is_in(tied, judged.combine_chunks()))


def _pairs(links: pa.Table, tied: pa.Array, text: Mapping[str, str], decided: AbstractSet[Pair]) -> list[Link]:
    """The links among some articles. What only others have part in groups nothing.

    Args:
        text: Hash of the text of each.
        decided: Pairs of texts that people decided about.
    """
    inside = links.filter(pc.and_(pc.is_in(links["article_a"], tied), pc.is_in(links["article_b"], tied)))
    relations = {r.value: r for r in Relation}
    return [
        Link(a, b, relations[relation], jaccard, max(of_a, of_b), score, rule.startswith("same_article"),
             doubt and pair_key(text[a], text[b]) not in decided)
        for a, b, relation, jaccard, of_a, of_b, score, rule, doubt in zip(
            *(inside[name].to_pylist() for name in LINKED), strict=True
        )
    ]  # fmt: skip


def _several(groups: Iterable[list[str]]) -> list[list[str]]:
    return [ids for ids in groups if len(ids) > 1]


def _stories(
    groups: Sequence[Sequence[str]], pairs: Iterable[Link], meta: pa.Table, stones: Mapping[str, Tombstone]
) -> list[Story]:
    """The stories of groups; `meta` of all their articles."""
    members = {
        row["article_id"]: Member(
            row["article_id"], row["text_hash"], row["publisher"] or row["source"], (row["run"], row["article_id"]),
            age, row["article_id"] in stones,
        )
        for row, age in zip(meta.select(_MEMBER).to_pylist(), order_key(meta), strict=True)
    }  # fmt: skip
    at = {member: n for n, ids in enumerate(groups) for member in ids}
    within: dict[int, list[Link]] = defaultdict(list)
    for pair in pairs:
        n = at.get(pair.a)
        if n is not None and n == at.get(pair.b):
            within[n].append(pair)
    return [story([members[i] for i in ids], within[n]) for n, ids in enumerate(groups)]
