"""What an item says of others: that an earlier one is wrong, or must not be used any more."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["CORRECTION", "KILL", "is_kill", "notices", "subject"]

KILL, CORRECTION = "kill", "correction"

# Agencies shout these words, so case matters: films and headlines kill, too. RE2, over a headline, slug or first line.
_KILL = (
    r"\b(?:MANDATORY|BULLETIN|URGENT|STORY|ADVISORY|PHOTO)[ -]KILL\b|\bKILL[ -](?:NOTICE|ADVISORY|MANDATORY)\b"
    r"|^\W*(?:KILL|WITHDRAWN|STORY WITHDRAWN|WITHDRAWAL)\s*[:\-–—]|[,\-–—]\s?(?:KILL|WITHDRAWN)\W*$|^\W*KILL\W*$"
)
_CORRECTION = (
    r"^\W*(?:CORRECTED|CORRECTION|CORRECTS|REFILE|C O R R E C T I O N|Corrected|Correction|Corrects)\b"
    r"|[,\-–—]\s?(?:CORRECTED|CORRECTION|CORRECTS|Correction|Corrects)\W*$"
)
# In an editor's note, the first or the last lines.
_NOTE = (
    r"(?im)^\W*(?:eds?|editors?)\b.{0,20}\bcorrect(?:s|ed|ing)\b|\bthis (?:version of (?:the|this) )?"
    r"(?:story|article|report|item|version)\b.{0,40}\b(?:corrects|(?:been|was) corrected|updated to correct)\b"
    r"|^\W*(?:correction|corrected)\W*:|^\W*\(corrects\b"
)
_NOTE_CHARACTERS = 400
_STAMP = re.compile(
    r"(?i)\b(?:mandatory|bulletin|urgent|story|advisory|notice|kill|withdrawn|withdrawal|\d(?:st|nd|rd|th) ld|"
    r"writethru|write-through|take \d+)\b"
)


def notices(articles: pa.Table) -> pa.Array:
    """What each article says of an earlier one: `KILL`, `CORRECTION`, or null.

    Args:
        articles: Columns title, slug, text, status.
    """
    first = _first_lines(articles)
    corrects = pc.match_substring_regex(pc.utf8_slice_codeunits(articles["text"], -_NOTE_CHARACTERS), _NOTE)
    for label in (articles["title"], pc.fill_null(articles["slug"], ""), first):
        corrects = pc.or_(corrects, pc.match_substring_regex(label, _CORRECTION))
    corrects = pc.or_(corrects, pc.match_substring_regex(first, _NOTE))
    null = pa.scalar(None, pa.string())
    found = pc.if_else(is_kill(articles), KILL, pc.if_else(corrects, CORRECTION, null))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def is_kill(articles: pa.Table) -> pa.ChunkedArray:
    """Which articles say that an earlier one must not be used any more; columns as for `notices`."""
    found = pc.equal(articles["status"], "canceled")
    for label in (articles["title"], pc.fill_null(articles["slug"], ""), _first_lines(articles)):
        found = pc.or_(found, pc.match_substring_regex(label, _KILL))
    return found


def _first_lines(articles: pa.Table) -> pa.ChunkedArray:
    head = pc.utf8_slice_codeunits(articles["text"], 0, _NOTE_CHARACTERS)
    return pc.list_element(pc.split_pattern(head, "\n", max_splits=1), 0)


def subject(label: str | None) -> str:
    """A headline or slug without what marks it as a notice or a take: what it is about."""
    return " ".join(re.findall(r"\w+", _STAMP.sub(" ", label or "").casefold()))
