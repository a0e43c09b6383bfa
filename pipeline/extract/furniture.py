"""Furniture that made it into the text: links to other stories, invitations, notices.

Three kinds of evidence: where a line stands in the page (outside of what holds the body), what it is made of (links),
and what it says (the phrases that sites use for it). The phrases were counted on 211 labelled news pages: of the lines
that match, readers took 107 of 115 as no part of the article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

__all__ = ["HEADINGS", "LINKED", "Line", "body_lines", "holder", "is_leaf", "link_share", "locate", "text_of"]

_LEAVES = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "td", "tr", "div", "section",
           "blockquote")  # fmt: skip
_INLINE = ("span", "strong", "em", "b", "i", "u", "a")
_HOLDERS = frozenset(("div", "section"))
_BLOCKS = frozenset(("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "td", "th", "tr", "blockquote",
                     "section", "article", "pre", "dd", "dt", "main", "aside", "ul", "ol", "table", "header",
                     "footer"))  # fmt: skip
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_ABOVE = frozenset(("h1", "span", "a"))  # stand above a body and are none of it: headline, rubric, share buttons
_HELD = 0.8  # share of the text in what holds the body
LINKED = 0.8  # share of a line in links
_POINTING = 0.3  # share of a label in links, when the link is part of it
_BEGINNING = 8  # characters that sort out most elements of a page
_LABEL_CHARS = 60
_NOTICE_CHARS = 700  # what is longer says more
_TEASERS = 12  # more links below a label are what the article is about

_DATED_CHARS = 80
_DATED = re.compile(  # a line with a date, above a text
    r"\b(?:(?:19|20)\d\d|\d{1,2}:\d\d)\b|\b(?:posted|published|updated)\s+(?:on|by|at)\b", re.IGNORECASE
)
_LABEL = re.compile(  # points to other stories
    r"""^[\W_]*(?:
    (?:read|see|watch|listen|view|learn)\s+(?:more|next|also|now|the\s+full|on)\b |
    related\b(?!\s+to\b) | recommended\b | also(?:\s+(?:read|see|on))?\s*: | see\s+also\b | don.?t\s+miss\b |
    more\s+(?:from|on|in|about|like|stories|news|coverage|must-reads|to\s+read|reading|by)\b |
    (?:you\s+(?:may|might)|you.ll)\s+(?:also\s+)?(?:like|be\s+interested)\b |
    (?:watch|listen|photos|video|gallery|podcast|plus|up\s+next|next|now\s+playing)\s*[:|] | what\s+to\s+read\s+next |
    people\s+(?:are\s+)?also\s+(?:read|ask)\w* |
    (?:top|popular|featured|latest)\s+(?:stories|reads|news|articles|posts) |
    (?:\S+\s+){0,3}most[\s-]+(?:read|popular|viewed)\b | trending\b | editor.?s.?\s+(?:picks?|choice)\b |
    featured\s+fact | (?:keep|continue)\s+reading | story\s+continues |
    lire\s+aussi | à\s+lire | lesen\s+sie | lies\s+auch | mehr\s+(?:zum\s+thema|dazu) | leggi\s+anche | lees\s+ook |
    (?:lea|lee|leer|leia|veja|te\s+puede\s+interesar)\s*(?:tamb(?:ién|ém)|más|mais)?\s*: | meer\s+over |
    läs\s+(?:också|mer) | les\s+også | læs\s+også | lue\s+myös | (?:czytaj|zobacz)\s+(?:też|także|więcej) |
    čtěte\s+(?:také|též) | přečtěte | читайте\s+(?:также|ещё|також)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_INVITATION = re.compile(  # asks the reader to do something
    r"""^\W*(?:
    sign\s+up | subscribe | donate\b | log\s+in | already\s+a\s+subscriber | enter\s+your\s+email | stay\s+connected |
    get\s+(?:the|our|alerts|more|breaking|exclusive|\w+.?s)\b.{0,80}(?:newsletter|inbox|alerts?|app|free|delivered) |
    get\s+.{2,40}\s+(?:app|on\s+the\s+go)\b | install\s+the | (?:click|go)\s+here |
    download\s+(?:the|our)\b.{0,40}\bapp | follow\s+(?:us|me|him|her|them|\w+(?:\s\w+)?)\s+on\b |
    (?:join|support|contact)\s+us\b | join\s+our\b | like\s+us\s+on |
    (?:share|email|print)\s+(?:this|on)\b | send\s+(?:tips|us)\b | thanks?\s+(?:you\s+)?for\s+(?:signing|subscribing) |
    (?:have|got)\s+a\s+(?:\w+\s+)?tip\b | do\s+you\s+have\s+a\s+(?:story|tip) | discover\s+special\s+offers |
    (?:contact|write\s+to)\s+(?:the\s+author|\w+(?:\s+\w+)?\s+at)\b | create\s+(?:a\s+free|an)\s+account |
    please\s+(?:sign\s+up|enter\s+your|enable|log\s+in|subscribe|consider) | terms\s+of\s+(?:use|service) |
    (?:privacy|cookie)\s+policy | discuss\s+this\s+in\s+the\s+forum )|
    (?:sign\s+up|subscribe)\s+(?:here|now|today|for\s+(?:our|the|free|it|more)|to\s+(?:our|the)\b.{0,60}newsletter) |
    newsletter\b.{0,60}\b(?:inbox|sign\s+up|subscribe) | subscribing\s+to\s+a\s+newsletter |
    by\s+(?:signing\s+up|clicking|subscribing|submitting|providing)\b.{0,60}\byou\s+(?:agree|consent|accept|acknowledge)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOTICE = re.compile(  # of the publisher, in its own matters
    r"""
    all\s+rights\s+reserved | may\s+not\s+be\s+(?:published|reproduced|republished) | ^\W*(?:copyright\b|©) |
    (?:earn|receive)\s+(?:an?\s+)?(?:affiliate\s+)?(?:commissions?|compensation)\b.{0,60}\b(?:link|purchase|buy) |
    affiliate\s+(?:links?|partnerships?|commission) | ^.{0,60}independently\s+(?:selected|chosen|reviewed)\s+by\b |
    ^\W*(?:this|the)\s+(?:story|article|piece|post|column|interview|report)\b.{0,40}
        \b(?:originally|first)\s+(?:published|appeared|ran)\b |
    ^\W*(?:this|the)\s+(?:story|article|piece|post|column|interview)\s+(?:has\s+been|was)\s+
        (?:originally\s+|lightly\s+|first\s+)?(?:(?:re)?published|reprinted|translated|syndicated|edited|produced)\b |
    ^\W*this\s+(?:story|article)\s+(?:will\s+appear|appears)\s+in\b |
    ^\W*originally\s+(?:published|appeared) | ^\W*cross-?posted\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MARK = re.compile(  # a word or two that a page's template prints
    r"""^[\W_]*(?:(?:
    advertisement|advertising|sponsored(?:\s+(?:content|link|by).*)?|supported\s+by|promoted|ad|anzeige|werbung|publicité|
    publicidad|pubblicità|advertentie|reklama|images?(?::.{0,60})?|photos?:.{0,80}|credit:.{0,80}|getty\s+images|
    (?:photo|image)\s+(?:by|credit|courtesy|source)\b.{0,80}|loading.*|share|tweets?|facebook|twitter|whatsapp|email|
    comments?|leave\s+a\s+(?:reply|comment)|\d+\s+(?:comments?|shares?|views)|\d+\s+of\s+\d+|\d+/\d+
    )[\W_]*)?$""",
    re.IGNORECASE | re.VERBOSE,
)


_STRING = etree.XPath("string()")


class Line(NamedTuple):
    """A paragraph of the text and the element of the page that holds it, if it was found there."""

    text: str
    element: HtmlElement | None


def locate(tree: HtmlElement, lines: list[str]) -> list[Line]:
    """Each line with the innermost block that holds it alone; those that stand twice are taken in order."""
    wanted: dict[str, list[HtmlElement]] = {_squeezed(line): [] for line in lines}
    longest = max(map(len, lines), default=0) * 2 + 100  # a text with so much white space is laid out, not written
    for tags in (_LEAVES, _INLINE):
        for element in tree.iter(*tags):
            if not is_leaf(element):
                continue
            text = text_of(element)
            held = wanted.get(_squeezed(text)) if len(text) <= longest else None
            if held is not None and not (held and held[-1] in element.iterancestors()):
                held.append(element)
        if all(wanted.values()):  # inline elements hold lines of their own on few pages
            break
    seen: Counter[str] = Counter()
    located = []
    for line in lines:
        key = _squeezed(line)
        places = wanted[key]
        located.append(Line(line, places[min(seen[key], len(places) - 1)] if places else None))
        seen[key] += 1
    return located


def is_leaf(element: HtmlElement) -> bool:
    """Whether the text of the element is a paragraph: it holds no blocks."""
    return element.tag not in _HOLDERS or not any(child.tag in _BLOCKS for child in element)


def body_lines(lines: list[Line], headline: HtmlElement | None = None, authors: Sequence[str] = ()) -> list[Line]:
    """`lines` without furniture; all of them if there would be nothing left.

    Args:
        headline: The page's only main heading: little stands above it that is text.
        authors: Names; what begins with one at the end is about the author.
    """
    kept: list[Line] = []
    teasers = 0  # how many more lines may belong to the label above
    for line in _below(_inside(lines), headline):
        if _is_label(line):
            teasers = 0 if link_share(line) > _POINTING else _TEASERS
        elif teasers and link_share(line) > LINKED:
            teasers -= 1
        else:
            if not _is_furniture(line):
                kept.append(line)
            teasers = 0
    while kept and len(kept[0].text) <= _DATED_CHARS and _DATED.search(kept[0].text) and kept[0].text[-1] not in ".!?":
        kept.pop(0)
    while kept and (_is_heading(kept[-1]) or kept[-1].text.startswith(tuple(f"{a} " for a in authors))):
        kept.pop()
    return kept or lines


def _is_heading(line: Line) -> bool:
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
    weight: Counter[HtmlElement] = Counter()
    total = 0
    for line in lines:
        if line.element is not None:
            total += len(line.text)
            for ancestor in line.element.iterancestors():
                weight[ancestor] += len(line.text)
    holders = [e for e, w in weight.items() if w >= _HELD * total]
    return max(holders, key=lambda e: sum(1 for _ in e.iterancestors()), default=None)


def _inside(lines: list[Line]) -> list[Line]:
    """Without what stands behind the element that holds the body, and the headline and alike above it."""
    body = holder(lines)
    if body is None:
        return lines
    inside = [line.element is not None and body in line.element.iterancestors() for line in lines]
    first, last = inside.index(True), len(inside) - 1 - inside[::-1].index(True)
    return [
        line
        for n, line in enumerate(lines)
        if line.element is None or first <= n <= last or (n < first and line.element.tag not in _ABOVE)
    ]


def _is_label(line: Line) -> bool:
    """Whether it announces links to other stories, or is one with its announcement."""
    if not _LABEL.match(line.text):
        return False
    return len(line.text) <= _LABEL_CHARS or link_share(line) > _POINTING


def _is_furniture(line: Line) -> bool:
    text = line.text
    if len(text) <= _NOTICE_CHARS and (_MARK.match(text) or _INVITATION.search(text) or _NOTICE.search(text)):
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
    return linked / max(1, len(_squeezed(line.text)))


def text_of(element: HtmlElement) -> str:
    """All text of an element, by libxml2 at once: a page has thousands of elements."""
    return str(_STRING(element))


def _squeezed(text: str) -> str:
    return "".join(text.split())
