"""When a page says that it was published and changed, and in whose time zone.

Names of meta elements are those that publishers use (Open Graph, Dublin Core, Parse.ly, Sailthru, Cxense, Highwire).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import chain, islice
from typing import Any

from htmldate import extractors
from htmldate.extractors import custom_parse
from lxml.html import HtmlElement

from pipeline.extract.headline import from_heading, stands_elsewhere
from pipeline.extract.months import written_day
from pipeline.extract.times import EARLIEST, may_be_on, plausible
from pipeline.moment import Moment, read_moment

__all__ = [
    "MODIFIED",
    "PUBLISHED",
    "best_moment",
    "in_zone_of_page",
    "stamped_day",
    "stamped_times",
    "time_elements",
]

PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "pub_date", "publishdate", "publish-date", "publish_date",
    "publication_date", "published_at", "date_published", "article.published", "article_date_original",
    "rnews:datepublished", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date",
    "dcterms.date", "date.created", "cxenseparse:recs:publishtime", "iso-8601-publish-date",
    "citation_publication_date", "citation_online_date", "date",
)  # fmt: skip
"""Names of meta elements in lower case, the most reliable first."""

MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
    "dcterms.modified", "dc.date.modified", "article.updated",
)  # fmt: skip

_SAID_CHARS = 64  # of a date in the page's data
_DIGITS = 5  # of a date with a year
_ROUNDED = timedelta(minutes=1)
_DIGIT = re.compile(r"\d")
_PUBLISHED_CLASS = re.compile(r"publi|(?:^|\s)entry-date(?:$|\s)", re.IGNORECASE)
_CHANGED_CLASS = re.compile(  # WordPress names one time both ways where nothing was changed
    r"^(?!.*publi)(?:.*\s)?(?:(?:dt-)?updated|modified|date-modified)(?:$|\s)", re.IGNORECASE
)
_STAMP = re.compile(r"date|time|publish", re.IGNORECASE)
_HOLDERS = ("time", "span", "div", "p", "li", "a")
_ABOVE = 2  # elements in front of the headline
_NEXT = 16  # elements in which a line with a date may hold more
_SENTENCE_ENDS = frozenset(".!?\u2026")
_NEAR = 120  # elements behind the headline
_STAMP_CHARS, _DATE_CHARS = range(8, 90), range(8, 32)
_CLOCK = re.compile(r"\b(\d{1,2})[:.h](\d{2})(?::\d{2})?(?:\s*([ap])\.?m\b)?", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"\W?\b\d{1,2}:\d\d(?::\d\d)?\b")
_SHORTENED = re.compile(r"(?<=[^\W\d_]{3})\.\s?|(?<=\bSep)t\b\.?")  # "Dec. 22, 2023"
_IN_NUMBERS = re.compile(r"\b(0?[1-9]|1[0-2])[/-](\d{1,2})[/-]((?:20)?\d\d)\b")
_FAR = 40  # elements behind the headline, beyond which a date may be of something else
_LABELLED = re.compile(  # in front of the day of publication
    r"\s*(?:(?:first\s+)?published|veröffentlicht|erschienen|publi(?:é|cado|cerad|ceret|sert)|pubblicato|gepubliceerd|"
    r"opublikowan[oey]|publikováno|julkaistu|опубликовано|опубліковано)\b[^\d.!?]{0,12}?(?=\d|\w+\s\d)",
    re.IGNORECASE,
)
_PUBLISHED_IN = re.compile(
    r"\b(?:first\s+)?(?:published|posted|created|erstellt|erschienen|publi(?:é|cado)|pubblicato)\b", re.IGNORECASE
)
_CHANGED = re.compile(r"updat|modif|edited|aktualisiert|geändert|mis à jour|actualiz|aggiorn|atualiz", re.IGNORECASE)


class _MonthNames:
    """What htmldate asks for days in words that it does not know itself, in the place of dateparser.

    dateparser compiles patterns for each of its languages, for a second or two of every process, and found no day on
    211 labelled pages.
    """

    @staticmethod
    def get_date_data(text: str) -> dict[str, datetime | None]:
        day = written_day(text)
        return {"date_obj": datetime(day.year, day.month, day.day) if day else None}  # noqa: DTZ001  # htmldate's are naive


extractors.get_external_parser = _MonthNames  # type: ignore[assignment]
extractors.month_words = frozenset  # type: ignore[assignment]  # it asks for them where there is no year, and so no day


def best_moment(
    origins: dict[str, str],
    name: str,
    seen: datetime,
    said: Iterable[tuple[str, Any]],
    stamped: Iterable[datetime] = (),
) -> Moment | None:
    """The first moment said; if that is a bare day, the first exact one of that day.

    Of equal moments it is the one in a zone, whose day is the page's own.

    Args:
        origins: Gets under `name` who said it.
        seen: When the page was fetched: later dates are not believed.
        said: Who says it and what, the most reliable first.
        stamped: Times in a zone that stand elsewhere on the page, of whatever.
    """
    moments = [(origin, m) for origin, v in said if (m := plausible(_said_moment(v), seen))]
    if not moments:
        return None
    origin, best = moments[0]
    if not best.exact:
        day = best.at
        exact = (x for x in moments if x[1].exact and may_be_on(x[1].at, day))
        origin, best = next(exact, moments[0])
    origins[name] = origin
    if not best.exact or best.at.utcoffset():
        return best
    for other, moment in moments:
        if moment.exact and moment.at == best.at and moment.at.utcoffset():
            origins[name] = other
            return moment
    zoned = next((at for at in stamped if abs(at - best.at) < _ROUNDED and at.utcoffset()), None)
    return Moment(best.at.astimezone(zoned.tzinfo), exact=True) if zoned else best


def _said_moment(value: Any) -> Moment | None:
    """What the page's data says, which may be a day in words."""
    if (moment := read_moment(value)) or not isinstance(value, str) or len(value) > _SAID_CHARS:
        return moment
    day = written_day(value)
    return read_moment(day.isoformat()) if day else None


