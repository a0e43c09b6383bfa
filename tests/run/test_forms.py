"""The normal forms of many texts are those of one."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.wrapped import unwrapped
from pipeline.run.forms import forms, unwrapped_texts
from pipeline.text import reading_form, text_hash

CHARACTERS = st.one_of(
    st.sampled_from("ab Z.\n\n\t  \r`'é“”…’ǆßﬁ½Å\u0301 \u00a0\u2028\u200b가ᄀㄱ漢İΣς\x00\x7f𝕏\u3000Å"),
    st.characters(exclude_categories=["Cs"]),
)


def check(texts: list[str]) -> None:
    made = forms(pa.array(texts, pa.string()))
    wanted = [reading_form(t) for t in texts]
    assert made.texts.to_pylist() == wanted
    assert made.hashes == [text_hash(t) for t in wanted]
    assert made.words.tolist() == [len(t.split()) for t in wanted]


@given(st.lists(st.text(CHARACTERS, max_size=12), max_size=4))
def test_as_one_by_one(texts: list[str]) -> None:
    check(texts)


@pytest.mark.parametrize("around", ["a{}b", "{}", "e{0}{0}", "{} {}\n{}"])
def test_every_character(around: str) -> None:
    check([around.format(*[chr(code)] * 3) for code in range(0x10000) if not 0xD800 <= code < 0xE000])


def test_a_slice_of_a_column() -> None:
    whole = pa.array(["one two", "Drei  vier\n", "café"])
    made = forms(whole.slice(1, 2))
    assert made.texts.to_pylist() == ["Drei vier", "café"]
    assert made.words.tolist() == [2, 1]


def test_lines_are_joined_as_one_by_one() -> None:
    wrapped = (
        "The two sides opened a liaison office in the border\ntown on Friday, and officials of both moved in\nat once."
    )
    long = wrapped.replace("\n", " ") * 2
    assert unwrapped(wrapped) == wrapped.replace("\n", " ")
    texts = pa.array(["left out", wrapped, long, f"{long}\n{wrapped}", "", wrapped])
    assert unwrapped_texts(texts.slice(1)).to_pylist() == [unwrapped(t) for t in texts.to_pylist()[1:]]
    assert unwrapped_texts(texts.slice(2, 2)).to_pylist() == [long, f"{long}\n{wrapped}"]
