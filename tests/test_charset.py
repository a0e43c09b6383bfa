"""Bytes to text: labels, lies and accidents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import charset
from pipeline.charset import decode

from .extract.helpers import TEXT, article, page

QUOTE = "\u201cCafé\u201d \u2014 10 \u20ac"
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, řekla ministryně a odešla z jednání."
RUSSIAN = "Паром снова пойдет по новому расписанию после праздников, сообщила компания в понедельник."


def labelled(text: str, charset: str) -> str:
    return f'<html><head><meta charset="{charset}"></head><body><p>{text}</p></body></html>'


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (labelled(QUOTE, "utf-8").encode(), None, QUOTE),
        (labelled(QUOTE, "utf-8").encode("utf-8-sig"), "text/html; charset=iso-8859-1", QUOTE),
        (labelled(QUOTE, "iso-8859-1").encode(), "text/html; charset=iso-8859-1", QUOTE),  # UTF-8 labelled latin-1
        (labelled(QUOTE, "iso-8859-1").encode("cp1252"), None, QUOTE),  # WHATWG: latin-1 means windows-1252
        (labelled(QUOTE, "utf-8").encode("cp1252"), None, QUOTE),  # windows-1252 labelled utf-8
        (labelled(QUOTE, "no-such-charset").encode("cp1252"), "text/html; charset=bogus", QUOTE),
        (labelled(CZECH, "windows-1250").encode("cp1250"), None, CZECH),
        (
            labelled(CZECH, "utf-8").encode("cp1250"),
            "text/html; charset=windows-1250",
            CZECH,
        ),  # the header counts first
        (labelled(RUSSIAN, "x").encode("cp1251"), None, RUSSIAN),
        (labelled("조선일보", "euc-kr").encode("cp949"), None, "조선일보"),
        (labelled("日本", "iso-2022-jp").encode("iso2022_jp"), None, "日本"),
        (("<p>" + "ヘッドポーター財布 一覧 " * 9).encode("euc_jp"), None, "財布 一覧"),  # no label at all
        (("<p>" + "ヘッドポーター財布 一覧 " * 9).encode("shift_jis"), None, "財布 一覧"),
        (labelled(QUOTE, "utf-8").encode("utf-16"), None, QUOTE),
        (labelled(QUOTE, "utf-8").encode("utf-16-le"), None, QUOTE),  # no byte order mark
        (labelled(QUOTE, "utf-8").encode("utf-16-be"), None, QUOTE),
        (labelled("nu\0ll", "utf-8").encode(), None, "null"),
        (labelled(QUOTE * 5, "utf-8").encode().replace(b"</p>", b"\xff</p>"), None, QUOTE),  # one broken character
        (
            b"\xff\xfe".join([b"a", b"b"]) + "\U0001f600".encode(),
            None,
            "\U0001f600",
        ),  # few characters, some of them broken
        ("abc \u20ac".encode()[:-1], None, "abc \ufffd"),  # cut inside a character
        (b'<?xml version="1.0" encoding="iso-8859-2"?><a>\xb1</a>', None, "ą"),
    ],
)
def test_decode(body: bytes, content_type: str | None, expected: str) -> None:
    assert expected in decode(body, content_type)


@given(st.binary(max_size=12), st.sampled_from(["é", "한", "\U0001f600", "x"]), st.integers(0, 9), st.integers(1, 9))
def test_utf8_is_told_piece_by_piece_as_at_once(tail: bytes, sign: str, before: int, piece: int) -> None:
    body = b"x" * before + 3 * sign.encode() + tail.replace(b"\0", b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charset, "_PIECE", max(piece, 4))
        told = charset._is_utf8(body)
    try:
        assert told == bool(body.decode() or True)
    except UnicodeDecodeError:
        assert not told


def test_seven_bit_characters_are_found_wherever_they_stand() -> None:
    page = labelled("x" * 200_000 + "日本", "iso-2022-jp").encode("iso2022_jp")
    assert decode(page).endswith("日本</p></body></html>")
    assert "日本" in decode(labelled("日本", "hz-gb-2312").encode("hz"), "text/html; charset=hz-gb-2312")


def test_utf16_page_without_byte_order_mark_is_extracted() -> None:
    assert article(page().encode("utf-16-le")).text == "\n\n".join(TEXT)
