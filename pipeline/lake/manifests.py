"""Manifests: which files make up the tables of a lake. Nothing else is read, whatever lies in its folders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.errors import WirefoldError
from pipeline.lake.datafile import INTERNAL, DataFile
from pipeline.lake.storage import Storage

__all__ = ["Manifests", "manifest_path", "read_document"]

_DAY = re.compile(r"day=(\d{4}-\d\d-\d\d)\.json")


class Manifests:
    """The files of all tables, by partition and name."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._read: dict[str, tuple[object, dict[str, DataFile]]] = {}  # by path, with the state of the file then
        self._held: dict[str, list[DataFile]] | None = None

    def days(self, table: str) -> list[str]:
        """Partitions of a table, sorted."""
        folder = f"{INTERNAL}/manifests/{table}"
        found = (p.removeprefix(f"{folder}/") for p in self._storage.list(folder))
        return [m[1] for name in found if (m := _DAY.fullmatch(name))]

    def files(self, table: str, days: Iterable[str] | None = None) -> list[DataFile]:
        """Files of a table, by day and name."""
        if days is not None or self._held is None:
            return [f for day in (self.days(table) if days is None else days) for f in self.of(table, day).values()]
        if table not in self._held:
            self._held[table] = self.files(table, self.days(table))
        return list(self._held[table])

    def of(self, table: str, day: str) -> dict[str, DataFile]:
        """Files of one partition, by name.

        Raises:
            WirefoldError: The manifest is damaged.
        """
        rel = manifest_path(table, day)
        state = self._storage.state(rel)
        if rel in self._read and self._read[rel][0] == state is not None:
            return self._read[rel][1]
        if not self._storage.exists(rel):
            return {}
        try:
            rows = json.loads(self._storage.read(rel))["files"]
            files = {name: _file(row, table, day, name) for name, row in sorted(rows.items())}
        except (ValueError, TypeError, KeyError) as e:
            raise WirefoldError(f"{self._storage.root}/{rel} is damaged: {e}") from e
        self._read[rel] = state, files
        return files

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts nobody changes them: what was read once need not be looked at again."""
        self._held = {}
        try:
            yield
        finally:
            self._held = None


def _file(row: dict[str, Any], table: str, day: str, name: str) -> DataFile:
    bounds = {column: tuple(ends) for column, ends in row.get("bounds", {}).items()}
    return DataFile(**{**row, "bounds": bounds, "held": tuple(row.get("held", ()))}, table=table, day=day, name=name)


def manifest_path(table: str, day: str) -> str:
    """Where the manifest of a partition lies."""
    return f"{INTERNAL}/manifests/{table}/day={day}.json"


def read_document(storage: Storage, rel: str) -> dict[str, Any] | None:
    """A small JSON document that the lake keeps; None when there is none.

    Raises:
        WirefoldError: It is damaged.
    """
    if not storage.exists(rel):
        return None
    try:
        found = json.loads(storage.read(rel))
    except ValueError as e:
        raise WirefoldError(f"{storage.root}/{rel} is damaged: {e}") from e
    if not isinstance(found, dict):
        raise WirefoldError(f"{storage.root}/{rel} is damaged: it holds no object")
    return found
