"""What a page says about itself: JSON-LD, OpenGraph and other meta elements, ``time`` elements.

schema.org NewsArticle (schema.org/NewsArticle), the Open Graph protocol (ogp.me), HTML ``meta`` names in wide use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from pipeline.extract.markup import paragraphs
from pipeline.extract.times import Moment, plausible, read_moment

__all__ = ["PageMetadata", "read_metadata"]

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "article.published",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "date.created",
    "cxenseparse:recs:publishtime", "iso-8601-publish-date", "citation_publication_date", "date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
    "dcterms.modified", "dc.date.modified", "article.updated",
)  # fmt: skip
_BYLINE_CLASSES = frozenset(("by", "byline", "by-line", "byline-text", "article-byline"))
_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Report$|LiveBlogPosting|Review$")
_MAX_NODES = 5_000  # JSON-LD objects looked at on one page
_MAX_SCRIPT = 2_000_000  # characters of one JSON-LD script
_CONTROL = re.compile(r"[\x00-\x1f]+")
_JSON_COMMENT = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*;?\s*$|;\s*$")


@dataclass(slots=True)
class PageMetadata:
    """What the page says about itself, each field in the order of trust given in `read_metadata`.

    Attributes:
        titles: Headlines, best first; the site's name may still be in them.
        authors: Bylines as written.
        byline: The line of the page that its markup calls the byline; may hold date and place as well.
        published, modified: Best moment found; exact ones (with a time of day) go before bare days.
        canonical: Address that the page names for itself, as written.
    """

    titles: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    byline: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    publisher: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    language: str | None = None
    canonical: str | None = None


def read_metadata(tree: HtmlElement, seen: datetime) -> PageMetadata:
    """Metadata of a page: JSON-LD of the article before meta elements before markup, but for the headline.

    Args:
        tree: The parsed page; not changed.
        seen: When the page was fetched: later dates are not believed.
    """
    meta = _metas(tree)
    data = next((n for n in _json_ld(tree) if _ARTICLE_TYPES.search(_type(n))), {})
    page = PageMetadata()
    headings = [t for e in tree.iter("h1") if (t := " ".join("".join(e.itertext()).split()))]
    titles = (
        # if there is just one: of 211 pages it was the headline on 177, og:title on 154
        *(headings if len(headings) == 1 else ()),
        *_get(meta, "og:title"),
        _text(data.get("headline")),
        *_get(meta, "twitter:title"),
        _title(tree),
        *headings[:1],
    )
    page.titles = list(dict.fromkeys(filter(None, titles)))
    page.authors = list(_people(data.get("author"))) or _get(
        meta, "author", "article:author", "parsely-author", "byl", "dc.creator"
    )
    page.byline = _byline(tree)
    published = [data.get("datePublished"), data.get("dateCreated"), *_get(meta, *_PUBLISHED), *_time_elements(tree)]
    page.published = _best(seen, published)
    page.modified = _best(seen, [data.get("dateModified"), *_get(meta, *_MODIFIED)])
    page.publisher = _first(
        *_get(meta, "og:site_name"), *_people(data.get("publisher")), *_get(meta, "application-name")
    )
    page.section = _first(
        *_strings(data.get("articleSection")), *_get(meta, "article:section", "section", "parsely-section")
    )
    tags = [*_strings(data.get("keywords")), *_get(meta, "article:tag", "news_keywords", "parsely-tags", "keywords")]
    page.tags = list(
        dict.fromkeys(t for tag in tags for part in re.split(r"[,;]", tag) if 1 < len(t := part.strip()) <= 60)
    )[:50]
    page.language = tree.get("lang") or tree.get("xml:lang") or _first(*_get(meta, "content-language", "og:locale"))
    links = (e.get("href") for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split())
    page.canonical = next(filter(None, links), None) or _first(*_get(meta, "og:url"))
    return page


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        value = " ".join((element.get("content") or "").split())
        if key and value:
            found.setdefault(key.strip().lower(), []).append(value)
    return found


def _get(meta: dict[str, list[str]], *keys: str) -> list[str]:
    """The values of `keys`, in the order of the keys."""
    return [value for key in keys for value in meta.get(key, [])]


def _first(*values: str) -> str | None:
    return values[0] if values else None


def _title(tree: HtmlElement) -> str | None:
    title = tree.find(".//title")
    return " ".join((title.text or "").split()) if title is not None else None


def _byline(tree: HtmlElement) -> str | None:
    """First line of the first element whose class says that it is the byline."""
    for element in tree.iter("div", "p", "span", "address"):
        classes = (element.get("class") or "").lower()
        if "by" in classes and _BYLINE_CLASSES & set(classes.split()):
            return next(iter(paragraphs(element)), None)
    return None


def _time_elements(tree: HtmlElement) -> Iterator[str]:
    """Machine-readable times in the markup that say they are the publication's."""
    for element in tree.iter("time", "span", "meta"):
        if element.get("itemprop") == "datePublished" or "pubdate" in element.attrib:
            yield element.get("datetime") or element.get("content") or ""
    for element in tree.iter("time"):
        if "publi" in (element.get("class") or "").lower():
            yield element.get("datetime") or ""


def _best(seen: datetime, values: list[Any]) -> Moment | None:
    moments = [m for v in values if (m := plausible(read_moment(v), seen))]
    return next((m for m in moments if m.exact), moments[0] if moments else None)


def _json_ld(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, outermost first; broken scripts are skipped."""
    queue: list[Any] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) <= _MAX_SCRIPT:
            try:
                queue.append(json.loads(_CONTROL.sub(" ", _JSON_COMMENT.sub("", script.text)), strict=False))
            except (ValueError, RecursionError):
                continue
    for node in queue:  # grows while it is read
        if len(queue) > _MAX_NODES:
            return
        if isinstance(node, list):
            queue.extend(node[:_MAX_NODES])
        elif isinstance(node, dict):
            yield node
            queue.extend(
                node[k] for k in ("@graph", "mainEntity", "mainEntityOfPage") if isinstance(node.get(k), dict | list)
            )


def _type(node: dict[str, Any]) -> str:
    return " ".join(_strings(node.get("@type")))


def _strings(value: Any) -> list[str]:
    if isinstance(value, list):
        return [t for v in value[:200] if (t := _text(v))]
    return [t] if (t := _text(value)) else []


def _text(value: Any) -> str | None:
    """A JSON string as plain text: entities resolved, tags dropped."""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return " ".join(re.sub(r"<[^<>]*>", "", unescape(value)).split()) or None if isinstance(value, str) else None


def _people(value: Any) -> Iterator[str]:
    """Names in a Person, an Organization, a list of them, or a plain string."""
    for entry in (value if isinstance(value, list) else [value])[:50]:
        name = entry.get("name") if isinstance(entry, dict) else entry
        yield from _strings(name)
