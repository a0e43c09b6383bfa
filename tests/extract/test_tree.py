"""What is taken out of a page's tree, and that its text stays as it reads."""

from __future__ import annotations

import pytest

from pipeline.extract.content import MAIN, certain_paragraphs, main_paragraphs
from pipeline.extract.tree import parse, strip

from .helpers import TEXT, article
from .test_brief import FLASH, SHAPES, shape


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>one<span> </span>two</p>", "one two"),
        ("<p>one<span></span>two</p>", "onetwo"),
        ("one<div></div>two", "one two"),
        ("<p>one<i><b> </b></i>two</p><p> </p>", "one two"),
        ("<p>one<br>two</p><img>", "onetwo"),
        ("<div><div><img></div></div><p>one</p>two", "onetwo"),
        ("<nav>menu</nav><p>one</p><footer>imprint</footer><script>x()</script><style>p{}</style>two", "onetwo"),
    ],
)
def test_text_outlives_what_holds_none(body: str, text: str) -> None:
    tree = parse(f"<html><body>{body}</body></html>".encode(), 256)
    strip(tree)
    assert " ".join(tree.text_content().split()) == text
    assert len(list(tree.iter("br"))) == body.count("<br>")
    assert next(tree.iter("img", "nav", "footer", "script", "style"), None) is None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["ferry, " * 200], [1_400]),
        (["(" * 60_000, "Ada Lind"], [2_000, 8]),
        (["x" * 2_000] * 60, [2_000] * 50 + [0] * 10),
    ],
)
def test_what_metas_say_is_bounded(said: list[str], kept: list[int]) -> None:
    metas = "".join(f'<meta name="author" content="{s}">' for s in said)
    assert [len(e.get("content", "")) for e in parse(f"<head>{metas}</head>".encode(), 256).iter("meta")] == kept


@pytest.mark.parametrize("where", [0, 200_000, 400_000])
@pytest.mark.parametrize("sign", ["\x07", "\x0b", "\x0c", "\x1f", "\ufffe", "\uffff"])
def test_what_xml_does_not_know_is_dropped_wherever_it_stands(where: int, sign: str) -> None:
    text = "\t\n\uff08" + "x" * 400_000
    tree = parse(f"<!doctype html><body><p>{text[:where]}{sign}{text[where:]}</p></body>".encode(), 256)
    assert tree.text_content() == text


@pytest.mark.parametrize("code", [*range(9), 11, 12, *range(14, 32), 65534, 65535])
def test_references_to_what_xml_does_not_know_cost_no_text(code: int) -> None:
    said = f"&#{code};&#x{code:X};&#0{code}&#x000{code:x} &#233;&#x1F6A2;&#145;"  # 1 and 14 begin the last
    body = "".join(f"<p>{said}{p}</p>" for p in TEXT)
    found = article(f"<html><body><article><h1>Ferry</h1>{body}</article></body></html>").text
    assert all(p in found for p in TEXT)
    assert not set(map(ord, found)) & {*range(9), *range(11, 32), 65534, 65535}
    assert found.count("é\U0001f6a2\u2018") == len(TEXT)


def test_json_ld_stays() -> None:
    tree = parse(b'<html><body><p>one</p><script type="application/ld+json">{}</script></body></html>', 256)
    strip(tree)
    assert [e.text for e in tree.iter("script")] == ["{}"]


@pytest.mark.parametrize("tag", ["aside", "footer"])
def test_an_element_with_headline_and_text_in_it_is_not_beside_the_text(tag: str) -> None:
    text = "".join(f"<p>{p}</p>" for p in TEXT)
    whole = f"<body><{tag}><div><h1>Ferry</h1>{text}</div></{tag}><aside><p>Sea fair</p></aside></body>"
    assert article(whole).text.split("\n\n") == TEXT
    aside = f"<body><h1>Ferry</h1><div>{text}</div><{tag}><p>All about the sea fair</p></{tag}></body>"
    assert article(aside).text.split("\n\n") == TEXT


@pytest.mark.parametrize("name", SHAPES)
def test_the_first_extractor_is_asked_alone_where_it_finds_enough(name: str) -> None:
    tree = parse(shape(name, TEXT).encode(), 256)
    assert certain_paragraphs(tree) in ([], main_paragraphs(tree, MAIN))
    assert certain_paragraphs(parse(shape(name, [FLASH]).encode(), 256)) == []


def test_most_pages_need_no_other() -> None:
    assert certain_paragraphs(parse(shape("article", TEXT).encode(), 256))[-len(TEXT) :] == TEXT
