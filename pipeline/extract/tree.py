"""The tree of a page: parsed once, bounded, and freed from what holds no text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline.article import Reason
from pipeline.extract.failure import Unextractable
from pipeline.references import without_controls

__all__ = ["parse", "strip"]

_MAX_BYTES = 20_000_000
_MAX_TAGS = 150_000  # start and end tags; the largest real news pages have a fifth of it
_MAX_ATTRIBUTES = 20_000  # of one element; the time that the parser takes grows with their square
# Nothing is tried twice for long. (Groups that are possessive themselves match wrongly before Python 3.11.5.)
_MANY_ATTRIBUTES = re.compile(
    rb"""<[A-Za-z][^\s/>]*+
        (?:[\s/]*+[^\s=>/"']++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']++))?){%d}"""
    % _MAX_ATTRIBUTES,
    re.VERBOSE,
)
_PROLOG_BYTES = 10_000  # in which the document type stands
_BEYOND = re.compile(rb"\xef\xbf[\xbe\xbf]")  # U+FFFE and U+FFFF, which XML does not know
_DOCTYPE = re.compile(r"\s*(?:<\?xml[^>]*\?>)?\s*(?:<!doctype[^>]*>)?", re.IGNORECASE)
_PIECE = 1 << 17  # bytes counted at a time
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])  # that XML does not know
_NEVER = (  # trafilatura takes these out, too, but of every copy of the tree that it makes
    "script", "style", "svg", "nav", "footer", "aside", "noscript", "iframe", "select", "object", "video", "audio",
    "canvas", "picture", "menu",
)  # fmt: skip
_BESIDE = ("aside", "footer", "nav")  # but there are templates that put headline and text into one
_META_CHARS = 2_000  # of what one meta element says; keywords of real pages have no more
_METAS_CHARS = 100_000  # of what all of them say
_BREAKS = ("br", "hr")
_PARTING = ("div", "p")  # even empty, they stand between words


def parse(markup: bytes, max_depth: int) -> HtmlElement:
    """A tree that is safe to copy and to walk: size, number of tags, depth and what meta elements say are bounded.

    libxml2 copies trees by recursion in C, and its parser drops what is nested deeper than its own limit; so depth is
    checked on the parsed tree, level by level, before anything else touches it.

    Args:
        markup: HTML in UTF-8.
        max_depth: Of elements within each other.

    Raises:
        Unextractable: TOO_COMPLEX (size, number of tags or attributes, nesting); NO_TEXT.
    """
    if len(markup) > _MAX_BYTES:
        raise Unextractable(Reason.TOO_COMPLEX, f"{len(markup)} bytes of markup, more than {_MAX_BYTES}")
    counted = _counted(markup)
    if counted.tags > _MAX_TAGS:
        raise Unextractable(Reason.TOO_COMPLEX, f"{counted.tags} tags, more than {_MAX_TAGS}")
    if any(_MANY_ATTRIBUTES.match(markup, at) for at in _long_tags(markup)) or (
        counted.equals > _MAX_ATTRIBUTES and _MANY_ATTRIBUTES.search(markup)
    ):
        raise Unextractable(Reason.TOO_COMPLEX, f"an element with more than {_MAX_ATTRIBUTES} attributes")
    if counted.beyond:
        markup = _BEYOND.sub(b"", markup)
    if counted.controls:
        markup = markup.translate(None, _CONTROLS)
    markup = without_controls(markup)
    start = _DOCTYPE.match(markup[:_PROLOG_BYTES].decode("utf-8", "ignore"))
    content: Any = memoryview(markup)[len(start[0].encode()) if start else 0 :]  # the stubs do not know that it will do
    try:
        tree = document_fromstring(content, parser=_parser())
    except (etree.LxmlError, ValueError, AssertionError) as e:
        raise Unextractable(Reason.NO_TEXT, f"no HTML elements: {e}") from e
    if _deeper(max_depth)(tree):
        raise Unextractable(Reason.TOO_COMPLEX, f"elements nested deeper than {max_depth}")
    _shorten_metas(tree)
    return tree


def strip(tree: HtmlElement) -> None:
    """Take out what is never text, and what holds none: most of a page, and the tree is copied and walked many times.

    JSON-LD stays: it may have to be asked for the text again.
    """
    headings = list(tree.iter("h1"))
    for element in headings[0].iterancestors(*_BESIDE) if len(headings) == 1 else ():
        if 2 * _prose(element) > _prose(tree):
            element.tag = "div"
    data = [e for e in tree.iter("script") if "ld+json" in (e.get("type") or "").lower()]
    for script in data:
        script.tag = "data"
    etree.strip_elements(tree, *_NEVER, with_tail=False)
    for script in data:
        script.tag = "script"
    elements = list(tree.iter())
    held = {tree}
    for element in reversed(elements):
        if element in held:
            held.add(element.getparent())
        elif element.tag in _BREAKS or ((text := element.text) and not text.isspace()):
            held.add(element)
            held.add(element.getparent())
        elif (tail := element.tail) and not tail.isspace():
            held.add(element.getparent())
    for element in elements:
        if element not in held and element.getparent() in held:
            if element.tag in _PARTING or element.text or len(element):  # white space in it parts words
                element.tail = f" {element.tail or ''}"
            element.drop_tree()


def _prose(element: HtmlElement) -> int:
    return sum(len(p.text_content()) for p in element.iter("p"))


def _shorten_metas(tree: HtmlElement) -> None:
    """Cut what the meta elements say: trafilatura's patterns take time that grows with the square of it."""
    left = _METAS_CHARS
    for element in tree.iter("meta"):
        said = len(element.get("content") or "")
        room = min(_META_CHARS, left)
        if said > room:
            element.set("content", element.get("content", "")[:room])
        left -= min(said, room)


class _Counted(NamedTuple):
    """Signs in a page: those that begin tags and give values to attributes, controls, and bytes that may begin one
    of the characters that XML does not know."""

    tags: int
    equals: int
    controls: int
    beyond: int


def _counted(markup: bytes) -> _Counted:
    """Piece by piece: what a page takes as a whole drives all else out of the processor's cache."""
    octets = np.frombuffer(markup, np.uint8)
    counts = np.zeros(4, np.int64)
    for at in range(0, len(octets), _PIECE):
        piece = octets[at : at + _PIECE]
        control = (piece < 9) | (piece - 14 < 18) | (piece - 11 < 2)  # without a sign: what is below wraps around
        counts += [np.count_nonzero(sign) for sign in (piece == ord("<"), piece == ord("="), control, piece == 0xEF)]
    return _Counted(*counts.tolist())


def _long_tags(markup: bytes) -> Iterator[int]:
    """Where the tags begin that are long enough for too many attributes: a piece of the markup is within each."""
    within = True
    for piece in range(0, len(markup), _MAX_ATTRIBUTES):
        was_within, within = within, markup.find(b"<", piece, piece + _MAX_ATTRIBUTES) < 0
        if within and not was_within:
            yield markup.rfind(b"<", 0, piece)


def _parser() -> HTMLParser:
    parser = HTMLParser(  # type: ignore[call-arg]  # the stubs do not know default_doctype
        encoding="utf-8",
        huge_tree=True,
        no_network=True,
        collect_ids=False,
        default_doctype=False,
        remove_comments=True,
        remove_pis=True,
    )
    # lxml's own choice, a class for each tag, calls back into Python whenever an element is touched
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


@cache
def _deeper(depth: int) -> etree.XPath:
    """Whether anything is nested deeper than `depth`, one step for each level."""
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")
