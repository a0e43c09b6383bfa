"""Authors whose names stand below a headline: behind a "by", as links to their pages, in elements named for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from lxml.html import HtmlElement

from pipeline.extract.bylines import LEAD, author_names
from pipeline.extract.headline import from_heading, stands_elsewhere, text_in
from pipeline.extract.opening import reporters_in

__all__ = ["signed"]

_PATH = re.compile(
    r"/(?:authors?|staff|writers?|profiles?|people|contributors?|by|journalists?|reporters?|autor(?:es|en|i)?|"
    r"auteurs?|redaktion|redactie|columnists?|persons?|users?|team|bios?)/",
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
_ONE_NAME = re.compile(r"[^\W\d_a-zß-ÿ][^\W\d_A-ZÀ-ÖØ-Þ]{2,}")  # no account's, such as AdaLind
_NEAR = 400  # elements behind the headline in which a byline stands
_SHARED = 4  # steps up to what holds all names of one byline
_TOGETHER = 12  # elements from one name to the next, or to the "by", of the same byline
_DATED_LEAD = re.compile(  # "2 April 2026 by"; the date in figures
    r"[^!?]{0,70}\d[^!?]{0,30}\s(?:by|von|par|por|door|da|di|av|af)\s+(?=[^\W\d_a-zß-ÿ])"
)
_BARS = re.compile(r"\s*[|\u2022\u00b7]\s*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NEXT = 20  # elements behind the headline, among which a byline is one by its form alone
_PARTS = 3  # name, place, date
_PARTS_MOST = 8  # elements in such a line
_LED_CHARS = 200  # a longer line is a sentence
_PIECES = 200  # texts of elements, empty ones too, that a byline is made of at most
_BEFORE_CHARS = 60  # a date; more is a caption, and behind it is who took the picture
_BEHIND_NAMES = re.compile(  # dates, offices, what a template prints
    r"[\d|\u2022\u00b7(@:]|\s[\u2012-\u2015-]+\s|"
    r"\b(?:posted|published|updated|publié|mis|on|for|in|at|of|from|with|avec|mit|aus|am|um|im|unter|auf|vom|le|à|dans|el|op|om|kl)\b|"
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tues?|wed|wednes|thu|thurs|fri|sat|satur|sun)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember|day)?\b[.,]?\s(?=\d|\w+\.?\s\d)",
    re.IGNORECASE,
)
_AND = r"(?:and|und|et|y|e|en|i|och|og|ja|oraz|és|și|ve|dan|και|и|і|та)"
_BETWEEN_NAMES = re.compile(rf"\s*[,;/&]\s*(?:{_AND}\s+)?|\s+{_AND}\s+")
_IN_PLACE = re.compile(  # "Ada Lind in Els and Bo Ek in New Quay": others follow
    rf"\s+in\s+[^\W\d_a-zß-ÿ][\w.'\u2019-]*(?:\s[^\W\d_a-zß-ÿ][\w.'\u2019-]*){{0,2}}"
    rf"(?=\s*[,;&]\s*(?:{_AND}\s+)?[^\W\d_a-zß-ÿ]|\s+{_AND}\s+[^\W\d_a-zß-ÿ])"
)
_IN_CAPITALS = re.compile(  # "ADA LIND Harbour Reporter"
    r"(?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'\u2019-]*\s){2,4}(?=\w+[a-zß-ÿ])"
)
_LINE_ENDS = frozenset((
    "br", "hr", "div", "p", "ul", "ol", "li", "table", "tr", "td", "h1", "h2", "h3", "h4", "h5", "h6", "section",
    "article", "header", "footer", "figure", "img", "form", "dl", "dt", "dd", "main", "blockquote",
))  # fmt: skip
_UNSEEN = frozenset(("script", "style", "noscript"))


def signed(tree: HtmlElement, headline: HtmlElement | None, site: str | None, host: str | None) -> tuple[str, ...]:
    """Names in the byline next to the headline, in order.

    A line that begins with "by" goes before what is only marked as an author's name, unless it stands far behind it.

    Args:
        tree: The parsed page; not changed.
        headline: Its main heading.
        site, host: Names of the site, which is no author.
    """
    names: list[str] = []
    holders: set[HtmlElement] = set()
    at = 0
    last = _NEAR
    for n, element in enumerate(islice(tree.iter() if headline is None else from_heading(headline), _NEAR)):
        if n <= last and headline is not None and (led := _led(element, site, host) or _reporters(element)):
            return led
        if not _is_signature(element) or stands_elsewhere(element):
            continue
        line = _line(_shown(element))
        found = [name for name in author_names([line], site, host) if _is_name(name)]
        above = set(islice(element.iterancestors(), _SHARED))
        if found and (not names or (n <= at + _TOGETHER and holders.intersection(above))):
            names += found
            holders = holders or above
            at, last = n, min(last, n + _TOGETHER)
    if not names and headline is not None:
        return _unlabelled(tree, headline, site, host) or _by_one_name(headline, site, host)
    # an element around a name holds it with the author's office: "Ada Lind Staff"
    return tuple(dict.fromkeys(n for n in names if not any(m != n and m in n for m in names)))


def _unlabelled(tree: HtmlElement, headline: HtmlElement, site: str | None, host: str | None) -> tuple[str, ...]:
    """Names in front of a place and a date, right below the headline: ``Ada Lind | Els | 2 April 2026``.

    A rubric may stand there as well, but the page links to it.
    """
    for element in islice(from_heading(headline), _NEXT):
        parts = [p for p in _BARS.split(_line(_shown(element))) if p] if len(element) <= _PARTS_MOST else []
        if len(parts) < _PARTS or not _YEAR.search(parts[-1]) or sum(map(len, parts)) > _LED_CHARS:
            continue
        names = author_names(parts[:1], site, host)
        if names and all(map(_is_name, names)) and not stands_elsewhere(element):
            linked = {text_in(a) for a in tree.iter("a")}
            return () if linked.intersection(names) else names
    return ()


def _by_one_name(headline: HtmlElement, site: str | None, host: str | None) -> tuple[str, ...]:
    """The name of an author who goes by one, as hAtom marks it: ``<a rel="author" class="fn">Ada</a>``."""
    for element in islice(from_heading(headline, "a", "span", "cite"), _NEAR):
        if element.get("rel") != "author" and "fn" not in (element.get("class") or "").split():
            continue
        names = author_names([_line(_shown(element))], site, host)
        if len(names) == 1 and _ONE_NAME.fullmatch(names[0]) and not stands_elsewhere(element):
            return names
    return ()


def _reporters(element: HtmlElement) -> tuple[str, ...]:
    """Reporters in an element's own first text, as Korean, Chinese and Japanese pages name them."""
    text = (element.text or "").strip()
    found = reporters_in([text]) if text and element.tag not in _UNSEEN else ()
    return () if found and stands_elsewhere(element) else found


