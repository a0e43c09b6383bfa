"""What judging gives: the rows of the published tables that change, by the column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.fold.link import in_microseconds
from pipeline.fold.stories import Story
from pipeline.lake import Lake, contract
from pipeline.partition import Run

__all__ = ["JUDGED", "Judgement"]

JUDGED = ("story_id", "relation", "parent_id", "version_no", "is_canonical")
"""Columns of `records` that say where an article belongs."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was decided.

    Attributes:
        articles: article_id, run and the columns `JUDGED` of every article that was judged.
        stories: Rows of the table `stories`, and `run`: the run that brought the founder.
    """

    articles: pa.Table
    stories: pa.Table

    @classmethod
    def of(
        cls, stories: Sequence[Story], together: pa.Table, alone: pa.Table, drawn: Mapping[str, list[Row]]
    ) -> Judgement:
        """Write down stories.

        Args:
            stories: Those of several articles.
            together: What is known of their articles.
            alone: What is known of the others, each of which is a story of its own.
            drawn: What stories draw on, by id.
        """
        return cls(_articles(stories, together, alone), _stories(stories, together, alone, drawn))

    def files(self, lake: Lake) -> dict[tuple[str, str], list[str]]:
        """Runs of the articles by the file, its day and name, that these runs' articles are in."""
        home = {Run.named(run).key: (f.day, f.name) for f in lake.files("articles") for run in f.runs}
        files: dict[tuple[str, str], list[str]] = defaultdict(list)
        for run in self.articles["run"].unique().to_pylist():
            files[home[run]].append(run)
        return files


def _articles(stories: Sequence[Story], together: pa.Table, alone: pa.Table) -> pa.Table:
    schema = pa.schema([contract("records").schema.field(name) for name in ("article_id", "run", *JUDGED)])
    runs = dict(zip(together["article_id"].to_pylist(), together["run"].to_pylist(), strict=True))
    places = [(s, p) for s in stories for p in s.places]
    several = [
        [p.id for _, p in places],
        [runs[p.id] for _, p in places],
        [s.id for s, _ in places],
        [p.relation for _, p in places],
        [p.parent for _, p in places],
        [p.version for _, p in places],
        [p.id == s.canonical for s, p in places],
    ]
    n = alone.num_rows
    single = [
        alone["article_id"],
        alone["run"],
        _named(alone["article_id"]),
        pa.repeat("original", n),
        pa.nulls(n, pa.string()),
        pa.repeat(pa.scalar(1, schema.field("version_no").type), n),
        pa.repeat(True, n),
    ]
    columns = [pa.array(values, field.type) for values, field in zip(several, schema, strict=True)]
    return pa.concat_tables([pa.table(columns, schema=schema), pa.table(single, schema=schema)]).combine_chunks()


def _stories(stories: Sequence[Story], together: pa.Table, alone: pa.Table, drawn: Mapping[str, list[Row]]) -> pa.Table:
    schema = contract("stories").schema
    run = pa.field("run", pa.string())
    meta = {row["article_id"]: row for row in in_microseconds(together).to_pylist()}
    several = pa.Table.from_pylist([_row(s, meta, drawn.get(s.id, [])) for s in stories], schema=schema)
    several = several.append_column(run, pa.array([meta[s.id[1:]]["run"] for s in stories], pa.string()))
    n = alone.num_rows
    ids, published = alone["article_id"], alone["published_at"]
    named = _named(ids)
    draws = [drawn.get(s, []) for s in named.to_pylist()]
    single: dict[str, Any] = {
        "story_id": named,
        "canonical_article_id": ids,
        "canonical_guid": alone["guid"],
        "title": alone["title"],
        "language": alone["language"],
        "first_article_id": ids,
        "first_publisher": pc.if_else(
            pc.not_equal(pc.fill_null(alone["publisher"], ""), ""), alone["publisher"], alone["source"]
        ),
        "first_published_at": published,
        "first_clock": alone["clock"],
        "last_published_at": published,
        **{
            name: pa.repeat(pa.scalar(1, schema.field(name).type), n) for name in ("articles", "versions", "publishers")
        },
        "draws_on": pa.array(draws, schema.field("draws_on").type),
        "drawn_share": pa.array(map(_share, draws), pa.float64()),
        "needs_review": pa.repeat(False, n),
        "merged_into": pa.nulls(n, pa.string()),
    }
    table = pa.table(single, schema=schema).append_column(run, alone["run"])
    return pa.concat_tables([several, table]).combine_chunks()


def _named(ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """The stories that articles found; see `story_id`."""
    return pc.binary_join_element_wise("s", ids, "")


def _row(of: Story, meta: Mapping[str, Row], drawn: list[Row]) -> Row:
    first, canonical = meta[of.places[0].id], meta[of.canonical]
    members = [meta[p.id] for p in of.places]
    return {
        "story_id": of.id,
        "canonical_article_id": of.canonical,
        "canonical_guid": canonical["guid"],
        "title": canonical["title"],
        "language": canonical["language"],
        "first_article_id": of.places[0].id,
        "first_publisher": first["publisher"] or first["source"],
        "first_published_at": first["published_at"],
        "first_clock": first["clock"],
        "last_published_at": max(m["published_at"] for m in members),
        "articles": len(members),
        "versions": len({p.version for p in of.places}),
        "publishers": len({m["publisher"] or m["source"] for m in members}),
        "draws_on": drawn,
        "drawn_share": _share(drawn),
        "needs_review": of.needs_review,
        "merged_into": None,
    }


def _share(drawn: Iterable[Row]) -> float:
    return round(sum((source["coverage"] for source in drawn), 0.0), 4)
