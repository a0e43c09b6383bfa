"""The commands of ``wirefold`` put together."""

from __future__ import annotations

import atexit
import gc
import os

import typer

from pipeline.cli import airflow, deciding, evaluation, extracting, reading, serving, tracing, working
from pipeline.cli.options import Group

__all__ = ["app"]

app = typer.Typer(
    cls=Group,
    name="wirefold",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: half the time to answer, and errors of one line
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Fetch wire stories, fold their copies into one story with its lineage, publish Parquet.",
)


def _version(value: bool) -> None:
    if value:
        from pipeline import __version__

        typer.echo(f"wirefold {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Options that stand before the command."""
    # A command makes millions of rows and hardly a cycle; each look for cycles goes through all that there is, and the
    # last one, for nothing, before Python ends.
    gc.set_threshold(50_000, 20, 50)
    atexit.register(gc.freeze)
    # numpy starts threads for linear algebra, of which there is none here; in every process they wait by spinning.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


for command in (
    working.run, working.ingest, working.fold, working.resketch, working.compact, reading.stories, reading.show,
    reading.diff, reading.explain, tracing.trace, deciding.review, deciding.decide, reading.check, extracting.extract,
    serving.demo,
):  # fmt: skip
    app.command()(command)
app.add_typer(airflow.app, name="airflow")
app.add_typer(evaluation.app, name="eval")
