"""Contracts: `schemas/*.odcs.yaml` (Open Data Contract Standard 3.1) read into Arrow schemas and rules.

The contract files are the only place where a table's columns are written down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa
import yaml

from pipeline.errors import WirefoldError
from pipeline.resources import resource_dir

__all__ = ["Contract", "contract", "contracts"]

_ARROW: dict[str, pa.DataType] = {
    "string": pa.string(),
    "binary": pa.binary(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
}
_TIMESTAMP = re.compile(r"timestamp\[(s|ms|us|ns)(?:, tz=([\w/+:-]+))?\]")


@dataclass(frozen=True)
class Contract:
    """What a table promises.

    Attributes:
        schema: Arrow schema; field metadata holds each column's description, non-nullable means required.
        key: Columns that identify a row within the table.
        values: Allowed values by column.
        published: Whether consumers may rely on it.
    """

    name: str
    version: str
    description: str
    schema: pa.Schema
    key: tuple[str, ...]
    values: dict[str, frozenset[str]]
    published: bool


@cache
def contract(name: str) -> Contract:
    """The contract of a table.

    Raises:
        WirefoldError: There is no such contract, or it names a type that has no Arrow equivalent here.
    """
    path = resource_dir("schemas") / f"{name}.odcs.yaml"
    if not path.is_file():
        raise WirefoldError(f"no contract for table {name!r}: {path.name} is missing")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there
    return _parse(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - a safe loader either way


def contracts() -> list[Contract]:
    """All contracts, by name."""
    return [contract(p.name.removesuffix(".odcs.yaml")) for p in sorted(resource_dir("schemas").glob("*.odcs.yaml"))]


def _parse(doc: dict[str, Any]) -> Contract:
    (table,) = doc["schema"]
    properties = table["properties"]
    keys = [(p["primaryKeyPosition"], p["name"]) for p in properties if p.get("primaryKey")]
    custom = {c["property"]: c["value"] for c in doc.get("customProperties", ())}
    return Contract(
        name=doc["name"],
        version=doc["version"],
        description=" ".join(doc["description"]["purpose"].split()),
        schema=pa.schema([_field(p) for p in properties]),
        key=tuple(name for _, name in sorted(keys)),
        values={p["name"]: v for p in properties if (v := _valid_values(p))},
        published=bool(custom.get("published")),
    )


def _field(prop: dict[str, Any]) -> pa.Field:
    metadata = {"description": prop["description"]} if "description" in prop else None
    return pa.field(prop["name"], _type(prop), nullable=not prop.get("required", False), metadata=metadata)


def _type(prop: dict[str, Any]) -> pa.DataType:
    physical = prop["physicalType"]
    if physical == "list":
        return pa.list_(pa.field("element", _type(prop["items"]), nullable=False))
    if physical == "struct":
        return pa.struct(
            [pa.field(p["name"], _type(p), nullable=not p.get("required", False)) for p in prop["properties"]]
        )
    if m := _TIMESTAMP.fullmatch(physical):
        return pa.timestamp(m[1], tz=m[2])
    try:
        return _ARROW[physical]
    except KeyError:
        raise WirefoldError(f"contract type {physical!r} of column {prop.get('name')!r} is not known") from None


def _valid_values(prop: dict[str, Any]) -> frozenset[str]:
    for rule in prop.get("quality", ()):
        if rule.get("metric") == "invalidValues":
            return frozenset(rule["arguments"]["validValues"])
    return frozenset()
