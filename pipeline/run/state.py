"""Where a lake keeps what folding has to know of the last fold."""

from __future__ import annotations

from pipeline.lake import DataFile, Lake
from pipeline.lake.datafile import INTERNAL

__all__ = ["PUBLISHED", "UNLINKED", "unfolded"]

PUBLISHED = f"{INTERNAL}/published.json"
"""Digests of the articles, links and decisions that stories and records were made from."""

UNLINKED = f"{INTERNAL}/unlinked.json"
"""Articles that have lost a link since then."""


def unfolded(lake: Lake) -> list[DataFile]:
    """Files of articles that stories and records do not know yet."""
    published = (lake.document(PUBLISHED) or {}).get("articles", {})
    return [f for f in lake.files("articles") if published.get(f.rel) != f.digest]
