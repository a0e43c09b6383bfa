"""Words as people read them, to show what changed: those of `pipeline.fold.tokens`, with what is written inside them.

Runs of letters, digits and combining marks; in scripts that are written without spaces every character by itself, with
the marks that it carries, so that a number among ideographs is one word and not a digit, nor the clause it stands in.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.fold.tokens import JOIN, SINGLE, classes

__all__ = ["pieces", "words"]


@cache
def pieces() -> re.Pattern[str]:
    """Matches all of a text, piece by piece: blanks, words with the marks inside them (``1.5``, ``e-mail``), others."""
    joined, single, marks = _classes()
    run = f"[_{joined}]+"
    return re.compile(rf"\s+|{run}(?:[.,:’'-]{run})*|[{single}][{marks}]*|(?s:.)[{marks}]*")


@cache
def words() -> re.Pattern[str]:
    """Matches the words of a text."""
    joined, single, marks = _classes()
    run = f"[_{joined}]+"
    return re.compile(rf"{run}(?:['’]{run})?|[{single}][{marks}]*")


def _classes() -> tuple[str, str, str]:
    """Characters, as ranges of a regular expression: parts of a run, words by themselves, marks."""
    table = classes()
    mark = np.array([unicodedata.category(chr(code))[0] == "M" for code in range(len(table))])
    return _ranges(table == JOIN), _ranges((table == SINGLE) & ~mark), _ranges(mark)


def _ranges(holds: NDArray[np.bool_]) -> str:
    edges = np.flatnonzero(np.diff(holds, prepend=False, append=False)).tolist()
    return "".join(f"{chr(a)}-{chr(b - 1)}" for a, b in zip(edges[::2], edges[1::2], strict=True))
