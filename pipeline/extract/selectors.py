"""Trafilatura's costliest XPath expressions, answered from memory.

Most of them ask each element of a page whether its class or id matches a long regular expression, which lxml answers by
calling back into Python, several times for each element: a third of the time of a page. Yet the answer depends on the
element's name and a few attributes only, and these are alike all over a page and all over a site. So each expression is
put to one specimen of each kind, and what it says is remembered. Nothing of the expressions is written anew: one that
asks for more than an element's own attributes is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, MutableSequence, Sequence
from importlib import import_module
from itertools import compress
from typing import Any, NamedTuple

from lxml.etree import Element, SubElement, XPath
from lxml.html import HtmlElement
from trafilatura import xpaths

__all__ = ["Remembered", "any_of", "install"]

_NAMESPACES = {"re": xpaths.REGEXP_NS}
_MAX_KINDS = 20_000  # remembered by one expression, six megabytes at most; 211 sites have 6,800
_LISTS = (
    "RAW_TREE_PRUNE_XPATH", "REMOVE_COMMENTS_XPATH", "REMOVE_COMMENTS_AND_LISTS_XPATH", "OVERALL_DISCARD_XPATH",
    "TEASER_DISCARD_XPATH", "PRECISION_DISCARD_XPATH", "BODY_XPATH", "AUTHOR_XPATHS", "AUTHOR_DISCARD_XPATHS",
)  # fmt: skip
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_SELF = re.compile(r"self::(\w+)")
_OWN = re.compile(r"@([\w-]+)")
_BEYOND = re.compile(r"/|::|\*|\b(?:position|last|count|text|node)\b|^\s*\d+\s*$")


class Remembered:
    """Selects what an XPath expression selects, in document order.

    Args:
        expression: Of the form ``.//*[…]…``, ``.//*[…]…[1]``, ``(.//*[…]…)[1]`` or ``//*[…]…``, its predicates on names
            and attributes of the element itself. If there are more predicates, or other expressions joined to it by
            ``|``, the expression itself is asked when something passes the first or the others find something.

    Attributes:
        expression: As given.
        tags: Names of the elements that it is about; none for all.
        form: How it is made.

    Raises:
        ValueError: It has another form.
    """

    def __init__(self, expression: XPath) -> None:
        form = _read(expression.path)
        if form is None:
            raise ValueError(f"not an expression on an element's own attributes: {expression.path}")
        self.expression = expression
        self.form = form
        self._others = XPath(form.others, namespaces=_NAMESPACES) if form.others else None
        self._ask = XPath(f".//*{form.own}", namespaces=_NAMESPACES)
        blank = _blank(form.own)
        self.tags = tuple(_SELF.findall(blank.partition("]")[0]))
        self._by_tag = "self::" in blank.partition("]")[2]
        self._names = tuple(dict.fromkeys(_OWN.findall(blank)))
        self._ordered = "@id|@class" in blank
        self._known: dict[Hashable, bool] = {}

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        try:
            hits = self._hits(tree)
        except ValueError:  # too many kinds; or an attribute with characters that lxml reads but does not write
            return _select(self.expression, tree)
        form = self.form
        if self._others is not None:
            others = _select(self._others, tree)
            if not hits:
                return others
            if others:
                return _select(self.expression, tree)
        if not hits or (form.whole and form.pick is None):
            return hits
        if not form.whole:
            return _select(self.expression, tree)
        return hits[:1] if form.pick == "first" else _first_children(hits)

    def _hits(self, tree: HtmlElement) -> list[HtmlElement]:
        tags = self.tags or ("*",)
        everywhere = self.form.everywhere
        elements = list(tree.getroottree().getroot().iter(*tags) if everywhere else tree.iterdescendants(*tags))
        kinds = self._kinds(elements)
        known = self._known
        answers = list(map(known.get, kinds))
        if None in answers:
            specimens = {k: e for k, e, answer in zip(kinds, elements, answers, strict=True) if answer is None}
            if len(specimens) > _MAX_KINDS:
                raise ValueError("nothing of this page is like another")
            if len(known) + len(specimens) > _MAX_KINDS:
                known.clear()
                specimens = dict(zip(kinds, elements, strict=True))
            known.update(zip(specimens, self._answers(specimens.values()), strict=True))
            answers = list(map(known.get, kinds))
        return list(compress(elements, answers))

    def _kinds(self, elements: list[HtmlElement]) -> list[Hashable]:
        """For each element what the answer depends on; a column at a time, as this is done for millions."""
        columns: dict[str, list[object]] = {name: [e.get(name) for e in elements] for name in self._names}
        if self._by_tag:
            columns["self"] = [e.tag for e in elements]
        if self._ordered:  # @id|@class is what stands first
            columns["|"] = [
                i is not None and c is not None and (names := e.keys()).index("id") < names.index("class")
                for e, i, c in zip(elements, columns["id"], columns["class"], strict=True)
            ]
        if not columns:
            raise ValueError("it asks for no attribute")
        return list(zip(*columns.values(), strict=True))

    def _answers(self, elements: Iterable[HtmlElement]) -> list[bool]:
        """Of specimens of the elements: without content, each a child of one root."""
        root = Element("root")
        names = self._names
        specimens = [
            SubElement(root, e.tag if self.tags else "any", {k: v for k, v in e.items() if k in names})
            for e in elements
        ]
        selected = set(_select(self._ask, root))
        return [s in selected for s in specimens]


def install() -> None:
    """Put remembered expressions into trafilatura's lists, for this process. May be called again."""
    for name in _LISTS:
        expressions: MutableSequence[XPath | Remembered] = getattr(xpaths, name)
        expressions[:] = [_remembered(e) for e in expressions]
    baseline: Any = import_module("trafilatura.baseline")  # the package has a function of this name
    baseline.BASIC_CLEAN_XPATH = _remembered(baseline.BASIC_CLEAN_XPATH)


