"""What the sample wire's truth says, beside what a lake says."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.lake import Lake
from pipeline.resources import resource_dir

__all__ = ["ITEMS", "Found"]

Row = dict[str, Any]

ITEMS: list[Row] = [
    item
    for path in sorted((resource_dir("data") / "truth").glob("*.toml"))
    for item in tomllib.loads(path.read_text(encoding="utf-8"))["item"]
]


@dataclass(frozen=True)
class Found:
    """What became of the sample wire in a lake, under the names that the truth uses."""

    lake: Lake

    @cached_property
    def fetches(self) -> dict[str, Row]:
        """By ``at``."""
        rows = self.lake.read("fetches").to_pylist()
        found = {self._at(row): row for row in rows}
        assert len(found) == len(rows)
        return found

    @cached_property
    def records(self) -> dict[str, Row]:
        return {r["article_id"]: r for r in self.lake.read("records").to_pylist()}

    @cached_property
    def stories(self) -> dict[str, Row]:
        return {s["story_id"]: s for s in self.lake.read("stories").to_pylist()}

    def record(self, item: Row) -> Row:
        return self.records[self.fetches[item["at"]]["article_id"]]

    @cached_property
    def members(self) -> dict[str, set[str]]:
        """``at`` of all items in each story of the lake."""
        members: dict[str, set[str]] = defaultdict(set)
        for item in ITEMS:
            if item["outcome"] == "article":
                members[self.record(item)["story_id"]].add(item["at"])
        return members

    def name(self, story: str) -> str:
        """What the truth calls a story of the lake."""
        return next(item["story"] for item in ITEMS if item["at"] in self.members[story])

    def _at(self, fetch: Row) -> str:
        url: str = fetch["url"]
        if "://" in url:
            return url
        record = self.records.get(fetch["article_id"])
        return f"{record['guid']}#{record['wire_version']}" if record else f"agency/{Path(url).name}"
