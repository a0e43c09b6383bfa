"""Stories: versions, parents and the article that stands for a story, by the order of age."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article import Relation
from pipeline.fold.grouping import Link
from pipeline.fold.stories import Member, Story, story

EXACT, SAME, REVISION, EXCERPT, EXPANSION = (
    Relation.EXACT,
    Relation.SAME_VERSION,
    Relation.REVISION,
    Relation.EXCERPT,
    Relation.EXPANSION,
)


def told(members: str, links: Sequence[Link], withdrawn: str = "") -> Story:
    """The story of some members, the oldest first: ``a/1`` is article a with text 1, ``a/1@x`` by publisher x."""
    made = []
    for n, word in enumerate(members.split()):
        article, _, publisher = word.partition("@")
        name, _, text = article.partition("/")
        made.append(Member(name, text or name, publisher or name, ("run", name), (n,), name in withdrawn))
    return story(made, links)


def link(a: str, b: str, relation: Relation, jaccard: float = 0.6, same_article: bool = False) -> Link:
    return Link(a, b, relation, jaccard, 0.9, 3, same_article)


@pytest.mark.parametrize(
    ("members", "links", "places"),
    [
        ("a", [], "a:original:-:1"),
        ("a b", [link("a", "b", SAME)], "a:original:-:1 b:same_version:a:1"),
        ("a b", [link("a", "b", REVISION)], "a:original:-:1 b:revision:a:2"),
        ("b a", [link("b", "a", REVISION)], "b:original:-:1 a:revision:b:2"),
        # equal texts are copies of the oldest
        ("a/1 b/1 c/1", [link("a", "b", EXACT), link("a", "c", EXACT)], "a:original:-:1 b:exact:a:1 c:exact:a:1"),
        # a copy of the second version belongs to that
        (
            "a/1 b/2 c/2",
            [link("a", "b", REVISION), link("b", "c", EXACT)],
            "a:original:-:1 b:revision:a:2 c:exact:b:2",
        ),
        # the parent is what it shares most with
        (
            "a b c",
            [link("a", "b", REVISION), link("a", "c", REVISION, 0.4), link("b", "c", REVISION, 0.9)],
            "a:original:-:1 b:revision:a:2 c:revision:b:3",
        ),
        # an earlier version at the same address before all others
        (
            "a b c",
            [link("a", "b", REVISION), link("a", "c", REVISION, 0.4, True), link("b", "c", SAME, 0.9)],
            "a:original:-:1 b:revision:a:2 c:revision:a:3",
        ),
        # parts have the version of what they are parts of
        (
            "a b c",
            [link("a", "b", REVISION), link("b", "c", EXCERPT)],
            "a:original:-:1 b:revision:a:2 c:excerpt:b:2",
        ),
        # the link was made of the copies c and b; b's text has an older copy, a: what came later grew
        (
            "a/1 c/2 b/1",
            [link("c", "b", EXCERPT), link("a", "b", EXACT)],
            "a:original:-:1 c:expansion:a:1 b:exact:a:1",
        ),
        # tied to the story through a younger text only
        (
            "a b c",
            [link("a", "c", REVISION), link("b", "c", REVISION)],
            "a:original:-:1 b:revision:a:2 c:revision:a:3",
        ),
    ],
)
def test_versions(members: str, links: list[Link], places: str) -> None:
    found = told(members, links).places
    assert " ".join(f"{p.id}:{p.relation}:{p.parent or '-'}:{p.version}" for p in found) == places


@pytest.mark.parametrize(
    ("members", "links", "withdrawn", "canonical"),
    [
        # of versions that as many publishers carried the later one
        ("a b", [link("a", "b", REVISION)], "", "b"),
        # the version that most publishers carried
        ("a b c", [link("a", "b", SAME), link("b", "c", REVISION)], "", "a"),
        # one publisher with two copies is one
        ("a@x b@x c@y", [link("a", "b", SAME), link("b", "c", REVISION)], "", "c"),
        # a part stands for nothing
        ("a b c", [link("a", "b", EXCERPT), link("a", "c", EXCERPT)], "", "a"),
        ("a b", [link("a", "b", REVISION)], "b", "a"),
        # where all is withdrawn, the oldest of what is left of it
        ("a b", [link("a", "b", REVISION)], "ab", "b"),
        ("a b", [link("a", "b", EXCERPT)], "a", "b"),
    ],
)
def test_the_article_that_stands_for_a_story(members: str, links: list[Link], withdrawn: str, canonical: str) -> None:
    assert told(members, links, withdrawn).canonical == canonical


def test_the_first_to_arrive_names_the_story() -> None:
    assert told("b a", [link("b", "a", REVISION)]).id == "sa"


IDS = "abcdef"
some_links = st.lists(
    st.builds(
        lambda pair, relation, jaccard: link(*pair, relation, jaccard),
        st.sampled_from([(a, b) for n, a in enumerate(IDS) for b in IDS[n + 1 :]]),
        st.sampled_from([SAME, REVISION, EXCERPT, EXPANSION]),
        st.floats(0, 1),
    ),
    max_size=12,
)


@given(some_links, st.lists(st.sampled_from("123456"), min_size=6, max_size=6))
def test_every_member_has_one_place_and_an_older_parent(links: list[Link], texts: list[str]) -> None:
    found = told(" ".join(f"{i}/{t}" for i, t in zip(IDS, texts, strict=True)), links)
    assert [p.id for p in found.places] == list(IDS)
    assert found.canonical in IDS
    of = {p.id: p for p in found.places}
    assert {p.version for p in found.places} == set(range(1, max(p.version for p in found.places) + 1))
    for p in found.places:
        assert (p.parent is None) == (p.id == "a")
        assert p.parent is None or (p.parent < p.id and of[p.parent].version <= p.version)