def time_elements(tree: HtmlElement, headline: HtmlElement | None) -> tuple[list[str], list[str]]:
    """Machine-readable times in the markup that say they are the publication's, and those of the last change.

    Where the `headline` stands in an ``article`` element, a time in another one is of that: a teaser or a comment.
    """
    own = set() if headline is None else set(headline.iterancestors("article"))
    published: list[str] = []
    changed: list[str] = []
    for element in tree.iter("time", "span", "meta"):
        name = element.get("itemprop")
        is_first, is_last = name == "datePublished" or "pubdate" in element.attrib, name == "dateModified"
        if (is_first or is_last) and _is_of(own, element):
            said = element.get("datetime") or element.get("content") or ""
            published += [said] * is_first
            changed += [said] * is_last
    for element in tree.iter("time", "abbr"):  # hAtom has its times in titles of abbreviations
        name = element.get("class") or ""
        is_first, is_last = _PUBLISHED_CLASS.search(name) is not None, _CHANGED_CLASS.search(name) is not None
        if (is_first or is_last) and _is_of(own, element):
            said = element.get("datetime") or element.get("title") or ""
            published += [said] * is_first
            changed += [said] * is_last
    return published, changed


def _is_of(own: set[HtmlElement], element: HtmlElement) -> bool:
    """Whether the innermost article around an element is one of `own`; if there is one, and if there are `own`."""
    around = next(element.iterancestors("article"), None)
    return not own or around is None or around in own


def stamped_times(tree: HtmlElement) -> Iterator[datetime]:
    """Times of all ``time`` elements, of whatever they are."""
    for element in tree.iter("time"):
        if moment := read_moment(element.get("datetime")):
            yield moment.at


def in_zone_of_page(headline: HtmlElement, moment: Moment) -> Moment:
    """`moment`, known in UTC, in the zone of the clock that the page shows below its headline.

    ``December 22, 2023 10:00 PM`` for 3:00 UTC on the 23rd was written five hours behind it. The difference must be
    one that zones have, and lead to the day that stands beside the time.
    """
    if not moment.exact or moment.at.utcoffset():
        return moment
    for _, text in _stamps(headline):
        for clock in _CLOCK.finditer(text):
            if zone := _zone(moment.at, clock, text):
                return Moment(moment.at.astimezone(zone), exact=True)
    return moment


