"""What changed between two texts: a table of cases, and what must hold for any two."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fold.diff import Kind, Op, Trait, diff

A = "Twelve people met on Friday in the border city to open the office."
B = "The two sides had never had a permanent channel before that day."
C = "A ribbon was cut and a tree was planted in front of the building."


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("", "", []),
        (A, A, [(Kind.SAME, 0, 0)]),
        ("", A, [(Kind.ADDED, None, 0)]),
        (A, "", [(Kind.REMOVED, 0, None)]),
        (text(A, C), text(A, B, C), [(Kind.SAME, 0, 0), (Kind.ADDED, None, 1), (Kind.SAME, 1, 2)]),
        (text(A, B, C), text(A, C), [(Kind.SAME, 0, 0), (Kind.REMOVED, 1, None), (Kind.SAME, 2, 1)]),
        (text(A, B, C), text(A, B + " No one spoke.", C), [(Kind.SAME, 0, 0), (Kind.CHANGED, 1, 1), (Kind.SAME, 2, 2)]),
        (text(A, B, C), text(C, A, B), [(Kind.MOVED, 2, 0), (Kind.SAME, 0, 1), (Kind.SAME, 1, 2)]),
        (text(A, B, C), text(C + " It rained.", A, B), [(Kind.MOVED, 2, 0), (Kind.SAME, 0, 1), (Kind.SAME, 1, 2)]),
        (A, "Nothing of this is in there at all.", [(Kind.ADDED, None, 0), (Kind.REMOVED, 0, None)]),
        (text(A, A, A), text(A, A), [(Kind.SAME, 0, 0), (Kind.SAME, 1, 1), (Kind.REMOVED, 2, None)]),
        ("“Yes” – he said it’s so.", '"Yes" - he said it\'s so.', [(Kind.SAME, 0, 0)]),
    ],
)
def test_paragraphs(old: str, new: str, kinds: list[tuple[Kind, int | None, int | None]]) -> None:
    assert [(p.kind, p.a, p.b) for p in diff(old, new)] == kinds


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ("At least 12 people died.", "At least 14 people died.", [("12", Trait.NUMBER)], [("14", Trait.NUMBER)]),
        (
            "It cost $7.7 million to refit.",
            "It cost $8.7 million to refit.",
            [("7.7", Trait.NUMBER)],
            [("8.7", Trait.NUMBER)],
        ),
        ("死者は12人。", "死者は13人。", [("12", Trait.NUMBER)], [("13", Trait.NUMBER)]),
        ("14日に開所した。", "15日に開所した。", [("14", Trait.NUMBER)], [("15", Trait.NUMBER)]),
        ("会見はKaesongで。", "会見はSeoulで。", [("Kaesong", Trait.NAME)], [("Seoul", Trait.NAME)]),
        ("कि वह हिन्दी है", "कि वह हिन्दू है", [("हिन्दी", None)], [("हिन्दू", None)]),
        ("เขาอยู่ที่นี่", "เขาอยู่ที่นั่", [("นี่", None)], [("นั่", None)]),
        ("The envoy Kim spoke first.", "The envoy Pak spoke first.", [("Kim", Trait.NAME)], [("Pak", Trait.NAME)]),
        ("They met in the small room.", "They met in the large room.", [("small", None)], [("large", None)]),
        (
            "The two sides met again.",
            "The two sides met again on Monday.",
            [],
            [(" on ", None), ("Monday", Trait.NAME)],
        ),
    ],
)
def test_changed_words(
    old: str, new: str, removed: list[tuple[str, Trait | None]], added: list[tuple[str, Trait | None]]
) -> None:
    (paragraph,) = diff(old, new)
    assert paragraph.kind is Kind.CHANGED
    assert [(w.text, w.trait) for w in paragraph.words if w.op is Op.REMOVED] == removed
    assert [(w.text, w.trait) for w in paragraph.words if w.op is Op.ADDED] == added


def test_a_word_of_a_long_paragraph() -> None:
    words = [f"word{n * 7919 % 997}" for n in range(5_000)]
    (paragraph,) = diff(" ".join(words), " ".join([*words[:2_500], "other", *words[2_501:]]))
    changed = [w.text for w in paragraph.words if w.op is not Op.SAME]
    assert (paragraph.kind, changed) == (Kind.CHANGED, [words[2_500], "other"])


PARAGRAPHS = st.lists(
    st.lists(
        st.sampled_from(
            ["the", "Kim", "12", "office", "“quoted”", "북한", "開所", "3日に", "ที่นี่", "हिन्दी", "❤️", "e-mail"]
        ),
        min_size=1,
        max_size=9,
    ).map(" ".join),
    max_size=6,
)


@given(PARAGRAPHS, PARAGRAPHS)
def test_both_texts_can_be_read_back(old: list[str], new: list[str]) -> None:
    paragraphs = diff(text(*old), text(*new))
    there = [p for p in paragraphs if p.b is not None]
    assert ["".join(w.text for w in p.words if w.op is not Op.REMOVED) for p in there] == new
    back = {p.a: "".join(w.text for w in p.words if w.op is not Op.ADDED) for p in paragraphs if p.a is not None}
    assert [back[i] for i in sorted(back)] == old


@given(PARAGRAPHS)
def test_a_text_does_not_differ_from_itself(paragraphs: list[str]) -> None:
    assert {p.kind for p in diff(text(*paragraphs), text(*paragraphs))} <= {Kind.SAME}


@pytest.mark.parametrize("shape", ["edited", "all alike", "one word", "one paragraph"])
def test_long_texts_take_seconds_at_most(shape: str) -> None:
    words = [f"word{n * 7919 % 997}" for n in range(60_000)]
    paragraphs = [" ".join(words[n : n + 30]) for n in range(0, len(words), 30)]
    match shape:
        case "edited":
            old, new = text(*paragraphs), text(*(p + " and more" for p in paragraphs))
        case "all alike":
            old, new = text(*[A] * 2_000), text(*[A + " More."] * 2_000)
        case "one word":
            old, new = "a " * 60_000, "a " * 60_001
        case _:
            old, new = " ".join(words), " ".join(reversed(words))
    begin = time.monotonic()
    assert diff(old, new)
    assert time.monotonic() - begin < 10
