"""The commands for what the measures leave open: ``review``, ``decide``."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.options import DEFAULT_LAKE, Json, LakeRoot, Verbose

__all__ = ["decide", "review"]


def review(
    lake: LakeRoot = DEFAULT_LAKE,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="At most so many; 0: all.")] = 20,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """List the pairs that need a person, the most doubtful first."""
    from pipeline.cli import catalog
    from pipeline.cli.console import console, print_json
    from pipeline.cli.report import review_table
    from pipeline.run.decisions import undecided

    store = catalog.open_lake(lake)
    found = undecided(store)
    shown = found[:limit] if limit else found
    if as_json:
        print_json({"total": len(found), "pairs": shown})
        return
    out = console()
    if not found:
        out.print("Nothing is left open.", style="green")
        return
    articles = catalog.articles(store, [x[end] for x in shown for end in ("article_a", "article_b")])
    out.print(review_table(shown, articles))
    out.print(
        f"{len(shown)} of {len(found)}. See `wirefold explain A B` and `wirefold diff A B`, then say "
        "`wirefold decide A B --same` or `--different`.",
        style="dim",
    )


def decide(
    a: Annotated[str, typer.Argument(metavar="A", help="Id of an article, or of a story for its canonical one.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The other.")],
    same: Annotated[
        bool | None, typer.Option("--same/--different", help="Whether both belong to one story; say one of the two.")
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why.")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who decides; by default who is logged in.")] = None,
    lake: LakeRoot = DEFAULT_LAKE,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Say whether two articles are one story. Honoured for ever; a later decision on the pair replaces it."""
    from getpass import getuser

    from pipeline.cli import catalog
    from pipeline.cli.console import command, console, print_json
    from pipeline.errors import UsageError

    if same is None:
        raise UsageError("say --same or --different")
    from pipeline.run.decisions import Decision
    from pipeline.run.decisions import decide as write_down

    store = catalog.open_lake(lake)
    one, other = (catalog.find_article(store, wanted) for wanted in (a, b))
    decision = Decision.MUST_LINK if same else Decision.CANNOT_LINK
    row = write_down(store, one, other, decision, by=getuser() if by is None else by, reason=reason)
    if as_json:
        print_json(row)
        return
    out = console()
    out.print(f"{row['decided_by']} decided: {'one story' if same else 'not one story'}", markup=False)
    out.print(f"It counts from the next fold:  {command('fold', lake)}", markup=False, soft_wrap=True)
