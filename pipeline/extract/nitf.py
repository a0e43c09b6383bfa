"""NITF documents (IPTC News Industry Text Format 3.x)."""

from __future__ import annotations

from pipeline.article import Article, Capture, Clock
from pipeline.extract.bylines import agency_in, author_names
from pipeline.extract.locator import normalise
from pipeline.extract.markup import Element, body_paragraphs, first, own_text, parse_xml
from pipeline.extract.newsml_g2 import PUB_STATUS
from pipeline.moment import read_moment

__all__ = ["read_nitf"]

_TITLES = frozenset(("byttl",))


def read_nitf(text: str, capture: Capture) -> Article:
    """An article from a document whose root is ``nitf``.

    Raises:
        Unextractable: Not well-formed, or unsafe.
    """
    root = parse_xml(text)
    head, docdata, top = first(root, "head"), first(root, "docdata"), first(root, "body.head")
    issued = read_moment(_get(first(docdata, "date.issue"), "norm")) or read_moment(
        _get(first(docdata, "date.release"), "norm")
    )
    guid = _get(first(docdata, "doc-id"), "id-string") or None
    body = first(root, "body.content")
    distributor = own_text(first(top, "distributor"))
    holder = _get(first(docdata, "doc.copyright"), "holder")
    slug = own_text(first(top, "slugline")) or _get(first(docdata, "fixture"), "fix-id")
    return Article(
        item=capture.item,
        locator=guid or normalise(capture.url),
        url=capture.url,
        title=own_text(first(top, "hl1"))
        or own_text(first(top, "hedline"))
        or own_text(first(head, "title"))
        or slug
        or "",
        text="\n\n".join(body_paragraphs(body)) if body is not None else "",
        media="nitf",
        extractor="nitf",
        published_at=issued.at if issued else None,
        clock=Clock.WIRE if issued else Clock.SEEN,
        guid=guid,
        publisher=distributor or holder or _get(first(docdata, "doc-id"), "regsrc"),
        authors=author_names([own_text(first(top, "byline"), _TITLES)]),
        credit=agency_in(distributor) or agency_in(own_text(first(top, "byttl"))) or agency_in(holder),
        dateline=own_text(first(top, "dateline", "location")) or own_text(first(top, "dateline")),
        slug=slug,
        section=_get(first(head, "tobject"), "tobject.type"),
        tags=_tags(head),
        language=_get(root, "{http://www.w3.org/XML/1998/namespace}lang"),
        status=PUB_STATUS.get((_get(docdata, "management-status") or "usable").lower(), "usable"),
        raw=capture.raw,
    )


def _tags(head: Element | None) -> tuple[str, ...]:
    if head is None:
        return ()
    subjects = (
        e.get("tobject.subject.matter") or e.get("tobject.subject.type") for e in head.iter("{*}tobject.subject")
    )
    keywords = (e.get("key") for e in head.iter("{*}keyword"))
    return tuple(dict.fromkeys(" ".join(t.split()) for t in (*subjects, *keywords) if t and t.strip()))


def _get(element: Element | None, name: str) -> str | None:
    return (element.get(name) or "").strip() or None if element is not None else None
