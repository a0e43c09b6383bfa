"""Folding on corpora with truth: floors that a change must not fall below, and the arithmetic of the figures."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.article import Relation
from pipeline.errors import UsageError
from pipeline.eval.boost import Boosting, boost
from pipeline.eval.composites import evaluate
from pipeline.eval.corpus import Corpus, LabelledPair, load_corpus
from pipeline.eval.fold import accepted, evaluate_folding, f1, wilson
from tests.corpora import CORPORA

# The labelled pairs were fitted on, so these floors guard the way from text to verdict, not the judgement of new pairs.
FLOORS: dict[str, dict[str, float]] = {
    "reuters21578": {"pairs": 0.96, "stories": 0.96, "relations": 0.86},
    "fnc1": {"pairs": 0.97, "stories": 0.96, "relations": 0.86},
    "news_cluster": {"pairs": 0.89, "stories": 0.89, "relations": 0.82},
}
INDEPENDENT = 0.06  # share of independent reports of one event that may end in one story


@pytest.mark.slow
@pytest.mark.skipif(not CORPORA.is_dir(), reason=f"no corpora at {CORPORA} (set WIREFOLD_CORPORA)")
@pytest.mark.parametrize("name", FLOORS)
def test_floors(name: str) -> None:
    result = evaluate_folding(load_corpus(CORPORA / name, Path(__file__).with_name("labels")))
    floors = FLOORS[name]
    assert result["pairs"]["sure"]["f1"]["value"] >= floors["pairs"]
    assert result["stories"]["sure"]["f1"]["value"] >= floors["stories"]
    assert result["relations"]["sure"]["value"] >= floors["relations"]
    assert result["independent"]["sure"]["value"] <= INDEPENDENT
    if "overlap" in result:
        assert result["overlap"]["recall"]["J >= .5"]["value"] >= 0.999
        assert result["overlap"]["recall"]["C >= .5, J < .3"]["value"] >= 0.97
        assert result["overlap"]["exact"]["value"] == 1


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 0, 0, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (50, 100, 0.4038, 0.5962)]
)
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=1e-4)


def test_f1() -> None:
    assert f1(np.array([True, True, False]), np.array([True, False, True])) == 0.5
    assert f1(np.zeros(2, bool), np.zeros(2, bool)) == 1


@pytest.mark.parametrize(
    ("relation", "together", "right"),
    [("excerpt", True, "expansion"), ("composite", False, "composite"), ("composite", True, "revision"),
     ("same_event", False, ""), ("unrelated", False, "shared_quotes")],
)  # fmt: skip
def test_words_of_readers(relation: str, together: bool, right: str) -> None:
    said = accepted(LabelledPair("1", "2", relation, together, 3))
    assert right in said
    assert Relation.TEMPLATE.value not in said


TEXT = "The two Koreas opened a liaison office in the border city of Kaesong on Friday with some sixty guests present."


def corpus(folder: Path, **files: str) -> Path:
    rows: list[dict[str, Any]] = [
        {"id": "1", "text": TEXT},
        {"id": "2", "text": TEXT.replace("Friday", "Saturday")},
        {"id": "3", "text": "Typhoon Mangkhut tore roofs off houses in the north of Luzon."},
    ]
    with gzip.open(folder / "texts.jsonl.gz", "wt") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    for name, text in files.items():
        (folder / f"{name}.tsv").write_text(text)
    return folder


COLUMNS = "a\tb\trelation\tshould_group\tconfidence\n"
LABELS = f"{COLUMNS}1\t2\tsame_version\ttrue\t3\n1\t3\tunrelated\tfalse\t2\n"
EXACT = "a\tb\tjaccard\tcontainment\tshared\n1\t2\t0.5455\t0.7059\t12\n"


def test_a_small_corpus(tmp_path: Path) -> None:
    result = evaluate_folding(load_corpus(corpus(tmp_path, labelled_pairs=LABELS, exact_pairs=EXACT)))
    assert (result["texts"], result["pairs"]["all"]["f1"]["of"]) == (3, 2)
    assert result["overlap"]["recall"]["J >= .5"] == pytest.approx(
        {"value": 1, "of": 1, "low": 0.2065, "high": 1}, abs=1e-4
    )


def test_more_labels_and_independent_reports(tmp_path: Path) -> None:
    for folder in ("texts", "labels"):
        (tmp_path / folder).mkdir()
    for name in ("texts_more", "others"):
        (tmp_path / "labels" / f"{name}.tsv").write_text(f"{COLUMNS}2\t3\tsame_event\tfalse\t2\n")
    found = load_corpus(corpus(tmp_path / "texts", labelled_pairs=LABELS), tmp_path / "labels")
    result = evaluate_folding(found)
    assert (result["pairs"]["all"]["f1"]["of"], result["independent"]["all"]["of"]) == (3, 1)
    assert result["independent"]["all"]["value"] == 0


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "neither labelled_pairs.tsv nor exact_pairs.tsv"),
        ({"labelled_pairs": "a\tb\trelation\n"}, "has no column"),
        ({"labelled_pairs": LABELS + "1\t9\trevision\ttrue\t3\n"}, "not there, such as '9'"),
        ({"labelled_pairs": LABELS + "1\t2\trevision\tmaybe\t3\n"}, "line 4: .*neither true nor false"),
        ({"labelled_pairs": LABELS + "1\t2\trevision\n"}, "line 4"),
        ({"exact_pairs": EXACT + "1\t3\tx\t0\t0\n"}, "line 3: could not convert"),
    ],
)
def test_broken_corpora(files: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        load_corpus(corpus(tmp_path, **files))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"id": "1"}\n', "line 1: 'text' is missing"),
        (b'{"id": "1", "text": "x"}\n[]\n', "line 2"),
        (b"\xff\n", "line 1"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_broken_texts(data: bytes, message: str, packed: bool, tmp_path: Path) -> None:
    (tmp_path / f"t.jsonl{'.gz' if packed else ''}").write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(UsageError, match=message):
        load_corpus(tmp_path)


def test_an_archive_that_ends_early(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress(b'{"id": "1", "text": "x"}\n' * 99)[:-9])
    with pytest.raises(UsageError, match="cannot be read beyond"):
        load_corpus(tmp_path)


def test_a_text_that_is_refused_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "more.jsonl").write_text(json.dumps({"id": "4", "text": TEXT, "published_at": "last week"}))
    labels = LABELS + "1\t4\tsame_version\ttrue\t3\n"
    result = evaluate_folding(load_corpus(corpus(tmp_path, labelled_pairs=labels)))
    assert result["stories"]["all"]["recall"]["value"] == 0.5


def test_relations_that_no_reader_knows(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'twin' is no relation"):
        evaluate_folding(load_corpus(corpus(tmp_path, labelled_pairs=LABELS.replace("unrelated", "twin"))))


def test_boosting_learns_keeps_its_constraints_and_repeats_itself() -> None:
    rng = np.random.default_rng(3)
    matrix = rng.random((300, 3))
    matrix[:40, 1] = np.nan
    truth = (matrix[:, 0] > 0.5) ^ (matrix[:, 2] > 0.8)
    signs = np.array([1, 0, 0], np.int8)
    forest = boost(matrix, truth, np.ones(300), signs, Boosting(trees=60))
    assert ((forest.score(matrix) > 0) == truth).mean() > 0.8
    again = boost(matrix, truth, np.ones(300), signs, Boosting(trees=60))
    assert np.array_equal(forest.value, again.value)
    low, high = matrix.copy(), matrix.copy()
    low[:, 0], high[:, 0] = 0.1, 0.9
    assert (forest.score(high) >= forest.score(low)).all()


@pytest.mark.parametrize("truth", [True, False])
def test_what_is_all_alike_teaches_nothing(truth: bool) -> None:
    with pytest.raises(UsageError, match="3 pairs are too few"):
        boost(np.zeros((3, 2)), np.full(3, truth), np.ones(3), np.zeros(2, np.int8))


def test_composites_of_texts_with_times_of_all_forms() -> None:
    times = ("2020-01-01", "2020-01-02T00:00:00Z", "2020-01-02 10:00:00", "2020-01-02T23:00:00-05:00", "yesterday")
    texts = tuple(
        {"id": str(n), "text": " ".join(f"word{n}x{k}" for k in range(90)), "published_at": times[n % 5]}
        for n in range(12)
    )
    scores = evaluate(Corpus("made", texts, (), ()), each=1, seed=1)
    assert [s.composites for s in scores] == [5] * 4


def test_the_last_digit_of_an_exponential_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two measures that tell the same, one upside down: their splits gain the same but for rounding."""
    rng = np.random.default_rng(4)
    x = rng.random(300)
    matrix, truth = np.column_stack([x, -x, 2 - x]), x + 0.3 * rng.random(300) > 0.7
    free, how = np.zeros(3, np.int8), Boosting(trees=60)
    plain = boost(matrix, truth, np.ones(300), free, how).to_json()
    exact = np.exp
    monkeypatch.setattr(np, "exp", lambda v: exact(v) * (1 + rng.integers(-1, 2, np.shape(v)) * 2.2e-16))
    assert boost(matrix, truth, np.ones(300), free, how).to_json() == plain
