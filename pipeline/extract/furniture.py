"""Furniture that made it into the text: links to other stories, invitations, notices.

Three kinds of evidence: where a line stands in the page (outside of what holds the body), what it is made of (links),
and what it says (`pipeline.extract.phrases`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.months import says_only_when
from pipeline.extract.phrases import LABEL, MARK, OPENING, TELLING, WITHIN

__all__ = [
    "HEADINGS",
    "LABEL_CHARS",
    "LINKED",
    "NOTICE_CHARS",
    "POINTER_CHARS",
    "Line",
    "body_lines",
    "holder",
    "is_furniture",
    "is_heading",
    "is_label",
    "is_leaf",
    "link_share",
    "locate",
    "text_of",
    "twins",
]

_LEAVES = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "td", "tr", "div", "section",
           "blockquote")  # fmt: skip
_INLINE = ("span", "strong", "em", "b", "i", "u", "a")
_HOLDERS = frozenset(("div", "section"))
_BLOCKS = frozenset(("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "td", "th", "tr", "blockquote",
                     "section", "article", "pre", "dd", "dt", "main", "aside", "ul", "ol", "table", "header",
                     "footer"))  # fmt: skip
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ABOVE = frozenset(("h1", "span", "a"))  # stand above a body and are none of it: headline, rubric, share buttons
_AROUND = 3  # steps up from what holds the body
_HELD = 0.8  # share of the text in what holds the body
LINKED = 0.8  # share of a line in links
_LISTED = 0.1  # of an entry in a list behind a label, which says more of the story that it links to
_POINTING = 0.3  # share of a label in links, when the link is part of it
_BEGINNING = 8  # characters that sort out most elements of a page
_PROSE_CHARS = 200
LABEL_CHARS = 60
POINTER_CHARS = 300  # a label with the title it points to
NOTICE_CHARS = 700  # what is longer says more
_TELLING_ASCII = tuple(word for word in TELLING if word.isascii())
_TEASERS = 12  # more links below a label are what the article is about

_DATED_CHARS = 80
_DATED = re.compile(  # a line with a date, above a text
    r"\b(?:(?:19|20)\d\d|\d{1,2}:\d\d|\d{1,2}([./-])\d{1,2}\1\d\d)\b|\b(?:posted|published|updated)\s+(?:on|by|at)\b",
    re.IGNORECASE,
)
_OPENING = 3  # lines, among which the date may stand


class Line(NamedTuple):
    """A paragraph of the text and the element of the page that holds it, if it was found there."""

    text: str
    element: HtmlElement | None


def locate(tree: HtmlElement, lines: list[str]) -> list[Line]:
    """Each line with the innermost block that holds it alone; those that stand twice are taken in order.

    What the page has more often than the text, a standfirst in a share bar say, is taken from among its other lines.
    """
    keys = [_squeezed(line) for line in lines]
    wanted: dict[str, list[HtmlElement]] = {key: [] for key in keys}
    beginnings = {key[:_BEGINNING] for key in wanted}
    initials = {key[:1] for key in wanted}
    longest = max(map(len, lines), default=0) * 2 + 100  # a text with so much white space is laid out, not written
    for tags in (_LEAVES, _INLINE):
        for element in tree.iter(*tags):
            if not is_leaf(element):
                continue
            text = text_of(element).lstrip()
            if text[:1] not in initials or len(text) > longest:
                continue
            if _squeezed(text[: 2 * _BEGINNING])[:_BEGINNING] not in beginnings:
                continue
            held = wanted.get(_squeezed(text))
            if held is not None and not (held and held[-1] in element.iterancestors()):
                held.append(element)
        if all(wanted.values()):  # inline elements hold lines of their own on few pages
            break
    times = Counter(keys)
    sure = {places[0].getparent() for places in wanted.values() if len(places) == 1}
    for key, places in wanted.items():
        if len(places) > times[key]:
            places.sort(key=lambda place: place.getparent() not in sure)
    seen: Counter[str] = Counter()
    located = []
    for line, key in zip(lines, keys, strict=True):
        places = wanted[key]
        located.append(Line(line, places[min(seen[key], len(places) - 1)] if places else None))
        seen[key] += 1
    return located


def is_leaf(element: HtmlElement) -> bool:
    """Whether the text of the element is a paragraph: it holds no blocks."""
    return element.tag not in _HOLDERS or not any(child.tag in _BLOCKS for child in element)


def body_lines(lines: list[Line], headline: HtmlElement | None = None) -> list[Line]:
    """`lines` without furniture; all of them if there would be nothing left.

    Args:
        headline: The page's only main heading: little stands above it that is text.
    """
    kept: list[Line] = []
    teasers = 0  # how many more lines may belong to the label above
    box: HtmlElement | None = None
    around: set[HtmlElement] | None = None  # what holds the text; few pages have a label for which it is asked
    for line in _below(_inside(lines), headline):
        if is_label(line):
            teasers = 0 if link_share(line) > _POINTING else _TEASERS
            if around is None:
                around = _around(lines)
            box = _box(line, around) if teasers else None
        elif box is not None and line.element is not None and box in line.element.iterancestors():
            continue
        elif teasers and link_share(line) > (_LISTED if _is_entry(line) else LINKED):
            teasers -= 1
        else:
            if not is_furniture(line):
                kept.append(line)
            teasers = 0
    while kept and (_is_dated(kept[0]) or (is_heading(kept[0]) and any(map(_is_dated, kept[1:2])))):
        kept.pop(0)
    kept = [line for n, line in enumerate(kept) if n >= _OPENING or not _is_date(line.text)]
    return kept or lines


def _around(lines: list[Line]) -> set[HtmlElement]:
    body = holder(lines)
    return set() if body is None else {body, *body.iterancestors()}


def _box(label: Line, around: set[HtmlElement]) -> HtmlElement | None:
    """The element that begins with a label, unless the text is in it."""
    element = label.element
    while element is not None and (parent := element.getparent()) is not None and parent not in around:
        if parent.tag in _HOLDERS and parent[0] is element and not (parent.text or "").strip():
            return parent
        if parent[0] is not element:
            return None
        element = parent
    return None


def _is_entry(line: Line) -> bool:
    return line.element is not None and line.element.tag == "li"


def _is_dated(line: Line) -> bool:
    """Whether a line on top says when and perhaps by whom."""
    return len(line.text) <= _DATED_CHARS and _DATED.search(line.text) is not None and line.text[-1] not in ".!?"


def _is_date(text: str) -> bool:
    """Whether a line holds a date and nothing else."""
    return len(text) <= _DATED_CHARS and _DATED.search(text) is not None and says_only_when(text)


def is_heading(line: Line) -> bool:
    return line.element is not None and line.element.tag in HEADINGS


def _below(lines: list[Line], headline: HtmlElement | None) -> list[Line]:
    """Without the little that stands above the headline."""
    if headline is None:
        return lines
    above: set[HtmlElement] = set()
    for element in headline.getroottree().getroot().iter():
        if element is headline:
            break
        above.add(element)
    kept = [line for line in lines if line.element is None or line.element not in above]
    size = sum(len(line.text) for line in lines)
    return kept if sum(len(line.text) for line in kept) >= _HELD * size else lines


def holder(lines: list[Line]) -> HtmlElement | None:
    """The innermost element that holds most of the text."""
    held: Counter[HtmlElement] = Counter()  # most lines have their parent in common
    for line in lines:
        if line.element is not None and (parent := line.element.getparent()) is not None:
            held[parent] += len(line.text)
    weight: Counter[HtmlElement] = Counter()
    depth: dict[HtmlElement, int] = {}
    for parent, size in held.items():
        for n, ancestor in enumerate(reversed((parent, *parent.iterancestors()))):
            weight[ancestor] += size
            depth[ancestor] = n
    total = held.total()
    return max((e for e, w in weight.items() if w >= _HELD * total), key=depth.__getitem__, default=None)


def _inside(lines: list[Line]) -> list[Line]:
    """Without what stands behind the element that holds the body, and the headline and alike above it."""
    body = holder(lines)
    if body is None:
        return lines
    bodies = {body, *twins(body)}
    inside = [line.element is not None and any(a in bodies for a in line.element.iterancestors()) for line in lines]
    article = next(body.iterancestors("article"), None)
    first, last = inside.index(True), len(inside) - 1 - inside[::-1].index(True)
    return [
        line
        for n, line in enumerate(lines)
        if line.element is None
        or first <= n <= last
        or (n < first and line.element.tag not in _ABOVE)
        or (n > last and _is_prose(line) and article is not None and article in line.element.iterancestors())
    ]


def _is_prose(line: Line) -> bool:
    """Whether a line is a paragraph of some length without links."""
    is_paragraph = line.element is not None and line.element.tag == "p"
    return is_paragraph and len(line.text) >= _PROSE_CHARS and link_share(line) < _POINTING


def twins(body: HtmlElement) -> Iterator[HtmlElement]:
    """Elements that hold other parts of the text: of the same name and class as `body`, or as what it stands in."""
    for element in (body, *islice(body.iterancestors(), _AROUND)):
        name = element.get("class")
        if name:
            yield from (e for e in element.itersiblings() if e.tag == element.tag and e.get("class") == name)


def is_label(line: Line) -> bool:
    """Whether it announces links to other stories, or is one with its announcement."""
    if len(line.text) > POINTER_CHARS or not LABEL.match(line.text):
        return False
    return len(line.text) <= LABEL_CHARS or link_share(line) > _POINTING


def is_furniture(line: Line) -> bool:
    """Whether a line by itself is no text, whatever stands around it."""
    text = line.text
    if len(text) <= NOTICE_CHARS:
        small = text.lower()
        if OPENING.match(small) or MARK.match(text):
            return True
        if any(word in small for word in (_TELLING_ASCII if small.isascii() else TELLING)) and WITHIN.search(small):
            return True
    plain = line.element is not None and line.element.tag not in HEADINGS and line.element.tag != "li"
    return plain and link_share(line) > LINKED


def link_share(line: Line) -> float:
    """Share of the line that is link text."""
    if line.element is None:
        return 0.0
    if line.element.tag == "a" or next(line.element.iterancestors("a"), None) is not None:
        return 1.0
    linked = sum(len(_squeezed(text_of(a))) for a in line.element.iter("a") if a.get("href"))
    return linked / max(1, len(_squeezed(line.text))) if linked else 0.0


def text_of(element: HtmlElement) -> str:
    """All text of an element, by libxml2 at once: a page has thousands of elements."""
    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)


def _squeezed(text: str) -> str:
    return "".join(text.split())
