"""A real HTTP server on loopback whose answers a test writes down as functions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.article import Item
from pipeline.config import FetchSettings
from pipeline.fetch.client import Fetcher

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Paths and their answers, and what has been asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str]] = []  # Host header, path
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append((self.headers["Host"], self.path))
                answer = site.answers.get(self.path.partition("?")[0], reply(404))
                try:
                    answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *args: object) -> None: ...

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None: ...  # clients hang up on purpose

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def paths(self) -> list[str]:
        return [path for _, path in self.asked if path != "/robots.txt"]


def reply(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Status, body and headers (underscores become hyphens)."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def fetcher(site: Site) -> Iterator[Callable[..., Fetcher]]:
    """Makes fetchers to whom ``*.example`` and ``xn--exmple-cua.com`` are the site; they are closed at the end."""
    made: list[Fetcher] = []

    def make(**settings: object) -> Fetcher:
        place = f"127.0.0.1:{site.port}"
        options = {"delay": 0.0, "retries": 0, "timeout": 5.0, "max_bytes": 1_000_000} | settings
        hosts = {"*.example": place, "exämple.com": place}
        made.append(Fetcher(FetchSettings(hosts=hosts, **options), sleep=lambda _: None))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.close()


def item(url: str) -> Item:
    return Item("s", 0, url)
