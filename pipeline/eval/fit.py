"""Fitting the forests that judge pairs (`pipeline/fold/verdicts.json`) on pairs that readers judged.

Quoted are figures on pairs that were left out: folds are made of whole families of texts (pairs that have a text in
common stay together), repeated, and, harder, one whole corpus is left out at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.article import Clock, Relation
from pipeline.eval.boost import Boosting, boost
from pipeline.eval.corpus import Corpus, LabelledPair, load_corpus
from pipeline.eval.fold import f1_rate, rate
from pipeline.eval.sample import sample_corpus
from pipeline.extract.wrapped import unwrapped
from pipeline.fold.forest import Forest
from pipeline.fold.link import compare
from pipeline.fold.measures import MEASURES, NAMES
from pipeline.fold.relate import KINDS, TOGETHER
from pipeline.sources.listing import as_utc
from pipeline.text import reading_form, text_hash

__all__ = ["Judged", "corpus_left_out", "fit", "judged", "left_out", "refit", "table"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WEIGHT = {4: 3.0, 3: 1.2, 2: 1.0, 1: 0.5}  # of a pair by the confidence in its label
_UNDATED = 0.15  # weight of a second copy of each pair without times and headlines: lakes do not always have them
_CONTEXT = [NAMES.index(n) for n in ("hours", "headline", "later_shorter", "same_publisher")]
_SIGNS = np.array([m.groups or 0 for m in MEASURES], np.int8)
_KINDS_ONLY = [n for n, m in enumerate(MEASURES) if m.groups is None]
_KIND = dict.fromkeys(("same_event", "boilerplate_only", "unrelated"), Relation.SHARED_QUOTES)
_FOLDS, _REPEATS = 10, 3
_CAUTION = 0.2  # log of the odds: a stranger in a story is worse than a version that is missing from it
_KIND_BOOSTING = Boosting(measures=0.3, min_weight=0.7)


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs that readers judged, measured.

    Attributes:
        matrix: (pairs, measures).
        together: What the reader said.
        kind: The relation that the reader's word means; empty where nobody said.
        confidence: 1 to 4. corpus: number of the corpus. family: number of the family of texts.
    """

    matrix: Floats
    together: NDArray[np.bool_]
    kind: NDArray[np.object_]
    confidence: Ints
    corpus: Ints
    family: Ints

    def some(self, rows: NDArray[np.bool_]) -> Judged:
        """Those of them."""
        return Judged(*(getattr(self, name)[rows] for name in self.__slots__))


