"""What one article is to an earlier one: a table of rules over what the two share.

A pure decision: features in, relation and reasons out. The rules are tried in order and the first that holds decides.
Overlap alone is not enough (DESIGN: any common rule reaches F1 .6 against a reader): what separates a new edition from
a filled-in form is whether the *numbers and names* agree, and what separates an excerpt from a digest is *where* in
the longer text the shared passage stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.article import Relation
from pipeline.fold.verify import Evidence

__all__ = ["GROUPING", "Pairs", "Verdict", "pairs", "relate"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

GROUPING = frozenset(
    {Relation.EXACT, Relation.SAME_VERSION, Relation.REVISION, Relation.EXCERPT, Relation.EXPANSION}
)  # the relations that put two articles into one story

# How far a share may lie from a threshold before the decision counts as sure.
_DOUBT = 0.04


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of articles by what they share; a is the earlier one. All arrays have one value a pair.

    Attributes:
        jaccard: Shared shingles divided by all.
        of_a, of_b: Share of the shingles of a that b has, and the other way round.
        share: Share of the tokens of the shorter text inside shared passages; share_long: of the longer.
        shared: Shared shingles.
        ratio: Length of the shorter divided by the longer, in tokens; short: length of the shorter.
        b_shorter: Whether b is the shorter.
        run: Tokens in the longest shared passage.
        covered: Tokens of the shorter text inside shared passages.
        numbers: Share of the shorter list of numbers found in the other; 1 where either has none.
        names: The same for capitalised words.
        swaps: Share of the shared passages whose short gap to the next differs in its numbers: the mark of a form.
        head: Share of the first 40 tokens of the longer text that the shorter has.
        hours: Between the two.
        same_article: Same wire id or address: versions of one article by definition. same_source: Same source.
    """

    jaccard: Floats
    of_a: Floats
    of_b: Floats
    share: Floats
    share_long: Floats
    shared: NDArray[np.int32]
    ratio: Floats
    short: NDArray[np.int32]
    b_shorter: Bools
    run: NDArray[np.int32]
    covered: NDArray[np.int32]
    numbers: Floats
    names: Floats
    swaps: Floats
    swapped: NDArray[np.int32]
    head: Floats
    hours: Floats
    same_article: Bools
    same_source: Bools


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about each pair.

    Attributes:
        relation: Index into ``list(Relation)``; -1 where nothing worth keeping is shared.
        rule: Index into `RULES`.
        needs_review: A slightly higher or lower overlap would have changed whether the two belong together.
    """

    relation: NDArray[np.int8]
    rule: NDArray[np.int8]
    needs_review: Bools

    def relations(self) -> list[str]:
        names = [r.value for r in Relation]
        return [names[r] for r in self.relation]

    def rules(self) -> list[str]:
        return [RULES[r].name for r in self.rule]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: what it is called, when it holds, what it decides, and why in plain words."""

    name: str
    holds: Callable[[Pairs], Bools]
    relation: Relation | None
    why: str


def _template(p: Pairs) -> Bools:
    # House style changes numbers, too ($200bn, $200 billion), but on the same day and around the same names.
    apart = (p.hours > 12) | (p.names < 0.9) | (p.share < 0.85)
    filled_in = (p.swapped >= 2) & (p.swaps > 0.12) & (p.numbers < 0.85) & apart
    # A short form has room for one or two numbers: then other numbers, or other names, are telling by themselves.
    short_form = (p.short < 100) & (p.swapped >= 1) & (p.numbers < 0.8)
    later_form = (p.short < 60) & (p.hours > 3) & ((p.numbers < 0.85) | (p.names < 0.85) | (p.share < 0.95))
    other_names = (p.short < 100) & (p.names < 0.7) & (p.numbers < 1) & (p.share < 0.9)
    return (p.share > 0.25) & (filled_in | short_form | later_form | other_names)


def _whole(p: Pairs) -> Bools:
    return p.share >= 0.61


