"""What is measured on a pair before it is judged: shares and counts with names, and how to say them in words.

"Shorter" and "longer" are the two texts by their number of words, of equal ones the earlier is the shorter. What is not
known (nobody stated a time, a headline) is not a number, and speaks neither for nor against.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.fold.verify import Evidence

__all__ = ["MEASURES", "NAMES", "Measure", "Pairs", "measure"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of articles by what they share; a is the earlier one. One value a pair, or one row.

    Attributes:
        matrix: (pairs, measures), columns as in `MEASURES`.
        jaccard: Shared shingles divided by all.
        of_a, of_b: Share of the shingles of a that b has, and the other way round.
        shared: Shared shingles. covered: words of the shorter text inside shared passages.
        b_shorter: Whether b is the shorter.
        dated: Whether times of both were stated, and differ.
        same_article: Same wire id or address: versions of one article by definition.
    """

    matrix: Floats
    jaccard: Floats
    of_a: Floats
    of_b: Floats
    shared: NDArray[np.int32]
    covered: NDArray[np.int32]
    b_shorter: Bools
    dated: Bools
    same_article: Bools

    def __getitem__(self, name: str) -> Floats:
        return np.asarray(self.matrix[:, NAMES.index(name)])


@dataclass(frozen=True, slots=True)
class _Sides:
    """Evidence by the shorter and the longer text."""

    evidence: Evidence
    b_shorter: Bools
    hours: Floats
    headline: Floats
    same_publisher: Floats

    def __getitem__(self, name: str) -> Floats:
        return self.evidence[name].astype(np.float64)

    def s(self, name: str) -> Floats:
        return np.where(self.b_shorter, self[f"{name}_b"], self[f"{name}_a"])

    def l(self, name: str) -> Floats:  # noqa: E743 - the longer
        return np.where(self.b_shorter, self[f"{name}_a"], self[f"{name}_b"])

    def of_s(self, name: str, whole: str = "tokens") -> Floats:
        return _ratio(self.s(name), self.s(whole))

    def of_l(self, name: str, whole: str = "tokens") -> Floats:
        return _ratio(self.l(name), self.l(whole))

    def agree(self, name: str) -> Floats:
        """Share of the shorter list that is in the other; not a number where one is empty."""
        fewer = np.minimum(self[f"{name}_a"], self[f"{name}_b"])
        return np.where(fewer > 0, _ratio(self[f"{name}_shared"], fewer), np.nan)

    def of_all(self, name: str) -> Floats:
        """Share of two lists together that is in both; not a number where both are empty."""
        every = self[f"{name}_a"] + self[f"{name}_b"] - self[f"{name}_shared"]
        return np.where(every > 0, _ratio(self[f"{name}_shared"], every), np.nan)

    def lesser(self, name: str) -> Floats:
        return np.minimum(self[f"{name}_a"], self[f"{name}_b"])


@dataclass(frozen=True, slots=True)
class Measure:
    """One column.

    Attributes:
        name: As in the fitted tables.
        groups: 1 where more can only speak for one story, -1 against it, 0 either way; None where it is only asked what
            kind of pair this is: counts grow with the texts, and a corpus of other texts would be misjudged by them.
        say: Its value in words; for what only holds or not, the words for either, no first.
        of: How it is computed.
    """

    name: str
    groups: int | None
    say: str
    of: Callable[[_Sides], Floats]

    def words(self, value: float) -> str:
        """A value of it, said to a person."""
        no, either, yes = self.say.partition("|")
        return (yes if value else no) if either else self.say.format(value)


