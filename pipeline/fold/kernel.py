"""Compiled loops over UTF-8 text: tokens, shingles, MinHash signatures, passage keys.

Everything runs over the buffers of Arrow string arrays; there is no Python object per token. Compiled once per machine
(numba keeps the machine code beside the module, or in the user's cache folder).
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.fold.tokens import JOIN, NUMBER, SEPARATOR, SINGLE

__all__ = ["decode", "shingles", "sign", "sort_keys", "tokenise"]

_U64 = np.uint64
_BASIS = _U64(0xCBF29CE484222325)
_PRIME = _U64(0xFF51AFD7ED558CCD)
_ROLL = _U64(0x9E3779B97F4A7C15)  # odd: multiplication by it is a bijection, so no word position is lost

_jit = numba.njit(cache=True, nogil=True, boundscheck=False)


@_jit
def _mix64(h: int) -> int:
    """MurmurHash3's 64-bit finaliser: every input bit reaches every output bit."""
    h = _U64(h)
    h ^= h >> _U64(33)
    h *= _U64(0xFF51AFD7ED558CCD)
    h ^= h >> _U64(33)
    h *= _U64(0xC4CEB9FE1A85EC53)
    h ^= h >> _U64(33)
    return h


@_jit
def _mix32(x: int) -> int:
    """MurmurHash3's 32-bit finaliser. The casts keep numba from widening to 64 bits, at half the speed."""
    x = np.uint32(x ^ (x >> np.uint32(16)))
    x = np.uint32(x * np.uint32(0x85EBCA6B))
    x = np.uint32(x ^ (x >> np.uint32(13)))
    x = np.uint32(x * np.uint32(0xC2B2AE35))
    return np.uint32(x ^ (x >> np.uint32(16)))


@_jit
def _absorb(h: int, word: int) -> int:
    """Take eight more bytes into the hash of a long token."""
    h = (_U64(h) ^ _U64(word)) * _PRIME
    return h ^ (h >> _U64(32))


@_jit
def decode(data: NDArray[np.uint8], i: int) -> tuple[int, int]:
    """The code point that valid UTF-8 has at byte i, and where the next one begins."""
    b = data[i]
    if b < 0x80:
        return np.int32(b), i + 1
    if b < 0xE0:
        return np.int32(b & 0x1F) << 6 | np.int32(data[i + 1] & 0x3F), i + 2
    if b < 0xF0:
        return np.int32(b & 0x0F) << 12 | np.int32(data[i + 1] & 0x3F) << 6 | np.int32(data[i + 2] & 0x3F), i + 3
    high = np.int32(b & 0x07) << 18 | np.int32(data[i + 1] & 0x3F) << 12
    return high | np.int32(data[i + 2] & 0x3F) << 6 | np.int32(data[i + 3] & 0x3F), i + 4


