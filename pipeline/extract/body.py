"""The text of a page: found by trafilatura, checked against other witnesses, freed from furniture.

The page's own JSON-LD is a witness, not a source: its ``articleBody`` is often cut or without paragraphs. It decides
where the text ends, and is taken itself only where trafilatura found a small part of it. So is the text that a feed
has of the article.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from pipeline.extract.content import EXTRACTOR, MAIN, THOROUGH, certain_paragraphs, main_paragraphs
from pipeline.extract.ending import before_the_end, without_last_words
from pipeline.extract.frame import brief_body, other_stories
from pipeline.extract.furniture import Line, body_lines, holder, locate
from pipeline.extract.page_metadata import PageMetadata
from pipeline.extract.prune import mark_paragraphs, prune
from pipeline.extract.recover import ending_where, with_passed_over, with_standfirst, with_subheads

__all__ = ["Body", "is_whole", "read_body", "whole_body"]

_MUCH_MORE = 1.5  # times as long as what was found
_SHORT = 150  # words, below which a text may be no more than an introduction
_EXTENDED = 0.9  # share of a text that another holds when it is the same in full
_PART = 0.8  # share of words that makes one text a part of another
_ALIKE = 0.5  # share of words in common below which two texts are not of the same story
_AROUND = 3  # steps up to what holds introduction and body
_LONG = 300  # words of a text that is certainly one


class Body(NamedTuple):
    """The text of a page.

    Attributes:
        paragraphs: Its paragraphs; none when the page has no text.
        extractor: Which path won, with its version.
        quality: How sure it is that this is the whole body and nothing else, 0 to 1.
    """

    paragraphs: list[str]
    extractor: str
    quality: float


def read_body(
    tree: HtmlElement,
    meta: PageMetadata,
    url: str | None,
    listed: Callable[[], list[str]],
    authors: Sequence[str],
) -> Body:
    """Read the text of a page.

    Args:
        tree: The parsed page; what is no text of an article is taken out of it.
        meta: What the page says about itself.
        url: The page's address, if it is one of the web.
        listed: Gives the paragraphs that the listing has of the article.
        authors: Their names, where known.
    """
    prune(tree)
    witness = " ".join(meta.body)
    found, path = certain_paragraphs(tree, url), "main"
    if not found or _differs(witness, found):
        wide = main_paragraphs(tree, MAIN, url)
        # the whole page in one piece, for want of anything better
        if len(wide) == 1 and _words(wide) >= _SHORT and (more := main_paragraphs(tree, THOROUGH, url)):
            wide, path = more, "thorough"
        enough = round(_MUCH_MORE * sum(map(len, wide)))
        if mark_paragraphs(tree, enough) and (marked := certain_paragraphs(tree, url)):
            wide, path = marked, "main"
        found = brief_body(tree, wide)
        if found is not wide:
            path = "frame"
    if path == "main" and _words(found) < _SHORT:
        more = main_paragraphs(tree, THOROUGH, url)
        if _extends(found, more):
            found, path = more, "thorough"
        elif _continues(tree, found, more):
            found, path = [*found, *more], "thorough"
    lines = locate(tree, found)
    if others := other_stories(tree, lines):
        for story in others:
            story.drop_tree()
        return read_body(tree, meta, url, listed, authors)
    headings = list(tree.iter("h1"))
    headline = headings[0] if len(headings) == 1 else None
    kept = without_last_words(body_lines(before_the_end(lines), headline), authors) if lines else []
    kept = ending_where(kept, meta.body)
    if _holds_much_more(witness, kept):
        return whole_body(meta.body, "json-ld")
    if _holds_much_more(" ".join(said := listed()), kept):
        return whole_body(said, "feed")
    if not kept:
        return Body([], EXTRACTOR, 0.0)
    spared = sum(len(line.text) for line in kept) / max(1, sum(map(len, found)))
    kept = with_standfirst(tree, with_subheads(tree, with_passed_over(kept)), meta.summaries)
    text = [line.text for line in kept]
    return Body(text, f"{EXTRACTOR} {path}", _quality(text, spared, _agreement(witness, text)))


def is_whole(said: list[str]) -> bool:
    """Whether what a witness has is long enough for an article."""
    return _words(said) >= _SHORT


def whole_body(paragraphs: list[str], witness: str) -> Body:
    """A text that a witness has, where the page shows less."""
    return Body(paragraphs, witness, _quality(paragraphs, 1.0, None))


def _extends(found: list[str], more: list[str]) -> bool:
    """Whether `more` is the same text in full: it holds what was found, in whatever paragraphs, and much besides."""
    whole = "".join("".join(more).split())
    held = _words([line for line in found if "".join(line.split()) in whole])
    return held >= _EXTENDED * _words(found) and _words(more) >= _MUCH_MORE * _words(found)


def _continues(tree: HtmlElement, found: list[str], more: list[str]) -> bool:
    """Whether `more` is the body below the introduction that was found: a run of paragraphs, near behind it."""
    if _words(more) < _LONG or _words(more) < _MUCH_MORE * _words(found):
        return False
    lines = locate(tree, more)
    lead, body = holder(locate(tree, found)), holder(lines)
    if lead is None or body is None:
        return False
    in_body = (len(line.text) for line in lines if line.element is not None and line.element.getparent() is body)
    if sum(in_body) < _PART * sum(map(len, more)):
        return False
    above = {body, *islice(body.iterancestors(), _AROUND)}
    first = next((e for e in (lead, *islice(lead.iterancestors(), _AROUND)) if e.getparent() in above), None)
    return first is not None and body not in first.iter() and any(body in e.iter() for e in first.itersiblings())


def _words(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _differs(witness: str, text: list[str]) -> bool:
    """Whether the witness is not about what was found; that it has the longest paragraph tells most often."""
    if max(text, key=len) in witness:
        return False
    agreement = _agreement(witness, text)
    return agreement is not None and agreement < _ALIKE


def _holds_much_more(witness: str, lines: list[Line]) -> bool:
    """Whether what was found is but a small part of the article, or of something else."""
    size = sum(len(line.text) for line in lines)
    if len(witness) <= _MUCH_MORE * size or len(witness.split()) < _SHORT:
        return False
    found, said = {w for line in lines for w in line.text.split()}, set(witness.split())
    return len(found & said) >= _PART * len(found)


def _agreement(witness: str, text: list[str]) -> float | None:
    """Share of words that text and witness have in common; None when the witness says little."""
    words = witness.split()
    if len(words) < _LONG / 3:
        return None
    said, found = set(words), set(" ".join(text).split())
    return 2 * len(said & found) / (len(said) + len(found))


def _quality(text: list[str], spared: float, agreement: float | None) -> float:
    """Mean of what speaks for a text: its length, how little furniture was in it, what the page's own data holds."""
    evidence = [1 - math.exp(-3 * _words(text) / _LONG), spared, *([] if agreement is None else [agreement])]
    return round(sum(evidence) / len(evidence), 2)
