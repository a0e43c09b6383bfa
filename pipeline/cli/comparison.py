"""Two articles side by side, as a person reads them: what changed, and how the pair was judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.cli.catalog import Row
from pipeline.cli.console import clean, count, safe, short, when
from pipeline.fold.changes import changes
from pipeline.fold.diff import Kind, Op, Paragraph, Trait, Words
from pipeline.run.decisions import Decision

if TYPE_CHECKING:
    from pipeline.fold.explain import Explanation

__all__ = ["diff_view", "explanation_view"]

_WEIGHTY = 0.1  # of the score: what weighs less is summed up

_GUTTER = {Kind.SAME: " ", Kind.CHANGED: "~", Kind.ADDED: "+", Kind.REMOVED: "-", Kind.MOVED: ">"}
_KIND_STYLES = {Kind.SAME: "dim", Kind.ADDED: "green", Kind.REMOVED: "red", Kind.MOVED: "blue"}
_STYLES = {Op.SAME: "", Op.ADDED: "green", Op.REMOVED: "red strike"}
_TRAITS = {Trait.NUMBER: " bold underline", Trait.NAME: " bold"}
_MARKS = {Op.ADDED: ("{+", "+}"), Op.REMOVED: ("[-", "-]")}  # as wdiff writes them


def explanation_view(found: Explanation, articles: Mapping[str, Row], decided: Row | None) -> RenderableType:
    """How a pair was judged: both articles, the decision and its rule, then the measures that moved the score.

    Args:
        decided: What a person has decided since, a row of ``decisions``.
    """
    ends = (("earlier", found.earlier), ("later", found.later))
    head = _head((Text(which, style="dim"), articles[identity], "bold") for which, identity in ends)
    relation = found.relation.replace("_", " ") if found.relation else "no link"
    odds = "one story" if found.one_story else "not one story"
    shares = (
        f"{found.jaccard:.0%} of all runs of five words are shared: {found.containment_earlier:.0%} of those of the "
        f"earlier, {found.containment_later:.0%} of those of the later"
    )
    review = ("  needs review", "yellow") if found.needs_review and not decided else ""
    decision = Text.assemble(
        "as measured: " if decided else "",
        (relation, "bold"),
        f": {odds}, by the rule {found.rule}",
        review,
        f"\n{shares}",
    )
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
    return Group("", head, "", *([_decided(decided)] if decided else []), decision, why, "", table)


def _decided(decided: Row) -> Text:
    """What a person said counts, whatever was measured."""
    verdict = "one story" if decided["decision"] == Decision.MUST_LINK else "not one story"
    by = f", {when(decided['decided_at'])} UTC" + (f": {clean(decided['reason'])}" if decided["reason"] else "")
    return Text.assemble((f"{clean(decided['decided_by'])} decided: {verdict}", "bold yellow"), by, "\n")


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
    ends = (("-", "red", a), ("+", "green", b))
    head = _head((Text(sign, style=style), r, f"bold {style}") for sign, style, r in ends)
    return Group("", head, "", grid, "", Text(_tally(paragraphs), style="dim"))


def _head(articles: Iterable[tuple[Text, Row, str]]) -> Table:
    """The two articles: a mark, which it is, and its title in a style."""
    head = Table.grid(padding=(0, 2, 0, 0))
    for mark, r, style in articles:
        by = safe(r["publisher"] or r["source"])
        head.add_row(
            mark, Text(short(r["article_id"]), style="cyan"), when(r["published_at"]), by, safe(r["title"], style)
        )
    return head


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
    found = changes(paragraphs)  # as `show` counts them: what is new with a whole paragraph is no change of a number
    facts = [count(len(found.numbers), "number"), count(len(found.names), "name")]
    return f"paragraphs: {', '.join(kinds)}; changed in them: {', '.join(facts)}"
