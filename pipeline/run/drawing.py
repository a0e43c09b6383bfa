"""What articles take from other stories: composites are kept out of the stories they copy from, and say what they drew.

An article is judged by the texts that were there before its last change (a live file draws on what came in meanwhile).
Of equal texts the oldest stands for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.article import Clock, Relation
from pipeline.fold.align import Alignments, align
from pipeline.fold.draws import Passage, Source, compose, covered, earliest, passages, stitched
from pipeline.fold.furniture import without_furniture
from pipeline.fold.grouping import Link
from pipeline.fold.kindred import kindred
from pipeline.fold.link import order_key
from pipeline.fold.relate import GROUPING
from pipeline.fold.texts import Texts
from pipeline.lake import Lake
from pipeline.run.furniture import known_furniture
from pipeline.run.patchwork import patchwork, touching
from pipeline.run.threads import ordered

__all__ = ["Drawing", "without_bridges"]

Row = dict[str, Any]

_META = ["article_id", "publisher", "source", "published_at", "modified_at", "clock", "seen_at"]
_LINKED = ["article_a", "article_b", "relation", "containment_a", "containment_b", "decided_by"]
_PARTIAL = frozenset(Relation) - GROUPING
_PAIRS_READ = 100_000  # whose texts are read at a time, and held in memory
_PAIRS = 5_000  # aligned at a time
_PART = 0.7  # share of a text up to which a passage is a part of it
_SAME = 0.5  # Jaccard from which on two composites are versions of one
_WORTH = 0.05  # share of the shingles of a text that other stories must have before it is looked at


class Drawing:
    """The surroundings of some articles: whatever shares text with them, in whichever story.

    Args:
        articles: The articles that are judged.
        links: All links of the lake.
    """

    def __init__(self, lake: Lake, articles: pa.Array, links: pa.Table) -> None:
        self._lake = lake
        self._judged = set(articles.to_pylist())
        self._furniture = known_furniture(lake)
        self._length: dict[str, int] = {}  # in characters, of the texts that were aligned
        partial = touching(links.select(_LINKED), articles)
        self._twins = _equals(links, partial)
        self._links: dict[str, list[tuple[str, Relation, float]]] = defaultdict(list)
        self._share: dict[tuple[str, str], float] = {}  # of the first text, that the second has
        self._forms: set[tuple[str, str]] = set()
        self._one_address: set[str] = set()
        for a, b, relation, of_a, of_b, rule in zip(*(c.to_pylist() for c in partial.columns), strict=True):
            if rule.startswith("same_article"):
                self._one_address.add(b)
            if relation != Relation.EXACT:
                self._links[a].append((b, Relation(relation), of_a))
                self._links[b].append((a, Relation(relation), of_b))
                self._share[a, b], self._share[b, a] = of_a, of_b
            if relation in (Relation.TEMPLATE, Relation.SHARED_QUOTES):
                self._forms.update({(a, b), (b, a)})
        near = {*self._links, *(t for ts in self._twins.values() for t in ts)}
        meta = lake.take("articles", pa.array(sorted(near), pa.string()), _META)
        self._age = self._ages(meta, links)
        self._rows: dict[str, Row] = {r["article_id"]: r for r in meta.to_pylist()}
        away = pa.array(sorted(near - self._judged), pa.string())
        known = lake.take("records", away, ["article_id", "story_id"])
        self._story = dict(zip(*(c.to_pylist() for c in known.columns), strict=True))

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
        return self._judged & self._age.keys()

    def stitched(self, groups: Sequence[Sequence[str]]) -> set[str]:
        """The articles that resemble older ones of their group, and are composites all the same.

        Versions of one address or wire id stay together, whatever they draw on.

        Args:
            groups: Those of the judged articles that their links group with others.
        """
        story = self._story | {i: i for i in self.linked}
        story |= {i: f"group {n}" for n, ids in enumerate(groups) for i in ids}
        members = sorted((i for ids in groups for i in ids if i in self._age), key=self._age.__getitem__)
        looked_at = [i for i in self._bridges(members, story) if i not in self._one_address]
        found = self._passages(looked_at, story, _PARTIAL | GROUPING)
        result: set[str] = set()
        part = _Parts()
        for article in members:  # the oldest first: its copies follow it
            if found.get(article):
                older = [p for p in found[article] if p.article not in result and self._is_older(p.article, article)]
                if self._is_stitched(article, older, story, part):
                    result.update({article, *self._twins.get(article, ())})
            if article not in result:
                part.join(article, (o for o in self._older_kin(article, story) if o not in result))
        return result

    def _bridges(self, members: Sequence[str], story: Mapping[str, str]) -> Iterator[str]:
        """Members that tie together what was not tied before, or share enough with other stories."""
        part = _Parts()
        for article in members:
            kin = [*self._older_kin(article, story)]
            if len({part.of(o) for o in kin}) > 1 or sum(self._foreign(article, story).values()) >= _WORTH:
                yield article  # and join nothing: its copies are to be looked at, too
            else:
                part.join(article, kin)

    def _older_kin(self, article: str, story: Mapping[str, str]) -> Iterator[str]:
        """Older articles of the same story that a link ties it to."""
        twins = self._twins.get(article, {article})
        yield from (i for i in twins - {article} if self._age[i] < self._age[article])
        for other, relation, _ in self._of(article):
            if relation in GROUPING and story[other] == story[article] and self._age[other] < self._age[article]:
                yield other

    def _is_older(self, other: str, article: str) -> bool:
        # A live file that was changed later may have taken the passage from here.
        return self._age[other] < self._age[article] and bool(self._until(other) <= self._until(article))

    def _was_there(self, other: str, article: str) -> bool:
        published, until = self._rows[other]["published_at"], self._until(article)
        return bool(published < until or (published == until and self._age[other] < self._age[article]))

    def _is_stitched(self, article: str, older: Sequence[Passage], story: Mapping[str, str], part: _Parts) -> bool:
        """Whether an article is a composite of what was there before, as far as that is not one story without it."""
        own: dict[str, list[Passage]] = defaultdict(list)
        for p in older:
            if p.story == story[article]:
                own[part.of(p.article)].append(p)
        nearest = max(own, key=lambda k: (covered([(p.start, p.end) for p in own[k]]), k), default="")
        mine = own.get(nearest, [])
        foreign = [p for p in older if p not in mine]
        return any(self._told(p, article) for p in older) and stitched(self._length[article], mine, foreign)

    def _told(self, p: Passage, article: str) -> bool:
        """Whether a text that has a passage was there first: somebody says so of both, or it has much more than the
        passage, so that it is no cut of this one."""
        if Clock.SEEN.value not in (self._rows[p.article]["clock"], self._rows[article]["clock"]):
            return True
        return self._share.get((p.article, article), 1.0) <= _PART

    def draws_on(
        self, canonical: Mapping[str, str], story: Mapping[str, str], stitched: set[str]
    ) -> dict[str, list[Row]]:
        """Of each story that is a composite, what it draws on, as rows of `stories`.

        Args:
            canonical: Story by the article that stands for it.
            story: Story of each of those that are `linked`.
            stitched: Composites that were cut loose from a story they resemble.
        """
        story = self._story | dict(story)
        plain = [i for i in sorted(canonical) if i not in stitched and self._may_draw(i, story)]
        found = self._passages(plain, story, _PARTIAL)
        found |= self._passages(sorted(stitched & canonical.keys()), story, _PARTIAL | GROUPING)
        found = {i: [p for p in ps if p.story != canonical[i]] for i, ps in found.items()}
        length = {i: self._length[i] for i, ps in found.items() if ps}
        age = self._age.__getitem__
        stitched_ones = {i for i in length if compose(length[i], found[i], age)} | self._composites()
        composites: set[str] = stitched_ones - length.keys()
        drawn: dict[str, list[Row]] = {}
        for article in sorted(stitched_ones & length.keys(), key=lambda i: (self._until(i), i)):
            # Of two that might have copied from each other, a composite that was changed later did.
            others = [
                p
                for p in found[article]
                if p.article not in stitched_ones or self._until(p.article) <= self._until(article)
            ]
            if chosen := compose(length[article], others, age, composites):
                composites.add(article)
                drawn[canonical[article]] = [self._row(x, others) for x in chosen]
        return drawn

    def _foreign(self, article: str, story: Mapping[str, str]) -> dict[str, float]:
        """Other stories, and about how much of an article each has."""
        shares: dict[str, float] = {}
        for other, _, share in self._of(article):
            if story[other] != story[article]:
                shares[story[other]] = max(share, shares.get(story[other], 0.0))
        return shares

    def _may_draw(self, article: str, story: Mapping[str, str]) -> bool:
        shares = self._foreign(article, story).values()
        return len(shares) > 1 and sum(shares) >= _WORTH

    def _of(self, article: str) -> list[tuple[str, Relation, float]]:
        """(other, relation, share of this text) of what an article shares; only one of equal texts holds the links."""
        links = [x for i in sorted(self._twins.get(article, {article})) for x in self._links.get(i, ())]
        return [(self._oldest(other), relation, share) for other, relation, share in links]

    def _oldest(self, article: str) -> str:
        return min(self._twins.get(article, {article}), key=self._age.__getitem__)

    def _until(self, article: str) -> Any:
        row = self._rows[article]
        return max(row["published_at"], row["modified_at"] or row["published_at"])

    def _passages(
        self, articles: Sequence[str], story: Mapping[str, str], relations: frozenset[Relation]
    ) -> dict[str, list[Passage]]:
        """What each article shares with those that were there before its last change, by links of these relations."""
        pairs = sorted(
            {
                (article, other)
                for article in articles
                for other, relation, _ in self._of(article)
                if relation in relations
                and other not in self._twins.get(article, {article})
                and self._was_there(other, article)
            }
        )
        found: dict[str, list[Passage]] = {i: [] for i in articles}
        for begin in range(0, len(pairs), _PAIRS_READ):
            some = pairs[begin : begin + _PAIRS_READ]
            ids = pa.array(sorted({i for pair in some for i in pair}), pa.string())
            texts = self._lake.take("articles", ids, ["article_id", "url", "text"])
            texts = without_furniture(texts, self._furniture).combine_chunks()
            at = {i: n for n, i in enumerate(texts["article_id"].to_pylist())}
            self._length |= zip(at, pc.utf8_length(texts["text"]).to_pylist(), strict=True)
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

    def _composites(self) -> set[str]:
        """Composites among the articles that are not judged now."""
        some = [f for f in self._lake.files("stories") if f.may_hold("drawn_share", 1e-9, inf)]
        rows = self._lake.dataset(some, "stories").to_table(
            columns=["canonical_article_id"], filter=pc.field("drawn_share") > 0
        )
        return set(rows["canonical_article_id"].to_pylist()) - self._judged

    def _row(self, source: Source, found: Sequence[Passage]) -> Row:
        rows = []
        for p in source.passages:
            first = self._rows[earliest(p, found, self._age.__getitem__)]
            rows.append(
                {
                    "start": p.start,
                    "end": p.end,
                    "article_id": p.article,
                    "source_start": p.source_start,
                    "source_end": p.source_end,
                    "matched": p.matched,
                    "similarity": p.similarity.value,
                    "first_article_id": first["article_id"],
                    "first_publisher": first["publisher"] or first["source"],
                    "first_published_at": first["published_at"],
                    "first_clock": first["clock"],
                }
            )
        return {
            "article_id": source.article,
            "story_id": source.story,
            "coverage": source.coverage,
            "passages": rows,
        }


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


class _Parts:
    """Articles that are tied together, as ties come in."""

    def __init__(self) -> None:
        self._up: dict[str, str] = {}

    def of(self, article: str) -> str:
        """The name of the part that an article is in."""
        while (up := self._up.get(article, article)) != article:
            self._up[article] = self._up.get(up, up)
            article = up
        return article

    def join(self, article: str, others: Iterable[str]) -> None:
        for other in others:
            a, b = sorted((self.of(article), self.of(other)))
            self._up[b] = a


def without_bridges(links: Sequence[Link], composites: set[str]) -> list[Link]:
    """The links but those that would tie a composite to what it was stitched from, or to one that shares a passage."""

    def stays(x: Link) -> bool:
        ends = (x.a in composites) + (x.b in composites)
        return not x.groups or ends == 0 or (ends == 2 and x.jaccard >= _SAME)

    return [x for x in links if stays(x)]
