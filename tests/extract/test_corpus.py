"""Quality floors on real pages and real agency files, where they are at hand."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.article import Article, Capture, Item, Reason
from pipeline.config import ExtractSettings
from pipeline.extract import extract
from pipeline.extract.workers import extract_stream
from tests.corpora import CORPORA

from .helpers import f1

SAMPLE = 40
needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason=f"no corpora at {CORPORA} (set WIREFOLD_CORPORA)")


def plain(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


@needs_corpora
def test_pages_reach_the_floors() -> None:
    folder = CORPORA / "extraction"
    truth: dict[str, dict[str, Any]] = json.loads((folder / "truth.json").read_text())
    ids = sorted(truth)[:: len(truth) // SAMPLE][:SAMPLE]
    seen = datetime(2024, 6, 1, tzinfo=UTC)
    captures = (
        (
            i,
            Capture(
                Item("corpus", 0, truth[i]["url"]),
                gzip.decompress((folder / "html" / f"{i}.html.gz").read_bytes()),
                seen,
                truth[i]["url"],
            ),
        )
        for i in ids
    )
    found = {i: a for i, a in extract_stream(captures, ExtractSettings(workers=2)) if isinstance(a, Article)}
    text = f1([(truth[i]["articleBody"], found[i].text if i in found else "") for i in ids])
    title = sum(plain(found[i].title) == plain(truth[i]["title"]) for i in found) / SAMPLE
    near = [
        abs((a.published_at.date() - datetime.fromisoformat(truth[i]["date"]).date()).days) <= 1
        for i, a in found.items()
        if a.published_at
    ]
    assert (text >= 0.92, title >= 0.92, sum(near) / SAMPLE >= 0.75) == (True, True, True), (
        text,
        title,
        sum(near) / SAMPLE,
    )


@needs_corpora
def test_agency_files_become_articles_or_say_what_they_are() -> None:
    outcomes: Counter[str] = Counter()
    for file in sorted((CORPORA / "wires" / "agencies").iterdir()):
        found = extract(Capture(Item("wires", 0, file.name), file.read_bytes(), datetime.now(UTC), file.name))
        outcomes[found.media if isinstance(found, Article) else found.reason.value] += 1
        if isinstance(found, Article):
            assert found.title
            assert found.published_at
            assert found.published_at.tzinfo
    assert outcomes == {
        "newsml-g2": 28,
        "nitf": 11,
        "ninjs": 2,
        Reason.UNSUPPORTED: 90,
        Reason.NO_TEXT: 2,
        Reason.TOO_SHORT: 3,
    }
