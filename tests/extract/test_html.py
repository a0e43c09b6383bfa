"""Pages: text and metadata."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.article import Article, Clock, Reason
from pipeline.extract import extract

from .helpers import SEEN, TEXT, URL, article, capture, page, reject

APRIL = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)


def ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def test_text_is_the_articles_paragraphs() -> None:
    found = article(page())
    assert found.text == "\n\n".join(TEXT)
    assert (found.title, found.media, found.status, found.language) == ("Ferry to run again", "html", "usable", "en")
    assert found.extractor.startswith("trafilatura 2.")
    assert (found.url, found.locator) == (URL, "https://harbour-post.example/2026/04/ferry-timetable")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (ld(datePublished="2026-04-02T09:30:00Z"), APRIL),
        (ld(datePublished="2026-04-02T18:30:00+09:00"), APRIL),
        (ld(datePublished=1775122200), APRIL),
        ('<meta property="article:published_time" content="2026-04-02T11:30:00+02:00">', APRIL),
        ('<meta name="date" content="2026-04-02"><meta name="pubdate" content="Thu, 02 Apr 2026 09:30:00 GMT">', APRIL),
        ('<meta name="date" content="2026-04-02">', datetime(2026, 4, 2, tzinfo=UTC)),
        (f'<script type="application/ld+json">{{"@graph": [{{"@type": ["Article"], "datePublished": "{APRIL.isoformat()}"}}]}}</script>', APRIL),
        (f'<script type="application/ld+json">{{broken</script><meta property="og:published_time" content="{APRIL.isoformat()}">', APRIL),
    ],
)  # fmt: skip
def test_publication_time(head: str, expected: datetime) -> None:
    found = article(page(head), url="https://harbour-post.example/a")
    assert (found.published_at, found.clock) == (expected, Clock.PAGE)


@pytest.mark.parametrize(
    ("head", "listed", "expected", "clock"),
    [
        ("", APRIL, APRIL, Clock.FEED),
        ("", None, None, Clock.SEEN),
        (
            '<meta name="date" content="2026-04-02">',
            APRIL,
            APRIL,
            Clock.FEED,
        ),  # a bare day yields to the same day's time
        ('<meta name="date" content="2026-04-02T00:00:00Z">', APRIL, APRIL, Clock.FEED),  # made of a bare day
        (
            '<meta name="date" content="2026-04-02T00:01:00Z">',
            APRIL,
            datetime(2026, 4, 2, 0, 1, tzinfo=UTC),
            Clock.PAGE,
        ),
        ('<meta name="date" content="2026-03-30">', APRIL, datetime(2026, 3, 30, tzinfo=UTC), Clock.PAGE),
        ('<meta name="date" content="2031-01-01">', APRIL, APRIL, Clock.FEED),  # after it was seen
        ('<meta name="date" content="1970-01-01T00:00:00Z">', APRIL, APRIL, Clock.FEED),
        (ld(datePublished={"a": [1]}), APRIL, APRIL, Clock.FEED),
    ],
)
def test_which_clock_counts(head: str, listed: datetime | None, expected: datetime | None, clock: Clock) -> None:
    found = article(page(head), url="https://harbour-post.example/a", published_at=listed)
    assert (found.published_at, found.clock) == (expected, clock)


@pytest.mark.parametrize(
    ("head", "h1", "title"),
    [
        ("<title>Ferry to run again | Harbour Post</title>", "", "Ferry to run again"),
        ('<title>x</title><meta property="og:title" content="Ferry to run again - Harbour Post">'
         '<meta property="og:site_name" content="The Harbour Post">', "", "Ferry to run again"),
        ('<meta property="og:title" content="Harbour Post: nothing">', "Ferry to run again", "Ferry to run again"),
        (ld(headline="Ferry &amp; <b>train</b> to run"), "", "Ferry & train to run"),
        ('<meta property="og:site_name" content="Harbour Post"><title>Ferry to run</title>', "Harbour Post", "Ferry to run"),
        ("<title>Pacific 200 at 3,473.0 - Harbour Post</title>", "Pacific 200 at 3,473.0", "Pacific 200 at 3,473.0"),
        ("<title>Pacific 200 at 3,473.0 - Harbour Post</title>", "", "Pacific 200 at 3,473.0"),
        ("<title>Ferry to run again (Harbour Post)</title>", "", "Ferry to run again"),
        ("<title>Ferry to run again (and again)</title>", "", "Ferry to run again (and again)"),
        ("<title>Harbour Post</title>", "", "Harbour Post"),  # better than nothing
        ("", "Ferry</h1><h1>Train", "Ferry"),
        # a logo and the headline below it
        ("<title>Islands and more » Ferry to run again</title>",
         '<a href="/">Islands and more</a></h1><h2>Ferry to run again</h2><h1>', "Ferry to run again"),
        ("<title>Islands and more</title>", '<a href="https://quay.example">Islands</a></h1><h1>Ferry', "Ferry"),
        ("", '<a name="top"></a>Ferry to run again', "Ferry to run again"),
        ("<title>Ferry to run again_Quay</title>", "Ferry to run again</h1><h1>Ferry to run again", "Ferry to run again"),
        ("<title>Ferry to run again at last » Coast » The Quay</title>",
         "Ferry to run again at last<span>The Quay</span>", "Ferry to run again at last"),
        ("<title>Ferry to run again at last | The Quay</title>",  # below a rubric
         "News</h1><h2>Ferry to run again at last</h2><h1>", "Ferry to run again at last"),
        ("<title>Ten to one - the ferry - a story</title>", "", "Ten to one - the ferry - a story"),
        *((f"<title>{title}</title>", "", "Ferry to run again at last") for title in (
            "Harbour Post | Ferry to run again at last", "Harbour Post: Ferry to run again at last",
            "Ferry to run again at last / Harbour Post", "Ferry to run again at last &lt; Harbour Post",
            "Ferry to run again at last - Coast - Harbour Post", "Ferry to run again at last - Harbour Post Online",
        )),
        *((f"<title>{title}</title>", "", "渡轮将开到秋天市长说") for title in (
            "渡轮将开到秋天市长说_新闻_港口网", "渡轮将开到秋天市长说-港口网", "渡轮将开到秋天市长说｜港口", "渡轮将开到秋天市长说 - 港口日报",
        )),
        ("<title>比赛预告-湖人对勇士</title>", "", "比赛预告-湖人对勇士"),
        ("<title>Els United 2 - 1 Quay - Harbour Post</title>", "", "Els United 2 - 1 Quay"),
        ("<title>A ferry that was late - and a mayor in a hurry - Harbour Post</title>", "",
         "A ferry that was late - and a mayor in a hurry"),
        # what calls itself a label of the headline
        ("<title>Ferry to run again at last | The Quay</title>",
         '<span class="head__roofline">At last!</span>Ferry to run again at last', "Ferry to run again at last"),
        ("<title>Ferry to run again at last | Chronicle | The Quay</title>",
         'Ferry to run again at last <span class="label paid">Subscribers</span>', "Ferry to run again at last"),
        ("<title>Ferry to run again at last | The Quay</title>",
         'Ferry <i class="badge"></i>to run again at <b>last</b>', "Ferry to run again at last"),
        ('<meta property="og:title" content="Ferry to run again at last">',  # no blank between them
         "<span>Els</span><span>Ferry to run again at last</span>", "Ferry to run again at last"),
        ('<meta property="og:title" content="rerun of the ferry to Els">', "Forerun of the ferry to Els",
         "Forerun of the ferry to Els"),
        ('<meta property="og:title" content="Els: Ferry to run">',  # what machines read is between the parts
         '<span class="head__kicker">Els<i class="visually-hidden">:</i></span><i class="visually-hidden">: </i>'
         "<span>Ferry to run</span>", "Els: Ferry to run"),
        ("<title>At last: Ferry to run again at last | The Quay</title>",  # the page says it elsewhere, too
         '<span class="kicker">At last:</span> Ferry to run again at last', "At last: Ferry to run again at last"),
    ],
)  # fmt: skip
def test_title_is_the_headline_without_the_site(head: str, h1: str, title: str) -> None:
    assert article(page(head, h1=h1)).title == title


@pytest.mark.parametrize(
    ("head", "authors", "credit"),
    [
        (ld(author={"@type": "Person", "name": "Ada Lind"}), ("Ada Lind",), None),
        (ld(author=[{"name": "Ada Lind"}, {"name": "Bo Ek"}, {"name": "Reuters"}]), ("Ada Lind", "Bo Ek"), "Reuters"),
        ('<meta name="author" content="By ADA LIND and Bo Ek, Staff Writer">', ("Ada Lind", "Bo Ek"), None),
        ('<meta name="author" content="Ada Lind in Els and Bo Ek in New Quay">', ("Ada Lind", "Bo Ek"), None),
        ('<meta name="author" content="Von unserem Redakteur Bo Ek, dpa/lno">', ("Bo Ek",), "dpa"),
        ('<meta name="author" content="Associated Press">', (), "AP"),
        ('<meta name="author" content="Ada Lind The Associated Press">', ("Ada Lind",), "AP"),
        ('<meta name="author" content="https://example.org/people/ada">', (), None),
        ('<meta name="author" content="Ada Lind on Google+">', ("Ada Lind",), None),
        ('<meta name="author" content="Super User">', (), None),
        ('<meta name="author" content="Harbour Online">', (), None),
        ('<meta name="author" content="CNN Wire">', (), "CNN"),
        (
            '<meta name="author" content="Grund Bros"><meta property="article:author" content="Ada Lind">',
            ("Ada Lind",),
            None,
        ),
        (
            '<meta name="author" content="Ada Lind"><meta property="article:author" content="https://x.example/post">',
            ("Ada Lind",),
            None,
        ),
        (
            '<meta name="author" content="Ada Lind and Bo Ek"><meta name="byl" content="By Ada Lind">',
            ("Ada Lind", "Bo Ek"),
            None,
        ),
        (ld(author=[[], 3, None, {"name": {"x": 1}}]), (), None),
        (ld(author={"name": "Ada Lind"})[: -len("}</script>")] + ", oops}</script>", ("Ada Lind",), None),
        (ld(author=["Ada Lind"])[: -len("}</script>")] + ", oops}</script>", ("Ada Lind",), None),
        (
            '<meta name="author" content="Reuters"><script type="application/ld+json">{"@type": "Person", '
            '"name": "Bo Ek"}</script>',
            (),
            "Reuters",
        ),
    ],
)
def test_authors_and_credit(head: str, authors: tuple[str, ...], credit: str | None) -> None:
    found = article(page(head))
    assert (found.authors, found.credit) == (authors, credit)


@pytest.mark.parametrize(
    ("head", "publisher"),
    [
        ('<meta property="og:site_name" content="Harbour Post | News of the coast">', "Harbour Post"),
        ('<meta property="og:site_name" content="Harbour Post: News of the coast">', "Harbour Post"),
        ('<meta property="og:site_name" content="Premium">'
         + ld(publisher={"@type": "Organization", "name": "Harbour Post"}), "Harbour Post"),
        ('<meta property="og:site_name" content="Els | Harbour | Coast">', "Els | Harbour | Coast"),
        ('<meta property="og:site_name" content="https://www.harbour-post.example">'
         + ld(publisher={"@type": "Organization", "name": "Harbour Post"}), "Harbour Post"),
    ],
)  # fmt: skip
def test_the_publishers_name_is_the_one_that_the_host_bears(head: str, publisher: str) -> None:
    canonical = '<link rel="canonical" href="https://www.harbour-post.example/a">'
    assert article(page(head + canonical)).publisher == publisher


def test_tags_are_each_said_once_and_a_section_is_more_than_the_site() -> None:
    head = ld(articleSection="Els News", keywords=["Lind, Ada", "ferry-port", "Ferry port", "@machine"])
    found = article(page(head + '<meta property="og:site_name" content="Els News">'))
    assert (found.section, found.tags) == (None, ("Lind, Ada", "ferry-port"))
    assert "section" not in found.provenance


def test_publisher_section_tags_and_modified() -> None:
    head = (
        ld(articleSection="Travel", keywords="ferry, timetable", dateModified="2026-04-03T08:00:00Z")
        + '<meta property="og:site_name" content="The Harbour Post">'
    )
    found = article(page(head))
    assert (found.publisher, found.section, found.tags) == ("The Harbour Post", "Travel", ("ferry", "timetable"))
    assert found.modified_at == datetime(2026, 4, 3, 8, tzinfo=UTC)
    configured = extract(capture(page(head)), source_publisher="Harbour Post")
    assert isinstance(configured, Article)
    assert configured.publisher == "Harbour Post"


@pytest.mark.parametrize(
    ("head", "publisher"),
    [
        ("<title>Ferry to run again - Harbour Post</title>", "Harbour Post"),
        ("<title>Ferry to run again - The Quay</title>", "The Quay"),  # what stands behind the headline
        ("<title>Up 0.9 per cent to 3,473.0 - The Quay</title>", "harbour-post.example"),
        ("", "www.harbour-post.example"),
    ],
)
def test_publisher_is_read_from_the_title_when_the_page_names_none(head: str, publisher: str) -> None:
    assert article(page(head)).publisher.removeprefix("www.") == publisher.removeprefix("www.")


@pytest.mark.parametrize(
    ("line", "authors", "credit"),
    [
        ("Ada Lind and Bo Ek, Harbour Newswire<br>April 2, 2026", ("Ada Lind", "Bo Ek"), "Harbour Newswire"),
        ("By Ada Lind<br>2 April", ("Ada Lind",), None),
        ("Markets desk, The Harbour Post", (), None),
    ],
)
def test_byline_in_the_markup(line: str, authors: tuple[str, ...], credit: str | None) -> None:
    markup = page('<meta property="og:site_name" content="The Harbour Post">')
    found = article(markup.replace("</h1>", f'</h1><div class="by">{line}</div>'))
    assert (found.authors, found.credit) == (authors, credit)


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("/2026/04/ferry?id=1", "https://www.harbour-post.example/2026/04/ferry?id=1"),
        ("https://m.harbour-post.example/ferry", URL),  # neither equal nor below www., and .example has no registry
        ("https://harbour-post.example/ferry", "https://harbour-post.example/ferry"),
        ("https://evil.example/ferry", URL),
        ("https://www.harbour-post.example/", URL),  # a template that names the front page everywhere
        ("javascript:alert(1)", URL),
        ("http://[", URL),
    ],
)
def test_canonical_address_is_believed_on_the_same_site_only(canonical: str, url: str) -> None:
    if canonical.startswith("https://m."):
        url = "https://m.harbour-post.example/ferry"  # a sub-domain of the site
    assert article(page(f'<link rel="canonical" href="{canonical}">')).url == url


@pytest.mark.parametrize(
    ("opening", "dateline", "credit"),
    [
        ("KAESONG, North Korea (AP) \u2014 ", "KAESONG, North Korea", "AP"),
        ("SEOUL, Sept. 14 (Yonhap) -- ", "SEOUL", "Yonhap"),
        ("LONDON (Northwire) - ", "LONDON", "Northwire"),
        ("(Reuters) - ", None, "Reuters"),
        ("Els (dpa/lno) - ", "Els", "dpa"),
        ("Els, 2 avr. 2026 (AFP) - ", "Els", "AFP"),
        ("NEW QUAY, April 2, 2026 /PRNewswire/ -- ", "NEW QUAY", "PR Newswire"),
        ("МОСКВА, 2 апреля. /ТАСС/. ", "МОСКВА", "TASS"),
        ("القاهرة (رويترز) - ", "القاهرة", "Reuters"),
        ("ROMA, 2 APR - ", "ROMA", None),
        ("【札幌共同】", "札幌", "Kyodo"),
        ("[東京 2日 ロイター] - ", "東京", "Reuters"),
        ("新华社北京4月2日电 ", "北京", "Xinhua"),
        ("", None, None),
    ],
)
def test_dateline(opening: str, dateline: str | None, credit: str | None) -> None:
    found = article(page(paragraphs=[opening + TEXT[0], *TEXT[1:]]))
    assert (found.dateline, found.credit) == (dateline, credit)


@pytest.mark.parametrize(("points", "dateline"), [(["Six ferries a day", "None in winter"], "ELS"), (TEXT[:2], None)])
def test_points_above_the_text_do_not_hide_its_dateline(points: list[str], dateline: str | None) -> None:
    assert article(page(paragraphs=[*points, f"ELS (Reuters) - {TEXT[2]}", *TEXT[3:]])).dateline == dateline


OTHER = {"@type": "NewsArticle", "headline": "Quay closed", "author": "Bo Ek", "datePublished": "2025-11-01T10:00:00Z"}
OWN = {"author": "Ada Lind", "datePublished": APRIL.isoformat()}
CANONICAL = '<link rel="canonical" href="/ferry?id=1">'


@pytest.mark.parametrize(
    ("head", "nodes"),
    [
        (CANONICAL, [OTHER, {"@type": "Article", "url": "http://harbour-post.example/ferry?id=1", **OWN}]),
        (CANONICAL, [OTHER, {"@type": "Article", "@id": "https://harbour-post.example/ferry?id=1#article", **OWN}]),
        (CANONICAL, [OTHER, {"@type": "Article", "mainEntityOfPage": {"@id": "/ferry?id=1"}, **OWN}]),
        (CANONICAL, [{**OTHER, "url": "/ferry?id=2"}, {"@type": "Article", "mainEntityOfPage": "/ferry?id=1", **OWN}]),
        ("<title>Ferry to run again | Quay</title>", [OTHER, {"@type": "Article", "headline": "Ferry to run again", **OWN}]),
        ("", [{**OTHER, "@type": "ClaimReview"}, {"@type": "NewsArticle", **OWN}]),
        ("", [{"@type": "NewsArticle", **OWN}, OTHER]),  # nothing tells them apart
        ("<title>Ferry to run again | Quay</title>", [{"@type": "VideoObject", "name": "Ferry to run again",
         "author": "Ada Lind", "uploadDate": APRIL.isoformat()}]),
    ],
)  # fmt: skip
def test_of_several_articles_in_its_data_the_page_is_the_one_that_bears_its_address_or_title(
    head: str, nodes: list[dict[str, object]]
) -> None:
    found = article(page(f'{head}<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>'))
    assert (found.authors, found.published_at) == (("Ada Lind",), APRIL)


def test_a_film_in_an_article_does_not_date_it() -> None:
    film = {"@type": "VideoObject", "name": "The quay from above", "uploadDate": "2025-11-01T10:00:00Z"}
    head = f'<script type="application/ld+json">{json.dumps(film)}</script><meta name="date" content="{APRIL.isoformat()}">'
    assert article(page(f"<title>Ferry to run again</title>{head}")).published_at == APRIL


def test_headline_and_byline_on_top_of_the_text_are_taken_off() -> None:
    found = article(page(paragraphs=["By Ada Lind", *TEXT]))
    assert found.text.startswith(TEXT[0])
    assert found.authors == ("Ada Lind",)


STANDFIRST = "Six ferries a day cross the strait until autumn, one more than in spring, and on Sundays four."


@pytest.mark.parametrize(
    ("line", "is_text"),
    [
        ("By Ada Lind", False),
        ("| von Ada Lind", False),
        ("Written by: Ada Lind", False),
        ("Coast: Ferry to run again at last", False),  # the headline with its kicker
        ("Ferry to run again at last, and nobody knows for how long", True),
        ("Updated", False),
        ("Published by nobody", True),
        ("Courtesy of Harbour News", False),
        ("Courtesy of the harbour, it ran for nothing.", True),
        ("Harbour Post Executive News Editor", False),
        ("(ATTN: UPDATES with more details in paras 3-4)", False),
        ("Dear Editor", True),
        ("Reuters", False),
        ("By Land and Sea", True),  # a subhead
    ],
)
def test_notes_and_bylines_below_the_standfirst_are_no_text(line: str, is_text: bool) -> None:
    markup = page('<meta name="author" content="Ada Lind">', [STANDFIRST, line, *TEXT], h1="Ferry to run again at last")
    assert article(markup).text.split("\n\n") == [STANDFIRST, *[line] * is_text, *TEXT]


def test_an_address_below_the_text_is_none_of_it() -> None:
    assert article(page(paragraphs=[*TEXT, "ada@harbour-post.example<br>(END)"])).text.split("\n\n") == TEXT


@pytest.mark.parametrize(
    ("line", "is_text"),
    [
        ("Von ADA LIND, Els", False),
        ("Text: Ada Lind", False),
        ("Ada Lind", False),
        ("Ada LindEls -", False),  # of elements without a blank between them
        ("Ada Lind | Els", False),
        ("Ada Lindgren comes back", True),
        ("Ada LindEls is what she calls her boat.", True),
        ("Von Ada Lind kam das nicht.", True),
        ("Ada Lind comes back", True),
    ],
)
def test_a_line_with_the_authors_name_is_no_text(line: str, is_text: bool) -> None:
    found = article(page('<meta name="author" content="Ada Lind">', [line, *TEXT])).text
    assert found.split("\n\n") == [line] * is_text + TEXT


def test_a_headline_with_a_line_break_in_it_is_no_text() -> None:
    found = article(page(h1="<b>Ferry to run again.</b><br>The mayor was told"))
    assert (found.title, found.text) == ("Ferry to run again. The mayor was told", "\n\n".join(TEXT))


def test_a_headline_that_no_heading_marks_is_known_by_the_title() -> None:
    found = article(
        page("<title>Ferry to run again - The Quay</title>", ["Ferry to run again", "By Ada Lind", *TEXT], h1="")
    )
    assert (found.title, found.authors, found.text) == ("Ferry to run again", ("Ada Lind",), "\n\n".join(TEXT))


@pytest.mark.parametrize(
    ("text", "lang", "configured", "expected"),
    [
        (
            "Die Fähre fährt nach den Feiertagen wieder nach dem neuen Fahrplan, teilte die Gesellschaft am Montag mit.",
            "en",
            None,
            "de",
        ),
        (
            "이 회사는 월요일에 새로운 시간표가 휴일 이후에 시작될 것이라고 밝혔다. 배는 매일 아침 항구를 떠난다.",
            "en",
            "en",
            "ko",
        ),
        (
            "Společnost v pondělí oznámila, že nový jízdní řád začne platit po svátcích a potrvá až do podzimu.",
            "",
            None,
            "cs",
        ),
    ],
)
def test_language_is_that_of_the_text(text: str, lang: str, configured: str | None, expected: str) -> None:
    found = extract(capture(page(paragraphs=[f"{text} {n}" for n in range(4)], lang=lang)), language=configured)
    assert isinstance(found, Article)
    assert found.language == expected


def test_names_are_one_line_without_what_hides_or_reorders_them() -> None:
    bad = "Har\\u202ebour\\u0000  Post\\n"
    data = (
        f'{{"@type": "NewsArticle", "articleSection": "S\\u200bea  Trade\\u0007", "keywords": ["{bad}", "Harbour Post", "\\u200b"], '
        f'"author": {{"@type": "Person", "name": "Ada\\u202e  Lind"}}, "publisher": {{"name": "{bad}"}}}}'
    )
    found = article(page(head=f'<script type="application/ld+json">{data}</script>'))
    assert (found.section, found.tags, found.publisher) == ("Sea Trade", ("Harbour Post",), "Harbour Post")
    assert found.authors == ("Ada Lind",)


def test_language_is_not_that_of_a_foreign_head() -> None:
    head = ["Stand up for the harbour.", "We need the help of our readers.", "I would like to join."]
    text = (
        "La naviera anunció el lunes que el transbordador volverá a salir cada mañana después de las fiestas y que el "
        f"nuevo horario estará en vigor hasta el otoño, dijo su portavoz ante la prensa en el puerto número {n}."
        for n in range(3)
    )
    assert extract(capture(page(paragraphs=[*head, *text], lang="en"))).language == "es"


def test_the_language_of_a_long_text_is_told_without_a_word_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        found = extract(capture(page(paragraphs=[f"The ferry to island {n} will run again." for n in range(40)])))
    assert found.language == "en"
    assert caplog.messages == []


def test_blocks_become_paragraphs_without_markup_and_furniture_is_left_out() -> None:
    rest = (
        "<h2>What it costs</h2><ul><li>Adults pay nine crowns for a day</li><li>Children go free of charge</li></ul>"
        "<blockquote><p>It was about time, said the mayor.</p></blockquote>"
        "<table><tr><th>Port</th><th>Time</th></tr><tr><td>Els</td><td>9.30</td></tr></table>"
        "<figure><img src='f.jpg'><figcaption>Photo: A. Lind</figcaption></figure><p>Tickets are sold <b>on</b> <a href='/b'>board</a>.</p>"
    )
    found = article(
        page().replace("</article>", rest + "</article><div id='comments'><p>First! says a reader.</p></div>")
    )
    assert found.text.split("\n\n")[len(TEXT) :] == [
        "What it costs", "Adults pay nine crowns for a day", "Children go free of charge", "It was about time, said the mayor.",
        "Tickets are sold on board.",
    ]  # fmt: skip


def test_what_is_too_short_or_empty_is_rejected() -> None:
    assert reject(page(paragraphs=["Too short to be news."], h1="")).reason in (Reason.TOO_SHORT, Reason.NO_TEXT)
    assert reject("").reason is Reason.NO_TEXT
    assert reject("<html><head><title>x</title></head><body></body></html>").reason is Reason.NO_TEXT
    assert reject(page(paragraphs=[])).fetched_at == SEEN


def test_the_same_page_gives_the_same_article_every_time() -> None:
    results = {article(page()).text for _ in range(5)}  # deduplication by earlier pages would change it
    assert len(results) == 1
