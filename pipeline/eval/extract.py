"""How well pages are read, beside plain trafilatura on the same pages in the same run.

A corpus is a folder with pages, ``html/ID.html.gz`` or ``html/ID.html``, and their truth, ``truth.json`` or
``ground-truth.json``: by ID an object with ``articleBody`` and, where known, ``title``, ``authors``, ``date``, ``url``.
"""

from __future__ import annotations

import gzip
import json
import re
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.article import Article, Capture, Item
from pipeline.config import ExtractSettings
from pipeline.errors import UsageError
from pipeline.extract import extract
from pipeline.moment import read_moment
from pipeline.text import plain_marks

__all__ = ["evaluate_extraction", "shingle_rates"]

_TRUTHS = ("truth.json", "ground-truth.json")
_DRAWS = 1_000
_SEED = 20180914
_SHINGLE = 4  # tokens

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Page:
    """What somebody says about a page; a truth or an answer to be compared with it."""

    text: str
    title: str
    authors: frozenset[str]
    day: str | None  # ISO, in the zone that the page states it in


def evaluate_extraction(corpus: str | Path) -> dict[str, Any]:
    """Measure Wirefold and plain trafilatura on a corpus.

    Returns:
        ``wirefold``, ``trafilatura`` and ``difference``, each by measure a value and the half-width of its 95 %
        confidence interval (bootstrap over pages). Measures: `precision`, `recall`, `f1` of the text (shingles of
        four tokens, as scrapinghub's article-extraction-benchmark defines them), `title` (share of pages with the
        same words), `author_precision`, `author_recall`, `author_f1` (names), `day` (share of pages with the right
        day of publication). Measures of what the truth does not hold are left out. ``seconds`` are of processor
        time; those of trafilatura are plain only in a process that has not read a page before.

    Raises:
        UsageError: There is no truth in the folder or none that can be read, or a page of it is missing.
    """
    folder = Path(corpus)
    file = next((folder / name for name in _TRUTHS if (folder / name).is_file()), None)
    if file is None:
        raise UsageError(f"{folder} holds no truth: {' or '.join(_TRUTHS)} is wanted")
    try:
        truth: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as e:
        raise UsageError(f"{file} is no JSON: {e}") from e
    if not isinstance(truth, dict) or not truth:
        raise UsageError(f"{file} holds no pages by their keys")
    pages = {key: _body(folder, key) for key in truth}
    wanted = {key: _truth(known) for key, known in truth.items()}
    result: dict[str, Any] = {"corpus": folder.resolve().name, "pages": len(truth), "wirefold": {}, "trafilatura": {}}
    tables: dict[str, Floats] = {}
    # Plain trafilatura first: ours speeds it up within its process (`pipeline.extract.selectors`).
    for name, read in (("trafilatura", _trafilatura), ("wirefold", _wirefold)):
        read(next(iter(pages.values())), None)  # imports and models are not the pages' cost
        started = time.process_time()
        found = {key: read(body, truth[key].get("url")) for key, body in pages.items()}
        seconds = time.process_time() - started
        tables[name] = np.array([_compare(wanted[key], found[key]) for key in truth])
        result[name] = {"seconds": round(seconds, 2)}
    draws = np.random.default_rng(_SEED).integers(0, len(truth), (_DRAWS, len(truth)))
    drawn = {name: [_measures(table[d]) for d in draws] for name, table in tables.items()}
    points = {name: _measures(table) for name, table in tables.items()}
    for name in tables:
        result[name] |= {m: _with_interval(v, [d[m] for d in drawn[name]]) for m, v in points[name].items()}
    result["difference"] = {
        m: _with_interval(
            points["wirefold"][m] - points["trafilatura"][m],
            [a[m] - b[m] for a, b in zip(drawn["wirefold"], drawn["trafilatura"], strict=True)],
        )
        for m in points["wirefold"]
    }
    return result


