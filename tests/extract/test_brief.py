"""Short bodies: the furniture around them must not become text."""

from __future__ import annotations

import pytest

from pipeline.article import Reason

from .helpers import TEXT, article, reject

FLASH = (
    "An inflatable crane broke its moorings at the pier on Friday and was last seen drifting towards the lighthouse."
)
SECOND = "Nobody was hurt, the harbour master said."
CONSENT = (
    "We and our partners store cookies on your device to show you adverts. Read about your choices and accept all."
)
TEASERS = "".join(
    f'<div class="card"><a href="/{n}">Teaser {n}: council votes on the {n}th bridge</a><p>What the vote on bridge number {n} means for the people who live beside it, explained at length.</p></div>'
    for n in range(6)
)
NAV = '<ul class="nav"><li><a href="/">Home</a></li><li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li></ul>'
SHAPES = {
    "article": "<main><article><h1>{h}</h1>{p}</article></main>",
    "article below the headline": "<h1>{h}</h1><div>{p0}</div><article>{p}</article>",
    "articleBody": '<div><h1>{h}</h1><div itemprop="articleBody">{p}</div></div>',
    "named class": '<div class="page"><h1>{h}</h1><div class="l-col story-body__inner entry-content">{p}</div></div>',
    "named id": '<td><h1>{h}</h1><div id="article-body">{p}</div></td>',
    "divs in an article": '<div class="big">{h}</div><article class="story"><div>{d}</div></article>',
    "text with line breaks": '<h1>{h}</h1><div class="article-text">{br}</div>',
    "main": "<main><h1>{h}</h1>{p}</main>",
    "teasers that are articles": "<article><h1>{h}</h1>{p}</article><section><article><h3>Other</h3><p>Elsewhere a bridge.</p></article><article><h3>More</h3></article></section>",
}


def shape(name: str, lines: list[str], headline: str = "Crane escapes") -> str:
    body = SHAPES[name].format(
        h=headline,
        p0="",
        p="".join(f"<p>{x}</p>" for x in lines),
        d="".join(f"<div>{x}</div>" for x in lines),
        br="<br><br>".join(lines),
    )
    return (
        f"<html><head><title>{headline} - Harbour Post</title></head><body><div class='consent'><p>{CONSENT}</p></div>{NAV}"
        f"<div id='left'>{TEASERS}</div>{body}<div id='right'>{TEASERS}</div><footer><p>About us. All rights reserved by the publisher of this site.</p></footer></body></html>"
    )


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("lines", [[FLASH], [FLASH, SECOND]], ids=["one paragraph", "two"])
def test_a_short_body_stays_alone(name: str, lines: list[str]) -> None:
    found = article(shape(name, lines))
    assert (found.text.split("\n\n"), found.title) == (lines, "Crane escapes")


@pytest.mark.parametrize("name", SHAPES)
def test_a_long_body_stays_whole(name: str) -> None:
    assert article(shape(name, TEXT)).text.split("\n\n") == TEXT


@pytest.mark.parametrize("name", SHAPES)
def test_a_body_below_the_limit_is_too_short(name: str) -> None:
    assert (
        reject(shape(name, ["A crane broke loose on Friday, and the harbour master is not amused."])).reason
        is Reason.TOO_SHORT
    )


def test_an_article_element_that_holds_only_a_teaser_does_not_hide_the_body() -> None:
    text = "".join(f"<p>{p}</p>" for p in TEXT)
    found = article(
        f"<html><body><div><h1>Ferry to run again</h1></div><article><p>{FLASH}</p></article><div>{text}</div></body></html>"
    )
    assert TEXT[0] in found.text
    assert TEXT[-1] in found.text


def test_a_body_of_divs_goes_before_the_paragraphs_of_an_offer() -> None:
    lines = [f"On day {n}, {x}" for n in range(9) for x in TEXT]
    body = "".join(f'<div class="block">{x}</div>' for x in lines)
    offer = "".join(f"<p>Number {n} of the magazine has all that was written on it, in print.</p>" for n in range(12))
    markup = f'<h1>Crane escapes</h1><div class="t">{body}</div><div class="box">{offer}</div>'
    found = article(f'<html><body><div id="content-main">{markup}</div></body></html>')
    assert found.text.split("\n\n") == lines
