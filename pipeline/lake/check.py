"""Checking what the lake says about itself: manifests against files, ledgers against their own sums, leftovers.

Nothing here looks into rows; `pipeline.run.check` does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.article import Outcome
from pipeline.errors import WirefoldError
from pipeline.lake import index
from pipeline.lake.contract import contract, contracts
from pipeline.lake.datafile import INTERNAL, DataFile, digest, stale
from pipeline.lake.lake import Lake
from pipeline.lake.transaction import JOURNAL

__all__ = ["Area", "Finding", "check_files", "check_ledgers", "check_leftovers"]

Area = str
"""``file``, ``contract``, ``ledger``, ``reference`` or ``leftover``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be.

    Attributes:
        where: The file, table, run or story, relative to the lake.
        what: One line for a person.
        breach: Whether a promise is broken; otherwise it is a note.
    """

    area: Area
    where: str
    what: str
    breach: bool = True


def check_files(lake: Lake) -> tuple[list[Finding], dict[str, list[DataFile]]]:
    """Compare the manifests with the files.

    Returns:
        Findings, and by table the files that can be read under their contract.
    """
    findings: list[Finding] = []
    sound: dict[str, list[DataFile]] = {}
    for terms in contracts():
        table = terms.name
        sound[table] = []
        known: set[str] = set()
        for day in lake.days(table):
            try:
                files = lake.files(table, [day])
            except WirefoldError as e:
                findings.append(Finding("file", f"{INTERNAL}/manifests/{table}/day={day}.json", str(e)))
                continue
            for file in files:
                known.add(file.rel)
                wrong = list(_wrong(lake, file))
                findings += wrong
                if all(f.what.startswith("has other bytes") for f in wrong) and _readable(lake, file):
                    sound[table].append(file)
                    findings += _index(lake, file)
        findings += [
            Finding("file", rel, "is in the folder of a table, but no manifest names it")
            for rel in lake.storage.list(table)
            if rel not in known
        ]
    return findings, sound


def _wrong(lake: Lake, file: DataFile) -> Iterator[Finding]:
    """What is wrong with a file, from the outside in."""
    if not lake.storage.exists(file.rel):
        yield Finding("file", file.rel, "is missing")
        return
    if (size := lake.storage.size(file.rel)) != file.bytes:
        yield Finding("file", file.rel, f"has {size:,} bytes instead of {file.bytes:,}")
        return
    if digest(lake.storage, file.rel) != file.digest:
        yield Finding("file", file.rel, "has other bytes than when it was written")
    try:
        with lake.storage.open(file.rel) as f, pq.ParquetFile(f) as parquet:
            rows, schema = parquet.metadata.num_rows, parquet.schema_arrow
    except (pa.ArrowException, OSError) as e:
        yield Finding("file", file.rel, f"is no readable Parquet file: {e}")
        return
    if rows != file.rows:
        yield Finding("file", file.rel, f"has {rows:,} rows instead of {file.rows:,}")
    terms = contract(file.table)
    if file.contract != terms.version:
        yield Finding("contract", file.rel, stale(file, terms.version))
    elif not schema.equals(terms.schema, check_metadata=False):
        yield Finding(
            "contract", file.rel, f"does not have the columns of its contract: {_difference(schema, terms.schema)}"
        )


def _readable(lake: Lake, file: DataFile) -> bool:
    """Whether all of it can be decoded, to the last UTF-8 sequence; asked only of files that are worth asking."""
    try:
        for batch in lake.batches(file):
            batch.validate(full=True)
    except (WirefoldError, pa.ArrowException, OSError):
        return False
    return True


def _index(lake: Lake, file: DataFile) -> Iterator[Finding]:
    """One that is missing is made anew whenever it is wanted; a wrong one would hide rows."""
    columns = index.INDEXED.get(file.table)
    known = index.load(lake.storage, file) if columns else None
    if columns and known is not None:
        rows = lake.read(file.table, list(columns), files=[file])
        if (index.numbers(file.table, rows) != known).any():
            yield Finding("file", index.path(file), "is not the index of its file: delete it")


def _difference(have: pa.Schema, want: pa.Schema) -> str:
    for field in want:
        at = have.get_field_index(field.name)
        if at < 0:
            return f"{field.name} is missing"
        if not have.field(at).equals(field):
            return f"{field.name} is {_described(have.field(at))} instead of {_described(field)}"
    extra = [n for n in have.names if n not in want.names]
    return f"{extra[0]} is not in it" if extra else "their order differs"


def _described(field: pa.Field) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"


def check_ledgers(lake: Lake) -> tuple[list[Finding], dict[str, dict[str, Any]]]:
    """Check that every ledger adds up.

    Returns:
        Findings, and the ledgers that can be read, by the key of their run.
    """
    findings: list[Finding] = []
    ledgers: dict[str, dict[str, Any]] = {}
    for name in lake.runs():
        where = f"{INTERNAL}/runs/{name}.json"
        try:
            ledger = json.loads(lake.storage.read(where))
            wrong = list(_unbalanced(ledger))
            ledgers[ledger["run"]] = ledger
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            findings.append(Finding("ledger", where, f"is damaged: {type(e).__name__}: {e}"))
            continue
        if ledger["run"].replace(":", "") != name:
            wrong.append(f"is the ledger of run {ledger['run']}")
        findings += [Finding("ledger", where, what) for what in wrong]
    return findings, ledgers


_OUTCOMES = tuple(o.value for o in Outcome)


def _unbalanced(ledger: dict[str, Any]) -> Iterator[str]:
    entries: dict[str, dict[str, Any]] = ledger["sources"]
    for name, entry in (*entries.items(), ("", ledger)):
        of = f"source {name}: " if name else ""
        if (parts := sum(entry[o] for o in _OUTCOMES)) != entry["discovered"]:
            yield f"{of}{entry['discovered']:,} discovered, but {parts:,} accounted for"
        if (reasons := sum(entry["reasons"].values())) != entry["rejected"]:
            yield f"{of}{entry['rejected']:,} rejected, but {reasons:,} reasons"
    for key in ("discovered", *_OUTCOMES):
        if (total := sum(e[key] for e in entries.values())) != ledger[key]:
            yield f"{ledger[key]:,} {key} in all, but {total:,} in its sources"
    total_reasons: Counter[str] = Counter()
    for entry in entries.values():
        total_reasons.update(entry["reasons"])
    if total_reasons != Counter(ledger["reasons"]):
        yield "the reasons in all are not those of its sources"
    if not ledger["balanced"]:
        yield "says of itself that it is not balanced"


def check_leftovers(lake: Lake) -> list[Finding]:
    """What dead writers left behind: harmless, and taken up or cleared away by the next one. As notes."""
    found: dict[str, str] = {}
    if lake.storage.exists(JOURNAL):
        found[JOURNAL] = "an interrupted commit; the next writer finishes it"
    if lake.storage.list(f"{INTERNAL}/tx"):
        found[f"{INTERNAL}/tx"] = "files of an interrupted commit; the next writer removes them"
    for path in lake.storage.list(f"{INTERNAL}/staging"):
        if path.count("/") > 2:
            found["/".join(path.split("/")[:3])] = "a run that is going on or was interrupted"
    return [Finding("leftover", where, what, breach=False) for where, what in found.items()]
