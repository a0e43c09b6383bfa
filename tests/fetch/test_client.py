"""The polite client against a real server."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import brotli
import pytest

from pipeline.article import Capture, NotModified, Reason, Reject
from pipeline.config import FetchSettings
from pipeline.fetch.client import Fetcher

from .conftest import Site, item, reply

Make = Callable[..., Fetcher]
PAGE = b"<p>A page of words.</p>" * 40


def fetch(fetcher: Fetcher, url: str) -> Capture | NotModified | Reject:
    return fetcher.get(item(url))


def reason(result: object) -> Reason | None:
    return result.reason if isinstance(result, Reject) else None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(404), Reason.NOT_FOUND),
        (reply(410), Reason.GONE),
        (reply(403), Reason.HTTP_STATUS),
        (reply(500), Reason.HTTP_STATUS),
        (reply(204), Reason.HTTP_STATUS),
        (reply(304), Reason.HTTP_STATUS),  # to a request without conditions
        (reply(302), Reason.HTTP_STATUS),  # leads nowhere
        (reply(200, b"", Content_Length="5000000"), Reason.TOO_LARGE),
        (reply(200, b"x" * 1_000_001), Reason.TOO_LARGE),
        (reply(200, gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"), Reason.BOMB),
        (reply(200, zlib.compress(bytes(50_000_000)), Content_Encoding="deflate"), Reason.BOMB),
        (reply(200, brotli.compress(bytes(50_000_000)), Content_Encoding="br"), Reason.BOMB),
        (reply(200, gzip.compress(gzip.compress(bytes(50_000_000))), Content_Encoding="gzip, gzip"), Reason.BOMB),
        (reply(200, gzip.compress(PAGE, mtime=0)[:-9], Content_Encoding="gzip"), Reason.MALFORMED),
        (reply(200, brotli.compress(PAGE)[:-3], Content_Encoding="br"), Reason.MALFORMED),
        (reply(200, PAGE, Content_Encoding="rot13"), Reason.MALFORMED),
        (reply(200, PAGE, Content_Encoding="gzip, gzip, gzip"), Reason.MALFORMED),
        (reply(200, PAGE, X_Big="x" * 90_000), Reason.TOO_LARGE),
        (reply(200, PAGE, X_Big="x" * 300_000), Reason.NETWORK),
        (reply(302, Location="file:///etc/passwd"), Reason.BAD_URL),
        (reply(302, Location="http://127.0.0.1:1/"), Reason.BLOCKED_ADDRESS),
        (reply(302, Location="http://169.254.169.254/latest"), Reason.BLOCKED_ADDRESS),
        (reply(302, Location="/page"), Reason.REDIRECTS),
        (lambda handler: handler.wfile.write(b"garbage\r\n\r\n"), Reason.NETWORK),
        (lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), Reason.NETWORK),
    ],
)
def test_what_is_no_page_is_rejected(
    site: Site, fetcher: Make, answer: Callable[[BaseHTTPRequestHandler], None], expected: Reason
) -> None:
    site.answers["/page"] = answer
    result = fetch(fetcher(), "http://news.example/page")
    assert isinstance(result, Reject)
    assert result.reason is expected, result.detail
    assert result.detail


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (PAGE, "identity"),
        (gzip.compress(PAGE, mtime=0), "gzip"),  # a time would be in the name of the test
        (gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:]) + b"\0" * 20, "x-gzip"),
        (zlib.compress(PAGE), "deflate"),
        (zlib.compress(PAGE, wbits=-15), "deflate"),
        (brotli.compress(PAGE), "br"),
        (brotli.compress(gzip.compress(PAGE, mtime=0)), "gzip, br"),
        (PAGE, "gzip"),  # only claims to be
        (PAGE, "UTF-8"),  # says something else
        (gzip.compress(PAGE, mtime=0), "aws-chunked,gzip"),
    ],
)
def test_content_codings(site: Site, fetcher: Make, body: bytes, encoding: str) -> None:
    headers = {"Content_Encoding": encoding, "ETag": '"v1"', "Last_Modified": "Fri, 14 Sep 2018 01:00:00 GMT"}
    site.answers["/page"] = reply(200, body, Content_Type="text/html", **headers)
    result = fetch(fetcher(), "http://news.example/page#part")
    assert isinstance(result, Capture)
    assert result.body == PAGE
    assert (result.url, result.status, result.content_type) == ("http://news.example/page", 200, "text/html")
    assert (result.etag, result.last_modified) == ('"v1"', "Fri, 14 Sep 2018 01:00:00 GMT")
    assert result.fetched_at.utcoffset() is not None


def test_conditional_get(site: Site, fetcher: Make) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers["If-None-Match"] == '"v1"' and handler.headers["If-Modified-Since"] == "yesterday"
        reply(304 if known else 200, b"" if known else PAGE)(handler)

    site.answers["/page"] = answer
    it = item("http://news.example/page")
    assert isinstance(fetcher().get(it), Capture)
    assert isinstance(fetcher().get(it, etag='"v1"', last_modified="yesterday"), NotModified)
    assert isinstance(fetcher().get(it, etag='"v1"\r\nX: y', last_modified="é"), Capture)  # not sent at all


def test_redirects_are_followed_across_hosts_and_counted(site: Site, fetcher: Make) -> None:
    for n in range(5):
        site.answers[f"/{n}"] = reply(301, Location=f"http://b{n}.example/{n + 1}")
    site.answers["/5"] = reply(200, PAGE)
    result = fetch(fetcher(), "http://a.example/0")
    assert isinstance(result, Capture)
    assert result.url == "http://b4.example/5"
    short = fetch(fetcher(max_redirects=4), "http://a.example/0")
    assert reason(short) is Reason.REDIRECTS


def test_circle_of_two(site: Site, fetcher: Make) -> None:
    site.answers["/a"], site.answers["/b"] = reply(302, Location="/b"), reply(302, Location="/a")
    assert reason(fetch(fetcher(), "http://news.example/a")) is Reason.REDIRECTS
    assert site.paths() == ["/a", "/b"]


@pytest.mark.parametrize("part", ["body", "header"])
def test_a_server_that_drips_is_left(site: Site, fetcher: Make, part: str) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 999\r\n\r\n" if part == "body" else b"X: "))
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    site.answers["/page"] = drip
    begun = time.monotonic()
    result = fetch(fetcher(total_timeout=0.4, retries=3), "http://news.example/page")
    assert reason(result) is Reason.TIMEOUT
    assert time.monotonic() - begun < 2
    assert site.paths() == ["/page"], "a server that drips is not tried again"


def test_silence_times_out_and_is_tried_again(site: Site, fetcher: Make) -> None:
    site.answers["/page"] = lambda handler: time.sleep(0.5)
    assert reason(fetch(fetcher(timeout=0.1, retries=1), "http://news.example/page")) is Reason.TIMEOUT
    assert site.paths() == ["/page"] * 2


@pytest.mark.parametrize(
    ("first", "pause"),
    [
        (reply(503), (0.25, 0.5)),
        (reply(429, Retry_After="7"), (7, 7)),
        (lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), (0.25, 0.5)),
    ],
)
def test_transient_failures_are_tried_again(
    site: Site, first: Callable[[BaseHTTPRequestHandler], None], pause: tuple[float, float]
) -> None:
    answers = [first, reply(200, PAGE)]
    site.answers["/page"] = lambda handler: answers.pop(0)(handler)
    slept: list[float] = []
    settings = FetchSettings(hosts={"news.example": f"127.0.0.1:{site.port}"}, delay=0.0, retries=1)
    with Fetcher(settings, sleep=slept.append) as fetcher:
        assert isinstance(fetch(fetcher, "http://news.example/page"), Capture)
    assert len(slept) == 1
    assert pause[0] <= slept[0] <= pause[1]


def test_a_wish_to_wait_for_an_hour_ends_the_attempts(site: Site, fetcher: Make) -> None:
    site.answers["/page"] = reply(503, Retry_After="3600")
    assert reason(fetch(fetcher(retries=5), "http://news.example/page")) is Reason.HTTP_STATUS
    assert site.paths() == ["/page"]


def test_a_pinned_host_keeps_its_name_and_url(site: Site, fetcher: Make) -> None:
    site.answers["/page"] = reply(200, PAGE)
    result = fetch(fetcher(), "http://EXÄMPLE.com:8080/page")
    assert isinstance(result, Capture)
    assert site.asked[-1] == ("xn--exmple-cua.com:8080", "/page")


def test_no_cookie_and_no_proxy(site: Site, fetcher: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    seen: list[str | None] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        seen.append(handler.headers["Cookie"])
        reply(200, PAGE, Set_Cookie="a=b")(handler)

    site.answers["/page"] = answer
    client = fetcher()
    assert isinstance(fetch(client, "http://news.example/page"), Capture)
    assert isinstance(fetch(client, "http://news.example/page"), Capture)
    assert seen == [None, None]


def test_threads_share_a_fetcher(site: Site, fetcher: Make) -> None:
    site.answers["/page"] = reply(200, PAGE)
    client = fetcher()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: fetch(client, f"http://h{n % 3}.example/page?{n}"), range(40)))
    assert all(isinstance(r, Capture) for r in results)
    assert sum(path == "/robots.txt" for _, path in site.asked) == 3
    assert threading.active_count() < 100


@pytest.mark.parametrize(
    ("robots", "path", "expected"),
    [
        (reply(404), "/page", None),
        (reply(403), "/page", None),
        (reply(503), "/page", Reason.ROBOTS),
        (reply(200, b"User-agent: *\nDisallow: /private"), "/page", None),
        (reply(200, b"User-agent: *\nDisallow: /private"), "/private/x", Reason.ROBOTS),
        (reply(200, b"User-agent: *\nDisallow: /\n\nUser-agent: wirefold\nAllow: /"), "/page", None),
        (reply(200, b"\xef\xbb\xbfUser-agent: Wirefold\nDisallow: /"), "/page", Reason.ROBOTS),
        (reply(200, b"<html>not found</html>"), "/page", None),
        (reply(302, Location="http://rules.example/moved.txt"), "/private/x", Reason.ROBOTS),
        (reply(302, Location="/robots.txt"), "/page", None),
        (reply(302, Location="ftp://x/robots.txt"), "/page", None),
        (reply(200, b"User-agent: *\nDisallow: /private\n" + b"#" * 600_000 + b"\nDisallow: /page"), "/page", None),
        (lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), "/page", Reason.NETWORK),
    ],
)
def test_robots(
    site: Site, fetcher: Make, robots: Callable[[BaseHTTPRequestHandler], None], path: str, expected: Reason | None
) -> None:
    site.answers |= {"/robots.txt": robots, "/page": reply(200, PAGE), "/private/x": reply(200, PAGE)}
    site.answers["/moved.txt"] = reply(200, b"User-agent: *\nDisallow: /private")
    result = fetch(fetcher(), f"http://news.example{path}")
    assert reason(result) is expected, result
    if expected:
        assert path not in site.paths()


def test_robots_of_the_host_a_redirect_leads_to(site: Site, fetcher: Make) -> None:
    def rules(handler: BaseHTTPRequestHandler) -> None:
        closed = handler.headers["Host"] == "closed.example"
        reply(200, b"User-agent: *\nDisallow: /" if closed else b"")(handler)

    site.answers |= {"/robots.txt": rules, "/page": reply(302, Location="http://closed.example/other")}
    assert reason(fetch(fetcher(), "http://open.example/page")) is Reason.ROBOTS
    assert site.paths() == ["/page"]
    assert isinstance(fetch(fetcher(respect_robots=False), "http://open.example/page"), Reject)
    assert site.paths() == ["/page", "/page", "/other"]
