"""Feeds and sitemaps, honest and hostile."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.article import Item
from pipeline.config import Source
from pipeline.sources.feed import parse_feed
from pipeline.sources.listing import MalformedListing, UnsafeListing
from pipeline.sources.sitemap import parse_sitemap
from tests.corpora import CORPORA

BASE = "http://news.example/feeds/all.xml"
WHEN = datetime(2018, 9, 14, 1, 0, tzinfo=UTC)


def items(body: bytes, limit: int = 10_000) -> list[Item]:
    return parse_feed(body, BASE, Source(name="s", kind="feed", url=BASE, limit=limit))


def rss(*entries: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>c</title>{"".join(entries)}</channel></rss>'.encode()


def entry(n: int, date: str = "") -> str:
    return f"<item><title>t{n}</title><link>/a/{n}</link><guid>g{n}</guid><pubDate>{date}</pubDate></item>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            rss(entry(1, "Fri, 14 Sep 2018 10:00:00 +0900")),
            Item("s", 0, "http://news.example/a/1", "g1", "t1", WHEN),
        ),
        (
            (
                b'<feed xmlns="http://www.w3.org/2005/Atom"><title>c</title><entry><title>t &amp; u</title><id>tag:x,1</id>'
                b'<link href="../b?x=1&amp;y=2#top"/><updated>2018-09-14T01:00:00Z</updated></entry></feed>'
            ),
            Item("s", 0, "http://news.example/b?x=1&y=2", "tag:x,1", "t & u", WHEN),
        ),
        (
            (
                b'{"version": "https://jsonfeed.org/version/1.1", "title": "c", "items": [{"id": "7", "url": "/c", "title": "t",'
                b' "date_published": "2018-09-14T03:00:00+02:00"}]}'
            ),
            Item("s", 0, "http://news.example/c", "7", "t", WHEN),
        ),
        (
            rss(entry(1, "9999-12-31T23:59:59Z")),  # what a system writes that knows no time
            Item("s", 0, "http://news.example/a/1", "g1", "t1"),
        ),
        (
            rss(
                "<item><title>t &#55357;&#56832;&#xFFFF;&#65534;</title><link>/c&#xD83D;</link></item>"
            ),  # an emoji in two halves
            Item("s", 0, "http://news.example/c", "/c", "t"),
        ),
        (
            b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "7\\ud83d", "url": "/c\\ud83d"}]}',
            Item("s", 0, "http://news.example/c", "7", None),
        ),
        (
            rss("<item><title>t</title><guid>http://other.example/x</guid></item>"),
            Item("s", 0, "http://other.example/x", "http://other.example/x", "t"),
        ),
        (rss("<item><title>t</title><link>file:///etc/passwd</link></item>"), "file:///etc/passwd"),
        (rss("<item><title>t</title><link>javascript:alert(1)</link></item>"), "javascript:alert(1)"),
        (rss("<item><title>t</title><guid>no-address</guid></item>"), "no-address"),
        (rss("<item><title>a\x01b</title><link>/x</link></item>"), "http://news.example/x"),
        (rss("<item><title>t</title><link>/x?a=1&b=2&c</link></item>"), "http://news.example/x?a=1&b=2&c"),
        (
            rss("<item><title>A&B &lt;i>caf&eacute;&lt;/i> &amp;ndash; b</title><link>/x</link></item>"),
            Item("s", 0, "http://news.example/x", "/x", "A&B café \u2013 b"),
        ),
        (
            rss("<item><title><![CDATA[A & B &amp; C]]></title><link>/x</link></item>"),
            Item("s", 0, "http://news.example/x", "/x", "A & B & C"),
        ),
        *(
            (
                f'<?xml version="1.0"{label}?>'.encode()
                + rss("<item><title>\u201ct\xe9\u201d</title><link>/x</link></item>").decode().encode(encoding),
                Item("s", 0, "http://news.example/x", "/x", "\u201ct\xe9\u201d"),
            )
            for label, encoding in (
                (' encoding="iso-8859-1"', "cp1252"),  # as browsers read that label
                (' encoding="iso-8859-1"', "utf-8"),
                (' encoding="utf-8"', "cp1252"),
                ("", "cp1252"),
            )
        ),
        *(
            (
                f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>t</title>{other}<link href="/x"/></entry></feed>'.encode(),
                "http://news.example/x",
            )
            for other in ('<link rel="enclosure" href="/x.mp3"/>', '<link rel="self" href="/s"/>')
        ),
        (
            b'\xef\xbb\xbf{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 7, "external_url": "/x"}]}',
            Item("s", 0, "http://news.example/x", "7"),
        ),
    ],
)
def test_entry(body: bytes, expected: Item | str) -> None:
    (one,) = items(body)
    assert (one if isinstance(expected, Item) else one.url) == expected


@pytest.mark.parametrize(
    ("date", "hour"),
    [
        ("Fri, 14 Sep 2018 10:00:00 +09:00", 1),
        ("Fri, 14 Sep 2018 10:00:00 GMT+0900", 1),
        ("Fri Sep 14 10:00:00 KST 2018", 1),
        ("Fri, 14 Sep 2018 01:00:00 PM", 13),
        ("Sep 14, 2018 9:00 p.m. EDT", 25),
        ("09/14/2018 1:00 PM", 13),
        ("14. September 2018 13:00", 13),
        ("1536886800", 1),
        ("Fri, 14 Sep 2018 24:00:00 GMT", 24),
        ("Friday, 13:00", None),  # of which week?
    ],
)
def test_the_date_of_an_entry(date: str, hour: int | None) -> None:
    (one,) = items(rss(entry(1, date)))
    assert one.published_at == (None if hour is None else WHEN.replace(hour=0) + timedelta(hours=hour))


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (
            rss(
                "<item><title>t</title><link>/x</link><description>short</description>"
                "<content:encoded><![CDATA[<p>The whole <b>text</b></p>]]></content:encoded></item>"
            ).replace(b"<rss", b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"'),
            "<p>The whole <b>text</b></p>",
        ),
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><title>c</title><entry><title>t</title><link href="/x"/>'
            b'<content type="html">&lt;p&gt;The whole text&lt;/p&gt;</content></entry></feed>',
            "<p>The whole text</p>",
        ),
        (
            b'{"version": "https://jsonfeed.org/version/1.1", "title": "c", "items": [{"id": "7", "url": "/c",'
            b' "content_html": "<p>The whole text</p>"}]}',
            "<p>The whole text</p>",
        ),
        (rss("<item><title>t</title><link>/x</link></item>"), None),
    ],
)
def test_the_text_that_a_feed_has_in_full_is_kept(body: bytes, content: str | None) -> None:
    (one,) = items(body)
    assert one.content == content


def test_a_text_beyond_all_measure_is_not_kept() -> None:
    long = rss(f"<item><link>/x</link><content:encoded>{'x' * 600_000}</content:encoded></item>").replace(
        b"<rss", b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    (one,) = items(long)
    assert one.content is None


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", MalformedListing),
        (b"<html><body><p>Sorry</p></body></html>", MalformedListing),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), MalformedListing),
        (b"[" * 100_000, MalformedListing),
        (rss(entry(1), head='<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), UnsafeListing),
        (rss(entry(1), head='<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), UnsafeListing),
        (rss(entry(1), head='<!DOCTYPE r [<!ENTITY % a SYSTEM "http://x.example/">%a;]>'), UnsafeListing),
        (rss(entry(1), head="<!DOCTYPE r [<!ENTITY a 'b'>]>").decode().encode("utf-16"), UnsafeListing),
    ],
)
def test_no_feed(body: bytes, error: type[MalformedListing]) -> None:
    with pytest.raises(error):
        items(body)


def test_external_dtd_is_not_read() -> None:
    assert len(items(rss(entry(1), head='<!DOCTYPE rss SYSTEM "file:///dev/zero">'))) == 1


def test_doubles_limit_and_numbering() -> None:
    body = rss(*(entry(n, f"Fri, {n:02} Sep 2018 10:00:00 GMT") for n in (3, 9, 3, 5, 7)))
    assert [(i.seq, i.guid) for i in items(body)] == [(0, "g3"), (1, "g9"), (2, "g5"), (3, "g7")]
    assert [(i.seq, i.guid) for i in items(body, limit=2)] == [(0, "g9"), (1, "g7")], "the newest are kept"


@pytest.mark.parametrize(
    "body",
    [
        rss(*(entry(n, "Fri, 14 Sep 2018 10:00:00 GMT") for n in range(10_000))),
        rss(*(entry(n, f"around {n} o'clock next Friday {n}") for n in range(10_000))),
        rss(*(entry(n).removesuffix("</item>") for n in range(10_000))),
        rss("<item>" * 100_000),
        rss("<item><link>/x</link><title>" + "a&amp;" * 500_000 + "</title></item>"),
        rss("<item><link>/x</link><title>" + "<![CDATA[" * 500_000),
        rss("<item><link>/x</link><title>" + "<!DOCTYPE " * 500_000),
    ],
    ids=["plain", "dates", "broken", "nested", "title", "sections", "doctypes"],
)
def test_large_feeds_take_seconds_at_most(body: bytes) -> None:
    begun = time.process_time()
    found = items(body)
    assert time.process_time() - begun < 5
    assert len(found) <= 10_000
    assert all(len(i.title or "") <= 1_000 for i in found)


def test_real_feeds() -> None:
    paths = sorted((CORPORA / "feeds").glob("*.gz"))
    if not paths:
        pytest.skip("no corpora here: set WIREFOLD_CORPORA")
    found = [items(gzip.decompress(path.read_bytes())) for path in paths]
    assert all(found)
    every = [i for listing in found for i in listing]
    assert sum(i.published_at is not None for i in every) > 0.95 * len(every)


NEWS = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    b' xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><url><loc> http://news.example/a </loc>'
    b"<i:image><i:loc>http://news.example/i.png</i:loc><i:title>picture</i:title></i:image>"
    b"<n:news><n:publication><n:name>x</n:name></n:publication><n:publication_date>2018-09-14T10:00+09:00"
    b"</n:publication_date><n:title><![CDATA[A & B]]></n:title></n:news></url><url><changefreq>daily</changefreq></url></urlset>"
)


@pytest.mark.parametrize("body", [NEWS, gzip.compress(NEWS), b"\n\n" + NEWS])
def test_news_sitemap(body: bytes) -> None:
    (page,) = parse_sitemap(body, 1_000_000).pages
    assert (page.url, page.title, page.published_at) == ("http://news.example/a", "A & B", WHEN)


@pytest.mark.parametrize("broken", [b"<b:9x>x</b:9x>", b"<title>&#55357;&#56832;</title>", b"<title>&#xD800;</title>"])
def test_what_cannot_be_read_costs_no_address(broken: bytes) -> None:
    urls = b"".join(b"<url><loc>http://a.example/%d</loc>%s</url>" % (n, broken) for n in range(2))
    found = parse_sitemap(b"<urlset>" + urls + b"</urlset>", 1_000_000)
    assert [p.url for p in found.pages] == ["http://a.example/0", "http://a.example/1"]


def test_the_news_of_a_sitemap_that_declares_no_prefix_are_read() -> None:
    news = b"<news:news><news:publication_date>2018-09-14T10:00+09:00</news:publication_date><news:title>T</news:title>"
    page = b"<url><loc>http://a.example/1</loc>" + news + b"</news:news></url>"
    (found,) = parse_sitemap(b"<urlset>" + page + b"</urlset>", 1_000_000).pages
    assert (found.title, found.published_at) == ("T", WHEN)


def test_an_address_that_was_not_escaped_is_whole() -> None:
    page = b"<url><loc>http://a.example/?a=1&b=2</loc><lastmod>2018-09-14 10:00:00 +0900</lastmod></url>"
    (found,) = parse_sitemap(b"<urlset>" + page + b"</urlset>", 1_000_000).pages
    assert (found.url, found.published_at) == ("http://a.example/?a=1&b=2", WHEN)


def test_index_and_plain_list() -> None:
    index = b"<sitemapindex><sitemap><loc>http://a.example/1.xml</loc><lastmod>2018-09-14</lastmod></sitemap></sitemapindex>"
    assert parse_sitemap(index, 1_000).children == (("http://a.example/1.xml", datetime(2018, 9, 14, tzinfo=UTC)),)
    plain = parse_sitemap(b"http://a.example/1\nhttp://a.example/2\n", 1_000).pages
    assert [p.url for p in plain] == ["http://a.example/1", "http://a.example/2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss/>",
        b"\0\1\2",
        b'<!DOCTYPE u [<!ENTITY a "b">]>' + NEWS,
        gzip.compress(bytes(10_000_000)),
        gzip.compress(NEWS)[:-20],
    ],
)
def test_no_sitemap(body: bytes) -> None:
    with pytest.raises(MalformedListing):
        parse_sitemap(body, 1_000_000)


def test_deep_sitemap_is_survived() -> None:
    assert parse_sitemap(b"<urlset>" + b"<url>" * 100_000, 1_000_000).pages == ()
