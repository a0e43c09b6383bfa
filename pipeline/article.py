"""What everything speaks about: items, captures, articles and rejects.

An `Item` is something a source says exists. Fetching or reading it gives a `Capture` (its bytes), `NotModified`, or a
`Reject`. Extracting a capture gives an `Article` or a `Reject`. Nothing else can happen to an item, which is why the
ledger of a run can balance.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

__all__ = [
    "CREDIBLE",
    "Article",
    "Capture",
    "Clock",
    "Item",
    "Kind",
    "NotModified",
    "Outcome",
    "RawRef",
    "Reason",
    "Reject",
    "Relation",
    "article_id",
    "credible",
]


class Outcome(StrEnum):
    """What became of one discovered item: exactly one of these. Their counts sum to the items discovered."""

    ARTICLE = "article"  # a text the lake did not have
    EXACT_COPY = "exact_copy"  # an article whose normalised text the lake already has from elsewhere
    UNCHANGED = "unchanged"  # known at this address with this text; nothing was added
    REJECTED = "rejected"  # could not become an article; see `Reason`


class Reason(StrEnum):
    """Why an item could not become an article."""

    # while fetching
    ROBOTS = "robots_forbidden"
    NOT_FOUND = "not_found"  # 404
    GONE = "gone"  # 410: the publisher withdrew it
    HTTP_STATUS = "http_status"  # any other status that is no success
    NETWORK = "network_error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    BOMB = "decompression_bomb"
    REDIRECTS = "redirect_loop"
    BLOCKED_ADDRESS = "blocked_address"  # resolves to a private, loopback or otherwise non-public address
    BAD_URL = "bad_url"  # no http(s) URL
    # while extracting
    UNSUPPORTED = "unsupported_type"  # a picture, a package, a PDF, an unknown format
    MALFORMED = "malformed"
    UNSAFE = "unsafe_markup"  # DTDs, external entities, entity bombs
    TOO_COMPLEX = "too_complex"  # ran into the time or depth limit for one page
    NO_TEXT = "no_text"
    TOO_SHORT = "too_short"
    NOT_ARTICLE = "not_article"  # an error page served as a success, a consent or log-in wall, a list of articles


class Clock(StrEnum):
    """Where a publication time came from, best first: the ladder that lineage climbs down."""

    WIRE = "wire"  # versionCreated of a wire item
    PAGE = "page"  # the page's own metadata
    FEED = "feed"  # the entry in a feed, a sitemap or a file of ready texts
    SEEN = "seen"  # the archive or the run that first saw it


CREDIBLE = datetime(1500, 1, 1, tzinfo=UTC), datetime(2500, 1, 1, tzinfo=UTC)
"""First and last time of publication that anybody can mean. Beyond is what systems write that know none (0001-01-01,
9999-12-31); a week before or after such a day may not exist."""


def credible(time: datetime | None) -> datetime | None:
    """A time of publication, unless nobody can mean it."""
    return time if time is not None and CREDIBLE[0] <= time <= CREDIBLE[1] else None


class Kind(StrEnum):
    """What sort of text a page holds."""

    ARTICLE = "article"
    GALLERY = "gallery"  # captions of a series of pictures
    LIVE = "live"  # a running file of entries on one event or on many
    VIDEO = "video"  # a few lines below a film or a recording


class Relation(StrEnum):
    """How one article relates to an earlier one. The first five put both into one story."""

    EXACT = "exact"
    SAME_VERSION = "same_version"
    REVISION = "revision"
    EXCERPT = "excerpt"
    EXPANSION = "expansion"
    COMPOSITE = "composite"
    TEMPLATE = "template"
    SHARED_QUOTES = "shared_quotes"


@dataclass(frozen=True, slots=True)
class RawRef:
    """Where the bytes behind an item are kept.

    Attributes:
        file: Path below the lake root (``raw/day=…/….warc.gz``) or, for files read in place, their own path.
        offset: Byte offset of the WARC record in `file`; row or line number for JSONL and Parquet; 0 for a plain file.
        captured_at: When they were put into an archive that others have made, as that says.
    """

    file: str
    offset: int = 0
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Something a source says exists.

    Attributes:
        source: Name of the source in the configuration.
        seq: Position in the source's listing, from 0; with `source` it identifies the item within a run.
        url: http(s) URL, or a path for files.
        guid: The source's own identity for it (feed guid, NewsML guid, ``id`` of a ready text).
        title: What the listing calls it.
        published_at: What the listing says about its time; aware, UTC.
        content: Its text as the listing has it, with all markup, such as ``content:encoded`` of RSS. Not to be trusted.
    """

    source: str
    seq: int
    url: str
    guid: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """The bytes of an item, as received.

    Attributes:
        item: What was asked for.
        body: Entity body after content decoding (gzip, br); never larger than the configured limit.
        fetched_at: When the response arrived; aware, UTC.
        url: Address after redirects.
        status: HTTP status; None for files.
        content_type: Content-Type header or a guess from the file name; None when unknown.
        etag, last_modified: Validators for the next conditional GET.
        raw: Where the bytes are kept; None until they have been stored.
    """

    item: Item
    body: bytes
    fetched_at: datetime
    url: str
    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    raw: RawRef | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server said that nothing changed since the last fetch (304)."""

    item: Item
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Reject:
    """An item that could not become an article, and why.

    Attributes:
        detail: One line for a person; no markup, at most 300 characters.
        raw: The bytes, where there are any.
        article: What could be read of it all the same, to be looked at; it is not stored.
    """

    item: Item
    reason: Reason
    detail: str
    fetched_at: datetime | None = None
    status: int | None = None
    raw: RawRef | None = None
    article: Article | None = None

    def __post_init__(self) -> None:
        flat = " ".join(self.detail.split())
        object.__setattr__(self, "detail", flat if len(flat) <= 300 else flat[:297] + "...")


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one article: a distinct text at one address or wire id.

    Attributes:
        item: The discovered item it came from.
        locator: What it is identified by: the wire guid without its version, else the normalised canonical URL.
        url: Address for people, after redirects; canonical where the page names one on the same site.
        title: Headline without the site's name.
        text: Paragraphs separated by blank lines, in reading form (NFC).
        media: ``html``, ``newsml-g2``, ``ninjs``, ``text`` …
        published_at, clock: Publication time and where it came from; None and `Clock.SEEN` when nobody says.
        modified_at: Last change according to the publisher.
        publisher: Name of the site or provider.
        wire_version: Version number of a wire item.
        status: ``usable``, ``withheld`` or ``canceled`` (IPTC pubStatus); ``usable`` for pages.
        extractor: Which path won and its version, e.g. ``trafilatura 2.3.1``.
        kind: What sort of page it is; a wire item is a `Kind.ARTICLE`.
        is_truncated: The publisher shows a part of the text only, as before a paywall.
        quality: How sure it is that `text` is the whole body and nothing else, 0 to 1; 1 for wire items.
        image: Address of the lead picture.
        provenance: Where each of the other attributes came from, by its name: ``{"title": "h1"}``.
    """

    item: Item
    locator: str
    url: str
    title: str
    text: str
    media: str
    extractor: str
    published_at: datetime | None = None
    clock: Clock = Clock.SEEN
    modified_at: datetime | None = None
    guid: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    credit: str | None = None
    dateline: str | None = None
    slug: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    wire_version: int | None = None
    status: str = "usable"
    kind: Kind = Kind.ARTICLE
    is_truncated: bool = False
    quality: float = 1.0
    image: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
    raw: RawRef | None = None


def article_id(locator: str, text_hash: str, status: str = "usable") -> str:
    """Identity of one version of one article: 16 lower-case base32 characters (80 bits of BLAKE2b).

    The same text at the same address has the same id in every lake, so a re-run cannot add it twice. 80 bits keep the
    chance of any collision among a billion articles below one in a million.
    """
    digest = hashlib.blake2b(f"{locator}\0{text_hash}\0{status}".encode(), digest_size=10).digest()
    return base64.b32hexencode(digest).decode().lower()
