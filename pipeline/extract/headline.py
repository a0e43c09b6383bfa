"""A page's headline and its site's name, told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from pipeline.text import letters

__all__ = [
    "Headline",
    "from_heading",
    "headline_in",
    "is_logo",
    "main_heading",
    "read_headline",
    "site_in",
    "stands_elsewhere",
    "text_in",
]

_SEPARATOR = re.compile(
    r"\s+[|/\u2013\u2014\u00b7\u2022:\u00ab\u00bb<>~-]+\s+|\s*\uff5c\s*|"
    # unspaced scripts set nothing off by blanks: "标题_频道_某网", "标题-某网"
    r"(?<=[^\x00-\u2fff])\s?_+\s?(?=[^\x00-\u2fff])|"
    r"(?<=[^\x00-\u2fff])\s?-{1,2}\s?(?=[^\x00-\u2fff]{2,10}$)"
)
_PREFIX = re.compile(r"([^:|]{2,40})(?::|\s\|)\s+(?=\S)")
_SITE_WORDS = 3
_UNSPACED_HEADLINE, _UNSPACED_SITE = 6, 12  # characters
_SITE_ENDS = re.compile(
    r"(?:网|網|报|報|新闻|新聞|频道|頻道|在线|在線|电视台|電視台|ニュース|オンライン|뉴스|일보|신문)$"
)
_RUBRIC = re.compile(r"[^\W\d_]+(?:\s[^\W\d_]+)?")
_RUBRIC_CHARS = 25
_MOTTO = re.compile(rf"{_SEPARATOR.pattern}|:\s+")
_HEADLINE = 20  # characters of a headline that can be told from a part of one
_BLANKS = 4  # in a headline of that length
_LONGEST = 300  # letters
_UNMARKED = ("div", "span", "td", "p", "b", "strong", "font", "big")
_LINKED = ("a", "nav", "li")
_NAMED = re.compile(
    r"(?:^|\s)(?:entry-title|contentheading|headline|(?:article|story|post|news)[-_]?(?:title|headline))(?:$|\s)",
    re.IGNORECASE,
)
_PARTS = 3  # elements in it at most
_HEADING = 8  # letters of a headline that can be told from a rubric
_FRONT_PAGE = re.compile(r"(?:(?:https?:)?//[^/?#]+/?|/)(?:index\.\w+)?")
_KICKER = 30  # characters of a rubric
_ELSEWHERE = frozenset(("aside", "footer", "nav"))
_OTHERS = re.compile(  # not the article in a layout that "has-sidebar", nor its "date-and-comments"
    r"(?<![\w-])comments?(?![\w-])|comments?[-_]?(?:list|section|area|body|thread|content|text|meta|author|item)|related|"
    r"(?<![\w-])(?:left-|right-|main-|site-)?sidebar(?![-_](?:active|collapsed|open|layout|enabled|visible))|"
    r"(?:^|[\s_-])aside|recirc|teaser|(?<![\w-])latest(?![\w-])|latest[-_]?(?:news|post|stor|article|video)|"
    r"popular|trending",
    re.IGNORECASE,
)
_OWN_FOOTER = re.compile(r"(?<![a-z])(?:meta|byline|submitted)(?![a-z])", re.IGNORECASE)  # Drupal's, below the headline
_AROUND = 5  # steps up to what holds the byline or something else; further up, names mean the page
_LABEL = re.compile(  # what stands in a heading beside the headline: its rubric, that one must pay, what machines read
    r"(?:^|[\s_-])(?:kicker|overline|eyebrow|roofline|topline|dachzeile|spitzmarke|label|badge|"
    r"sr-only|visually-hidden|screen-reader-text)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"(.*\S)\s+[(\[]([^()\[\]]+)[)\]]")


class Headline(NamedTuple):
    """What a page's titles say: the headline (empty when they say nothing else than the site's name) and the site."""

    text: str
    site: str | None


def read_headline(titles: Iterable[str], sites: Iterable[str | None], host: str | None) -> Headline:
    """The first title that is more than the site's name, without that name at its end or beginning.

    A part of a title is the site's name when it is one of `sites`, or reads like the host's name, or stands behind
    what another title has alone.

    Args:
        titles: Best first, as `page_metadata` gives them.
        sites: Names that the page gives its site.
        host: Host of the page's address.
    """
    titles = [line for title in titles if (line := " ".join(title.split()))]
    host_keys = _host_keys(host)
    keys = {_key(site) for site in sites if site} | host_keys
    titles = [_unbracketed(title, keys) for title in titles]
    named = next((part for title in titles for part in _site_parts(title, titles, host_keys)), None)
    if named:
        keys.add(_key(named))
    for title in titles:
        if (prefix := _PREFIX.match(title)) and _key(prefix[1]) in keys:
            title = title[prefix.end() :]
        parts, separators = _SEPARATOR.split(title), _SEPARATOR.findall(title)
        while len(parts) > 1 and _key(parts[0]) in keys:
            parts.pop(0)
            separators.pop(0)
        _pop_site(parts, separators, keys, host_keys)
        headline = "".join(p + s for p, s in zip(parts, [*separators, ""], strict=True)).strip()
        if headline and _key(headline) not in keys:
            return Headline(_without_kicker(_without_site(headline, titles), titles), named)
    return Headline("", named)


def _pop_site(parts: list[str], separators: list[str], keys: set[str], host_keys: set[str]) -> None:
    """Take the site's name from the end of a title, and rubrics that stand before it in the same way."""
    popped = ""
    while len(parts) > 1:
        last, separator = parts[-1], separators[-1].strip()
        is_site = (
            _key(last) in keys
            or separator in ("|", "\uff5c")
            or (separator == "_" and len(parts[0]) >= _UNSPACED_HEADLINE)
            or (len(last) <= _UNSPACED_SITE and _SITE_ENDS.search(last) is not None)
            or _extends_host(last, parts[0], host_keys)
        )
        is_rubric = (
            separator == popped
            and len(parts[0]) >= _HEADLINE
            and len(last) <= _RUBRIC_CHARS
            and _RUBRIC.fullmatch(last) is not None
        )
        if not (is_site or is_rubric):
            return
        parts.pop()
        separators.pop()
        popped = separator


