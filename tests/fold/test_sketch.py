"""Sketches: bit by bit those of datasketch, and the same however articles come in batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import datasketch
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import WirefoldError
from pipeline.fold.sketch import SketchContract, key_table, sketch
from pipeline.fold.texts import Texts

WORDS = ["the", "talks", "in", "Kaesong", "end", "of", "14", "September", "who", "said", "It", "漢字", "ünion", "ét"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)


def articles(texts: Sequence[str], first: int = 0) -> pa.Table:
    n = len(texts)
    return pa.table(
        {
            "article": pa.array(range(first, first + n), pa.int64()),
            "article_id": pa.array([f"a{first + i}" for i in range(n)], pa.string()),
            "text_hash": pa.array([f"{hash(t):x}" for t in texts], pa.string()),
            "published_at": pa.array([datetime(2018, 9, 14, tzinfo=UTC)] * n, pa.timestamp("us", tz="UTC")),
            "text": pa.array(texts, pa.string()),
        }
    )


@given(st.lists(TEXTS, min_size=1, max_size=3), st.integers(1, 3))
def test_signatures_are_those_of_datasketch(texts: list[str], seed: int) -> None:
    how = SketchContract(seed=seed)
    rows = sketch(articles(texts), how).rows
    shingles = Texts.of(pa.chunked_array([pa.array(texts, pa.string())]), how)
    for i, made in enumerate(rows["signature"].to_pylist()):
        peer = datasketch.MinHash(128, seed=seed, scheme="affine32", hashfunc=lambda h: int(h) & 0xFFFFFFFF)
        peer.update_batch(shingles.shingles[shingles.shingle_at[i] : shingles.shingle_at[i + 1]])
        assert np.array_equal(np.frombuffer(made, "<u4"), peer.hashvalues)
        assert rows["shingles"][i].as_py() == shingles.distinct[i]


def test_a_signature_is_a_datasketch_again_in_two_lines(tmp_path: Path) -> None:
    texts = [" ".join(f"word{i}" for i in range(200)), " ".join(f"word{i}" for i in range(50, 250))]
    pq.write_table(sketch(articles(texts)).rows, tmp_path / "sketches.parquet")
    loaded = []
    for row in pq.read_table(tmp_path / "sketches.parquet").to_pylist():
        values = np.frombuffer(row["signature"], "<u4")
        loaded.append(datasketch.MinHash(hashvalues=values, seed=1, scheme="affine32"))
    assert loaded[0].jaccard(loaded[1]) == pytest.approx(146 / 246, abs=0.15)


@given(st.lists(TEXTS, max_size=12), st.integers(0, 12))
def test_batches_do_not_matter(texts: list[str], cut: int) -> None:
    whole = sketch(articles(texts))
    parts = [sketch(articles(texts[:cut])), sketch(articles(texts[cut:], first=len(texts[:cut])))]
    assert pa.concat_tables([p.rows for p in parts]).equals(whole.rows)
    assert key_table(0, [p.keys for p in parts]).equals(key_table(0, [whole.keys]))


def test_only_the_chosen_have_keys() -> None:
    texts = ["one two three four five six seven"] * 2
    keys = key_table(7 << 24, [sketch(articles(texts), keyed=np.array([False, True])).keys])
    assert set(keys["article"].to_pylist()) == {(7 << 24) + 1}
    assert keys["key"].to_pylist() == sorted(keys["key"].to_pylist())
    assert keys.num_rows >= 32


def test_mixed_contracts_are_refused() -> None:
    how = SketchContract()
    how.check(pa.chunked_array([[str(how), str(how)]]))
    with pytest.raises(WirefoldError, match=r"scale=8.*wirefold resketch"):
        how.check(pa.chunked_array([[str(how), str(SketchContract(scale=8))]]))


def test_equal_keys_of_an_article_are_one_row() -> None:
    packed = [(5, 1), (6, 1), (5, 1), (5, 2)]  # in the order of rows
    table = key_table(0, [np.array([key << 24 | row for key, row in packed])])
    assert [*zip(table["key"].to_pylist(), table["article"].to_pylist(), strict=True)] == [(5, 1), (5, 2), (6, 1)]
