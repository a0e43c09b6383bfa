"""Hostile and broken content: a reason or the right text, quickly, and never an exception."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Reason, Reject
from pipeline.config import ExtractSettings
from pipeline.extract import extract
from pipeline.extract.headline import read_headline
from pipeline.extract.signature import signed
from pipeline.extract.tree import parse

from .helpers import TEXT, article, capture, page
from .test_wires import NITF, news_item, ninjs

BOMB = '<!DOCTYPE nitf [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
XXE = '<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
DEEP_JSON = '{"uri": "a", "headline": ' + "[" * 200_000


def html(body: str) -> str:
    return f"<html><body>{body}</body></html>"


@contextmanager
def within_the_limit() -> Iterator[None]:
    """What takes longer than a page may take is stopped: it fails instead of lasting for hours."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, ExtractSettings().page_timeout)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" property="{name}" content="{content}">'


def data(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def attributes(number: int, value: str = "") -> str:
    return "<article " + " ".join(f"a{n}{value}" for n in range(number)) + ">"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param(
            html("<div>" * 100_000 + TEXT[0] + "</div>" * 100_000), Reason.TOO_COMPLEX, id="100,000 nested divs"
        ),
        pytest.param(html("<b>" * 60_000 + TEXT[0]), Reason.TOO_COMPLEX, id="60,000 nested inline elements"),
        pytest.param(html("<div>" * 600 + f"<p>{TEXT[0]}</p>"), Reason.TOO_COMPLEX, id="deeper than the limit"),
        pytest.param(html('<a href="/x">y</a>\n' * 1_000_000), Reason.TOO_COMPLEX, id="a million links"),
        pytest.param(html("<p>" + "word " * 6_000_000), Reason.TOO_COMPLEX, id="a line of 30 MB"),
        pytest.param(attributes(50_000), Reason.TOO_COMPLEX, id="50,000 attributes"),
        pytest.param(attributes(1_000_000), Reason.TOO_COMPLEX, id="a million attributes"),
        pytest.param(attributes(30_000, '="<"'), Reason.TOO_COMPLEX, id="tags in the values of attributes"),
        pytest.param("<html><!--" * 200_000 + TEXT[0], Reason.TOO_COMPLEX, id="unclosed comments"),
        pytest.param(page().replace("<main>", "<!-- <main>"), Reason.NO_TEXT, id="a comment that hides the text"),
        pytest.param(BOMB + NITF.replace("Ferry", "&c;"), Reason.UNSAFE, id="entity bomb"),
        pytest.param(XXE + NITF.replace("Ferry", "&x;"), Reason.UNSAFE, id="external entity"),
        pytest.param((XXE + NITF).encode("utf-16"), Reason.UNSAFE, id="external entity in UTF-16"),
        pytest.param(news_item("<a>" * 100_000 + "</a>" * 100_000), Reason.TOO_COMPLEX, id="nested XML"),
        pytest.param(DEEP_JSON, Reason.TOO_COMPLEX, id="nested JSON"),
        pytest.param(news_item().replace("Ferry", "&undeclared;"), Reason.MALFORMED, id="undeclared entity"),
    ],
)
def test_rejected_before_it_costs_much(document: str | bytes, reason: Reason) -> None:
    found = extract(capture(document))
    assert isinstance(found, Reject)
    assert found.reason is reason, found.detail


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(page().replace("ferry", "f\0erry"), id="null characters"),
        pytest.param(page().encode("utf-16-be"), id="UTF-16 without a byte order mark"),
        pytest.param(page().partition("</article>")[0], id="half a page"),
        pytest.param(page()[page().index("<body") :], id="no head"),
        pytest.param(page().replace("</p>", ""), id="no end tags"),
        pytest.param("<?xml version='1.0' encoding='utf-7'?>" + page(), id="XML declaration"),
        pytest.param("Warning: mysql failed in line 3\n" + page(), id="a server's message before the page"),
        pytest.param("<!DOCTYPE nitf SYSTEM 'http://10.0.0.1/x.dtd'>" + NITF, id="remote DTD, not loaded"),
        pytest.param(page('<script type="application/ld+json">' + "[" * 100_000 + "</script>"), id="nested JSON-LD"),
        pytest.param(
            page('<meta property="article:published_time" content="99999-99-99T99:99">'), id="impossible date"
        ),
        pytest.param(page(f'<meta name="author" content="{"a, " * 100_000}">'), id="endless byline"),
        pytest.param(page().replace("<p>", "<div>" * 80 + "<p>", 1), id="deep but within the limit"),
        pytest.param(page().replace("<article>", attributes(300)), id="hundreds of attributes"),
        pytest.param(page().replace("</article>", "</article><!-- never closed"), id="an unclosed comment"),
        pytest.param(page().replace("</article>", "</article><![CDATA[ never closed"), id="an unclosed CDATA section"),
        pytest.param(page().replace("</main>", "</main><script>never closed"), id="an unclosed script"),
        pytest.param(page()[: page().index("Paragraph 4")], id="cut in a paragraph"),
        pytest.param("\0".join(page()), id="a null after each character"),
        pytest.param(page().encode("utf-16-le"), id="UTF-16, little end first, without a byte order mark"),
        pytest.param(page().encode() + b"<p>\xff\xfe\xc3</p>", id="invalid UTF-8"),
        pytest.param(page(f"<script>{'x=1;' * 2_000_000}</script>"), id="a script of 8 MB"),
        pytest.param(page(f"<title>{'ferry ' * 500_000}</title>"), id="an endless title"),
        pytest.param(page(meta("og:image", "https://[host]/ferry.jpg")), id="a picture at no address"),
        pytest.param(page(data(json.dumps({"@type": "Article", "wordCount": "9" * 5_000}))), id="endless word count"),
        pytest.param(news_item().replace('literal="Northwire"', 'uri="http://[host]/"'), id="a provider at no address"),
        pytest.param(
            page().replace("</article>", "<div><h3>Related stories</h3><p>x y z</p></div>" * 10_000 + "</article>"),
            id="10,000 boxes with labels",
        ),
        pytest.param(page().replace("<main>", "<form>" * 400 + "<main>"), id="forms within forms"),
        pytest.param(page().replace("<nav>", "<nav>" + '<a href="/x">y</a>' * 20_000), id="20,000 links around a text"),
    ],
)
def test_extracted_all_the_same(document: str | bytes) -> None:
    with within_the_limit():
        assert TEXT[1] in article(document).text


