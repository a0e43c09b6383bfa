"""Figures of an evaluation as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table

__all__ = ["comparison_table"]


def comparison_table(result: Mapping[str, Any], names: Sequence[str]) -> Table:
    """Measures with their confidence intervals, one column for each of `names` that were compared."""
    table = Table(box=box.SIMPLE_HEAD, title=f"{result['corpus']}: {result['pages']} pages", title_justify="left")
    table.add_column("measure")
    for name in names:
        table.add_column(name, justify="right")
    for measure in result[names[-1]]:
        values = (result[name][measure] for name in names)
        table.add_row(measure.replace("_", " "), *(f"{v['value']:.3f} ± {v['ci']:.3f}" for v in values))
    seconds = (result[name].get("seconds") for name in names)
    table.add_row("processor seconds", *("" if s is None else f"{s:.1f}" for s in seconds), style="dim")
    return table
