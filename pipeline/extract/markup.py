"""Hostile XML in, plain elements and paragraphs out: what the wire formats share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree, html

from pipeline.article import Reason
from pipeline.extract.failure import Unextractable
from pipeline.extract.wrapped import LONGEST, is_indented, joined, whole_words
from pipeline.references import mended

__all__ = [
    "Element",
    "body_paragraphs",
    "first",
    "html_paragraphs",
    "own_text",
    "paragraphs",
    "parse_xml",
    "plain_paragraphs",
    "tag",
]

Element: TypeAlias = etree._Element

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BLOCKS = frozenset((
    "p", "div", "section", "article", "block", "body", "body.content", "h1", "h2", "h3", "h4", "h5", "h6", "hl1",
    "hl2", "hl3", "hl4", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "bq", "pre", "table", "thead", "tbody",
    "tr", "caption", "main", "address", "citat", "ingress", "brodtext", "text", "rubrik", "br", "hr", "center",
    "note",
    "head", "list", "item", "quote", "row", "lb", "code",  # these are TEI, which trafilatura gives
))  # fmt: skip
_NOT_TEXT = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "media",
        "media-reference",
        "media-caption",
        "media-producer",
        "media-metadata",
        "figure",
        "figcaption",
        "iframe",
        "object",
        "img",
        "svg",
        "form",
        "button",
        "template",
        "noscript",
        "byline",
        "dateline",
        "hedline",
        "abstract",
        "tagline",
        "body.head",
        "body.end",
    ]
)
_CELLS = frozenset(("td", "th", "cell"))


def parse_xml(text: str) -> Element:
    """Root of a document; no network, no DTD, no entity but the five of XML, depth and size as libxml2 limits them.

    Raises:
        Unextractable: UNSAFE when entities are declared; TOO_COMPLEX beyond libxml2's limits; MALFORMED.
    """
    if "<!ENTITY" in text and "<!DOCTYPE" in text:
        raise Unextractable(Reason.UNSAFE, "the document declares entities")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        plain = mended(_DECLARATION.sub("", text.lstrip("\ufeff"), count=1)).strip()
        return etree.fromstring(plain.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as e:
        limit = re.search(r"huge|depth|amplification|too (?:long|big|large)", str(e), re.IGNORECASE)
        raise Unextractable(Reason.TOO_COMPLEX if limit else Reason.MALFORMED, f"XML: {e.msg}") from e


def tag(element: Element) -> str:
    """Name without namespace; empty for anything that is no element (an unresolved entity)."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def first(element: Element | None, *path: str) -> Element | None:
    """The first descendant along the local names of `path`, in any namespace."""
    for name in path:
        element = next(element.iter(f"{{*}}{name}"), None) if element is not None else None
    return element


def own_text(element: Element | None, skip: frozenset[str] = frozenset()) -> str | None:
    """All text of an element as one line, without what is inside `skip`; None when there is none."""
    if element is None:
        return None
    return " ".join("".join(_strings(element, skip)).split()) or None


def _strings(element: Element, skip: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = tag(child).lower()
        if name and name not in skip:
            if name in _BLOCKS:
                yield " "
            yield from _strings(child, skip)
        yield child.tail or ""


def paragraphs(element: Element, skip: frozenset[str] = _NOT_TEXT) -> list[str]:
    """The text of NITF, XHTML, TEI or alike as paragraphs: one for each block, a table row is one line.

    Elements named in `skip` are left out with all that is in them.
    """
    done: list[str] = []
    open_: list[str] = []

    def close() -> None:
        if line := " ".join("".join(open_).split()):
            done.append(line)
        open_.clear()

    def walk(node: Element) -> None:
        name = tag(node).lower()
        if name == "pre":
            close()
            done.extend(plain_paragraphs("".join(str(t) for t in node.itertext())))
            return
        if name in _BLOCKS:
            close()
        open_.append(node.text or "")
        for child in node:
            if tag(child) and tag(child).lower() not in skip:
                walk(child)
            open_.append(child.tail or "")
        if name in _CELLS:
            open_.append(" ")
        if name in _BLOCKS:
            close()

    walk(element)
    close()
    return done


def body_paragraphs(body: Element) -> list[str]:
    """Paragraphs of an element that holds a text in its markup; of one without elements, in markup that was escaped."""
    return paragraphs(body) if len(body) else plain_paragraphs(body.text or "")


def html_paragraphs(markup: str) -> list[str]:
    """Paragraphs of an HTML fragment."""
    if not markup.strip():
        return []
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return paragraphs(
            html.fragment_fromstring(markup.encode("utf-8", "replace"), create_parent="div", parser=parser)
        )
    except (etree.LxmlError, ValueError):
        return []


def plain_paragraphs(text: str) -> list[str]:
    """Paragraphs of plain text: at blank lines and indented lines; wrapped lines are joined, long ones stand alone."""
    if re.search(r"<(?:p|div|br)\b[^>]*>", text[:2000], re.IGNORECASE):  # markup that claims to be text
        return html_paragraphs(text)
    found: list[list[str]] = []
    for block in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [line for line in block.split("\n") if line.strip()]
        apart = any(len(line) > LONGEST for line in lines)
        for n, line in enumerate(lines):
            if n and not apart and not is_indented(line):
                found[-1].append(line)
            else:
                found.append([line])
    words = whole_words(text)
    return [joined(lines, words) for lines in found]
