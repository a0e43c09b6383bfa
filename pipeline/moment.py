"""Points in time as pages, feeds and wires write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from pipeline.article import credible

__all__ = ["Moment", "read_moment"]

_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_CHARS = range(8, 81)
_EPOCH_DIGITS = (10, 13)
_NONE = timedelta(0)

_YEAR_FIRST = re.compile(  # what ISO 8601 would have with hyphens and two digits each
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2})(?=\d{6}\b))"
    r"(?:[T ,]*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?\s*([+-]\d\d:\d\d|Z)?",
    re.IGNORECASE,
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?=$|[T ,])")
_HALF_DAY = re.compile(r"\b(\d{1,2})(?::(\d{2}(?::\d{2})?))?\s?([ap])\.?m\b\.?", re.IGNORECASE)
_COMMENT = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])$")  # "+0100 (Central European Time)", "Z[UTC]"
_OFFSET = re.compile(
    r"(:\d\d(?:[.,]\d+)?)\s*(?:GMT|UTC|UT)?\s?([+\u2212-])(\d{1,2})(?::?([0-5]\d))?(?=$|\s\d{4}$)", re.IGNORECASE
)
_NAME = re.compile(r"(:\d\d)(?:\.\d+)?\s*([A-Z]{1,4})(?=$|\s\d{4}$)")
_YEAR_BEHIND = re.compile(r"(?:[A-Z][a-z]{2},?\s)?([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d)( \S+)? (\d{4})")
_ZONES = {  # hours; none that means another zone elsewhere, but for what feeds of one country alone are full of
    "GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "CEST": 2, "MEST": 2,
    "MESZ": 2, "MEZ": 1, "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "PKT": 5, "WIB": 7, "SGT": 8, "HKT": 8, "AWST": 8,
    "KST": 9, "JST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "AST": -4,
    "ADT": -3, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8, "AKDT": -8,
    "AKST": -9, "HST": -10,
}  # fmt: skip


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

    Also what programs and templates make of these: ``2023/12/22 10:00 PM``, ``Dec 22, 2023 10:00 PM CET``,
    ``Fri Dec 22 2023 22:00:00 GMT+0100 (CET)``, ``22.12.2023 22:00``; a day between slashes, if it is sure which of the
    two is the month. A time without a zone is taken as UTC. One that is not `credible` is none.
    """
    text = " ".join(str(value).split()) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if len(text) not in _CHARS:
        return None
    found = _read(text)
    return found if found and credible(found.at) else None


def _read(text: str) -> Moment | None:
    try:
        if _DAY.fullmatch(text):
            return Moment(datetime.fromisoformat(text).replace(tzinfo=UTC), exact=False)
        if text.isdecimal() and len(text) in _EPOCH_DIGITS:
            return Moment(datetime.fromtimestamp(int(text[:10]), UTC), exact=True)
        return _aware(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return _read_loosely(text)


def _read_loosely(text: str) -> Moment | None:
    plain = _HALF_DAY.sub(_of_24_hours, _COMMENT.sub("", text))
    plain = _OFFSET.sub(_two_digits_each, plain)
    plain = _NAME.sub(_offset_of_zone, plain)
    try:
        if day := _YEAR_LAST.match(plain):
            first, second = int(day[1]), int(day[3])
            if first <= 12 and second <= 12 and first != second and day[2] != ".":
                return None
            month, date = (first, second) if second > 12 else (second, first)
            plain = f"{day[4]}-{month:02}-{date:02}{plain[day.end() :]}"
        if found := _YEAR_FIRST.fullmatch(plain):
            year, _, month_, day_, month__, day__, hour, minute, second_, zone = found.groups()
            at = datetime(int(year), int(month_ or month__), int(day_ or day__), tzinfo=UTC)
            if not hour:
                return None if zone else Moment(at, exact=False)
            clock = f"{int(hour):02}:{minute}:{min(int(second_ or 0), 59):02}"  # a leap second is no more than that
            return _aware(datetime.fromisoformat(f"{at.date()}T{clock}{(zone or '').upper()}"))
        plain = _YEAR_BEHIND.sub(r"\2 \1 \5 \3\4", plain)
        return _aware(parsedate_to_datetime(re.sub(r"([+-]\d\d):(\d\d)$", r"\1\2", plain)))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _aware(at: datetime) -> Moment | None:
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    utc = at.astimezone(UTC)
    return Moment(utc if at.utcoffset() == _NONE else at, exact=True)


def _of_24_hours(clock: re.Match[str]) -> str:
    hour = int(clock[1])
    if hour <= 12:  # else it has 24 already
        hour = hour % 12 + (12 if clock[3] in "pP" else 0)
    return f"{hour:02}:{clock[2] or '00'}"


def _two_digits_each(offset: re.Match[str]) -> str:
    return f"{offset[1]} {'+' if offset[2] == '+' else '-'}{int(offset[3]):02}:{offset[4] or '00'}"


def _offset_of_zone(name: re.Match[str]) -> str:
    hours = _ZONES.get(name[2])
    if hours is None:
        return name[0]
    return f"{name[1]} {'-' if hours < 0 else '+'}{int(abs(hours)):02}:{int(abs(hours) % 1 * 60):02}"
