"""The server over real sockets: virtual hosts, conditional requests, gzip, HEAD, the odd addresses, and its end."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from pipeline.demo.content import Site
from pipeline.demo.server import DemoServer
from pipeline.errors import UsageError, WirefoldError
from pipeline.resources import resource_dir

Get = Callable[..., httpx2.Response]


SENT = {"both": {"ETag", "Last-Modified"}, "etag": {"ETag"}, "last-modified": {"Last-Modified"}, "none": set()}


def test_hosts_are_told_apart(sites: dict[str, Site], server: DemoServer, get: Get) -> None:
    for site in sites.values():
        assert site.name in get(site.host, "/").text
        assert get(site.host, "/").content == get(f"{site.slug}.localhost:{server.port}", "/").content
        assert all(get(site.host, f"/section/{key}").status_code == 200 for key in site.sections)
    assert get("nobody.example", "/").status_code == 421
    assert get("www.hanriver-post.example", "/no/such/page").status_code == 404


def test_the_bare_address_lists_the_outlets(sites: dict[str, Site], server: DemoServer, get: Get) -> None:
    page = get(f"127.0.0.1:{server.port}", "/").text
    assert all(f"http://{slug}.localhost:{server.port}/" in page for slug in sites)


def test_validators_and_304(sites: dict[str, Site], server: DemoServer, get: Get) -> None:
    for site in sites.values():
        article = urlsplit(site.url(site.pieces[0].path)).path
        for path in ("/", site.feed_path, "/robots.txt", article):
            first = get(site.host, path)
            offered = {name for name in ("ETag", "Last-Modified") if name in first.headers}
            assert offered == SENT[site.validators]
            before = server.stats()[site.host]
            conditions = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
            for name in offered:
                again = get(site.host, path, **{conditions[name]: first.headers[name]})
                assert (again.status_code, again.content) == (304, b"")
            after = server.stats()[site.host]
            assert after.requests - before.requests == after.not_modified - before.not_modified == len(offered)


@pytest.mark.parametrize(
    ("condition", "value", "status"),
    [
        ("If-None-Match", "*", 304),
        ("If-None-Match", '"other"', 200),
        ("If-Modified-Since", "Mon, 10 Sep 2018 00:00:00 GMT", 200),
        ("If-Modified-Since", "Sun, 01 Jan 2023 00:00:00 GMT", 304),
        ("If-Modified-Since", "last Tuesday", 200),
    ],
)
def test_conditions(condition: str, value: str, status: int, get: Get) -> None:
    assert get("www.hanriver-post.example", "/", **{condition: value}).status_code == status


def test_an_etag_wins_over_a_date(get: Get) -> None:
    late = "Sun, 01 Jan 2023 00:00:00 GMT"
    headers = {"If-None-Match": '"other"', "If-Modified-Since": late}
    assert get("www.hanriver-post.example", "/", **headers).status_code == 200


def test_head_has_the_head_of_get(get: Get) -> None:
    full, head = (get("www.hanriver-post.example", "/", method) for method in ("GET", "HEAD"))
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(full.content))
    assert head.headers["ETag"] == full.headers["ETag"]


def test_gzip_when_asked_for(get: Get) -> None:
    plain = get("www.hanriver-post.example", "/")
    assert "Content-Encoding" not in plain.headers
    packed = get("www.hanriver-post.example", "/", Accept_Encoding="br, gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == plain.content
    assert "Content-Encoding" not in get("www.hanriver-post.example", "/", Accept_Encoding="gzip;q=0").headers


def test_every_special_answers_as_declared(sites: dict[str, Site], get: Get) -> None:
    specials = [(site, special) for site in sites.values() for special in site.special if special.path]
    assert len(specials) >= 10
    for site, special in specials:
        response = get(site.host, str(special.path))
        assert response.status_code == special.status, special.note
        assert response.headers.get("Location") == special.location
        assert ("Content-Encoding" in response.headers) == special.gzip
        if special.piece:
            assert special.piece.headline in response.text
        else:
            assert response.content == special.body


def test_redirects_lead_where_they_should(server: DemoServer, get: Get) -> None:
    moved = get("www.hanriver-post.example", "/news/20180912000471")
    assert "Lamps return" in get("www.hanriver-post.example", moved.headers["Location"]).text
    start = "/2018/09/13/sheriff-auction-list/"
    there = get("lakeside-tribune.example", start).headers["Location"]
    assert get("lakeside-tribune.example", there).headers["Location"] == start


def test_the_lying_page_can_be_recovered(get: Get) -> None:
    page = get("www.prague-morning.example", "/news/2018/09/12/cafe-that-closes-when-it-rains")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        page.content.decode("utf-8")
    assert "“The office looked for the number for six weeks,”" in page.content.decode("windows-1252")


def test_gzip_unasked_holds_the_page(server: DemoServer) -> None:
    lines = ["GET /companies/glove-makers-stretch-0913.htm HTTP/1.1", "Host: www.pacific-ledger.example"]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"Glove makers" in gzip.decompress(answer.partition(b"\r\n\r\n")[2])


def test_a_busy_port_is_named() -> None:
    with (
        DemoServer(resource_dir("data"), port=0) as first,
        pytest.raises(WirefoldError, match=rf"port {first.port} is in use.*WIREFOLD_DEMO_PORT"),
    ):
        DemoServer(resource_dir("data"), port=first.port)


def test_port_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREFOLD_DEMO_PORT", "0")
    with DemoServer(resource_dir("data")) as server:
        assert server.port > 0
    monkeypatch.setenv("WIREFOLD_DEMO_PORT", "http")
    with pytest.raises(UsageError, match="WIREFOLD_DEMO_PORT"):
        DemoServer(resource_dir("data"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_even_with_open_connections(number: signal.Signals) -> None:
    code = (
        "from pipeline.demo.server import DemoServer; from pipeline.resources import resource_dir\n"
        "s = DemoServer(resource_dir('data'), port=0); s.serve_forever(lambda: print(s.port, flush=True))"
    )
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": root}
    )
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with httpx2.Client() as client:
            assert client.get(f"http://127.0.0.1:{port}/").status_code == 200
            process.send_signal(number)
            assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