def any_of(expressions: Sequence[XPath | Remembered]) -> XPath | Remembered:
    """An expression for each element that one of `expressions` may select, and perhaps for more: one way to ask all."""
    known = [
        e for e in expressions if isinstance(e, Remembered) and e.tags and not e.form.everywhere | bool(e.form.others)
    ]
    if len(known) < len(expressions):
        return XPath(".")
    named = " or ".join(f"self::{tag}" for tag in dict.fromkeys(tag for e in known for tag in e.tags))
    passing = " or ".join(f"({' and '.join(f'({p})' for p in e.form.predicates)})" for e in known)
    return Remembered(XPath(f".//*[{named}][{passing}]", namespaces=_NAMESPACES))


def _remembered(expression: XPath | Remembered) -> XPath | Remembered:
    return Remembered(expression) if isinstance(expression, XPath) and _read(expression.path) else expression


class _Form(NamedTuple):
    predicates: tuple[str, ...]  # on the element alone
    whole: bool  # whether they are all there are
    pick: str | None = None  # "first": of all that pass, "child": of the children of one parent
    everywhere: bool = False  # from the document's root on, not below the element that is asked about
    others: str | None = None  # expressions joined to it by |

    @property
    def own(self) -> str:
        return "".join(f"[{predicate}]" for predicate in self.predicates)


def _read(path: str) -> _Form | None:
    """How an expression is made; None if it is of another form than `Remembered` takes."""
    parts = _split(path)
    if len(parts) > 1:
        read = {part: form for part in parts if (form := _read(part)) and form.whole and not form.pick}
        if len(read) != 1:
            return None
        (part, form), *_ = read.items()
        return form._replace(others="|".join(p for p in parts if p != part))
    path, blank, pick = path.strip(), _blank(path.strip()), None
    if re.fullmatch(r"\(.*\)\s*\[\s*1\s*\]", blank, re.DOTALL):
        end = blank.rindex(")")
        path, blank, pick = path[1:end].strip(), blank[1:end].strip(), "first"
    elif found := re.search(r"\[\s*1\s*\]$", blank):
        path, blank, pick = path[: found.start()].strip(), blank[: found.start()].strip(), "child"
    if not blank.startswith((".//*[", "//*[")):
        return None
    everywhere = blank.startswith("//")
    begin = blank.index("[")
    own: list[str] = []
    start, depth = begin, 0
    for end, c in enumerate(blank[begin:], begin + 1):
        depth += (c == "[") - (c == "]")
        if depth < 0 or (depth == 0 and c not in "] \n\t"):
            return None
        if depth == 0 and c == "]":
            start = blank.index("[", start) + 1
            if _BEYOND.search(_SELF.sub("", blank[start : end - 1])):
                return _Form(tuple(own), False, pick, everywhere) if own else None
            own.append(path[start : end - 1])
            start = end
    return _Form(tuple(own), True, pick, everywhere) if own and depth == 0 else None


def _split(path: str) -> list[str]:
    """The expressions that ``|`` joins, outside of predicates and brackets."""
    parts, start, depth = [], 0, 0
    for n, c in enumerate(_blank(path)):
        depth += (c in "([") - (c in ")]")
        if c == "|" and depth == 0:
            parts.append(path[start:n])
            start = n + 1
    return [*parts, path[start:]]


def _blank(path: str) -> str:
    """The expression with its string literals blotted out, at the same length."""
    return _LITERAL.sub(lambda m: "'" + " " * (len(m[0]) - 2) + "'", path)


def _select(expression: XPath, tree: HtmlElement) -> list[HtmlElement]:
    found: Any = expression(tree)
    return list(found)


def _first_children(elements: list[HtmlElement]) -> list[HtmlElement]:
    first: dict[HtmlElement | None, HtmlElement] = {}
    for element in elements:
        first.setdefault(element.getparent(), element)
    return list(first.values())
