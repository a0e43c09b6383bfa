"""Points in time as pages and wires write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pipeline.article import credible

__all__ = ["EARLIEST", "Moment", "day_in_address", "may_be_on", "plausible", "read_moment"]

_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: a template's placeholder, not a date
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ADDRESS_DAY = re.compile(  # a rubric may stand between: /2018/world/09/14/
    rf"/(20\d\d)(?:[/-]|/[a-z][\w.-]{{1,30}}/)(\d{{1,2}}|{'|'.join(_MONTHS)})[/-](\d{{1,2}})(?=[/-])", re.IGNORECASE
)
_NONE = timedelta(0)
_AHEAD = timedelta(days=1)  # clocks and time zones differ by less
_DAY_BEFORE, _DAY_AFTER = timedelta(hours=-14), timedelta(hours=38)  # of a day's first instant in UTC


class Moment(NamedTuple):
    """A point in time.

    Attributes:
        at: Aware, in the zone that was stated, since its day is the day of publication; midnight UTC when only the
            day is known.
        exact: False when only the day is known.
    """

    at: datetime
    exact: bool


def read_moment(value: object) -> Moment | None:
    """Read ISO 8601 (extended, basic, NITF ``norm``), RFC 2822 or epoch seconds/milliseconds; None for anything else.

    A time without a zone is taken as UTC. One that is not `credible` is none.
    """
    found = _read(value)
    return found if found and credible(found.at) else None


def _read(value: object) -> Moment | None:
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not 8 <= len(text) <= 64:
        return None
    try:
        if _DAY.fullmatch(text):
            return Moment(datetime.fromisoformat(text).replace(tzinfo=UTC), exact=False)
        if text.isdecimal() and len(text) in (10, 13):
            return Moment(datetime.fromtimestamp(int(text[:10]), UTC), exact=True)
        at = datetime.fromisoformat(re.sub(r" (?=(?:[+-]\d|Z))|(?<=\d) UTC$", "", text))
    except (ValueError, OverflowError):
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    try:
        utc = at.astimezone(UTC)
    except OverflowError:
        return None
    return Moment(utc if at.utcoffset() == _NONE else at, exact=True)


def day_in_address(url: str) -> Moment | None:
    """The day that an address holds, as in ``/2018/sep/14/`` or ``/2018/09/14/``."""
    found = _ADDRESS_DAY.search(url)
    if not found:
        return None
    year, month, day = found.groups()
    number = _MONTHS.index(month.lower()) + 1 if month.isalpha() else int(month)
    return read_moment(f"{year}-{number:02}-{int(day):02}")


def may_be_on(at: datetime, day: datetime) -> bool:
    """Whether an instant is on the day that begins at `day` in UTC, in one zone or another."""
    return _DAY_BEFORE <= at - day <= _DAY_AFTER


def plausible(moment: Moment | None, seen: datetime) -> Moment | None:
    """`moment` unless it is None, before the web, or more than a day after it was `seen`."""
    return moment if moment and EARLIEST <= moment.at <= seen + _AHEAD else None
