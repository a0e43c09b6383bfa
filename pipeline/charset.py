"""Bytes to text: what a browser would do, plus what real pages need.

Labels are resolved as the WHATWG Encoding Standard has them (``iso-8859-1`` means windows-1252), by w3lib. A label is
a claim, though: valid multi-byte UTF-8 is UTF-8 whatever the label says, and a UTF-8 label on bytes that are not
UTF-8 starts a detection.
"""

from __future__ import annotations

import re
from codecs import utf_8_decode

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
    to_unicode,
)

__all__ = ["decode", "utf8"]

_SAMPLE = 2_000  # bytes looked at to recognise UTF-16
_PIECE = 1 << 16  # bytes decoded at a time to see whether they can be: the text of a whole page is made for nothing
_STATEFUL = ("iso2022", "hz")  # seven-bit encodings: valid UTF-8 by accident
_SHIFTS = (b"\x1b", b"~{")  # what they begin their characters with
_NON_ASCII_RUN = re.compile(rb"[^<>\x80-\xff]{0,40}[\x80-\xff][^<>]{0,60}")
_MAX_RUNS = 200
_WESTERN = frozenset(
    "àâáäãåæçéèêëíìîïñóòôöõøœúùûüßÀÂÁÄÅÆÇÉÈÊËÍÎÑÓÔÖØŒÚÛÜ\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022«»€£°©®\xa0·¿¡"
)
_CANDIDATES = [  # what unlabelled or mislabelled news pages are written in; a longer list guesses worse
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859_2", "koi8_r",
    "shift_jis", "euc_jp", "gb18030", "big5", "cp949",
]  # fmt: skip
_JAPANESE = ("euc_jp", "shift_jis")
_KANA = re.compile("[\u3040-\u30ff]")
_KANA_SHARE = 0.2  # of what is not ASCII


def decode(body: bytes, content_type: str | None = None) -> str:
    """Text of `body`; see `utf8`."""
    return utf8(body, content_type).decode()


def utf8(body: bytes, content_type: str | None = None) -> bytes:
    """`body` in UTF-8; never fails. Null characters and a byte order mark are dropped.

    What is UTF-8 already, as nearly every page, is not made anew: the parser wants bytes.

    Args:
        body: Any bytes.
        content_type: Content-Type header, for its charset.
    """
    encoding, bom = read_bom(body)
    if encoding is not None and bom is not None:
        return _encoded(to_unicode(body[len(bom) :], encoding))
    if encoding := _bare_utf16(body):
        return _encoded(to_unicode(body, encoding))
    if b"\0" in body:
        body = body.replace(b"\0", b"")
    valid = _is_utf8(body)
    if valid and not any(shift in body for shift in _SHIFTS):
        return body
    labels = [c for c in (http_content_type_encoding(content_type), html_body_declared_encoding(body)) if c]
    for label in labels:
        if label.startswith(_STATEFUL):
            return _encoded(to_unicode(body, label))
    if valid:
        return body
    return _encoded(_decode_legacy(body, [c for c in labels if not c.startswith("utf-")]))


def _is_utf8(body: bytes) -> bool:
    view, at = memoryview(body), 0
    try:
        while at < len(body):
            at += utf_8_decode(view[at : at + _PIECE], "strict", at + _PIECE >= len(body))[1]
    except UnicodeDecodeError:
        return False
    return True


def _encoded(text: str) -> bytes:
    return text.replace("\0", "").encode("utf-8", "replace")


def _bare_utf16(body: bytes) -> str | None:
    """UTF-16 without a byte order mark shows as nulls in every other byte: markup is ASCII."""
    sample = body[:_SAMPLE]
    half = len(sample) // 2
    if half < 2 or b"\0" not in sample:
        return None
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    if even > 0.4 and odd < 0.1:
        return "utf-16-be"
    return None


def _decode_legacy(body: bytes, labels: list[str]) -> str:
    """Text of bytes that are not valid UTF-8."""
    non_ascii = len(body) - len(body.translate(None, bytes(range(128, 256))))
    for label in labels:
        text = to_unicode(body, label)
        if text.count("\ufffd") * 20 <= non_ascii:
            return text
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    # UTF-8 with a few broken or cut characters: in a legacy encoding hardly a byte happens to continue the one before.
    if bad * 2 <= non_ascii or (bad == 1 and text.endswith("\ufffd")):
        return text
    return to_unicode(body, _detect(body))


def _detect(body: bytes) -> str:
    """The likeliest legacy encoding: windows-1252 if it gives Western European text, else by letter frequencies."""
    runs = [m[0] for _, m in zip(range(_MAX_RUNS), _NON_ASCII_RUN.finditer(body), strict=False)]
    sample = b" ".join(runs)
    if all(c < "\x80" or c in _WESTERN for c in sample.decode("cp1252", "replace")):
        return "cp1252"
    if japanese := _japanese(sample):
        return japanese
    from charset_normalizer import from_bytes  # slow to import, rarely needed

    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    return (best and resolve_encoding(best.encoding)) or "cp1252"


def _japanese(sample: bytes) -> str | None:
    """The Japanese encoding in which much of a sample is kana, as text in no other encoding is."""
    for encoding in _JAPANESE:
        text = sample.decode(encoding, "replace")
        foreign = sum(c > "\x7f" for c in text)
        if (
            len(_KANA.findall(text)) >= _KANA_SHARE * foreign and text.count("\ufffd") * 10 <= foreign
        ):  # runs are cut amid characters
            return encoding
    return None
