"""The contracts as a page for people: ``docs/tables.md`` is what this prints (``make docs``)."""

from __future__ import annotations

import sys

import pyarrow as pa

from pipeline.lake.contract import Contract, contracts

__all__ = ["describe"]

_HEAD = """# The tables

Made from `schemas/*.odcs.yaml` by `make docs`; change the contracts, not this page.

Every table is a folder of zstd Parquet files in Hive partitions by the day of the run,
`TABLE/day=2018-09-14/….parquet`; `day` is not stored in the files. `records`, `stories` and `links` are published:
their columns and ids do not break. The others are the lake's own and may change with a version.
"""


def describe(tables: list[Contract]) -> str:
    """The tables as Markdown, the published ones first."""
    ordered = sorted(tables, key=lambda t: (not t.published, t.name))
    return _HEAD + "".join(_table(t) for t in ordered)


def _table(terms: Contract) -> str:
    lines = [f"\n## {terms.name}{'' if terms.published else ' (internal)'}\n", terms.description, ""]
    lines += [f"Version {terms.version}. One row per {', '.join(f'`{k}`' for k in terms.key)}.", ""]
    lines += ["| column | type | |", "|---|---|---|"]
    for field in terms.schema:
        told = (field.metadata or {}).get(b"description", b"").decode()
        if allowed := terms.values.get(field.name):
            told += f" One of {', '.join(f'`{v}`' for v in sorted(allowed))}."
        lines.append(
            f"| `{field.name}` | {_type(field.type)}{'' if field.nullable else ', required'} | {_cell(told)} |"
        )
    return "\n".join(lines) + "\n"


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_struct(kind):
        return f"struct({', '.join(f'{f.name} {_type(f.type)}' for f in kind)})"
    return "timestamp UTC" if pa.types.is_timestamp(kind) else str(kind)


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(describe(contracts()))
