"""Who said what about a page, in whose zone, and whose name stands below the headline."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from .helpers import TEXT, article, page


def ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def test_each_attribute_says_where_it_came_from() -> None:
    head = (
        ld(author={"@type": "Person", "name": "Ada Lind"}, datePublished="2026-04-02T09:30:00Z", keywords=["ferry"])
        + '<meta property="og:site_name" content="Harbour Post"><meta property="og:image" content="/f.jpg">'
        + '<meta property="article:modified_time" content="2026-04-03T09:30:00Z"><link rel="canonical" href="/a">'
    )
    found = article(page(head))
    assert found.provenance == {
        "title": "h1",
        "authors": "json-ld",
        "published_at": "json-ld",
        "modified_at": "article:modified_time",
        "publisher": "og:site_name",
        "tags": "json-ld",
        "url": "link",
        "image": "og:image",
    }
    assert found.image == "https://www.harbour-post.example/f.jpg"


def test_a_picture_at_no_address_is_none() -> None:
    found = article(page('<meta property="og:image" content="https://[host]/f.jpg">'))
    assert found.image is None
    assert "image" not in found.provenance


def test_a_listing_that_knows_the_time_is_named() -> None:
    listed = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)
    assert article(page(), published_at=listed).provenance["published_at"] == "feed"


@pytest.mark.parametrize(
    ("head", "day", "hours"),
    [
        (ld(datePublished="2026-04-02T21:30:00-05:00"), "2026-04-02", -5),
        (ld(datePublished="2026-04-03T02:30:00Z"), "2026-04-03", 0),
        # the same moment said twice: in the page's zone, its day is the day that readers saw
        (
            ld(datePublished="2026-04-03T02:30:00Z")
            + '<meta property="article:published_time" content="2026-04-02T21:30:00-05:00">',
            "2026-04-02",
            -5,
        ),
        (
            ld(datePublished="2026-04-03T02:30:00Z")
            + '<meta property="article:published_time" content="2026-04-02T22:30:00-05:00">',
            "2026-04-03",
            0,
        ),
    ],
)
def test_the_day_of_publication_is_that_of_the_pages_zone(head: str, day: str, hours: int) -> None:
    found = article(page(head))
    assert found.published_at is not None
    assert (found.published_at.date().isoformat(), found.published_at.utcoffset()) == (day, timedelta(hours=hours))


@pytest.mark.parametrize(
    ("path", "day"),
    [("/2026/apr/02/ferry", "2026-04-02"), ("/2026/04/02/ferry", "2026-04-02"), ("/news/2026-4-2-ferry", "2026-04-02"),
     ("/2026/13/02/ferry", None), ("/2026/04/ferry", None), ("/2031/04/02/ferry", None)],
)  # fmt: skip
def test_an_address_may_hold_the_day(path: str, day: str | None) -> None:
    found = article(page(), url=f"https://harbour-post.example{path}").published_at
    assert (found and found.date().isoformat()) == day


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ('<a rel="author" href="/x">Ada Lind</a>', ("Ada Lind",)),
        ('By <a href="/authors/ada">Ada Lind</a> and <a href="/authors/bo">Bo Ek</a>', ("Ada Lind", "Bo Ek")),
        ('<span class="byline__author-name">Ada Lind</span>', ("Ada Lind",)),
        ('<div class="author"><span class="author-name">Ada Lind</span>, Els bureau</div>', ("Ada Lind",)),
        ('<a href="/authors/">All our authors</a>', ()),
        ('<aside><a href="/authors/ada">Ada Lind</a></aside>', ()),
        ('<div class="comment"><a href="/profile/fan">Ferry Fan</a></div>', ()),
    ],
)
def test_names_below_the_headline(line: str, authors: tuple[str, ...]) -> None:
    found = article(page().replace("</h1>", f"</h1><div>{line}</div>"))
    assert found.authors == authors
    assert found.provenance.get("authors") == ("signature" if authors else None)


def test_an_organisation_is_no_author() -> None:
    organisation = {"@type": "Organization", "name": "Associated Press"}
    found = article(page(ld(author=[organisation, {"@type": "Person", "name": "Ada Lind"}])))
    assert (found.authors, found.credit) == (("Ada Lind",), "AP")
    found = article(page(ld(author={"@type": "NewsMediaOrganization", "name": "Harbour Post Staff"})))
    assert found.authors == ()


@pytest.mark.parametrize(
    ("said", "authors"),
    [
        (["The Harbour Post"], ("Bo Ek",)),  # a paper is no author: the byline counts
        (["Ada Lind", "Ferry Report"], ("Ada Lind",)),
        (["Ada Lind", "harbour-post.example.com"], ("Ada Lind",)),
        (["Ada Lind", "adaLindPost"], ("Ada Lind",)),
        (["Els News Sport"], ("Bo Ek",)),
        (["Adalind"], ("Adalind",)),
    ],
)
def test_names_of_sites_and_accounts_are_no_authors(said: list[str], authors: tuple[str, ...]) -> None:
    head = ld(author=[{"@type": "Person", "name": name} for name in said])
    byline = '<div class="has-sidebar"><a rel="author" href="/authors/bo">Bo Ek</a></div>'
    head += '<meta property="og:site_name" content="Els News">'
    assert article(page(head).replace("</h1>", f"</h1>{byline}")).authors == authors


@pytest.mark.parametrize(
    "author",
    [
        {"@id": "/#ada"},
        [{"@id": "/#ada"}, {"@id": "/#unknown"}],
        {"@type": "Person", "@id": "/#ada", "name": "Ada Lind"},
        {"@type": "Person", "name": ["Ada Lind"]},
        "Ada Lind",
    ],
)
@pytest.mark.parametrize("attribute", ["author", "creator"])
def test_an_author_may_be_named_by_the_id_of_another_object(author: object, attribute: str) -> None:
    person = {"@type": "Person", "@id": "/#ada", "name": "Ada Lind"}
    graph = [{"@type": "NewsArticle", attribute: author}, person, {"@type": "Person", "@id": "/#bo", "name": "Bo Ek"}]
    head = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'
    assert article(page(head)).authors == ("Ada Lind",)


def test_a_rubric_in_the_heading_is_no_part_of_the_headline() -> None:
    head = '<meta property="og:title" content="What the new ferry means for us">'
    assert article(page(head, h1="<span>Opinion</span> What the new ferry means for us")).title == (
        "What the new ferry means for us"
    )


def test_quality_falls_with_what_is_short_or_had_furniture() -> None:
    good = article(page(paragraphs=TEXT * 3)).quality
    short = article(page(paragraphs=TEXT[:2])).quality
    littered = article(
        page(paragraphs=TEXT * 3 + ["Sign up for our newsletter and get it in your inbox."] * 30)
    ).quality
    assert 0 < short < good <= 1
    assert littered < good
