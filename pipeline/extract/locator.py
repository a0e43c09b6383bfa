"""One address for one page, however it is written."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from courlan import extract_domain
from w3lib.url import canonicalize_url

__all__ = ["absolute", "canonical_url", "host_of", "normalise", "path_of", "web_address"]

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|"
    r"cmpid|ncid|ocid|ito|at_(?:medium|campaign|custom\d|link_\w+|bbc_team)|amp|outputtype",
    re.IGNORECASE,
)
_AMP_SEGMENT = re.compile(r"(?:/amp)+/?$|(?<=[^/])\.amp(?=\.html$)")
_TRAILING = "/ " + "".join(map(chr, range(32)))  # a parser drops blanks and controls at the end of an address
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def normalise(url: str) -> str:
    """The locator of a page: equal for addresses that lead to the same article.

    Host in lower case without ``www.`` and default port, scheme ``https`` (http and https are taken as one), no
    fragment, no tracking parameters, the rest of the query sorted, no AMP suffix, no trailing slash. Anything but an
    http(s) URL is returned as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
        if parts.scheme.lower() not in _PORTS or not host:
            return url
        query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
        netloc = f"[{host}]" if ":" in host else host.removeprefix("www.")
        if port not in (None, _PORTS[parts.scheme.lower()]):
            netloc = f"{netloc}:{port}"
        path = parts.path.replace("\\", "/").rstrip(_TRAILING)  # a backslash is a slash (WHATWG URL, path state)
        path = _AMP_SEGMENT.sub("", path).rstrip(_TRAILING) or "/"
        found = str(canonicalize_url(urlunsplit(("https", netloc, path, urlencode(query), ""))))
        # Where that resolved "." or "..", what the path ends in now has not been looked at.
        return normalise(found) if _DOT_SEGMENT.search(path) and found != url else found
    except (ValueError, UnicodeError):
        return url


def canonical_url(named: str | None, url: str) -> str:
    """The address that a page names for itself if it can be believed, else `url`.

    Believed is an http(s) address on the same site (equal or sub-domain hosts, or one registrable domain) that is not
    the site's front page while the page itself is deeper. A page read from a file, whose `url` is no http(s) address,
    is believed when the named address is absolute.
    """
    try:
        there = urljoin(url, (named or "").strip())
        a, b = urlsplit(url), urlsplit(there)
        if b.scheme not in _PORTS or not b.hostname or not named:
            return url
        if a.scheme not in _PORTS:
            return there
        front_page = b.path in ("", "/") and not b.query
        if (front_page and (a.path not in ("", "/") or a.query)) or not _same_site(
            a.hostname or "", b.hostname, url, there
        ):
            return url
    except ValueError:
        return url
    return there


def absolute(named: str | None, url: str) -> str | None:
    """The address that the page at `url` means by `named`; None where it names none, or what is no address."""
    try:
        return urljoin(url, named) if named else None
    except ValueError:
        return None


def host_of(url: str | None) -> str | None:
    """The host in an address; None where there is none, or what claims to be one is not."""
    return _parts(url or "").hostname


def path_of(url: str) -> str:
    """The path in an address; empty where what claims to be one is not."""
    return _parts(url).path


def web_address(url: str) -> str | None:
    """`url` if it is an http(s) address; None for a file's, and for what claims to be an address and is not."""
    return url if _parts(url).scheme in _PORTS else None


def _parts(url: str) -> SplitResult:
    """The parts of an address; all of them empty where what claims to be one is not."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _same_site(a: str, b: str, url_a: str, url_b: str) -> bool:
    a, b = a.removeprefix("www."), b.removeprefix("www.")
    if a == b or a.endswith(f".{b}") or b.endswith(f".{a}"):
        return True
    domain = extract_domain(url_a)
    return domain is not None and domain == extract_domain(url_b)
