"""The sample wire over HTTP: all outlets as virtual hosts on one loopback port."""

from __future__ import annotations

import errno
import gzip
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from pipeline.demo.content import load_sites
from pipeline.demo.pages import Response, index_page, render_sites
from pipeline.errors import UsageError, WirefoldError

__all__ = ["DEFAULT_PORT", "DemoServer", "HostStats"]

DEFAULT_PORT = 8180
_PORT_VARIABLE = "WIREFOLD_DEMO_PORT"
_LOOPBACK = "127.0.0.1"
_GZIP_FROM = 500  # bytes: below that, compressing gains nothing


@dataclass(frozen=True, slots=True)
class HostStats:
    """What one host has been asked: all requests, and how many of them it could answer with 304."""

    requests: int = 0
    not_modified: int = 0


class DemoServer:
    """Serves the sample wire until it is stopped. A context manager: it answers inside the ``with`` block.

    Hosts are the outlets' ``.example`` names; ``<slug>.localhost`` works as well, for browsers, and the bare address
    lists the outlets. Pages are rendered once, at construction, so the same files always give the same bytes.

    Args:
        data_dir: Folder of the sample wire (``resource_dir("data")``).
        port: Port to listen on; 0 takes any free one; None takes the environment's WIREFOLD_DEMO_PORT, else 8180.

    Raises:
        UsageError: WIREFOLD_DEMO_PORT is no port.
        WirefoldError: The port is taken, or a file of the sample wire is wrong.
    """

    def __init__(self, data_dir: Path, port: int | None = None) -> None:
        port = _configured_port() if port is None else port
        self._sites = load_sites(data_dir)
        pages = render_sites(self._sites, data_dir)
        try:
            self._http = _Server((_LOOPBACK, port), pages)
        except OSError as e:
            if e.errno != errno.EADDRINUSE:
                raise WirefoldError(f"cannot listen on {_LOOPBACK}:{port}: {e.strerror}") from e
            raise WirefoldError(f"port {port} is in use; choose another one with {_PORT_VARIABLE}=<port>") from e
        self._http.aliases = {f"{site.slug}.localhost": site.host for site in self._sites}
        self._http.index = index_page(self._sites, data_dir, self.port)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """Where a browser finds the list of outlets."""
        return f"http://localhost:{self.port}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Host names of the outlets."""
        return tuple(site.host for site in self._sites)

    def stats(self) -> dict[str, HostStats]:
        """What each outlet has been asked since the start, by host; hosts that nobody asked are not listed."""
        return self._http.stats()

    def start(self) -> Self:
        """Begin to answer, in threads of its own."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.1,), name="demo-server", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and free the port; may be called more than once."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.server_close()

    def serve_forever(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Answer until SIGINT or SIGTERM. For the main thread.

        Args:
            on_ready: Called once the server answers, to tell the person in front of it.
        """
        stop = threading.Event()
        before = {s: signal.signal(s, lambda *_: stop.set()) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            with self:
                on_ready()
                stop.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _configured_port() -> int:
    value = os.environ.get(_PORT_VARIABLE, "").strip() or str(DEFAULT_PORT)
    if not value.isascii() or not value.isdigit() or int(value) > 65535:
        raise UsageError(f"{_PORT_VARIABLE} must be a port number from 0 to 65535, not {value!r}")
    return int(value)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client that keeps its connection open must not hold up the end
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], pages: dict[str, dict[str, Response]]) -> None:
        self.pages = pages
        self.aliases: dict[str, str] = {}
        self.index = Response(404, b"", ())
        self._requests: Counter[str] = Counter()
        self._not_modified: Counter[str] = Counter()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks DNS for the machine's name, which may hang

    def count(self, host: str, *, not_modified: bool) -> None:
        with self._lock:
            self._requests[host] += 1
            self._not_modified[host] += not_modified

    def stats(self) -> dict[str, HostStats]:
        with self._lock:
            return {h: HostStats(n, self._not_modified[h]) for h, n in sorted(self._requests.items())}


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "SampleWire"
    sys_version = ""
    timeout = 30  # seconds without a request, then an idle connection is closed
    wbufsize = -1  # head and body in one packet: unbuffered, Nagle's algorithm delays each answer by 40 ms
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        name = urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        host = self.server.aliases.get(name, name)
        pages = self.server.pages.get(host)
        if pages is not None:
            response = pages.get(unquote(urlsplit(self.path).path)) or _missing(404, "Page not found")
        elif name == "localhost" or name.replace(".", "").isdigit():
            response = self.server.index if self.path == "/" else _missing(404, "Page not found")
        else:
            response = _missing(421, "No such site on this server")
        unchanged = response.status == 200 and _is_unchanged(
            response, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        )
        if pages is not None:
            self.server.count(host, not_modified=unchanged)
        self._send(response, unchanged=unchanged)

    do_HEAD = do_GET

    def _send(self, response: Response, *, unchanged: bool) -> None:
        self.send_response(304 if unchanged else response.status)
        if response.etag is not None:
            self.send_header("ETag", response.etag)
        if response.modified is not None:
            self.send_header("Last-Modified", format_datetime(response.modified, usegmt=True))
        self.send_header("Vary", "Accept-Encoding")
        if unchanged:  # a 304 has no body and no headers about one (RFC 9110 section 15.4.5)
            self.end_headers()
            return
        body = response.body
        for header, value in response.headers:
            self.send_header(header, value)
        if self._wants_gzip(response):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _wants_gzip(self, response: Response) -> bool:
        if len(response.body) < _GZIP_FROM or any(h.lower() == "content-encoding" for h, _ in response.headers):
            return False
        offers = (o.strip().lower().partition(";") for o in self.headers.get("Accept-Encoding", "").split(","))
        return any(coding in ("gzip", "*") and q.replace(" ", "") not in ("q=0", "q=0.0") for coding, _, q in offers)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: `DemoServer.stats` tells what was asked."""


def _missing(status: int, text: str) -> Response:
    page = f"<!DOCTYPE html>\n<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>\n"
    return Response(status, page.encode(), (("Content-Type", "text/html; charset=utf-8"),))


def _is_unchanged(response: Response, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Whether a 304 is due (RFC 9110 section 13.2.2: If-None-Match wins over If-Modified-Since)."""
    if if_none_match is not None:
        offered = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return response.etag is not None and ("*" in offered or response.etag.removeprefix("W/") in offered)
    if if_modified_since is None or response.modified is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    return response.modified <= (since if since.tzinfo else since.replace(tzinfo=UTC))
