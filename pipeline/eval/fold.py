"""How well folding does on a corpus: through `ingest` and `fold` as users run them, read back by the texts' own ids.

Three questions. Are all pairs found that truly overlap, and are the published overlaps exact? Are pairs judged as
readers judged them (a pair counts as grouped when its link has a grouping relation; a pair without a link is not
grouped)? Do stories hold together what readers would (a pair counts as grouped when both have one story id), and does
the grouping do better than closing the same links transitively? And apart from that: are independent reports of one
event, which share names, quotations and little else, left in stories of their own?
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.article import Relation
from pipeline.errors import UsageError
from pipeline.eval.corpus import Corpus, ExactPair, LabelledPair
from pipeline.fold.relate import GROUPING
from pipeline.lake import Lake
from pipeline.run.intake import ingest_files

__all__ = ["Folded", "accepted", "evaluate_folding", "f1", "f1_rate", "fold_corpus", "rate", "wilson"]

_RUN = "2026-01-01T00:00:00"
_DRAWS, _SEED = 1_000, 20180914
_ROUNDED = 1e-4  # the truth has four digits
_LINK = ["guid_a", "guid_b", "relation", "jaccard", "needs_review"]

BANDS: dict[str, Callable[[ExactPair], bool]] = {
    "J = 1": lambda p: p.jaccard == 1,
    "J .9 to 1": lambda p: 0.9 <= p.jaccard < 1,
    "J .7 to .9": lambda p: 0.7 <= p.jaccard < 0.9,
    "J .5 to .7": lambda p: 0.5 <= p.jaccard < 0.7,
    "J >= .5": lambda p: p.jaccard >= 0.5,
    "J .3 to .5": lambda p: 0.3 <= p.jaccard < 0.5,
    "C >= .5, J < .3": lambda p: p.containment >= 0.5 and p.shared >= 20 and p.jaccard < 0.3,
}

_APART = frozenset({Relation.SHARED_QUOTES.value, ""})
_ACCEPTED: dict[str, frozenset[str]] = {
    "same_version": frozenset({Relation.SAME_VERSION.value}),
    "revision": frozenset({Relation.REVISION.value}),
    "excerpt": frozenset({Relation.EXCERPT.value, Relation.EXPANSION.value}),
    "composite": frozenset({Relation.COMPOSITE.value}),
    "template": frozenset({Relation.TEMPLATE.value}),
    "same_event": _APART,
    "boilerplate_only": _APART,
    "unrelated": _APART,
}
_GROWN = frozenset({Relation.REVISION.value, Relation.EXCERPT.value, Relation.EXPANSION.value})


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded corpus.

    Attributes:
        links: By the pair of texts; a text is the number of all ids that have it: one of them is compared for all.
        text, story, component: Of every id: its text, its story, its component under grouping links.
    """

    links: dict[frozenset[int], dict[str, Any]]
    text: dict[str, int]
    story: dict[str, str]
    component: dict[str, int]

    def link(self, a: str, b: str) -> dict[str, Any] | None:
        return self.links.get(frozenset((self.text[a], self.text[b])))

    def relation(self, a: str, b: str) -> str:
        """What their link says; empty where there is none."""
        link = self.link(a, b)
        return str(link["relation"]) if link else ""


def evaluate_folding(corpus: Corpus) -> dict[str, Any]:
    """Ingest and fold a corpus, and compare what was found with its truth.

    Returns:
        corpus, texts, and where there is such truth ``overlap`` (recall by band, and share of published overlaps that
        are exact), ``pairs``, ``stories``, ``components`` (precision, recall, f1, of all judged pairs and of those
        judged with confidence 2 or 3), ``relations`` (share that say what the reader said), and ``independent`` (share
        of the independent reports of one event that ended in one story). Every rate has ``value``, ``of`` (how many it
        was counted on), ``low`` and ``high``, the ends of its 95 % confidence interval (Wilson; bootstrap over pairs
        for f1).

    Raises:
        UsageError: A reader's relation is none that readers judge by.
    """
    if unknown := {p.relation for p in corpus.labelled}.difference(_ACCEPTED):
        raise UsageError(
            f"{corpus.name}: {min(unknown)!r} is no relation that readers judge by: {', '.join(_ACCEPTED)}"
        )
    with tempfile.TemporaryDirectory() as folder:
        folded = fold_corpus(corpus, Path(folder))
    result: dict[str, Any] = {"corpus": corpus.name, "texts": len(corpus.texts)}
    if corpus.exact:
        result["overlap"] = _overlap(corpus.exact, folded)
    if corpus.labelled:
        grouping = {r.value for r in GROUPING}
        said = {
            "pairs": [folded.relation(p.a, p.b) in grouping for p in corpus.labelled],
            "stories": [folded.story[p.a] == folded.story[p.b] for p in corpus.labelled],
            "components": [folded.component[p.a] == folded.component[p.b] for p in corpus.labelled],
        }
        result |= {name: _agreement(corpus.labelled, np.array(found)) for name, found in said.items()}
        right = np.array([folded.relation(p.a, p.b) in accepted(p) for p in corpus.labelled])
        merged = np.array(said["stories"])
        independent = np.array([p.relation == "same_event" and not p.should_group for p in corpus.labelled])
        subsets = _subsets(corpus.labelled)
        result["relations"] = {name: rate(right[rows]) for name, rows in subsets.items()}
        result["independent"] = {name: rate(merged[rows & independent]) for name, rows in subsets.items()}
    return result


