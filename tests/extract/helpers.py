"""Captures for the tests of extraction, and functions that worker processes can import."""

from __future__ import annotations

import os
import re
import signal
import time
from collections import Counter
from datetime import UTC, datetime

from pipeline.article import Article, Capture, Item, Reason, Reject
from pipeline.config import ExtractSettings
from pipeline.extract import extract

SEEN = datetime(2026, 5, 1, 12, tzinfo=UTC)
URL = "https://www.harbour-post.example/2026/04/ferry-timetable"
SENTENCE = (
    "The ferry company said on Monday that the new timetable would begin after the holidays and run until autumn."
)
TEXT = [f"{SENTENCE} Paragraph {n} adds that crews number {n + 20} were told in writing." for n in range(1, 6)]


def capture(body: str | bytes, *, url: str = URL, content_type: str | None = None, **item: object) -> Capture:
    raw = body.encode() if isinstance(body, str) else body
    return Capture(Item("test", 0, url, **item), raw, SEEN, url, content_type=content_type)  # type: ignore[arg-type]


def page(head: str = "", paragraphs: list[str] = TEXT, *, lang: str = "en", h1: str = "Ferry to run again") -> str:
    body = "".join(f"<p>{p}</p>\n" for p in paragraphs)
    heading = f"<h1>{h1}</h1>" if h1 else ""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head>'
        '<body><nav><a href="/">Home</a><a href="/w">World</a></nav>'
        f"<main><article>{heading}{body}</article></main><footer>About us</footer></body></html>"
    )


def article(body: str | bytes, **kw: object) -> Article:
    found = extract(capture(body, **kw), settings=ExtractSettings(min_words=3))  # type: ignore[arg-type]
    assert isinstance(found, Article), found
    return found


def reject(body: str | bytes, **kw: object) -> Reject:
    found = extract(capture(body, **kw))  # type: ignore[arg-type]
    assert isinstance(found, Reject), found
    return found


def f1(pairs: list[tuple[str, str]]) -> float:
    """Mean-precision/mean-recall F1 over word 4-grams of (truth, found), as scrapinghub's benchmark has it."""
    precision = recall = 0.0
    for truth, found in pairs:
        want, got = _shingles(truth), _shingles(found)
        both = sum((want & got).values())
        precision += both / got.total() if got else float(not want)
        recall += both / want.total() if want else 1.0
    precision, recall = precision / len(pairs), recall / len(pairs)
    return 2 * precision * recall / (precision + recall)


def _shingles(text: str, n: int = 4) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1))) if words else Counter()


def misbehave(
    found: Capture, publisher: str | None, language: str | None, settings: ExtractSettings
) -> Article | Reject:
    """Do what the first word of the body says; stands in for a page that makes a parser do it."""
    match found.body.split()[0]:
        case b"loop":
            while True:
                pass
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"memory":
            bytearray(3 * 1024**3)
        case b"slow":
            time.sleep(0.3)
    return Reject(found.item, Reason.NO_TEXT, found.body.decode())
