"""Addresses that must not be reached, however they are written."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from pipeline.article import Reason, Reject
from pipeline.config import FetchSettings
from pipeline.errors import UsageError
from pipeline.fetch.client import Fetcher
from pipeline.fetch.guard import Pins, is_public

from .conftest import item


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1/", Reason.BLOCKED_ADDRESS),
        ("http://127.1/", Reason.BLOCKED_ADDRESS),
        ("http://2130706433/", Reason.BLOCKED_ADDRESS),
        ("http://0x7f.1/", Reason.BLOCKED_ADDRESS),
        ("http://0177.0.0.1/", Reason.BAD_URL),
        ("http://0/", Reason.BLOCKED_ADDRESS),
        ("http://localhost:22/", Reason.BLOCKED_ADDRESS),
        ("http://10.1.2.3/", Reason.BLOCKED_ADDRESS),
        ("http://169.254.169.254/latest/meta-data", Reason.BLOCKED_ADDRESS),
        ("http://100.64.0.1/", Reason.BLOCKED_ADDRESS),
        ("http://[::1]/", Reason.BLOCKED_ADDRESS),
        ("http://[::ffff:10.0.0.1]/", Reason.BLOCKED_ADDRESS),
        ("http://[64:ff9b::a00:1]/", Reason.BLOCKED_ADDRESS),
        ("http://[fd00::1]/", Reason.BLOCKED_ADDRESS),
        ("https://192.168.0.1/", Reason.BLOCKED_ADDRESS),
        ("file:///etc/passwd", Reason.BAD_URL),
        ("ftp://host.example/x", Reason.BAD_URL),
        ("data:text/html,x", Reason.BAD_URL),
        ("javascript:alert(1)", Reason.BAD_URL),
        ("http://good.example@127.0.0.1/", Reason.BAD_URL),
        ("http://user:password@news.example/", Reason.BAD_URL),
        ("http://good.example\\@127.0.0.1/", Reason.BAD_URL),
        ("http://127.0.0.1%2f@news.example/", Reason.BAD_URL),
        ("http://a b.example/", Reason.BAD_URL),
        ("http://news.example:99999/", Reason.BAD_URL),
        ("http://news.example:0/", Reason.BAD_URL),
        ("http://news\n.example/", Reason.BAD_URL),
        ("http://[::1%25lo]/", Reason.BAD_URL),
        ("http://[::1", Reason.BAD_URL),
        ("http:///x", Reason.BAD_URL),
        ("http://-xn--/", Reason.BAD_URL),
        ("http://xn--p!._/", Reason.BAD_URL),
        ("http:news.example", Reason.BAD_URL),
        ("//news.example/", Reason.BAD_URL),
        ("http://" + "a" * 9_000, Reason.BAD_URL),
        ("", Reason.BAD_URL),
        ("http://" + "a" * 64 + ".example/", Reason.NETWORK),
        ("http://no-such-host.invalid/", Reason.NETWORK),
    ],
)
def test_url(url: str, expected: Reason) -> None:
    with Fetcher(FetchSettings(delay=0.0, retries=0, timeout=3.0)) as fetcher:
        result = fetcher.get(item(url))
    assert isinstance(result, Reject)
    assert result.reason is expected, result.detail
    if expected is Reason.BLOCKED_ADDRESS:
        assert "is no public address" in result.detail


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("2002:808:808::1", True),
        ("::ffff:127.0.0.1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::808:808", False),
        ("2002:7f00:1::1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("255.255.255.255", False),
        ("240.0.0.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("fec0::1", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
    ],
)
def test_is_public(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


def test_the_address_checked_is_the_address_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when asked first and loopback when asked again gains nothing: it is asked once."""
    asked: list[str] = []
    connected: list[tuple[str, int]] = []

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with Fetcher(FetchSettings(delay=0.0, retries=0, respect_robots=False)) as fetcher:
        fetcher.get(item("http://rebind.example/"))
    assert asked == ["rebind.example"]
    assert connected == [("93.184.216.34", 80)]


def test_pins() -> None:
    pins = Pins({"a.example": "127.0.0.1:1", "*.example": "127.0.0.1:2", "*.b.example": "[::1]:3"})
    places = {h: pins.get(h) for h in ("A.example.", "x.example", "y.x.b.example", "example", "example.org")}
    assert places == {
        "A.example.": ("127.0.0.1", 1),
        "x.example": ("127.0.0.1", 2),
        "y.x.b.example": ("::1", 3),
        "example": None,
        "example.org": None,
    }
    for place in ("localhost:80", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:0"):
        with pytest.raises(UsageError, match="ip:port"):
            Pins({"a": place})
