"""What a person sees while the DAGs run: a table that changes on a terminal, one line per event elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

__all__ = ["Progress"]

_SHOWN = {
    "success": ("done", "green"),
    "failed": ("failed", "bold red"),
    "up_for_retry": ("trying again", "yellow"),
    "upstream_failed": ("not done", "red"),
    "skipped": ("skipped", "dim"),
    "running": ("running", "cyan"),
}
_WAITING = ("waiting", "dim")
_QUIET = {"waiting", "running", "skipped"}  # not worth a line in a log


class Progress:
    """Shows task instances as Airflow's API describes them. A context manager."""

    def __init__(self, console: Console, sources: Sequence[str]) -> None:
        """Show on `console`: live when it is a terminal, as plain lines otherwise.

        Args:
            console: Where to.
            sources: Their names in the order of the mapped tasks; Airflow itself knows them only while a task runs.
        """
        self._console = console
        self._sources = sources
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None
        self._told: dict[tuple[str, str, int], str] = {}

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, line: str) -> None:
        """Print one line above the table."""
        self._console.print(line, highlight=False)

    def update(self, tasks: Sequence[dict[str, Any]]) -> None:
        """Show the state of `tasks`, all those of the runs that are watched."""
        if self._live is not None:
            self._live.update(self._table(tasks))
            return
        for task in tasks:
            word, _ = _SHOWN.get(task["state"], _WAITING)
            key, state = (task["dag_id"], task["task_id"], task["map_index"]), f"{word} {task['try_number']}"
            if word not in _QUIET and self._told.get(key) != state:
                self._told[key] = state
                self.say(f"  {escape(self.name(task))}: {word}")

    def name(self, task: dict[str, Any]) -> str:
        """What to call a task instance: ``fetch ledger``, ``collect``."""
        index = task["map_index"]
        return f"{_step(task)} {self._source(index)}" if index >= 0 else _step(task)

    def _source(self, index: int) -> str:
        return self._sources[index] if index < len(self._sources) else f"source {index + 1}"

    def _table(self, tasks: Sequence[dict[str, Any]]) -> RenderableType:
        mapped: dict[int, dict[str, dict[str, Any]]] = {}
        single = []
        for task in tasks:
            if task["map_index"] >= 0:
                mapped.setdefault(task["map_index"], {})[_step(task)] = task
            elif "." not in task["task_id"]:  # a group that is not expanded yet shows as tasks without index
                single.append(task)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("source", "fetch", "extract"):
            table.add_column(heading)
        for index, steps in sorted(mapped.items()):
            table.add_row(Text(self._source(index)), *(_cell(steps.get(step)) for step in ("fetch", "extract")))
        line = Text.assemble(*(part for task in single for part in (f"{_step(task)} ", _cell(task), "   ")))
        return Group(table, line) if mapped else line


def _step(task: dict[str, Any]) -> str:
    return str(task["task_id"]).rpartition(".")[2]


def _cell(task: dict[str, Any] | None) -> Text:
    word, style = _SHOWN.get(task["state"], _WAITING) if task else _WAITING
    return Text(word, style=style)
