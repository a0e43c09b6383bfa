"""Furniture: paragraphs that a site prints under one story as under any other.

A paragraph is furniture of its site once it stands in three articles of which no two have half of their other words
in common. Copies and versions of one story share most of their paragraphs, so what they all have is not furniture.
More articles can only add furniture, never take it back; so it does not matter in which order they came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

import pyarrow as pa
import xxhash

from pipeline.text import plain_marks

__all__ = ["LEAST", "Line", "blank", "lines", "recurs", "site_of", "without_furniture"]

LEAST = 3  # different articles
_LONGEST = 80  # words: a longer paragraph is a text of its own
_SAME = 0.5  # share of the words of the shorter article from which on two are one story

_PARAGRAPH = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: what it is known by, and its characters in the text."""

    key: int
    words: int
    start: int
    end: int


def site_of(url: str) -> str | None:
    """The host that an article came from; None for files."""
    parts = urlsplit(url) if url.startswith(("http://", "https://")) else None
    return parts.hostname.removeprefix("www.") if parts and parts.hostname else None


def lines(site: str, text: str) -> Iterator[Line]:
    """The paragraphs of an article, known by the site and their words: case, quotes and dashes do not count."""
    for m in _PARAGRAPH.finditer(text):
        words = plain_marks(m[0]).casefold().split()
        if words:
            digest = xxhash.xxh3_64_intdigest(f"{site}\0{' '.join(words)}".encode())
            yield Line(digest - (1 << 63), len(words), *m.span())


def recurs(line: int, holders: Sequence[Mapping[int, int]]) -> bool:
    """Whether three of the articles that hold a line are different but for it.

    Args:
        holders: Words of each line of each article, by the line's key.
    """
    if holders[0][line] > _LONGEST:
        return False
    apart = {(i, j) for i, j in combinations(range(len(holders)), 2) if _different(holders[i], holders[j], line)}
    return any((i, k) in apart and (j, k) in apart for i, j in apart for k in range(j + 1, len(holders)))


def _different(a: Mapping[int, int], b: Mapping[int, int], line: int) -> bool:
    both = sum(words for key, words in a.items() if key in b and key != line)
    smaller = min(sum(x.values()) - x[line] for x in (a, b))
    return both < _SAME * smaller


def blank(text: str, found: Sequence[Line], furniture: AbstractSet[int]) -> str:
    """A text with blanks in the place of its furniture: offsets stay what they are."""
    for line in found:
        if line.key in furniture:
            text = text[: line.start] + " " * (line.end - line.start) + text[line.end :]
    return text


def without_furniture(articles: pa.Table, furniture: Mapping[str, AbstractSet[int]]) -> pa.Table:
    """Articles as they are compared: their furniture blanked.

    Args:
        articles: Columns url, text, and any others.
        furniture: Keys of lines by site.
    """
    if not furniture:
        return articles
    texts = []
    for url, text in zip(articles["url"].to_pylist(), articles["text"].to_pylist(), strict=True):
        site = site_of(url)
        known = furniture.get(site) if site else None
        texts.append(blank(text, [*lines(site, text)], known) if site and known else text)
    return articles.set_column(articles.schema.get_field_index("text"), "text", pa.array(texts, pa.string()))
