"""Listings of an outlet: RSS 2.0, Atom (RFC 4287), news sitemaps and robots.txt (RFC 9309)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from itertools import groupby

from pipeline.demo.content import Piece, Site

__all__ = ["Entry", "atom", "entries", "robots_txt", "rss", "sitemaps"]

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "sm": "http://www.sitemaps.org/schemas/sitemap/0.9",
}
for _prefix, _uri in _NAMESPACES.items():
    ET.register_namespace(_prefix, _uri)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing; `piece` is None for specials that are not printed from an item file."""

    url: str
    title: str
    published: datetime
    piece: Piece | None = None

    @property
    def updated(self) -> datetime:
        """Last change of what the entry points to."""
        return self.piece.updated if self.piece else self.published


def entries(site: Site) -> tuple[Entry, ...]:
    """Everything the site lists, newest first: its pieces and its listed specials."""
    found = [Entry(site.url(p.path), p.headline, p.published, p) for p in site.pieces]
    for special in site.special:
        url = special.link or (site.url(special.path) if special.path else None)
        if special.listed and url is not None:
            found.append(Entry(url, special.title, special.published, special.piece))
    return tuple(sorted(found, key=lambda e: (e.published, e.url), reverse=True))


def rss(site: Site, *, full_text: bool = False) -> bytes:
    """The site's RSS 2.0 feed; with `full_text`, articles come whole in content:encoded."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _texts(
        channel,
        title=site.name,
        link=site.url("/"),
        description=site.tagline,
        language=site.language,
        lastBuildDate=_rfc822(site.updated),
        ttl="60",
    )
    self_link = {"href": site.url(site.feed_path), "rel": "self", "type": "application/rss+xml"}
    ET.SubElement(channel, _name("atom:link"), self_link)
    for entry in entries(site):
        item = ET.SubElement(channel, "item")
        _texts(item, title=entry.title, link=entry.url)
        ET.SubElement(item, "guid", isPermaLink="true").text = entry.url
        _texts(item, pubDate=_rfc822(entry.published))
        if piece := entry.piece:
            _texts(item, category=piece.section, description=piece.summary)
            if piece.byline:
                ET.SubElement(item, _name("dc:creator")).text = piece.byline
            if full_text:
                markup = "\n".join(f"<p>{escape(p, quote=False)}</p>" for p in piece.paragraphs)
                ET.SubElement(item, _name("content:encoded")).text = markup
    return _xml(root)


def atom(site: Site) -> bytes:
    """The site's Atom feed, with tag URIs (RFC 4151) as ids."""
    root = ET.Element(_name("atom:feed"), {"xml:lang": site.language})
    _texts(root, "atom:", id=site.url("/"), title=site.name, subtitle=site.tagline, updated=_iso(site.updated))
    ET.SubElement(root, _name("atom:link"), rel="self", href=site.url(site.feed_path))
    ET.SubElement(root, _name("atom:link"), rel="alternate", type="text/html", href=site.url("/"))
    for entry in entries(site):
        element = ET.SubElement(root, _name("atom:entry"))
        tag = f"tag:{site.host},{entry.published:%Y-%m-%d}:{entry.url.removeprefix(site.url('/'))}"
        _texts(element, "atom:", id=tag, title=entry.title)
        ET.SubElement(element, _name("atom:link"), rel="alternate", type="text/html", href=entry.url)
        _texts(element, "atom:", published=_iso(entry.published), updated=_iso(entry.updated))
        author = ET.SubElement(element, _name("atom:author"))
        _texts(author, "atom:", name=(entry.piece.byline if entry.piece else None) or site.name)
        if piece := entry.piece:
            if piece.language != site.language:
                element.set("xml:lang", piece.language)
            ET.SubElement(element, _name("atom:category"), term=piece.section)
            _texts(element, "atom:", summary=piece.summary)
    return _xml(root)


def sitemaps(site: Site) -> dict[str, bytes]:
    """Path to document: the sitemap index at `feed_path`, and one news sitemap per day, newest day first."""
    index = ET.Element(_name("sm:sitemapindex"))
    documents: dict[str, bytes] = {}
    for day, group in groupby(entries(site), key=lambda e: e.published.date()):
        listed = list(group)
        path = f"/sitemaps/news-{day}.xml"
        documents[path] = _xml(_news_sitemap(site, listed))
        child = ET.SubElement(index, _name("sm:sitemap"))
        _texts(child, "sm:", loc=site.url(path), lastmod=_iso(max(e.updated for e in listed)))
    return {site.feed_path: _xml(index)} | documents


def _news_sitemap(site: Site, listed: list[Entry]) -> ET.Element:
    root = ET.Element(_name("sm:urlset"))
    for entry in listed:
        url = ET.SubElement(root, _name("sm:url"))
        _texts(url, "sm:", loc=entry.url, lastmod=_iso(entry.updated))
        news = ET.SubElement(url, _name("news:news"))
        publication = ET.SubElement(news, _name("news:publication"))
        _texts(publication, "news:", name=site.name, language=site.language)
        _texts(news, "news:", publication_date=_iso(entry.published), title=entry.title)
    return root


def robots_txt(site: Site) -> bytes:
    """The site's robots.txt."""
    return "".join(f"{line}\n" for line in _robots_lines(site)).encode()


def _robots_lines(site: Site) -> Iterator[str]:
    yield "User-agent: *"
    yield from (f"Disallow: {path}" for path in site.disallow)
    if not site.disallow:
        yield "Allow: /"
    if site.crawl_delay is not None:
        yield f"Crawl-delay: {site.crawl_delay:g}"
    if site.feed == "sitemap":
        yield ""
        yield f"Sitemap: {site.url(site.feed_path)}"


def _name(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def _texts(parent: ET.Element, prefix: str = "", /, **texts: str) -> None:
    for tag, text in texts.items():
        ET.SubElement(parent, _name(prefix + tag) if prefix else tag).text = text


def _xml(root: ET.Element) -> bytes:
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
