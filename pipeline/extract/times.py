"""Which points in time a page can mean, and the day in its address."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pipeline.moment import Moment, read_moment

__all__ = ["EARLIEST", "day_in_address", "may_be_on", "plausible"]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: a template's placeholder, not a date
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ADDRESS_DAY = re.compile(  # a rubric may stand between: /2018/world/09/14/
    rf"/(20\d\d)(?:[/-]|/[a-z][\w.-]{{1,30}}/)(\d{{1,2}}|{'|'.join(_MONTHS)})[/-](\d{{1,2}})(?=[/-])", re.IGNORECASE
)
_AHEAD = timedelta(days=1)  # clocks and time zones differ by less
_DAY_BEFORE, _DAY_AFTER = timedelta(hours=-14), timedelta(hours=38)  # of a day's first instant in UTC


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
