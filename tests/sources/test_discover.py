"""From a source in the configuration to its items, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.article import Capture, Reason, Reject
from pipeline.config import FetchSettings, Source
from pipeline.fetch.client import Fetcher
from pipeline.sources.directory import read_file
from pipeline.sources.discover import SourceDown, discover

PAGES = {
    "/feed": b"<rss version='2.0'><channel><title>c</title><item><link>/1</link><title>t</title></item></channel></rss>",
    "/index": b"<sitemapindex><sitemap><loc>http://n.example/maps</loc></sitemap>"
    b"<sitemap><loc>http://n.example/missing</loc></sitemap>"
    b"<sitemap><loc>http://n.example/index</loc></sitemap></sitemapindex>",
    "/maps": b"<urlset><url><loc>http://n.example/1</loc></url><url><loc>http://n.example/2</loc></url></urlset>",
    "/broken": b"<html>down for maintenance</html>",
    "/robots.txt": b"User-agent: *\nDisallow: /closed",
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: object) -> None: ...


@pytest.fixture(scope="module")
def fetcher() -> Iterator[Fetcher]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    hosts = {"n.example": f"127.0.0.1:{server.server_address[1]}"}
    with Fetcher(FetchSettings(hosts=hosts, delay=0.0, retries=0)) as fetcher:
        yield fetcher
    server.shutdown()
    server.server_close()


def test_feed(fetcher: Fetcher) -> None:
    (one,) = discover(Source(name="f", kind="feed", url="http://n.example/feed"), fetcher)
    assert (one.source, one.seq, one.url, one.title) == ("f", 0, "http://n.example/1", "t")


def test_sitemap_index_with_a_circle_and_a_missing_part(fetcher: Fetcher) -> None:
    found = discover(Source(name="m", kind="sitemap", url="http://n.example/index"), fetcher)
    assert [i.url for i in found] == ["http://n.example/1", "http://n.example/2"]


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://n.example/none", "404"),
        ("http://n.example/broken", "no feed"),
        ("http://n.example/closed/feed", "robots.txt"),
        ("http://127.0.0.1/feed", "blocked_address"),
    ],
)
def test_a_source_that_is_down_says_why(fetcher: Fetcher, url: str, cause: str) -> None:
    with pytest.raises(SourceDown, match=cause) as caught:
        discover(Source(name="gone", kind="feed", url=url), fetcher)
    assert "'gone'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_directory(fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "b.xml").write_bytes(b"<newsItem/>")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.json").write_bytes(b"{}")
    (tmp_path / ".hidden").write_bytes(b"")
    (tmp_path / "z.bin").write_bytes(bytes(100))
    found = discover(Source(name="w", kind="directory", path=tmp_path), fetcher)
    assert [(i.seq, Path(i.url).name) for i in found] == [(0, "b.xml"), (1, "z.bin"), (2, "c.json")]
    captures = [read_file(i, 50) for i in found]
    assert [c.content_type if isinstance(c, Capture) else c.reason for c in captures] == [
        "application/xml",
        Reason.TOO_LARGE,
        "application/json",
    ]
    (tmp_path / "b.xml").unlink()
    gone = read_file(found[0], 50)
    assert isinstance(gone, Reject)
    with pytest.raises(SourceDown, match="No such file"):
        discover(Source(name="w", kind="directory", path=tmp_path / "none"), fetcher)
