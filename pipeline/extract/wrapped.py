"""Plain text: its paragraphs, and lines that were broken to fit a column."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import pairwise

__all__ = ["LONGEST", "is_indented", "joined", "unwrapped", "whole_words"]

LONGEST = 100
"""Characters: longer lines are whole paragraphs."""

_SHORTEST = 40  # characters of the longest line of a text that was broken to fit a column
_FULL = 0.75  # of the longest line: the next word may have been long
_MOST, _SOME = 0.5, 0.25  # of the breaks
_HYPHEN = re.compile(r"-[^\S\n]*\n")
_WORD = re.compile(r"\w+")
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
    paragraphs = [[lines[0]]]
    for n, line in enumerate(lines[1:]):
        if n in soft:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    words = whole_words(text)
    return "\n\n".join(filter(None, (joined(p, words) for p in paragraphs)))


def is_indented(line: str) -> bool:
    """Whether a line begins a paragraph by its indentation."""
    return line.startswith(("  ", "\t"))


def whole_words(text: str) -> frozenset[str]:
    """Words of a text, in folded case; none where no line ends with a hyphen: they are for `joined`."""
    return frozenset(_WORD.findall(text.casefold())) if _HYPHEN.search(text) else frozenset()


def joined(lines: Sequence[str], words: Set[str]) -> str:
    """The lines of a paragraph as one; a word that was broken between two of them is whole again.

    Its hyphen stays unless the text has the word without it elsewhere: ``self-`` / ``service`` is one word with a
    hyphen.

    Args:
        words: `whole_words` of the text.
    """
    clean = [" ".join(line.split()) for line in lines]
    done = []
    for above, below in pairwise(clean):
        broken, rest = _BROKEN.search(above), _REST.match(below)
        if not broken or not rest:
            done.append(f"{above} ")
        else:
            done.append(above[:-1] if (broken[1] + rest[0]).casefold() in words else above)
    return "".join([*done, *clean[-1:]])
