"""One HTTP request and its bounded response; nothing is followed, kept or tried again here."""

from __future__ import annotations

import email.utils
import functools
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpcore2
import httpx2

from pipeline.article import Reason
from pipeline.config import FetchSettings
from pipeline.fetch.decode import ACCEPT_ENCODING, collect, decoded
from pipeline.fetch.failure import Failure
from pipeline.fetch.guard import BlockedAddress, Deadline, GuardedBackend, Pins, UnknownHost

__all__ = ["Exchange", "Response", "retry_after"]

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5"
_MAX_HEADER_BYTES = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers and decoded body.

    Attributes:
        headers: Names in lower case; the first of each name wins.
        body: Empty unless the status is 200 or 203.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def location(self) -> str | None:
        """Where a redirect leads, None when this is none."""
        return self.headers.get("location") if self.status in _REDIRECTS else None


class Exchange:
    """A pool of guarded connections; thread-safe.

    Proxies named by the environment are not used: a proxy would resolve names itself, behind the address guard.
    """

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._deadline = Deadline()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(),
            max_connections=None,
            max_keepalive_connections=32,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(Pins(settings.hosts), self._deadline),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def get(
        self, url: httpx2.URL, conditions: Mapping[str, str] | None = None, *, cut_at: int | None = None
    ) -> Response:
        """Request `url` (which must be fetchable) and read its body.

        Args:
            conditions: Request headers of a conditional GET (RFC 9110 section 13.1).
            cut_at: Keep this many bytes of the body and leave the rest, instead of refusing a body over ``max_bytes``.

        Raises:
            Failure: No response, or one that breaks a limit.
        """
        host = url.host
        self._deadline.start(self._settings.total_timeout)
        with self._explained(host), self._stream(url, conditions or {}) as raw:
            headers = _headers(raw.headers)
            body = b""
            if raw.status in (200, 203):
                limit = self._settings.max_bytes
                encoding = headers.get("content-encoding")
                if cut_at is not None:
                    body = _cut(decoded(raw.iter_stream(), encoding, limit), cut_at)
                else:
                    _refuse_declared(headers.get("content-length"), limit)
                    body = collect(raw.iter_stream(), encoding, limit)
            return Response(raw.status, headers, body)

    @contextmanager
    def _stream(self, url: httpx2.URL, conditions: Mapping[str, str]) -> Iterator[httpcore2.Response]:
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": self._settings.user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
            **conditions,
        }
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        timeout = self._settings.timeout
        timeouts = {"connect": timeout, "read": timeout, "write": timeout, "pool": timeout}
        with self._pool.stream("GET", target, headers=list(headers.items()), extensions={"timeout": timeouts}) as raw:
            yield raw

    @contextmanager
    def _explained(self, host: str) -> Iterator[None]:
        """Turn what the network throws into a `Failure`."""
        try:
            yield
        except BlockedAddress as e:
            raise Failure(Reason.BLOCKED_ADDRESS, str(e)) from e
        except UnknownHost as e:
            raise Failure(Reason.NETWORK, str(e)) from e
        except httpcore2.TimeoutException as e:
            if self._deadline.passed:  # a server that drips will drip again
                total = self._settings.total_timeout
                raise Failure(Reason.TIMEOUT, f"{host}: response not complete after {total:g} s") from e
            raise Failure(Reason.TIMEOUT, f"{host}: no answer within {self._settings.timeout:g} s", retry=True) from e
        except (httpcore2.NetworkError, httpcore2.RemoteProtocolError, OSError) as e:
            raise Failure(Reason.NETWORK, f"{host}: {_cause(e)}", retry=True) from e
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, UnicodeError) as e:
            raise Failure(Reason.NETWORK, f"{host}: {_cause(e)}") from e


def retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 section 10.2.3); None when absent or unreadable."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


@functools.cache  # loading the certificates takes a tenth of a second
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    if sum(len(name) + len(value) for name, value in raw) > _MAX_HEADER_BYTES:
        raise Failure(Reason.TOO_LARGE, f"response headers of more than {_MAX_HEADER_BYTES:,} bytes")
    headers: dict[str, str] = {}
    for name, value in raw:
        # Eight-bit header values are Latin-1 by the letter (RFC 9110 section 5.5), UTF-8 in practice.
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        headers.setdefault(name.decode("latin-1").lower(), text)
    return headers


def _refuse_declared(content_length: str | None, limit: int) -> None:
    if content_length and content_length.isdecimal() and int(content_length[:18]) > limit:
        raise Failure(Reason.TOO_LARGE, f"{int(content_length[:18]):,} bytes announced, {limit:,} allowed")


def _cut(chunks: Iterator[bytes], size: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) >= size:
            break
    return bytes(body[:size])


def _cause(error: Exception) -> str:
    return str(error) or type(error).__name__
