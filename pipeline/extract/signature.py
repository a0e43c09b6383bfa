"""Authors whose names stand below a headline as links to their pages, or in elements that are named for it."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from pipeline.extract.bylines import author_names

__all__ = ["signed"]

_PATH = re.compile(
    r"/(?:authors?|staff|writers?|profiles?|people|contributors?|by|journalists?|reporters?|autor(?:es)?|auteurs?|team|"
    r"bios?)/",
    re.IGNORECASE,
)
_NAME_CLASS = re.compile(
    r"(?:author|byline|writer|contributor)(?:s|info|card|meta|page)?[-_]*(?:name|link)|\bauthors?\b|\bbyline\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[^\W\d_a-zß-ÿ][\w.'\u2019-]*(?:\s+(?:[^\W\d_a-z][\w.'\u2019-]*|"
    r"(?:de|da|di|du|la|le|van|von|der|den|el|al|bin|dos|ter)\b)){1,4}"
)
_ELSEWHERE = frozenset(("aside", "footer", "nav"))
_OTHERS = re.compile(  # not the article in a layout that "has-sidebar"
    r"comment|related|(?<![\w-])(?:left-|right-|main-|site-)?sidebar|recirc|teaser|latest|popular|trending",
    re.IGNORECASE,
)
_AROUND = 5  # steps up to what holds the byline or something else; further up, names mean the page
_NEAR = 400  # elements behind the headline in which a byline stands
_SHARED = 4  # steps up to what holds all names of one byline


def signed(tree: HtmlElement, site: str | None) -> tuple[str, ...]:
    """Names in the byline next to the headline, in order.

    Args:
        tree: The parsed page; not changed.
        site: Name of the site, which is no author.
    """
    names: list[str] = []
    holders: set[HtmlElement] = set()
    behind = -1
    headline = next(tree.iter("h1"), None)
    for element in tree.iter():
        if element is headline:
            behind = 0
        if behind < 0 and headline is not None:
            continue
        behind += 1
        if behind > _NEAR:
            break
        if not _is_signature(element):
            continue
        if any(map(_is_elsewhere, islice(element.iterancestors(), _AROUND))):
            continue
        found = [n for n in author_names([" ".join("".join(element.itertext()).split())], site) if _NAME.fullmatch(n)]
        above = set(islice(element.iterancestors(), _SHARED))
        if found and (not names or holders.intersection(above)):
            names += found
            holders = holders or above
    # an element around a name holds it with the author's office: "Ada Lind Staff"
    return tuple(dict.fromkeys(n for n in names if not any(m != n and m in n for m in names)))


def _is_elsewhere(element: HtmlElement) -> bool:
    return element.tag in _ELSEWHERE or _OTHERS.search(f"{element.get('class')} {element.get('id')}") is not None


def _is_signature(element: HtmlElement) -> bool:
    if element.tag not in ("a", "span", "div", "p", "address", "li") or len(element) > 8:
        return False
    if element.tag == "a" and (element.get("rel") == "author" or _PATH.search(element.get("href") or "")):
        return True
    return bool(_NAME_CLASS.search(element.get("class") or "") or element.get("itemprop") in ("author", "author name"))
