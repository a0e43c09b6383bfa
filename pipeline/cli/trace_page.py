"""A trace as one HTML page that needs nothing else: no scripts, no network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.cli.console import clean, when
from pipeline.cli.trace_view import CLOCKS, SIMILARITIES, earlier, paragraphs, similarity
from pipeline.fold.trace import Quote, Stretch, Trace, stretches

__all__ = ["trace_page"]

_HUE, _GOLDEN = 255, 137.5  # degrees: neighbours in the list are far apart on the colour wheel


@dataclass(frozen=True, slots=True)
class _Part:
    """Words as they are in the source (`was` is None), or changed."""

    text: str
    was: str | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch inside one paragraph. The anchor stands at the first piece of its passage.

    Attributes:
        wording: What the source has in its place.
    """

    text: str
    origin: int | None = None
    quote: Quote | None = None
    anchor: str | None = None
    parts: tuple[_Part, ...] = ()
    wording: str = ""

    @property
    def first(self) -> bool:
        return self.anchor is not None


def trace_page(found: Trace) -> str:
    """The page. Everything that comes from a text is escaped; only http(s) addresses become links."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    filters: dict[str, Any] = {
        "share": lambda x: f"{x:.0%}",
        "hue": lambda n: round((_HUE + n * _GOLDEN) % 360),
        "when": lambda t: f"{when(t)} UTC",
        "web": lambda url: url.startswith(("http://", "https://")),
        "kind": SIMILARITIES.__getitem__,
        "similarity": similarity,
        "earlier": earlier,
    }
    environment.filters |= filters
    names: dict[str, Any] = {
        "title": clean(found.title) or "A text",
        "coverage": found.coverage,
        "searched": found.searched,
        "articles": found.articles,
        "origins": found.origins,
        "clocks": CLOCKS,
        "stretches": stretches(found.text, found.origins),
        "paragraphs": _pieces(found),
    }
    return environment.get_template("trace_page.html.j2").render(names)


def _pieces(found: Trace) -> list[list[_Piece]]:
    anchored: set[tuple[int, int]] = set()
    result = []
    for paragraph in paragraphs(found):
        pieces = []
        for s in paragraph:
            text = found.text[s.start : s.end]
            if s.origin is None or s.quote is None:
                pieces.append(_Piece(text))
                continue
            new = (s.origin, s.quote) not in anchored
            anchored.add((s.origin, s.quote))
            quote = found.origins[s.origin].quotes[s.quote]
            anchor = f"p{s.origin + 1}-{s.quote + 1}" if new else None
            parts, wording = _parts(found.text, s, quote), quote.before(found.text, s.start, s.end)
            pieces.append(_Piece(text, s.origin, quote, anchor, parts, wording))
        result.append(pieces)
    return result


def _parts(text: str, stretch: Stretch, quote: Quote) -> tuple[_Part, ...]:
    parts = []
    at = stretch.start
    for e in quote.changed(stretch.start, stretch.end):
        begin, end = max(e.start, at), min(e.end, stretch.end)
        if begin < end:
            parts += [_Part(text[at:begin]), _Part(text[begin:end], e.was)]
            at = end
    return tuple(p for p in (*parts, _Part(text[at : stretch.end])) if p.text)
