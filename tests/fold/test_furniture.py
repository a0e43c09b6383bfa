"""What is furniture of a site, and what is not."""

from __future__ import annotations

import random
import time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fold.furniture import Holders, blank, lines, site_of, without_furniture

FOOT = "Rate this report and let other readers know."
SITE = "x.example"


def story(seed: int, paragraphs: int = 5) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(f"w{draw.randrange(9_999)}" for _ in range(20)) for _ in range(paragraphs)]


def holders(*texts: list[str]) -> Holders:
    return Holders({n: {line.key: line.words for line in lines(SITE, "\n\n".join(t))} for n, t in enumerate(texts)})


def is_furniture(line: str, *texts: list[str]) -> bool:
    (found,) = lines(SITE, line)
    return holders(*texts).recurs(found.key, range(len(texts)))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param([[*story(n), FOOT] for n in range(3)], True, id="three stories"),
        pytest.param([[*story(n), FOOT] for n in range(2)], False, id="two"),
        pytest.param([[*story(1), FOOT]] * 5, False, id="copies of one"),
        pytest.param([[*story(1)[: 5 - n], FOOT] for n in range(3)], False, id="versions of one, cut"),
        pytest.param([[*story(1), *story(n, 3), FOOT] for n in range(2, 6)], False, id="versions of one, extended"),
        pytest.param(
            [[*story(n), FOOT, "Print", "Subscribe to our letters today."] for n in range(3)],
            True,
            id="with other furniture",
        ),
        pytest.param([[*story(1), FOOT], [*story(1), FOOT], [*story(2), FOOT]], False, id="two, one of them twice"),
        pytest.param([[FOOT]] * 3, False, id="nothing else"),
    ],
)
def test_recurs(texts: list[list[str]], expected: bool) -> None:
    assert is_furniture(FOOT, *texts) == expected
    assert is_furniture(FOOT, *texts[::-1]) == expected


def test_a_long_paragraph_is_no_furniture() -> None:
    passage = " ".join(f"v{n}" for n in range(81))
    assert not is_furniture(passage, *([*story(n), passage] for n in range(3)))


@given(st.lists(st.integers(0, 5), min_size=3, max_size=8), st.lists(st.integers(0, 9), max_size=4))
def test_more_articles_only_add_furniture(some: list[int], more: list[int]) -> None:
    before = is_furniture(FOOT, *([*story(n), FOOT] for n in some))
    assert before <= is_furniture(FOOT, *([*story(n), FOOT] for n in (*some, *more)))


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://www.x.example/a", "x.example"),
        ("https://news.x.example:8080/a", "news.x.example"),
        ("/data/wire/a.xml", None),
        ("texts.jsonl", None),
        ("http://", None),
        ("http://[", None),
        ("https://[placeholder]/a", None),
    ],
)
def test_site_of(url: str, site: str | None) -> None:
    assert site_of(url) == site


def test_blanks_keep_the_offsets() -> None:
    text = f"{FOOT}\n\nThe office opened.\n\n{FOOT.upper()}"
    found = [*lines(SITE, text)]
    clean = blank(text, found, {found[0].key})
    assert len(clean) == len(text)
    assert clean.strip() == "The office opened."
    assert clean.index("The office") == text.index("The office")


def test_blanking_takes_no_time_that_grows_with_the_square() -> None:
    text = "\n\n".join([FOOT] * 100_000)
    found = [*lines(SITE, text)]
    begun = time.process_time()
    assert blank(text, found, {found[0].key}).isspace()
    assert time.process_time() - begun < 2


def test_furniture_of_one_site_is_text_of_another() -> None:
    (line,) = lines(SITE, FOOT)
    articles = pa.table({"url": [f"http://{SITE}/1", "http://y.example/1", "a.xml"], "text": [FOOT] * 3})
    found = without_furniture(articles, {SITE: {line.key}})["text"].to_pylist()
    assert found == [" " * len(FOOT), FOOT, FOOT]
