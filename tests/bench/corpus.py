"""A made-up wire: texts with the word frequencies of a language and the kinship of news.

Most texts are of their own; the rest are copies, copies in other furniture, revisions, excerpts, composites and forms
filled in with other numbers, all of texts of the days before. The same seed gives the same texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import Generator

__all__ = ["Mixture", "make", "write"]

_WORDS = 60_000
_OUTLETS = 1_000
_BATCH = 5_000
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "text": pa.string(),
        "title": pa.string(),
        "source": pa.string(),
        "published_at": pa.timestamp("us", tz="UTC"),
    }
)


@dataclass(frozen=True, slots=True)
class Mixture:
    """What share of the texts is made from earlier ones, and how; the rest is of its own."""

    copy: float = 0.10
    dressed: float = 0.10  # a copy with the lines of a site above and below
    revision: float = 0.08
    excerpt: float = 0.05
    composite: float = 0.02
    form: float = 0.03

    def kinds(self) -> tuple[list[str], list[float]]:
        shares = {k: getattr(self, k) for k in self.__slots__}
        return ["own", *shares], [1 - sum(shares.values()), *shares.values()]


def make(
    texts: int,
    words: int,
    seed: int = 1,
    days: int = 20,
    mixture: Mixture = Mixture(),
    prefix: str = "t",
    start: datetime = datetime(2018, 9, 1, tzinfo=UTC),
) -> Iterator[pa.Table]:
    """Tables of schema `SCHEMA`, in order of time.

    Args:
        words: Mean length of a text of its own, in words.
        days: Over which the texts are spread.
        prefix: Of the ids.
    """
    rng = np.random.default_rng(seed)
    language = _Language(rng)
    furniture = [(language.sentence(rng, 9), language.sentence(rng, 14)) for _ in range(_OUTLETS)]
    forms = [[language.sentence(rng, 22) for _ in range(12)] for _ in range(200)]
    kinds, shares = mixture.kinds()
    recent: list[list[str]] = []  # texts as lists of paragraphs: those that later ones are made from
    for begin in range(0, texts, _BATCH):
        n = min(_BATCH, texts - begin)
        rows: list[tuple[str, str, str, str, datetime]] = []
        for i, kind in enumerate(rng.choice(kinds, n, p=shares)):
            outlet = int(rng.integers(_OUTLETS))
            paragraphs = _paragraphs(kind if recent else "own", words, recent, forms, furniture[outlet], language, rng)
            if kind == "own" or not recent:
                recent.append(paragraphs)
                del recent[:-20_000]
            at = start + timedelta(days=days) * ((begin + i) / texts)
            title = " ".join(paragraphs[0].split()[:9])
            rows.append((f"{prefix}{begin + i:08}", "\n\n".join(paragraphs), title, f"outlet {outlet}", at))
        yield pa.table(list(map(pa.array, zip(*rows, strict=True))), schema=SCHEMA)


def write(path: str, tables: Iterator[pa.Table]) -> int:
    """Write one Parquet file; returns the texts in it."""
    texts = 0
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as out:
        for table in tables:
            out.write_table(table)
            texts += table.num_rows
    return texts


class _Language:
    """Words drawn by the Zipf-Mandelbrot law; a third of the sentences begin with a capitalised name or a number."""

    def __init__(self, rng: Generator) -> None:
        letters = np.array(list("etaoinshrdlucmfwypvbgk"))
        weight = 1 / np.arange(1, len(letters) + 1) ** 0.6
        lengths = np.clip(np.log1p(np.arange(_WORDS)).astype(int) + rng.integers(-1, 2, _WORDS), 2, 12)
        drawn = rng.choice(letters, int(lengths.sum()), p=weight / weight.sum())
        ends = np.cumsum(lengths)
        self._words = np.array(["".join(drawn[e - n : e]) for n, e in zip(lengths, ends, strict=True)], dtype=object)
        frequency = 1 / (np.arange(_WORDS) + 2.7)
        self._cumulative = np.cumsum(frequency / frequency.sum())

    def sentence(self, rng: Generator, words: int) -> str:
        return self.paragraph(rng, words, words)

    def paragraph(self, rng: Generator, words: int, sentence: int = 21) -> str:
        drawn = self._words[np.minimum(np.searchsorted(self._cumulative, rng.random(words)), _WORDS - 1)].tolist()
        for i in range(0, words, sentence):
            drawn[i] = drawn[i].capitalize()
            end = min(i + sentence, words) - 1
            drawn[end] += "."
            if i % 2:
                drawn[min(i + 3, words - 1)] = str(int(rng.integers(2, 3000)))
        return " ".join(drawn)


def _paragraphs(
    kind: str,
    words: int,
    recent: list[list[str]],
    forms: list[list[str]],
    furniture: tuple[str, str],
    language: _Language,
    rng: Generator,
) -> list[str]:
    if kind == "own":
        length = int(np.clip(rng.lognormal(np.log(words) - 0.08, 0.4), 40, 5 * words))
        return [language.paragraph(rng, min(42, length - at)) for at in range(0, length, 42)]
    if kind == "form":
        return [f"{line} {int(rng.integers(10_000))} {line[:40]}" for line in forms[int(rng.integers(len(forms)))]]
    if kind == "composite":
        parts = [recent[-1 - int(rng.integers(min(len(recent), 2_000)))] for _ in range(3)]
        return [p for part in parts for p in part[: max(2, len(part) // 3)]]
    model = list(recent[-1 - int(rng.integers(min(len(recent), 5_000)) ** 2 // 5_000)])
    if kind == "dressed":
        return [furniture[0], *model, furniture[1]]
    if kind == "revision":
        for _ in range(1 + len(model) // 6):
            model[int(rng.integers(len(model)))] = language.paragraph(rng, 42)
        return [*model, language.paragraph(rng, 42)]
    if kind == "excerpt":
        return model[: max(1, int(len(model) * rng.uniform(0.3, 0.7)))]
    return model
