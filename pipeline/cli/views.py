"""One story, one article, one comparison, as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.cli.catalog import Row
from pipeline.cli.console import clean, count, headline, safe, short, when
from pipeline.cli.report import RELATIONS
from pipeline.fold.changes import Change
from pipeline.fold.diff import Kind, Op, Paragraph, Trait, Words

if TYPE_CHECKING:
    from pipeline.fold.explain import Explanation

__all__ = ["article_view", "diff_view", "explanation_view", "story_view"]

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
        "" if earlier else "later ", (link["relation"].replace("_", " "), "bold"), " of " if earlier else " ",
        (short(link["other"]), "cyan"), "  ",
        safe((other["publisher"] or other["source"]) if other else ""), ": ", safe(other["title"] if other else ""),
        (f"  {mine:.0%} of this, {theirs:.0%} of that", "dim"),
        ("  needs review", "yellow") if link["needs_review"] else "",
    )  # fmt: skip
    if not explain:
        return line
    return Group(line, *(Padding(safe(reason, "dim"), (0, 0, 0, 4)) for reason in link["reasons"]))


def explanation_view(found: Explanation, articles: Mapping[str, Row]) -> RenderableType:
    """How a pair was judged: both articles, the decision and its rule, then the measures that moved the score."""
    head = Table.grid(padding=(0, 2, 0, 0))
    for which, identity in (("earlier", found.earlier), ("later", found.later)):
        r = articles[identity]
        head.add_row(Text(which, style="dim"), Text(short(identity), style="cyan"), when(r["published_at"]),
                     safe(r["publisher"] or r["source"]), safe(r["title"], "bold"))  # fmt: skip
    relation = found.relation.replace("_", " ") if found.relation else "no link"
    odds = "one story" if found.one_story else "not one story"
    shares = (
        f"{found.jaccard:.0%} of all runs of five words are shared: {found.containment_earlier:.0%} of those of the "
        f"earlier, {found.containment_later:.0%} of those of the later"
    )
    review = ("  needs review", "yellow") if found.needs_review else ""
    decision = Text.assemble((relation, "bold"), f": {odds}, by the rule {found.rule}", review, f"\n{shares}")
    why = Group(*(Text(f"- {clean(reason)}") for reason in found.why))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("weight", justify="right", no_wrap=True)
    table.add_column("what was measured")
    table.add_row(f"{found.base:+.2f}", Text("before anything is known", style="dim"))
    shown = [m for m in found.measures if abs(m.weight) >= _WEIGHTY]
    for m in shown:
        style = "green" if m.weight > 0 else "red"
        table.add_row(
            Text(f"{m.weight:+.2f}", style=style), safe(m.says if m.value is not None else f"{m.name}: not known")
        )
    rest = sum(m.weight for m in found.measures if abs(m.weight) < _WEIGHTY)
    table.add_row(Text(f"{rest:+.2f}", style="dim"), Text("all else", style="dim"))
    table.add_row(Text(f"{found.score:+.2f}", style="bold"), Text("score: above 0 one story", style="bold"))
    return Group("", head, "", decision, why, "", table)


_WEIGHTY = 0.1  # of the score: what weighs less is summed up

_GUTTER = {Kind.SAME: " ", Kind.CHANGED: "~", Kind.ADDED: "+", Kind.REMOVED: "-", Kind.MOVED: ">"}
_KIND_STYLES = {Kind.SAME: "dim", Kind.ADDED: "green", Kind.REMOVED: "red", Kind.MOVED: "blue"}
_STYLES = {Op.SAME: "", Op.ADDED: "green", Op.REMOVED: "red strike"}
_TRAITS = {Trait.NUMBER: " bold underline", Trait.NAME: " bold"}
_MARKS = {Op.ADDED: ("{+", "+}"), Op.REMOVED: ("[-", "-]")}  # as wdiff writes them


def diff_view(a: Row, b: Row, paragraphs: Sequence[Paragraph], *, colour: bool) -> RenderableType:
    """What changed. Paragraphs that did not are cut to one line; without colours, changed words stand in brackets."""
    grid = Table.grid(padding=(0, 1, 0, 0), expand=False)
    grid.add_column(no_wrap=True)
    grid.add_column()
    for p in paragraphs:
        body = Text()
        whole = p.kind in (Kind.ADDED, Kind.REMOVED)  # the gutter says it already
        for words in _together(p.words) if not colour else p.words:
            _add(body, words, marked=not colour and not whole)
        if all(w.op is Op.SAME for w in p.words):
            body.no_wrap, body.overflow = True, "ellipsis"
            body.stylize("dim")
        grid.add_row(Text(_GUTTER[p.kind], style=_KIND_STYLES.get(p.kind, "yellow")), body)
    head = Table.grid(padding=(0, 2, 0, 0))
    for sign, style, r in (("-", "red", a), ("+", "green", b)):
        by = safe(r["publisher"] or r["source"])
        head.add_row(
            Text(sign, style=style),
            (short(r["article_id"])),
            when(r["published_at"]),
            by,
            safe(r["title"], f"bold {style}"),
        )
    return Group("", head, "", grid, "", Text(_tally(paragraphs), style="dim"))


def _together(words: Sequence[Words]) -> list[Words]:
    """Neighbours with the same fate as one."""
    joined: list[Words] = []
    for w in words:
        if joined and joined[-1].op is w.op:
            joined[-1] = Words(w.op, joined[-1].text + w.text)
        else:
            joined.append(w)
    return joined


def _add(body: Text, words: Words, *, marked: bool) -> None:
    if marked and words.op is not Op.SAME:
        opening, closing = _MARKS[words.op]
        core = words.text.strip()
        before, _, after = words.text.partition(core) if core else ("", "", words.text)
        body.append(f"{before}{opening}{core}{closing}{after}")
    else:
        body.append(words.text, style=(_STYLES[words.op] + (_TRAITS[words.trait] if words.trait else "")).strip())


def _tally(paragraphs: Sequence[Paragraph]) -> str:
    kinds = [f"{n} {kind.value}" for kind in Kind if (n := sum(p.kind is kind for p in paragraphs))]
    changed = [w for p in paragraphs for w in p.words if w.op is not Op.SAME]
    numbers, names = (sum(w.trait is t for w in changed) for t in (Trait.NUMBER, Trait.NAME))
    return clean(f"paragraphs: {', '.join(kinds)}; changed: {count(numbers, 'number')}, {count(names, 'name')}")
