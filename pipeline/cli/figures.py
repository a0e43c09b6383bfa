"""Figures of an evaluation as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table

__all__ = ["comparison_table", "composites_table", "folding_table"]


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


_JUDGED = {"pairs": "pair, by its link", "stories": "same story", "components": "links closed transitively"}


def folding_table(result: Mapping[str, Any]) -> Table:
    """How well a corpus was folded: overlaps found, then agreement with readers, each with its 95 % interval."""
    table = Table(box=box.SIMPLE_HEAD, title=f"{result['corpus']}: {result['texts']:,} texts", title_justify="left")
    for name in ("measure", "value", "95 %", "of"):
        table.add_column(name, justify="left" if name == "measure" else "right")

    def row(name: str, rate: Mapping[str, float]) -> None:
        if rate["of"]:
            interval = f"{rate['low']:.3f} to {rate['high']:.3f}"
            table.add_row(name, f"{rate['value']:.3f}", interval, f"{int(rate['of']):,}")

    if "overlap" in result:
        for band, rate in result["overlap"]["recall"].items():
            row(f"recall, {band}", rate)
        row("overlaps that are exact", result["overlap"]["exact"])
        table.add_section()
    for name, words in _JUDGED.items():
        for subset, rates in result.get(name, {}).items():
            for measure in ("precision", "recall", "f1"):
                row(f"{words}, {subset}: {measure}", rates[measure])
    table.add_section()
    for subset, rate in result.get("relations", {}).items():
        row(f"relation, {subset}", rate)
    for subset, rate in result.get("independent", {}).items():
        row(f"independent reports of one event made one story, {subset}", rate)
    return table


def composites_table(scores: Sequence[dict[str, float]]) -> Table:
    """What `wirefold eval composites` found, by share of swapped words."""
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("swapped", "composites", "sources", "found", "named", "false", "placed"):
        table.add_column(heading, justify="right")
    for s in scores:
        table.add_row(
            f"{s['rate']:.0%}", f"{s['composites']:,}", f"{s['sources']:,}", f"{s['recall']:.1%}", f"{s['named']:,}",
            f"{s['false_share']:.1%}", f"{s['placed_share']:.1%}",
        )  # fmt: skip
    return table
