"""A trace as a page."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.cli.trace_page import trace_page
from pipeline.fold.draws import Passage
from pipeline.fold.trace import Edit, Known, Origin, Quote, Trace


def page(text: str, *edits: Edit) -> str:
    known = Known("a", "sa", "Title", "http://x.example/", "X", datetime(2018, 9, 14, tzinfo=UTC), "page")
    passage = Passage("a", "sa", 0, len(text), 0, len(text), 1.0)
    return trace_page(Trace("", text, 1, 1, (Origin(known, 1.0, (Quote(passage, text, edits, known),)),)))


def test_a_page_grows_with_its_text() -> None:
    sizes = [len(page("\n\n".join(f"This is the paragraph of number {n + 100}." for n in range(k)))) for k in (50, 100)]
    assert sizes[1] < 2 * sizes[0]


def test_each_paragraph_shows_what_the_source_has_there() -> None:
    markup = page("Two firms were named.\n\nThey deny it.", Edit(0, 3, "Three"), Edit(32, 32, "all"))
    assert '<span class="was">Three firms were named.</span>' in markup
    assert '<span class="was">They deny all it.</span>' in markup