def _extends_host(part: str, head: str, host_keys: set[str]) -> bool:
    """Whether a part is the site's name with a word more: ``BBC News`` at bbc.example."""
    if len(part.split()) > _SITE_WORDS or len(head) < _HEADLINE:
        return False
    return any(len(key) >= _SITE_WORDS and _key(part).startswith(key) for key in host_keys)


def main_heading(tree: HtmlElement, titles: Iterable[str]) -> HtmlElement | None:
    """The heading that has the greatest part of what the page's own data gives as its title; else the first ``h1``.

    A lower heading must have all of it, but for the site's name, where there is an ``h1``. On a page without any, it is
    the element that has all of it, or the only one that is named for a headline.

    Args:
        tree: The parsed page; not changed.
        titles: What the page's data gives as its title, the site's name perhaps with it.
    """
    titles = list(titles)
    keys = {_key(title) for title in titles}
    whole = keys | {_key(part) for title in titles if len(part := _SEPARATOR.split(title)[0]) >= _HEADLINE}
    highest = [(key, e) for e in tree.iter("h1") if not is_logo(e) and (key := _key(text_in(e)))]
    held = [(key, e) for key, e in highest if _is_held(key, keys)]
    if not held:
        lower = ((_key(text_in(e)), e) for e in tree.iter("h2", "h3", "h4"))
        held = [(key, e) for key, e in lower if (key in whole if highest else _is_held(key, keys))]
    found = max(held, key=lambda h: len(h[0]), default=next(iter(highest), None))
    return found[1] if found else _unmarked_heading(tree, whole)


def _unmarked_heading(tree: HtmlElement, titles: set[str]) -> HtmlElement | None:
    """What serves as the headline on a page without headings, such as a cell of a layout by tables."""
    named: list[HtmlElement] = []
    for element in tree.iter(*_UNMARKED):
        is_named = element.get("itemprop") == "headline" or _NAMED.search(element.get("class") or "")
        if not is_named and (len(element) or not element.text):
            continue
        key = _key(text_in(element)) if len(element) <= _PARTS else ""
        if len(key) < _HEADING or len(key) > _LONGEST or next(element.iterancestors(*_LINKED), None) is not None:
            continue
        if len(key) >= _HEADLINE - _BLANKS and key in titles:
            return element
        if is_named:
            named.append(element)
    return named[0] if len(named) == 1 and not stands_elsewhere(named[0]) else None


def _is_held(key: str, titles: set[str]) -> bool:
    return len(key) >= _HEADING and any(key in title for title in titles)


def from_heading(heading: HtmlElement, *tags: str) -> Iterator[HtmlElement]:
    """Elements from a heading on, in the order of the page; those of the `tags`, if any are given."""
    yield from heading.iter(*tags)
    for element in (heading, *heading.iterancestors()):
        for sibling in element.itersiblings():
            yield from sibling.iter(*tags)


