"""The element that holds an article's body and nothing else, for pages whose body is short; or another story.

Below 250 characters of text trafilatura doubts what it found and takes in text from the whole page: navigation,
consent banners, teasers. A brief, a photo page or a flash then comes out as furniture. Within the body's own element
there is nothing else to take.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import dropwhile, takewhile

from lxml.html import Element, HtmlElement

from pipeline.extract.content import CERTAIN, MAIN, main_paragraphs
from pipeline.extract.furniture import Line, holder, is_leaf, text_of
from pipeline.extract.markup import paragraphs
from pipeline.text import letters

__all__ = ["brief_body", "other_stories"]

_TRUSTED: int = MAIN.min_extracted_size  # characters that trafilatura does not doubt
_WIDENED = 3_000  # characters; a text beyond was not found by widening the search, or is beyond repair
_MIN_BODY = 20  # characters that can be a body at all

_HEADLINES = ("h1", "h2", "h3")
_HEADLINE_LETTERS = 15  # of a headline that is no name of a section
_PARAGRAPH_CHARS, _RUN, _TEXT_CHARS = 80, 3, 600  # of a paragraph; how many are a text, and how long it is at least

_BODY_NAME = re.compile(
    r"(?:article|story|entry|post|news|art)(?:-|_|__)?(?:body|content|text|copy|bodycopy)\b|"
    r"\bbody-?(?:text|copy|content)\b|\bfull-?text\b",
    re.IGNORECASE,
)
_OUTSIDE = ("nav", "aside", "footer", "form")
_HOLDERS = ("article", "div", "main", "section", "td")


def brief_body(tree: HtmlElement, found: list[str]) -> list[str]:
    """The paragraphs of a short body, or `found` when the body is not short or no element is sure to hold it.

    Args:
        tree: The parsed page; not changed.
        found: Paragraphs that trafilatura gave for the whole page.
    """
    size = _size(found)
    if not found or size > _WIDENED:
        return found
    certain: list[str] | None = None
    for frame in _frames(tree):
        held = _held(found, frame)
        if _has_run(tree, set(found).difference(held)):
            return found
        if held and certain is None:  # as costly as the whole page
            certain = main_paragraphs(tree, CERTAIN)
        if held and _size(certain or []) >= _TRUSTED:
            return found
        body = main_paragraphs(_alone(frame), CERTAIN) if len(frame) else paragraphs(frame)
        if held and max(held, key=len) not in body:  # it took a caption or byline for the whole
            body = held
        if _size(body) >= _MIN_BODY and (not held or _size(body) < min(size, _TRUSTED)):
            return body
    return found


def other_stories(tree: HtmlElement, lines: list[Line]) -> list[HtmlElement]:
    """The article that holds `lines` and those behind it, if it is a story below the one that the page is about.

    Sites add the next story to be read to the page; with markup that says more, trafilatura takes it for the body. The
    page's title is that of the first headline, behind which there is a text, and not the one above the story.
    """
    body, first = holder(lines), next(tree.iter("h1"), None)
    story = next((e for e in (body, *body.iterancestors()) if e.tag == "article"), None) if body is not None else None
    if story is None or first is None or story in first.iterancestors():
        return []
    title, headline = letters(tree.findtext(".//title") or ""), letters(text_of(first))
    texts = {line.element for line in lines}
    start = next((e for e in story.iter() if e.tag in _HEADLINES or e in texts), None)
    own = letters(text_of(start)) if start is not None and start.tag in _HEADLINES else ""
    if len(headline) < _HEADLINE_LETTERS or headline not in title or not own or own in title:
        return []
    elements = dropwhile(lambda e: e is not first, tree.iter("h1", "p", "div", "article"))
    between = _outermost([e for e in takewhile(lambda e: e is not story, elements) if is_leaf(e)])
    sizes = [size for e in between if (size := len(text_of(e).strip())) >= _PARAGRAPH_CHARS]
    if len(sizes) < _RUN or sum(sizes) < _TEXT_CHARS:
        return []
    return _outermost([*dropwhile(lambda e: e is not story, tree.iter("article"))])


def _held(found: list[str], frame: HtmlElement) -> list[str]:
    """Those of the paragraphs that stand in `frame`."""
    text = "".join(frame.text_content().split())
    return [line for line in found if "".join(line.split()) in text]


def _has_run(tree: HtmlElement, lines: set[str]) -> bool:
    """Whether `lines` stand together in one element as the paragraphs of an article do, and no teasers do."""
    sizes: Counter[HtmlElement] = Counter()
    for element in tree.iter("p", "div"):
        if is_leaf(element) and " ".join(element.text_content().split()) in lines:
            sizes[element.getparent()] += len(element.text_content())
    return any(size >= _TRUSTED for size in sizes.values())


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))


def _alone(frame: HtmlElement) -> HtmlElement:
    """A page with `frame` only."""
    page, body = Element("html"), Element("body")
    page.append(body)
    body.append(deepcopy(frame))
    body[0].tail = None
    return page


def _frames(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Elements that are likely to hold the body, likeliest first: one for each way in which pages mark it."""
    marks: tuple[Callable[[HtmlElement], bool], ...] = (
        lambda e: "articleBody" in (e.get("itemprop") or "").split(),
        lambda e: _BODY_NAME.search(f"{e.get('id') or ''} {e.get('class') or ''}") is not None,
        lambda e: e.tag == "article" or e.get("role") == "article",
        lambda e: e.tag == "main" or e.get("role") == "main",
    )
    for mark in marks:
        marked = [e for e in tree.iter(*_HOLDERS) if mark(e) and next(e.iterancestors(*_OUTSIDE), None) is None]
        if marked:
            yield _of_headline(_outermost(marked))


def _outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    inside = set(elements)
    return [e for e in elements if not any(a in inside for a in e.iterancestors())]


def _of_headline(frames: list[HtmlElement]) -> HtmlElement:
    """Of several alike, the one with the headline in it; else the longest: the others are teasers."""
    return max(frames, key=lambda e: (e.find(".//h1") is not None, len(e.text_content())))
