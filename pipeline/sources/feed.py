"""RSS, Atom, RDF and JSON feeds."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import fastfeedparser
import feedparser
from fastfeedparser import main as _fast

from pipeline.article import Item
from pipeline.charset import decode
from pipeline.config import Source
from pipeline.sources.listing import Entry, MalformedListing, items_of, mended_xml, time_in

__all__ = ["parse_feed"]

_MAX_SECOND_TRY = 500_000  # bytes; the tolerant parser is fifty times slower, and on nested markup far more

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_ALTERNATE = (None, "", "alternate")  # what a link is that does not say what it is (RFC 4287, 4.2.7.2)

_read_date = _fast._parse_date


def _date(value: str) -> str | None:
    """A feed's date for its parser, which knows more forms, but passes over zones and halves of the day in some.

    Of a text without a year it would make a day of this week.
    """
    moment = time_in(value)
    return moment.isoformat() if moment else _read_date(value) if _YEAR.search(value) else None


_fast._parse_date = _date
# Its last resort for a date that nothing else can read costs seconds to load and milliseconds per date, which 10,000
# bad dates would turn into minutes. A feed's date is one of several clocks, so such a date is simply not known.
_fast._slow_dateparser = lambda value: None


def parse_feed(body: bytes, base_url: str, source: Source) -> list[Item]:
    """The items of a feed: address, guid, title, time (UTC) and full text of each entry that has an address.

    Raises:
        UnsafeListing: It declares XML entities.
        MalformedListing: It is no feed.
    """
    text = decode(body).lstrip()
    body = text.encode("utf-8", "replace") if text[:1] in ("{", "[") else mended_xml(body)
    entries, complaint = _quick(body)
    if not entries and len(body) <= _MAX_SECOND_TRY:
        tolerant, recognised = _tolerant(body)
        entries = tolerant
        complaint = None if recognised else complaint
    if not entries and complaint:
        raise MalformedListing(f"is no feed that can be read ({complaint})")
    return items_of(entries, source, base_url)


def _quick(body: bytes) -> tuple[list[Entry], str | None]:
    try:
        feed = fastfeedparser.parse(
            body, include_content=True, include_tags=False, include_media=False, include_enclosures=False
        )
    except Exception as e:
        return [], f"{e or type(e).__name__}"[:150]
    return list(_quick_entries(feed)), None


def _quick_entries(feed: Any) -> Iterator[Entry]:
    for entry in feed.get("entries", ()):
        published = time_in(_text(entry.get("published"))) or time_in(_text(entry.get("updated")))
        yield _entry(entry, published)


def _tolerant(body: bytes) -> tuple[list[Entry], bool]:
    """Entries, and whether it was a feed at all."""
    try:
        # A file object: given bare bytes, the parser would first look for a file of that name.
        feed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except Exception:
        return [], False
    return list(_tolerant_entries(feed)), bool(feed.get("version"))


def _tolerant_entries(feed: Any) -> Iterator[Entry]:
    for entry in feed.entries:
        parsed = entry.get("published_parsed") or entry.get("updated_parsed")
        try:
            published = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
        except (ValueError, TypeError, OverflowError, OSError):
            published = None
        yield _entry(entry, published)


def _entry(entry: Any, published: datetime | None) -> Entry:
    contents = (_text(part.get("value")) for part in entry.get("content") or ())
    longest = max((c for c in contents if c), key=len, default=None)
    title = _text(entry.get("title"))
    return Entry(_link(entry), _text(entry.get("id")), title and _plain(title), published, longest)


def _link(entry: Any) -> str | None:
    """The address of an entry: no enclosure or page of replies that stands before it."""
    link = _text(entry.get("link"))
    links = [(each.get("rel"), href) for each in entry.get("links") or () if (href := _text(each.get("href")))]
    alternate = [href for rel, href in links if rel in _ALTERNATE]
    if alternate and link not in alternate:
        return alternate[0]
    return link or next((href for rel, href in links if rel == "related"), None)  # JSON Feed's external_url


def _plain(title: str) -> str:
    """A headline without markup, which many feeds have in it, escaped once more."""
    return _TAG.sub("", unescape(title))


def _text(value: object) -> str | None:
    """A text that can be stored: JSON may have halves of characters in it, and numbers for identities."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value.encode("utf-8", "ignore").decode() or None if isinstance(value, str) else None
