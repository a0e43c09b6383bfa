"""Ingesting from the configured sources: plan, fetch and extract each source, commit the run.

Arguments and results are strings and small JSON-able dicts, so that any scheduler can carry them between processes.
Every step may be repeated: a step that has been done returns what it returned, one that was interrupted starts afresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.config import load_config
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.staging import Staging

if TYPE_CHECKING:
    from pipeline.extract.workers import ExtractionPool

__all__ = ["collect", "extract_source", "fetch_source", "plan"]


def plan(config_path: str) -> list[str]:
    """Names of the sources, in the order of the configuration."""
    return [s.name for s in load_config(config_path).source]


def fetch_source(config_path: str, lake: str, run: str, source: str) -> dict[str, Any]:
    """Fetch what a source lists and what changed since last time; keep the bytes as WARC.

    Raises:
        SourceDown: Its listing cannot be had.
    """
    from pipeline.run.capture import capture_source

    config = load_config(config_path)
    staging = Staging(Lake(lake), Run.parse(run), source)
    if _committed(staging):
        return {"source": source, "committed": True}
    return {"source": source, **capture_source(config, config.named(source), staging)}


def extract_source(
    config_path: str, lake: str, run: str, source: str, pool: ExtractionPool | None = None
) -> dict[str, Any]:
    """Make articles of what was fetched; by the workers of a pool, where several sources share one."""
    from pipeline.run.extraction import extract_captures

    config = load_config(config_path)
    staging = Staging(Lake(lake), Run.parse(run), source)
    if _committed(staging):
        return {"source": source, "committed": True}
    return {"source": source, **extract_captures(config.extract, config.named(source), staging, pool)}


def collect(config_path: str, lake: str, run: str) -> dict[str, Any]:
    """Commit the run and balance its ledger.

    Raises:
        WirefoldError: The ledger is off.
    """
    from pipeline.run.collect import collect_run

    return collect_run(Lake(lake), Run.parse(run), plan(config_path))


def _committed(staging: Staging) -> bool:
    ledger = staging.lake.ledger(staging.run.name)
    entry = ledger["sources"].get(staging.source) if ledger else None
    return entry is not None and not entry["down"]