def refit(folders: Sequence[Path], labels: Path | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fit on the labelled pairs of corpora, and on the sample wire.

    Args:
        labels: Folder of more labels: ``NAME.tsv`` or ``NAME_*.tsv`` for the corpus called NAME.

    Returns:
        What is to be kept as ``verdicts.json``; and how pairs that were left out were judged, of all pairs and of those
        judged with confidence 2 or 3: ``one_story`` (f1), ``corpus_left_out`` (f1, by forests that have seen nothing of
        the corpus), ``relation`` (share right), ``independent`` (share of the pairs of different stories, with no more
        in common than words or quotations, that were called one story). Rates are as in `evaluate_folding`.
    """
    corpora = [load_corpus(folder, labels) for folder in folders]
    pairs = judged([*corpora, sample_corpus()])
    scores, kinds = left_out(pairs)
    other = corpus_left_out(pairs)
    read = pairs.corpus < len(corpora)
    figures: dict[str, Any] = {"pairs": int(read.sum())}
    for name, rows in (("all", read), ("sure", read & (pairs.confidence >= 2))):
        truth = pairs.together[rows]
        apart = rows & ~pairs.together & (pairs.kind == Relation.SHARED_QUOTES)
        figures[name] = {
            "one_story": _mean([f1_rate(s[rows] > 0, truth) for s in scores]),
            "corpus_left_out": f1_rate(other[rows] > 0, truth),
            "relation": _mean([rate(_right(k, pairs)[rows]) for k in kinds]),
            "independent": _mean([rate(s[apart] > 0) for s in scores]),
        }
    return table(fit(pairs), scores[:, read]), figures


def _mean(rates: Sequence[dict[str, float]]) -> dict[str, float]:
    """Rates of repeats of one measurement, each with the interval of one."""
    return {name: float(np.mean([r[name] for r in rates])) for name in rates[0]}


def _right(kinds: NDArray[np.object_], pairs: Judged) -> NDArray[np.bool_]:
    """Whether a kind says what the reader said; see `pipeline.eval.fold.accepted`."""
    grown = pairs.together & (pairs.kind == Relation.COMPOSITE) & np.isin(kinds, (Relation.REVISION, Relation.EXCERPT))
    return np.asarray((kinds == pairs.kind) | grown, bool)


def judged(corpora: Sequence[Corpus]) -> Judged:
    """Measure the labelled pairs of some corpora."""
    parts = [_measured(corpus) for corpus in corpora]
    pairs = [(n, p) for n, corpus in enumerate(corpora) for p in corpus.labelled]
    return Judged(
        np.vstack(parts),
        np.array([p.should_group for _, p in pairs]),
        np.array([_KIND.get(p.relation, p.relation) for _, p in pairs], object),
        np.array([p.confidence for _, p in pairs]),
        np.array([n for n, _ in pairs]),
        _families(pairs),
    )


def fit(pairs: Judged) -> dict[str, Forest]:
    """All forests, by name."""
    weight = np.array([_WEIGHT[c] for c in pairs.confidence])
    shares = pairs.matrix.copy()
    shares[:, _KINDS_ONLY] = np.nan  # what nobody knows is never looked at
    together = _fit(shares, pairs.together, weight, _SIGNS, Boosting())
    forests = {TOGETHER: replace(together, base=together.base - _CAUTION)}
    free = np.zeros_like(_SIGNS)
    for belongs, kinds in enumerate(KINDS):
        rows = (pairs.together == bool(belongs)) & np.isin(pairs.kind, kinds)
        for kind in kinds:
            forests[kind.value] = _fit(pairs.matrix[rows], pairs.kind[rows] == kind, weight[rows], free, _KIND_BOOSTING)
    return forests


def left_out(pairs: Judged) -> tuple[Floats, NDArray[np.object_]]:
    """Scores and kinds of every pair by forests that were fitted without its family.

    Returns:
        (repeats, pairs) scores of `TOGETHER`, and the kinds that were found.
    """
    rng = np.random.default_rng(1)
    scores = np.empty((_REPEATS, len(pairs.together)))
    kinds = np.empty((_REPEATS, len(pairs.together)), object)
    for n in range(_REPEATS):
        fold_of = rng.permutation(np.arange(pairs.family.max() + 1)) % _FOLDS
        for fold in range(_FOLDS):
            test = fold_of[pairs.family] == fold
            scores[n, test], kinds[n, test] = _judge(fit(pairs.some(~test)), pairs.matrix[test])
    return scores, kinds


def corpus_left_out(pairs: Judged) -> Floats:
    """Scores of every pair by forests that were fitted without its corpus."""
    scores = np.empty(len(pairs.together))
    for n in np.unique(pairs.corpus):
        test = pairs.corpus == n
        scores[test] = _judge(fit(pairs.some(~test)), pairs.matrix[test])[0]
    return scores


def table(forests: dict[str, Forest], scores: Floats) -> dict[str, Any]:
    """The forests, and how near to the boundary the least sure pairs are."""
    doubt = np.quantile(np.abs(scores), np.arange(1, 101) / 100)
    return {
        "doubt": [round(float(d), 4) for d in doubt],
        "measures": list(NAMES),
        "forests": {name: forest.to_json() for name, forest in forests.items()},
    }


def _fit(matrix: Floats, truth: NDArray[np.bool_], weight: Floats, signs: NDArray[np.int8], how: Boosting) -> Forest:
    bare = matrix.copy()
    bare[:, _CONTEXT] = np.nan
    known = ~np.isnan(matrix[:, _CONTEXT]).all(axis=1)
    return boost(
        np.vstack([matrix, bare[known]]),
        np.r_[truth, truth[known]],
        np.r_[weight, _UNDATED * weight[known]],
        signs,
        how,
    )


def _judge(forests: dict[str, Forest], matrix: Floats) -> tuple[Floats, NDArray[np.object_]]:
    score = forests[TOGETHER].score(matrix)
    kinds = np.empty(len(score), object)
    for belongs, names in enumerate(KINDS):
        rows = (score > 0) == bool(belongs)
        votes = np.column_stack([forests[k.value].score(matrix[rows]) for k in names])
        kinds[rows] = np.array(names, object)[votes.argmax(axis=1)]
    return score, kinds


def _families(pairs: Sequence[tuple[int, LabelledPair]]) -> Ints:
    ids, codes = np.unique([f"{n} {i}" for n, p in pairs for i in (p.a, p.b)], return_inverse=True)
    a, b = codes[::2], codes[1::2]
    graph = coo_matrix((np.ones(len(a), bool), (a, b)), shape=(len(ids), len(ids)))
    return np.asarray(connected_components(graph, directed=False)[1][a], np.int64)


def _measured(corpus: Corpus) -> Floats:
    ids = sorted({i for p in corpus.labelled for i in (p.a, p.b)})
    texts = {t["id"]: t for t in corpus.texts}
    rows = [texts[i] for i in ids]
    bodies = [reading_form(unwrapped(r["text"])) for r in rows]
    times = [as_utc(r["published_at"]) if r.get("published_at") else None for r in rows]
    first = min((t for t in times if t), default=as_utc("1970-01-01"))
    articles = pa.table({
        "article_id": ids,
        "locator": ids,
        "title": [r.get("title") or body[:120] for r, body in zip(rows, bodies, strict=True)],
        "text": bodies,
        "text_hash": [text_hash(body) for body in bodies],
        "published_at": pa.array([t or first for t in times], pa.timestamp("us", tz="UTC")),
        "publisher": pa.array([r.get("source") for r in rows], pa.string()),
        "clock": [Clock.FEED.value if t else Clock.SEEN.value for t in times],
        "seen_at": pa.array([first] * len(ids), pa.timestamp("us", tz="UTC")),
    })  # fmt: skip
    at = {i: n for n, i in enumerate(ids)}
    left, right = (
        np.array([at[i] for i in side], np.int32) for side in zip(*((p.a, p.b) for p in corpus.labelled), strict=True)
    )
    return compare(articles, left, right)[3].matrix
