"""The keys of runs."""

from __future__ import annotations

import pytest

from pipeline.errors import UsageError
from pipeline.partition import Run


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("2018-09-14T03:00:00", "2018-09-14T03:00:00"),
        ("2018-09-14", "2018-09-14T00:00:00"),
        ("2018-09-14T03:00:00.7+02:00", "2018-09-14T01:00:00"),
        ("0900-01-01", "0900-01-01T00:00:00"),
    ],
)
def test_an_instant_is_a_key(said: str, key: str) -> None:
    run = Run.parse(said)
    assert run.key == key
    assert Run.named(run.name) == Run.numbered(run.first_number) == run


@pytest.mark.parametrize("said", ["yesterday", "2018-13-01", "0001-01-01T00:00:00+05:00"])
def test_what_is_no_instant_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="is no partition"):
        Run.parse(said)
