"""How a pair was judged, measure by measure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.article import Relation
from pipeline.fold.forest import forests
from pipeline.fold.link import compare
from pipeline.fold.measures import MEASURES, NAMES
from pipeline.fold.relate import GROUPING, RULES, TOGETHER, reasons, relate

__all__ = ["Explanation", "Weighed", "explain"]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A measure of the pair.

    Attributes:
        value: None where it is not known.
        says: The value in words.
        weight: How far it moved the score: above 0 towards one story.
    """

    name: str
    value: float | None
    says: str
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A pair and what is said about it.

    Attributes:
        earlier, later: Article ids.
        relation: What the later is to the earlier; None where too little is shared for a link.
        rule: Which rule decided; why: the rule in words, and what spoke most for it.
        one_story: Whether the relation puts both into one story.
        score: Log of the odds that a reader would call the two one story; base: where it starts from.
        measures: All of them, the weightiest first.
    """

    earlier: str
    later: str
    relation: str | None
    rule: str
    why: tuple[str, ...]
    one_story: bool
    needs_review: bool
    score: float
    base: float
    jaccard: float
    containment_earlier: float
    containment_later: float
    measures: tuple[Weighed, ...]


def explain(articles: pa.Table) -> Explanation:
    """Compare the two rows of `articles` (columns as in `pipeline.fold.link.COMPARED`)."""
    first, second = np.array([0], np.int32), np.array([1], np.int32)
    a, b, _, found = compare(articles, first, second)
    verdict = relate(found)
    ids, hashes = articles["article_id"].to_pylist(), articles["text_hash"].to_pylist()
    equal = hashes[0] == hashes[1]
    relation = Relation.EXACT if equal else None if verdict.relation[0] < 0 else list(Relation)[verdict.relation[0]]
    forest = forests(NAMES)[0][TOGETHER]
    weights = forest.credit(found.matrix)[0]
    measures = [
        Weighed(m.name, None if math.isnan(x) else float(x), "not known" if math.isnan(x) else m.words(x), float(w))
        for m, x, w in zip(MEASURES, found.matrix[0], weights, strict=True)
    ]
    return Explanation(
        earlier=ids[a[0]],
        later=ids[b[0]],
        relation=relation.value if relation else None,
        rule="equal_text" if equal else list(RULES)[verdict.rule[0]],
        why=("the normalised texts are equal",) if equal else tuple(reasons(found, verdict, np.array([0]))[0]),
        one_story=relation in GROUPING,
        needs_review=bool(verdict.needs_review[0]) and not equal,
        score=float(verdict.score[0]),
        base=forest.base,
        jaccard=float(found.jaccard[0]),
        containment_earlier=float(found.of_a[0]),
        containment_later=float(found.of_b[0]),
        measures=tuple(sorted(measures, key=lambda m: -abs(m.weight))),
    )