MEASURES: tuple[Measure, ...] = (
    Measure("words", None, "the shorter text has {:.0f} words", lambda p: np.minimum(p["tokens_a"], p["tokens_b"])),
    Measure("words_long", None, "the longer text has {:.0f} words", lambda p: p.l("tokens")),
    Measure("ratio", 0, "the shorter is {:.0%} as long as the longer", lambda p: _ratio(p.s("tokens"), p.l("tokens"))),
    Measure("share", 1, "{:.0%} of the shorter text stands in shared passages", lambda p: p.of_s("covered")),
    Measure("share_long", 1, "{:.0%} of the longer text stands in shared passages", lambda p: p.of_l("covered")),
    Measure("jaccard", 1, "{:.0%} of all runs of five words are shared",
            lambda p: _ratio(p["shared"], p["shingles_a"] + p["shingles_b"] - p["shared"])),
    Measure("run_share", 1, "the longest shared passage is {:.0%} of the shorter text",
            lambda p: np.minimum(1, _ratio(p["longest_run"], p.s("tokens")))),
    Measure("run", None, "the longest shared passage has {:.0f} words", lambda p: p["longest_run"]),
    Measure("run_mean", None, "a shared passage has {:.0f} words on average", lambda p: _ratio(p.s("covered"), p["runs"])),
    Measure("aligned", 1, "{:.0%} of the shorter text has its like in the longer, in order", lambda p: p.of_s("same")),
    Measure("aligned_long", 1, "{:.0%} of the longer text has its like in the shorter", lambda p: p.of_l("same")),
    Measure("content", 1, "{:.0%} of what the shorter says stands in the longer, in order",
            lambda p: p.of_s("same_content", "content")),
    Measure("content_long", 1, "{:.0%} of what the longer says stands in the shorter",
            lambda p: p.of_l("same_content", "content")),
    Measure("threes", 1, "{:.0%} of the shorter text stands in runs of three shared words", lambda p: p.of_s("tri")),
    Measure("threes_long", 1, "{:.0%} of the longer text stands in runs of three shared words", lambda p: p.of_l("tri")),
    Measure("threes_content", 1, "{:.0%} of what the shorter says stands in runs of three shared words",
            lambda p: p.of_s("tri_content", "content")),
    Measure("threes_content_long", 1, "{:.0%} of what the longer says stands in runs of three shared words",
            lambda p: p.of_l("tri_content", "content")),
    Measure("narration", 1, "{:.0%} of the shorter text outside quotations is shared",
            lambda p: _ratio(p.s("same") - p.s("same_quoted"), p.s("tokens") - p.s("quoted"))),
    Measure("narration_long", 1, "{:.0%} of the longer text outside quotations is shared",
            lambda p: _ratio(p.l("same") - p.l("same_quoted"), p.l("tokens") - p.l("quoted"))),
    Measure("threes_narration", 1, "{:.0%} of the shorter text outside quotations stands in runs of three shared words",
            lambda p: _ratio(p.s("tri_narrated"), p.s("tokens") - p.s("quoted"))),
    Measure("threes_narration_long", 1,
            "{:.0%} of the longer text outside quotations stands in runs of three shared words",
            lambda p: _ratio(p.l("tri_narrated"), p.l("tokens") - p.l("quoted"))),
    Measure("stretch", 1, "the longest stretch of hardly edited text is {:.0%} of the shorter", lambda p: p.of_s("close")),
    Measure("vocabulary", 1, "{:.0%} of the words of the shorter are used in the longer",
            lambda p: _ratio(p["bag_shared"], p.lesser("bag"))),
    Measure("vocabulary_both", 1, "{:.0%} of all words are used in both",
            lambda p: _ratio(p["bag_shared"], p["bag_a"] + p["bag_b"] - p["bag_shared"])),
    Measure("lead", 1, "{:.0%} of the beginning of the shorter is said in the longer", lambda p: p.of_s("lead", "lead_size")),
    Measure("lead_long", 1, "{:.0%} of the beginning of the longer is said in the shorter",
            lambda p: p.of_l("lead", "lead_size")),
    Measure("lead_least", 1, "at least {:.0%} of each beginning is said in the other",
            lambda p: np.minimum(p.of_s("lead", "lead_size"), p.of_l("lead", "lead_size"))),
    Measure("lead_most", 1, "{:.0%} of one of the beginnings is said in the other text",
            lambda p: np.maximum(p.of_s("lead", "lead_size"), p.of_l("lead", "lead_size"))),
    Measure("numbers", 1, "{:.0%} of the numbers agree", lambda p: p.agree("numbers")),
    Measure("names", 1, "{:.0%} of the names agree", lambda p: p.agree("names")),
    Measure("figures", 1, "{:.0%} of the large figures agree", lambda p: p.agree("figures")),
    Measure("figures_both", 1, "{:.0%} of all large figures are in both", lambda p: p.of_all("figures")),
    Measure("values", 1, "{:.0%} of the numbers agree as a whole", lambda p: p.agree("values")),
    Measure("values_both", 1, "{:.0%} of all numbers are in both as a whole", lambda p: p.of_all("values")),
    Measure("own_values_rate", -1, "{:.1f} numbers of their own, each as a whole, per 100 words",
            lambda p: 100 * _ratio(p.lesser("values") - p["values_shared"], p.s("tokens"))),
    Measure("figures_shared", None, "{:.0f} large figures are in both", lambda p: p["figures_shared"]),
    Measure("own_numbers", None, "both have numbers of their own, at least {:.0f}", lambda p: p.lesser("own_numbers")),
    Measure("own_names", None, "both have names of their own, at least {:.0f}", lambda p: p.lesser("own_names")),
    Measure("own_numbers_rate", -1, "{:.1f} numbers of their own per 100 words",
            lambda p: 100 * _ratio(p.lesser("own_numbers"), p.s("tokens"))),
    Measure("own_names_rate", -1, "{:.1f} names of their own per 100 words",
            lambda p: 100 * _ratio(p.lesser("own_names"), p.s("tokens"))),
    Measure("other_numbers", None, "{:.0f} times other numbers stand in the same place", lambda p: p["number_slots"]),
    Measure("other_names", None, "{:.0f} times other names stand in the same place", lambda p: p["name_slots"]),
    Measure("other_numbers_rate", -1, "{:.1f} times per 100 words other numbers stand in the same place",
            lambda p: 100 * _ratio(p["number_slots"], p.s("tokens"))),
    Measure("other_names_rate", -1, "{:.1f} times per 100 words other names stand in the same place",
            lambda p: 100 * _ratio(p["name_slots"], p.s("tokens"))),
    Measure("slots_rate", 0, "{:.1f} places per 100 words are worded otherwise",
            lambda p: 100 * _ratio(p["slots"], p.s("tokens"))),
    Measure("other_words", -1, "{:.0%} of the shorter text is worded otherwise", lambda p: p.of_s("other")),
    Measure("other_words_long", 0, "{:.0%} of the longer text is worded otherwise", lambda p: p.of_l("other")),
    Measure("alone", -1, "the longest passage of the shorter that the longer lacks is {:.0%} of it",
            lambda p: p.of_s("alone")),
    Measure("alone_long", 0, "the longest passage of the longer that the shorter lacks is {:.0%} of it",
            lambda p: p.of_l("alone")),
    Measure("alone_words_long", None, "the longest passage of the longer that the shorter lacks has {:.0f} words",
            lambda p: p.l("alone")),
    Measure("own_words", None, "{:.0f} words of the shorter have no like in the longer", lambda p: p.s("tokens") - p.s("same")),
    Measure("own_words_long", None, "{:.0f} words of the longer have no like in the shorter",
            lambda p: p.l("tokens") - p.l("same")),
    Measure("added", 0, "{:.0%} of the shorter was put in between", lambda p: p.of_s("added")),
    Measure("added_long", 0, "{:.0%} of the longer was put in between", lambda p: p.of_l("added")),
    Measure("own_numbers_long", None, "the longer has {:.0f} numbers of its own", lambda p: p.l("own_numbers")),
    Measure("named_else", -1, "{:.0%} of the names in the shorter are not in the longer",
            lambda p: p.of_s("named_else", "named")),
    Measure("named_else_long", -1, "{:.0%} of the names in the longer are not in the shorter",
            lambda p: p.of_l("named_else", "named")),
    Measure("begins_at", 0, "what is shared begins after {:.0%} of the shorter", lambda p: p.of_s("first")),
    Measure("begins_at_long", 0, "what is shared begins after {:.0%} of the longer", lambda p: p.of_l("first")),
    Measure("ends_long", None, "{:.0f} words of the longer follow what is shared",
            lambda p: p.l("tokens") - p.l("first") - p.l("extent")),
    Measure("dense", 0, "{:.0%} of the longer, from its first to its last shared word, is shared",
            lambda p: p.of_l("same", "extent")),
    Measure("dense_short", 0, "{:.0%} of the shorter, from its first to its last shared word, is shared",
            lambda p: p.of_s("same", "extent")),
    Measure("extent", 0, "what is shared is spread over {:.0%} of the longer", lambda p: p.of_l("extent")),
    Measure("quoted", 0, "{:.0%} of the shorter stands in quotation marks", lambda p: p.of_s("quoted")),
    Measure("quoted_long", 0, "{:.0%} of the longer stands in quotation marks", lambda p: p.of_l("quoted")),
    Measure("head", 1, "{:.0%} of the first 40 words of the shorter stand in shared passages",
            lambda p: _ratio(p.s("head"), np.minimum(p.s("tokens"), 40))),
    Measure("head_long", 1, "{:.0%} of the first 40 words of the longer stand in shared passages",
            lambda p: _ratio(p.l("head"), np.minimum(p.l("tokens"), 40))),
    Measure("hours", -1, "published {:.1f} hours apart", lambda p: p.hours),
    Measure("headline", 1, "{:.0%} of the words of the shorter headline are in the other", lambda p: p.headline),
    Measure("later_shorter", 0, "the later is the longer|the later is the shorter",
            lambda p: np.where(p.hours > 0, p.b_shorter, np.nan)),
    Measure("same_publisher", 0, "from different publishers|from one publisher", lambda p: p.same_publisher),
)  # fmt: skip
NAMES = tuple(m.name for m in MEASURES)


