"""Furniture: paragraphs that a site prints under one story as under any other.

A paragraph is furniture of its site once it stands in three articles of which no two have half of their other words
in common. Copies and versions of one story share most of their paragraphs, so what they all have is not furniture.
More articles can only add furniture, never take it back; so it does not matter in which order they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

import pyarrow as pa
import xxhash

from pipeline.text import plain_marks

__all__ = ["LEAST", "Holders", "Line", "blank", "lines", "site_of", "without_furniture"]

LEAST = 3  # different articles
_LONGEST = 80  # words: a longer paragraph is a text of its own
_SAME = 0.5  # share of the words of the shorter article from which on two are one story


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph: what it is known by, and its characters in the text."""

    key: int
    words: int
    start: int
    end: int


def site_of(url: str) -> str | None:
    """The host that an article came from; None for files, and for addresses that nobody could have come from."""
    try:
        host = urlsplit(url).hostname if url.startswith(("http://", "https://")) else None
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def lines(site: str, text: str) -> Iterator[Line]:
    """The paragraphs of an article, known by the site and their words: case, quotes and dashes do not count."""
    start = 0
    for line, folded in zip(text.split("\n"), plain_marks(text).casefold().split("\n"), strict=True):
        end = start + len(line)
        if words := folded.split():
            digest = xxhash.xxh3_64_intdigest(f"{site}\0{' '.join(words)}".encode())
            yield Line(digest - (1 << 63), len(words), start, end)
        start = end + 1


class Holders:
    """Articles that hold lines which may recur.

    Args:
        words: Words of each line of each article, by the article and the line's key.
    """

    def __init__(self, words: Mapping[int, Mapping[int, int]]) -> None:
        self._words = words
        self._sums = {article: sum(lines.values()) for article, lines in words.items()}
        self._common: dict[tuple[int, int], int] = {}

    def recurs(self, line: int, articles: Sequence[int]) -> bool:
        """Whether three of the articles that hold a line are different but for it."""
        if self._words[articles[0]][line] > _LONGEST:
            return False
        apart = {(a, b) for a, b in combinations(articles, 2) if self._different(a, b, line)}
        return any((a, c) in apart and (b, c) in apart for a, b in apart for c in articles)

    def _different(self, a: int, b: int, line: int) -> bool:
        own = self._words[a][line]
        smaller = min(self._sums[a], self._sums[b]) - own
        return self._shared(a, b) - own < _SAME * smaller

    def _shared(self, a: int, b: int) -> int:
        """Words of the lines that two articles have in common; they are asked for again with every line."""
        if (a, b) not in self._common:
            self._common[a, b] = sum(words for key, words in self._words[a].items() if key in self._words[b])
        return self._common[a, b]


def blank(text: str, found: Sequence[Line], furniture: AbstractSet[int]) -> str:
    """A text with blanks in the place of its furniture: offsets stay what they are."""
    pieces = []
    at = 0
    for line in found:
        if line.key in furniture:
            pieces += [text[at : line.start], " " * (line.end - line.start)]
            at = line.end
    return "".join([*pieces, text[at:]])


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
