"""Grouping: who belongs together.

A pure function of the links: it depends on the order and the batches in which articles arrived only as far as these do
(see `pipeline.fold.candidates`). Closing links transitively would let one digest join everything it quotes, and one
false link join two stories, so groups grow by agreement instead (average linkage over signed weights, as in correlation
clustering): the two groups that agree most become one, again and again, as long as what their links say for it
outweighs what they say against it and that other texts of the two have nothing in common. Equal texts count once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from pipeline.article import Relation
from pipeline.fold.relate import GROUPING

__all__ = ["MOST_COMPARED", "Link", "group"]

MOST_COMPARED = 100
"""A text is compared with so many of a large family, the oldest; that it has no link to the others says nothing."""

_ALIKE = 0.85  # Jaccard: one word in a hundred and thirty
_WHOLE = 0.9  # containment
_LEAST, _MOST = 0.2, 4.0  # of a link's weight
_PARTLY = 0.25  # of a composite: distant versions of one story share passages, too
_NOTHING = -0.5  # two texts without a link


@dataclass(frozen=True, slots=True)
class Link:
    """A verified pair; `b` is the later one and is `relation` of `a`.

    Attributes:
        containment: Of the one that is contained more.
        score: Log of the odds that a reader would call the two one story, beyond those that it takes.
        same_article: Two versions at one address or wire id.
    """

    a: str
    b: str
    relation: Relation
    jaccard: float
    containment: float
    score: float
    same_article: bool = False
    needs_review: bool = False

    @property
    def groups(self) -> bool:
        return self.relation in GROUPING


def group(
    ids: Sequence[str],
    links: Sequence[Link],
    must: Sequence[tuple[str, str]] = (),
    cannot: Sequence[tuple[str, str]] = (),
) -> list[list[str]]:
    """Split articles into groups.

    Args:
        links: Between these articles; others are ignored.
        must, cannot: What people decided; honoured before any link.

    Returns:
        Groups of ids, each sorted, in the order of their smallest id.
    """
    known = set(ids)
    inside = [x for x in links if x.a in known and x.b in known]
    groups = _Groups(ids)
    for a, b in cannot:
        if a in known and b in known:
            groups.forbid(a, b)
    for a, b in sorted(must):
        if a in known and b in known:
            groups.join(a, b)
    # Equal texts before others: what was decided of one copy is so of all, and must not cut it off from them.
    for x in sorted(filter(_alike, inside), key=lambda x: (x.relation is not Relation.EXACT, sorted((x.a, x.b)))):
        groups.join(x.a, x.b)
    for a, b in _contained(inside):
        groups.join(a, b)
    groups.begin_counting()
    for x in inside:
        groups.count(x)
    groups.agree()
    return sorted(sorted(members) for members in groups.members.values())


def _alike(link: Link) -> bool:
    """Whether two texts count as one: equal ones, and versions that differ in a word here and there."""
    return link.relation is Relation.EXACT or (link.relation is Relation.SAME_VERSION and link.jaccard >= _ALIKE)


def _contained(links: Sequence[Link]) -> list[tuple[str, str]]:
    """Texts that stand as good as whole in a longer one, with the one that holds most of it and little else: they go
    where it goes, and what they do not share with the rest of its story says nothing."""
    best: dict[str, tuple[float, float, str]] = {}
    for x in links:
        if x.relation in (Relation.EXCERPT, Relation.EXPANSION) and x.containment >= _WHOLE:
            part, whole = (x.b, x.a) if x.relation is Relation.EXCERPT else (x.a, x.b)
            best[part] = max(best.get(part, (0.0, 0.0, "")), (x.containment, x.jaccard, whole))
    return sorted((part, whole) for part, (_, _, whole) in best.items())


def _weight(link: Link) -> float:
    """What a link says for (above 0) or against two texts being one story."""
    if link.same_article and link.groups:
        return _MOST
    if link.groups:
        return min(max(link.score, _LEAST), _MOST)
    against = max(min(link.score, -_LEAST), -_MOST)
    return against * _PARTLY if link.relation is Relation.COMPOSITE else against


class _Groups:
    """Disjoint groups, with what is known between any two of them."""

    def __init__(self, ids: Sequence[str]) -> None:
        self.members: dict[str, list[str]] = {i: [i] for i in ids}
        self._group = {i: i for i in ids}
        self._texts: dict[str, int] = {}
        self._known: dict[str, dict[str, _Votes]] = defaultdict(dict)
        self._forbidden: dict[str, set[str]] = defaultdict(set)

    def begin_counting(self) -> None:
        """From here on a group that was made of equal texts (or by a person) counts as one text."""
        self._texts = dict.fromkeys(self.members, 1)

    def count(self, link: Link) -> None:
        x, y = self._group[link.a], self._group[link.b]
        if x != y:
            # Equal texts have equal links: one of them counts, and it must not matter which comes first.
            vote = _Votes(_weight(link), 1)
            self._known[x][y] = self._known[y][x] = max(vote, self._known[x].get(y, vote))

    def forbid(self, a: str, b: str) -> None:
        self._forbidden[self._group[a]].add(self._group[b])
        self._forbidden[self._group[b]].add(self._group[a])

    def agree(self) -> None:
        """Join groups, those that agree most first, until no two agree."""
        queue = [q for x in self._known for y in self._known[x] if x < y and (q := self._bid(x, y))]
        heapify(queue)
        while queue:
            bid = heappop(queue)
            _, x, y = bid
            if x not in self.members or y not in self.members or self._bid(x, y) != bid:
                continue  # one of them has grown since
            kept = self.join(x, y)
            for other in self._known[kept]:
                if again := self._bid(*sorted((kept, other))):
                    heappush(queue, again)

    def _bid(self, x: str, y: str) -> tuple[float, str, str] | None:
        """Two groups by how much they agree, the most first in order; None when they do not."""
        votes = self._known[x][y]
        pairs = max(votes.pairs, min(self._texts[x], MOST_COMPARED) * min(self._texts[y], MOST_COMPARED))
        weight = votes.weight + _NOTHING * (pairs - votes.pairs)
        return (-round(weight / pairs, 9), x, y) if weight > 0 and y not in self._forbidden[x] else None

    def join(self, a: str, b: str) -> str:
        """Make one group of two, unless that is forbidden; returns its name."""
        x, y = sorted((self._group[a], self._group[b]))
        if x == y or y in self._forbidden[x]:
            return x
        for member in self.members[y]:
            self._group[member] = x
        self.members[x] += self.members.pop(y)
        if self._texts:
            self._texts[x] += self._texts.pop(y)
        for other, votes in self._known.pop(y, {}).items():
            del self._known[other][y]
            if other != x:
                self._known[x][other] = self._known[other][x] = self._known[x].get(other, _Votes(0, 0)) + votes
        for other in self._forbidden.pop(y, set()):
            self._forbidden[other].discard(y)
            self._forbidden[other].add(x)
            self._forbidden[x].add(other)
        return x


@dataclass(frozen=True, slots=True, order=True)
class _Votes:
    """What the links between two groups say in all, and how many pairs of texts have one."""

    weight: float
    pairs: int

    def __add__(self, other: _Votes) -> _Votes:
        return _Votes(self.weight + other.weight, self.pairs + other.pairs)
