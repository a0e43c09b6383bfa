"""Text that was damaged on the way: mojibake, and words broken at line ends."""

from __future__ import annotations

import pytest

from pipeline.extract.bylines import is_end_mark
from pipeline.extract.markup import plain_paragraphs
from pipeline.text import mend, reading_form

from .helpers import TEXT, article, page


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("The cafÃ© said â€œnoâ€\x9d", "The café said “no”"),
        ("prÃªt Ã  porter", "prêt à porter"),
        ("SÃO PAULO — “x”", "SÃO PAULO — “x”"),  # Portuguese, and whole
        ("âge d’or", "âge d’or"),
        ("plain", "plain"),
    ],
)
def test_mojibake_is_mended_when_it_is_certain(damaged: str, mended: str) -> None:
    assert mend(damaged) == mended
    assert mend(mended) == mended


def test_pages_are_mended() -> None:
    found = article(page(paragraphs=["The cafÃ© at the pier stays open, the mayor said.", *TEXT], h1="Le cafÃ© ferme"))
    assert (found.title, found.text.startswith("The café at")) == ("Le café ferme", True)


@pytest.mark.parametrize(
    "mark", ["(END)", "ends", "-30-", "###", "___", "/ritzau/", "AAP RTV ar", "(Reuters)", "Associated Press", "MORE"]
)
def test_a_wires_end_mark_is_no_text(mark: str) -> None:
    assert article(page(paragraphs=[*TEXT, mark])).text.split("\n\n") == TEXT


@pytest.mark.parametrize("line", ["It ends on Monday.", "More", "AAP will pay", "The end of it"])
def test_a_last_line_that_says_something_is_text(line: str) -> None:
    assert is_end_mark(line) is (line == "More")


def test_soft_hyphens_are_no_part_of_words() -> None:
    assert reading_form("time\u00adtable") == "timetable"


@pytest.mark.parametrize(
    ("lines", "paragraph"),
    [
        ("The time-\ntable changes. A timetable is new.", "The timetable changes. A timetable is new."),
        ("It is self-\nservice there.", "It is self-service there."),
        ("The years 1990-\n95 were good.", "The years 1990- 95 were good."),
        ("A pause -\nthen more.", "A pause - then more."),
        ("Rhine-\nMain airport", "Rhine- Main airport"),
    ],
)
def test_words_broken_at_line_ends_are_whole_again(lines: str, paragraph: str) -> None:
    assert plain_paragraphs(lines) == [paragraph]
