"""Article pages: complete, escaped, in the announced style of metadata, and fair to an extractor."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import trafilatura
from lxml import html

from pipeline.demo.content import Piece, Site, load_sites
from pipeline.demo.pages import render_sites
from pipeline.errors import WirefoldError
from pipeline.resources import resource_dir

Get = Callable[..., httpx2.Response]

SLUGS = sorted(f.parent.name for f in (resource_dir("data") / "outlets").glob("*/site.toml"))


def trees(site: Site, get: Get) -> Iterator[tuple[Piece, html.HtmlElement]]:
    for piece in site.pieces:
        response = get(site.host, urlsplit(site.url(piece.path)).path)
        assert response.status_code == 200
        yield piece, html.fromstring(response.content)


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_has_its_headline_and_its_paragraphs(slug: str, sites: dict[str, Site], get: Get) -> None:
    for piece, tree in trees(sites[slug], get):
        text = flat(tree.text_content())
        assert flat(piece.headline) in text
        assert all(paragraph in text for paragraph in piece.paragraphs), piece.path


@pytest.mark.parametrize("slug", SLUGS)
def test_metadata_is_of_the_announced_style(slug: str, sites: dict[str, Site], get: Get) -> None:
    site = sites[slug]
    for piece, tree in trees(site, get):
        data = [json.loads(s) for s in tree.xpath('//script[@type="application/ld+json"]/text()')]
        published = tree.xpath('//meta[@property="article:published_time"]/@content')
        stamp = f"{piece.published:%Y-%m-%dT%H:%M:%SZ}"
        assert bool(data) == (site.metadata == "json-ld")
        assert published == ([stamp] if site.metadata == "opengraph" else [])
        if data:
            top = data[0]
            nodes = top if isinstance(top, list) else top.get("@graph", [top])
            article = next(n for n in nodes if n["@type"] == "NewsArticle")
            assert (article["headline"], article["datePublished"]) == (piece.headline, stamp)


@pytest.mark.parametrize("slug", SLUGS)
def test_pages_name_other_items_of_their_site(slug: str, sites: dict[str, Site], get: Get) -> None:
    site = sites[slug]
    for piece, tree in trees(site, get):
        linked = set(tree.xpath("//a/@href")) & {p.path for p in site.pieces if p is not piece}
        assert len(linked) >= min(3, len(site.pieces) - 1)


@pytest.mark.parametrize("slug", SLUGS)
def test_an_extractor_finds_the_body(slug: str, sites: dict[str, Site], get: Get) -> None:
    """Token F1 of trafilatura, over items of 60 words and more: real furniture, yet no riddle."""
    scores = []
    for piece, tree in trees(sites[slug], get):
        wanted = Counter(" ".join(piece.paragraphs).split())
        if wanted.total() < 60 and piece.language != "ko":
            continue
        found = Counter((trafilatura.extract(tree, fast=True, include_comments=False) or "").split())
        scores.append(2 * (wanted & found).total() / (wanted.total() + found.total()))
    assert min(scores) > 0.85
    assert sum(scores) / len(scores) > 0.95


def test_the_same_files_give_the_same_bytes() -> None:
    data = resource_dir("data")
    assert render_sites(load_sites(data), data) == render_sites(load_sites(data), data)


def test_hostile_text_is_escaped(sites: dict[str, Site]) -> None:
    text = 'Tom & "Jerry" </script><script>alert(1)</script> ]]>'
    piece = sites["hanriver-post"].pieces[0].model_copy(update={"headline": text, "body": (text,), "tags": (text,)})
    hostile = [s.model_copy(update={"pieces": (piece,)}) for s in sites.values()]
    for host, pages in render_sites(hostile, resource_dir("data")).items():
        page = pages[piece.path].body
        assert b"<script>alert" not in page, host
        assert text in html.fromstring(page).text_content()


def test_a_wrong_template_is_named(tmp_path: Path, sites: dict[str, Site]) -> None:
    folder = tmp_path / "outlets" / "hanriver-post"
    folder.mkdir(parents=True)
    (tmp_path / "outlets/_shared").symlink_to(resource_dir("data") / "outlets/_shared")
    (folder / "page.html.j2").write_text("{{ nothing_known }}")
    with pytest.raises(WirefoldError, match=r"hanriver-post.*nothing_known"):
        render_sites([sites["hanriver-post"]], tmp_path)
