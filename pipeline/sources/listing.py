"""From the entries of a listing to items: addresses resolved, doubles dropped, the newest kept, numbered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from pipeline.article import Item, credible
from pipeline.config import Source
from pipeline.text import reading_form

__all__ = ["Entry", "MalformedListing", "UnsafeListing", "as_utc", "items_of", "refuse_entities", "without_halves"]

_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]{0,4000}\[", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_HALF = re.compile(
    rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));",
    re.IGNORECASE,
)
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


def refuse_entities(body: bytes) -> None:
    """Refuse XML whose internal DTD subset declares entities, in any encoding with ASCII letters.

    Raises:
        UnsafeListing: It does.
    """
    if b"\0" in body[:200]:  # UTF-16 or UTF-32
        body = body.replace(b"\0", b"")
    if _DOCTYPE.search(body) and _ENTITY.search(body):
        raise UnsafeListing("declares XML entities in a DTD")


def without_halves(body: bytes) -> bytes:
    """A listing without references to surrogates, as some systems write an emoji (``&#55357;&#56832;``).

    XML knows no such characters: one in a headline would cost the whole listing.
    """
    return _HALF.sub(b"", body)


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
