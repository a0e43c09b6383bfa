"""The normal forms of `pipeline.text` for many texts at once.

A compiled pass does what needs no look at neighbouring characters; texts with combining marks, control characters and
the like, a few in a thousand, take the way of one text at a time. Both give the same.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numba
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from pipeline.extract.wrapped import LONGEST, unwrapped
from pipeline.text import plain_marks, reading_form, text_hash

__all__ = ["Forms", "forms", "unwrapped_texts"]

_KEEP, _BLANK, _BREAK, _HARD = range(4)
_CODES = 0x10000  # of the first plane; what lies above is hard
_LETTERS = 0x3000  # below: characters that are looked at one by one
_ALIKE = (
    (0x3041, 0x3097),
    (0x30A1, 0x30FB),
    (0x4E00, 0xA000),
    (0xAC00, 0xD7A4),
)  # kana, ideographs, Hangul: as they are
_WIDTH = 7  # bytes of a folded character, one more holds their number


@dataclass(frozen=True, slots=True)
class Forms:
    """Texts in reading form, their words and their hashes."""

    texts: pa.Array
    words: NDArray[np.int32]
    hashes: list[str]


def forms(texts: pa.Array) -> Forms:
    """Bring texts (string, no nulls) into their normal forms."""
    n = len(texts)
    _, offsets, data = texts.buffers()
    at = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + n + 1].astype(np.int64) if n else np.zeros(1)
    bytes_in = np.frombuffer(data or b"", np.uint8)
    size = int(at[-1] - at[0]) if n else 0
    reading, folded = np.empty(2 * size + 1, np.uint8), np.empty(_WIDTH * size + 1, np.uint8)
    ends, folded_ends = np.zeros(n + 1, np.int32), np.zeros(n + 1, np.int64)
    words, hard = np.zeros(n, np.int32), np.zeros(n, np.bool_)
    actions, folds = _tables()
    _bring(bytes_in, at.astype(np.int64), actions, folds, reading, ends, folded, folded_ends, words, hard)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(reading[: ends[-1]])]
    made = pa.Array.from_buffers(pa.string(), n, buffers)
    view = memoryview(folded)
    bounds = folded_ends.tolist()
    hashes = [xxhash.xxh3_128_hexdigest(view[bounds[i] : bounds[i + 1]]) for i in range(n)]
    if hard.any():
        values: list[str | None] = made.to_pylist()
        for i in np.flatnonzero(hard).tolist():
            text = reading_form(texts[i].as_py())
            values[i], words[i], hashes[i] = text, len(text.split()), text_hash(text)
        made = pa.array(values, pa.string())
    return Forms(made, words, hashes)


def unwrapped_texts(texts: pa.Array) -> pa.Array:
    """`unwrapped` for many texts (string, no nulls); most are seen to have a long line without a look at them."""
    breaks = pc.count_substring(texts, "\n")
    narrow = pc.less_equal(pc.utf8_length(texts), pc.add(breaks, pc.multiply(pc.add(breaks, 1), LONGEST)))
    wanted = pc.and_(pc.greater(breaks, 0), narrow)
    if not pc.any(wanted).as_py():
        return texts
    return pc.replace_with_mask(texts, wanted, pa.array(map(unwrapped, texts.filter(wanted).to_pylist()), pa.string()))


@cache
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What becomes of each character: its action, and the bytes of its comparing form after their number."""
    actions = np.full(_CODES, _HARD, np.uint8)
    folds = np.zeros((_CODES, _WIDTH + 1), np.uint8)
    for first, end in _ALIKE:
        codes = np.arange(first, end)
        actions[first:end] = _KEEP
        folds[first:end, :4] = np.stack(
            [codes * 0 + 3, 0xE0 | codes >> 12, 0x80 | codes >> 6 & 0x3F, 0x80 | codes & 0x3F], 1
        )
    for code in range(_LETTERS):
        char = chr(code)
        if char in "\t ":
            actions[code] = _BLANK
        elif char == "\n":
            actions[code] = _BREAK
        elif code < 0xA0:
            actions[code] = _KEEP if 0x20 < code < 0x7F else _HARD
        elif unicodedata.category(char)[0] in "CM" or 0x1100 <= code <= 0x11FF or 0x3131 <= code <= 0x318E:
            continue
        elif char.isspace():
            actions[code] = _BLANK
        elif unicodedata.is_normalized("NFC", char):
            actions[code] = _KEEP
        if actions[code] == _KEEP:
            folded = "".join(unicodedata.normalize("NFKC", plain_marks(char)).casefold().split())
            bytes_out = folded.encode()
            if len(bytes_out) > _WIDTH or any(unicodedata.combining(c) or 0x1100 <= ord(c) <= 0x11FF for c in folded):
                actions[code] = _HARD
                continue
            folds[code, 0] = len(bytes_out)
            folds[code, 1 : 1 + len(bytes_out)] = list(bytes_out)
    return actions, folds


@numba.njit(cache=True, nogil=True)
def _bring(data, offsets, actions, folds, reading, ends, folded, folded_ends, words, hard):
    r = f = 0
    for t in range(offsets.shape[0] - 1):
        begin_r, begin_f = r, f
        blank = line = False
        count = 0
        i = offsets[t]
        while i < offsets[t + 1]:
            b = data[i]
            code = np.int32(b)
            width = 1
            if b >= 0xF0:
                hard[t] = True
                break
            if b >= 0xE0:
                code = np.int32(b & 0x0F) << 12 | np.int32(data[i + 1] & 0x3F) << 6 | np.int32(data[i + 2] & 0x3F)
                width = 3
            elif b >= 0x80:
                code = np.int32(b & 0x1F) << 6 | np.int32(data[i + 1] & 0x3F)
                width = 2
            action = actions[code]
            if action == _HARD:
                hard[t] = True
                break
            if action == _KEEP:
                if blank or line or r == begin_r:
                    count += 1
                    if r > begin_r:
                        if line:
                            reading[r] = reading[r + 1] = 10
                            r += 2
                        else:
                            reading[r] = 32
                            r += 1
                    blank = line = False
                for k in range(width):
                    reading[r + k] = data[i + k]
                r += width
                for k in range(folds[code, 0]):
                    folded[f] = folds[code, 1 + k]
                    f += 1
            elif action == _BLANK:
                blank = True
            else:
                line = True
            i += width
        if hard[t]:
            r, f = begin_r, begin_f
            count = 0
        words[t] = count
        ends[t + 1] = r
        folded_ends[t + 1] = f
