"""How a reader says that bytes cannot become an article."""

from __future__ import annotations

from pipeline.article import Article, Reason

__all__ = ["Unextractable"]


class Unextractable(Exception):
    """These bytes are no article; `extract` turns this into a `Reject`.

    Attributes:
        reason: Code for the ledger.
        detail: One line for a person.
        article: What could be read all the same.
    """

    def __init__(self, reason: Reason, detail: str, article: Article | None = None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.article = article
