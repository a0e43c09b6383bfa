"""HTML pages: trafilatura for the text, `page_metadata` and trafilatura for the rest, from one parsed tree.

trafilatura runs in ``fast`` mode: on 211 labelled news pages it is a third faster than the standard mode and its text
is better (token F1 .92 against .91). Its `deduplicate` is process-global state and never on.
"""

from __future__ import annotations

import logging
import re
from functools import partial

from lxml import etree
from lxml.html import HtmlElement
from trafilatura.metadata import examine_meta, extract_author, extract_catstags, extract_sitename, extract_title
from trafilatura.settings import Document

from pipeline.article import Article, Capture, Reason
from pipeline.config import ExtractSettings
from pipeline.extract.body import is_whole, read_body, whole_body
from pipeline.extract.bylines import agency_in, author_names, without_agency
from pipeline.extract.failure import Unextractable
from pipeline.extract.headline import read_headline
from pipeline.extract.kind import sort_of, why_no_article
from pipeline.extract.listed import listed_paragraphs
from pipeline.extract.locator import absolute, canonical_url, host_of, normalise, web_address
from pipeline.extract.page_metadata import PageMetadata, read_metadata
from pipeline.extract.published import day_in_text, publication, shown_day
from pipeline.extract.signature import signed
from pipeline.extract.tree import parse, strip
from pipeline.text import letters

__all__ = ["read_html"]

_MAX_TEXT = 2_000_000  # characters; beyond, it is a dump and no article
_MONTH = re.compile(r"(\S+\s.*\S)\s(?:March|April|May|June|August)$")  # trafilatura cuts what follows: "Ada Lind May 2"
_BEHIND = re.compile(  # and makes words of an address: "Ada Lind ada example"
    r"([^\W\d_a-z]\S*\s[^\W\d_a-z]\S*)(?:\s[a-z][\w.-]*)+$"
)
_CATEGORY_LINK = etree.XPath("boolean(//a[contains(@href, '/categor')] | //meta[contains(@name, 'subject')])")

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs what is wrong with each page; the reject says so