def _led(element: HtmlElement, site: str | None, host: str | None) -> tuple[str, ...]:
    """Names in a line that begins with "by", in some language, in an element or behind it."""
    for text, rest, itself in ((element.text, _within, False), (element.tail, _following, True)):
        if not text or text.isspace():
            continue
        lead = LEAD.match(text) or _DATED_LEAD.match(text)
        if not lead or stands_elsewhere(element):
            continue
        line = _line(chain((text[lead.end() :],), rest(element)))
        if len(line) > _LED_CHARS or len(_line(_before(element, itself))) > _BEFORE_CHARS:
            continue
        if names := _names_first(line.lstrip("| "), site, host):
            return names
    return ()


def _names_first(line: str, site: str | None, host: str | None) -> tuple[str, ...]:
    """Names at the beginning of a line, up to what is no name."""
    line = _IN_PLACE.sub("", line)
    end = _BEHIND_NAMES.search(line)
    parts = _BETWEEN_NAMES.split(line[: end.start()] if end else line)
    names: list[str] = []
    for part in parts:
        capitals = _IN_CAPITALS.match(part)
        name = capitals[0] if capitals else part
        found = author_names([name], site, host)
        if not found or not _is_name(found[0]):
            break
        names.append(name)
    return author_names(names, site, host)


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and not any(w[0].islower() and not w.isascii() for w in text.split())


def _shown(element: HtmlElement) -> Iterator[str]:
    """The texts of an element that readers see."""
    for inner in element.iter():
        if inner.tag not in _UNSEEN:
            yield inner.text or ""
        if inner is not element:
            yield inner.tail or ""


def _line(texts: Iterable[str]) -> str:
    """Texts in one line, with a bar where elements part letters that would be a word otherwise; not many of them."""
    line = ""
    for text in islice(texts, _PIECES):
        line += "|" + text if line[-1:].isalnum() and text[:1].isalnum() else text
    return " ".join(line.split())


def _within(element: HtmlElement) -> Iterator[str]:
    """What follows an element's own first text in the same line."""
    for child in element:
        if child.tag in _LINE_ENDS:
            return
        yield from _shown(child)
        yield child.tail or ""
    if element.tag not in _LINE_ENDS:
        yield element.tail or ""
        yield from _following(element)


def _following(element: HtmlElement) -> Iterator[str]:
    """What follows an element's tail in the same line."""
    for sibling in element.itersiblings():
        if sibling.tag in _LINE_ENDS:
            return
        yield from _shown(sibling)
        yield sibling.tail or ""


def _before(element: HtmlElement, itself: bool) -> Iterator[str]:
    """What stands before an element in the same line, backwards; with `itself`, before its tail."""
    if itself:
        if element.tag in _LINE_ENDS:
            return
        yield from _shown(element)
    while element.tag not in _LINE_ENDS:
        for sibling in element.itersiblings(preceding=True):
            yield sibling.tail or ""
            if sibling.tag in _LINE_ENDS:
                return
            yield from _shown(sibling)
        parent = element.getparent()
        if parent is None:
            return
        yield parent.text or ""
        element = parent


def _is_signature(element: HtmlElement) -> bool:
    if element.tag not in ("a", "span", "div", "p", "address", "li") or len(element) > 8:
        return False
    if element.tag == "a" and (element.get("rel") == "author" or _PATH.search(element.get("href") or "")):
        return True
    names = f"{element.get('class') or ''} {element.get('data-testid') or ''}"
    return bool(_NAME_CLASS.search(names) or element.get("itemprop") in ("author", "author name"))
