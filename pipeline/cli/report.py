"""What a run did, for a person: the ledger, the stories, and how to open the tables."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow.compute as pc
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli import catalog
from pipeline.cli.catalog import Row
from pipeline.cli.console import clean, command, count, headline, safe, short, when
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.ingest import all_down

__all__ = [
    "RELATIONS",
    "opening_lines",
    "print_ledger",
    "print_opening",
    "relation_name",
    "review_table",
    "stories_table",
    "summary",
]

_SHOWN = 12  # stories
_COMPOSITES = 4

RELATIONS = {
    "original": ("original", "original"),
    "exact": ("exact copy", "exact copies"),
    "same_version": ("same version", "same version"),
    "revision": ("revision", "revisions"),
    "excerpt": ("excerpt", "excerpts"),
    "expansion": ("expansion", "expansions"),
}
"""What to call articles by their relation: one, several."""


def relation_name(relation: str) -> str:
    """What to call a link of a relation, those between stories too."""
    return RELATIONS[relation][0] if relation in RELATIONS else relation.replace("_", " ")


def summary(lake: str, run: str, console: Console) -> bool:
    """Print what a run did to a lake.

    Args:
        lake: Root of the lake.
        run: Key of the run, ``2018-09-14T03:00:00``.

    Returns:
        Whether the run was committed and its ledger balances.
    """
    store, key = Lake(lake), Run.parse(run)
    ledger = store.ledger(key.name)
    if ledger is None:
        console.print(f"Run {key.key} has not been committed to this lake.", style="bold red", highlight=False)
        return False
    print_ledger(store, ledger, console)
    _say_outcome(store, key, ledger, console)
    touched = catalog.touched_by(store, key.key)
    if touched:
        _say_stories(store, touched, console)
    print_opening(store, console)
    return bool(ledger["balanced"])


def print_ledger(lake: Lake, ledger: dict[str, Any], console: Console) -> None:
    """The ledger of a run, and where its rejects are explained."""
    console.print()
    console.print(_ledger_table(ledger))
    if ledger["rejected"]:
        where = clean(lake.storage.uri("rejects"))
        console.print(f"Why each was rejected: column detail of {where}", style="dim", markup=False, soft_wrap=True)


def _ledger_table(ledger: dict[str, Any]) -> Table:
    """The ledger of a run, one line per source and one for all of them."""
    table = Table(
        box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0), show_footer=True, footer_style="bold",
        title=f"Run {ledger['run']}", title_justify="left", title_style="bold",
    )  # fmt: skip
    columns = {
        "discovered": "discovered",
        "article": "articles",
        "exact_copy": "exact\ncopies",
        "unchanged": "unchanged",
        "rejected": "rejected",
    }
    table.add_column("source", footer="all", no_wrap=True)
    for key, heading in columns.items():
        table.add_column(heading, footer=_number(ledger[key]), justify="right")
    table.add_column("reasons", footer=_balance(ledger), overflow="fold")
    for name, entry in ledger["sources"].items():
        if entry["down"] and not entry["discovered"]:
            table.add_row(safe(name, "bold red"), *[""] * len(columns), Text("DOWN", style="bold red"))
            continue
        table.add_row(
            safe(name), *(_number(entry[key]) for key in columns), Text(_reasons(entry["reasons"]), style="dim")
        )
    return table


def _reasons(counts: dict[str, int]) -> str:
    """``gone 1, not_found 2``, broken into lines only between reasons."""
    parts = ", ".join(f"{clean(reason)}\0{n}" for reason, n in counts.items())
    return "\n".join(textwrap.wrap(parts, 26, break_long_words=False, break_on_hyphens=False)).replace("\0", " ")


def _number(n: int) -> str:
    return f"{n:,}" if n else "·"


def _balance(ledger: dict[str, Any]) -> Text:
    return Text("balanced", style="bold green") if ledger["balanced"] else Text("NOT BALANCED", style="bold red")


def _cause(name: str, why: str) -> str:
    return why.removeprefix(f"source {name!r} is down: ")


def _say_outcome(lake: Lake, run: Run, ledger: dict[str, Any], console: Console) -> None:
    """The lines below the ledger: nothing new, sources that are down, items that do not add up."""
    if ledger["discovered"] and not ledger["article"] and not ledger["exact_copy"]:
        line = f"Nothing new: {ledger['unchanged']:,} unchanged"
        if answered := _not_modified(lake, run):
            line += f", {answered:,} of them answered 304 Not Modified"
        console.print(line + ".", style="green")
    if not ledger["balanced"]:
        parts = sum(ledger[k] for k in ("article", "exact_copy", "unchanged", "rejected"))
        console.print(
            f"The ledger is off: {ledger['discovered']:,} discovered, {parts:,} accounted for.", style="bold red"
        )
    for name in ledger["down"]:
        console.print(
            safe(f"{name} is down: {_cause(name, ledger['sources'][name]['down'])}", "bold red"), soft_wrap=True
        )
    if ledger["down"] and all_down(ledger):
        console.print("All sources are down.", style="bold red")
    if ledger["down"]:
        console.print()


def _not_modified(lake: Lake, run: Run) -> int:
    files = [f for f in lake.files("fetches", [run.day]) if run.name in f.runs]
    where = (pc.field("run") == run.key) & (pc.field("outcome") == "unchanged") & (pc.field("status") == 304)
    return int(lake.dataset(files, "fetches").count_rows(filter=where))


def _say_stories(lake: Lake, touched: list[str], console: Console) -> None:
    """The stories that the run added to."""
    found = catalog.stories(lake, touched)
    several = [s for s in found if s["articles"] > 1]
    composites = [s for s in found if s["draws_on"]]
    if several:
        console.print(stories_table(lake, several[:_SHOWN]))
    rest = len(several) - _SHOWN
    singles = len(found) - len(several)
    more = [f"{count(rest, 'more story', 'more stories')} with several articles"] if rest > 0 else []
    more += [f"{count(singles, 'story', 'stories')} with a single one"] if singles else []
    if more:
        rest_of_them = command("stories --min-articles 1 --limit 0", lake.root)
        words = f"{'and ' if several else ''}{' and '.join(more)}: {rest_of_them}"
        console.print(words, style="dim", markup=False, soft_wrap=True)
    if composites:
        console.print()
        console.print("Stitched from other stories", style="bold")
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="cyan", min_width=9)
    grid.add_column(no_wrap=True, style="magenta", min_width=19)
    grid.add_column(no_wrap=True, overflow="ellipsis")
    for story in composites[:_COMPOSITES]:
        covered = sum(part["coverage"] for part in story["draws_on"])
        taken = f"{covered:4.0%} from {count(len(story['draws_on']), 'story', 'stories')}"
        title = headline(story["title"]).append(f"  {clean(story['first_publisher'] or '')}", style="dim")
        title.truncate(max(20, console.width - 32), overflow="ellipsis")
        grid.add_row(short(story["story_id"]), taken, title)
    if composites:
        console.print(grid)
    if len(composites) > _COMPOSITES:
        console.print(f"and {len(composites) - _COMPOSITES} more", style="dim")


def stories_table(lake: Lake, stories: Sequence[catalog.Row], *, first: bool = False) -> Table:
    """Stories: the headline, and what its articles are.

    Args:
        first: Say as well who had each first, and when.
    """
    related = catalog.relations(lake, [s["story_id"] for s in stories])
    table = Table(
        box=None, pad_edge=False, show_header=False, title="Stories", title_justify="left", title_style="bold"
    )
    table.add_column(no_wrap=True, style="cyan", min_width=9)
    table.add_column()
    for s in stories:
        title = headline(s["title"])
        title.no_wrap, title.overflow = True, "ellipsis"
        facts = Text(
            " · ".join(
                (count(s["articles"], "article"), count(s["versions"], "version"), count(s["publishers"], "publisher"))
            )
        )
        found = related[s["story_id"]]
        kinds = [
            f"{found[k]} {names[found[k] > 1]}" for k, names in RELATIONS.items() if found.get(k) and k != "original"
        ]
        facts.append(" · " + ", ".join(kinds) if kinds else "", style="dim")
        facts.append(
            f" · draws on {count(len(s['draws_on']), 'story', 'stories')}" if s["draws_on"] else "", style="magenta"
        )
        facts.append(" · needs review" if s["needs_review"] else "", style="yellow")
        table.add_row(short(s["story_id"]), title)
        table.add_row("", facts)
        if first:
            by = f"first {when(s['first_published_at'])} UTC by {clean(s['first_publisher'])} ({s['first_clock']})"
            table.add_row("", Text(by, style="dim"))
    return table


def review_table(pairs: Sequence[Row], articles: Mapping[str, Row]) -> Table:
    """Pairs that need a person: both articles, and what the measures lean to."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True, min_width=9)
    table.add_column()
    for x in pairs:
        for letter in "ab":
            r = articles[x[f"article_{letter}"]]
            about = Text.assemble((when(r["published_at"]), "dim"), "  ", safe(r["publisher"] or r["source"]), ": ",
                                  safe(r["title"], "bold"), no_wrap=True, overflow="ellipsis")  # fmt: skip
            table.add_row(Text(short(r["article_id"]), style="cyan"), about)
        odds = 1 / (1 + math.exp(-x["score"]))
        lean = f"{relation_name(x['relation'])}; one story: {odds:.0%}; "
        shares = f"{x['containment_a']:.0%} of the earlier, {x['containment_b']:.0%} of the later shared"
        table.add_row("", Text.assemble((lean, "yellow"), (shares, "dim")))
        table.add_row()
    return table


def print_opening(lake: Lake, console: Console) -> None:
    """How to open the tables, where there are any."""
    if lake.files("records"):
        console.print()
        console.print(opening_lines(lake), soft_wrap=True)


def opening_lines(lake: Lake) -> Text:
    """Where the tables are, and how to open them."""
    folder = lake.storage.uri("records")
    files = f"{folder}/*/*.parquet".replace("'", "''")
    sql = f"FROM '{files}'"
    lines = Text()
    lines.append("Parquet  ", style="bold").append(clean(lake.storage.uri("{records,stories,links}")) + "\n")
    lines.append("DuckDB   ", style="bold").append(f'import duckdb; duckdb.sql("""{clean(sql)}""").show()\n')
    lines.append("pandas   ", style="bold").append(f"import pandas; pandas.read_parquet({clean(folder)!r})")
    return lines
