"""``wirefold airflow``: the same job as DAGs, in an Airflow of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import DEFAULT_LAKE, LakeRoot

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Run the DAGs in an embedded Airflow: loopback only, no setup.")

_Sources = Annotated[Path | None, typer.Option(metavar="FILE", help="Configuration; the sample wire when left out.")]


@app.command()
def run(sources: _Sources = None, lake: LakeRoot = DEFAULT_LAKE) -> None:
    """Ingest and fold once, show what happened, stop."""
    _session(sources, lake, keep=False)


@app.command()
def up(sources: _Sources = None, lake: LakeRoot = DEFAULT_LAKE) -> None:
    """Like run, but leave Airflow on, hourly, with its UI, until Ctrl-C."""
    _session(sources, lake, keep=True)


@app.command()
def down() -> None:
    """Stop the Airflow of this folder, started from any terminal."""
    from pipeline import embedded

    stopped = embedded.down(embedded.default_home())
    typer.echo("stopped" if stopped else "nothing is running")


def _session(sources: Path | None, lake: str, *, keep: bool) -> None:
    from pipeline import embedded
    from pipeline.cli.console import console
    from pipeline.cli.report import summary
    from pipeline.resources import resource_dir

    configuration = sources or resource_dir("data") / "sources.toml"
    raise typer.Exit(embedded.run(configuration, lake, summary, console(), keep=keep))
