"""The main content of a page, by trafilatura, in a tree that is parsed once and shared.

`trafilatura.bare_extraction` reads the metadata too, which costs as much again and which we read ourselves, and renders
the text a second time. Only its cascade of extractors is used; on most pages, only the first of them: the others are
for pages on which it found little.
"""

from __future__ import annotations

from copy import copy

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import core, main_extractor, xpaths
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.settings import MIN_DUPLICATE_LENGTH, Extractor

from pipeline.extract import selectors
from pipeline.extract.markup import paragraphs

__all__ = ["CERTAIN", "EXTRACTOR", "MAIN", "THOROUGH", "certain_paragraphs", "main_paragraphs"]

EXTRACTOR = f"trafilatura {trafilatura.__version__}"

selectors.install()
_UNWANTED = selectors.any_of([*xpaths.RAW_TREE_PRUNE_XPATH, *xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH])


def _options(*, fast: bool = True, precision: bool = False, min_size: int | None = None) -> Extractor:
    # never its deduplication: that is state of the process, and a page's text would depend on the pages before it
    options = Extractor(output_format="python", fast=fast, comments=False, precision=precision)
    if min_size is not None:
        options.min_extracted_size = min_size
    return options


MAIN = _options()
"""Balanced; below `MIN_EXTRACTED_SIZE` characters it looks beyond the main content."""

CERTAIN = _options(precision=True, min_size=1)
"""The main content only, however short: in balance, a retry in recall mode would widen the search."""

THOROUGH = _options(fast=False)
"""As `MAIN`, and compared with readability and jusText: they find the body on pages whose markup says nothing."""


def main_paragraphs(tree: HtmlElement, options: Extractor, url: str | None = None) -> list[str]:
    """Paragraphs of the main content, by trafilatura's cascade; none if there is none.

    Args:
        tree: The parsed page; not changed.
        options: `MAIN`, `CERTAIN` or `THOROUGH`.
        url: The page's address, if it is one of the web.
    """
    try:
        body, text, _, _ = core.trafilatura_sequence(copy(tree), options, url)
    except (TypeError, ValueError, etree.LxmlError):  # what it gives up on itself
        return []
    return paragraphs(body, skip=frozenset()) if len(text) >= options.min_output_size else []


def certain_paragraphs(tree: HtmlElement, url: str | None = None) -> list[str]:
    """What `MAIN` finds, if its first extractor finds enough for the others not to be asked; else none.

    The steps are those of `trafilatura.core.trafilatura_sequence` without the copies for later ones.
    """
    try:
        page = copy(tree)
        _held = list(page.iter())  # else lxml makes their objects anew for each of what follows
        if _UNWANTED(page):
            page = prune_unwanted_nodes(page, xpaths.RAW_TREE_PRUNE_XPATH)
            if not core._forum_thread_page(page):
                page = prune_unwanted_nodes(page, xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH)
        body, text, _ = main_extractor._extract(convert_tags(tree_cleaning(page, MAIN), MAIN, url), MAIN)
        if len(text) < MAIN.min_extracted_size or (
            len(text) < core.ESCALATION_MAX_LENGTH and len(text) < core.ESCALATION_PAGE_SHARE * _size(tree)
        ):
            return []
    except (TypeError, ValueError, etree.LxmlError):
        return []
    etree.strip_elements(body, "done")
    etree.strip_tags(body, "div")
    found = paragraphs(body, skip=frozenset())
    return [p for n, p in enumerate(found) if n == 0 or p != found[n - 1] or len(p) <= MIN_DUPLICATE_LENGTH]


def _size(page: HtmlElement) -> int:
    """Characters of the page's text: no fewer than `trafilatura.html2txt` has, which puts a blank between elements."""
    data = sum(len(" ".join((e.text or "").split())) for e in page.iter("script"))
    return len(" ".join(page.text_content().split())) - data + sum(1 for _ in page.iter())
