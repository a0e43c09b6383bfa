"""Sitemaps (sitemaps.org protocol 0.9) with the news extension, and sitemap indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from pipeline.fetch.decode import collect
from pipeline.fetch.failure import Failure
from pipeline.sources.listing import Entry, MalformedListing, mended_xml, time_in

__all__ = ["Sitemap", "parse_sitemap"]

_MAX_ENTRIES = 50_000  # of one file, by the protocol
_GZIP = b"\x1f\x8b"
_LINK = (b"http://", b"https://")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one file lists: pages, or further sitemaps with the time of their last change."""

    pages: tuple[Entry, ...] = ()
    children: tuple[tuple[str, datetime | None], ...] = ()


def parse_sitemap(body: bytes, max_bytes: int) -> Sitemap:
    """Read a ``urlset`` or a ``sitemapindex``, gzipped or not; namespaces are not insisted on.

    Raises:
        UnsafeListing: It declares XML entities.
        MalformedListing: It is neither, or not a single entry of it can be read.
    """
    if body.startswith(_GZIP):
        try:
            body = collect((body,), "gzip", max_bytes)
        except Failure as e:
            raise MalformedListing(f"cannot be unpacked: {e}") from e
    if body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_LINK):  # the protocol's plain form: one address per line
        lines = body.decode("utf-8-sig", "replace").split()
        return Sitemap(pages=tuple(Entry(line) for line in lines[:_MAX_ENTRIES]))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(mended_xml(body).lstrip(), parser)
        kind = _name(root) if root is not None else ""
    except (etree.XMLSyntaxError, ValueError) as e:
        raise MalformedListing(f"is no XML: {e}") from e
    if kind == "sitemapindex":
        return Sitemap(children=tuple((e.url, e.published_at) for e in _entries(root, "sitemap") if e.url))
    if kind == "urlset":
        return Sitemap(pages=tuple(_entries(root, "url")))
    raise MalformedListing(f"is no sitemap: its root is <{kind[:40]}>" if kind else "is no XML")


def _entries(root: etree._Element, tag: str) -> Iterator[Entry]:
    count = 0
    for element in root:
        fields = _fields(element) if _name(element) == tag else {}
        if "loc" in fields:
            published = time_in(fields.get("publication_date")) or time_in(fields.get("lastmod"))
            yield Entry(fields["loc"], title=fields.get("title"), published_at=published)
            count += 1
        if count >= _MAX_ENTRIES:
            return


def _fields(element: etree._Element) -> dict[str, str]:
    """What its children say, and below them the news extension's: image and video entries have titles of their own."""
    fields: dict[str, str] = {}
    for child in [*element, *(c for part in element if _name(part) == "news" for c in part)]:
        if isinstance(child.tag, str) and child.text and child.text.strip():
            fields.setdefault(_name(child), child.text.strip())
    return fields


def _name(element: etree._Element) -> str:
    """Name without namespace, or prefix that is not declared; not by `etree.QName`, which refuses what may be there."""
    return re.split("[}:]", element.tag)[-1] if isinstance(element.tag, str) else ""
