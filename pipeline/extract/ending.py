"""Where a text ends: at the label of other stories or of comments, and where its authors are spoken of."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    total = sum(len(line.text) for line in lines)
    ends = _ends(lines)
    above = 0
    for n, line in enumerate(lines):
        if n and n in ends and above >= (_TEXT_CHARS if COMMENTS.match(ends[n]) else _MOST * total):
            body = holder(lines[:n])
            around = set() if body is None else {body, *twins(body)}
            behind = lines[n + 1 :] if line.text == ends[n] else lines[n:]
            if body is not None and not any(_stands_in(x, around) for x in behind):
                return lines[:n]
        above += len(line.text)
    return lines


def _stands_in(line: Line, around: set[HtmlElement]) -> bool:
    return line.element is not None and not around.isdisjoint(line.element.iterancestors())


def _ends(lines: list[Line]) -> dict[int, str]:
    """Labels and notices by the number of the line that they are, or of the one below: trafilatura leaves some out."""
    ends = {n: x.text for n, x in enumerate(lines) if is_label(x) or is_furniture(x) or COMMENTS.match(x.text)}
    at = {line.element: n for n, line in enumerate(lines) if line.element is not None}
    root = next(iter(at), None)
    below = 0
    for element in () if root is None else root.getroottree().iter(*HEADINGS, *{str(e.tag) for e in at}):
        if element in at:
            below = at[element] + 1
        elif below and element.tag in HEADINGS and below not in ends:
            text = " ".join(text_of(element).split())
            if len(text) <= LABEL_CHARS and (LABEL.match(text) or COMMENTS.match(text)):
                ends[below] = text
    return ends


def without_last_words(lines: list[Line], authors: Sequence[str]) -> list[Line]:
    """`lines` without headings at the end, and without what is said there about the `authors`."""
    kept = list(lines)
    while kept and (is_heading(kept[-1]) or _is_about_authors(kept[-1].text, authors)):
        kept.pop()
    return kept or lines


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
