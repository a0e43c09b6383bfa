"""The page of the tables says what the contracts say."""

from __future__ import annotations

from pathlib import Path

from pipeline.lake.contract import contracts
from pipeline.lake.describe import describe

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == describe(contracts()), "run `make docs`"


def test_every_column_is_described() -> None:
    for terms in contracts():
        assert terms.description
        for field in terms.schema:
            assert (field.metadata or {}).get(b"description"), f"{terms.name}.{field.name}"