@pytest.mark.parametrize("url", ["http://[::1/ferry", "http://[zz]/ferry", "http://]/ferry"])
def test_a_page_at_no_address_keeps_its_text(url: str) -> None:
    found = article(page(), url=url)
    assert (TEXT[1] in found.text, found.url) == (True, url)


HALF = "Ferry \ud83d\ude00 \ud83d"  # one character, and half of another
IN_DATA = dict.fromkeys(("articleSection", "keywords", "image", "publisher", "author"), HALF)
IN_ITEM = dict.fromkeys(("guid", "slugline", "byline", "source", "language"), HALF)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(page(data(json.dumps({"@type": "NewsArticle"} | IN_DATA))), id="JSON-LD"),
        pytest.param(ninjs(**{"body_text": TEXT[1]} | IN_ITEM), id="ninjs"),
    ],
)
def test_halves_of_characters_are_left_out_since_no_table_holds_them(document: str) -> None:
    said = repr(article(document))
    assert "Ferry \U0001f600" in said
    assert "ud83d" not in said


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(meta("author", "(" * 500_000), id="brackets in a byline"),
        pytest.param(meta("article:author", "[a " * 200_000), id="brackets in the article's byline"),
        pytest.param(meta("og:title", "&lt;!--" * 100_000), id="comments in a title"),
        pytest.param("".join(meta("og:title", f"Ferry {n}") for n in range(40_000)), id="40,000 titles"),
        pytest.param(data(json.dumps({"@type": "NewsArticle", "author": "(" * 500_000})), id="brackets in JSON-LD"),
        pytest.param(data('{"@type": "NewsArticle", ' + '\\"' * 300_000), id="quotes in JSON-LD"),
        pytest.param(data('{"@type": "NewsArticle", ' + '"author":' * 100_000), id="authors without a name"),
        pytest.param(data("{} -->" + " " * 500_000 + "x"), id="white space behind JSON-LD"),
    ],
)
def test_long_metadata_leaves_time_for_the_text(head: str) -> None:
    with within_the_limit():
        found = article(page(head))
    assert TEXT[1] in found.text
    assert not found.authors


def test_of_a_line_of_thousands_of_bylines_the_beginning_is_read() -> None:
    tree = parse((page().replace("</h1>", "</h1><p>" + "<b>by</b> <i>x</i>" * 35_000)).encode(), 500)
    with within_the_limit():
        assert signed(tree, tree.find(".//h1"), None, None) == ()


def test_white_space_in_a_title_is_read_once() -> None:
    with within_the_limit():
        assert read_headline(["Ferry" + " " * 500_000 + "runs"], (), None) == ("Ferry runs", None)


def test_no_file_is_read_through_an_entity() -> None:
    found = extract(capture(XXE + NITF.replace("Ferry", "&x;")))
    assert "root:" not in repr(found)


FRAGMENTS = st.sampled_from(
    [b"<html>", b"<body>", b"<p>", b"</p>", b"<!DOCTYPE nitf [", b"<newsItem>", b"<nitf>", b'{"uri":"a","body_text":', b'"', b"}", b"[",
     b"<![CDATA[", b"]]>", b"<script type='application/ld+json'>", b"</script>", b"<meta name='date' content='", b"'>", b"<a href='http://[",
     b"<link rel=canonical href='//", b"&#0;", b"&#xd800;", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", TEXT[0].encode(), b"<time datetime='"]
)  # fmt: skip


@settings(max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=300), st.lists(st.one_of(FRAGMENTS, st.binary(max_size=8)), max_size=30).map(b"".join)
    ),
    st.text(max_size=40),
)
def test_never_raises(body: bytes, url: str) -> None:
    assert isinstance(extract(capture(body, url=url, content_type=url)), Article | Reject)