@_jit
def tokenise(
    data: NDArray[np.uint8],
    start: int,
    end: int,
    classes: NDArray[np.uint8],
    folds: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    begins: NDArray[np.int32],
    ends: NDArray[np.int32],
    traits: NDArray[np.uint8] | None = None,
    facts: NDArray[np.uint8] | None = None,
) -> int:
    """Tokens of the valid UTF-8 bytes ``data[start:end]``.

    A token is hashed eight bytes at a time: case-folded characters are lined up in a 64-bit word, an ASCII one as its
    byte, any other as three bytes of which the last has its high bit set, so that no two tokens line up alike.

    Fills `hashes` with one 64-bit hash a token and `begins`, `ends` with its offsets in characters; each must hold
    ``end - start`` entries. With `traits` (of each code point below 0x20000), it says in `facts` what each token may
    be: `NUMBER` when it holds a digit, `NAME` when it begins with a capital, else 0.

    Returns:
        The number of tokens.
    """
    plain = np.empty(128, np.uint8)  # folded ASCII characters of tokens, 0 for the others
    for code in range(128):
        plain[code] = folds[code, 0] if classes[code] == JOIN else 0
    n = 0
    inside = False
    h = _BASIS
    word = _U64(0)
    shift = _U64(0)
    fact = np.uint8(0)
    char = 0
    i = start
    while i < end:
        b = data[i]
        if b < 0x80:
            i += 1
            f = plain[b]
            if f != 0:
                if not inside:
                    begins[n] = char
                    if traits is not None:
                        fact = traits[b]
                    inside = True
                elif traits is not None and traits[b] == NUMBER:
                    fact = np.uint8(NUMBER)
                word |= _U64(f) << shift
                shift += _U64(8)
                if shift == _U64(64):
                    h = _absorb(h, word)
                    word = shift = _U64(0)
            elif inside:
                hashes[n] = _mix64(_absorb(h, word))
                ends[n] = char
                if facts is not None:
                    facts[n] = fact
                n += 1
                inside = False
                h = _BASIS
                word = shift = _U64(0)
            char += 1
            continue
        code, i = decode(data, i)
        kind = classes[code] if code < classes.shape[0] else SEPARATOR
        if kind != JOIN and inside:
            hashes[n] = _mix64(_absorb(h, word))
            ends[n] = char
            if facts is not None:
                facts[n] = fact
            n += 1
            inside = False
            h = _BASIS
            word = shift = _U64(0)
        if kind != SEPARATOR:
            if traits is not None:
                trait = traits[code] if code < traits.shape[0] else np.uint8(0)
                if not inside or trait == NUMBER:
                    fact = trait
            if not inside:
                begins[n] = char
                inside = True
            for k in range(3):
                f = folds[code, k] if code < folds.shape[0] else (code if k == 0 else 0)
                if f == 0:
                    break
                bits = _U64(f) if f < 0x80 else _U64(f) | _U64(0x800000)
                for _ in range(1 if f < 0x80 else 3):
                    word |= (bits & _U64(0xFF)) << shift
                    bits >>= _U64(8)
                    shift += _U64(8)
                    if shift == _U64(64):
                        h = _absorb(h, word)
                        word = shift = _U64(0)
            if kind == SINGLE:
                hashes[n] = _mix64(_absorb(h, word))
                ends[n] = char + 1
                if facts is not None:
                    facts[n] = fact
                n += 1
                inside = False
                h = _BASIS
                word = shift = _U64(0)
        char += 1
    if inside:
        hashes[n] = _mix64(_absorb(h, word))
        ends[n] = char
        if facts is not None:
            facts[n] = fact
        n += 1
    return n


@_jit
def shingles(hashes: NDArray[np.uint64], n: int, size: int, out: NDArray[np.uint64]) -> int:
    """Hashes of all runs of `size` tokens, in order, into `out`; a text shorter than that is one shingle.

    A polynomial over the token hashes, rolled along (Karp and Rabin 1987), then mixed.

    Returns:
        The number of shingles, repeated ones included; 0 for a text without tokens.
    """
    if n == 0:
        return 0
    width = min(size, n)
    top = _U64(1)
    for _ in range(width - 1):
        top *= _ROLL
    h = _U64(0)
    for i in range(width):
        h = h * _ROLL + hashes[i]
    out[0] = _mix64(h)
    for i in range(n - width):
        h = (h - hashes[i] * top) * _ROLL + hashes[i + width]
        out[i + 1] = _mix64(h)
    return n - width + 1


@_jit
def _different(values: NDArray[np.uint64], n: int, table: NDArray[np.uint64]) -> int:
    """Put the distinct ones of ``values[:n]`` first, in the order of their first occurrence; return their number.

    An open hash table instead of sorting: `table` must have more than ``2 * n`` places, a power of two of them.
    """
    size = 16
    while size < 2 * n + 2:
        size *= 2
    mask = _U64(size - 1)
    table[:size] = _U64(0)
    kept = 0
    zero = False
    for i in range(n):
        value = values[i]
        if value == _U64(0):  # marks a free place
            if not zero:
                zero = True
                values[kept] = value
                kept += 1
            continue
        at = value & mask
        while table[at] != _U64(0) and table[at] != value:
            at = (at + _U64(1)) & mask
        if table[at] == _U64(0):
            table[at] = value
            values[kept] = value
            kept += 1
    return kept