def stands_elsewhere(element: HtmlElement) -> bool:
    """Whether an element beside the headline is of something else than the article."""
    return any(map(_is_elsewhere, (element, *islice(element.iterancestors(), _AROUND))))


def _is_elsewhere(element: HtmlElement) -> bool:
    name = f"{element.get('class')} {element.get('id')}"
    if element.tag == "footer" and _OWN_FOOTER.search(name):
        return False
    return element.tag in _ELSEWHERE or _OTHERS.search(name) is not None


def is_logo(heading: HtmlElement) -> bool:
    """Whether a heading is the site's name: it links to the front page."""
    return any(_FRONT_PAGE.fullmatch(a.get("href") or "") for a in heading.iter("a"))


def text_in(element: HtmlElement) -> str:
    """Text of an element in one line."""
    texts = element.itertext() if element.find(".//br") is None else _texts_outside(element, set())
    return " ".join("".join(texts).split())


def headline_in(heading: HtmlElement, titles: Iterable[str]) -> str:
    """Text of a heading without the elements in it that call themselves its label, if the page has it so elsewhere.

    Args:
        heading: A heading of the page.
        titles: What the page's data gives as its title; one of them must begin with the text without the labels.
    """
    whole = text_in(heading)
    labels = {e for e in heading.iterdescendants() if _LABEL.search(e.get("class") or "")}
    if not labels:
        return whole
    bare = " ".join("".join(_texts_outside(heading, labels)).split())
    key = _key(bare)
    if len(key) >= _HEADLINE and any(_key(title).startswith(key) for title in titles):
        return bare
    same = (title for title in titles if _key(title) == _key(whole))  # without what machines read between the parts
    return next(same, whole)


def _texts_outside(element: HtmlElement, left_out: set[HtmlElement]) -> Iterator[str]:
    """Texts in an element, in order; what is left out parts words, and so does a line break."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        if event == "end":
            yield inner.tail or "" if inner is not element else ""
        elif inner in left_out or inner.tag == "br":
            walk.skip_subtree()
            yield " "
        else:
            yield inner.text or ""


def site_in(name: str, host: str | None) -> str | None:
    """The part of a site's name that reads like its host, without the motto: ``Harbour Post | News of the coast``."""
    keys = _host_keys(host)
    return next((part.strip() for part in (name, *_MOTTO.split(name)) if _key(part) in keys), None)


def _host_keys(host: str | None) -> set[str]:
    return {_key(label) for label in (host or "", *(host or "").removeprefix("www.").split(".")[:-1])} - {""}


def _without_site(headline: str, titles: list[str]) -> str:
    """A heading may hold the site's name right behind the headline, as logo: another title has it set off."""
    for title in titles:
        head, *others = _SEPARATOR.split(title)
        behind = headline.removeprefix(head)
        if others and len(head) >= _HEADLINE and behind != headline and behind.strip() == others[-1]:
            return head
    return headline


def _without_kicker(headline: str, titles: list[str]) -> str:
    """A heading may hold a rubric before the headline: ``Opinion What the ferry means``; another title has it alone."""
    shorter = (t for t in titles if len(t) >= _HEADLINE and t != headline and _ends_with(headline, t))
    return next((t for t in shorter if len(headline) - len(t) <= _KICKER), headline)


def _ends_with(whole: str, part: str) -> bool:
    """Whether a title stands at the end, behind a blank or glued to what another element holds: ``OpinionWhat it``."""
    if not whole.endswith(part):
        return False
    before = whole[-len(part) - 1]
    return before == " " or (before.islower() and not part[0].islower())


def _site_parts(title: str, titles: list[str], host_keys: set[str]) -> list[str]:
    """Parts of a title that name the site."""
    parts = _SEPARATOR.split(title)
    ends = [parts[-1], parts[0]] if len(parts) > 1 else []
    behind = next((title[len(t) :] for t in titles if len(t) < len(title) and title.startswith(t)), "")
    separator = _SEPARATOR.match(behind)
    alone = separator is not None and _SEPARATOR.search(behind, separator.end()) is None
    return [p for p in ends if _key(p) in host_keys] or ([parts[-1]] if alone else [])


def _unbracketed(title: str, keys: set[str]) -> str:
    """A site's name in brackets at the end is set off like others: ``Ferry to run (Harbour Post)``."""
    found = _BRACKETED.fullmatch(title)
    return f"{found[1]} | {found[2]}" if found and _key(found[2]) in keys else title


def _key(name: str) -> str:
    """A site's name for comparing: ``The Harbour Post`` and ``harbourpost.example`` differ only in their ends."""
    return letters(re.sub(r"^(?:www\.|the\s)", "", name.casefold()))
