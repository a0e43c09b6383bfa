"""Checking a lake: everything it promises, down to the rows.

For a lake that nobody is writing to: what is committed meanwhile may look like a breach.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import BooleanValue, Table

from pipeline.article import Outcome
from pipeline.engines.duckdb import engine, scan
from pipeline.errors import WirefoldError
from pipeline.lake import DataFile, Lake, contract
from pipeline.lake.check import Finding, check_files, check_ledgers, check_leftovers
from pipeline.run.state import PUBLISHED, unfolded

__all__ = ["Finding", "check_lake"]

_EXAMPLES = 3  # offending rows that a finding names


def check_lake(lake: Lake) -> list[Finding]:
    """Check files, contracts, ledgers and references. Large tables are scanned by column and never loaded whole.

    Returns:
        Breaches first, then notes; empty when all is well.
    """
    findings, files = check_files(lake)
    of_ledgers, ledgers = check_ledgers(lake)
    findings += of_ledgers
    with engine() as con:
        tables = {name: scan(con, lake, name, sound) for name, sound in files.items()}
        for name, table in tables.items():
            findings += _contract(name, table)
        findings += _ledger_rows(ledgers, tables)
        findings += _raw_files(lake, tables["fetches"])
        findings += _references(tables)
        findings += _stories(tables)
        findings += _records(con, lake, files["articles"], tables)
    findings += check_leftovers(lake)
    return sorted(findings, key=lambda f: not f.breach)


def _contract(name: str, table: Table) -> Iterator[Finding]:
    """Required columns, allowed values, unique keys."""
    terms = contract(name)
    rules: dict[str, tuple[str, BooleanValue]] = {}
    for field in terms.schema:
        column = table[field.name]
        if not field.nullable:
            rules[f"null_{field.name}"] = (f"required column {field.name} is empty", column.isnull())
        if allowed := terms.values.get(field.name):
            rules[f"value_{field.name}"] = (
                f"{field.name} holds a value that is not allowed",
                column.notin(sorted(allowed)),
            )
    row = table.aggregate(**{k: rule.sum() for k, (_, rule) in rules.items()}).to_pyarrow().to_pylist()[0]
    for key, (what, _) in rules.items():
        if row[key]:
            yield Finding("contract", name, f"{what} in {_rows(row[key])}")
    twice = table.group_by(list(terms.key)).aggregate(n=ibis._.count()).filter(ibis._.n > 1)
    yield from _some("contract", name, f"rows share the key {', '.join(terms.key)}", twice, terms.key)


def _ledger_rows(ledgers: dict[str, dict[str, Any]], tables: dict[str, Table]) -> Iterator[Finding]:
    """Each ledger against the rows of its run."""
    fetched = _counts(tables["fetches"], "outcome")
    articles = _counts(tables["articles"])
    refused = _counts(tables["rejects"], "reason")
    for run in sorted({run for run, _ in (*fetched, *articles, *refused)} - ledgers.keys()):
        yield Finding("ledger", f"run {run}", "has rows but no readable ledger")
    for run, ledger in ledgers.items():
        known = {r[1] for r in (*fetched, *articles, *refused) if r[0] == run}
        for source in sorted(known | ledger["sources"].keys()):
            entry = ledger["sources"].get(source)
            if entry is None:
                yield Finding("ledger", f"run {run}", f"does not mention source {source}, which has rows")
                continue
            of = (run, source)
            compared = [(f"{o.value} in fetches", entry[o.value], fetched[of][o.value]) for o in Outcome]
            compared.append(("rows of articles", entry["article"] + entry["exact_copy"], sum(articles[of].values())))
            reasons = entry["reasons"].keys() | refused[of].keys()
            compared += [(f"{r} in rejects", entry["reasons"].get(r, 0), refused[of][r]) for r in sorted(reasons)]
            for what, said, found in compared:
                if said != found:
                    yield Finding(
                        "ledger", f"run {run}", f"source {source}: {said:,} {what} by the ledger, {found:,} found"
                    )


def _counts(table: Table, by: str | None = None) -> dict[tuple[str, str], Counter[str]]:
    """Rows by (run, source) and the values of a column."""
    keys = ["run", "source", *([by] if by else [])]
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in table.group_by(keys).aggregate(n=ibis._.count()).to_pyarrow().to_pylist():
        found[row["run"], row["source"]][row[by] if by else ""] += row["n"]
    return found


def _raw_files(lake: Lake, fetches: Table) -> Iterator[Finding]:
    """Raw bytes that fetches point to."""
    kept = (
        fetches.filter(fetches.raw_file.startswith("raw/"))
        .select("raw_file")
        .distinct()
        .order_by("raw_file")
        .to_pyarrow()
    )
    there = set(lake.storage.list("raw"))
    for rel in kept["raw_file"].to_pylist():
        if rel not in there:
            yield Finding("file", rel, "is missing, and fetches point into it")


def _references(tables: dict[str, Table]) -> Iterator[Finding]:
    """Every id that is mentioned must exist."""
    articles, stories, records = (tables[t] for t in ("articles", "stories", "records"))
    drawn = stories.select(drawn=stories.draws_on.unnest())
    drawn = drawn.select(article=drawn.drawn["article_id"], story=drawn.drawn["story_id"])
    for name, mentioned, target, key in (
        ("fetches", tables["fetches"].article_id, articles, "article_id"),
        ("sketches", tables["sketches"].article_id, articles, "article_id"),
        ("links", tables["links"].article_a, articles, "article_id"),
        ("links", tables["links"].article_b, articles, "article_id"),
        ("decisions", tables["decisions"].article_a, articles, "article_id"),
        ("decisions", tables["decisions"].article_b, articles, "article_id"),
        ("records", records.article_id, articles, "article_id"),
        ("records", records.parent_id, records, "article_id"),
        ("records", records.story_id, stories.filter(stories.merged_into.isnull()), "story_id"),
        ("stories", stories.canonical_article_id, articles, "article_id"),
        ("stories", stories.first_article_id, articles, "article_id"),
        ("stories", stories.merged_into, stories, "story_id"),
        ("stories", drawn.article, articles, "article_id"),
        ("stories", drawn.story, stories, "story_id"),
    ):
        column = mentioned.get_name()
        ids = mentioned.as_table().filter(ibis._[column].notnull()).select(id=column).distinct()
        lost = ids.anti_join(target.select(id=key), "id")
        kind = "story" if key == "story_id" else "article"
        yield from _some(
            "reference",
            name,
            f"{column} names a{'n' if kind == 'article' else ''} {kind} that does not exist",
            lost,
            ("id",),
        )


def _stories(tables: dict[str, Table]) -> Iterator[Finding]:
    """What stories say of themselves against their records."""
    records, stories = tables["records"], tables["stories"]
    alive = stories.filter(stories.merged_into.isnull())
    have = records.group_by("story_id").aggregate(
        n=records.count(),
        kinds=records.version_no.nunique(),
        stand=records.is_canonical.sum(),
        standing=records.article_id.max(where=records.is_canonical),
    )
    both = alive.left_join(have, "story_id")
    stand = both.stand.fill_null(0)
    for what, wrong in (
        ("stories do not have exactly one canonical article", stand != 1),
        (
            "canonical articles are not the one that records say",
            (stand == 1) & (both.standing != both.canonical_article_id),
        ),
        ("stories miscount their articles", both.articles != both.n.fill_null(0)),
        ("stories miscount their versions", both.versions != both.kinds.fill_null(0)),
    ):
        yield from _some("reference", "stories", what, both.filter(wrong).select("story_id"), ("story_id",))


def _records(con: Backend, lake: Lake, files: list[DataFile], tables: dict[str, Table]) -> Iterator[Finding]:
    """Every article of a file that has been published has a record; the others wait for a fold."""
    try:
        left = {f.rel for f in unfolded(lake)}
    except WirefoldError as e:
        yield Finding("file", PUBLISHED, str(e))
        return
    records = tables["records"].select("article_id")
    done, waiting = [], 0
    for file in files:
        if file.rel in left:
            waiting += file.rows
        else:
            done.append(file)
    lost = scan(con, lake, "articles", done, ["article_id"]).anti_join(records, "article_id")
    yield from _some("reference", "articles", "articles have no record", lost, ("article_id",))
    if waiting:
        yield Finding(
            "leftover",
            "articles",
            f"{_rows(waiting)} {'wait' if waiting > 1 else 'waits'} for `wirefold fold`",
            breach=False,
        )


def _some(area: str, where: str, what: str, wrong: Table, columns: tuple[str, ...]) -> Iterator[Finding]:
    """One finding for all rows of `wrong`, with some of them."""
    if n := int(wrong.count().to_pyarrow().as_py()):
        rows = wrong.select(list(columns)).order_by(list(columns)).limit(_EXAMPLES).to_pyarrow().to_pylist()
        examples = "; ".join(" ".join(str(v) for v in row.values()) for row in rows)
        yield Finding(area, where, f"{what}: {n:,} ({examples}{' …' if n > len(rows) else ''})")


def _rows(n: int) -> str:
    return f"{n:,} {'row' if n == 1 else 'rows'}"
