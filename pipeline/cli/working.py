"""The commands that change a lake: ``run``, ``ingest``, ``fold``, ``resketch``, ``compact``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.options import DEFAULT_LAKE, Json, LakeRoot, Partition, Verbose

__all__ = ["compact", "fold", "ingest", "resketch", "run"]


def run(
    sources: Annotated[Path, typer.Option(metavar="FILE", help="The configuration: what to fetch, and how.")] = Path(
        "sources.toml"
    ),
    lake: LakeRoot = DEFAULT_LAKE,
    partition: Partition = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Fetch all sources, extract, fold, show what happened. A run that was interrupted is finished first."""
    from pipeline.cli.console import console, print_json
    from pipeline.cli.progress import RunProgress
    from pipeline.cli.report import summary
    from pipeline.config import load_config

    names = [s.name for s in load_config(sources).source]  # a mistake in it shows before anything slow is loaded
    from pipeline.run.job import run_job

    with RunProgress(console(stderr=as_json), names) as progress:
        result = run_job(str(sources), lake, partition, progress)
    if as_json:
        print_json(result)
    else:
        for each in (*result["resumed"], result):
            summary(lake, each["run"], console())
    if not result["ok"]:
        raise typer.Exit(1)


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…",
            help="WARC, HTML and wire files; JSONL or Parquet of ready texts (id, text); folders of them.",
        ),
    ],
    lake: LakeRoot = DEFAULT_LAKE,
    partition: Partition = None,
    and_fold: Annotated[bool, typer.Option("--fold", help="Find the stories too, as `fold` does.")] = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Take in files instead of the network. `fold` finds the stories among them."""
    from pipeline.cli.console import command, console, print_json
    from pipeline.run.intake import ingest_files

    progress = console(stderr=True)
    with progress.status("Reading …"):
        result = ingest_files(
            paths,
            lake,
            partition,
            lambda: progress.print("another run is working on this lake; waiting for it"),
            and_fold=and_fold,
        )
    ledger = result["ledger"]
    if as_json:
        print_json(result)
    else:
        from pipeline.cli.catalog import open_lake
        from pipeline.cli.report import print_ledger
        from pipeline.run.state import unfolded

        out, store = console(), open_lake(lake)
        print_ledger(store, ledger, out)
        if result["before"]:
            out.print(f"The run {ledger['run']} had been committed before; nothing was read.", style="yellow")
        elif not ledger["discovered"]:
            out.print("No file was found; hidden ones are left out.", style="yellow")
        if and_fold:
            _print_folded(result["fold"], lake)
        elif unfolded(store):
            out.print(f"Now find the stories:  {command('fold', lake)}", markup=False, soft_wrap=True)
    if not ledger["balanced"]:
        raise typer.Exit(1)


def fold(
    lake: LakeRoot = DEFAULT_LAKE,
    sources: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A configuration, for its [fold] settings.")
    ] = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Compute links, stories and records for what is new."""
    from pipeline.cli import catalog
    from pipeline.cli.console import console, print_json
    from pipeline.config import load_config

    if sources is not None:
        load_config(sources)
    catalog.open_lake(lake)
    from pipeline.run.fold import fold as fold_lake

    with console(stderr=True).status("Folding …"):
        result = fold_lake(str(sources) if sources else None, lake)
    if as_json:
        print_json(result)
    else:
        _print_folded(result, lake)


def resketch(
    lake: LakeRoot = DEFAULT_LAKE,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Make sketches anew that another version of Wirefold made. `fold` then compares their articles again."""
    from pipeline.cli import catalog
    from pipeline.cli.console import command, console, count, print_json

    store = catalog.open_lake(lake)
    from pipeline.run.sketches import resketch as resketch_lake

    with console(stderr=True).status("Sketching …"):
        articles = resketch_lake(store)
    if as_json:
        print_json({"articles": articles})
        return
    out = console()
    if not articles:
        out.print("Nothing to do: all sketches are as they should be.")
        return
    out.print(f"{count(articles, 'article')} sketched anew")
    out.print(f"Now compare them again:  {command('fold', lake)}", markup=False, soft_wrap=True)


def compact(
    lake: LakeRoot = DEFAULT_LAKE,
    before: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DAY",
            help="Leave this day, such as 2018-09-14, and later ones; default: a week ago.",
        ),
    ] = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Make few files of the many that the runs of past days have left. Their runs cannot be repeated afterwards."""
    from pipeline.cli import catalog
    from pipeline.cli.console import command, console, count, print_json

    store = catalog.open_lake(lake)
    from pipeline.run.compact import compact as compact_lake

    with console(stderr=True).status("Compacting …"):
        result = compact_lake(store, f"{before or datetime.now(UTC) - timedelta(days=7):%Y-%m-%d}")
    if as_json:
        print_json(result)
        return
    out = console()
    out.print(f"{count(result['days'], 'day')} compacted: {result['files_before']:,} files are {result['files']:,}")
    if result["waiting"]:
        waiting = count(result["waiting"], "day")
        out.print(f"{waiting} must be folded first:  {command('fold', lake)}", markup=False, soft_wrap=True)


def _print_folded(result: dict[str, Any], lake: str) -> None:
    """What a fold did, in words, and how to read what came of it."""
    from pipeline.cli import catalog
    from pipeline.cli.console import console
    from pipeline.cli.report import print_opening

    out = console()
    for line in _folded(result):
        out.print(line)
    print_opening(catalog.open_lake(lake), out)


def _folded(result: dict[str, Any]) -> list[str]:
    from pipeline.cli.console import count

    lines = []
    if result["new_articles"] or result["stories_written"] or result["records_written"]:
        lines.append(f"{count(result['new_articles'], 'new article')} compared")
        links = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in result["links"].items())
        lines.append(f"{count(sum(result['links'].values()), 'new link')}{': ' + links if links else ''}")
    else:
        lines.append("Nothing to do: everything had been folded.")
    return [
        *lines,
        f"The lake holds {count(result['stories'], 'story', 'stories')} and {count(result['records'], 'record')}.",
    ]
