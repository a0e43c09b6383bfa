"""The contract files: valid under the standard, and a promise that tables can keep."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pytest
import yaml

from pipeline.article import Clock, Outcome, Reason, Relation
from pipeline.errors import WirefoldError
from pipeline.lake import contract, contracts
from pipeline.lake.contract import _type
from pipeline.resources import resource_dir

FILES = sorted(resource_dir("schemas").glob("*.odcs.yaml"))
KEYS = {
    "articles": ("article_id",),
    "decisions": ("article_a", "article_b", "decided_at"),
    "fetches": ("run", "source", "seq"),
    "keys": ("key", "article"),
    "lines": ("key", "article"),
    "links": ("article_a", "article_b"),
    "records": ("article_id",),
    "rejects": ("run", "source", "seq"),
    "sketches": ("article_id",),
    "stories": ("story_id",),
}
# What people outside rely upon; a name may be added here, but never taken away.
RELIED_UPON = {
    "records": "article_id guid story_id relation version_no is_canonical title text url source published_at language",
    "links": "article_a article_b relation jaccard",
    "stories": "story_id canonical_article_id",
}


@pytest.fixture(scope="module")
def standard() -> Any:
    """The Open Data Contract Standard's own JSON schema."""
    schema = json.loads((files("open_data_contract_standard") / "schema.json").read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name.partition(".")[0])
class TestFiles:
    def test_is_valid_under_the_standard(self, path: Path, standard: Any) -> None:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert [f"{e.json_path}: {e.message}" for e in standard.iter_errors(document)] == []

    def test_is_named_after_its_table(self, path: Path) -> None:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        (table,) = document["schema"]
        assert path.name == f"{document['name']}.odcs.yaml"
        assert table["name"] == document["name"]
        assert document["id"] == f"urn:wirefold:{document['name']}"

    def test_describes_every_column(self, path: Path) -> None:
        terms = contract(path.name.partition(".")[0])
        assert terms.description
        assert [f.name for f in terms.schema if not (f.metadata or {}).get(b"description")] == []

    def test_logical_and_physical_types_agree(self, path: Path) -> None:
        (table,) = yaml.safe_load(path.read_text(encoding="utf-8"))["schema"]
        fits = {
            "string": lambda t: pa.types.is_string(t) or pa.types.is_binary(t),
            "integer": pa.types.is_integer,
            "number": pa.types.is_floating,
            "boolean": pa.types.is_boolean,
            "timestamp": pa.types.is_timestamp,
            "date": pa.types.is_date,
            "array": pa.types.is_list,
            "object": pa.types.is_struct,
        }
        assert [p["name"] for p in table["properties"] if not fits[p["logicalType"]](_type(p))] == []


def test_every_table_has_a_contract_and_a_key() -> None:
    assert {c.name: c.key for c in contracts()} == KEYS
    for terms in contracts():
        assert all(not terms.schema.field(name).nullable for name in terms.key), terms.name


def test_what_is_published() -> None:
    assert {c.name for c in contracts() if c.published} == RELIED_UPON.keys()
    for table, names in RELIED_UPON.items():
        assert set(names.split()) <= set(contract(table).schema.names)


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("fetches", "outcome", {o.value for o in Outcome}),
        ("rejects", "reason", {r.value for r in Reason}),
        ("articles", "clock", {c.value for c in Clock}),
        ("records", "clock", {c.value for c in Clock}),
        ("links", "relation", {r.value for r in Relation}),
    ],
)
def test_allowed_values_are_those_of_the_code(table: str, column: str, values: set[str]) -> None:
    assert contract(table).values[column] == values


def test_records_carry_all_that_articles_do() -> None:
    articles, records = contract("articles").schema, contract("records").schema
    common = [f.name for f in articles if f.name in records.names]
    assert [n for n in common if articles.field(n).type != records.field(n).type] == []
    assert {"article_id", "guid", "title", "text", "url", "source", "published_at", "language"} <= set(common)


def test_an_unknown_table_is_one_line() -> None:
    with pytest.raises(WirefoldError, match="no contract for table 'nonsense'"):
        contract("nonsense")


def test_an_unknown_type_names_the_column() -> None:
    with pytest.raises(WirefoldError, match="'decimal' of column 'price'"):
        _type({"name": "price", "physicalType": "decimal"})
