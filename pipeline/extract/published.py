"""When a page was published: by what it says of itself, its address, the day that it shows, or a day in its text.

Searching is costly, so it is done only where neither the page's own data nor its address tell.
"""

from __future__ import annotations

import logging
import re
from datetime import timedelta

from htmldate import find_date
from lxml.html import HtmlElement

from pipeline.article import Capture, Clock
from pipeline.extract.dates import stamped_day
from pipeline.extract.locator import canonical_url, host_of
from pipeline.extract.page_metadata import PageMetadata
from pipeline.extract.times import day_in_address, may_be_on, plausible
from pipeline.moment import Moment, read_moment

__all__ = ["day_in_text", "publication", "shown_day"]

_DAY = timedelta(days=1)

logging.getLogger("htmldate").setLevel(logging.CRITICAL)  # it logs what is wrong with each page; the reject says so


def shown_day(tree: HtmlElement, meta: PageMetadata, capture: Capture, web: str | None) -> str | None:
    """The day that stands at the headline, or that the markup calls a date.

    Args:
        tree: The page, whole.
        web: Its address, if it is one of the web.
    """
    if not _is_undated(meta, web):
        return None
    if meta.heading is not None:
        american = _is_american(meta.language, host_of(canonical_url(meta.canonical, capture.url)))
        if shown := stamped_day(meta.heading, capture.fetched_at + _DAY, month_first=american):
            return shown.at.date().isoformat()
    return _searched(tree, meta, capture, web, everywhere=False)


def day_in_text(tree: HtmlElement, meta: PageMetadata, capture: Capture, web: str | None) -> str | None:
    """A day anywhere in the text, where the listing has none either; a year alone is none.

    Args:
        tree: The page without its scripts: in these, any number would be one.
        web: Its address, if it is one of the web.
    """
    if not _is_undated(meta, web) or capture.item.published_at is not None:
        return None
    day = _searched(tree, meta, capture, web, everywhere=True)
    return None if day and day.endswith("-01-01") else day


def publication(meta: PageMetadata, day: str | None, capture: Capture) -> tuple[Moment | None, Clock]:
    """When the page was published, and who says so.

    A bare day yields to the listing's time when that is exact and of the same day: midnight would make every such
    page the first of its day. Midnight in UTC is what templates make of a bare day.

    Args:
        day: What was found by searching.
    """
    addressed = day_in_address(meta.canonical or capture.url)
    moment = meta.published or plausible(addressed or read_moment(day), capture.fetched_at)
    if moment is None:
        return None, Clock.SEEN
    listed = capture.item.published_at
    is_day = not moment.exact or (moment.at.timestamp() % _DAY.total_seconds() == 0 and not moment.at.utcoffset())
    if is_day and listed is not None and may_be_on(listed, moment.at):
        return Moment(listed, exact=True), Clock.FEED
    return moment, Clock.PAGE


def _is_undated(meta: PageMetadata, web: str | None) -> bool:
    return not meta.published and not day_in_address(meta.canonical or web or "")


def _searched(
    tree: HtmlElement, meta: PageMetadata, capture: Capture, web: str | None, *, everywhere: bool
) -> str | None:
    return find_date(
        tree,
        extensive_search=everywhere,
        original_date=True,
        url=meta.canonical or web,
        max_date=capture.fetched_at + _DAY,
    )


def _is_american(language: str | None, host: str | None) -> bool:
    """Whether a page is in English and on no host of another country."""
    is_abroad = re.search(r"\.(?!us$)[a-z]{2}$", host or "") is not None
    return not is_abroad and (language or "").lower().replace("_", "-") in ("en", "en-us")
