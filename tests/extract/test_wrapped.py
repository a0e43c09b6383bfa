"""Plain text whose lines were broken to fit a column."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.wrapped import unwrapped
from pipeline.text import reading_form, text_hash

_LEAD = "The two sides opened a liaison office in the border town on Friday, and officials of both moved in at once."
_MORE = "It is to be staffed around the clock, a spokesman said, so that either side can be reached at any hour of day."


def _wrapped(*paragraphs: str, width: int = 60, indent: str = "", between: str = "\n") -> str:
    return between.join(textwrap.fill(p, width, initial_indent=indent, break_on_hyphens=False) for p in paragraphs)


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        (_wrapped(_MORE), [_MORE]),
        (_wrapped(_LEAD, _MORE, indent="    "), [_LEAD, _MORE]),
        (_wrapped(_LEAD, _MORE, indent="\t"), [_LEAD, _MORE]),
        (_wrapped(_LEAD, _MORE, between="\n\n"), [_LEAD, _MORE]),
        (_wrapped(_LEAD, _MORE, indent="    ").replace("\n", "\r\n"), [_LEAD, _MORE]),
        (_wrapped(f"{_LEAD} {_MORE}", _MORE), [f"{_LEAD} {_MORE}", _MORE]),  # a line that leaves room ends it
        # the first line was cut by its dateline; what follows is marked by its indentation
        (
            f"Mayor and envoy met\n{_wrapped(_MORE)}\n{_wrapped(_LEAD, indent='    ')}",
            ["Mayor and envoy met " + _MORE, _LEAD],
        ),
    ],
)
def test_lines_of_a_paragraph_are_joined(text: str, paragraphs: list[str]) -> None:
    assert reading_form(unwrapped(text)).split("\n\n") == paragraphs


@pytest.mark.parametrize(
    "text",
    [
        "",
        "One line that is rather short",
        f"{_LEAD}\n{_MORE}",  # a paragraph a line
        f"{_LEAD}\n\n{_MORE}",
        "Envoys meet mayor of border town after long delay\nOffice opens on Friday after months of talks\nRail link to be checked by engineers in the autumn",
        "Kim Ha-eun\nPark Ji-woo\nLee Min-ho\nChoi Yuna",
        "Mill wheat 214.50\nMaize 181.25\nRapeseed 402.00\nBarley 190.75",
        "short\nlines\nof\nverse",
    ],
)
def test_other_lines_stay(text: str) -> None:
    assert unwrapped(text) == text


def test_tables_of_indented_rows_stay_apart() -> None:
    text = "Shr 31 cts vs 53 cts\n    Net 4.2 mln vs 7.1 mln\n    Note: the year before has a week more than others,\nwhich was noted then."
    assert unwrapped(text).split("\n\n") == [
        "Shr 31 cts vs 53 cts",
        "Net 4.2 mln vs 7.1 mln",
        "Note: the year before has a week more than others, which was noted then.",
    ]


@pytest.mark.parametrize("line", ["the quick brown fox jumps over the lazy dog agai-", f"{'x' * 48}-", "a" * 60])
def test_many_lines_take_no_time(line: str) -> None:
    # each joined line looked through all that was before it once: 40,000 took minutes
    assert len(unwrapped(f"{line}\n" * 200_000)) >= 200_000 * len(line) - 1


_WORDS = st.lists(
    st.sampled_from(
        ["the", "envoy", "met", "Mayor", "Lind", "in", "2018", "and", "left", "for", "Geneva", "soon", "after"]
    ),
    min_size=1,
)


@given(st.lists(_WORDS, min_size=1, max_size=6), st.integers(30, 110), st.sampled_from(["", "    "]))
def test_it_is_the_same_text_and_stays_so(paragraphs: list[list[str]], width: int, indent: str) -> None:
    text = _wrapped(*map(" ".join, paragraphs), width=width, indent=indent)
    once = unwrapped(text)
    assert text_hash(once) == text_hash(text)
    assert unwrapped(once) == once
    assert unwrapped(reading_form(once)) == reading_form(once)
