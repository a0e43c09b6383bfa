"""What a person sees during ``wirefold run``: a live table on a terminal, a line per event elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from pipeline.cli.console import clean, safe

if TYPE_CHECKING:
    from pipeline.run.job import Event

__all__ = ["RunProgress"]

_STYLES = {"started": "cyan", "done": "green", "down": "bold red", "failed": "bold red"}
_STEPS = ("fetch", "extract")


class RunProgress:
    """Shows the events of `run_job`. A context manager, and what `run_job` calls."""

    def __init__(self, console: Console, sources: Sequence[str]) -> None:
        self._console = console
        self._sources = sources
        self._states: dict[tuple[str | None, str], Event] = {}
        self._title = ""
        self._live: Live | None = None
        if console.is_terminal:
            self._live = Live(console=console, refresh_per_second=8, transient=True, get_renderable=self._render)

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, event: Event) -> None:
        if event.step == "run":
            self._begin(event)
            return
        self._states[event.source, event.step] = event
        if event.state in ("down", "failed") or (self._live is None and event.state != "started"):
            self._console.print(_line(event), soft_wrap=True)

    def _begin(self, event: Event) -> None:
        text = {
            "waiting": "another run is working on this lake; waiting for it",
            "resuming": f"resuming the interrupted run {event.detail}",
            "started": f"run {event.detail}",
        }[event.state]
        if event.state == "started":
            self._states.clear()
            self._title = text
        if self._live is None or event.state != "started":
            self._console.print(safe(text, "yellow" if event.state != "started" else "bold"))

    def _render(self) -> RenderableType:
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
        for heading in ("source", *_STEPS):
            table.add_column(heading)
        for name in self._sources:
            table.add_row(safe(name), *(self._cell(name, step) for step in _STEPS))
        late = [self._states[None, step] for step in ("collect", "fold") if (None, step) in self._states]
        now = [
            Text(f"{e.step}: {'working' if e.state == 'started' else e.state}", style=_STYLES.get(e.state, ""))
            for e in late
        ]
        return Group(Spinner("dots", Text(self._title, style="bold")) if self._title else "", table, *now)

    def _cell(self, source: str, step: str) -> Text:
        event = self._states.get((source, step))
        if event is None:
            return Text("·", style="dim")
        word = "working" if event.state == "started" else event.state
        return Text(_counts(event) or word, style=_STYLES.get(event.state, ""))


def _line(event: Event) -> Text:
    what = " ".join(filter(None, (event.step, event.source)))
    tail = event.detail or _counts(event)
    bad = event.state in ("down", "failed")
    line = f"  {clean(what)}: {event.state.upper() if bad else event.state}  {clean(tail)}".rstrip()
    return Text(line, style="bold red" if bad else "")


def _counts(event: Event) -> str:
    """``18 listed, 2 rejected``."""
    result = event.result or {}
    if result.get("committed"):
        return "done before"
    names = {
        "fetch": {"discovered": "listed", "not_modified": "unchanged", "rejected": "refused"},
        "extract": {"articles": "articles", "rejected": "rejected"},
        "collect": {
            "article": "new articles",
            "exact_copy": "exact copies",
            "unchanged": "unchanged",
            "rejected": "rejected",
        },
        "fold": {"stories_written": "stories written", "records_written": "records written"},
    }.get(event.step, {})
    return ", ".join(f"{result[k]:,} {name}" for k, name in names.items() if result.get(k))
