"""Points in time in the forms that pages, feeds and wires have them in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline.moment import Moment, read_moment

TEN = datetime(2026, 4, 12, 10, tzinfo=UTC)


def at(hours: float) -> datetime:
    return TEN.replace(tzinfo=timezone(timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        *((text, Moment(TEN, exact=True)) for text in (
            "2026-04-12T10:00:00Z", "2026-04-12t10:00z", "20260412T100000Z", "20260412100000", "1775988000",
            "1775988000000", "2026/04/12 10:00:00", "2026-4-12 10:00", "2026-04-12 10:00 AM", "2026-04-12T10:00:00Z[UTC]",
            "Sun, 12 Apr 2026 10:00:00 GMT", "Apr 12, 2026 10:00 a.m.", "12.4.2026 10:00:00 AM",
            "12.04.2026 10:00", "Sun, 12 Apr 2026 10:00:00 XYZ",
        )),
        *((text, Moment(TEN + timedelta(hours=12), exact=True)) for text in (
            "2026-04-12 10:00 PM", "Apr 12, 2026 10:00 PM", "Sun, 12 Apr 2026 10:00:00 PM", "2026-04-12 22:00 pm",
        )),
        ("2026-04-12 12:05 AM", Moment(TEN.replace(hour=0, minute=5), exact=True)),
        *((text, Moment(at(1), exact=True)) for text in (
            "2026-04-12T10:00:00+01:00", "2026-04-12T10:00:00 +0100", "2026-04-12T10:00+1", "2026-04-12 10:00:00 CET",
            "Sun Apr 12 2026 10:00:00 GMT+0100 (Central European Standard Time)", "Sun Apr 12 10:00:00 CET 2026",
            "Sun, 12 Apr 2026 10:00:00 +01:00", "Sun, 12 Apr 2026 10:00:00 BST", "2026-04-12T10:00:00+01:00[Europe/Paris]",
        )),
        ("Apr 12, 2026 10:00 EDT", Moment(at(-4), exact=True)),
        ("2026-04-12T10:00:00\u221205:00", Moment(at(-5), exact=True)),
        ("Sun, 12 Apr 2026 10:00:00 IST", Moment(at(5.5), exact=True)),
        ("2026-04-12T10:00:60Z", Moment(TEN.replace(second=59), exact=True)),
        *((text, Moment(TEN.replace(hour=0), exact=False)) for text in ("2026-04-12", "20260412", "2026/4/12", "12.4.2026")),
        ("4/13/2026", Moment(datetime(2026, 4, 13, tzinfo=UTC), exact=False)),
        ("13/4/2026", Moment(datetime(2026, 4, 13, tzinfo=UTC), exact=False)),
        *((text, None) for text in (
            "4/12/2026", "12/4/2026 10:00", "2026-13-12", "10:00 PM", "0000-00-00 00:00:00", "9999-12-31", "yesterday, 10:00",
            "+44 20 7946 0958", "2026-04-12" * 9,
        )),
    ],
)  # fmt: skip
def test_read_moment(text: str, moment: Moment | None) -> None:
    found = read_moment(text)
    assert found == moment
    assert found is None or found.at.utcoffset() == (moment and moment.at.utcoffset())
