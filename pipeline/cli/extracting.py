"""``wirefold extract``: one page, or some, without a lake."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pipeline.cli.options import Verbose

__all__ = ["extract"]


def extract(
    pages: Annotated[
        list[str], typer.Argument(metavar="FILE|URL…", help="Pages or wire files, .gz too; - is standard input.")
    ],
    url: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Address that a page came from; once for each page.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON document; of several pages, one line of JSON for each.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Extract text and metadata. Ends with 1 when a page holds no text.

    A text that is no article (too short, an error page, a consent wall, a list) is given with the reason.
    """
    from pipeline.cli.console import print_json, print_json_line
    from pipeline.run.pages import extract_pages

    missing = False
    for row in extract_pages(pages, url or ()):
        missing |= not row.get("text")
        if as_json:
            (print_json_line if len(pages) > 1 else print_json)(row)
            continue
        if "reason" in row:
            typer.echo(f"wirefold: {_line(row['page'])}: {row['reason']}: {_line(row['detail'])}", err=True)
        if row.get("text"):
            _print(row)
    if missing:
        raise typer.Exit(1)


def _line(text: str) -> str:
    from pipeline.cli.console import clean

    return clean(text)


def _print(row: dict[str, Any]) -> None:
    """For a person: the headline, a line for each thing known about the text, the text."""
    from rich.text import Text

    from pipeline.cli.console import clean, console, safe

    out = console()
    out.print(safe(row["title"], "bold"), soft_wrap=True)
    for name, value in row.items():
        if name in ("page", "title", "text", "provenance", "reason", "detail") or value in (None, [], False):
            continue
        shown = ", ".join(value) if isinstance(value, list) else value
        origin = row["provenance"].get(name)
        line = f"{name:14}{clean(shown)}" + (f"  ({clean(origin)})" if origin else "")
        out.print(Text(line, style="dim"), soft_wrap=True)
    for paragraph in row["text"].split("\n\n"):
        out.print()
        out.print(safe(paragraph))
    out.print()
