"""A trace on the terminal: the text, its sources in colours, and a legend."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.cli.console import clean, count, safe, short, when
from pipeline.fold.draws import Similarity
from pipeline.fold.trace import Known, Origin, Stretch, Trace, stretches

__all__ = ["CLOCKS", "SIMILARITIES", "earlier", "paragraphs", "similarity", "trace_view"]

# Told apart on light and dark terminals and by people who see colours differently; repeated when there are more.
_COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red", "bright_cyan", "bright_magenta")
_MARGIN = 4

CLOCKS = {"wire": "wire item", "page": "page", "feed": "listing", "seen": "first seen"}
"""What each clock is called."""

SIMILARITIES = {
    Similarity.VERBATIM: "verbatim",
    Similarity.LIGHT_EDITS: "lightly edited",
    Similarity.SPUN: "spun",
}
"""What a passage is called that is so like its source."""


def trace_view(found: Trace, *, colour: bool) -> RenderableType:
    """The text with every passage marked by the number and the colour of its origin, and who is who.

    Args:
        colour: Whether there are colours; without them passages stand in brackets.
    """
    head = Text.assemble(
        safe(found.title or "Text", "bold"), "\n",
        f"{found.coverage:.0%} of it stands in {count(len(found.origins), 'story', 'stories')} of this lake"
        if found.origins else "Nothing of it stands in this lake",
        (f"  (compared with {found.searched:,} of {found.articles:,} articles)", "dim"),
    )  # fmt: skip
    body = [_paragraph(found, cut, colour) for cut in paragraphs(found)]
    parts: list[RenderableType] = ["", head, "", *body]
    if found.origins:
        parts.append(_legend(found))
    return Group(*parts)


def style(origin: int) -> str:
    return _COLOURS[origin % len(_COLOURS)]


def similarity(origin: Origin) -> str:
    """``verbatim``, or how true the passages are in words, as ``1 verbatim, 2 spun``."""
    kinds = [SIMILARITIES[q.passage.similarity] for q in origin.quotes]
    return ", ".join(k if kinds.count(k) == len(kinds) else f"{kinds.count(k)} {k}" for k in dict.fromkeys(kinds))


def paragraphs(found: Trace) -> list[list[Stretch]]:
    """The stretches of each paragraph."""
    cut = stretches(found.text, found.origins)
    ends = [s.end for s in cut]
    result = []
    begin = 0
    for paragraph in found.text.split("\n\n"):
        end = begin + len(paragraph)
        inside = []
        for s in cut[bisect_right(ends, begin) :]:
            if s.start >= end:
                break
            inside.append(replace(s, start=max(s.start, begin), end=min(s.end, end)))
        result.append(inside)
        begin = end + 2
    return result


def earlier(origin: Origin) -> list[Known]:
    """Articles that had a passage of an origin before it, the earliest first."""
    known = {q.first.article_id: q.first for q in origin.quotes if q.first.published_at < origin.source.published_at}
    return sorted(known.values(), key=lambda f: (f.published_at, f.article_id))


def _paragraph(found: Trace, cut: list[Stretch], colour: bool) -> Text:
    text = Text()
    for s in cut:
        part = found.text[s.start : s.end]
        if s.origin is None or s.quote is None:
            text.append(part, style="dim")
            continue
        mark = f"[{s.origin + 1}]"
        if not colour:
            text.append(f"{mark}{part}[/]")
            continue
        text.append(mark, style=f"{style(s.origin)} dim")
        begin = len(text)
        text.append(part, style=style(s.origin))
        for e in found.origins[s.origin].quotes[s.quote].changed(s.start, s.end):
            a, b = max(e.start, s.start) - s.start, min(e.end, s.end) - s.start
            if a < b:
                text.stylize("underline", begin + a, begin + b)
    return text.append("\n")


def _legend(found: Trace) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for n, origin in enumerate(found.origins):
        source = origin.source
        line = Text.assemble(safe(source.publisher, "bold"), "  ", safe(source.title))
        by = f"{when(source.published_at)} UTC ({CLOCKS[source.clock]}) · {similarity(origin)}"
        facts = Text(f"{by} · {short(source.article_id)}", style="dim")
        table.add_row(Text(f"[{n + 1}]", style=style(n)), Text(f"{origin.coverage:.0%}", style=style(n)), line)
        table.add_row("", "", facts)
        for first in earlier(origin):
            known = f"known earlier: {clean(first.publisher)}, {when(first.published_at)} UTC ({CLOCKS[first.clock]})"
            table.add_row("", "", Text(known, style="dim italic"))
    own = 1 - found.coverage
    table.add_row("", Text(f"{own:.0%}", style="dim"), Text("found nowhere in this lake", style="dim"))
    return table
