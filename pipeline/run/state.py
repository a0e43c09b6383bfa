"""Where a lake keeps what folding has to know of the last fold."""

from __future__ import annotations

from pipeline.lake.datafile import INTERNAL

__all__ = ["PUBLISHED", "UNLINKED"]

PUBLISHED = f"{INTERNAL}/published.json"
"""Digests of the articles, links and decisions that stories and records were made from."""

UNLINKED = f"{INTERNAL}/unlinked.json"
"""Articles that have lost a link since then."""