def accepted(pair: LabelledPair) -> frozenset[str]:
    """Relations of a link ("" for no link) that say the same as a reader's judgement.

    Readers call composite whatever holds a good part of another text beside much of its own, in one story with it or
    not. In links that word is for texts that stand apart from what they took: within a story it is a text that grew.
    """
    return _GROWN if pair.relation == "composite" and pair.should_group else _ACCEPTED[pair.relation]


def f1(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Harmonic mean of precision and recall; 1 where there is nothing to find and nothing was found."""
    total = int(found.sum() + truth.sum())
    return 2 * int((found & truth).sum()) / total if total else 1.0


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Ends of the 95 % confidence interval of a rate (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    z, p = 1.959964, hits / of
    centre, spread = p + z * z / (2 * of), z * float(np.sqrt(p * (1 - p) / of + z * z / (4 * of * of)))
    return max(0.0, (centre - spread) / (1 + z * z / of)), min(1.0, (centre + spread) / (1 + z * z / of))


def fold_corpus(corpus: Corpus, folder: Path) -> Folded:
    """Ingest and fold the texts of a corpus, in an empty folder."""
    path = folder / "texts.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for text in corpus.texts:
            file.write(json.dumps({k: v for k, v in text.items() if v is not None}) + "\n")
    root = str(folder / "lake")
    ingest_files([str(path)], root, _RUN, and_fold=True)
    lake = Lake(root)
    links = lake.read("links", _LINK).to_pylist()
    records = lake.read("records", ["guid", "story_id"])
    story = {t["id"]: t["id"] for t in corpus.texts}  # a text that was refused stands alone
    story |= dict(zip(records["guid"].to_pylist(), records["story_id"].to_pylist(), strict=True))
    grouping = {r.value for r in GROUPING}
    tied = [(x["guid_a"], x["guid_b"]) for x in links if x["relation"] in grouping]
    equal = [(x["guid_a"], x["guid_b"]) for x in links if x["relation"] == Relation.EXACT.value]
    text = _components(list(story), equal)
    by_text = {frozenset((text[x["guid_a"]], text[x["guid_b"]])): x for x in links}
    return Folded(by_text, text, story, _components(list(story), tied))


def _components(ids: Sequence[str], tied: Sequence[tuple[str, str]]) -> dict[str, int]:
    at = {i: n for n, i in enumerate(ids)}
    a, b = ([at[p[k]] for p in tied] for k in (0, 1))
    graph = coo_matrix((np.ones(len(tied), bool), (a, b)), shape=(len(ids), len(ids)))
    return dict(zip(ids, connected_components(graph, directed=False)[1].tolist(), strict=True))


def _overlap(truth: Sequence[ExactPair], folded: Folded) -> dict[str, Any]:
    links = [folded.link(p.a, p.b) for p in truth]
    found = np.array([x is not None for x in links])
    bands = {}
    for name, holds in BANDS.items():
        rows = np.array([holds(p) for p in truth])
        bands[name] = rate(found[rows])
    right = [abs(x["jaccard"] - p.jaccard) <= _ROUNDED for p, x in zip(truth, links, strict=True) if x]
    return {"recall": bands, "exact": rate(np.array(right, bool))}


def _subsets(labelled: Sequence[LabelledPair]) -> dict[str, NDArray[np.bool_]]:
    confidence = np.array([p.confidence for p in labelled])
    return {"all": confidence >= 1, "sure": confidence >= 2}


def _agreement(labelled: Sequence[LabelledPair], found: NDArray[np.bool_]) -> dict[str, Any]:
    truth = np.array([p.should_group for p in labelled])
    return {
        name: {
            "precision": rate(truth[rows & found]),
            "recall": rate(found[rows & truth]),
            "f1": f1_rate(found[rows], truth[rows]),
        }
        for name, rows in _subsets(labelled).items()
    }


def rate(hits: NDArray[np.bool_]) -> dict[str, float]:
    """The share that holds: value, of (how many), low and high."""
    n, of = int(hits.sum()), len(hits)
    low, high = wilson(n, of)
    return {"value": n / of if of else float("nan"), "of": of, "low": low, "high": high}


def f1_rate(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> dict[str, float]:
    """F1 with its interval."""
    rng = np.random.default_rng(_SEED)
    n = len(truth)
    drawn = [f1(found[rows], truth[rows]) for rows in (rng.integers(0, n, n) for _ in range(_DRAWS))]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return {"value": f1(found, truth), "of": n, "low": float(low), "high": float(high)}
