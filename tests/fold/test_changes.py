"""What changed, in a few words."""

from __future__ import annotations

import pytest

from pipeline.fold.changes import changes
from pipeline.fold.diff import diff

OLD = "Lee said the repair cost 8.7 billion won.\n\nAbout 40 people will work there.\n\nIt rained."


@pytest.mark.parametrize(
    ("new", "counts", "numbers", "names"),
    [
        (OLD, (0, 0, 0, 0), (), ()),
        (OLD.replace("8.7", "9.7"), (0, 0, 1, 0), (("8.7", "9.7"),), ()),
        (OLD.replace("Lee", "Kim"), (0, 0, 1, 0), (), (("Lee", "Kim"),)),
        (OLD.replace("About 40", "Some 40 or about 50"), (0, 0, 1, 0), (("", "50"),), (("", "Some"),)),
        (OLD + "\n\nA new paragraph of 3 Koreans.", (1, 0, 0, 0), (), ()),
        (OLD.replace("\n\nIt rained.", ""), (0, 1, 0, 0), (), ()),
    ],
)
def test_changes(
    new: str, counts: tuple[int, ...], numbers: tuple[tuple[str, str], ...], names: tuple[tuple[str, str], ...]
) -> None:
    found = changes(diff(OLD, new))
    assert (found.added, found.removed, found.changed, found.moved) == counts
    assert found.numbers == numbers
    assert found.names == names
