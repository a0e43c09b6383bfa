"""One story, one article, as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.cli.catalog import Row
from pipeline.cli.console import clean, count, headline, safe, short, when
from pipeline.cli.report import RELATIONS, relation_name
from pipeline.fold.changes import Change

__all__ = ["article_view", "story_view"]

_SIGNS = ("green", "red", "yellow", "blue")
_FACTS = 4  # changed numbers, and as many names, that are shown of a step
_REASONS = 8  # links that are shown with all their reasons


def story_view(
    story: Row, records: Sequence[Row], sources: Mapping[str, Row], steps: Mapping[str, Change]
) -> RenderableType:
    """A story along time.

    Args:
        records: As `catalog.members` gives them.
        sources: The stories that it draws on, by id.
        steps: As `catalog.steps` gives them.
    """
    counts = (
        count(story["articles"], "article"),
        count(story["versions"], "version"),
        count(story["publishers"], "publisher"),
    )
    head = Text.assemble(
        headline(story["title"], "bold"), "\n", (story["story_id"], "cyan"), "  ", " · ".join(counts),
        (" · needs review", "yellow") if story["needs_review"] else "", "\n",
        "first: ", (clean(story["first_publisher"]), "bold"),
        f", {when(story['first_published_at'])} UTC, by the clock of the {_CLOCKS[story['first_clock']]}",
    )  # fmt: skip
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("UTC", no_wrap=True)
    table.add_column("clock", no_wrap=True, style="dim")
    table.add_column("", no_wrap=True)
    table.add_column("publisher")
    table.add_column("article", no_wrap=True, style="cyan")
    for r in records:
        version = Text(f"v{r['version_no']}", style="bold" if r["is_canonical"] else "")
        title = safe(r["title"], "bold" if r["is_canonical"] else "")
        table.add_row(
            when(r["published_at"]), r["clock"], version, safe(r["publisher"] or r["source"]), short(r["article_id"])
        )
        change = [_change(steps[r["article_id"]])] if r["article_id"] in steps else []
        table.add_row("", "", "", Group(title, _relation(r), *change, ""))
    parts: list[RenderableType] = [head, "", table]
    if story["draws_on"]:
        parts += [Text("Draws on", style="bold"), _drawn(story, sources)]
    return Group("", *parts)


def _relation(record: Row) -> Text:
    name = RELATIONS[record["relation"]][0]
    text = Text(f"{name} of {short(record['parent_id'])}" if record["parent_id"] else name, style="dim")
    if record["share"] is not None:
        text.append(f", which has {record['share']:.0%} of it")
    if record["is_canonical"]:
        text.append("  canonical", style="green")
    if record["withdrawn"]:
        text.append(f"  {record['withdrawn']}", style="bold red")
    elif record["notice"]:
        text.append(f"  {record['notice']}", style="yellow")
    return text


def _change(change: Change) -> Text:
    """``+2 −1 ~3 paragraphs; 8.7 → 9.7; Lee → Kim``"""
    text = Text()
    signs = zip("+-~>", (change.added, change.removed, change.changed, change.moved), _SIGNS, strict=True)
    for sign, n, style in signs:
        if n:
            text.append(f"{sign}{n} ", style=style)
    text.append("paragraphs" if text else "no paragraph changed", style="dim")
    for facts in (change.numbers, change.names):
        for old, new in facts[:_FACTS]:
            text.append("; ", style="dim").append(clean(old) or "·", style="red").append(" → ", style="dim")
            text.append(clean(new) or "·", style="green")
        if len(facts) > _FACTS:
            text.append(f"; {len(facts) - _FACTS} more", style="dim")
    return text


def _drawn(story: Row, sources: Mapping[str, Row]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="magenta")
    table.add_column(no_wrap=True, style="cyan")
    table.add_column()
    for part in story["draws_on"]:
        source = sources.get(part["story_id"])
        table.add_row(f"{part['coverage']:.0%}", short(part["story_id"]), safe(source["title"] if source else ""))
    return table


def article_view(article: Row, links: Sequence[Row], others: Mapping[str, Row]) -> RenderableType:
    """An article: record, text, links.

    Args:
        links: As `catalog.links_of` gives them.
        others: The articles at their other ends, by id.
    """
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style="dim")
    facts.add_column(overflow="fold")
    parent = f" of {article['parent_id']}" if article["parent_id"] else ""
    rows = {
        "article": article["article_id"],
        "story": f"{article['story_id']}, version {article['version_no']}, {RELATIONS[article['relation']][0]}{parent}"
        + (", canonical" if article["is_canonical"] else ""),
        "publisher": article["publisher"] or article["source"],
        "published": f"{when(article['published_at'])} UTC, by the clock of the {_CLOCKS[article['clock']]}",
        "by": ", ".join(article["authors"]),
        "credit": article["credit"],
        "dateline": article["dateline"],
        "address": article["url"],
        "guid": article["guid"],
        "status": article["status"] if article["status"] != "usable" else None,
        "notice": article["notice"],
        "withdrawn": f"{article['withdrawn']}, {when(article['withdrawn_at'])} UTC" if article["withdrawn"] else None,
        "text": f"{count(article['word_count'], 'word')} ({article['language'] or '?'}), from {article['media']}",
        "raw": f"{article['raw_file']} at {article['raw_offset']}" if article["raw_file"] else None,
    }
    for name, value in rows.items():
        if value:
            facts.add_row(name, safe(value))
    text = [Padding(safe(p), (0, 0, 1, 0)) for p in article["text"].split("\n\n")]
    parts: list[RenderableType] = ["", safe(article["title"], "bold"), facts, "", *text]
    if links:
        parts.append(Text(f"Shares text with {count(len(links), 'article')}", style="bold"))
    for n, link in enumerate(links):
        parts.append(_link(link, others.get(link["other"]), explain=n < _REASONS))
    return Group(*parts)


_CLOCKS = {
    "wire": "wire item",
    "page": "page",
    "feed": "feed, sitemap or file that listed it",
    "seen": "archive or run that first saw it",
}


def _link(link: Row, other: Row | None, *, explain: bool) -> RenderableType:
    earlier = link["article_a"] == link["other"]
    mine, theirs = (
        (link["containment_b"], link["containment_a"]) if earlier else (link["containment_a"], link["containment_b"])
    )
    line = Text.assemble(
        "" if earlier else "later ", (relation_name(link["relation"]), "bold"), " of " if earlier else " ",
        (short(link["other"]), "cyan"), "  ",
        safe((other["publisher"] or other["source"]) if other else ""), ": ", safe(other["title"] if other else ""),
        (f"  {mine:.0%} of this, {theirs:.0%} of that", "dim"),
        ("  needs review", "yellow") if link["needs_review"] else "",
    )  # fmt: skip
    if not explain:
        return line
    return Group(line, *(Padding(safe(reason, "dim"), (0, 0, 0, 4)) for reason in link["reasons"]))
