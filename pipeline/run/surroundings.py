"""Surroundings: whatever shares text with the articles that are judged, in whichever story, and who was there first.

An article is judged by the texts that were there before its last change (a live file draws on what came in meanwhile).
Of equal texts the oldest stands for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.article import Clock, Relation
from pipeline.fold.align import Alignments, align
from pipeline.fold.draws import Passage, passages
from pipeline.fold.furniture import without_furniture
from pipeline.fold.kindred import kindred
from pipeline.fold.link import order_key
from pipeline.fold.texts import Texts
from pipeline.lake import Lake
from pipeline.run.furniture import known_furniture
from pipeline.run.patchwork import patchwork, touching
from pipeline.run.threads import ordered

__all__ = ["Row", "Surroundings"]

Row = dict[str, Any]

_META = ["article_id", "publisher", "source", "published_at", "modified_at", "clock", "seen_at"]
_LINKED = ["article_a", "article_b", "relation", "containment_a", "containment_b", "decided_by"]
_PAIRS_READ = 100_000  # whose texts are read at a time, and held in memory
_PAIRS = 5_000  # aligned at a time
_PART = 0.7  # share of a text up to which a passage is a part of it


class Surroundings:
    """Texts, links and times of some articles and of all that these are linked with.

    Args:
        articles: The articles that are judged.
        links: All links of the lake.

    Attributes:
        judged: Ids of the articles that are judged.
        age: Order of every one of these articles by the ladder of clocks.
        story: Story of each that is not judged.
        one_address: Articles that have an older version at their address or under their wire id.
        length: Characters of the texts that `passages` has aligned.
        rows: What is known of each article, as in the table `articles`.
    """

    def __init__(self, lake: Lake, articles: pa.Array, links: pa.Table) -> None:
        self._lake = lake
        self.judged = set(articles.to_pylist())
        self._furniture = known_furniture(lake)
        self.length: dict[str, int] = {}  # in characters, of the texts that were aligned
        partial = touching(links.select(_LINKED), articles)
        self._twins = _equals(links, partial)
        self._links: dict[str, list[tuple[str, Relation, float]]] = defaultdict(list)
        self._share: dict[tuple[str, str], float] = {}  # of the first text, that the second has
        self._forms: set[tuple[str, str]] = set()
        self.one_address: set[str] = set()
        for a, b, relation, of_a, of_b, rule in zip(*(c.to_pylist() for c in partial.columns), strict=True):
            if rule.startswith("same_article"):
                self.one_address.add(b)
            if relation != Relation.EXACT:
                self._links[a].append((b, Relation(relation), of_a))
                self._links[b].append((a, Relation(relation), of_b))
                self._share[a, b], self._share[b, a] = of_a, of_b
            if relation in (Relation.TEMPLATE, Relation.SHARED_QUOTES):
                self._forms.update({(a, b), (b, a)})
        near = {*self._links, *(t for ts in self._twins.values() for t in ts)}
        meta = lake.take("articles", pa.array(sorted(near), pa.string()), _META)
        self.age = self._ages(meta, links)
        self.rows: dict[str, Row] = {r["article_id"]: r for r in meta.to_pylist()}
        away = pa.array(sorted(near - self.judged), pa.string())
        known = lake.take("records", away, ["article_id", "story_id"])
        self.story = dict(zip(*(c.to_pylist() for c in known.columns), strict=True))

    def _ages(self, meta: pa.Table, links: pa.Table) -> dict[str, tuple[object, ...]]:
        """The ladder of clocks; where clocks say nothing, what is put together of others is later than they."""
        ids, keys = meta["article_id"].to_pylist(), order_key(meta)
        clock = {i: key[:2] for i, key in zip(ids, keys, strict=True)}
        tied = {i for a, b in self._share if clock[a] == clock[b] for i in (a, b)}
        pieces = patchwork(links, pa.array(sorted(tied), pa.string())) if tied else {}
        pieces |= {i: max(pieces.get(j, 0.0) for j in twins) for i, twins in self._twins.items()}
        return {i: (*key[:2], pieces.get(i, 0.0), *key[2:]) for i, key in zip(ids, keys, strict=True)}

    @property
    def linked(self) -> set[str]:
        """The judged articles that share text with others."""
        return self.judged & self.age.keys()

    def is_older(self, other: str, article: str) -> bool:
        """Whether another text was there first: a live file that was changed later may have taken a passage from it."""
        return self.age[other] < self.age[article] and bool(self.until(other) <= self.until(article))

    def was_there(self, other: str, article: str) -> bool:
        """Whether another text was there before the last change of this one."""
        published, until = self.rows[other]["published_at"], self.until(article)
        return bool(published < until or (published == until and self.age[other] < self.age[article]))

    def told(self, p: Passage, article: str) -> bool:
        """Whether a text that has a passage was there first: somebody says so of both, or it has much more than the
        passage, so that it is no cut of this one."""
        if Clock.SEEN.value not in (self.rows[p.article]["clock"], self.rows[article]["clock"]):
            return True
        return self._share.get((p.article, article), 1.0) <= _PART

    def of(self, article: str) -> list[tuple[str, Relation, float]]:
        """(other, relation, share of this text) of what an article shares; only one of equal texts holds the links."""
        links = [x for i in sorted(self.twins(article)) for x in self._links.get(i, ())]
        return [(self._oldest(other), relation, share) for other, relation, share in links]

    def twins(self, article: str) -> set[str]:
        """The articles that have its text, itself among them."""
        return self._twins.get(article, {article})

    def _oldest(self, article: str) -> str:
        return min(self.twins(article), key=self.age.__getitem__)

    def until(self, article: str) -> Any:
        """The time of its last change."""
        row = self.rows[article]
        return max(row["published_at"], row["modified_at"] or row["published_at"])

    def passages(
        self, articles: Sequence[str], story: Mapping[str, str], relations: frozenset[Relation]
    ) -> dict[str, list[Passage]]:
        """What each article shares with those that were there before its last change, by links of these relations."""
        pairs = sorted(
            {
                (article, other)
                for article in articles
                for other, relation, _ in self.of(article)
                if relation in relations and other not in self.twins(article) and self.was_there(other, article)
            }
        )
        found: dict[str, list[Passage]] = {i: [] for i in articles}
        for begin in range(0, len(pairs), _PAIRS_READ):
            some = pairs[begin : begin + _PAIRS_READ]
            ids = pa.array(sorted({i for pair in some for i in pair}), pa.string())
            texts = self._lake.take("articles", ids, ["article_id", "url", "text"])
            texts = without_furniture(texts, self._furniture).combine_chunks()
            at = {i: n for n, i in enumerate(texts["article_id"].to_pylist())}
            self.length |= zip(at, pc.utf8_length(texts["text"]).to_pylist(), strict=True)
            ends = np.array([[at[i] for i in pair] for pair in some], np.int32)
            order = kindred(ends[:, 0], ends[:, 1])
            some, ends = [some[i] for i in order], ends[order]
            portions = [(texts["text"], ends[i : i + _PAIRS]) for i in range(0, len(ends), _PAIRS)]
            for aligned, portion in zip(
                ordered(_aligned, portions), (some[i : i + _PAIRS] for i in range(0, len(some), _PAIRS)), strict=True
            ):
                for n, (article, other) in enumerate(portion):
                    form = (article, other) in self._forms
                    found[article] += passages(aligned, n, other, story[other], may_be_form=form)
        return found


def _aligned(work: tuple[pa.ChunkedArray, NDArray[np.int32]]) -> Alignments:
    """The passages of pairs (mine, theirs) of some of the texts."""
    texts, pairs = work
    here = np.unique(pairs)
    mine, theirs = (np.searchsorted(here, pairs[:, side]).astype(np.int32) for side in (0, 1))
    return align(Texts.of(texts.take(pa.array(here))), theirs, mine)


def _equals(links: pa.Table, some: pa.Table) -> dict[str, set[str]]:
    """Articles with the same text, of every article in `some` links that has one."""
    ends = pa.chunked_array([*some["article_a"].chunks, *some["article_b"].chunks], pa.string()).unique()
    exact = touching(links.filter(pc.equal(links["relation"], Relation.EXACT.value)), ends)
    near: dict[str, set[str]] = defaultdict(set)
    for a, b in zip(exact["article_a"].to_pylist(), exact["article_b"].to_pylist(), strict=True):
        near[a].add(b)
        near[b].add(a)
    return {i: {i, *ids, *(x for j in ids for x in near[j])} for i, ids in near.items()}
