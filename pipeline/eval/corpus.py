"""Corpora of ready texts with what is known about their pairs.

A corpus is a folder that holds texts (``*.jsonl[.gz]`` of ready texts, or Reuters-21578's ``*.sgm.gz``) and, of each
kind of truth, a file or none: ``labelled_pairs.tsv`` (pairs judged by readers) and ``exact_pairs.tsv`` (all pairs that
overlap, computed without any sketch). The first two columns of both are the ids of the pair.
"""

from __future__ import annotations

import csv
import gzip
import html
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import UsageError

__all__ = ["Corpus", "ExactPair", "LabelledPair", "load_corpus", "load_labels"]

P = TypeVar("P")

_STORY = re.compile(r'<REUTERS [^>]*NEWID="(\d+)">(.*?)</REUTERS>', re.DOTALL)
_PART = {name: re.compile(rf"<{name}>(.*?)</{name}>", re.DOTALL) for name in ("DATE", "TITLE", "BODY")}
_UNPROCESSED = re.compile(r'<TEXT TYPE="UNPROC">(.*?)</TEXT>', re.DOTALL)
_SIGNED = re.compile(r"\s*(?:Reuter|REUTER)\s*$")  # below every story; the truth was computed without it
_TIME = re.compile(r"\d{1,2}-[A-Z]{3}-\d{4} \d\d:\d\d:\d\d(?:\.\d\d)?")


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A pair as a reader judged it.

    Attributes:
        relation: ``same_version``, ``revision``, ``excerpt``, ``composite``, ``template``, ``same_event``,
            ``boilerplate_only`` or ``unrelated``.
        should_group: Whether a reader would want the two shown as one story.
        confidence: 4 known (it was made so), 3 sure, 2 likely, 1 borderline.
    """

    a: str
    b: str
    relation: str
    should_group: bool
    confidence: int


@dataclass(frozen=True, slots=True)
class ExactPair:
    """What two texts share, counted on sets of word 5-shingles; containment is of the smaller set."""

    a: str
    b: str
    jaccard: float
    containment: float
    shared: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """Ready texts (``id``, ``text``, and what else is known) and the truth about their pairs."""

    name: str
    texts: tuple[dict[str, Any], ...]
    labelled: tuple[LabelledPair, ...]
    exact: tuple[ExactPair, ...]


def load_corpus(folder: str | Path, labels: Path | None = None) -> Corpus:
    """Read a corpus.

    Args:
        labels: Folder of more judged pairs: ``NAME.tsv`` or ``NAME_*.tsv`` for the corpus called NAME.

    Raises:
        UsageError: The folder holds no texts or no truth, a file is not in the form it should have, or a pair names a
            text that is not there.
    """
    path = Path(folder)
    texts = [*_json_texts(path), *_reuters_texts(path)]
    if not texts:
        raise UsageError(f"{path} holds no texts: *.jsonl, *.jsonl.gz or *.sgm.gz are wanted")
    name = path.resolve().name
    more = sorted({*labels.glob(f"{name}.tsv"), *labels.glob(f"{name}_*.tsv")}) if labels else []
    labelled = tuple(p for file in (path / "labelled_pairs.tsv", *more) for p in load_labels(file))
    exact = tuple(_pairs(path / "exact_pairs.tsv", ("jaccard", "containment", "shared"), _exact))
    if not labelled and not exact:
        raise UsageError(f"{path} holds neither labelled_pairs.tsv nor exact_pairs.tsv")
    pairs: list[LabelledPair | ExactPair] = [*labelled, *exact]
    if lost := {i for p in pairs for i in (p.a, p.b)}.difference(t["id"] for t in texts):
        raise UsageError(f"{path}: pairs name texts that are not there, such as {min(lost)!r}")
    return Corpus(name, tuple(texts), labelled, exact)


def load_labels(path: Path) -> tuple[LabelledPair, ...]:
    """Judged pairs of a file; none where there is no such file.

    Raises:
        UsageError: A column is missing.
    """
    return tuple(_pairs(path, ("relation", "should_group", "confidence"), _labelled))


def _labelled(a: str, b: str, row: dict[str, str]) -> LabelledPair:
    group = row["should_group"].lower()
    if group not in ("true", "false"):
        raise ValueError(f"should_group is {group!r}, neither true nor false")
    return LabelledPair(a, b, row["relation"], group == "true", int(row["confidence"]))


def _exact(a: str, b: str, row: dict[str, str]) -> ExactPair:
    return ExactPair(a, b, float(row["jaccard"]), float(row["containment"]), int(row["shared"]))


def _pairs(path: Path, wanted: tuple[str, ...], made: Callable[[str, str, dict[str, str]], P]) -> Iterator[P]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        try:
            names = list(rows.fieldnames or ())
            missing = set(wanted).difference(names)
            if missing:
                raise UsageError(f"{path} has no column {min(missing)!r}")
            for row in rows:
                yield made(row[names[0]], row[names[1]], row)
        except (ValueError, TypeError, AttributeError) as e:  # a short row has None in its last columns
            raise UsageError(f"{path}, line {rows.line_num}: {e}") from e


def _json_texts(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(p for form in ("*.jsonl", "*.jsonl.gz") for p in folder.glob(form)):
        number = 0
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            try:
                for line in file:
                    number += 1
                    row = json.loads(line)
                    yield {
                        "id": str(row["id"]),
                        "text": row["text"],
                        "title": row.get("title") or None,
                        "url": row.get("url") or None,
                        "source": row.get("source") or None,
                        "published_at": row.get("published_at") or row.get("published") or None,
                    }
            except KeyError as e:
                raise UsageError(f"{path}, line {number}: {e} is missing") from e
            except (ValueError, TypeError, AttributeError) as e:
                raise UsageError(f"{path}, line {number}: {e}") from e
            except (OSError, EOFError, zlib.error) as e:
                raise UsageError(f"{path} cannot be read beyond line {number}: {e}") from e


def _reuters_texts(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.sgm.gz")):
        with gzip.open(path, "rt", encoding="latin-1") as file:
            for newid, story in _STORY.findall(file.read()):
                body = _SIGNED.sub("", _part(_PART["BODY"], story) or _part(_UNPROCESSED, story))
                if body:  # briefs are a headline alone
                    yield {
                        "id": newid,
                        "text": body,
                        "title": _part(_PART["TITLE"], story) or None,
                        "published_at": _time(story),
                    }


def _part(part: re.Pattern[str], story: str) -> str:
    found = part.search(story)
    return html.unescape(found[1]).strip(" \n\x02\x03") if found else ""


def _time(story: str) -> str | None:
    date = _PART["DATE"].search(story)
    stamp = _TIME.search(date[1]) if date else None
    if not stamp:
        return None
    form = "%d-%b-%Y %H:%M:%S.%f" if "." in stamp[0] else "%d-%b-%Y %H:%M:%S"
    return datetime.strptime(stamp[0], form).replace(tzinfo=UTC).isoformat()
