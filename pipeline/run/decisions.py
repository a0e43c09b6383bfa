"""What people decided about pairs of articles: appended, never rewritten; the latest on a pair counts."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import UsageError
from pipeline.lake import Lake, contract
from pipeline.text import reading_form

__all__ = ["Decision", "decide", "decision_on", "pair_key", "standing", "undecided"]

_SHOWN = ["article_a", "article_b", "relation", "jaccard", "containment_a", "containment_b", "score", "decided_by"]


class Decision(StrEnum):
    """Whether two articles belong to one story, whatever was measured."""

    MUST_LINK = "must_link"
    CANNOT_LINK = "cannot_link"


def pair_key(a: str, b: str) -> tuple[str, str]:
    """A pair of articles as decisions name it: the smaller id first."""
    return (a, b) if a < b else (b, a)


def decide(
    lake: Lake, a: str, b: str, decision: Decision, *, by: str, reason: str | None = None, at: datetime | None = None
) -> dict[str, Any]:
    """Append a decision about two articles. The next fold judges their stories anew.

    Args:
        by: Who decided.
        at: When; now by default.

    Returns:
        The row of ``decisions``.

    Raises:
        UsageError: Both are one article, or nobody is named.
    """
    if a == b:
        raise UsageError("both are one article: name two")
    by, reason = (reading_form(said or "") for said in (by, reason))
    if not by:
        raise UsageError("a decision needs the name of who made it")
    at = at or datetime.now(UTC)
    first, second = pair_key(a, b)
    row = {"article_a": first, "article_b": second, "decision": decision.value, "decided_at": at, "decided_by": by,
           "reason": reason or None}  # fmt: skip
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    with lake.transaction() as tx:  # what others wrote meanwhile is read under the lock
        files = [f for f in lake.files("decisions") if f.day == day]
        before = lake.read("decisions", files=files)
        new = pa.Table.from_pylist([row], schema=contract("decisions").schema)
        with tx.writer("decisions", day, "decisions.parquet") as out:
            out.write(pa.concat_tables([before.select(new.schema.names).cast(new.schema), new]))
    return row


def standing(lake: Lake) -> dict[tuple[str, str], Decision]:
    """The latest decision on each pair."""
    rows = lake.read("decisions").sort_by("decided_at").to_pylist()
    return {(r["article_a"], r["article_b"]): Decision(r["decision"]) for r in rows}


def decision_on(lake: Lake, a: str, b: str) -> dict[str, Any] | None:
    """The latest decision on a pair, a row of ``decisions``; None where nobody has decided."""
    first, second = pair_key(a, b)
    columns = contract("decisions").schema.names
    where = (pc.field("article_a") == first) & (pc.field("article_b") == second)
    rows = lake.read("decisions", columns, where=where).sort_by("decided_at").to_pylist()
    return rows[-1] if rows else None


def undecided(lake: Lake) -> list[dict[str, Any]]:
    """Links that need a person and have none, the closest to even first; without their spans."""
    decided = standing(lake)
    rows = lake.read("links", _SHOWN, where=pc.field("needs_review")).to_pylist()
    left = (r for r in rows if pair_key(r["article_a"], r["article_b"]) not in decided)
    return sorted(left, key=lambda r: (abs(r["score"]), r["article_a"], r["article_b"]))
