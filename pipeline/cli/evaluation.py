"""``wirefold eval``: how well the parts do on corpora whose truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Json, Verbose

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Measure quality on corpora whose truth is known.")

_Labels = Annotated[
    Path | None, typer.Option("--labels", metavar="DIR", help="More judged pairs: NAME.tsv, NAME_*.tsv.")
]
_Corpus = Annotated[Path, typer.Option("--corpus", metavar="DIR", help="Folder with texts and their truth.")]


@app.command()
def fold(corpus: _Corpus, labels: _Labels = None, as_json: Json = False, verbose: Verbose = False) -> None:
    """Fold texts whose overlaps or relations are known, and compare."""
    from pipeline.cli.console import console, print_json
    from pipeline.cli.figures import folding_table
    from pipeline.eval.corpus import load_corpus
    from pipeline.eval.fold import evaluate_folding

    found = load_corpus(corpus, labels)
    with console(stderr=True).status("Folding …"):
        result = evaluate_folding(found)
    if as_json:
        print_json(result)
    else:
        console().print(folding_table(result))


@app.command()
def extract(corpus: _Corpus, as_json: Json = False, verbose: Verbose = False) -> None:
    """Read pages whose contents are known, beside plain trafilatura."""
    from pipeline.cli.console import console, print_json
    from pipeline.cli.figures import comparison_table
    from pipeline.eval.extract import evaluate_extraction

    with console(stderr=True).status("Reading …"):
        result = evaluate_extraction(corpus)
    if as_json:
        print_json(result)
    else:
        console().print(comparison_table(result, ("wirefold", "trafilatura", "difference")))


@app.command()
def composites(
    corpus: _Corpus,
    each: Annotated[int, typer.Option(min=1, help="Made of each number of passages and share of swapped words.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the random choice.")] = 1,
    times: Annotated[
        str, typer.Option(help="What texts say of when they were published: stated, days or none.")
    ] = "stated",
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Stitch texts together, swap words, and look for the sources."""
    from pipeline.cli.console import console, print_json
    from pipeline.cli.figures import composites_table
    from pipeline.errors import UsageError
    from pipeline.eval.composites import Times, evaluate, report
    from pipeline.eval.corpus import load_corpus

    if times not in list(Times):
        raise UsageError(f"--times {times}: one of {', '.join(Times)} is wanted")
    scores = evaluate(load_corpus(corpus), each, seed, times=Times(times))
    if as_json:
        print_json({"corpus": corpus.resolve().name, "seed": seed, "times": times, "rates": report(scores)})
    else:
        console().print(composites_table(report(scores)))


@app.command()
def fit(
    corpora: Annotated[list[Path], typer.Argument(metavar="DIR…", help="Folders with texts and judged pairs.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to put the tables (pipeline/fold/verdicts.json).")],
    labels: _Labels = None,
    verbose: Verbose = False,
) -> None:
    """Learn anew how readers judge pairs; takes a minute. Prints how well left-out pairs are judged."""
    import json

    from pipeline.cli.console import console, print_json
    from pipeline.eval.fit import refit

    with console(stderr=True).status("Fitting …"):
        table, figures = refit(corpora, labels)
    out.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="utf-8")
    print_json(figures)


@app.callback()
def main() -> None:
    """Every command takes a folder; see `pipeline.eval.corpus` for what it may hold."""
