"""The compiled loops against the same said in plain Python."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fold import kernel, tokens
from pipeline.fold.texts import Texts

TEXT = st.text(
    st.one_of(st.sampled_from("abcAB 1 -é'ßİﬁĳ漢字かな한국 ไทย\u0301K"), st.characters(exclude_categories=["Cs"])),
    max_size=60,
)


def words(text: str) -> list[tuple[str, int, int]]:
    """Tokens of a text with their offsets: runs of letters, digits and marks, case-folded."""
    table = tokens.classes()
    found: list[tuple[str, int, int]] = []
    begin = None
    for i, char in enumerate(text + " "):
        kind = table[ord(char)] if ord(char) < len(table) else tokens.SEPARATOR
        if kind != tokens.JOIN and begin is not None:
            found.append((text[begin:i].casefold(), begin, i))
            begin = None
        if kind == tokens.JOIN and begin is None:
            begin = i
        if kind == tokens.SINGLE:
            found.append((char.casefold(), i, i + 1))
    return found


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_tokens(texts: list[str]) -> None:
    made = Texts.of(pa.chunked_array([pa.array(texts, pa.string())]))
    hashes: dict[str, int] = {}
    for i, text in enumerate(texts):
        at = slice(made.token_at[i], made.token_at[i + 1])
        wanted = words(text)
        assert [(int(b), int(e)) for b, e in zip(made.begins[at], made.ends[at], strict=True)] == [
            x[1:] for x in wanted
        ]
        for (word, *_), h in zip(wanted, made.words[at].tolist(), strict=True):
            assert hashes.setdefault(word, h) == h  # equal words, equal hashes
    assert len(set(hashes.values())) == len(hashes)  # and others other ones


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STRASSE", "straße"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("ﬁn", "FIN"), ("10", "10"), ("kelvin", "\u212aelvin"),
        ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ],
)  # fmt: skip
def test_case_is_folded(one: str, other: str) -> None:
    made = Texts.of(pa.chunked_array([pa.array([one, other])]))
    assert made.words[0] == made.words[1]


@pytest.mark.parametrize(
    ("one", "other"), [("aa", "慡"), ("abcdefgh", "abcdefgh0"), ("a", "á"), ("1", "11"), ("e\u0301", "e")]
)
def test_other_words_have_other_hashes(one: str, other: str) -> None:
    made = Texts.of(pa.chunked_array([pa.array([one, other])]))
    assert made.words[0] != made.words[1]


@given(st.lists(st.integers(0, 2**33 - 1), max_size=60))
def test_keys_are_sorted_and_equal_ones_stay_in_order(keys: list[int]) -> None:
    packed = np.array([k << 24 | row for row, k in enumerate(keys)], np.int64)
    wanted = sorted(packed.tolist(), key=lambda x: x >> 24)
    kernel.sort_keys(packed, np.empty_like(packed), 24, 33)
    assert packed.tolist() == wanted


def test_every_letter_is_part_of_a_word_and_no_mark_of_punctuation() -> None:
    table = tokens.classes()
    for code in range(0x10000):
        kind = unicodedata.category(chr(code))[0]
        if kind in "LM" or unicodedata.category(chr(code)) == "Nd":
            assert table[code] != tokens.SEPARATOR, hex(code)
        elif kind in "PZC":
            assert table[code] == tokens.SEPARATOR, hex(code)
