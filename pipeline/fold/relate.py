"""What one article is to an earlier one: a pure decision over what the two share, with its reasons.

Versions of one wire item or address are known for what they are. About all other pairs the decision is a reader's, as
far as forests of small trees could learn it from pairs that readers judged (`pipeline.eval.fit`): first whether the two
belong into one story, then what kind of relation it is. No single overlap decides (any common rule reaches F1
.6 against a reader). A new edition is told from a filled-in form by whether *numbers and names* agree where the wording
does, an excerpt from a digest by *where* in the longer text the shared passage stands, a rewrite from an independent
report by what is shared *outside quotations*.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.article import Relation
from pipeline.fold.forest import forests
from pipeline.fold.measures import MEASURES, NAMES, Pairs

__all__ = ["GROUPING", "PARTIAL", "RULES", "Verdict", "reasons", "relate"]

Bools = NDArray[np.bool_]

GROUPING = frozenset({Relation.EXACT, Relation.SAME_VERSION, Relation.REVISION, Relation.EXCERPT, Relation.EXPANSION})
"""The relations that put two articles into one story."""

PARTIAL = frozenset(Relation) - GROUPING
"""Those of articles that share a part only."""

TOGETHER = "together"  # name of the forest that tells whether a pair is one story
KINDS: tuple[tuple[Relation, ...], tuple[Relation, ...]] = (
    (Relation.SHARED_QUOTES, Relation.TEMPLATE, Relation.COMPOSITE),
    (Relation.SAME_VERSION, Relation.REVISION, Relation.EXCERPT),
)  # kinds of pairs apart and together; each has a forest

RULES = {
    "same_article_same_text": "versions of one wire item or address that hardly differ",
    "same_article": "versions of one wire item or address",
    "inside_digest": "stands inside a longer text that begins with something else",
    "one_story": "a reader would call them one story",
    "apart": "a reader would not call them one story",
}

_ONE_STORY = list(RULES).index("one_story")  # from here on the forests decided
_SAID = 4  # measures named in the reasons
_MIN_SHARED, _MIN_COVERED = 4, 12  # shingles, words: less is a stock phrase, not worth a link …
_MUCH, _MOST = 0.25, 0.5  # … unless it is much of two short texts (Jaccard), or most of one (containment)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about each pair.

    Attributes:
        relation: Index into ``list(Relation)``; -1 where nothing worth keeping is shared.
        rule: Index into `RULES`.
        score: Log of the odds that a reader would call the two one story, beyond those that it takes.
        needs_review: The score is among those that readers' judgements leave open.
    """

    relation: NDArray[np.int8]
    rule: NDArray[np.int8]
    score: NDArray[np.float64]
    needs_review: Bools

    def rules(self) -> list[str]:
        names = list(RULES)
        return [names[r] for r in self.rule]


def relate(p: Pairs, review_share: float = 0.1) -> Verdict:
    """Decide about every pair.

    Args:
        review_share: So many of the pairs that readers judged lie as near to the boundary as one that needs review.
    """
    judges, doubt = forests(NAMES)
    score = judges[TOGETHER].score(p.matrix)
    together = score > 0
    relation = np.full(len(score), -1, np.int8)
    codes = {r: n for n, r in enumerate(Relation)}
    for belongs, kinds in enumerate(KINDS):
        rows = np.flatnonzero(together == bool(belongs))
        votes = np.column_stack([judges[kind.value].score(p.matrix[rows]) for kind in kinds])
        relation[rows] = np.array([codes[kind] for kind in kinds], np.int8)[votes.argmax(axis=1)]
    relation[~p.b_shorter & ((relation == codes[Relation.EXCERPT]) | (together & _padded(p)))] = codes[
        Relation.EXPANSION
    ]
    much = (p.jaccard >= _MUCH) | (np.maximum(p.of_a, p.of_b) >= _MOST)
    relation[~together & ~much & ((p.shared < _MIN_SHARED) | (p.covered < _MIN_COVERED))] = -1
    rule = np.where(together, _ONE_STORY, _ONE_STORY + 1).astype(np.int8)

    digest = together & _inside_digest(p)
    relation[digest] = codes[Relation.COMPOSITE]
    rule[digest] = _ONE_STORY - 1
    versions = p.same_article & (p["share"] >= 0.25)
    same_text = versions & (p.jaccard >= 0.97) & ~(p["numbers"] < 1)
    relation[versions] = np.where(same_text, codes[Relation.SAME_VERSION], codes[Relation.REVISION])[versions]
    rule[versions] = np.where(same_text, 0, 1)[versions]
    margin = doubt[round(review_share * 100) - 1] if review_share >= 0.01 else 0.0
    return Verdict(relation, rule, score, (np.abs(score) < margin) & ~versions & ~digest & (relation >= 0))


def _padded(p: Pairs) -> Bools:
    """Another publisher took the whole of an earlier text into a longer one; the same publisher would have revised."""
    elsewhere: Bools = p.dated & (p["same_publisher"] == 0)
    return elsewhere & (p["share"] >= 0.95) & (p["ratio"] <= 0.75)


def _inside_digest(p: Pairs) -> Bools:
    """A live file or a digest holds other texts whole. It begins with another item, and goes on to others: the two
    have nothing in common before the shared passage, which stands in one piece."""
    part = (p["ratio"] < 0.5) & (p["share_long"] < 0.5) & (p["dense"] >= 0.6)
    return part & (p["lead_long"] <= 0.1) & (p["begins_at_long"] >= 0.2)


def reasons(p: Pairs, verdict: Verdict, rows: NDArray[np.int64]) -> list[list[str]]:
    """Why the pairs in `rows` were decided as they were, in plain words: the rule, then what spoke most for it."""
    why = list(RULES.values())
    matrix = np.ascontiguousarray(p.matrix[rows])
    credit = forests(NAMES)[0][TOGETHER].credit(matrix)
    credit[verdict.score[rows] < 0] *= -1
    credit[np.isnan(matrix)] = 0
    most = np.argsort(-credit, axis=1, kind="stable")[:, :_SAID]
    said = []
    for n, row in enumerate(rows):
        words = [why[verdict.rule[row]]]
        if verdict.rule[row] >= _ONE_STORY:
            words += [MEASURES[m].words(matrix[n, m]) for m in most[n] if credit[n, m] > 0]
        if verdict.needs_review[row]:
            words.append("close to the boundary: readers would not agree")
        said.append(words)
    return said
