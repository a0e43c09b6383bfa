"""``wirefold trace``: where the passages of a text come from."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.options import DEFAULT_LAKE, Json, LakeRoot, Verbose
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.fold.trace import Trace

__all__ = ["trace"]

_MARKUP = {".html", ".htm", ".xml", ".json"}  # read as `wirefold ingest` would read it

_TITLE = 120  # characters: a longer first line is no headline


def trace(
    wanted: Annotated[
        str,
        typer.Argument(metavar="FILE|-|ARTICLE", help="A text, a page or wire file (.gz too), - for stdin, or an id."),
    ],
    lake: LakeRoot = DEFAULT_LAKE,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page that needs nothing else.")] = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show where passages of a text come from, and who had them first."""
    from pipeline.cli import catalog
    from pipeline.cli.console import console, count, print_json

    store = catalog.open_lake(lake)
    with console(stderr=True).status("Tracing …"):
        found = _trace(store, wanted)
    if html is not None:
        from pipeline.cli.trace_page import trace_page

        html.write_text(trace_page(found), encoding="utf-8")
    if as_json:
        print_json(_document(found))
    elif html is None:
        from pipeline.cli.trace_view import trace_view

        out = console()
        out.print(trace_view(found, colour=out.color_system is not None))
    else:
        stories = count(len(found.origins), "story", "stories")
        console().print(f"{html}: {found.coverage:.0%} of the text from {stories}", markup=False)


def _trace(lake: Any, wanted: str) -> Trace:
    from pipeline.cli import catalog
    from pipeline.run import tracing
    from pipeline.run.pages import STDIN, standard_input

    if wanted != STDIN and not _is_readable(Path(wanted)):
        article = catalog.find_article(lake, wanted, "file, story or article")
        catalog.check_readable(catalog.articles(lake, [article]).values())
        return tracing.trace_article(lake, article)
    data = standard_input() if wanted == STDIN else Path(wanted).read_bytes()
    title, text = _read(Path(wanted), data)
    return tracing.trace(lake, text, title)


def _is_readable(path: Path) -> bool:
    """Whether a file is meant, or a pipe, such as ``<(…)`` in a shell; a text pasted for a name is none."""
    try:
        return path.is_file() or path.is_fifo()
    except OSError:  # a name longer than any file has
        return False


def _read(path: Path, data: bytes) -> tuple[str, str]:
    """(title, text) of what was given.

    Raises:
        UsageError: There is no text in it.
    """
    from datetime import UTC, datetime

    from pipeline.article import Capture, Item, Reject
    from pipeline.charset import decode
    from pipeline.config import Config
    from pipeline.extract import extract
    from pipeline.extract.sniff import Kind, binary_kind, text_kind
    from pipeline.fetch.decode import unpacked
    from pipeline.fetch.failure import Failure

    try:
        data = unpacked(data, Config().fetch.max_bytes)
    except Failure as e:
        raise UsageError(f"{path}: {e}") from e
    path = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    text = decode(data).lstrip()
    kind = binary_kind(data) or text_kind(text)
    if path.suffix.lower() in _MARKUP or (not path.suffix and kind is Kind.HTML):
        article = extract(Capture(Item("trace", 0, str(path)), data, datetime.now(UTC), str(path)))
        if isinstance(article, Reject):
            raise UsageError(f"{path}: {article.detail}")
        return article.title, article.text
    if not text or binary_kind(data) or kind == "binary data":
        raise UsageError(f"{path} holds no text" + (f": it is {kind}" if text else ""))
    first = text.partition("\n")[0].strip()
    return first if len(first) <= _TITLE and not first.endswith(".") else path.name, text


def _document(found: Trace) -> dict[str, Any]:
    """For programs: what was found, with offsets into `text`."""
    document: dict[str, Any] = {
        "title": found.title,
        "coverage": found.coverage,
        "text": found.text,
        "searched": found.searched,
    }
    document["origins"] = [
        {
            **asdict(origin.source),
            "coverage": origin.coverage,
            "passages": [
                {
                    **{k: v for k, v in asdict(q.passage).items() if k not in ("article", "story")},
                    "article_id": q.passage.article,
                    "similarity": q.passage.similarity.value,
                    "wording": q.wording,
                    "edits": [asdict(e) for e in q.edits],
                    "first": asdict(q.first),
                }
                for q in origin.quotes
            ],
        }
        for origin in found.origins
    ]
    return document
