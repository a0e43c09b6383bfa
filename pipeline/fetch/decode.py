"""Content decoding with bounds (RFC 9110 section 8.4): a bomb is stopped before it unfolds.

No decoder here ever hands out more than `_PIECE` bytes at once, so memory is bounded by the limit on the result.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli

from pipeline.article import Reason
from pipeline.fetch.failure import Failure

__all__ = ["ACCEPT_ENCODING", "collect", "decoded", "unpacked"]

ACCEPT_ENCODING = "gzip, deflate, br"

_PIECE = 65_536
_SIP = 1_024
_GZIP = b"\x1f\x8b"  # how its bodies begin
_BOMB_RATIO = 100  # text rarely shrinks to a hundredth; deflate's limit is 1,032, brotli's far beyond
_MAX_MEMBERS = 10_000  # gzip members of one body; each costs time even when it is empty
_NO_CODINGS = frozenset(("", "identity", "none", "binary", "8bit", "utf-8", "utf8", "iso-8859-1", "aws-chunked"))
"""What servers call a body without a coding: that it has none, its charset, how it was stored."""
_MAX_LAYERS = 2  # more codings on top of each other serve no reader


def collect(chunks: Iterable[bytes], encoding: str | None, limit: int) -> bytes:
    """The decoded body.

    Args:
        chunks: The body as received, in pieces of any size.
        encoding: The Content-Encoding header; codings in the order they were applied.
        limit: Bytes, for the body as received and for every layer of decoding.

    Raises:
        Failure: `Reason.TOO_LARGE`, `Reason.BOMB` (too large, and most of it hot air), or `Reason.MALFORMED`.
    """
    return b"".join(decoded(chunks, encoding, limit))


def unpacked(body: bytes, limit: int) -> bytes:
    """A body of unknown making, unpacked where it is gzip.

    Raises:
        Failure: As `collect`.
    """
    return collect([body], "gzip" if body.startswith(_GZIP) else None, limit)


def decoded(chunks: Iterable[bytes], encoding: str | None, limit: int) -> Iterator[bytes]:
    """As `collect`, piece by piece."""
    codings = [c for c in (c.strip().lower() for c in (encoding or "").split(",")) if c not in _NO_CODINGS]
    if len(codings) > _MAX_LAYERS:
        raise Failure(Reason.MALFORMED, f"{len(codings)} content codings on top of each other")
    received = _Count(limit)
    stream = received.through(_sips(chunks) if codings else chunks)
    for coding in reversed(codings):
        decoder = _DECODERS.get(coding)
        if decoder is None:
            raise Failure(Reason.MALFORMED, f"unknown content coding {coding[:40]!r}")
        stream = _Count(limit, below=received).through(decoder(stream))
    return stream


def _sips(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Small pieces, so that what has been received when a bomb bursts is about what it took to burst it."""
    for chunk in chunks:
        yield from (chunk[i : i + _SIP] for i in range(0, len(chunk), _SIP))


class _Count:
    """Counts the bytes of one layer and stops it at the limit."""

    def __init__(self, limit: int, below: _Count | None = None) -> None:
        self.total = 0
        self._limit = limit
        self._below = below

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.total += len(chunk)
            if self.total > self._limit:
                if self._below and self.total > _BOMB_RATIO * self._below.total:
                    raise Failure(
                        Reason.BOMB, f"{self._below.total:,} bytes unfold to more than the {self._limit:,} allowed"
                    )
                raise Failure(Reason.TOO_LARGE, f"more than {self._limit:,} bytes")
            yield chunk


def _gunzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    return _inflate(chunks, lambda head: 31 if head[:1] == b"\x1f" else None)


def _deflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    # RFC 9110 8.4.1.2 means the zlib format; some servers send bare deflate data.
    return _inflate(chunks, lambda head: 15 if head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0 else -15)


def _inflate(chunks: Iterable[bytes], window_bits: Callable[[bytes], int | None]) -> Iterator[bytes]:
    """Inflate one or several members (RFC 1952 section 2.2); a body that only claims to be so passes as it is."""
    stream = _with_head(iter(chunks), 2)
    head = next(stream, b"")
    if len(head) < 2:
        yield from (head,) if head else ()
        return
    wbits = window_bits(head)
    if wbits is None:
        yield head
        yield from stream
        return
    inflater = zlib.decompressobj(wbits)
    data, members = head, 0
    try:
        while True:
            piece = inflater.decompress(data, _PIECE)
            if piece:
                yield piece
            data = inflater.unconsumed_tail
            if inflater.eof:
                members += 1
                data = inflater.unused_data or next(stream, b"")
                if data[:1] != b"\x1f" or wbits != 31:
                    return  # padding after the last member
                if members > _MAX_MEMBERS:
                    raise Failure(Reason.BOMB, f"more than {_MAX_MEMBERS:,} gzip members")
                inflater = zlib.decompressobj(wbits)
            elif not data and len(piece) < _PIECE:
                data = next(stream, b"")
                if not data:
                    raise Failure(Reason.MALFORMED, "compressed body ends early")
    except zlib.error as e:
        raise Failure(Reason.MALFORMED, f"broken compressed body: {e}") from e


def _unbrotli(chunks: Iterable[bytes]) -> Iterator[bytes]:
    decompressor = brotli.Decompressor()
    try:
        for chunk in chunks:
            piece = decompressor.process(chunk, output_buffer_limit=_PIECE)
            while piece:
                yield piece
                piece = b"" if decompressor.is_finished() else decompressor.process(b"", output_buffer_limit=_PIECE)
            if decompressor.is_finished():
                return
    except brotli.error as e:
        raise Failure(Reason.MALFORMED, f"broken compressed body: {e}") from e
    raise Failure(Reason.MALFORMED, "compressed body ends early")


def _with_head(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The same bytes, the first piece having at least `size` of them where there are that many."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= size:
            break
    if head:
        yield head
    yield from chunks


_DECODERS: dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _unbrotli,
}