def read_html(markup: bytes, capture: Capture, settings: ExtractSettings) -> Article:
    """The article of a page.

    Raises:
        Unextractable: TOO_COMPLEX (size, number of tags, nesting) before any costly step; NO_TEXT; NOT_ARTICLE.
    """
    tree = parse(markup, settings.max_depth)
    _held = list(tree.iter())  # lxml makes an object for an element whenever it is come upon, unless there is one
    meta = read_metadata(tree, capture.fetched_at)
    web = web_address(capture.url)
    url = canonical_url(meta.canonical, capture.url)
    host = host_of(url)
    own = (meta.publisher, host)
    people = author_names(meta.authors, *own)
    accounts = all(name.islower() and " " not in name for name in people)  # of those who put it into the system
    signature = signed(tree, meta.heading, *own) if accounts else ()
    found = _searched(tree, meta, authors=not (people or signature))
    day = shown_day(tree, meta, capture, web)
    strip(tree)
    published, clock = publication(meta, day or day_in_text(tree, meta, capture, web), capture)
    listed = partial(listed_paragraphs, capture.item.content, settings.max_depth)
    body = read_body(tree, meta, web, listed, [*meta.authors, *signature])
    text = "\n\n".join(body.paragraphs)
    words = text.split()
    why = why_no_article(tree, meta, words, web)
    titles = meta.titles
    if why and is_whole(said := listed()):  # the page was withheld from us, its feed was not
        body, why, titles = whole_body(said, "feed"), None, []
        text = "\n\n".join(said)
        words = text.split()
    if len(text) > _MAX_TEXT:
        raise Unextractable(Reason.TOO_COMPLEX, f"{len(text)} characters of text")
    # trafilatura takes any part of the title with a dot in it for the site's name, "up 0.9 per cent" included
    sitename = None if any(found.sitename and found.sitename in t for t in meta.titles) else found.sitename
    top = body.paragraphs[:2] if meta.heading is None else []
    on_top = [line for line in top if any(title.startswith(line) for title in titles)]
    headline = read_headline([*titles, *on_top], (meta.publisher, sitename), host)
    publisher = meta.publisher or headline.site or sitename or (host and host.removeprefix("www."))
    guess = read_headline([found.title or ""] if titles else [], (publisher,), host)
    sort = sort_of(tree, meta, url, len(words))
    lines = [*meta.authors, *meta.organisations, found.author, meta.byline]
    parts = [part for line in lines for part in re.split(r"[,/|;]", line or "")]
    credits = (agency_in(part) or without_agency(part)[1] for part in parts)
    bylines = (
        ("signature", signature),
        (meta.origins.get("authors", ""), author_names(meta.authors, publisher, host)),
        ("search", _searched_names(found.author, meta, publisher, host)),
        ("byline", author_names([meta.byline], publisher, host)),
    )
    wrote, authors = next((by for by in bylines if by[1]), ("", ()))
    title = headline.text or guess.text or capture.item.title or next(iter(meta.titles), "")
    image = absolute(meta.image, url)
    if image is None:
        meta.origins.pop("image", None)
    article = Article(
        item=capture.item,
        locator=normalise(url),
        url=url,
        title=title,
        text=text,
        media="html",
        extractor=body.extractor,
        published_at=published.at if published else None,
        clock=clock,
        modified_at=meta.modified.at if meta.modified else None,
        publisher=publisher,
        authors=authors,
        credit=next(filter(None, credits), None),
        section=meta.section or next(iter(found.categories or ()), None),
        tags=tuple(meta.tags),
        language=meta.language,
        kind=sort.kind,
        is_truncated=sort.is_truncated,
        quality=body.quality,
        image=image,
        provenance=_provenance(meta, title, wrote, published is not None),
        raw=capture.raw,
    )
    if why:
        raise Unextractable(Reason.NOT_ARTICLE, why, article)
    if not text:
        raise Unextractable(Reason.NO_TEXT, "no article text in this page", article)
    return article


def _searched_names(found: str | None, meta: PageMetadata, publisher: str | None, host: str | None) -> tuple[str, ...]:
    """Names that trafilatura found: no rubrics, of one word, and nothing that the page says and we took for no name."""
    said = letters("".join(meta.authors))
    # behind an "On" it cuts off the name of a network
    names = [
        _BEHIND.sub(r"\1", _MONTH.sub(r"\1", name).removesuffix(" On"))
        for name in author_names([found], publisher, host)
    ]
    return tuple(n for n in names if " " in n and letters(n) not in said)


def _provenance(meta: PageMetadata, title: str, authors: str, dated: bool) -> dict[str, str]:
    """Who said what, by attribute: ``json-ld``, the name of a meta element, or ``search`` for what had to be found."""
    titled = (origin for said, origin in meta.title_origins.items() if title and title in said)
    said = meta.origins | {"title": next(titled, "search"), "authors": authors}
    if dated:
        said.setdefault("published_at", "search")
    return {name: origin for name, origin in said.items() if origin}


def _searched(tree: HtmlElement, meta: PageMetadata, *, authors: bool) -> Document:
    """What trafilatura finds by searching the page, for what the page does not say itself: searching is costly."""
    found = Document()
    if not meta.publisher or authors:
        said = examine_meta(tree)
        found.author = said.author
        if authors and " " not in (said.author or ""):  # an account's name, or the agency's, which may be the credit
            found.author = "; ".join(filter(None, (said.author, extract_author(tree))))
        if not meta.publisher:
            found.title = said.title or extract_title(tree)
            found.sitename = _named(said.sitename or extract_sitename(tree))
    if not meta.section and _CATEGORY_LINK(tree):
        found.categories = extract_catstags("category", tree)
    return found


def _named(site: str | None) -> str | None:
    """A site's name from its account, ``@harbourpost``."""
    name = (site or "").lstrip("@")
    return (name if "." in name or name[:1].isupper() else name.title()) or None
