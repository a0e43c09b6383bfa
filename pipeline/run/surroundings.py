"""Surroundings: whatever shares text with the articles that are judged, in whichever story, and who was there first.

An article is judged by the texts that were there before its last change (a live file draws on what came in meanwhile).
Of equal texts the oldest stands for all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
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
from pipeline.fold.link import in_microseconds, order_key
from pipeline.fold.texts import Texts
from pipeline.lake import Lake
from pipeline.run.furniture import known_furniture
from pipeline.run.linked import ends, touching
from pipeline.run.patchwork import patchwork
from pipeline.run.threads import ordered
from pipeline.run.twins import Twins

__all__ = ["Row", "Surroundings"]

Row = dict[str, Any]

_META = ["article_id", "publisher", "source", "published_at", "modified_at", "clock", "seen_at"]
_LINKED = ["article_a", "article_b", "relation", "containment_a", "containment_b", "decided_by"]
_PAIRS_READ = 100_000  # whose texts are read at a time, and held in memory
_PAIRS = 5_000  # aligned at a time
_MUCH = 0.4  # of a text, that several others have
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
        rows: What is known of each article, as in the table `articles`; times in microseconds.
    """

    def __init__(self, lake: Lake, articles: pa.Array, links: pa.Table) -> None:
        self._lake, self._all = lake, links
        self.judged = set(articles.to_pylist())
        self._furniture = known_furniture(lake)
        self.length: dict[str, int] = {}  # in characters, of the texts that were aligned
        partial = touching(links.select(_LINKED), articles)
        linked = ends(partial)
        self._twins = Twins(links, linked)
        self._links: dict[str, list[tuple[str, Relation, float]]] = defaultdict(list)  # by text
        self._share: dict[tuple[str, str], float] = {}  # of the first text, that the second has
        self._forms: set[tuple[str, str]] = set()
        self.one_address: set[str] = set()
        relations = {r.value: r for r in Relation}
        for a, b, value, of_a, of_b, rule in zip(*(c.to_pylist() for c in partial.columns), strict=True):
            relation = relations[value]
            if rule.startswith("same_article"):
                self.one_address.add(b)
            if relation != Relation.EXACT:
                x, y = self._twins.name(a), self._twins.name(b)
                self._links[x].append((y, relation, of_a))
                self._links[y].append((x, relation, of_b))
                self._share[x, y], self._share[y, x] = of_a, of_b
                if relation in (Relation.TEMPLATE, Relation.SHARED_QUOTES):
                    self._forms.update({(x, y), (y, x)})
        near = {t for i in linked.to_pylist() for t in self._twins.of(i)}
        meta = in_microseconds(lake.take("articles", pa.array(sorted(near), pa.string()), _META))
        self.age = self._ages(meta, links)
        self._oldest: dict[str, str] = {}  # by text
        for article in sorted(self.age, key=self.age.__getitem__):
            self._oldest.setdefault(self._twins.name(article), article)
        self.rows: dict[str, Row] = {r["article_id"]: r for r in meta.to_pylist()}
        changed = pc.max_element_wise(meta["published_at"], meta["modified_at"])
        self._until: dict[str, int] = dict(zip(self.rows, changed.to_pylist(), strict=True))
        away = pa.array(sorted(near - self.judged), pa.string())
        stories = lake.take("records", away, ["article_id", "story_id"])
        self.story = dict(zip(*(c.to_pylist() for c in stories.columns), strict=True))

    def _ages(self, meta: pa.Table, links: pa.Table) -> dict[str, tuple[object, ...]]:
        """The ladder of clocks; where clocks say nothing, what is put together of others is later than they."""
        ids, keys = meta["article_id"].to_pylist(), order_key(meta)
        name = self._twins.name
        at_once = Counter(key[:2] for key in keys)
        tied = {name(i) for i, key in zip(ids, keys, strict=True) if at_once[key[:2]] > 1}
        pieces = {i: round(sum(shares[1:]), 4) for i, shares in patchwork(links, tied).items()}
        return {i: (*key[:2], pieces.get(name(i), 0.0), *key[2:]) for i, key in zip(ids, keys, strict=True)}

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
        name = self._twins.name
        return self._share.get((name(p.article), name(article)), 1.0) <= _PART

    def of(self, article: str) -> list[tuple[str, Relation, float]]:
        """(other, relation, share of this text) of what an article or one of its twins shares; of equal texts the
        oldest."""
        links = self._links.get(self._twins.name(article), ())
        return [(self._oldest[other], relation, share) for other, relation, share in links]

    def twins(self, article: str) -> list[str]:
        """The articles that have its text, itself among them."""
        return self._twins.of(article)

    def is_oldest(self, article: str) -> bool:
        """Whether an article stands for those that have its text."""
        return self._oldest[self._twins.name(article)] == article

    def until(self, article: str) -> int:
        """The time of its last change, in microseconds."""
        return self._until[article]

    def last_change(self, article: str) -> tuple[int, str]:
        """Order of articles by the time of their last change."""
        return self.until(article), article

    def put_together(self, articles: AbstractSet[str]) -> set[str]:
        """Those of the articles that have much of what was there before their last change, going by the links alone.

        That others draw on an article after its last change says nothing of it.
        """
        if not articles:
            return set()
        some = pa.array(sorted(t for i in articles for t in self.twins(i)), pa.string())
        times = self._lake.take("articles", ends(touching(self._all, some)), ["article_id", "published_at"])
        published = dict(zip(*(c.to_pylist() for c in in_microseconds(times).columns), strict=True))
        pieces = patchwork(self._all, articles, lambda other, article: published[other] < self.until(article))
        return {i for i, shares in pieces.items() if len(shares) > 1 and sum(shares) >= _MUCH}

    def passages(
        self, articles: Sequence[str], story: Mapping[str, str], relations: frozenset[Relation]
    ) -> dict[str, list[Passage]]:
        """What each article shares with those that were there before its last change, by links of these relations."""
        pairs = sorted(
            {
                (article, other)
                for article in articles
                for other, relation, _ in self.of(article)
                if relation in relations and self.was_there(other, article)
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
            sides = np.array([[at[i] for i in pair] for pair in some], np.int32)
            order = kindred(sides[:, 0], sides[:, 1])
            some, sides = [some[i] for i in order], sides[order]
            portions = [(texts["text"], sides[i : i + _PAIRS]) for i in range(0, len(sides), _PAIRS)]
            for aligned, portion in zip(
                ordered(_aligned, portions), (some[i : i + _PAIRS] for i in range(0, len(some), _PAIRS)), strict=True
            ):
                for n, (article, other) in enumerate(portion):
                    form = (self._twins.name(article), self._twins.name(other)) in self._forms
                    found[article] += passages(aligned, n, other, story[other], may_be_form=form)
        return found


def _aligned(work: tuple[pa.ChunkedArray, NDArray[np.int32]]) -> Alignments:
    """The passages of pairs (mine, theirs) of some of the texts."""
    texts, pairs = work
    here = np.unique(pairs)
    mine, theirs = (np.searchsorted(here, pairs[:, side]).astype(np.int32) for side in (0, 1))
    return align(Texts.of(texts.take(pa.array(here))), theirs, mine)
