"""The commands that look into a lake: ``stories``, ``show``, ``diff``, ``explain``, ``check``."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

import typer

from pipeline.cli.options import DEFAULT_LAKE, Json, LakeRoot, Verbose

__all__ = ["check", "diff", "explain", "show", "stories"]


def stories(
    lake: LakeRoot = DEFAULT_LAKE,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="At most so many; 0: all.")] = 30,
    min_articles: Annotated[
        int, typer.Option(min=1, metavar="N", help="Leave out smaller ones that draw on no other.")
    ] = 2,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """List the stories, the largest first."""
    from pipeline.cli import catalog
    from pipeline.cli.console import command, console, count, print_json
    from pipeline.cli.report import stories_table

    store = catalog.open_lake(lake)
    found = catalog.stories(store, min_articles=min_articles)
    shown = found[:limit] if limit else found
    if as_json:
        related = catalog.relations(store, [s["story_id"] for s in shown])
        print_json({"total": len(found), "stories": [s | {"relations": dict(related[s["story_id"]])} for s in shown]})
        return
    out = console()
    if not found:
        folded = bool(store.files("stories"))
        says = "No story has so many articles." if folded else f"Nothing has been folded yet: {command('fold', lake)}"
        out.print(says, style="yellow", markup=False, soft_wrap=True)
        return
    out.print(stories_table(store, shown, first=True))
    if len(found) > len(shown):
        out.print(
            f"and {count(len(found) - len(shown), 'more story', 'more stories')}: --limit 0 lists all", style="dim"
        )


def show(wanted: Annotated[str, typer.Argument(metavar="STORY|ARTICLE", help="Its id, or the beginning of it.")],
         lake: LakeRoot = DEFAULT_LAKE, as_json: Json = False, verbose: Verbose = False) -> None:  # fmt: skip
    """Show a story along time, or an article and its links."""
    from pipeline.cli import catalog
    from pipeline.cli.console import console, print_json
    from pipeline.cli.views import article_view, story_view

    store = catalog.open_lake(lake)
    kind, found = catalog.find(store, wanted)
    if kind == "story":
        story = catalog.stories(store, [found])[0]
        records = catalog.members(store, found)
        sources = {s["story_id"]: s for s in catalog.stories(store, [d["story_id"] for d in story["draws_on"]])}
        steps = catalog.steps(store, records)
        if as_json:
            articles = [r | {"changes": asdict(steps[i]) if (i := r["article_id"]) in steps else None} for r in records]
            print_json({"kind": kind, "story": story, "articles": articles})
        else:
            console().print(story_view(story, records, sources, steps))
        return
    article = catalog.articles(store, [found])[found]
    links = catalog.links_of(store, found)
    if as_json:
        print_json({"kind": kind, "article": article, "links": links})
    else:
        console().print(article_view(article, links, catalog.articles(store, [x["other"] for x in links])))


def diff(
    a: Annotated[
        str, typer.Argument(metavar="A", help="The older: id of an article, or of a story for its canonical one.")
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="The newer.")],
    lake: LakeRoot = DEFAULT_LAKE,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show what changed between two articles. Numbers and names stand out."""
    from pipeline.cli import catalog
    from pipeline.cli.comparison import diff_view
    from pipeline.cli.console import console, print_json
    from pipeline.fold.diff import diff as compare
    from pipeline.text import reading_form

    store = catalog.open_lake(lake)
    ids = [catalog.find_article(store, wanted) for wanted in (a, b)]
    records = catalog.articles(store, ids)
    old, new = (records[i] for i in ids)
    catalog.check_readable((old, new))
    paragraphs = compare(reading_form(old["text"]), reading_form(new["text"]))
    if as_json:
        heads = ({k: v for k, v in r.items() if k != "text"} for r in (old, new))
        print_json({**dict(zip("ab", heads, strict=True)), "paragraphs": [asdict(p) for p in paragraphs]})
    else:
        out = console()
        out.print(diff_view(old, new, paragraphs, colour=out.color_system is not None))


def explain(
    a: Annotated[str, typer.Argument(metavar="A", help="Id of an article, or of a story for its canonical one.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The other.")],
    lake: LakeRoot = DEFAULT_LAKE,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show why two articles are one story or not, measure by measure."""
    from pipeline.cli import catalog
    from pipeline.cli.comparison import explanation_view
    from pipeline.cli.console import console, print_json
    from pipeline.errors import UsageError
    from pipeline.fold.explain import explain as judge
    from pipeline.run.decisions import decision_on

    store = catalog.open_lake(lake)
    ids = [catalog.find_article(store, wanted) for wanted in (a, b)]
    if ids[0] == ids[1]:
        raise UsageError("both are one article: name two")
    found = judge(catalog.sources_of(store, ids))
    link = next((x for x in catalog.links_of(store, ids[0]) if x["other"] == ids[1]), None)
    if link:  # how near is too near to call was a setting of the fold
        found = replace(found, needs_review=link["needs_review"])
    decided = decision_on(store, *ids)
    if as_json:
        print_json(asdict(found) | {"decision": decided})
    else:
        console().print(explanation_view(found, catalog.articles(store, ids), decided))


def check(lake: LakeRoot = DEFAULT_LAKE, as_json: Json = False, verbose: Verbose = False) -> None:
    """Verify ledgers, files, contracts and references. Ends with 1 when something is wrong."""
    from pipeline.cli import catalog
    from pipeline.cli.console import console, count, print_json, safe

    store = catalog.open_lake(lake)
    from pipeline.run.check import check_lake

    with console(stderr=True).status("Checking …"):
        findings = check_lake(store)
    breaches = [f for f in findings if f.breach]
    if as_json:
        print_json({"ok": not breaches, "findings": [asdict(f) for f in findings]})
    else:
        out = console()
        for f in findings:
            mark, style = ("BREACH", "bold red") if f.breach else ("note", "yellow")
            out.print(safe(mark, style), safe(f"{f.area}  {f.where}  {f.what}"), soft_wrap=True)
        rows = sum(f.rows for name in ("articles", "records", "links", "stories") for f in store.files(name))
        what = f"{count(len(store.runs()), 'run')}, {count(rows, 'row')} of articles, records, links and stories"
        if breaches:
            out.print(f"{count(len(breaches), 'breach', 'breaches')}  ({what})", style="bold red")
        else:
            out.print(f"All is well: {what}.", style="green")
    if breaches:
        raise typer.Exit(1)
