"""What articles take from others: composites are kept out of the stories they copy from, and say what they drew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from pipeline.fold.draws import Passage, Source, compose, covered, earliest, stitched
from pipeline.fold.grouping import Link
from pipeline.fold.relate import GROUPING, PARTIAL
from pipeline.run.parts import Parts
from pipeline.run.surroundings import Row, Surroundings

__all__ = ["Drawing", "without_bridges"]

_SAME = 0.5  # Jaccard from which on two composites are versions of one
_WORTH = 0.05  # share of the shingles of a text that other stories must have before it is looked at


class Drawing:
    """Which articles are composites, and of what.

    Args:
        near: The articles that are judged, and all that they share text with.
        published: Articles that stand for stories which are published as composites.
    """

    def __init__(self, near: Surroundings, published: AbstractSet[str]) -> None:
        self._near, self._published = near, published

    def stitched(self, groups: Sequence[Sequence[str]]) -> set[str]:
        """The articles that resemble older ones of their group, and are composites all the same.

        Versions of one address or wire id stay together, whatever they draw on. What is found in one group does not
        depend on what other groups are like, which may not be judged now; of equal texts the oldest is looked at.

        Args:
            groups: Those of the judged articles that their links group with others.
        """
        near = self._near
        group = {i: n for n, ids in enumerate(groups) for i in ids}
        members = sorted((i for i in group if i in near.age and near.is_oldest(i)), key=near.age.__getitem__)
        looked_at = [i for i in self._bridges(members, group) if i not in near.one_address]
        story = dict.fromkeys(near.age, "") | {i: str(n) for i, n in group.items()}
        found = near.passages(looked_at, story, PARTIAL | GROUPING)
        result: set[str] = set()
        part = Parts()
        for article in members:  # the oldest first: its copies follow it
            if found.get(article):
                older = [p for p in found[article] if near.is_older(p.article, article)]
                foreign = [p for p in older if p.story != story[article]]
                own: dict[str, list[Passage]] = defaultdict(list)
                for p in older:
                    if p.story == story[article] and p.article not in result:
                        own[part.of(p.article)].append(p)
                if self._is_stitched(article, own, foreign):
                    result.update(near.twins(article))
            if article not in result:
                part.join(article, (o for o in self._older_kin(article, group) if o not in result))
        return result

    def _bridges(self, members: Sequence[str], group: Mapping[str, int]) -> Iterator[str]:
        """Members that tie together what was not tied before, or that other groups have a share of, too."""
        part = Parts()
        for article in members:
            kin = [*self._older_kin(article, group)]
            foreign = sum(share for other, _, share in self._near.of(article) if group.get(other) != group[article])
            if len({part.of(o) for o in kin}) > 1 or (kin and foreign >= _WORTH):
                yield article  # and join nothing: its copies are to be looked at, too
            else:
                part.join(article, kin)

    def _older_kin(self, article: str, group: Mapping[str, int]) -> Iterator[str]:
        """Older articles of the same group that a link ties it to."""
        age = self._near.age
        for other, relation, _ in self._near.of(article):
            if relation in GROUPING and group.get(other) == group[article] and age[other] < age[article]:
                yield other

    def _is_stitched(self, article: str, own: Mapping[str, Sequence[Passage]], foreign: Sequence[Passage]) -> bool:
        """Whether an article is a composite of what was there before, as far as that is not one story without it.

        Args:
            own: What older articles of its group have of it, by the part of the group that they make up without it.
            foreign: What other older articles have.
        """
        nearest = max(own, key=lambda k: (covered([(p.start, p.end) for p in own[k]]), k), default="")
        more = [*foreign, *(p for k, ps in own.items() if k != nearest for p in ps)]
        told = any(self._near.told(p, article) for ps in (*own.values(), foreign) for p in ps)
        return told and stitched(self._near.length[article], own.get(nearest, []), more)

    def draws_on(
        self, canonical: Mapping[str, str], story: Mapping[str, str], stitched: set[str]
    ) -> dict[str, list[Row]]:
        """Of each story that is a composite, what it draws on, as rows of `stories`.

        Args:
            canonical: Story by the article that stands for it.
            story: Story of each of those that are `linked`.
            stitched: Composites that were cut loose from a story they resemble.
        """
        near = self._near
        story = near.story | dict(story)
        plain = [i for i in sorted(canonical) if i not in stitched and self._may_draw(i, story)]
        found = near.passages(plain, story, PARTIAL)
        found |= near.passages(sorted(stitched & canonical.keys()), story, PARTIAL | GROUPING)
        found = {i: [p for p in ps if p.story != canonical[i]] for i, ps in found.items()}
        length = {i: near.length[i] for i, ps in found.items() if ps}
        age, last = near.age.__getitem__, near.last_change
        some = sorted((i for i in length if compose(length[i], found[i], age)), key=last)
        live = near.put_together({p.article for i in some for p in found[i] if last(p.article) > last(i)})
        sure = set(self._published - near.judged)
        drawn: dict[str, list[Row]] = {}
        for article in some:
            # Of two that might have copied from each other, a composite that was changed later did.
            others = [p for p in found[article] if last(p.article) < last(article) or p.article not in live]
            known = {p.article for p in others if p.article in sure and last(p.article) < last(article)}
            if chosen := compose(length[article], others, age, known):
                sure.add(article)
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


def without_bridges(links: Sequence[Link], stitched: set[str]) -> list[Link]:
    """The links but those that would tie a composite to what it was stitched from, or to one that shares a passage."""

    def stays(x: Link) -> bool:
        ends = (x.a in stitched) + (x.b in stitched)
        return not x.groups or ends == 0 or (ends == 2 and x.jaccard >= _SAME)

    return [x for x in links if stays(x)]
