"""What items say of earlier ones."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.fold.notices import notices, subject


@pytest.mark.parametrize(
    ("title", "slug", "text", "status", "expected"),
    [
        ("Koreas open office", None, "Two Koreas opened an office.", "usable", None),
        ("Koreas open office", None, "Two Koreas opened an office.", "canceled", "kill"),
        ("MANDATORY KILL: Koreas open office", None, "Kill the story.", "usable", "kill"),
        ("BC-Koreas-Office, KILL", None, "Kill the story.", "usable", "kill"),
        ("Koreas open office", "BC-KOREAS-OFFICE, KILL", "Text.", "usable", "kill"),
        ("Koreas open office", None, "KILL NOTICE\n\nThe story is wrong.", "usable", "kill"),
        ("WITHDRAWN: Koreas open office", None, "Text.", "usable", "kill"),
        ("Kill Bill returns to cinemas", None, "A film.", "usable", None),
        ("FLOODS KILL TEN IN NORTH KOREA", None, "Floods.", "usable", None),
        ("Floods kill", None, "Floods.", "usable", None),
        ("CORRECTED-Koreas open office", None, "Text.", "usable", "correction"),
        ("REFILE-Koreas open office", None, "Text.", "usable", "correction"),
        ("Correction: Koreas-Office story", None, "Text.", "usable", "correction"),
        ("Koreas open office", None, "(Corrects cost in paragraph 10)\n\nText.", "usable", "correction"),
        ("Koreas open office", None, "Text.\n\nThis version of the story corrects the cost.", "usable", "correction"),
        ("Koreas open office", None, "Text.\n\nThis article was corrected on Friday.", "usable", "correction"),
        ("Koreas open office", None, "Teachers said the article was right and the spelling correct.", "usable", None),
        ("Corrections officer held", None, "An officer of a department of corrections.", "usable", None),
    ],
)
def test_notices(title: str, slug: str | None, text: str, status: str, expected: str | None) -> None:
    columns = {"title": [title], "slug": pa.array([slug], pa.string()), "text": [text], "status": [status]}
    assert notices(pa.table(columns)).to_pylist() == [expected]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("MANDATORY KILL: Koreas open office", "koreas open office"),
        ("BC-Koreas-Office, KILL", "bc koreas office"),
        ("BC-Koreas-Office, 2nd Ld-Writethru", "bc koreas office"),
        ("KILL NOTICE", ""),
        (None, ""),
    ],
)
def test_subject(label: str | None, expected: str) -> None:
    assert subject(label) == expected
