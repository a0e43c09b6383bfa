"""What people decided about pairs of articles: appended, never rewritten; the latest on a pair counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import UsageError
from pipeline.lake import Lake, contract
from pipeline.text import reading_form

__all__ = ["Decision", "decide", "decision_on", "pair_key", "settled", "standing", "undecided"]

_ENDS = ("article_a", "article_b")
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
    """The latest decision on a pair, or on copies of these two texts, a row of ``decisions``; None where nobody has
    decided."""
    rows = lake.read("decisions", contract("decisions").schema.names).sort_by("decided_at").to_pylist()
    text = _texts(lake, {a, b, *(r[end] for r in rows for end in _ENDS)})
    if text[a] == text[b]:
        text = {}  # of several copies of one text, two were told apart
    wanted = _pair_of_texts({"article_a": a, "article_b": b}, text)
    return next((r for r in reversed(rows) if _pair_of_texts(r, text) == wanted), None)


def settled(decided: Iterable[tuple[str, str]], text: Mapping[str, str]) -> set[tuple[str, str]]:
    """Pairs of texts that people decided about: which copies they saw does not matter.

    Args:
        decided: Pairs of articles.
        text: Hash of the text of each article; pairs of others are left out.
    """
    return {pair_key(text[a], text[b]) for a, b in decided if a in text and b in text}


def undecided(lake: Lake) -> list[dict[str, Any]]:
    """Links that need a person and have none, the closest to even first; without their spans."""
    decided = standing(lake)
    rows = lake.read("links", _SHOWN, where=pc.field("needs_review")).to_pylist()
    text = _texts(lake, {*(r[end] for r in rows for end in _ENDS), *(i for pair in decided for i in pair)})
    done = settled(decided, text)
    left = (r for r in rows if _pair_of_texts(r, text) not in done)
    return sorted(left, key=lambda r: (abs(r["score"]), r["article_a"], r["article_b"]))


def _texts(lake: Lake, articles: Iterable[str]) -> dict[str, str]:
    rows = lake.take("articles", pa.array(sorted(articles), pa.string()), ["article_id", "text_hash"])
    return dict(zip(*(c.to_pylist() for c in rows.columns), strict=True))


def _pair_of_texts(row: Mapping[str, str], text: Mapping[str, str]) -> tuple[str, str]:
    a, b = (text.get(row[end], row[end]) for end in _ENDS)
    return pair_key(a, b)
