"""Ingesting from the configured sources: plan, fetch and extract each source, commit the run.

Arguments and results are strings and small JSON-able dicts, so that any scheduler can carry them between processes.
Every step may be repeated: a step that has been done returns what it returned, one that was interrupted starts afresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
import xxhash

from pipeline.config import Source, load_config
from pipeline.errors import UsageError
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.staging import Staging

if TYPE_CHECKING:
    from pipeline.extract.workers import ExtractionPool

__all__ = ["all_down", "collect", "extract_source", "fetch_source", "plan"]

log = structlog.get_logger(__name__)


def plan(config_path: str) -> list[str]:
    """Names of the sources, in the order of the configuration.

    Raises:
        UsageError: It names none.
    """
    names = [s.name for s in load_config(config_path).source]
    if not names:
        raise UsageError(f"{config_path} names no source: add a [[source]]")
    return names


def fetch_source(config_path: str, lake: str, run: str, source: str) -> dict[str, Any]:
    """Fetch what a source lists and what changed since last time; keep the bytes as WARC.

    Waits while another process fetches from the same host: a host is not asked by two at once, and of two that were
    started for one source of one run the second finds the work done.

    Raises:
        SourceDown: Its listing cannot be had.
    """
    from pipeline.run.capture import capture_source

    config = load_config(config_path)
    wanted = config.named(source)
    staging = Staging(Lake(lake), Run.parse(run), source)
    with staging.lake.storage.lock(_lock_of(wanted), lambda: log.info("waiting for the host", host=wanted.host)):
        if _committed(staging):
            return {"source": source, "committed": True}
        return {"source": source, **capture_source(config, wanted, staging)}


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


def all_down(ledger: dict[str, Any]) -> bool:
    """Whether a run got nothing from anybody."""
    return len(ledger["down"]) == len(ledger["sources"])


def _lock_of(source: Source) -> str:
    """Name of the lock of its host; a hash, as hosts may be longer than file names."""
    return f"host-{xxhash.xxh3_64_hexdigest(source.host.encode())}"


def _committed(staging: Staging) -> bool:
    ledger = staging.lake.ledger(staging.run.name)
    entry = ledger["sources"].get(staging.source) if ledger else None
    return entry is not None and not entry["down"]
