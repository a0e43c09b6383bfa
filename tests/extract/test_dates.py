"""When a page was published: what it says, in which zone, and what has to be found in its text."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.extract.months import written_day
from pipeline.extract.times import day_in_address

from .helpers import article, page

LD = '<script type="application/ld+json">{}</script>'
UTC = LD.format('{"@type": "NewsArticle", "datePublished": "2026-04-03T03:00:46Z"}')


def published(head: str, below: str = "") -> tuple[str, timedelta | None] | None:
    found = article(page(head).replace("</h1>", f"</h1>{below}"), url="https://harbour-post.example/ferry").published_at
    return (found.date().isoformat(), found.utcoffset()) if found else None


@pytest.mark.parametrize(
    ("below", "day", "hours"),
    [
        ('<div class="date-published">April 2, 2026 10:00 PM</div>', "2026-04-02", -5),
        ('<div id="publish-date">April 3, 2026 - 2:00PM</div>', "2026-04-03", 11),
        ('<span class="timestamp">3 April 2026 8.30</span>', "2026-04-03", 5.5),
        ("<div>2 April 2026 23:00</div>", "2026-04-02", -4),  # as short as a date
        ('<time datetime="2026-04-02T22:00:46-05:00">Thursday</time>', "2026-04-02", -5),
        ('<time datetime="2026-04-02T22:10:46-05:00">Thursday</time>', "2026-04-03", 0),  # another moment
        ('<div class="date">April 3, 2026 3:00 AM</div>', "2026-04-03", 0),
        ('<div class="date">April 4, 2026 10:00 PM</div>', "2026-04-03", 0),  # no zone is so far ahead
        ('<div class="date">April 2, 2026 10:07 PM</div>', "2026-04-03", 0),  # no zone has such a difference
        ('<div class="date">Updated April 2, 2026 10:00 PM</div>', "2026-04-03", 0),
        ('<div class="date">April 2, 2026 99:00</div>', "2026-04-03", 0),
    ],
)
def test_the_clock_that_readers_see_tells_the_zone(below: str, day: str, hours: float) -> None:
    assert published(UTC, below) == (day, timedelta(hours=hours))


@pytest.mark.parametrize(
    ("head", "below", "day"),
    [
        # a bare day said first goes before an exact time of another article
        ('<meta property="article:published_time" content="2026-04-02">'
         '<time itemprop="datePublished" datetime="2025-11-01T10:00:00-04:00">', "", "2026-04-02"),
        ('<meta name="pub_date" content="2026-04-02T10:00:00Z">', "", "2026-04-02"),
        (LD.format('{"@type": "NewsArticle", "datePublished": "2026-04-02",}'), "", "2026-04-02"),
        (LD.format('{"@type": "NewsArticle", "datePublished": "2 avril 2026"}'), "<time>May 7, 2026</time>", "2026-04-02"),
        (LD.format('{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;datePublished&quot;: &quot;2026-04-02&quot;}'),
         "", "2026-04-02"),
        (LD.format('{"@type": "NewsArticle", "headline": "A "new" ferry", "datePublished": "2026-04-02"}'), "",
         "2026-04-02"),
        ("", '<p class="meta">2. April 2026</p>', "2026-04-02"),
        ("", "<span>April 2, 2026</span>", "2026-04-02"),
        ("", '<p class="date">Last updated: April 9, 2026</p><p class="date">April 2, 2026</p>', "2026-04-02"),
        ("", '<p class="date">2026</p>', None),
        ("", '<p><a href="/2026/04/02/">02.04.2026</a> <a href="#c"><b>No</b> words</a></p><p>1. März 2026</p>',
         "2026-04-02"),
        ("", '<p class="date">April 2, 2026/9:43 p.m. ET</p>', "2026-04-02"),
        ("", '<p class="date">Apr. 2, 2026 at 6:00 a.m. PT</p>', "2026-04-02"),
        ("", '<p class="date">04/02/26 11:35 AM</p>', "2026-04-02"),  # the page is in English
        ("", '<p class="date">30/04/26</p>', "2026-04-30"),
        ("", '<div class="date"><svg><path></path><g></g></svg>2 April 2026</div>', "2026-04-02"),
        ("", '<div class="bar">Ada Lind<br><a href="/q">The Quay</a><br>Thu, 2 April 2026 17:55 UTC</div>', "2026-04-02"),
        ("", f"<p>The quay was <a href='/q'>closed</a> {'for the whole of the winter ' * 3}<b>on 15 March 2026</b></p>"
         '<div class="date">2. April 2026</div>', "2026-04-02"),
    ],
)  # fmt: skip
def test_the_day_is_found_where_it_is_said(head: str, below: str, day: str | None) -> None:
    found = published(head, below)
    assert (found and found[0]) == day


TIMED = '<article><h3>Quay closed</h3><time pubdate datetime="2026-03-01T10:00Z">1 March</time></article>'


@pytest.mark.parametrize(
    ("above", "below", "day"),
    [
        (TIMED, '<time pubdate datetime="2026-04-02T10:00Z">2 April</time>', "2026-04-02"),
        (TIMED, '<time datetime="2026-04-02T10:00Z">2 April 2026</time>', "2026-04-02"),
        ("", f'<p>2 April 2026</p>{TIMED}', "2026-04-02"),  # a comment, say
        (TIMED.replace("article>", "div>"), "", "2026-03-01"),
    ],
)  # fmt: skip
def test_a_time_is_of_the_article_element_around_it(above: str, below: str, day: str) -> None:
    body = page().replace("<main>", f"<main>{above}").replace("</h1>", f"</h1>{below}")
    found = article(body, url="https://harbour-post.example/ferry").published_at
    assert found is not None
    assert found.date().isoformat() == day


@pytest.mark.parametrize(
    ("markup", "day"),
    [
        ('<abbr class="updated" title="2026-04-05T08:30:00+02:00">5 April</abbr>', "2026-04-05"),
        ('<time class="updated" datetime="2026-04-05T08:30:00+02:00">5 April</time>', "2026-04-05"),
        ('<time itemprop="dateModified" datetime="2026-04-05T08:30:00+02:00">5 April</time>', "2026-04-05"),
        ('<time class="entry-date published updated" datetime="2026-04-05T08:30:00+02:00">5 April</time>', None),
    ],
)
def test_the_markup_may_tell_when_it_was_changed(markup: str, day: str | None) -> None:
    found = article(page().replace("</h1>", f"</h1>{markup}"), url="https://harbour-post.example/ferry")
    assert (found.modified_at and found.modified_at.date().isoformat()) == day
    assert found.provenance.get("modified_at") == (day and "time")


def test_the_months_of_many_languages_are_known() -> None:
    body = page(lang="pl").replace("</h1>", "</h1><p>2 kwietnia 2026</p>")
    found = article(body, url="https://harbour-post.example/ferry").published_at
    assert found is not None
    assert found.date().isoformat() == "2026-04-02"


@pytest.mark.parametrize(
    ("line", "day"), [("2 kwietnia 2026", "2026-04-02"), ("2 kwietnia, 16:49", None), ("2 ferry 2026", None)]
)
def test_a_day_far_from_the_headline_is_searched_for(line: str, day: str | None) -> None:
    """In words that htmldate does not know itself; without a year it would depend on the day it is read on."""
    rows = "<p>The ferry runs on.</p>" * 200
    markup = page(lang="pl").replace("</body>", f"{rows}<div class='date'>{line}</div></body>")
    found = article(markup, url="https://harbour-post.example/ferry").published_at
    assert (found and found.date().isoformat()) == day


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2018/sep/14/ferry", "2018-09-14"),
        ("2018/09/14/ferry", "2018-09-14"),
        ("news-2018-9-14/ferry", None),
        ("2013/middle_east/8/3/ferry", "2013-08-03"),
        ("2013/middle_east/ferry/8/3/", None),
        ("2013/13/40/ferry", None),
    ],
)
def test_the_day_in_an_address(path: str, day: str | None) -> None:
    found = day_in_address(f"https://post.example/{path}")
    assert (found and found.at.date().isoformat()) == day


@pytest.mark.parametrize(
    "line",
    [
        "2 de abril de 2026",
        "2 aprile 2026",
        "Door Ada Lind op 2 april 2026",
        "Autor: Ada Lind, 2 kwietnia 2026",
        "2. 4. 2026",
        "2. huhtikuuta 2026",
        "2026. április 2.",
        "2026年4月2日",
        "2026년 4월 2일",
        "2 апреля 2026",
        "Veröffentlicht am 2. April 2026 von Ada Lind",
        "2. aprila 2026.",
        "الخميس 2 أبريل 2026 - 10:20",
        "2 نيسان 2026",
        "۲ آوریل ۲۰۲۶",
        "2 באפריל 2026",
        "2 अप्रैल 2026",
        "2 เมษายน 2569",
        "2 เม.ย. 2569",
        "2 เมษายน พ.ศ. 2569",
        "2026. gada 2. aprīlis",
        "Updated: 14 April 2026 | Published: 2 April 2026",
        "2 April 2026 | Updated 14 April 2026",
    ],
)
def test_the_day_in_words_of_many_languages(line: str) -> None:
    elsewhere = "<div id='sidebar'><ul><li>1. Mai 2015</li></ul></div>"
    markup = page().replace("</h1>", f"</h1>{elsewhere}<p>{line}</p>")
    found = article(markup, url="https://harbour-post.example/ferry").published_at
    assert found is not None
    assert found.date().isoformat() == "2026-04-02"


@pytest.mark.parametrize("line", ["31 de abril de 2026", "2 listopada 2025", "2 ferry 2026"])
def test_what_is_no_day_or_not_surely_one_is_none(line: str) -> None:
    assert written_day(line) is None


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("<div>Ada Lind<br> Veröffentlicht am 02.04.2026</div>", "2026-04-02"),
        ("<p>Publié le 2 avril 2026</p>", "2026-04-02"),
        ("<p>First published: April 2, 2026</p>", "2026-04-02"),
        ("<p>Published in the spring of 15.03.2026 and other years</p>", "2026-04-20"),
        ("<div class='related'><p>Published 2 April 2026</p></div>", "2026-04-20"),
    ],
)
def test_a_day_with_a_label_below_the_text_goes_before_one_of_something_else(label: str, day: str) -> None:
    teasers = "<div>" + "<p><b>Ferries</b></p>" * 45 + "</div><time datetime='2026-04-20'>20 April 2026</time>"
    body = page().replace("</article>", f"</article>{teasers}{label}")
    found = article(body, url="https://harbour-post.example/ferry").published_at
    assert found is not None
    assert found.date().isoformat() == day


def test_the_day_may_stand_right_above_the_headline() -> None:
    markup = page().replace("<h1>", "<div class='date'>2. April 2026</div><h1>")
    found = article(markup, url="https://harbour-post.example/ferry").published_at
    assert found is not None
    assert found.date().isoformat() == "2026-04-02"


@pytest.mark.parametrize(
    ("language", "host", "day"),
    [("en", "post.example", "2026-04-02"), ("en", "post.uk", "2026-02-04"), ("en-GB", "post.example", "2026-02-04")],
)
def test_the_month_comes_first_in_the_united_states(language: str, host: str, day: str) -> None:
    markup = page(lang=language).replace("</h1>", "</h1><p class='date'>4/2/2026</p>")
    found = article(markup, url=f"https://{host}/ferry").published_at
    assert found is not None
    assert found.date().isoformat() == day
