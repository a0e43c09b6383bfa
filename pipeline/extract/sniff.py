"""What kind of document some bytes are, judged by the bytes: declared types lie."""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["HEAD", "Kind", "binary_kind", "text_kind"]


class Kind(StrEnum):
    """Formats that can become articles."""

    HTML = "html"
    NEWSML_G2 = "newsml-g2"
    NITF = "nitf"
    NINJS = "ninjs"


_MAGIC = (  # leading bytes -> what a person calls it
    (b"%PDF-", "a PDF"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"ID3", "an MP3 recording"),
    (b"OggS", "an Ogg recording"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"PAR1", "a Parquet file"),
    (b"WARC/", "a WARC file"),
    (b"\x7fELF", "a program"),
)
_RIFF = {b"WEBP": "a WebP picture", b"WAVE": "a WAV recording", b"AVI ": "a video"}

HEAD = 65_536
"""Characters that tell what a text is: no more are looked at."""

_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)*", re.IGNORECASE | re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_HTML_SIGN = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h1|article|main|table|a|span)\b", re.IGNORECASE
)
_G2_ROOTS = {"newsMessage", "newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"}
_XML_NAMES = {
    "NewsML": "NewsML 1",
    "rss": "an RSS feed, not an article",
    "feed": "an Atom feed, not an article",
    "urlset": "a sitemap, not an article",
    "sitemapindex": "a sitemap, not an article",
    "svg": "an SVG picture",
}
_WIRE_TEXT = (
    (re.compile(r"\x16\x16\x01"), "an ANPA 1312 wire file"),
    (re.compile(r"\x01\w{3,4}\d{2,4} \d \w"), "an IPTC 7901 wire file"),
    (re.compile(r"\s*zczc\b", re.IGNORECASE), "an agency text file (ZCZC)"),
    (re.compile(r"\s*(?:Delivered-To|Received|Return-Path|MIME-Version): "), "an e-mail"),
)


def binary_kind(body: bytes) -> str | None:
    """Name of the binary format that `body` starts with, such as ``a PDF``; None when it may be text."""
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return name
    if body[:4] == b"RIFF":
        return _RIFF.get(body[8:12], "a RIFF file")
    if body[4:8] == b"ftyp":
        return "a video or picture (ISO media)"
    return None


def text_kind(text: str) -> Kind | str:
    """The format of decoded `text`, or the name of a format that is not supported.

    HTML is what starts like markup and is no known XML vocabulary, or has HTML tags near its beginning.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        return Kind.NINJS
    if start[:1] == "<":
        head = start[:HEAD]
        prolog = _PROLOG.match(head)
        root = _ROOT.match(head, prolog.end() if prolog else 0)
        name = root[1] if root else ""
        if name in _G2_ROOTS:
            return Kind.NEWSML_G2
        if name == "nitf":
            return Kind.NITF
        if name in _XML_NAMES:
            return _XML_NAMES[name]
        if name.lower() == "html" or (not start.startswith("<?xml") and _HTML_SIGN.search(head)):
            return Kind.HTML
        return f"XML (<{name[:40]}>)" if name else "markup of an unknown kind"
    for pattern, name in _WIRE_TEXT:
        if pattern.match(text):
            return name
    # Not one tag at the start, yet a page: a broken head, a stray message of the server before the document.
    if re.search(r"<(?:!doctype\s+html|html|body)\b", start[:HEAD], re.IGNORECASE):
        return Kind.HTML
    if sum(c < " " and c not in "\t\r\n\f\x1b" for c in start[:2000]) > 100:
        return "binary data"
    return "plain text"
