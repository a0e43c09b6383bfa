"""Stories: who belongs together, in which versions, and who had it first.

Grouping is a pure function of the links: it depends neither on the order nor on the batches in which articles arrived.
Closing links transitively would let one digest join everything it quotes, and one false link join two stories, so
groups grow by agreement instead (average linkage over signed weights, as in correlation clustering): the two groups
that agree most become one, again and again, as long as what their links say for it outweighs what they say against it
and that other texts of the two have nothing in common at all. Equal texts count once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from pipeline.article import Relation
from pipeline.fold.relate import GROUPING

__all__ = ["MOST_COMPARED", "Link", "Member", "Place", "Story", "group", "story", "story_id"]

MOST_COMPARED = 30
"""A text is compared with so many of a large family, the oldest; that it has no link to the others says nothing."""

_FLIPPED = {Relation.EXCERPT: Relation.EXPANSION, Relation.EXPANSION: Relation.EXCERPT}


@dataclass(frozen=True, slots=True)
class Member:
    """An article as far as grouping is concerned.

    Attributes:
        arrived: Order of arrival in the lake; the member that came first gives the story its id, which therefore never
            changes when more arrive.
        age: Order by the ladder of clocks.
        withdrawn: Must not be used any more, or says so of another: never stands for a story while others can.
    """

    id: str
    text_hash: str
    publisher: str
    arrived: tuple[str, str]
    age: tuple[object, ...]
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A verified pair; `b` is the later one and is `relation` of `a`.

    Attributes:
        containment: Of the one that is contained more.
        score: Log of the odds that a reader would call the two one story.
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


@dataclass(frozen=True, slots=True)
class Place:
    """An article's place in its story."""

    id: str
    relation: str
    parent: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Story:
    """One story, its members in order of age."""

    id: str
    canonical: str
    places: tuple[Place, ...]
    needs_review: bool


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
    for a, b in sorted(tuple(sorted((x.a, x.b))) for x in inside if _alike(x)):
        groups.join(a, b)
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
        if x.relation in _FLIPPED and x.containment >= _WHOLE:
            part, whole = (x.b, x.a) if x.relation is Relation.EXCERPT else (x.a, x.b)
            best[part] = max(best.get(part, (0.0, 0.0, "")), (x.containment, x.jaccard, whole))
    return sorted((part, whole) for part, (_, _, whole) in best.items())


def _strength(link: Link) -> float:
    """How much of both is shared; containment breaks in for excerpts."""
    return link.jaccard + 0.5 * link.containment


def _weight(link: Link) -> float:
    """What a link says for (above 0) or against two texts being one story."""
    if link.same_article and link.groups:
        return _MOST
    if link.groups:
        return min(max(link.score, _LEAST), _MOST)
    return max(min(link.score, -_LEAST), -_MOST) * (1.0 if link.relation is Relation.TEMPLATE else _PARTLY)


_ALIKE = 0.85  # Jaccard: one word in a hundred and thirty
_WHOLE = 0.9  # containment
_LEAST, _MOST = 0.2, 4.0  # of a link's weight
_PARTLY = 0.25  # pairs that share passages only: distant versions of one story do, too
_NOTHING = -0.5  # two texts without a link


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


def story(members: Sequence[Member], links: Sequence[Link]) -> Story:
    """Order the members of one group into versions.

    The oldest is the original, version 1. Every other text has as its parent the older text it shares most with (an
    earlier version of the same article before all others); a revision opens the next version, all else belongs to its
    parent's. Equal texts share one place; the oldest of them
    counts and the others are its exact copies. The canonical article is the first of the version that most publishers
    carried (of equals the later version).

    Args:
        links: Those between the members.
    """
    if len(members) == 1:  # most are alone
        (only,) = members
        return Story(story_id(only.id), only.id, (Place(only.id, "original", None, 1),), False)
    aged = sorted(members, key=lambda m: m.age)
    first_of: dict[str, Member] = {}
    for m in aged:
        first_of.setdefault(m.text_hash, m)
    leader = {m.id: first_of[m.text_hash] for m in aged}
    order = {m.id: n for n, m in enumerate(aged)}
    towards: dict[str, list[tuple[bool, float, int, str, Relation]]] = defaultdict(list)
    for x in links:
        a, b = leader[x.a], leader[x.b]
        if not x.groups or a.id == b.id:
            continue
        relation = x.relation
        if order[a.id] > order[b.id]:  # an older copy of one of the texts turns the pair round
            a, b = b, a
            relation = _FLIPPED.get(relation, relation)
        towards[b.id].append((not x.same_article, -_strength(x), order[a.id], a.id, relation))

    places: dict[str, Place] = {}
    latest = 1
    for m in aged:
        head = leader[m.id]
        if m.id == aged[0].id:
            places[m.id] = Place(m.id, "original", None, 1)
        elif m.id != head.id:
            places[m.id] = Place(m.id, Relation.EXACT.value, head.id, places[head.id].version)
        elif towards[m.id]:
            *_, parent, relation = min(towards[m.id])
            if relation is Relation.REVISION:
                latest += 1
            version = latest if relation is Relation.REVISION else places[parent].version
            places[m.id] = Place(m.id, relation.value, parent, version)
        else:  # tied to the story only through younger texts, or by a person's decision
            latest += 1
            places[m.id] = Place(m.id, Relation.REVISION.value, aged[0].id, latest)
    return Story(
        id=story_id(min(members, key=lambda m: m.arrived).id),
        canonical=_canonical([m for m in aged if not m.withdrawn] or aged, places),
        places=tuple(places[m.id] for m in aged),
        needs_review=any(x.needs_review for x in links if x.groups),
    )


def story_id(founder: str) -> str:
    """The id of the story that was founded by an article."""
    return f"s{founder}"


def _canonical(aged: Sequence[Member], places: dict[str, Place]) -> str:
    carriers: dict[int, set[str]] = defaultdict(set)
    for m in aged:
        if places[m.id].relation not in (Relation.EXCERPT, Relation.EXPANSION):
            carriers[places[m.id].version].add(m.publisher)
    if not carriers:  # what was whole has been withdrawn
        return aged[0].id
    best = max(carriers, key=lambda v: (len(carriers[v]), v))
    whole = (
        m.id
        for m in aged
        if places[m.id].version == best and places[m.id].relation not in (Relation.EXCERPT, Relation.EXPANSION)
    )
    return next(whole)
