"""The measures of extraction, on pages and truth small enough to check by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.eval.extract import evaluate_extraction, shingle_rates
from tests.corpora import CORPORA

BODY = [
    f"The ferry company said on Monday that timetable number {n} would begin after the holidays and run until autumn."
    for n in range(1, 7)
]


@pytest.mark.parametrize(
    ("true", "found", "expected"),
    [
        ("a b c d e", "a b c d e", (1, 0, 0)),
        ("a b c d e", "", (0, 0, 1)),
        ("", "a b c d e", (0, 1, 0)),
        ("", "", (0, 0, 0)),
        ("a b c d e", "a b c d x", (1 / 3, 1 / 3, 1 / 3)),
        ("a b", "a b", (1, 0, 0)),  # shorter than a shingle: one shingle of its words
        ("a b c d a b c d", "a b c d", (1 / 5, 0, 4 / 5)),  # a shingle counts as often as it occurs
        ("A b c d", "a b c d", (0, 1 / 2, 1 / 2)),  # case counts
    ],
)
def test_shingle_rates_are_those_of_the_benchmark(true: str, found: str, expected: tuple[float, float, float]) -> None:
    assert shingle_rates(true, found) == pytest.approx(expected)


def corpus(folder: Path, packed: bool) -> Path:
    (folder / "html").mkdir()
    text = "".join(f"<p>{p}</p>" for p in BODY)
    truth = {}
    for key, title, author in (("a", "Ferry to run again", "Ada Lind"), ("b", "Crane escapes", "Bo Ek")):
        page = (
            f'<html><head><meta property="article:published_time" content="2026-04-02T09:30:00Z">'
            f'<meta name="author" content="{author}"></head>'
            f"<body><main><article><h1>{title}</h1>{text}</article></main></body></html>"
        ).encode()
        file = folder / "html" / f"{key}.html"
        if packed:
            file.with_name(f"{key}.html.gz").write_bytes(gzip.compress(page))
        else:
            file.write_bytes(page)
        truth[key] = {
            "articleBody": "\n".join(BODY),
            "title": title,
            "authors": "Ada Lind",
            "date": "2026-04-02",
            "url": f"https://harbour-post.example/{key}",
        }
    (folder / ("truth.json" if packed else "ground-truth.json")).write_text(json.dumps(truth))
    return folder


@pytest.mark.parametrize("packed", [True, False])
def test_every_measure_counts_what_it_says(tmp_path: Path, packed: bool) -> None:
    result = evaluate_extraction(corpus(tmp_path, packed))
    values = {m: v["value"] for m, v in result["wirefold"].items() if m != "seconds"}
    assert result["pages"] == 2
    assert values == {
        "f1": 1.0,
        "precision": 1.0,
        "recall": 1.0,
        "title": 1.0,
        "author_f1": 0.5,  # one name of two is right, and one of two was found
        "author_precision": 0.5,
        "author_recall": 0.5,
        "day": 1.0,
    }
    assert set(result["difference"]) == set(values)


@pytest.mark.slow
@pytest.mark.skipif(not (CORPORA / "extraction").is_dir(), reason=f"no corpora at {CORPORA} (set WIREFOLD_CORPORA)")
def test_pages_are_read_better_than_by_trafilatura_alone() -> None:
    result = evaluate_extraction(CORPORA / "extraction")
    better = {measure: v["value"] for measure, v in result["difference"].items()}
    assert {measure: v for measure, v in better.items() if v < 0} == {}
    assert better["f1"] >= 0.035
    reached = {measure: v["value"] for measure, v in result["wirefold"].items() if measure != "seconds"}
    assert reached["f1"] >= 0.945  # the truth itself is cut on some pages
    assert reached["precision"] >= 0.92
    assert reached["recall"] >= 0.97
    assert reached["title"] >= 0.95
    assert reached["author_f1"] >= 0.89
    assert reached["day"] >= 0.83  # of the true days, 33 are none of publication or not on the page


def test_what_the_truth_does_not_know_is_not_measured(tmp_path: Path) -> None:
    folder = corpus(tmp_path, True)
    truth = json.loads((folder / "truth.json").read_text())
    unknown = {k: {"articleBody": v["articleBody"], "date": "NaT"} for k, v in truth.items()}
    (folder / "truth.json").write_text(json.dumps(unknown))
    assert set(evaluate_extraction(folder)["difference"]) == {"f1", "precision", "recall"}


def test_a_folder_without_truth_or_without_a_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no truth"):
        evaluate_extraction(tmp_path)
    (tmp_path / "truth.json").write_text('{"a": {"articleBody": "x"}}')
    with pytest.raises(UsageError, match=r"html/a\.html"):
        evaluate_extraction(tmp_path)


@pytest.mark.parametrize(("truth", "message"), [("[", "is no JSON"), ("[]", "no pages"), ("{}", "no pages")])
def test_a_truth_that_cannot_be_read(truth: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text(truth)
    with pytest.raises(UsageError, match=message):
        evaluate_extraction(tmp_path)
