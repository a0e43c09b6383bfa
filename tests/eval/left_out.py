"""How pairs are judged, and grouped, by tables that were fitted without them.

`wirefold eval fit` says so of the judgement of pairs alone. Here whole corpora are folded, once for each tenth of the
families of texts, by a table that has seen no pair of that tenth::

    python -m tests.eval.left_out CORPORA/fnc1 CORPORA/reuters21578 CORPORA/news_cluster
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.cli.options import quiet_logs
from pipeline.eval import fit, fold
from pipeline.eval.corpus import Corpus, LabelledPair, load_corpus
from pipeline.eval.sample import sample_corpus
from pipeline.fold import forest
from pipeline.fold.relate import GROUPING

LABELS = Path(__file__).parent / "labels"
_FOLDS = 10


class Outcome(NamedTuple):
    """What became of a pair that the table had not seen."""

    pair: LabelledPair
    corpus: str
    is_own: bool  # judged by those who made the corpus, and not chosen for being hard
    linked: bool
    same_story: bool
    right_relation: bool


def outcomes(folders: Sequence[Path], seed: int) -> Iterator[Outcome]:
    """Fold each corpus ten times, and say of each pair what became of it in the fold that left it out."""
    corpora = [load_corpus(folder, LABELS) for folder in folders]
    own = [{(p.a, p.b) for p in load_corpus(folder).labelled} for folder in folders]
    pairs = fit.judged([*corpora, sample_corpus()])
    tenth = np.random.default_rng(seed).permutation(np.arange(pairs.family.max() + 1)) % _FOLDS
    for n in range(_FOLDS):
        test = tenth[pairs.family] == n
        with _judged_by(fit.fit(pairs.some(~test)), pairs):
            first = 0
            for corpus, theirs in zip(corpora, own, strict=True):
                rows = test[first : first + len(corpus.labelled)]
                first += len(corpus.labelled)
                yield from _of_corpus(corpus, [p for p, out in zip(corpus.labelled, rows, strict=True) if out], theirs)


def _of_corpus(corpus: Corpus, pairs: Sequence[LabelledPair], own: set[tuple[str, str]]) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        folded = fold.fold_corpus(corpus, Path(folder))
    for pair in pairs:
        relation = folded.relation(pair.a, pair.b)
        yield Outcome(
            pair,
            corpus.name,
            (pair.a, pair.b) in own,
            relation in GROUPING,
            folded.story[pair.a] == folded.story[pair.b],
            relation in fold.accepted(pair),
        )


@contextmanager
def _judged_by(forests: dict[str, forest.Forest], pairs: fit.Judged) -> Iterator[None]:
    """Have the fold judge by other forests than those that are kept with it."""
    kept = forest._FILE
    with tempfile.TemporaryDirectory() as folder:
        forest._FILE = Path(folder, "verdicts.json")
        scores = forests[fit.TOGETHER].score(pairs.matrix)
        forest._FILE.write_text(json.dumps(fit.table(forests, scores)))
        forest.forests.cache_clear()
        try:
            yield
        finally:
            forest._FILE = kept
            forest.forests.cache_clear()


def _say(found: Sequence[Outcome]) -> None:
    truth = np.array([o.pair.should_group for o in found])
    confidence = np.array([o.pair.confidence for o in found])
    event = np.array([o.pair.relation == "same_event" for o in found]) & ~truth
    story, linked, right = (
        np.array([getattr(o, n) for o in found]) for n in ("same_story", "linked", "right_relation")
    )
    corpora = {"all": np.ones(len(found), bool)} | {
        name: np.array([o.corpus == name for o in found]) for name in dict.fromkeys(o.corpus for o in found)
    }
    whose = {"own pairs": np.array([o.is_own for o in found]), "all pairs": np.ones(len(found), bool)}

    def shown(rows: NDArray[np.bool_]) -> str:
        merged = story[rows & event]
        return (
            f"{rows.sum():6,} {fold.f1(linked[rows], truth[rows]):7.3f} {fold.f1(story[rows], truth[rows]):7.3f} "
            f"{right[rows].mean():9.3f} {f'{merged.sum()} of {len(merged)}':>12}"
        )

    print(f"{'':34} pairs    link   story  relation  independent")
    for (kind, those), sure, (name, rows) in (
        (w, s, c) for w in whose.items() for s in (1, 2, 3) for c in corpora.items()
    ):
        print(f"{kind}, confidence {sure}+, {name:13}", shown(those & rows & (confidence >= sure)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpus", type=Path, nargs="+", help="folders with texts and labelled_pairs.tsv")
    parser.add_argument("--seed", type=int, default=1, help="of how the families are divided")
    chosen = parser.parse_args()
    quiet_logs()
    _say(list(outcomes(chosen.corpus, chosen.seed)))
