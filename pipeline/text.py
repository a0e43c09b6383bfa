"""Normal forms of text: one for reading, one for comparing."""

from __future__ import annotations

import re
import unicodedata

import xxhash

__all__ = ["as_title", "letters", "mend", "one_line", "plain_marks", "reading_form", "text_hash"]

_TITLE_CHARS = 300

# C0/C1 controls (but tab and line feed), soft hyphen, zero-width characters, BOM, bidirectional overrides, and lone
# surrogates: none of them is text, and several can hide or reorder it on a terminal.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BLANKS = re.compile(r"[^\S\n ][^\S\n]*|  +")  # never a lone space: those are left alone, which is five times faster
_PARAGRAPH = re.compile(r"\n[ \n]*")
_NO_LETTERS = re.compile(r"[\W_]+")

# UTF-8 that was read as a single-byte encoding: a lead byte followed by what continuation bytes look like there.
_MOJIBAKE = re.compile(
    "[\u00c2\u00c3\u00c4\u00c5\u00d0\u00d1\u00e2\u00f0][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160"
    "\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
)

# Typographic variants that agencies and sites swap freely; equal for comparing, kept for reading.
_FOLD = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u2032": "'", "`": "'", "\u00b4": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"', "\u2033": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u2026": "...",
}  # fmt: skip
_FOLDED = re.compile(f"[{''.join(_FOLD)}]")


def reading_form(text: str) -> str:
    """Text as it is kept: NFC, no control or invisible characters, paragraphs separated by one blank line.

    Every line break is a paragraph break; blanks inside a paragraph (no-break and other Unicode spaces, tabs) become
    one space. Idempotent.
    """
    clean = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    clean = _BLANKS.sub(" ", unicodedata.normalize("NFC", clean)).replace("  ", " ").replace(" \n", "\n")
    return _PARAGRAPH.sub("\n\n", clean).strip()


def one_line(text: str) -> str:
    """Text in reading form without line breaks, as headlines and names are kept."""
    plain = text.isascii() and text.isprintable()  # most names: there is nothing to be found in them but blanks
    return " ".join((text if plain else reading_form(text)).split())


def as_title(line: str) -> str:
    """A line as it can be a title: what is longer than any headline is cut."""
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rstrip() + "…"


def letters(text: str) -> str:
    """Letters and digits alone, without case: equal for names and lines that are set otherwise in another place."""
    return _NO_LETTERS.sub("", text).casefold()


def mend(text: str) -> str:
    """Text with mojibake such as ``caf\u00c3\u00a9`` repaired where that is certain (ftfy); other text as it is."""
    if not _MOJIBAKE.search(text):
        return text
    import ftfy  # rarely needed

    return ftfy.fix_encoding(text)


def plain_marks(text: str) -> str:
    """Text with typographic quotes, dashes and dots replaced by those of a typewriter, for comparing."""
    return _FOLDED.sub(lambda mark: _FOLD[mark[0]], text)  # ten times as fast as str.translate


def text_hash(text: str) -> str:
    """Hash of the comparing form: 32 hex digits of xxh3-128.

    Two texts have the same hash when they are equal after NFKC, case folding, folding of quotes and dashes, and
    removal of all white space.
    """
    folded = unicodedata.normalize("NFKC", plain_marks(text)).casefold()
    return str(xxhash.xxh3_128_hexdigest("".join(folded.split()).encode("utf-8", "surrogatepass")))
