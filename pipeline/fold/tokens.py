"""What counts as a word, as tables that compiled code can look up.

Tokens are runs of letters, digits and combining marks, case-folded (Unicode 3.13, full folding). In scripts that are
written without spaces (Chinese, Japanese kana, Thai, Lao, Khmer, Burmese) every character is a token of its own, so
that shingles of tokens are shingles of characters there.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["COMMON", "JOIN", "NAME", "NUMBER", "SEPARATOR", "SINGLE", "classes", "folds", "traits"]

SEPARATOR, JOIN, SINGLE = 0, 1, 2
NUMBER, NAME, COMMON = 1, 2, 3

# Code points above the first two planes are ideographs (CJK extensions B and later) up to 0x323AF, and no text beyond.
_PLANES = 0x20000
_IDEOGRAPHS_END = 0x323B0

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # CJK
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width Katakana
)


@cache
def classes() -> NDArray[np.uint8]:
    """Class of each code point below 0x323B0: `SEPARATOR`, `JOIN` (part of a run) or `SINGLE` (a token by itself)."""
    table = np.full(_IDEOGRAPHS_END, SINGLE, dtype=np.uint8)
    for code in range(_PLANES):
        char = chr(code)
        table[code] = JOIN if char.isalnum() or unicodedata.category(char)[0] == "M" else SEPARATOR
    for first, last in _UNSPACED:
        block = table[first : last + 1]
        block[block == JOIN] = SINGLE
    return table


@cache
def folds() -> NDArray[np.int32]:
    """Case folding of each code point of the first two planes, shape (0x20000, 3), padded with zeros."""
    table = np.zeros((_PLANES, 3), dtype=np.int32)
    table[:, 0] = np.arange(_PLANES)
    for code in range(_PLANES):
        char = chr(code)
        if not char.isalpha() and not 0x2160 <= code <= 0x24EA:  # only letters and a few letter-like numbers fold
            continue
        folded = char.casefold()
        if folded != char:
            table[code] = 0
            table[code, : len(folded)] = [ord(c) for c in folded]
    return table


@cache
def traits() -> NDArray[np.uint8]:
    """`NUMBER` for digits, `NAME` for capitals, else 0, for the code points of the first two planes."""
    table = np.zeros(_PLANES, dtype=np.uint8)
    for code in range(_PLANES):
        char = chr(code)
        if char.isnumeric():
            table[code] = NUMBER
        elif char.isupper() or char.istitle():
            table[code] = NAME
    for first, last in _UNSPACED:  # ideographs that happen to be numerals are words like any other
        table[first : last + 1] = 0
    return table
