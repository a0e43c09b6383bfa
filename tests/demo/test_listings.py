"""Feeds and sitemaps, read back by independent parsers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import feedparser
import httpx2
import pytest
from lxml import etree
from protego import Protego

from pipeline.config import load_config
from pipeline.demo.content import Site
from pipeline.demo.server import DemoServer
from pipeline.resources import resource_dir

Get = Callable[..., httpx2.Response]

FEEDS = [s.name for s in load_config(resource_dir("data") / "sources.toml").source if s.kind == "feed"]
SITEMAP = {
    "sm": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}


def expected_urls(site: Site) -> set[str]:
    odd = {s.link or site.url(s.path or "") for s in site.special if s.listed}
    return {site.url(p.path) for p in site.pieces} | odd


@pytest.mark.parametrize("slug", FEEDS)
def test_a_feed_lists_every_item_newest_first(slug: str, sites: dict[str, Site], get: Get) -> None:
    site = sites[slug]
    feed = feedparser.parse(get(site.host, site.feed_path).content)
    assert not feed.bozo
    assert feed.version == ("atom10" if site.feed == "atom" else "rss20")
    # feedparser drops a slash of file:///
    assert {e.link.replace("file://etc", "file:///etc") for e in feed.entries} == expected_urls(site)
    assert len({e.id for e in feed.entries}) == len(feed.entries)
    times = [e.published_parsed for e in feed.entries]
    assert times == sorted(times, reverse=True)
    by_url = {e.link: e for e in feed.entries}
    for piece in site.pieces:
        entry = by_url[site.url(piece.path)]
        assert entry.title == piece.headline
        assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == piece.published


def test_full_text_feed(sites: dict[str, Site], get: Get) -> None:
    site = sites["midland-briefing"]
    feed = feedparser.parse(get(site.host, site.feed_path).content, sanitize_html=False)
    texts = {e.link: etree.HTML(e.content[0].value) for e in feed.entries}
    for piece in site.pieces:
        assert tuple("".join(p.itertext()) for p in texts[site.url(piece.path)].iter("p")) == piece.paragraphs


def test_sitemap_index_leads_to_every_item(sites: dict[str, Site], get: Get) -> None:
    site = sites["cape-observer"]
    index = etree.fromstring(get(site.host, site.feed_path).content)
    found: dict[str, str] = {}
    for loc in index.xpath("//sm:loc/text()", namespaces=SITEMAP):
        urls = etree.fromstring(get(site.host, urlsplit(loc).path).content).xpath("//sm:url", namespaces=SITEMAP)
        found |= {u.findtext("sm:loc", None, SITEMAP): u.findtext(".//news:title", None, SITEMAP) for u in urls}
    assert set(found) == expected_urls(site)
    assert all(found[site.url(p.path)] == p.headline for p in site.pieces)


def test_robots_txt(sites: dict[str, Site], get: Get) -> None:
    rules = {slug: Protego.parse(get(site.host, "/robots.txt").text) for slug, site in sites.items()}
    forbidden = sites["northgate-times"].url("/subscriber-only/2018/09/16/letter-from-the-fens")
    assert not rules["northgate-times"].can_fetch(forbidden, "x")
    assert all(rules[s.slug].can_fetch(s.url(p.path), "x") for s in sites.values() for p in s.pieces)
    assert rules["pacific-ledger"].crawl_delay("x") == 0.2
    assert list(rules["cape-observer"].sitemaps) == [sites["cape-observer"].url("/sitemap.xml")]


def test_sources_toml_leads_to_every_outlet(
    sites: dict[str, Site], server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREFOLD_DEMO_PORT", str(server.port))
    config = load_config(resource_dir("data") / "sources.toml")
    assert config.fetch.hosts == {"*.example": f"127.0.0.1:{server.port}"}
    assert config.source[0].name == "peninsula-newswire"
    assert config.source[0].path == (resource_dir("data") / "agency").resolve()
    assert {s.name: s.url for s in config.source[1:]} == {s.slug: s.url(s.feed_path) for s in sites.values()}


def test_markup_characters_are_escaped(sites: dict[str, Site], get: Get) -> None:
    """Bare ampersands and angle brackets never reach a feed, whatever the headlines hold."""
    for site in sites.values():
        assert not re.search(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)", get(site.host, site.feed_path).content)
