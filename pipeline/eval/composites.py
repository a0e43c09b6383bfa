"""Composites made on purpose: passages of real stories stitched together, some of their words swapped.

How many of the sources are found, how many are named that are none, and whether the passages are where they were put.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.config import FoldSettings
from pipeline.errors import UsageError
from pipeline.eval.corpus import Corpus
from pipeline.extract.wrapped import unwrapped
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.sources.listing import as_utc
from pipeline.text import plain_marks, reading_form

__all__ = ["RATES", "Composite", "Score", "Times", "evaluate", "make", "score"]

RATES = (0.0, 0.05, 0.1, 0.2)  # share of the words swapped
_PASSAGES = (2, 3, 4, 5, 6)
_WORDS = (40, 120)  # shortest and longest passage
_DAYS = 10  # the sources of one composite are that close in time
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[.!?]\W+")


class Times(StrEnum):
    """What texts say of the time of their publication."""

    STATED = "stated"
    DAYS = "days"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Planted:
    """A passage of a composite: the source's id, its words as they stand there, and characters in the composite."""

    source: str
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Composite:
    """A text stitched together."""

    id: str
    text: str
    published_at: str
    rate: float
    planted: tuple[Planted, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How one share of swapped words did.

    Attributes:
        sources: Passages planted. found: of them, those traced to a text that has them.
        named: Sources named. false: of them, those that no planted passage explains.
        placed: Of the found ones, those whose two ends are right within a sentence.
    """

    rate: float
    composites: int
    sources: int
    found: int
    named: int
    false: int
    placed: int

    @property
    def recall(self) -> float:
        return self.found / self.sources if self.sources else 0.0

    @property
    def false_share(self) -> float:
        return self.false / self.named if self.named else 0.0

    @property
    def placed_share(self) -> float:
        return self.placed / self.found if self.found else 0.0


def make(texts: Sequence[dict[str, Any]], each: int, seed: int) -> list[Composite]:
    """Stitch composites together, `each` for every number of passages and share of swapped words.

    Args:
        texts: Rows with id, text in reading form, and published_at (ISO 8601, UTC).

    Raises:
        UsageError: There are not enough texts that are long enough.
    """
    draw = random.Random(seed)
    fit = sorted(
        (t for t in texts if len(t["text"].split()) >= _WORDS[0] + 10), key=lambda t: (t["published_at"], t["id"])
    )
    if len(fit) <= _PASSAGES[-1]:
        raise UsageError(f"only {len(fit)} texts are long enough to be cut; more than {_PASSAGES[-1]} are wanted")
    times = [datetime.fromisoformat(t["published_at"]) for t in fit]
    vocabulary = sorted({w for t in fit for w in _WORD.findall(t["text"].lower())})
    made = []
    for rate in RATES:
        for k in _PASSAGES:
            for n in range(each):
                last = draw.randrange(k, len(fit))
                first = next(i for i in range(last + 1) if times[i] >= times[last] - timedelta(days=_DAYS))
                chosen = draw.sample(range(min(first, last - k), last + 1), k)
                planted: list[Planted] = []
                text = ""
                for i in chosen:
                    words = _cut(fit[i]["text"], draw)
                    put = _swap(words, rate, vocabulary, draw)
                    text += "\n\n" if text else ""
                    planted.append(Planted(fit[i]["id"], words, len(text), len(text) + len(put)))
                    text += put
                when = max(times[i] for i in chosen) + timedelta(hours=1)
                made.append(Composite(f"made-{rate}-{k}-{n}", text, when.isoformat(), rate, tuple(planted)))
    return made


def _cut(text: str, draw: random.Random) -> str:
    """A passage that begins with a word and ends with one."""
    words = [*re.finditer(r"\S+", text)]
    size = draw.randint(_WORDS[0], min(_WORDS[1], len(words)))
    first = draw.randint(0, len(words) - size)
    return text[words[first].start() : words[first + size - 1].end()]


def _swap(text: str, rate: float, vocabulary: Sequence[str], draw: random.Random) -> str:
    words = [*_WORD.finditer(text)]
    at = {m.start() for m in draw.sample(words, round(rate * len(words)))}
    return _WORD.sub(lambda m: draw.choice(vocabulary) if m.start() in at else m[0], text)


def evaluate(corpus: Corpus, each: int, seed: int, times: Times = Times.STATED) -> list[Score]:
    """Put a corpus and composites made from it into a lake, fold it, and compare what it drew with what was planted.

    Args:
        each, seed: As for `make`.
        times: What the texts say of the time of their publication; composites come after their sources.
    """
    from pipeline.run.files import ingest_paths
    from pipeline.run.fold import fold_lake

    texts = [
        {**t, "text": reading_form(unwrapped(t["text"])), "published_at": when.isoformat()}
        for t in corpus.texts
        if (when := as_utc(t["published_at"]))
    ]
    made = make(texts, each, seed)
    with tempfile.TemporaryDirectory(prefix="wirefold-eval-") as folder:
        rows = [*texts, *({"id": c.id, "text": c.text, "published_at": c.published_at} for c in made)]
        rows = [r | {"published_at": _stated(r["published_at"], times)} for r in rows]
        file = Path(folder) / "texts.jsonl"
        file.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        lake = Lake(str(Path(folder) / "lake"))
        ingest_paths([file], lake, Run.parse("2000-01-01T00:00:00"))
        fold_lake(lake, FoldSettings())
        return score(lake, made)


def _stated(published_at: str, times: Times) -> str | None:
    return {Times.STATED: published_at, Times.DAYS: published_at[:10], Times.NONE: None}[times]


def score(lake: Lake, made: Sequence[Composite]) -> list[Score]:
    """Compare what the stories of a lake draw on with what was planted."""
    records = {r["article_id"]: r for r in lake.read("records", ["article_id", "guid", "story_id", "text"]).to_pylist()}
    story = {r["guid"]: r["story_id"] for r in records.values()}
    drawn = {
        s["canonical_guid"]: s["draws_on"] for s in lake.read("stories", ["canonical_guid", "draws_on"]).to_pylist()
    }
    plain = {i: _plain(r["text"]) for i, r in records.items()}
    counts: dict[float, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for c in made:
        count = counts[c.rate]
        named = drawn.get(c.id, [])
        count["composites"] += 1
        count["sources"] += len(c.planted)
        count["named"] += len(named)
        good = {
            (n, m)
            for n, p in enumerate(c.planted)
            for m, source in enumerate(named)
            if any(
                _overlap(x, p) >= 0.5 * (p.end - p.start)
                and (source["story_id"] == story[p.source] or _plain(p.words) in plain[x["article_id"]])
                for x in source["passages"]
            )
        }
        count["found"] += len({n for n, _ in good})
        count["false"] += len(named) - len({m for _, m in good})
        count["placed"] += len({n for n, m in good if _placed(c.text, c.planted[n], named[m]["passages"])})
    return [Score(rate, **counts[rate]) for rate in sorted(counts)]


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(plain_marks(text).casefold()))


def _overlap(passage: dict[str, Any], planted: Planted) -> int:
    return int(min(passage["end"], planted.end) - max(passage["start"], planted.start))


def _placed(text: str, planted: Planted, passages: Sequence[dict[str, Any]]) -> bool:
    inside = [x for x in passages if _overlap(x, planted) > 0]
    start, end = min(x["start"] for x in inside), max(x["end"] for x in inside)
    begins_right = bool(abs(start - planted.start) <= _sentence(text, planted.start))
    return begins_right and bool(abs(end - planted.end) <= _sentence(text, planted.end - 1))


def _sentence(text: str, at: int) -> int:
    """Length of the sentence that a character stands in."""
    ends = [0, *(m.end() for m in _SENTENCE.finditer(text)), len(text)]
    return next(b - a for a, b in pairwise(ends) if b > at)


def report(scores: Sequence[Score]) -> list[dict[str, float]]:
    """The scores with their shares, for JSON."""
    return [
        {**asdict(s), "recall": s.recall, "false_share": s.false_share, "placed_share": s.placed_share} for s in scores
    ]
