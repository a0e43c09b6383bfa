"""Plain text: its paragraphs, and lines that were broken to fit a column."""

from __future__ import annotations

import re
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["LONGEST", "is_indented", "joined", "unwrapped", "unwrapped_texts"]

LONGEST = 100
"""Characters: longer lines are whole paragraphs."""

_SHORTEST = 40  # characters of the longest line of a text that was broken to fit a column
_FULL = 0.75  # of the longest line: the next word may have been long
_MOST, _SOME = 0.5, 0.25  # of the breaks
_BROKEN = re.compile(r"\b([^\W\d_]{2,})-$")
_REST = re.compile(r"[^\W\d_A-Z]+")


def unwrapped(text: str) -> str:
    """Text with the lines of each paragraph joined, if they were broken to fit a column; other text as it is.

    Lines were broken if most of them are full, and paragraphs are indented or some lines go on in lower case: a list of
    headlines or of names is no paragraph. A paragraph begins behind a blank line and with an indented line; where none
    are indented, also behind a line that leaves room, unless it goes on in lower case.
    """
    if "\n" not in text:
        return text
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    longest = max(map(len, lines))
    if not _SHORTEST <= longest <= LONGEST:
        return text
    follows = [bool(above and below) for above, below in pairwise(lines)]
    indented = [is_indented(line) for line in lines]
    breaks = [n for n, one in enumerate(follows) if one and not indented[n + 1]]
    full = [len(line) >= _FULL * longest for line in lines]
    goes_on = [line[:1].islower() for line in lines]
    marked = any(one and is_new for one, is_new in zip(follows, indented[1:], strict=True))
    if sum(full[n] for n in breaks) < _MOST * len(breaks) or not (
        breaks and (marked or sum(goes_on[n + 1] for n in breaks) >= _SOME * len(breaks))
    ):
        return text
    soft = {n for n in breaks if marked or full[n] or goes_on[n + 1]}
    done = [lines[0].strip()]
    for n, line in enumerate(lines[1:]):
        if n in soft:
            done[-1] = joined(done[-1], line.strip(), text)
        else:
            done.append(line.strip())
    return "\n\n".join(filter(None, done))


def unwrapped_texts(texts: pa.Array) -> pa.Array:
    """The same for many texts (string); most are seen to have a long line without a look at them."""
    breaks = pc.count_substring(texts, "\n")
    narrow = pc.less_equal(pc.utf8_length(texts), pc.add(breaks, pc.multiply(pc.add(breaks, 1), LONGEST)))
    wanted = pc.and_(pc.greater(breaks, 0), narrow)
    if not pc.any(wanted).as_py():
        return texts
    return pc.replace_with_mask(texts, wanted, pa.array(map(unwrapped, texts.filter(wanted).to_pylist()), pa.string()))


def is_indented(line: str) -> bool:
    """Whether a line begins a paragraph by its indentation."""
    return line.startswith(("  ", "\t"))


def joined(above: str, below: str, text: str) -> str:
    """Two lines of a paragraph; a word that was broken between them is whole again.

    Its hyphen stays unless `text` has the word without it elsewhere: ``self-`` / ``service`` is one word with a hyphen.
    """
    broken = _BROKEN.search(above)
    rest = _REST.match(below)
    if not broken or not rest:
        return f"{above} {below}"
    whole = re.search(rf"\b{broken[1]}{rest[0]}\b", text, re.IGNORECASE)
    return (above[:-1] if whole else above) + below
