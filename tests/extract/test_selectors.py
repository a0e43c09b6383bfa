"""Remembered expressions select what the expressions themselves select."""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import XPath
from lxml.html import HtmlElement, document_fromstring
from trafilatura import xpaths

from pipeline.extract.selectors import Remembered, any_of, install

install()
REMEMBERED = [
    e
    for e in (
        *(e for name in vars(xpaths) if "XPATH" in name for e in getattr(xpaths, name)),
        import_module("trafilatura.baseline").BASIC_CLEAN_XPATH,
    )
    if isinstance(e, Remembered)
]
VALUES = st.sampled_from(
    ["", "body", "article-body", "comments", "comment-list", "Commentary", "share", "cookie", "cookie-law", "teaser-x", "nav",
     "navigation", "hidden", " hidden", "main", "main-content", "content", "infinite-scroll", "mvp-post-add-wrap", "display:none",
     "border:0", "bottom", "permalink", "Newsletter", "newsletter", "post-content", "fullText", "story", "true", "author", "Byline", "footer", "date", "cookie-consent", "&#1;"]
)  # fmt: skip
NAMES = st.sampled_from(["id", "class", "role", "style", "aria-hidden", "data-component", "itemprop", "x:y"])
TAGS = st.sampled_from(
    [
        "div",
        "section",
        "article",
        "main",
        "p",
        "span",
        "ul",
        "ol",
        "li",
        "aside",
        "details",
        "h1",
        "list",
        "item",
        "x:z",
    ]
)


@st.composite
def markup(draw: st.DrawFn, depth: int = 3) -> str:
    tag = draw(TAGS)
    attributes = "".join(f' {k}="{v}"' for k, v in draw(st.lists(st.tuples(NAMES, VALUES), max_size=3)))
    children = draw(st.lists(markup(depth - 1), max_size=4)) if depth else []
    return f"<{tag}{attributes}>text{''.join(children)}</{tag}>"


def tree(body: str) -> HtmlElement:
    return document_fromstring(f"<html><body>{body}</body></html>")


def test_the_costly_ones_are_remembered() -> None:
    assert len(REMEMBERED) >= 15


@given(st.lists(markup(), min_size=1, max_size=4).map("".join))
def test_the_same_elements(body: str) -> None:
    page = tree(body)
    for remembered in REMEMBERED:
        assert remembered(page) == remembered.expression(page), remembered.expression.path
        assert remembered(page[0]) == remembered.expression(page[0]), remembered.expression.path


def test_which_attribute_stands_first_counts() -> None:
    cookies = next(e for e in REMEMBERED if "cookie" in e.expression.path)
    page = tree('<div id="a" class="cookie"></div><div class="cookie" id="a"></div>')
    assert cookies(page) == [page[0][1]] == cookies.expression(page)


@pytest.mark.parametrize(
    "path", [".//p", "//*[@id='a']", "//*[@id='a']|//p", ".//p|.//*[@id='a']", ".//*[@id='a']|.//*[@id='b']", ".//*[ancestor::p]", ".//*[p]", ".//*[@id][2]", ".//*[@id]/p", ".//*[.//p]", ".//*[position()=1]"]
)  # fmt: skip
def test_other_forms_are_refused_or_asked(path: str) -> None:
    page = tree('<div id="a"><p id="b">x</p><p>y</p></div><div id="c"><p id="d"></p></div>')
    try:
        remembered = Remembered(XPath(path))
    except ValueError:
        return
    assert remembered(page) == remembered.expression(page)


PRUNING = [e for e in REMEMBERED if e.tags and not e.form.everywhere and not e.form.others]


@given(
    st.lists(markup(), min_size=1, max_size=4).map("".join), st.lists(st.sampled_from(PRUNING), min_size=1, max_size=4)
)
def test_one_asked_for_several_misses_nothing(body: str, several: list[Remembered]) -> None:
    page = tree(body)
    asked = any_of(several)
    selected = set(asked(page))
    assert isinstance(asked, Remembered)
    assert selected.issuperset(e for one in several for e in one(page))
    if all(one.form.whole and not one.form.pick for one in several):
        assert selected == {e for one in several for e in one(page)}


def test_what_cannot_be_asked_at_once_is_not_ruled_out() -> None:
    assert any_of([*PRUNING, XPath(".//p")])(tree("<i></i>"))
