"""Grouping: a table of small cases, and what must hold for any links."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Relation
from pipeline.fold.grouping import MOST_COMPARED, Link, group


def link(a: str, b: str, score: float, relation: Relation | None = None) -> Link:
    kind = relation or (Relation.REVISION if score > 0 else Relation.SHARED_QUOTES)
    return Link(a, b, kind, 0.5, 0.5, score)


def excerpt(whole: str, part: str) -> Link:
    return Link(whole, part, Relation.EXCERPT, 0.3, 0.95, 4)


def groups(ids: str, links: list[Link], must: list[str] = [], cannot: list[str] = []) -> list[str]:  # noqa: B006
    return ["".join(g) for g in group(list(ids), links, [(p[0], p[1]) for p in must], [(p[0], p[1]) for p in cannot])]


EXACT, TEMPLATE = Relation.EXACT, Relation.TEMPLATE


@pytest.mark.parametrize(
    ("ids", "links", "expected"),
    [
        ("ab", [], ["a", "b"]),
        ("ab", [link("a", "b", 1)], ["ab"]),
        ("ab", [link("a", "b", -1)], ["a", "b"]),
        # a brief shares something with one version only
        ("abcd", [link("a", "b", 3), link("a", "c", 3), link("b", "c", 3), link("c", "d", 3)], ["abcd"]),
        # two stories of four and one text that resembles one of each
        (
            "abcdxwyz",
            [link(p, q, 4) for story in ("abcd", "wxyz") for p, q in combinations(story, 2)] + [link("d", "w", 2)],
            ["abcd", "wxyz"],
        ),
        # a digest between two stories ends in one of them at most
        (
            "abcdxyz",
            [link(p, q, 4) for story in ("abc", "xyz") for p, q in combinations(story, 2)]
            + [link("d", other, 1) for other in "abcxyz"],
            ["abcd", "xyz"],
        ),
        # an independent report that took something from one version, and quotes what the other does
        ("abc", [link("a", "b", 3), link("b", "c", 1), link("a", "c", -2)], ["ab", "c"]),
        # distant versions share passages only
        ("abc", [link("a", "b", 3), link("b", "c", 1), link("a", "c", -2, Relation.COMPOSITE)], ["abc"]),
        # a chain of forms, each a little like the next
        (
            "abcd",
            [link("a", "b", 1), link("b", "c", 0.9), link("c", "d", 1), link("a", "c", -3, TEMPLATE), link("b", "d", -3, TEMPLATE), link("a", "d", -3, TEMPLATE)],
            ["ab", "cd"],
        ),
        # an excerpt of the last version goes where that goes, though the first ones have nothing of it
        (
            "abcd",
            [link("a", "b", 3), link("a", "c", 1), link("b", "c", 1), excerpt("c", "d"), link("a", "d", -4), link("b", "d", -4)],
            ["abcd"],
        ),
        # equal texts are one whatever else is said, and count once
        ("abc", [link("a", "b", 0, EXACT), link("a", "c", 1)], ["abc"]),
        # links to articles that are not asked for do not count
        ("ab", [link("a", "x", 4), link("x", "b", 4)], ["a", "b"]),
    ],
)  # fmt: skip
def test_cases(ids: str, links: list[Link], expected: list[str]) -> None:
    assert groups(ids, links) == expected


def test_what_people_decided_stands() -> None:
    triangle = [link(p, q, 4) for p, q in combinations("abc", 2)]
    assert groups("abc", triangle, cannot=["ac"]) in (["ab", "c"], ["a", "bc"])
    assert groups("abc", [], must=["ab"]) == ["ab", "c"]
    assert groups("abc", [link("a", "b", -4, TEMPLATE)], must=["ab"]) == ["ab", "c"]
    assert groups("ab", [link("a", "b", 0, EXACT)], cannot=["ab"]) == ["a", "b"]
    # of two equal texts that are almost a third, one is said to be another story than that: so is the other
    alike = Link("c", "b", Relation.SAME_VERSION, 0.95, 0.97, 4)
    assert groups("abc", [link("a", "c", 0, EXACT), alike], cannot=["ab"]) == ["ac", "b"]
    assert groups(
        "abc", [link("b", "c", 0, EXACT), Link("c", "a", Relation.SAME_VERSION, 0.95, 0.97, 4)], cannot=["ab"]
    ) == ["a", "bc"]


@pytest.mark.parametrize("score", [0.2, 4])
def test_a_large_family_needs_no_more_links_than_those_to_its_oldest(score: float) -> None:
    texts = [f"t{n:03}" for n in range(300)]
    links = [link(a, b, score) for n, b in enumerate(texts) for a in texts[: min(n, MOST_COMPARED)]]
    assert group(texts, links) == [texts]
    # what is tied to one text of many is no part of them
    assert group([*texts, "x"], [*links, link(texts[0], "x", score)]) == [texts, ["x"]]


IDS = "abcdefgh"
PAIRS = list(combinations(IDS, 2))
some_links = st.dictionaries(
    st.sampled_from(PAIRS), st.tuples(st.sampled_from(list(Relation)), st.floats(-6, 6)), max_size=20
).map(
    lambda found: [
        Link(a, b, kind, 0.4, 0.6, abs(s) if kind not in (TEMPLATE, Relation.SHARED_QUOTES) else -abs(s))
        for (a, b), (kind, s) in found.items()
    ]
)
some_pairs = st.lists(st.sampled_from(PAIRS), max_size=3, unique=True)


@given(some_links, some_pairs, st.randoms(use_true_random=False))
def test_order_does_not_matter(links: list[Link], cannot: list[tuple[str, str]], random: object) -> None:
    expected = group(list(IDS), links, [], cannot)
    ids, mixed, forbidden = list(IDS), list(links), list(cannot)
    for things in (ids, mixed, forbidden):
        random.shuffle(things)  # type: ignore[attr-defined]
    turned = [Link(x.b, x.a, x.relation, x.jaccard, x.containment, x.score) for x in mixed]
    assert group(ids, mixed, [], forbidden) == expected
    assert group(ids, turned, [], [(b, a) for a, b in forbidden]) == expected


@given(some_links, some_pairs, some_pairs)
def test_groups_part_the_articles_and_honour_decisions(
    links: list[Link], must: list[tuple[str, str]], cannot: list[tuple[str, str]]
) -> None:
    found = group(list(IDS), links, must, cannot)
    assert sorted(i for g in found for i in g) == list(IDS)
    at = {i: n for n, g in enumerate(found) for i in g}
    assert all(at[a] != at[b] for a, b in cannot)
    if not cannot:
        assert all(at[a] == at[b] for a, b in must)
    grouping = {Relation.EXACT, Relation.SAME_VERSION, Relation.REVISION, Relation.EXCERPT, Relation.EXPANSION}
    reached = {frozenset((x.a, x.b)) for x in links if x.relation in grouping} | {frozenset(p) for p in must}
    for g in found:  # nobody is in a group without a link into it
        assert len(g) == 1 or all(any(frozenset((i, j)) in reached for j in g) for i in g)
