"""What articles take from others: composites are kept out of the stories they copy from, and say what they drew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf

import pyarrow.compute as pc

from pipeline.article import Relation
from pipeline.fold.draws import Passage, Source, compose, covered, earliest, stitched
from pipeline.fold.grouping import Link
from pipeline.fold.relate import GROUPING
from pipeline.lake import Lake
from pipeline.run.surroundings import Row, Surroundings

__all__ = ["Drawing", "without_bridges"]

_PARTIAL = frozenset(Relation) - GROUPING
_SAME = 0.5  # Jaccard from which on two composites are versions of one
_WORTH = 0.05  # share of the shingles of a text that other stories must have before it is looked at


class Drawing:
    """Which articles are composites, and of what.

    Args:
        near: The articles that are judged, and all that they share text with.
    """

    def __init__(self, lake: Lake, near: Surroundings) -> None:
        self._lake, self._near = lake, near

    def stitched(self, groups: Sequence[Sequence[str]]) -> set[str]:
        """The articles that resemble older ones of their group, and are composites all the same.

        Versions of one address or wire id stay together, whatever they draw on.

        Args:
            groups: Those of the judged articles that their links group with others.
        """
        story = self._near.story | {i: i for i in self._near.linked}
        story |= {i: f"group {n}" for n, ids in enumerate(groups) for i in ids}
        members = sorted((i for ids in groups for i in ids if i in self._near.age), key=self._near.age.__getitem__)
        looked_at = [i for i in self._bridges(members, story) if i not in self._near.one_address]
        found = self._near.passages(looked_at, story, _PARTIAL | GROUPING)
        result: set[str] = set()
        part = _Parts()
        for article in members:  # the oldest first: its copies follow it
            if found.get(article):
                others = (p for p in found[article] if p.article not in result)
                older = [p for p in others if self._near.is_older(p.article, article)]
                if self._is_stitched(article, older, story, part):
                    result.update(self._near.twins(article))
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
        twins, age = self._near.twins(article), self._near.age
        yield from (i for i in twins - {article} if age[i] < age[article])
        for other, relation, _ in self._near.of(article):
            if relation in GROUPING and story[other] == story[article] and age[other] < age[article]:
                yield other

    def _is_stitched(self, article: str, older: Sequence[Passage], story: Mapping[str, str], part: _Parts) -> bool:
        """Whether an article is a composite of what was there before, as far as that is not one story without it."""
        own: dict[str, list[Passage]] = defaultdict(list)
        for p in older:
            if p.story == story[article]:
                own[part.of(p.article)].append(p)
        nearest = max(own, key=lambda k: (covered([(p.start, p.end) for p in own[k]]), k), default="")
        mine = own.get(nearest, [])
        foreign = [p for p in older if p not in mine]
        return any(self._near.told(p, article) for p in older) and stitched(self._near.length[article], mine, foreign)

    def draws_on(
        self, canonical: Mapping[str, str], story: Mapping[str, str], stitched: set[str]
    ) -> dict[str, list[Row]]:
        """Of each story that is a composite, what it draws on, as rows of `stories`.

        Args:
            canonical: Story by the article that stands for it.
            story: Story of each of those that are `linked`.
            stitched: Composites that were cut loose from a story they resemble.
        """
        story = self._near.story | dict(story)
        plain = [i for i in sorted(canonical) if i not in stitched and self._may_draw(i, story)]
        found = self._near.passages(plain, story, _PARTIAL)
        found |= self._near.passages(sorted(stitched & canonical.keys()), story, _PARTIAL | GROUPING)
        found = {i: [p for p in ps if p.story != canonical[i]] for i, ps in found.items()}
        length = {i: self._near.length[i] for i, ps in found.items() if ps}
        age = self._near.age.__getitem__
        stitched_ones = {i for i in length if compose(length[i], found[i], age)} | self._composites()
        composites: set[str] = stitched_ones - length.keys()
        drawn: dict[str, list[Row]] = {}
        for article in sorted(stitched_ones & length.keys(), key=lambda i: (self._near.until(i), i)):
            # Of two that might have copied from each other, a composite that was changed later did.
            others = [
                p
                for p in found[article]
                if p.article not in stitched_ones or self._near.until(p.article) <= self._near.until(article)
            ]
            if chosen := compose(length[article], others, age, composites):
                composites.add(article)
                drawn[canonical[article]] = [self._row(x, others) for x in chosen]
        return drawn

    def _foreign(self, article: str, story: Mapping[str, str]) -> dict[str, float]:
        """Other stories, and about how much of an article each has."""
        shares: dict[str, float] = {}
        for other, _, share in self._near.of(article):
            if story[other] != story[article]:
                shares[story[other]] = max(share, shares.get(story[other], 0.0))
        return shares

    def _may_draw(self, article: str, story: Mapping[str, str]) -> bool:
        shares = self._foreign(article, story).values()
        return len(shares) > 1 and sum(shares) >= _WORTH

    def _composites(self) -> set[str]:
        """Composites among the articles that are not judged now."""
        some = [f for f in self._lake.files("stories") if f.may_hold("drawn_share", 1e-9, inf)]
        rows = self._lake.read("stories", ["canonical_article_id"], pc.field("drawn_share") > 0, some)
        return set(rows["canonical_article_id"].to_pylist()) - self._near.judged

    def _row(self, source: Source, found: Sequence[Passage]) -> Row:
        rows = []
        for p in source.passages:
            first = self._near.rows[earliest(p, found, self._near.age.__getitem__)]
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
