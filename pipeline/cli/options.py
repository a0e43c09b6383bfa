"""Options that several commands share, and how a command ends."""

from __future__ import annotations

from errno import EPIPE
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pipeline.errors import UsageError, WirefoldError

__all__ = ["DEFAULT_LAKE", "Group", "Json", "LakeRoot", "Partition", "Verbose", "quiet_logs"]

DEFAULT_LAKE = "lake"


class Group(TyperGroup):
    """Commands that end as people and scripts expect: 0 done, 1 failed (one line on stderr), 2 bad use, 130 Ctrl-C.

    What an error carries as notes, such as the end of a log, comes before its line.
    """

    def invoke(self, ctx: Any) -> Any:  # click's Context, which Typer brings along under changing names
        _tolerant_streams()
        quiet_logs()
        try:
            return super().invoke(ctx)
        except WirefoldError as e:
            for line in "\n".join(getattr(e, "__notes__", ())).splitlines():
                typer.echo(_one_line(line), err=True)
            typer.echo(f"wirefold: {_one_line(e)}", err=True)
            raise typer.Exit(2 if isinstance(e, UsageError) else 1) from e
        except OSError as e:
            if e.errno in (None, EPIPE):  # not the system's word; or nobody reads on, which Typer ends quietly
                raise
            typer.echo(f"wirefold: {_one_line(e.strerror)}{_place(e)}", err=True)
            raise typer.Exit(1) from e
        except KeyboardInterrupt:
            typer.echo("wirefold: interrupted", err=True)
            raise typer.Exit(130) from None


def _tolerant_streams() -> None:
    """Print what a terminal's character set lacks as ``?``, and nothing where there is no stream (``>&-``)."""
    import io
    import os
    import sys

    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def quiet_logs(level: str = "warning") -> None:
    """Send log lines from `level` up to stderr."""
    import logging
    import sys

    import structlog

    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.processors.StackInfoRenderer(),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        cache_logger_on_first_use=False,
    )


def _place(error: OSError) -> str:
    return f": {_one_line(error.filename)}" if error.filename else ""


def _one_line(error: object) -> str:
    from pipeline.cli.console import clean

    return clean(error)


def _verbose(value: bool) -> bool:
    if value:
        quiet_logs("debug")
    return value


LakeRoot = Annotated[
    str,
    typer.Option(
        "--lake", envvar="WIREFOLD_LAKE", metavar="ROOT", help="Root of the tables: a folder, or s3://bucket/prefix."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
Verbose = Annotated[bool, typer.Option("--verbose", callback=_verbose, help="Show what happens inside, on stderr.")]
Partition = Annotated[
    str | None,
    typer.Option(
        metavar="INSTANT", help="Key of the run, such as 2018-09-14T03:00:00 (UTC). The same key changes nothing twice."
    ),
]
