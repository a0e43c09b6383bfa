"""Parts: what is tied together, as ties come in (a disjoint-set forest)."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Parts"]


class Parts:
    """Articles in parts; one that was never tied is a part of its own."""

    def __init__(self) -> None:
        self._up: dict[str, str] = {}

    def of(self, article: str) -> str:
        """The name of the part that an article is in: its smallest id."""
        while (up := self._up.get(article, article)) != article:
            self._up[article] = self._up.get(up, up)
            article = up
        return article

    def join(self, article: str, others: Iterable[str]) -> None:
        for other in others:
            a, b = sorted((self.of(article), self.of(other)))
            self._up[b] = a
