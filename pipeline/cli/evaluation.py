"""``wirefold eval``: how well the parts do on corpora whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Json, Verbose

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Measure quality on corpora whose truth is known.")

_Corpus = Annotated[Path, typer.Option("--corpus", metavar="DIR", help="Folder with texts and their truth.")]


@app.command()
def fold(corpus: _Corpus, as_json: Json = False, verbose: Verbose = False) -> None:
    """Ingest and fold a corpus, compare what was found with its truth."""
    from pipeline.cli.console import console, print_json
    from pipeline.eval.corpus import load_corpus

    found = load_corpus(corpus)
    counts = {"texts": len(found.texts), "labelled": len(found.labelled), "exact": len(found.exact)}
    if as_json:
        print_json({"corpus": found.name, **counts})
    else:
        console().print(found.name, counts)


@app.command()
def extract(corpus: _Corpus, as_json: Json = False, verbose: Verbose = False) -> None:
    """Read pages whose text, title, authors and day are known, beside plain trafilatura."""
    from pipeline.cli.console import console, print_json
    from pipeline.cli.figures import comparison_table
    from pipeline.eval.extract import evaluate_extraction

    with console(stderr=True).status("Reading …"):
        result = evaluate_extraction(corpus)
    if as_json:
        print_json(result)
    else:
        console().print(comparison_table(result, ("wirefold", "trafilatura", "difference")))


@app.callback()
def main() -> None:
    """Every command takes a folder; see `pipeline.eval.corpus` for what it may hold."""