def measure(evidence: Evidence, hours: Floats, headline: Floats, same_publisher: Floats, same_article: Bools) -> Pairs:
    """Measure pairs.

    Args:
        hours: Between the two; not a number where a time is not stated.
        headline: See `pipeline.fold.headlines`.
        same_publisher: 1 or 0; not a number where a publisher is not known.
    """
    sides = _Sides(evidence, evidence["tokens_b"] < evidence["tokens_a"], hours, headline, same_publisher)
    matrix = np.empty((len(hours), len(MEASURES)))
    for column, m in enumerate(MEASURES):
        matrix[:, column] = m.of(sides)
    shared = sides["shared"]
    return Pairs(
        matrix=matrix,
        jaccard=_ratio(shared, sides["shingles_a"] + sides["shingles_b"] - shared),
        of_a=_ratio(shared, sides["shingles_a"]),
        of_b=_ratio(shared, sides["shingles_b"]),
        shared=evidence["shared"],
        covered=sides.s("covered").astype(np.int32),
        b_shorter=sides.b_shorter,
        dated=hours > 0,
        same_article=same_article,
    )


def _ratio(part: Floats, whole: Floats) -> Floats:
    out = np.zeros(len(whole))
    np.divide(part, whole, out=out, where=whole != 0)
    return out
