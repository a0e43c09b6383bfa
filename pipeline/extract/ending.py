"""Where a text ends: at the label of other stories or of comments, and where its authors are spoken of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from lxml.html import HtmlElement

from pipeline.extract.furniture import (
    HEADINGS,
    LABEL_CHARS,
    NOTICE_CHARS,
    POINTER_CHARS,
    Line,
    holder,
    is_furniture,
    is_heading,
    is_label,
    text_of,
    twins,
)
from pipeline.extract.paywall import asks_to_pay
from pipeline.extract.phrases import COMMENTS, LABEL

__all__ = ["before_the_end", "without_last_words"]

_MOST = 0.5  # share of a text that stands above its end
_TEXT_CHARS = 300  # of a text that may have comments
_BIO_CHARS = 200
_WRITER = re.compile(
    r"\W*(?:[^\W\d_a-z][\w.'\u2019-]*\s){1,4}(?:is|was)\s(?:an?|the)\s(?:[\w'\u2019,-]+\s){0,5}?"
    r"(?:reporter|writer|editor|columnist|correspondent|journalist|contributor|producer)\b"
)
_OF_WRITERS = re.compile(r"\s(?:is|has|was|covers|writes|joined|reports|can\sbe)\b")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+")


def before_the_end(lines: list[Line]) -> list[Line]:
    """`lines` up to a label or notice, if nothing behind it stands in the element that holds what is above it.

    Most of the text must be above; but not above comments, of which there may be many.
    """
    headings = _telling_headings(lines)
    sizes = [len(line.text) for line in lines]
    half = _until(sizes, _MOST * sum(sizes))
    last = _last_inside(lines, half)
    for n in range(max(half, last), len(lines)) if last < len(lines) - 1 else ():
        if (n in headings and n > last) or is_label(lines[n]) or is_furniture(lines[n]):
            return lines[:n]
    sizes = [0 if is_heading(line) else len(line.text) for line in lines]
    for n in range(_until(sizes, _TEXT_CHARS), len(lines)):
        said = COMMENTS.match(lines[n].text[:LABEL_CHARS]) is not None
        if (said or COMMENTS.match(headings.get(n, ""))) and _last_inside(lines, n) < n + said:
            return lines[:n]
    return lines


def _until(sizes: Sequence[int], size: float) -> int:
    """Number of lines that have `size` characters together; all if they have not."""
    return next((n for n, done in enumerate(accumulate(sizes), 1) if done >= size), len(sizes))


def _last_inside(lines: list[Line], n: int) -> int:
    """Number of the last line that stands in the element that holds the first `n`; the last of all if none does."""
    body = holder(lines[:n])
    if body is None:
        return len(lines) - 1
    around = {body, *twins(body)}
    inside = (m for m in range(len(lines) - 1, -1, -1) if _stands_in(lines[m], around))
    return next(inside, len(lines) - 1)


def _stands_in(line: Line, around: set[HtmlElement]) -> bool:
    return line.element is not None and not around.isdisjoint(line.element.iterancestors())


def _telling_headings(lines: list[Line]) -> dict[int, str]:
    """Headings that announce something else, by the number of the line below: trafilatura leaves most of them out."""
    at = {line.element: n for n, line in enumerate(lines) if line.element is not None}
    tree = next(iter(at)).getroottree() if at else None
    telling: dict[HtmlElement, str] = {}
    for element in () if tree is None else tree.iter(*HEADINGS):
        text = " ".join(text_of(element).split())
        if element not in at and len(text) <= LABEL_CHARS and (LABEL.match(text) or COMMENTS.match(text)):
            telling[element] = text
    found: dict[int, str] = {}
    below = 0
    for element in tree.iter(*HEADINGS, *{str(e.tag) for e in at}) if tree is not None and telling else ():
        if element in at:
            below = at[element] + 1
        elif element in telling:
            found.setdefault(below, telling[element])
    return found


def without_last_words(lines: list[Line], authors: Sequence[str]) -> list[Line]:
    """`lines` without headings at the end, what is said there about the `authors`, and that the rest must be paid."""
    kept = list(lines)
    while kept and (is_heading(kept[-1]) or _is_about_authors(kept[-1].text, authors) or _is_offer(kept[-1].text)):
        kept.pop()
    return kept or lines


def _is_offer(text: str) -> bool:
    return len(text) <= POINTER_CHARS and asks_to_pay(text)


def _is_about_authors(text: str, authors: Sequence[str]) -> bool:
    """Whether a last line says who wrote the article or how to reach them."""
    if len(text) > NOTICE_CHARS:
        return False
    if text.startswith(tuple(f"{a} " for a in authors)) or _WRITER.match(text[:_BIO_CHARS]):
        return True
    first = next((a for name in authors if (a := name.split()[0]) and text.startswith(f"{a} ")), None)
    if first and _OF_WRITERS.match(text, len(first)):
        return True
    return len(text) <= POINTER_CHARS and _MAIL.search(text) is not None
