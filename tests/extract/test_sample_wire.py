"""The sample wire's own pages, as its server renders them: what is printed must come out again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.article import Article, Capture, Item, Reason, Reject
from pipeline.config import ExtractSettings
from pipeline.demo.content import Piece, Site, load_sites
from pipeline.demo.pages import Response, render_sites
from pipeline.extract import extract

DATA = Path(__file__).parents[2] / "data"
SITES = load_sites(DATA)
# WorldPages prints a "See also", a rating box and tools inside the body: the same lines in all its stories are for
# folding to find, by the evidence of many pages.
FURNITURE_IN_BODY = {"worldpages"}


@pytest.fixture(scope="module")
def pages() -> dict[str, dict[str, Response]]:
    return render_sites(SITES, DATA)


def read(site: Site, piece: Piece, page: Response, min_words: int = 3) -> Article | Reject:
    item = Item(site.slug, 0, site.url(piece.path), published_at=piece.published)
    seen = datetime(2018, 9, 30, tzinfo=UTC)
    found = Capture(item, page.body, seen, item.url, 200, "text/html; charset=utf-8")
    return extract(found, settings=ExtractSettings(min_words=min_words))


@pytest.mark.parametrize("site", SITES, ids=lambda s: s.slug)
def test_articles_come_out_as_they_were_printed(site: Site, pages: dict[str, dict[str, Response]]) -> None:
    for piece in site.pieces:
        found = read(site, piece, pages[site.host][piece.path])
        assert isinstance(found, Article), (piece.path, found)
        assert found.title == piece.headline
        assert (found.published_at, found.language, found.publisher) == (piece.published, piece.language, site.name)
        assert found.section in (None, piece.section)
        assert all(name in (piece.byline or "") for name in found.authors), (piece.path, found.authors)
        assert found.credit in (None, piece.credit, piece.byline)
        if site.slug not in FURNITURE_IN_BODY:
            assert " ".join(found.text.split()) == " ".join(" ".join(piece.paragraphs).split()), piece.path


def test_a_photo_page_is_too_short(pages: dict[str, dict[str, Response]]) -> None:
    site = next(s for s in SITES if s.slug == "daily-flash")
    piece = next(p for p in site.pieces if p.path.endswith("giant-duck-escapes"))
    found = read(site, piece, pages[site.host][piece.path], ExtractSettings().min_words)
    assert isinstance(found, Reject)
    assert found.reason is Reason.TOO_SHORT
