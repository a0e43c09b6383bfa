"""Stories: in which versions a group of articles hangs together, and who had it first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.article import Relation
from pipeline.fold.grouping import Link

__all__ = ["Member", "Place", "Story", "story", "story_id"]

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


def story(members: Sequence[Member], links: Sequence[Link]) -> Story:
    """Order the members of one group into versions.

    The oldest is the original, version 1. Every other text has as its parent the older text it shares most with (an
    earlier version of the same article before all others); a revision opens the next version, all else belongs to its
    parent's. Equal texts share one place; the oldest of them counts and the others are its exact copies. The canonical
    article is the first of the version that most publishers carried (of equals the later version).

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


def _strength(link: Link) -> float:
    """How much of both is shared; containment breaks in for excerpts."""
    return link.jaccard + 0.5 * link.containment


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
