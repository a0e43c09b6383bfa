"""What a page says about itself: JSON-LD, OpenGraph and other meta elements, ``time`` elements.

schema.org NewsArticle (schema.org/NewsArticle), the Open Graph protocol (ogp.me), HTML ``meta`` names in wide use.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from pipeline.extract import json_ld
from pipeline.extract.dates import MODIFIED, PUBLISHED, best_moment, in_zone_of_page, stamped_times, time_elements
from pipeline.extract.headline import headline_in, is_logo, main_heading, site_in
from pipeline.extract.locator import host_of
from pipeline.extract.markup import html_paragraphs, paragraphs
from pipeline.moment import Moment
from pipeline.text import letters

__all__ = ["PageMetadata", "read_metadata"]

_BYLINE_CLASSES = frozenset(("by", "byline", "by-line", "byline-text", "article-byline"))

_SHORTCODE = re.compile(  # WordPress's own markup
    r"\[[a-z][\w-]{1,40}\s+[\w-]{1,40}=[^\[\]]{0,2000}\]|\[/[a-z][\w-]{1,40}\]"
)
_CLASS = re.compile(r"\.([\w-]+)")  # in a CSS selector
_MOST = 50  # meta elements of one name: titles are compared with each other
_TITLE_CHARS = 10_000
_CODE = re.compile(r"[:|_=@]")  # in a keyword that is for machines

Said = tuple[str, Any]
"""Who says it, such as ``json-ld`` or ``og:title``, and what."""


@dataclass(slots=True)
class PageMetadata:
    """What the page says about itself, each field in the order of trust given in `read_metadata`.

    Attributes:
        titles: Headlines, best first; the site's name may still be in them.
        heading: The element of the page that holds its headline.
        summaries: Descriptions of the article in a sentence or two.
        authors: Bylines as written.
        organisations: What is named as an author and is an organisation.
        byline: The line of the page that its markup calls the byline; may hold date and place as well.
        published, modified: Best moment found; exact ones (with a time of day) go before bare days.
        canonical: Address that the page names for itself, as written.
        body: Paragraphs of the article as its JSON-LD has them; often all in one, often cut.
        types: Types of its JSON-LD objects and of OpenGraph.
        is_free: False when it says that one must pay to read it.
        paid: Classes of the elements that it says one must pay for.
        words: Length of the article in words, as it says.
        origins: Who said so, by the name of an article's attribute.
        title_origins: Who said so, by the title.
    """

    titles: list[str] = field(default_factory=list)
    heading: HtmlElement | None = None
    summaries: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)
    byline: str | None = None
    published: Moment | None = None
    modified: Moment | None = None
    publisher: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    language: str | None = None
    canonical: str | None = None
    image: str | None = None
    body: list[str] = field(default_factory=list)
    types: frozenset[str] = frozenset()
    is_free: bool = True
    paid: frozenset[str] = frozenset()
    words: int | None = None
    origins: dict[str, str] = field(default_factory=dict)
    title_origins: dict[str, str] = field(default_factory=dict)


def read_metadata(tree: HtmlElement, seen: datetime) -> PageMetadata:
    """Metadata of a page: JSON-LD of the article before meta elements before markup, but for the headline.

    Args:
        tree: The parsed page; not changed.
        seen: When the page was fetched: later dates are not believed.
    """
    meta = _metas(tree)
    nodes = json_ld.nodes(tree)
    links = [("link", e.get("href")) for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split()]
    page = PageMetadata()
    origins = page.origins
    page.canonical = _first(origins, "url", [*(x for x in links if x[1]), *_get(meta, "og:url")])
    titled = _ld("title", _title(tree))
    elsewhere = [text for _, text in (*_get(meta, "og:title", "twitter:title"), *titled)]
    data = json_ld.article_node(nodes, page.canonical, elsewhere)
    said = [
        *_get(meta, "og:title"),
        *_ld("json-ld", data.get("headline")),
        *_get(meta, "twitter:title"),
        *titled,
    ]
    named = [title for _, title in said]
    page.heading = main_heading(tree, named)
    highest = [page.heading] if page.heading is not None and page.heading.tag != "h1" else tree.iter("h1")
    headings = list(dict.fromkeys(t for e in highest if not is_logo(e) and (t := headline_in(e, named))))
    titles = [
        # if there is just one: of 211 pages it was the headline on 177, og:title on 154
        *(("h1", t) for t in headings if len(headings) == 1),
        *said,
        *(("h1", t) for t in headings[:1]),
    ]
    for origin, title in titles:
        page.title_origins.setdefault(title, origin)
    page.titles = list(page.title_origins)
    page.summaries = list(
        dict.fromkeys(
            text
            for _, text in (
                *_get(meta, "og:description", "description", "twitter:description", "dc.description"),
                *_ld("json-ld", data.get("description")),
            )
        )
    )
    wrote = json_ld.resolved(data.get("author") or data.get("creator"), nodes)
    people = [("json-ld", n) for n in json_ld.names(wrote, organisations=False)]
    people = people or _meta_authors(meta)
    page.authors = [name for _, name in people]
    if people:
        origins["authors"] = people[0][0]
    page.organisations = list(json_ld.names(wrote, organisations=True))
    page.byline = _byline(tree)
    first_times, last_times = time_elements(tree, page.heading)
    published = best_moment(
        origins, "published_at", seen,
        [*(("json-ld", data.get(name)) for name in ("datePublished", "dateCreated", "uploadDate")),
         *_get(meta, *PUBLISHED),
         *(("time", t) for t in first_times)], stamped_times(tree),
    )  # fmt: skip
    page.published = published
    if published and page.heading is not None:
        page.published = in_zone_of_page(page.heading, published)
    page.modified = best_moment(
        origins, "modified_at", seen,
        [("json-ld", data.get("dateModified")), *_get(meta, *MODIFIED),
         *(("time", t) for t in last_times)],
    )  # fmt: skip
    page.section = _first(
        origins, "section",
        [*_ld("json-ld", data.get("articleSection")), *_get(meta, "article:section", "section", "parsely-section")],
    )  # fmt: skip
    tags = [
        *_ld("json-ld", data.get("keywords")),
        *_get(meta, "article:tag", "news_keywords", "parsely-tags", "keywords"),
    ]
    listed = Counter(origin for origin, _ in tags)  # of those who say several, each is one tag: "Lind, Ada"
    words = (w.strip() for o, tag in tags for w in ([tag] if listed[o] > 1 else re.split(r"[,;]", tag)))
    unlike: dict[str, str] = {}
    for word in words:
        if 1 < len(word) <= 60 and not _CODE.search(word):
            unlike.setdefault(letters(word), word)
    page.tags = list(unlike.values())[:50]
    if page.tags:
        origins["tags"] = tags[0][0]
    page.language = (
        tree.get("lang") or tree.get("xml:lang") or _first({}, "", _get(meta, "content-language", "og:locale"))
    )
    publishers = json_ld.names(json_ld.resolved(data.get("publisher"), nodes))
    page.publisher = _publisher(
        origins, page.canonical,
        [*_get(meta, "og:site_name"), *(("json-ld", n) for n in publishers), *_get(meta, "application-name")],
    )  # fmt: skip
    if page.section == page.publisher:  # a site's front page is no section
        page.section = None
        origins.pop("section", None)
    page.image = _first(
        origins, "image", [*_get(meta, "og:image", "og:image:url", "twitter:image"), *_ld("json-ld", data.get("image"))]
    )
    page.body = _body(data.get("articleBody"))
    page.types = frozenset((*(t for n in nodes for t in json_ld.types(n)), *(t for _, t in _get(meta, "og:type"))))
    page.is_free = str(data.get("isAccessibleForFree", True)).strip().lower() not in ("false", "0", "no")
    page.paid = frozenset(_CLASS.findall(" ".join(json_ld.selectors(data.get("hasPart")))))
    length = str(data.get("wordCount", ""))
    page.words = int(length) if length.isdecimal() and len(length) < 10 else None
    return page


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        value = " ".join((element.get("content") or "").split())
        if key and value and len(values := found.setdefault(key.strip().lower(), [])) < _MOST:
            values.append(value)
    return found


def _get(meta: dict[str, list[str]], *keys: str) -> list[Said]:
    """What the meta elements of these names say, in the order of the names."""
    return [(key, value) for key in keys for value in meta.get(key, [])]


def _meta_authors(meta: dict[str, list[str]]) -> list[Said]:
    """Bylines in meta elements; ``author`` is left out where those of the article name others: it is the company."""
    own = _get(meta, "article:author", "parsely-author", "byl", "dc.creator")
    named = {word for _, name in own if "://" not in name and " " in name for word in name.casefold().split()}
    general = _get(meta, "author")
    return [*(x for x in general if not named or named.intersection(x[1].casefold().split())), *own]


def _ld(origin: str, value: Any) -> list[Said]:
    return [(origin, text) for text in json_ld.strings(value)]


def _first(origins: dict[str, str], name: str, said: list[Said]) -> str | None:
    if not said:
        return None
    origins[name] = said[0][0]
    return str(said[0][1])


def _publisher(origins: dict[str, str], url: str | None, said: list[Said]) -> str | None:
    """The first name that reads like the host of the page's address, else the first; an address is no name."""
    said = [(origin, name) for origin, name in said if "://" not in name]
    host = host_of(url)
    like = ((origin, part) for origin, name in said if (part := site_in(name, host)))
    return _first(origins, "publisher", [*like, *said])


def _title(tree: HtmlElement) -> str | None:
    title = tree.find(".//title")
    return " ".join((title.text or "")[:_TITLE_CHARS].split()) if title is not None else None


def _byline(tree: HtmlElement) -> str | None:
    """First line of the first element whose class says that it is the byline."""
    for element in tree.iter("div", "p", "span", "address"):
        classes = (element.get("class") or "").lower()
        if "by" in classes and _BYLINE_CLASSES & set(classes.split()):
            return next(iter(paragraphs(element)), None)
    return None


def _body(value: Any) -> list[str]:
    """Paragraphs of ``articleBody``, which may hold markup, escaped once or twice."""
    if not isinstance(value, str):
        return []
    text = _SHORTCODE.sub("", unescape(value))
    if re.search(r"<(?:p|br|div)\b", text, re.IGNORECASE):
        return html_paragraphs(text)
    lines = (" ".join(re.sub(r"<[^<>]*>", "", line).split()) for line in re.split(r"[\r\n]+", text))
    return [line for line in lines if line]
