"""What belongs to an article beside the paragraphs that were found: its summary, its subheads, its end."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from pipeline.extract.furniture import (
    HEADINGS,
    LINKED,
    Line,
    holder,
    is_furniture,
    is_label,
    is_leaf,
    link_share,
    text_of,
)
from pipeline.text import letters

__all__ = ["ending_where", "with_passed_over", "with_standfirst", "with_subheads"]

_SUMMARIES = ("h2", "h3", "h4", "p", "div", "span")
_OUTSIDE = frozenset(("nav", "aside", "footer", "figure", "form", "li"))
_STANDFIRST = re.compile(
    r"sub-?_?(?:title|head|deck)|stand-?first|(?<![a-z])dec?k(?![a-z])|(?-i:[a-z]Dec?k(?![a-z]))|"
    r"(?:article|post|story|entry|artikel|news)[-_]*(?:intro|summary|lead|lede|description)(?![a-z])|"
    r"(?<![\w-])(?:lead|lede|intro|ingress|manchet|perex|vorspann|anriss|chapeau|chapo|entradilla|bajada|copete|sommario|"
    r"catenaccio|sottotitolo|zajawka)(?:[-_]?text)?(?![\w-])",
    re.IGNORECASE,
)
_PARAGRAPH_CHARS = 80
_SENTENCE_ENDS = (".", "!", "?", "…", ".”", ".“", ".«", ".»", '."', "。")
_LINKS = 0.3  # of a paragraph, at most
_HEADLINE_CHARS = 20
_SUMMARY_CHARS = range(30, 501)
_SUBHEAD_CHARS = 150
_BEGUN = 40  # characters that make it sure that two texts begin alike
_SHOWN = 0.6  # share of the text that a page's data must hold to be believed on where the text ends
_BEHIND = 8  # more paragraphs behind that are no furniture


def with_standfirst(tree: HtmlElement, lines: list[Line], summaries: list[str]) -> list[Line]:
    """`lines` with the summary in front that the page shows between headline and body.

    It is the page's description, or is named for what it is. Of 211 labelled pages, 98 show their description above the
    body, 14 another such line; readers took them as the article's beginning on 82 and 11.
    """
    first = next((x.element for x in lines if x.element is not None and x.element.tag != "h1"), None)
    known = [_key(s) for s in summaries if len(s) >= _SUMMARY_CHARS.start]
    if first is None:
        return lines
    above: list[HtmlElement] = []
    for element in tree.iter("h1", *_SUMMARIES, first.tag):
        if element is first:
            break
        if element.tag == "h1":
            if len(text_of(element).strip()) >= _HEADLINE_CHARS:  # no logo and no byline
                above.clear()
        elif is_leaf(element):
            above.append(element)
    else:
        return lines
    begun = "".join(_key(line.text) for line in lines[:4])
    for element in above:
        text = " ".join(text_of(element).split())
        key = _key(text)
        if (
            len(text) in _SUMMARY_CHARS
            and (
                any(key == s or (len(key) >= _BEGUN and s.startswith(key)) for s in known)
                or _is_standfirst(element)
                or _is_paragraph_beside(element, text, first)
            )
            and key[:_BEGUN] not in begun
            and not any(a.tag in _OUTSIDE for a in element.iterancestors())
        ):
            at = 1 if lines[0].element is not None and lines[0].element.tag == "h1" else 0
            return [*lines[:at], Line(text, element), *lines[at:]]
    return lines


def _is_standfirst(element: HtmlElement) -> bool:
    parent = element.getparent()
    return any(e is not None and _STANDFIRST.search(e.get("class") or "") for e in (element, parent))


def _is_paragraph_beside(element: HtmlElement, text: str, first: HtmlElement) -> bool:
    """Whether it is a paragraph by all but its name, and a sibling of the first that is named one."""
    return (
        element.tag == "div"
        and element.getparent() is first.getparent()
        and len(text) >= _PARAGRAPH_CHARS
        and text.endswith(_SENTENCE_ENDS)
        and link_share(Line(text, element)) < _LINKS
    )


def with_subheads(tree: HtmlElement, lines: list[Line]) -> list[Line]:
    """`lines` with the subheads between them, if there are none: trafilatura loses all when it searches widely."""
    body = holder(lines)
    if body is None or any(
        x.element is not None and x.element.tag in HEADINGS and x.element.tag != "h1" for x in lines
    ):
        return lines
    at = {line.element: n for n, line in enumerate(lines) if line.element is not None}
    known: set[str] = set()
    merged: list[Line] = []
    waiting: list[Line] = []
    done = 0
    for element in body.iter("h2", "h3", "h4", *{e.tag for e in at}):
        if element in at:
            if at[element] < done:
                continue
            between = lines[done : at[element]]
            merged += [*between, *(waiting if merged or between else ()), lines[at[element]]]
            done = at[element] + 1
            waiting = []
        elif element.tag in HEADINGS and (subhead := _subhead(element, at)):
            known = known or {_key(line.text) for line in lines}
            if _key(subhead.text) not in known:
                waiting.append(subhead)
    return merged + lines[done:]


def with_passed_over(lines: list[Line]) -> list[Line]:
    """`lines` with the paragraphs between them, if those are the greater part: captions were taken for the text."""
    body = holder(lines)
    if body is None:
        return lines
    at = {line.element: n for n, line in enumerate(lines) if line.element is not None}
    merged: list[Line] = []
    waiting: list[Line] = []
    done = size = 0
    known = ""
    for element in body.iter("p", *{e.tag for e in at}):
        if element in at:
            if at[element] >= done:
                between = waiting if merged else []  # what stands before the first line is no part of the text
                merged += [*lines[done : at[element]], *between, lines[at[element]]]
                done, size = at[element] + 1, size + sum(len(line.text) for line in between)
            waiting = []
        elif element.tag == "p" and (passed := _paragraph(element, at)):
            known = known or "".join(_key(line.text) for line in lines)
            if _key(passed.text) not in known:
                waiting.append(passed)
    return merged + lines[done:] if size > sum(len(line.text) for line in lines) else lines


def _paragraph(element: HtmlElement, at: dict[HtmlElement, int]) -> Line | None:
    line = Line(" ".join(text_of(element).split()), element)
    if len(line.text) < _PARAGRAPH_CHARS or is_label(line) or is_furniture(line):
        return None
    outside = any(a in at or a.tag in _OUTSIDE for a in element.iterancestors())
    return None if outside or link_share(line) > _LINKS else line


def _subhead(element: HtmlElement, at: dict[HtmlElement, int]) -> Line | None:
    line = Line(" ".join(text_of(element).split()), element)
    if len(line.text) > _SUBHEAD_CHARS or not _key(line.text) or is_label(line) or is_furniture(line):
        return None
    to_elsewhere = any(not (a.get("href") or "#").startswith("#") for a in element.iter("a"))
    if to_elsewhere and link_share(line) > LINKED:
        return None
    following = element.getnext()
    fits = (
        following is not None
        and not any(a.tag in _OUTSIDE for a in element.iterancestors())
        and (following in at or any(child in at for child in following.iter()))
    )
    return line if fits else None


def ending_where(lines: list[Line], body: list[str]) -> list[Line]:
    """`lines` up to the one that the page's own data has last, if it has most of them.

    Args:
        body: Paragraphs of the article as the page's JSON-LD has them.
    """
    said = _key(" ".join(body))
    if not said:
        return lines
    held = [_key(line.text) in said for line in lines]
    size = sum(len(line.text) for line in lines)
    if sum(len(line.text) for line, h in zip(lines, held, strict=True) if h) <= _SHOWN * size:
        return lines
    last = len(held) - 1 - held[::-1].index(True)
    ends = said.endswith(_key(lines[last].text)[-_BEGUN:])
    return lines[: last + 1] if ends and len(lines) - 1 - last <= _BEHIND else lines


_key = lru_cache(maxsize=1_000)(letters)  # each step asks for those of every line
