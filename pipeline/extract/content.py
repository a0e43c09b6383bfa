"""The main content of a page, by trafilatura, in a tree that is parsed once and shared.

`trafilatura.bare_extraction` reads the metadata too, which costs as much again and which we read ourselves, and renders
the text a second time. Only its cascade of extractors is used.
"""

from __future__ import annotations

from copy import copy

import trafilatura
from lxml import etree
from lxml.html import HtmlElement
from trafilatura.core import trafilatura_sequence
from trafilatura.settings import Extractor

from pipeline.extract import selectors
from pipeline.extract.markup import paragraphs

__all__ = ["CERTAIN", "EXTRACTOR", "MAIN", "THOROUGH", "main_paragraphs"]

EXTRACTOR = f"trafilatura {trafilatura.__version__}"

selectors.install()


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
    """Paragraphs of the main content; none if there is none.

    Args:
        tree: The parsed page; not changed.
        options: `MAIN`, `CERTAIN` or `THOROUGH`.
        url: The page's address, if it is one of the web.
    """
    try:
        body, text, _, _ = trafilatura_sequence(copy(tree), options, url)
    except (TypeError, ValueError, etree.LxmlError):  # what it gives up on itself
        return []
    return paragraphs(body, skip=frozenset()) if len(text) >= options.min_output_size else []