RULES: tuple[Rule, ...] = (
    Rule("same_article_same_text", lambda p: p.same_article & (p.jaccard >= 0.97) & (p.numbers == 1), Relation.SAME_VERSION,
         "versions of one wire item or address that hardly differ"),
    Rule("same_article", lambda p: p.same_article & (p.share >= 0.25), Relation.REVISION,
         "versions of one wire item or address"),
    Rule("form", _template, Relation.TEMPLATE, "the same form with other numbers in it"),
    Rule("inside_longer", lambda p: _whole(p) & (p.ratio < 0.45) & (p.head < 0.3) & (p.share_long < 0.45), Relation.COMPOSITE,
         "stands whole inside a longer text that begins with something else"),
    Rule("later_edition", lambda p: _whole(p) & p.same_source & (p.ratio >= 0.3) & ((p.share_long < 0.9) | (p.numbers < 1)), Relation.REVISION,
         "most of it is the same, from the same publisher, with changes in substance"),
    Rule("near_identical", lambda p: _whole(p) & (p.ratio >= 0.6) & (p.share_long >= 0.6) & (p.jaccard >= 0.6), Relation.SAME_VERSION,
         "most of both texts is the same"),
    Rule("cut", lambda p: _whole(p) & (p.ratio < 0.6) & p.b_shorter, Relation.EXCERPT, "most of it is taken from the earlier, longer text"),
    Rule("padded", lambda p: _whole(p) & (p.ratio < 0.6) & ~p.b_shorter, Relation.EXPANSION, "most of the earlier text stands in it, with more around it"),
    Rule("rewritten", _whole, Relation.REVISION, "most of the text is the same, but not all"),
    Rule("reworked_at_once", lambda p: (p.share >= 0.41) & (p.head >= 0.4) & (p.hours <= 6) & (p.ratio >= 0.3), Relation.REVISION,
         "nearly half is the same, it begins the same way, and it came within hours"),
    Rule("light_rewrite", lambda p: (p.share >= 0.45) & (p.share_long >= 0.4) & (p.names >= 0.75) & (p.numbers >= 0.75), Relation.REVISION,
         "about half of both texts is the same, and names and numbers agree"),
    Rule("long_passages", lambda p: (p.run >= 30) | (p.covered >= 60), Relation.COMPOSITE,
         "takes long passages, beside much of its own"),
    Rule("short_passages", lambda p: (p.shared >= 4) & (p.covered >= 12), Relation.SHARED_QUOTES, "shares quotes or background only"),
    Rule("nothing", lambda p: np.ones(len(p.jaccard), bool), None, "shares stock phrases only"),
)  # fmt: skip

_CODES = np.array([-1 if r.relation is None else list(Relation).index(r.relation) for r in RULES], np.int8)
_GROUPS = np.array([r.relation in GROUPING for r in RULES])


def pairs(evidence: Evidence, hours: Floats, same_article: Bools, same_source: Bools) -> Pairs:
    """What the pairs share, as shares."""
    e = evidence
    shared, a, b = (e[k].astype(np.float64) for k in ("shared", "shingles_a", "shingles_b"))
    tokens_a, tokens_b = e["tokens_a"], e["tokens_b"]
    b_shorter = tokens_b < tokens_a
    short, long = np.minimum(tokens_a, tokens_b), np.maximum(tokens_a, tokens_b)
    covered = np.where(b_shorter, e["covered_b"], e["covered_a"])
    covered_long = np.where(b_shorter, e["covered_a"], e["covered_b"])
    head_long = np.where(b_shorter, e["head_a"], e["head_b"])

    def agree(fact: str) -> Floats:
        fewer = np.minimum(e[f"{fact}_a"], e[f"{fact}_b"])
        return np.where(fewer > 0, _ratio(e[f"{fact}_shared"], fewer), 1.0)

    return Pairs(
        jaccard=_ratio(shared, a + b - shared),
        of_a=_ratio(shared, a),
        of_b=_ratio(shared, b),
        share=_ratio(covered, short),
        share_long=_ratio(covered_long, long),
        shared=e["shared"],
        ratio=_ratio(short, long),
        short=short,
        b_shorter=b_shorter,
        run=e["longest_run"],
        covered=covered,
        numbers=agree("numbers"),
        names=agree("names"),
        swaps=_ratio(e["swaps"], e["runs"]),
        swapped=e["swaps"],
        head=_ratio(head_long, np.minimum(long, 40)),
        hours=hours,
        same_article=same_article,
        same_source=same_source,
    )


def relate(p: Pairs) -> Verdict:
    """Decide about every pair."""
    rule = _decide(p)
    groups = _GROUPS[rule]
    doubt = np.zeros(len(rule), bool)
    for shift in (-_DOUBT, _DOUBT):
        doubt |= _GROUPS[_decide(_shifted(p, shift))] != groups
    return Verdict(_CODES[rule], rule, doubt & (_CODES[rule] >= 0))


def reasons(p: Pairs, verdict: Verdict, i: int) -> list[str]:
    """Why pair `i` was decided as it was, in plain words."""
    said = [
        RULES[verdict.rule[i]].why,
        f"{p.share[i]:.0%} of the shorter text and {p.share_long[i]:.0%} of the longer stand in shared passages",
        f"longest shared passage {p.run[i]} words",
        f"{p.numbers[i]:.0%} of numbers and {p.names[i]:.0%} of names agree",
    ]
    if p.swapped[i]:
        said.append(f"{p.swapped[i]} gaps of a few words hold other numbers")
    if verdict.needs_review[i]:
        said.append("close to the boundary of the rule")
    return said


def _decide(p: Pairs) -> NDArray[np.int8]:
    """The first rule that holds for each pair."""
    rule = np.full(len(p.jaccard), len(RULES) - 1, np.int8)
    for i in range(len(RULES) - 1, -1, -1):
        rule[RULES[i].holds(p)] = i
    return rule


def _shifted(p: Pairs, shift: float) -> Pairs:
    values = {name: getattr(p, name) for name in Pairs.__slots__}
    for name in ("share", "share_long", "head", "numbers"):
        values[name] = values[name] + shift
    return Pairs(**values)


def _ratio(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Floats:
    out = np.zeros(len(whole))
    np.divide(part, whole, out=out, where=whole != 0, casting="unsafe")
    return out
