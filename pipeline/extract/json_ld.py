"""schema.org data in a page's JSON-LD scripts (schema.org/NewsArticle)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from pipeline.extract.json_text import read_json
from pipeline.text import letters

__all__ = ["article_node", "names", "nodes", "plain", "resolved", "selectors", "strings", "types"]

_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Report$|Review$")
_RECORDINGS = frozenset(("VideoObject", "PodcastEpisode", "AudioObject", "RadioEpisode", "TVEpisode"))
_ORIGIN = re.compile(r"(?:https?:)?//[^/?#]*", re.IGNORECASE)
_MAX_NODES = 5_000  # objects looked at on one page
_MAX_SCRIPT = 2_000_000  # characters of one script
_MAX_STRING = 10_000  # characters of one value, the article's text aside
_CONTROL = re.compile(r"[\x00-\x1f]+")
_COMMENT = re.compile(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*(?:;\s*)?$|;\s*$")
_TRAILING = re.compile(r",(?=\s*[}\]])")
_PROPERTY = re.compile(r'"(@type|headline|datePublished|dateModified)"\s*:\s*"([^"\\]{1,500})"')
_AUTHOR = re.compile(r'"author"\s*:\s*\[?\s*(?:\{[^{}\[\]]{0,300}?"name"\s*:\s*)?"([^"\\]{1,200})"')


def nodes(tree: HtmlElement) -> list[dict[str, Any]]:
    """Every object of the page's JSON-LD, outermost first; what is beyond repair is skipped."""
    queue: list[Any] = [
        _read(_CONTROL.sub(" ", script.text).strip())
        for script in tree.iter("script")
        if "ld+json" in (script.get("type") or "").lower() and script.text and len(script.text) <= _MAX_SCRIPT
    ]
    found = []
    for node in queue:  # grows while it is read
        if len(queue) > _MAX_NODES:
            break
        if isinstance(node, list):
            queue.extend(node[:_MAX_NODES])
        elif isinstance(node, dict):
            found.append(node)
            queue.extend(
                node[k] for k in ("@graph", "mainEntity", "mainEntityOfPage") if isinstance(node.get(k), dict | list)
            )
    return found


def _read(text: str) -> Any:
    """JSON with the mistakes that templates make; of what is beyond that, the plain properties of an article."""
    if text[:1] not in "{[" or text[-1:] not in "}]":
        text = _COMMENT.sub("", text)
    for mended in (str, partial(_TRAILING.sub, ""), unescape):
        try:
            return read_json(mended(text))
        except RecursionError:
            return None
        except ValueError:
            continue
    said = [*_PROPERTY.findall(text), *(("author", name) for name in _AUTHOR.findall(text))]
    kind = next((value for name, value in said if name == "@type" and _ARTICLE_TYPES.search(value)), None)
    return dict(reversed(said)) | {"@type": kind} if kind else None  # the first of each name


def article_node(found: list[dict[str, Any]], address: str | None, titles: list[str]) -> dict[str, Any]:
    """The object that is the page's article, or the recording that bears its title; an empty one if there is neither.

    Of several, it is the one that bears the page's address, then one of its titles, then one that is no review: pages
    describe stories that they link to, and fact checks the claim.

    Args:
        address: What the page names as its own.
        titles: What the page has as its title elsewhere, the site's name perhaps with it.
    """
    articles = [n for n in found if any(_ARTICLE_TYPES.search(t) for t in types(n))]
    if len(articles) == 1:
        return articles[0]
    own = _path(address)
    named = [letters(title) for title in titles]
    if not articles:  # a film in an article is not what the page is about
        recordings = ((letters(plain(n.get("name")) or ""), n) for n in found if not _RECORDINGS.isdisjoint(types(n)))
        return next((n for name, n in recordings if name and any(name in title for title in named)), {})

    def likeness(node: dict[str, Any]) -> tuple[bool, bool, bool]:
        page = node.get("mainEntityOfPage")
        said = (node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page)
        headline = letters(plain(node.get("headline")) or "")
        return (
            bool(own) and any(_path(v) == own for v in said if isinstance(v, str)),
            bool(headline) and any(headline in title for title in named),
            not any(t.endswith("Review") for t in types(node)),
        )

    return max(articles, key=likeness)


def _path(address: str | None) -> str:
    """Path and query of an address, which tell a site's pages apart, whatever scheme and host it is written with."""
    return _ORIGIN.sub("", (address or "").partition("#")[0]).rstrip("/")


def resolved(value: Any, found: list[dict[str, Any]]) -> Any:
    """`value`, or each in it, with the object that it names by ``@id`` only in its place, if that is among `found`."""
    if isinstance(value, list):
        return [resolved(entry, found) for entry in value[:50] if not isinstance(entry, list)]
    if not isinstance(value, dict) or "name" in value or not value.get("@id"):
        return value
    return next((node for node in found if node.get("@id") == value["@id"] and "name" in node), value)


def types(node: dict[str, Any]) -> list[str]:
    return strings(node.get("@type"))


def strings(value: Any) -> list[str]:
    if isinstance(value, list):
        return [t for v in value[:200] if (t := plain(v))]
    return [t] if (t := plain(value)) else []


def plain(value: Any) -> str | None:
    """A JSON string as plain text: entities resolved, tags dropped."""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or value.get("url")
    return (
        " ".join(re.sub(r"<[^<>]*>", "", unescape(value[:_MAX_STRING])).split()) or None
        if isinstance(value, str)
        else None
    )


def selectors(parts: Any) -> Iterator[str]:
    """CSS selectors of a page's parts (schema.org/WebPageElement)."""
    for part in (parts if isinstance(parts, list) else [parts])[:20]:
        if isinstance(part, dict):
            yield from strings(part.get("cssSelector"))


def names(value: Any, *, organisations: bool | None = None) -> Iterator[str]:
    """Names in a Person, an Organization, a list of them, or a plain string.

    Args:
        organisations: Those of organisations only, or of anything but organisations; None for all.
    """
    for entry in (value if isinstance(value, list) else [value])[:50]:
        is_organisation = isinstance(entry, dict) and any(t.endswith("Organization") for t in types(entry))
        if organisations is None or organisations is is_organisation:
            yield from strings(entry.get("name") if isinstance(entry, dict) else entry)
