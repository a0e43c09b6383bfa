"""From the entries of a listing to items: addresses resolved, doubles dropped, the newest kept, numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from pipeline.article import Item, credible
from pipeline.charset import decode
from pipeline.config import Source
from pipeline.moment import read_moment
from pipeline.references import mended
from pipeline.text import reading_form

__all__ = ["Entry", "MalformedListing", "UnsafeListing", "as_utc", "items_of", "mended_xml", "time_in"]

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,500}\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]{0,4000}\[", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_LONGEST = {"url": 8_000, "guid": 2_000, "title": 1_000}  # characters
_LONGEST_CONTENT = 500_000  # characters; what is longer is no article, and half of one would be worse than none


class MalformedListing(Exception):
    """The listing cannot be read; the message says why in one line."""


class UnsafeListing(MalformedListing):
    """The listing declares XML entities: no honest one does, and they can be bombs or reach for files."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the listing has it; `url` may be relative or missing."""

    url: str | None
    guid: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    content: str | None = None


def items_of(entries: Iterable[Entry], source: Source, base_url: str) -> list[Item]:
    """Items in the order of the listing, at most ``source.limit`` of them, the newest.

    An entry without a link takes its guid for one, when it is an address. Addresses that cannot be fetched, and
    entries without any, are kept: the fetcher rejects them, so that the ledger counts them.
    """
    found: dict[tuple[str, str | None], tuple[str, Entry]] = {}
    for entry in entries:
        link, guid = (entry.url or "").strip(), (entry.guid or "").strip()
        if not link and "://" in guid:
            link = guid
        url = (_resolved(base_url, link) if link else guid)[: _LONGEST["url"] + 1]
        found.setdefault((url, "" if url else entry.title), (url, entry))
    kept = list(found.values())
    if len(kept) > source.limit:
        oldest = datetime.min.replace(tzinfo=UTC)
        newest = sorted(range(len(kept)), key=lambda i: kept[i][1].published_at or oldest, reverse=True)
        kept = [kept[i] for i in sorted(newest[: source.limit])]
    return [
        Item(
            source=source.name,
            seq=seq,
            url=url,
            guid=_short(entry.guid, "guid"),
            title=_short(reading_form(entry.title).replace("\n\n", " ") if entry.title else None, "title"),
            published_at=credible(entry.published_at),
            content=entry.content if len(entry.content or "") <= _LONGEST_CONTENT else None,
        )
        for seq, (url, entry) in enumerate(kept)
    ]


def mended_xml(body: bytes) -> bytes:
    """The XML of a listing in UTF-8, with its references `mended`. The encoding is found as in pages: labels lie.

    Raises:
        UnsafeListing: It declares XML entities in an internal DTD subset.
    """
    text = decode(body)
    if _DOCTYPE.search(text) and _ENTITY.search(text):
        raise UnsafeListing("declares XML entities in a DTD")
    return mended(_DECLARATION.sub("", text, count=1)).encode("utf-8", "replace")


def time_in(listing: str | None) -> datetime | None:
    """A time as listings write it, as aware UTC; None when it is none."""
    moment = read_moment(listing)
    return moment.at.astimezone(UTC) if moment else None


def as_utc(value: str | None) -> datetime | None:
    """An ISO 8601 time or date (W3C datetime) as aware UTC; UTC where no zone is given. None when it is none."""
    try:
        when = datetime.fromisoformat((value or "").strip())
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _resolved(base: str, link: str) -> str:
    try:
        return urljoin(base, link).partition("#")[0] or link
    except ValueError:
        return link


def _short(value: str | None, what: str) -> str | None:
    return value.strip()[: _LONGEST[what]] or None if value else None
