"""Which URLs are fetchable at all, and how a location header is followed."""

from __future__ import annotations

import re

import httpx2

from pipeline.article import Reason
from pipeline.fetch.failure import Failure

__all__ = ["PORTS", "fetchable", "follow", "origin"]

PORTS = range(1, 65_536)

_MAX_LENGTH = 8_000  # RFC 9110 section 4.1 asks for at least 8,000; nothing longer is an article's address
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")  # before the path: what parsers disagree about, and so hide behind


def fetchable(url: str) -> httpx2.URL:
    """Check and normalise an address: http(s), a host, no credentials, no fragment.

    Raises:
        Failure: `Reason.BAD_URL`, saying what is wrong.
    """
    url = url.strip()
    if len(url) > _MAX_LENGTH:
        raise Failure(Reason.BAD_URL, f"address of {len(url)} characters")
    scheme, colon, rest = url.partition(":")
    if not colon or scheme.lower() not in ("http", "https"):
        raise Failure(Reason.BAD_URL, f"not an http(s) address: {url[:100]!r}")
    authority = re.split(r"[/?#]", rest.removeprefix("//"), maxsplit=1)[0]
    if not rest.startswith("//") or not authority or _FORBIDDEN.search(authority):
        raise Failure(Reason.BAD_URL, f"malformed host in {url[:100]!r}")
    try:
        parsed = httpx2.URL(url)
        host = parsed.raw_host.decode("ascii")
        _ = parsed.host  # made anew from Punycode whenever it is asked for: what it cannot be made of is no host
    except (httpx2.InvalidURL, UnicodeError) as e:
        raise Failure(Reason.BAD_URL, f"{e} in {url[:100]!r}") from e
    if parsed.userinfo or "@" in authority:
        raise Failure(Reason.BAD_URL, f"credentials in the address of {host}")
    if not host.strip(".") or "%" in host:
        raise Failure(Reason.BAD_URL, f"malformed host in {url[:100]!r}")
    if parsed.port is not None and parsed.port not in PORTS:
        raise Failure(Reason.BAD_URL, f"port {parsed.port} of {host}")
    return parsed.copy_with(fragment=None)


def follow(base: httpx2.URL, location: str) -> httpx2.URL:
    """The address a redirect leads to (RFC 9110 section 10.2.2).

    Raises:
        Failure: `Reason.BAD_URL`: the redirect leads away from http(s) or nowhere.
    """
    try:
        return fetchable(str(base.join(location.strip())))
    except (httpx2.InvalidURL, UnicodeError, ValueError) as e:
        raise Failure(Reason.BAD_URL, f"{base.host} redirects to a malformed address: {location[:100]!r}") from e
    except Failure as e:
        raise Failure(Reason.BAD_URL, f"{base.host} redirects to {e}") from e


def origin(url: httpx2.URL) -> str:
    """Scheme, host and port (RFC 6454), the unit robots.txt speaks for."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
