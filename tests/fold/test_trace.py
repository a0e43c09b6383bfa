"""A trace: what was changed in a passage, and a text cut by origin."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fold.draws import Passage
from pipeline.fold.trace import Known, Origin, Quote, edits, stretches
from pipeline.lake import Lake
from pipeline.run.intake import ingest_files
from pipeline.run.tracing import trace, trace_article

KNOWN = Known("a", "sa", "Title", "http://x.example/", "X", datetime(2018, 9, 14, tzinfo=UTC), "page")


def origin(*spans: tuple[int, int]) -> Origin:
    passages = (Passage("a", "sa", start, end, 0, end - start, 1.0) for start, end in spans)
    return Origin(KNOWN, 0.0, tuple(Quote(p, "", (), KNOWN) for p in passages))


@pytest.mark.parametrize(
    ("text", "wording", "expected"),
    [
        ("the same words", "the same words", []),
        ("The “same” words’", 'the "same" words\'', []),
        ("two firms in Russian Federation said", "two firms in Russia said", [("Russian Federation", "Russia")]),
        ("as USA officials said", "as U.S. officials said", [("USA", "U.S")]),
        ("they said so on Friday", "they said so", [("on Friday", "")]),
        ("they said", "they had said", [("", "had")]),
        ("said", "had said", [("", "had")]),
        ("死者は12人だった", "死者は13人だった", [("12", "13")]),
        ("वह हिन्दी है", "वह हिन्दू है", [("हिन्दी", "हिन्दू")]),
    ],
)
def test_edits(text: str, wording: str, expected: list[tuple[str, str]]) -> None:
    found = edits(text, wording, start=100)
    assert [(text[e.start - 100 : e.end - 100], e.was) for e in found] == expected


WORDS = st.lists(st.sampled_from(["a", "b", "c", "12", "x’s", "a.\n\nB"]), min_size=1, max_size=12).map(" ".join)


@given(WORDS, WORDS, st.lists(st.integers(0, 60), max_size=3))
def test_what_the_source_has_in_the_place_of_a_part(text: str, wording: str, cuts: list[int]) -> None:
    quote = Quote(Passage("a", "sa", 0, len(text), 0, len(wording), 1.0), wording, edits(text, wording), KNOWN)
    blanks = [n for n, c in enumerate(text) if c == " "]
    ends = sorted({0, len(text), *(blanks[n] for n in cuts if n < len(blanks))})
    parts = [quote.before(text, begin, end) for begin, end in pairwise(ends)]
    assert [w.casefold() for part in parts for w in re.findall(r"[\w’]+", part)] == [
        w.casefold() for w in re.findall(r"[\w’]+", wording)
    ]


@given(st.text('ab .\n"“”', max_size=60), st.lists(st.tuples(st.integers(0, 59), st.integers(1, 30)), max_size=6))
def test_stretches_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(a, min(a + n, len(text))) for a, n in spans if a < len(text)]
    cut = stretches(text, [origin(span) for span in inside])
    assert "".join(text[s.start : s.end] for s in cut) == text
    assert all(s.start < s.end for s in cut)
    assert all((s.origin is None) == (s.quote is None) for s in cut)


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("He said: “No more.” Then", [(10, 17)], ["He said: ", "“No more.”", " Then"]),
        ("One two three.\n\nThe end", [(0, 19)], ["One two three.", "\n\nThe end"]),
        ("The end\n\nOne two three.", [(4, 22)], ["The end\n\n", "One two three."]),
        ("One two three four", [(0, 13), (8, 18)], ["One two three", " four"]),
    ],
)
def test_marks_go_with_their_words(text: str, spans: list[tuple[int, int]], expected: list[str]) -> None:
    assert [text[s.start : s.end] for s in stretches(text, [origin(span) for span in spans])] == expected


def test_a_text_is_traced_to_the_articles_it_was_cut_from(sample_lake: str) -> None:
    lake = Lake(sample_lake)
    stories = [s for s in lake.read("stories").to_pylist() if s["language"] == "en" and not s["draws_on"]]
    chosen = sorted(stories, key=lambda s: (-s["articles"], s["story_id"]))[:3]
    ids = [s["canonical_article_id"] for s in chosen]
    text = {r["article_id"]: r["text"] for r in lake.read("records", ["article_id", "text"]).to_pylist()}
    cut = [" ".join(text[i].split()[:60]) for i in ids]
    found = trace(lake, "\n\n".join([*cut, "And nobody has ever written this sentence about a blue giraffe in Bonn."]))
    assert {o.source.story_id for o in found.origins} == {s["story_id"] for s in chosen}
    assert 0.8 < found.coverage < 1
    for o in found.origins:
        for q in o.quotes:
            assert q.passage.similarity == "verbatim"
            assert q.first.published_at <= o.source.published_at
    assert trace(lake, "Nobody has ever written this sentence about a blue giraffe in Bonn.").origins == ()
    assert trace(lake, "").origins == ()


def test_an_article_is_traced_to_what_was_there_before_it(sample_lake: str) -> None:
    lake = Lake(sample_lake)
    story = max(lake.read("stories").to_pylist(), key=lambda s: len(s["draws_on"]))
    found = trace_article(lake, story["canonical_article_id"])
    assert {d["story_id"] for d in story["draws_on"]} <= {o.source.story_id for o in found.origins}
    assert all(o.source.article_id != story["canonical_article_id"] for o in found.origins)
    top = max(lake.read("stories").to_pylist(), key=lambda s: s["articles"])
    assert trace_article(lake, top["first_article_id"]).origins == ()


@pytest.mark.parametrize("listed", [("late", "early", "later"), ("early", "late", "later"), ("later", "late", "early")])
def test_a_text_was_there_as_soon_as_any_of_its_copies_was(listed: tuple[str, ...], tmp_path: Path) -> None:
    days = {"early": 1, "late": 5, "later": 6}
    source = " ".join(f"source{n * 7919 % 997}" for n in range(120))
    rows = [{"id": name, "text": source, "published_at": f"2020-01-0{days[name]}"} for name in listed]
    own = " ".join(f"own{n}" for n in range(80))
    rows.append({"id": "taken", "text": f"{source[:600]}\n\n{own}", "published_at": "2020-01-03"})
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    ingest_files([str(tmp_path / "texts.jsonl")], str(tmp_path / "lake"), "2020-02-01T00:00:00", and_fold=True)
    lake = Lake(str(tmp_path / "lake"))
    ids = {r["guid"]: r["article_id"] for r in lake.read("records", ["guid", "article_id"]).to_pylist()}
    found = trace_article(lake, ids["taken"])
    assert [o.source.article_id for o in found.origins] == [ids["early"]]
    assert found.searched == 1
    assert trace_article(lake, ids["early"]).origins == ()
