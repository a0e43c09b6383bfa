"""Articles with equal texts, by their links."""

from __future__ import annotations

import pyarrow as pa

from pipeline.article import Relation
from pipeline.run.twins import Twins


def test_twins_are_all_that_one_text_ties() -> None:
    """Of m, n, o, p the text is compared by m; q is another."""
    ties = [("m", "n", Relation.EXACT), ("m", "o", Relation.EXACT), ("m", "p", Relation.EXACT)]
    ties += [("n", "q", Relation.REVISION), ("x", "y", Relation.EXACT)]
    links = pa.table({name: [t[n] for t in ties] for n, name in enumerate(("article_a", "article_b", "relation"))})
    twins = Twins(links, pa.array(["n", "q"]))
    assert sorted(twins.of("n")) == sorted(twins.of("p")) == ["m", "n", "o", "p"]
    assert twins.of("n") is twins.of("p")  # ten thousand copies do not hold as many lists each
    assert {twins.name(i) for i in "mnop"} == {"m"}
    assert (twins.name("q"), twins.of("q")) == ("q", ["q"])
    assert twins.of("x") == ["x"]  # nobody asked