def stamped_day(headline: HtmlElement, newest: datetime, *, month_first: bool) -> Moment | None:
    """The first day that the page shows above or below its headline in words, such as ``22. Dezember 2023``.

    One that is said to be the day of publication goes before what stands far below.

    Args:
        headline: The main heading.
        newest: Later days are not believed.
        month_first: Whether 4/2/2026 is in April, as in the United States.
    """
    read = partial(_day_in_words, newest=newest, month_first=month_first)
    found = ((n, day) for n, text in _stamps(headline) if (day := read(text)))
    n, shown = next(found, (_FAR, None))
    labelled = (day for text in _labelled(headline) if (day := read(text))) if n >= _FAR else iter(())
    return next(labelled, shown)


def _day_in_words(text: str, newest: datetime, *, month_first: bool) -> Moment | None:
    text = _SHORTENED.sub(" ", _TIME_OF_DAY.sub(" ", text))  # "2023/9:43 p.m." is no month
    if sum(map(str.isdigit, text)) < _DIGITS:  # a year alone would become a day of today's month
        return None
    if month_first:
        text = _IN_NUMBERS.sub(r"\2.\1.\3", text)
    found = custom_parse(text, "%Y-%m-%d", EARLIEST.replace(tzinfo=None), newest.replace(tzinfo=None))
    if found is None and (written := written_day(text)):
        found = written.isoformat()
    return plausible(read_moment(found), newest)


def _labelled(headline: HtmlElement) -> Iterator[str]:
    """What stands behind "published" and its like, anywhere below the headline."""
    for element in from_heading(headline, *_HOLDERS, "br", "b", "strong", "small", "em"):
        for text in (element.text, element.tail):
            if text and (label := _LABELLED.match(text)) and not stands_elsewhere(element):
                yield text[label.end() :][: _DATE_CHARS.stop]


def _stamps(headline: HtmlElement) -> Iterator[tuple[int, str]]:
    """Texts near the headline that are named for a date or a time, or are as short as one; none says a change.

    With each, how many elements are between it and the headline.

    Right at the headline they may be as long as a line with the author's name.
    """
    behind = islice(from_heading(headline, *_HOLDERS), _NEAR)
    for n, element in enumerate(chain(_right_above(headline), behind)):
        if any(len(child) for child in element if child.tag != "svg"):
            continue
        whole = " ".join("".join(element.itertext()).split())
        if len(whole) not in _STAMP_CHARS or not _DIGIT.search(whole) or stands_elsewhere(element):
            continue  # a paragraph, or of another story
        named = element.tag == "time" or _STAMP.search(f"{element.get('class')} {element.get('id')}")
        fitting = _STAMP_CHARS if named or (n < _NEXT and whole[-1] not in _SENTENCE_ENDS) else _DATE_CHARS
        # the author's name may stand above it
        texts = [whole] if len(whole) in fitting else [" ".join(text.split()) for text in element.itertext()]
        for text in texts:
            if len(text) in fitting and (said := _before_changes(text)):
                yield n, said


def _before_changes(text: str) -> str:
    """`text` without what it says of a change: ``Updated: 14 April 2026 | Published: 12 April 2026``."""
    changed = _CHANGED.search(text)
    if not changed:
        return text
    before = text[: changed.start()]
    if sum(map(str.isdigit, before)) >= _DIGITS:
        return before
    published = _PUBLISHED_IN.search(text, changed.end())
    return text[published.end() :] if published else ""


def _right_above(headline: HtmlElement) -> Iterator[HtmlElement]:
    """What may hold a date, in front of the headline or of what holds it."""
    for element in (headline, *islice(headline.iterancestors(), 1)):
        for sibling in islice(element.itersiblings(preceding=True), _ABOVE):
            yield from sibling.iter(*_HOLDERS)


def _zone(at: datetime, clock: re.Match[str], text: str) -> timezone | None:
    hour, minute = int(clock[1]), int(clock[2])
    if clock[3]:
        hour = hour % 12 + (12 if clock[3] in "pP" else 0)
    if hour > 23 or minute > 59:
        return None
    ahead = (hour * 60 + minute - at.hour * 60 - at.minute) % 1440
    numbers = {int(n) for n in re.findall(r"\d+", text[: clock.start()] + " " + text[clock.end() :])}
    for minutes in (ahead, ahead - 1440):
        if minutes % 30 == 0 and -720 <= minutes <= 840:
            there = at + timedelta(minutes=minutes)
            if {there.day, there.year} <= numbers:
                return timezone(timedelta(minutes=minutes)) if minutes else UTC
    return None
