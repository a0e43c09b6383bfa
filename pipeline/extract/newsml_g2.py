"""NewsML-G2 news items (IPTC NewsML-G2 2.x): one text item, alone or in a news message.

Names are matched without their namespace, for agencies write it in several ways. Metadata: guide.iptc.org, chapters
"Quick Start: NewsML-G2 Basics" (itemMeta, contentMeta, contentSet) and "News Messages".
"""

from __future__ import annotations

from pipeline.article import Article, Capture, Clock, Reason
from pipeline.extract.bylines import agency_in, author_names
from pipeline.extract.failure import Unextractable
from pipeline.extract.locator import host_of, normalise
from pipeline.extract.markup import Element, body_paragraphs, first, own_text, parse_xml, plain_paragraphs, tag
from pipeline.moment import read_moment

__all__ = ["PUB_STATUS", "read_newsml_g2"]

PUB_STATUS = {
    "usable": "usable",
    "withheld": "withheld",
    "embargoed": "withheld",
    "canceled": "canceled",
    "cancelled": "canceled",
}
_OTHER_ITEMS = {
    "packageItem": "package",
    "conceptItem": "concept or event",
    "knowledgeItem": "knowledge item",
    "planningItem": "planning item",
    "catalogItem": "catalogue",
}


def read_newsml_g2(text: str, capture: Capture) -> Article:
    """The text item of a NewsML-G2 document.

    ``published_at`` is versionCreated, the time of this version (`Clock.WIRE`).

    Raises:
        Unextractable: Not well-formed, unsafe, or no text item: a picture, a package, an event, a planning item …
    """
    root = parse_xml(text)
    item = root if tag(root) == "newsItem" else _text_item(root)
    meta, content = first(item, "itemMeta"), first(item, "contentMeta")
    nature = _code(first(meta, "itemClass"))
    if nature not in (None, "text", "composite"):
        raise Unextractable(Reason.UNSUPPORTED, f"a NewsML-G2 {nature} item")
    moment = next((m for e in _times(meta, content, root) if (m := read_moment(own_text(e)))), None)
    modified = read_moment(own_text(first(content, "contentModified")))
    headlines = [*_all(content, "headline"), *_all(meta, "title"), first(item, "body.head", "hl1")]
    slug = own_text(first(content, "slugline"))
    by = own_text(first(content, "by")) or own_text(first(item, "body.head", "byline"), frozenset(("byttl",)))
    creators = [own_text(first(e, "name")) for e in _all(content, "creator") if _code(e, "type") == "person"]
    credit = own_text(first(content, "creditline"))
    guid = item.get("guid")
    version = item.get("version") or ""
    return Article(
        item=capture.item,
        locator=guid or normalise(capture.url),
        url=capture.url,
        title=next((t for e in headlines if (t := own_text(e))), None) or slug or "",
        text="\n\n".join(_body(item)),
        media="newsml-g2",
        extractor="newsml-g2",
        published_at=moment.at if moment else None,
        clock=Clock.WIRE if moment else Clock.SEEN,
        modified_at=modified.at if modified else None,
        guid=guid,
        publisher=_named(first(meta, "provider")),
        authors=author_names([by, *creators]),
        credit=(agency_in(credit) or credit or "").strip(" -\u2013\u2014/") or None,
        dateline=own_text(first(content, "dateline")) or own_text(first(item, "body.head", "dateline")),
        slug=slug,
        section=_section(content),
        tags=tuple(dict.fromkeys(n for e in _all(content, "subject") if (n := own_text(first(e, "name"))))),
        language=(
            _attribute(first(content, "language"), "tag") or item.get("{http://www.w3.org/XML/1998/namespace}lang")
        ),
        wire_version=int(version) if version.isdecimal() and len(version) < 10 else None,
        status=PUB_STATUS.get(_code(first(meta, "pubStatus")) or "", "usable"),
        raw=capture.raw,
    )


def _text_item(root: Element) -> Element:
    """The first text item of a message.

    A message that carries several texts is not known from any agency; the others would have to be items of their own
    in the source's listing.
    """
    items = list(root.iter("{*}newsItem"))
    texts = [i for i in items if _code(first(i, "itemMeta", "itemClass")) in (None, "text")]
    if texts or items:
        return (texts or items)[0]
    for element in root.iter():
        if tag(element) in _OTHER_ITEMS:
            raise Unextractable(Reason.UNSUPPORTED, f"a NewsML-G2 {_OTHER_ITEMS[tag(element)]}, not a text item")
    raise Unextractable(Reason.UNSUPPORTED, f"NewsML-G2 without a news item (<{tag(root)}>)")


def _times(meta: Element | None, content: Element | None, root: Element) -> list[Element | None]:
    return [
        first(meta, "versionCreated"),
        first(content, "contentModified"),
        first(content, "contentCreated"),
        first(meta, "firstCreated"),
        first(root, "header", "sent"),
    ]


def _body(item: Element) -> list[str]:
    """Paragraphs of the richest inline content: XML before plain data."""
    content = first(item, "contentSet")
    if content is None:
        return []
    for inline in content.iter("{*}inlineXML"):
        body = first(inline, "body.content")
        if body is None:
            body = next((e for e in inline.iter("{*}body", "{*}BODY")), inline)
        if found := body_paragraphs(body):
            return found
    for inline in content.iter("{*}inlineData"):
        kind = inline.get("contenttype") or "text/plain"
        if inline.get("encoding") is None and kind.startswith(("text/", "application/xhtml")):
            found = plain_paragraphs("".join(str(t) for t in inline.itertext()))
            if found:
                return found
    return []


def _section(content: Element | None) -> str | None:
    """A subject marked as the desk or department, where an agency has such a scheme."""
    for subject in _all(content, "subject"):
        scheme = (subject.get("qcode") or "").partition(":")[0].lower()
        if "department" in scheme or "category" in scheme:
            return own_text(first(subject, "name"))
    return None


def _all(element: Element | None, name: str) -> list[Element]:
    return list(element.iter(f"{{*}}{name}")) if element is not None else []


def _code(element: Element | None, attribute: str = "qcode") -> str | None:
    """The code of a ``scheme:code`` value, or the last part of a concept URI."""
    if element is None:
        return None
    value = element.get(attribute) or (element.get("uri") or "").rstrip("/").rpartition("/")[2]
    return value.rpartition(":")[2].lower() or None


def _attribute(element: Element | None, name: str) -> str | None:
    return element.get(name) if element is not None else None


def _named(element: Element | None) -> str | None:
    """Name of a party, as written, else its code; for a concept URI, the host that coined it."""
    if element is None:
        return None
    host = host_of(element.get("uri"))
    return own_text(first(element, "name")) or element.get("literal") or host or _code(element)