def shingle_rates(true: str, found: str) -> tuple[float, float, float]:
    """Shares of true positive, false positive and false negative shingles of four tokens; they sum to 1, or 0.

    Source: ``string_shingle_matching`` in scrapinghub/article-extraction-benchmark, evaluate.py.
    """
    want, got = _shingles(true), _shingles(found)
    both = (want & got).total()
    total = want.total() + got.total() - both
    if not total:
        return 0.0, 0.0, 0.0
    return both / total, (got.total() - both) / total, (want.total() - both) / total


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if not words:
        return Counter()
    return Counter(tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))


def _compare(true: _Page, found: _Page) -> list[float]:
    """A page's row: precision and recall of the text, title, names right, found and true, day; NaN: not known."""
    right, extra, missed = shingle_rates(true.text, found.text)
    nan = float("nan")
    known = bool(true.authors)
    return [
        right / (right + extra) if right + extra else nan,
        right / (right + missed) if right + missed else nan,
        float(true.title == found.title) if true.title else nan,
        len(true.authors & found.authors) if known else nan,
        len(found.authors) if known else nan,
        len(true.authors) if known else nan,
        float(true.day == found.day) if true.day else nan,
    ]


def _measures(rows: Floats) -> dict[str, float]:
    def mean(column: int) -> float:
        known = rows[:, column][~np.isnan(rows[:, column])]
        return float(known.mean()) if known.size else float("nan")

    def f1(p: float, r: float) -> float:
        return _ratio(2 * p * r, p + r)

    precision, recall, title, day = mean(0), mean(1), mean(2), mean(6)
    right, found, true = mean(3), mean(4), mean(5)
    names_p, names_r = _ratio(right, found), _ratio(right, true)
    every = {
        "f1": f1(precision, recall),
        "precision": precision,
        "recall": recall,
        "title": title,
        "author_f1": f1(names_p, names_r),
        "author_precision": names_p,
        "author_recall": names_r,
        "day": day,
    }
    return {m: v for m, v in every.items() if not np.isnan(v)}


def _ratio(part: float, whole: float) -> float:
    """NaN stays NaN: nothing is known."""
    return part / whole if whole else 0.0


def _with_interval(value: float, drawn: list[float]) -> dict[str, float]:
    return {"value": round(value, 4), "ci": round(1.96 * float(np.std(drawn, ddof=1)), 4)}


def _body(folder: Path, key: str) -> bytes:
    packed, plain = folder / "html" / f"{key}.html.gz", folder / "html" / f"{key}.html"
    if packed.is_file():
        return gzip.decompress(packed.read_bytes())
    if plain.is_file():
        return plain.read_bytes()
    raise UsageError(f"{folder} holds no page html/{key}.html.gz")


def _truth(known: dict[str, Any]) -> _Page:
    authors = known.get("authors") or ""
    names = re.split(r"[,;]", authors) if isinstance(authors, str) else authors
    return _Page(known.get("articleBody") or "", _words(known.get("title")), _names(names), _day(known.get("date")))


def _day(date: str | None) -> str | None:
    """A true day, where it is one: data sets write ``NaT`` for what they could not read."""
    moment = read_moment(date)
    return moment.at.date().isoformat() if moment else None


def _wirefold(body: bytes, url: str | None) -> _Page:
    found = extract(_capture(body, url or "page"), settings=ExtractSettings())
    if not isinstance(found, Article):
        return _Page("", "", frozenset(), None)
    day = found.published_at.date().isoformat() if found.published_at else None
    return _Page(found.text, _words(found.title), _names(found.authors), day)


def _capture(body: bytes, url: str) -> Capture:
    return Capture(Item("corpus", 0, url), body, datetime.now(UTC), url)


def _trafilatura(body: bytes, url: str | None) -> _Page:
    import trafilatura

    found = trafilatura.bare_extraction(body, url=url, with_metadata=True)
    if not isinstance(found, trafilatura.settings.Document):
        return _Page("", "", frozenset(), None)
    return _Page(found.text or "", _words(found.title), _names((found.author or "").split(";")), found.date)


def _words(text: str | None) -> str:
    """A title for comparing: its words in lower case."""
    return " ".join(re.findall(r"\w+", plain_marks(unicodedata.normalize("NFKC", text or "")).casefold()))


def _names(names: Any) -> frozenset[str]:
    return frozenset(filter(None, (_words(name) for name in names)))
