"""Where the command line prints, and how foreign text is made harmless before it gets there."""

from __future__ import annotations

import json
import math
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from rich.style import Style

__all__ = ["clean", "command", "console", "count", "headline", "print_json", "print_json_line", "safe", "short", "when"]

_WIDTH = 100  # columns where there is no terminal to ask


def console(*, stderr: bool = False) -> Console:
    """A console for people: the terminal's width, or 100 columns in files and pipes."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else _WIDTH
    return Console(stderr=stderr, width=width, highlight=False)


def clean(text: object) -> str:
    """Foreign text as one line without control or invisible characters."""
    from pipeline.text import reading_form

    return " ".join(reading_form(str(text)).split())


def safe(text: object, style: str | Style = "") -> Text:
    """Foreign text for Rich: `clean`, and never read as markup."""
    return Text(clean(text), style=style)


def headline(title: str | None, style: str | Style = "") -> Text:
    """A story's headline; those whose articles are all withdrawn have none."""
    return safe(title, style) if title else Text("(no headline)", style=style)


def short(identity: str) -> str:
    """The beginning of an id: enough to name it in all but huge lakes."""
    return clean(identity)[:9]


def when(time: datetime | None) -> str:
    """``2018-09-14 08:35``, UTC."""
    return time.strftime("%Y-%m-%d %H:%M") if time else ""


def count(number: int, singular: str, plural: str | None = None) -> str:
    """``1 story``, ``2 stories``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def command(words: str, lake: str) -> str:
    """A command on a lake, to be copied into a shell."""
    from shlex import quote

    return f"wirefold {words} --lake {quote(lake)}"


def print_json(document: Any) -> None:
    """One JSON document on standard output, in UTF-8 whatever the locale says."""
    _print_utf8(_json(document, indent=2))


def print_json_line(document: Any) -> None:
    """One JSON document on a line of its own, for streams of them."""
    _print_utf8(_json(document))


def _json(document: Any, indent: int | None = None) -> str:
    return json.dumps(_numbers(document), ensure_ascii=False, indent=indent, default=_plain, allow_nan=False)


def _numbers(value: Any) -> Any:
    """A document with null for what is not a number, such as the share of none: JSON has no word for it."""
    if isinstance(value, dict):
        return {k: _numbers(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [*map(_numbers, value)]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _print_utf8(text: str) -> None:
    data = text.encode("utf-8", "replace") + b"\n"
    sys.stdout.flush()
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    else:
        sys.stdout.write(data.decode())


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"no JSON for {type(value).__name__}")