@_jit
def _min_hash(
    shingle: NDArray[np.uint64],
    n: int,
    a: NDArray[np.uint32],
    b: NDArray[np.uint32],
    signature: NDArray[np.uint32],
) -> None:
    """Signature of ``shingle[:n]``. Four shingles a round, permutations inside: the loop that LLVM makes vectors of."""
    signature[:] = np.uint32(0xFFFFFFFF)
    k = 0
    while k + 4 <= n:
        x0 = _mix32(np.uint32(shingle[k]))
        x1 = _mix32(np.uint32(shingle[k + 1]))
        x2 = _mix32(np.uint32(shingle[k + 2]))
        x3 = _mix32(np.uint32(shingle[k + 3]))
        for p in range(signature.shape[0]):
            v0 = np.uint32(a[p] * x0 + b[p])
            v1 = np.uint32(a[p] * x1 + b[p])
            v2 = np.uint32(a[p] * x2 + b[p])
            v3 = np.uint32(a[p] * x3 + b[p])
            signature[p] = min(signature[p], min(min(v0, v1), min(v2, v3)))
        k += 4
    while k < n:
        x = _mix32(np.uint32(shingle[k]))
        for p in range(signature.shape[0]):
            v = np.uint32(a[p] * x + b[p])
            signature[p] = min(signature[p], v)
        k += 1


@_jit
def sort_keys(packed: NDArray[np.int64], room: NDArray[np.int64], shift: int, bits: int) -> None:
    """Sort ``packed`` in place by the `bits` bits above `shift`, equal ones in the order they stand in (radix sort).

    Args:
        room: As long as `packed`; overwritten.
    """
    source, target = packed, room
    done = 0
    while done < bits:
        step = min(11, bits - done)
        at = np.zeros((1 << step) + 1, np.int64)
        low = np.int64(shift + done)
        mask = np.int64((1 << step) - 1)
        for i in range(source.shape[0]):
            at[((source[i] >> low) & mask) + 1] += 1
        for i in range(1 << step):
            at[i + 1] += at[i]
        for i in range(source.shape[0]):
            place = (source[i] >> low) & mask
            target[at[place]] = source[i]
            at[place] += 1
        source, target = target, source
        done += step
    if (bits + 10) // 11 % 2:
        packed[:] = room


@_jit
def sign(
    data: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    classes: NDArray[np.uint8],
    folds: NDArray[np.int32],
    size: int,
    a: NDArray[np.uint32],
    b: NDArray[np.uint32],
    rows: int,
    scale: int,
    signatures: NDArray[np.uint32],
    bands: NDArray[np.uint32],
    counts: NDArray[np.int32],
    passages: NDArray[np.uint32],
    passage_ends: NDArray[np.int64],
) -> None:
    """Sketch the texts ``data[offsets[i]:offsets[i + 1]]``.

    Args:
        size: Tokens in a shingle.
        a, b: Multipliers and increments of datasketch's ``affine32`` permutations.
        rows: Rows of the signature in one band.
        scale: One in `scale` shingles is a passage key (FracMinHash, Irber et al. 2022).
        signatures: Out, (texts, permutations): as ``datasketch.MinHash(scheme="affine32")`` fed with the low 32 bits of
            the shingle hashes.
        bands: Out, (texts, permutations / rows): one key a band.
        counts: Out: distinct shingles of each text.
        passages: Out: passage keys of all texts one after the other, distinct and sorted within each.
        passage_ends: Out: where each text's keys end in `passages`.
    """
    longest = 0
    for i in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    hashes = np.empty(longest, np.uint64)
    begins = np.empty(longest, np.int32)
    ends = np.empty(longest, np.int32)
    shingle = np.empty(longest + 1, np.uint64)
    places = 16
    while places < 2 * longest + 4:
        places *= 2
    table = np.empty(places, np.uint64)
    filled = 0
    n_bands = bands.shape[1]
    for i in range(offsets.shape[0] - 1):
        n = tokenise(data, offsets[i], offsets[i + 1], classes, folds, hashes, begins, ends)
        n = _different(shingle, shingles(hashes, n, size, shingle), table)
        counts[i] = n
        signature = signatures[i]
        _min_hash(shingle, n, a, b, signature)
        for band in range(n_bands):
            h = _U64(band + 1)
            for r in range(rows):
                h = h * _ROLL + _U64(signature[band * rows + r])
            bands[i, band] = np.uint32(_mix64(h) >> _U64(32))
        begin = filled
        for k in range(n):
            if shingle[k] % _U64(scale) == 0:
                passages[filled] = np.uint32(shingle[k] >> _U64(32))
                filled += 1
        passages[begin:filled].sort()
        kept = begin
        for k in range(begin, filled):
            if k == begin or passages[k] != passages[kept - 1]:
                passages[kept] = passages[k]
                kept += 1
        filled = kept
        passage_ends[i] = filled
