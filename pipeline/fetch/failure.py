"""The one exception inside ``fetch``: why an address gave nothing."""

from __future__ import annotations

from pipeline.article import Reason

__all__ = ["Failure", "reason_of_status"]


class Failure(Exception):
    """A fetch that ended without a usable response. The client turns it into a `Reject`; it never leaves ``fetch``.

    Attributes:
        reason: What the ledger will say.
        status: HTTP status, where there was a response.
        retry: Whether trying again can help.
    """

    def __init__(self, reason: Reason, detail: str, *, status: int | None = None, retry: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.status = status
        self.retry = retry


def reason_of_status(status: int) -> Reason:
    """The reject reason for an HTTP status that brings no page (RFC 9110 section 15)."""
    return {404: Reason.NOT_FOUND, 410: Reason.GONE}.get(status, Reason.HTTP_STATUS)
