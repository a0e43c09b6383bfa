"""What stands between and around the paragraphs of an article, and what of it is text."""

from __future__ import annotations

import json
import re

import pytest

from pipeline.extract import body
from pipeline.extract.bylines import author_names
from pipeline.extract.content import THOROUGH
from pipeline.extract.furniture import Line, body_lines, is_furniture, locate
from pipeline.extract.phrases import OPENING, WITHIN
from pipeline.extract.recover import with_passed_over
from pipeline.extract.tree import parse

from .helpers import SENTENCE, TEXT, article, page

NEXT = "Crews will be told in person next week, the company added, and the mayor of the town will be there."
OTHERS = [
    f"Number {n} of the crew, who has been on board for years, will go to the museum in the town." for n in range(9)
]


def amid(markup: str, head: str = "") -> list[str]:
    """Paragraphs of a page with `markup` between its fourth and fifth paragraph, without those."""
    body = page(head).replace(f"<p>{TEXT[4]}</p>", f"{markup}<p>{TEXT[4]}</p>")
    found = article(body).text.split("\n\n")
    assert [p for p in found if p in TEXT] == TEXT
    return [p for p in found if p not in TEXT]


def behind(markup: str, head: str = "") -> list[str]:
    found = article(page(head).replace("</article>", f"{markup}</article>")).text.split("\n\n")
    assert found[: len(TEXT)] == TEXT
    return found[len(TEXT) :]


@pytest.mark.parametrize(
    "markup",
    [
        '<blockquote class="twitter-tweet"><p>Finally a ferry again for all of us here!</p>&mdash; Ada (@ada)</blockquote>',
        '<blockquote class="instagram-media"><p>A picture of the ferry by somebody with a camera</p></blockquote>',
        "<figure><img src='f.jpg'><figcaption>The ferry at the pier on Monday. Photo: A. Lind</figcaption></figure>",
        '<div class="picBox rechts"><a href="#"><img src="f.jpg"></a><p>The mayor likes to take the ferry</p></div>',
        '<div class="foto"><img src="f.jpg"><p>The mayor, who likes to take the ferry to the islands.</p></div>',
        '<div class="wp-caption-text">The ferry at the pier on Monday, seen from the lighthouse.</div>',
        "<table><tr><th>Port</th><th>Time</th></tr><tr><td>Els</td><td>9.30</td></tr></table>",
        "<p>Read more: <a href='/b'>Why the bridge is closed until the autumn</a></p>",
        "<p>[Related: <a href='/b'>Why the bridge is closed until the autumn</a>]</p>",
        "<p><strong>Lire aussi : </strong><a href='/b'>Pourquoi le pont est fermé</a></p>",
        "<p><a href='/b'>WHY THE BRIDGE IS CLOSED UNTIL THE AUTUMN</a></p>",
        "<p>Folgen Sie uns auf Facebook, um nichts zu verpassen.</p>",
        "<p>Abonnez-vous à la lettre du soir pour tout savoir.</p>",
        "<h4>Das könnte Sie auch interessieren</h4>",
        "<p>Compartir</p>",
        "<p>ADVERTISEMENT</p>",
        "<p>Story continues below</p>",
        "<p>Article continues below this ad</p>",
        "<p>Sign up for our newsletter to get the day's ferries in your inbox.</p>",
        "<p>Follow us on Facebook for more about ferries.</p>",
        "<p>Click here to read the full timetable.</p>",
        "<p>Follow the Harbour Post news page on Facebook to miss nothing.</p>",
        "<p>https://www.harbour-post.example/2026/bridge</p>",
        "<div>Oops! Something went wrong. Please try again later.</div>",
        '<section class="newsletterForm"><p>Join those who know it all before anybody else in town.</p></section>',
        '<div class="caas-popup"><p>The company that runs the ferry, at 9.30 crowns a share.</p></div>',
        "<p>___</p>",
        "<p>- The ferry in 2008. REUTERS/Ada Lind -</p>",
        "<p>Archivfoto: Ada Lind</p>",
        "<p>Beitragsbild: Ada Lind / Hafenarchiv</p>",
        "<p>Featured image by Ada Lind</p>",
        "<p>Picture: Ada Lind/Harbour Archive</p>",
        "<p>Source: Harbour Board</p>",
        "<p>Tags: ferries, harbour, Els</p>",
        "<p>Filed under: Ferries</p>",
        "<p>We use cookies to remember which ferry you take.</p>",
        "<p>Durch die weitere Nutzung der Website stimmen Sie dem zu.</p>",
        "<p>En poursuivant votre navigation, vous acceptez les cookies.</p>",
        "<p>MORE: <a href='/b'>Why the bridge is closed until the autumn of this year</a></p>",
        "<p>ALSO READ | Why the bridge is closed</p>",
        "<p>Must read: <a href='/b'>Why the bridge is closed until the autumn of this year</a></p>",
        "<p>For more stories like this, <a href='/b'>see our page on ferries</a></p>",
        "<p>Mehr zu den Fähren und ihrem Hafen:</p>",
        "<p>Your email address will not be published. Required fields are marked *</p>",
        "<p>この記事をシェア</p>",
        "<p>Click to see where the ferry is now.</p>",
        "<h4>Auch interessant</h4>",
        "<h2>Don't miss:</h2><ul><li>The bridge is closed, and nobody knows for how long. <a href='/b'>What to do now</a></li>"
        "<li>A crane escaped from the harbour and was seen in town. <a href='/c'>Here it is</a></li></ul>",
        "<p>This article 'Why all of the harbour's ferries will run later' originally appeared on Harbour Post.</p>",
        "<div class='more'><h3>Weitere Meldungen</h3><p><a href='/b'>Die Brücke ist zu</a> Niemand weiß, wie lange noch.</p></div>",
        "<div class='promo-box'><h3>Our letter</h3><p>Every morning the most important stories of the harbour.</p></div>",
        "<p>Zuletzt aktualisiert am Dienstag, den 13. März 2026 um 11:00 Uhr</p>",
        "<p>Last Updated on Tuesday, 13 March 2026 11:00</p>",
        *(f"<p>{label}: <a href='/b'>Why the bridge is closed until the autumn</a></p>" for label in (
            "Читать также", "Διαβάστε επίσης", "Baca juga", "Citește și", "Pročitajte još", "Прочетете още", "Ezt is olvassa el",
            "İlgili haber", "Xem thêm", "ये भी पढ़ें", "بیشتر بخوانید", "קראו גם", "Lee también",
        )),
        "<section><article><h2><a href='/b'>Why the bridge is closed until the autumn</a></h2></article></section>",
        "<h4>Listen · 3:41</h4><ul><li>Download</li><li>Embed</li><li>Transcript</li></ul>",
        "<p>Διαφήμιση</p>",
        "<p>РЕКЛАМА</p>",
        "<p>Подписывайтесь на наш канал, чтобы ничего не пропустить.</p>",
        "<p>Sigue toda la información del puerto en Facebook y en nuestra web.</p>",
    ],
)  # fmt: skip
def test_furniture_amid_the_text_is_left_out(markup: str) -> None:
    assert amid(markup) == []


@pytest.mark.parametrize(
    "markup",
    [
        "<h3>Related stories</h3><ul><li><a href='/b'>Why the bridge is closed</a></li><li><a href='/c'>Crane escapes</a></li></ul>",
        "<h2>Most read</h2><div><p><a href='/b'>Why the bridge is closed until the autumn of the year</a></p></div>",
        "<p>Copyright 2026 Harbour Post. All rights reserved.</p>",
        '<p>This story was originally published in the May issue as "Ferry".</p>',
        "<p>We may earn a commission from links on this page, and we receive compensation when you buy.</p>",
        "<p>Got a news tip? Email tips@harbour-post.example</p>",
        "<h2>Comments</h2>",
        "<p>Contact reporter Ada Lind at ada.lind@harbour-post.example</p>",
        "<p>Ada Lind is a senior maritime reporter for the Harbour Post.</p>",
        "<p>The opinions expressed by contributors are their own.</p>",
        "<p>Ada Lind is a maritime reporter.</p><p>The views expressed here are the author's own.</p>",
        "<p>Il vous reste 68.4% de cet article à lire. La suite est réservée aux abonnés.</p>",
        "<p>To keep reading, please log in.</p>",
        "<p>2026/04/14 15:30 송고</p>",
        "<p>Reach Ada Lind at ada@quay.example.</p><p>This article is republished from The Pier under a licence.</p>",
        "<p>Accuracy and availability of Quay transcripts may vary.</p>",
        "<p>송고시간 2026-04-14 15:30</p>",
        "<p>This column is for informational purposes only and does not constitute medical advice.</p>",
        '<div class="author__bio"><p>Ada has been with us since the first ferry, and sails herself.</p></div>',
        "<p>Bo Ek in Els and Cy Holm in Grund contributed to this report.</p>",
        "<p>（编辑：林文 王海）</p>",
        "<p>เรื่องที่เกี่ยวข้อง</p>",
        "<p>関連記事</p><ul><li><a href='/b'>橋は秋まで閉鎖されると市長が述べた</a></li></ul>",
        "<p>Mots-clés</p>",
        "<p>Материалы по теме</p>",
        "<p>本网站内容未经书面授权不得转载，违者必究。</p>",
        "<h3>Yorumlar</h3>",
        '<ul class="comments-list"><li><p>Finally a ferry again for all of us here, says Bo.</p></li></ul>',
        '<div id="comentarios_lectores"><p>Finally a ferry again for all of us here, says Bo.</p></div>',
    ],
)
def test_furniture_behind_the_text_is_left_out(markup: str) -> None:
    assert behind(markup) == []


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"<p>{NEXT}</p>", [NEXT]),
        ("<p>船は秋まで出ないと港の担当者は話している。(c)AFP/Ada LIND</p>", ["船は秋まで出ないと港の担当者は話している。(c)AFP/Ada LIND"]),
        ("<p>Subscriptions to the ferry cost nine crowns a month.</p>", ["Subscriptions to the ferry cost nine crowns a month."]),
        ("<p>Copyright law will be changed for ferries, the minister said.</p>", ["Copyright law will be changed for ferries, the minister said."]),
        (f"<h3>Read on the cheap</h3><p>{NEXT}</p>", ["Read on the cheap", NEXT]),
        (f"<h3>Recommended doses</h3><p>{NEXT}</p>", ["Recommended doses", NEXT]),
        (f"<div class='b'><p>{NEXT}</p><h3>Related stories</h3></div>", [NEXT]),
        ("<p>It was last updated in 2019, and nobody has seen to it since.</p>", ["It was last updated in 2019, and nobody has seen to it since."]),
        ("<p>Sigue la polémica por la nave en Facebook y en la calle.</p>", ["Sigue la polémica por la nave en Facebook y en la calle."]),
        ("<p>По теме парома вчера говорили и в порту.</p>", ["По теме парома вчера говорили и в порту."]),
        ("<p>这名男子未经授权进入港口，被警方逮捕。</p>", ["这名男子未经授权进入港口，被警方逮捕。"]),
        ("<p>관련 기사가 나오자 정부는 해명에 나섰다.</p>", ["관련 기사가 나오자 정부는 해명에 나섰다."]),
        ("<p>أخبار ذات صلة بالميناء تصدرت الصحف.</p>", ["أخبار ذات صلة بالميناء تصدرت الصحف."]),
        ("<p>Sources in the harbour: nobody knows, they say, when the ferry will sail to the islands again.</p>",
         ["Sources in the harbour: nobody knows, they say, when the ferry will sail to the islands again."]),
        ("<p>More ferries will run, the minister said.</p>", ["More ferries will run, the minister said."]),
        ("<p>Also read the timetable, he said.</p>", ["Also read the timetable, he said."]),
        ("<p>This site uses half of the power of the harbour.</p>", ["This site uses half of the power of the harbour."]),
        ("<p>Photographs of the ferry are rare, he said.</p>", ["Photographs of the ferry are rare, he said."]),
        ("<p>Advertisement income fell by half, it said.</p>", ["Advertisement income fell by half, it said."]),
        (f"<h2>What it costs</h2><p>{NEXT}</p>", ["What it costs", NEXT]),
        (f"<p>Most read the timetable twice, <a href='/b'>a survey</a> found. {NEXT}</p>", [f"Most read the timetable twice, a survey found. {NEXT}"]),
        (f"<div class='image'><p>{NEXT}</p><p>{OTHERS[0]}</p><p>{OTHERS[1]}</p></div>", [NEXT, *OTHERS[:2]]),
        ("<div class='photo-essay'><p>The ferry is fun to be on, he said.</p></div>", ["The ferry is fun to be on, he said."]),
        ("<ul><li>Adults pay nine crowns</li><li>Children go free</li></ul>", ["Adults pay nine crowns", "Children go free"]),
        (f"<blockquote><p>{NEXT}</p></blockquote>", [NEXT]),
        (f"<article><h3><a href='#5'>At five</a></h3><p>{NEXT}</p></article>", ["At five", NEXT]),  # an entry of a live file
        ("<p>The article is published in a journal on ferries.</p>", ["The article is published in a journal on ferries."]),
        ("<p>Accuracy and availability of charts may vary, he said.</p>", ["Accuracy and availability of charts may vary, he said."]),
        ("<p>2026년 4월 14일 송고된 기사가 논란이 됐다.</p>", ["2026년 4월 14일 송고된 기사가 논란이 됐다."]),
        (f"<div class='image'><img src='f.jpg'></div>{NEXT}", [NEXT]),  # bare, behind a picture
        (f"<div class='image'><img src='f.jpg'></div>{NEXT[:40]}<b>{NEXT[40:]}</b>", [NEXT]),
        (f"<div class='image'><div><img src='f.jpg'></div></div> <em>{NEXT}</em>", [NEXT]),
        (f"<p>The <a href='/c'>company</a> and the <a href='/u'>union</a> agreed. {NEXT}</p>", [f"The company and the union agreed. {NEXT}"]),
    ],
)  # fmt: skip
def test_text_is_kept(markup: str, text: list[str]) -> None:
    assert amid(markup) == text


def test_a_table_that_is_the_article_stays() -> None:
    rows = "".join(f"<tr><td>Port {n}</td><td>departs at {n}.30 every day</td></tr>" for n in range(3, 12))
    found = article(page(paragraphs=[SENTENCE]).replace("</article>", f"<table>{rows}</table></article>"))
    assert "Port 3 departs at 3.30 every day" in found.text


def test_the_summary_above_the_body_is_its_beginning() -> None:
    summary = "Crews were told in writing, and the mayor of the town is not amused at all."
    head = f'<meta property="og:description" content="{summary}">'
    shown = page(head).replace("</h1>", f'</h1><h2 class="dek">{summary}</h2>').replace("<h1>", "<header><h1>")
    shown = shown.replace("</h2>", "</h2></header>")
    assert article(shown).text.split("\n\n") == [summary, *TEXT]
    assert article(page(head)).text.split("\n\n") == TEXT  # what is not shown is not read
    teaser = page(f'<meta property="og:description" content="{TEXT[0][:80]}">')
    assert article(teaser).text.split("\n\n") == TEXT  # it is the first paragraph already


@pytest.mark.parametrize(("line", "comes"), [(NEXT, True), (NEXT.rstrip("."), False), ("No ferry.", False)])
def test_a_first_paragraph_that_is_none_by_its_name_stands_beside_the_others(line: str, comes: bool) -> None:
    found = article(page().replace("</h1>", f"</h1><div>{line}</div>")).text.split("\n\n")
    assert found == ([line] if comes else []) + TEXT


@pytest.mark.parametrize(
    "name", ["article-subtitle", "HeaderDek-x1", "story__dek", "standfirst", "lead", "vorspann", "intro-text"]
)
def test_what_is_named_for_a_summary_is_the_beginning(name: str) -> None:
    summary = "Crews were told in writing, and the mayor of the town is not amused at all."
    for markup in f'<p class="{name}">{summary}</p>', f'<div class="{name}"><span>{summary}</span></div>':
        assert article(page().replace("</h1>", f"</h1>{markup}")).text.split("\n\n") == [summary, *TEXT]


def test_a_paragraph_that_stands_in_a_share_bar_too_is_that_of_the_text() -> None:
    shared = f'<div class="bar"><div class="bar-pane"><p class="bar-words">{TEXT[0]}</p></div></div>'
    assert article(page().replace("<h1>", f"{shared}<h1>")).text.split("\n\n") == TEXT
    tree = parse(f"<body>{shared}<h1>Ferry</h1><div>{''.join(f'<p>{p}</p>' for p in TEXT)}</div>".encode(), 50)
    assert [line.element.get("class") for line in locate(tree, TEXT) if line.element is not None] == [None] * len(TEXT)
    twice = locate(tree, [TEXT[0], *TEXT])  # the text has both
    assert [line.element.get("class") for line in twice[:2] if line.element is not None] == ["bar-words", None]


def test_a_date_among_the_first_lines_is_no_text() -> None:
    for line in (
        "Saturday 23 December 2023 05:39, UK",
        "Published on Dec. 23rd, 2023 at 5:39 pm",
        "Samstag 23.12.2023",
        "samedi 23 décembre 2023",
        "Stand: 23. Dezember 2023, 5.39 Uhr",
        "12/23/23",
    ):
        assert article(page(paragraphs=[TEXT[0], line, *TEXT[1:]])).text.split("\n\n") == TEXT
    for line in "In December 2023 it rained.", "Samstags fährt sie seit 2023", "Version 12.1.23":
        kept = [*TEXT[:2], line, *TEXT[2:]]
        assert article(page(paragraphs=kept)).text.split("\n\n") == kept


def test_an_authors_first_name_begins_the_line_about_them() -> None:
    head = '<meta name="author" content="Ada Lind">'
    assert behind("<p>Ada covers ships and what becomes of them.</p>", head) == []
    assert behind("<p>Bo covers ships and what becomes of them.</p>", head) != []


def below(markup: str) -> list[str]:
    """Paragraphs of a page with `markup` in the column of its body, without the article's own."""
    body = "".join(f"<p>{p}</p>" for p in TEXT)
    column = f"<div id='column'><div class='body'>{body}</div>{markup}</div>"
    found = article(f"<html><body><h1>Ferry to run again</h1>{column}</body></html>").text.split("\n\n")
    assert found[: len(TEXT)] == TEXT
    return found[len(TEXT) :]


def boxes(n: int) -> str:
    """Summaries of other stories, in boxes of their own."""
    return "".join(f"<div class='box'><h5><a href='/{i}'>Story {i}</a></h5><p>{OTHERS[i]}</p></div>" for i in range(n))


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        (f"<h3>À lire aussi</h3>{boxes(4)}", 0),
        (f"<p>Questions? Email us at desk@quay.example</p>{boxes(4)}", 0),
        (f"<h3>Comments</h3>{boxes(9)}", 0),
        (f"<h3>Kommentare (9)</h3>{boxes(9)}", 0),
        (f"<p>Sign up for our newsletter.</p><div class='body'><p>{NEXT}</p></div>", 1),  # another part of the body
    ],
)
def test_what_follows_a_label_outside_of_the_body_is_left_out(markup: str, kept: int) -> None:
    assert below(markup) == [NEXT][:kept]


def test_a_paragraph_of_the_same_article_outside_of_its_body_is_text() -> None:
    body = "".join(f"<p>{p}</p>" for p in TEXT * 2)
    summing_up = f"{NEXT} {OTHERS[0]} {OTHERS[1]}"
    box = f"<section class='sum'><h4>In short</h4><p>{summing_up}</p><p>Ferry of the year</p></section>"
    found = article(f"<article><h1>Ferry to run</h1><section class='body'>{body}</section>{box}</article>").text
    assert found.split("\n\n") == [*TEXT * 2, summing_up]


def test_a_heading_with_a_byline_on_top_of_the_text_is_taken_off() -> None:
    text = ["The ferry that will run again", "Ada Lind | Els | 08/01/2014", *TEXT]
    tags = ["h3", "div", *["p"] * len(TEXT)]
    tree = parse(("<body>" + "".join(f"<{t}>{p}</{t}>" for t, p in zip(tags, text, strict=True))).encode(), 50)
    assert [line.text for line in body_lines(locate(tree, text))] == TEXT
    assert body_lines(locate(tree, [text[0], *TEXT]))[0].text == text[0]


def test_the_line_about_an_author_is_known_by_the_byline() -> None:
    markup = page().replace("</h1>", "</h1><p>By Ada Lind</p>")
    about = "<p>Ada Lind (in the manner of the harbour's old masters).</p>"
    assert article(markup.replace("</article>", f"{about}</article>")).text.split("\n\n") == TEXT


def test_what_is_named_for_furniture_stays_where_it_is_the_page() -> None:
    posts = "".join(f'<div class="popup"><p>{p}</p></div>' for p in [*TEXT, NEXT])
    assert TEXT[0] in article(f"<html><body><h1>Ferry</h1><main>{posts}</main></body></html>").text


def test_shortcodes_in_the_pages_own_data_are_no_text() -> None:
    body = f'{" ".join(TEXT)} [related id="3" title="Bridge"]{SENTENCE} He called it [sic] late.[/caption]' * 8
    data = json.dumps({"@type": "NewsArticle", "articleBody": body})
    found = article(page(f'<script type="application/ld+json">{data}</script>', TEXT[:2])).text
    assert ("[related" in found, "[/caption]" in found, "[sic]" in found) == (False, False, True)


@pytest.mark.parametrize(("passed", "comes_back"), [(9, True), (1, False)])
def test_the_greater_part_that_was_passed_over_comes_back(passed: int, comes_back: bool) -> None:
    captions = [f"<div>{p}</div>" for p in TEXT[:2]]
    others = "".join(f"<p>{p}</p>" for p in OTHERS[:passed])
    links = f'<p><a href="/b">{NEXT}</a></p><figure><p>{NEXT} In a picture.</p></figure>'
    tree = parse(f"<html><body><div>{captions[0]}{others}{links}{captions[1]}</div></body></html>".encode(), 100)
    found = with_passed_over(locate(tree, TEXT[:2]))
    assert [line.text for line in found] == [TEXT[0], *(OTHERS[:passed] if comes_back else ()), TEXT[1]]


def test_subheads_come_back_where_trafilatura_lost_them() -> None:
    # A frame that is too short makes it search the whole page for paragraphs, without heads.
    parts = "".join(f"<h2>Part {n}</h2><p>{p}</p>" for n, p in enumerate(TEXT))
    found = article(
        f'<html><body><h1>Ferry</h1><div class="story-body"><p>Short.</p></div><div>{parts}</div></body></html>'
    )
    assert [p for p in found.text.split("\n\n") if p.startswith("Part")][1:] == [f"Part {n}" for n in range(1, 5)]


def test_the_pages_own_data_says_where_the_text_ends() -> None:
    tail = "<p>Ada Lind has written about ships since she was nine years old and lives in Els.</p>"
    data = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "' + " ".join(TEXT) + '"}</script>'
    )
    assert behind(tail, data) == []
    assert behind(tail) == ["Ada Lind has written about ships since she was nine years old and lives in Els."]


def test_the_pages_own_data_is_taken_where_the_page_shows_a_part() -> None:
    body = "\\n".join([*TEXT, *(f"{SENTENCE} It was number {n}." for n in range(20))])
    data = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{body}"}}</script>'
    found = article(page(data, TEXT[:2]))
    assert found.text.split("\n\n")[: len(TEXT)] == TEXT
    assert (found.extractor, found.text.endswith("number 19.")) == ("json-ld", True)


def test_an_introduction_apart_from_the_body_is_not_taken_for_the_whole() -> None:
    lead, rest = "".join(f"<p>{p}</p>" for p in TEXT[:2]), "".join(f"<p>{p}</p>" for p in [*TEXT[2:], NEXT, *OTHERS])
    found = article(
        f"<html><body><h1>Ferry</h1><div class='post-content'>{lead}</div><div class='x1'>{rest}</div></body></html>"
    )
    assert found.text.split("\n\n") == [*TEXT, NEXT, *OTHERS]
    assert found.extractor.endswith(" thorough")


BODY = [f"{SENTENCE} Number {n} of the crew was not told, and nobody knows why that was." for n in range(20)]


@pytest.mark.parametrize(
    ("below", "is_text"),
    [
        (f"<div class='wrap'><div class='entry-content body'>{''.join(f'<p>{p}</p>' for p in BODY)}</div></div>", True),
        (f"<div class='wrap'><div class='entry-content more'>{''.join(f'<div><p>{p}</p></div>' for p in BODY)}</div></div>", False),
    ],
)  # fmt: skip
def test_a_body_below_its_introduction_is_text_and_teasers_are_not(below: str, is_text: bool) -> None:
    lead = f"<div class='entry-content lead'><p>{TEXT[0]} {NEXT}</p></div>"
    found = article(f"<html><body><h1>Ferry</h1><div>{lead}{below}</div></body></html>").text.split("\n\n")
    assert (found[0], found[1:] == BODY) == (f"{TEXT[0]} {NEXT}", is_text)


def test_the_whole_may_be_parted_into_other_paragraphs_than_its_introduction(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [f"{TEXT[0]} {TEXT[1]}", *TEXT[2:], NEXT, *OTHERS]
    monkeypatch.setattr(body, "certain_paragraphs", lambda *_: [])
    monkeypatch.setattr(body, "main_paragraphs", lambda _, options, *__: whole if options is THOROUGH else TEXT[:2])
    assert article(page()).text.split("\n\n") == whole


@pytest.mark.parametrize("line", ["_" * 300_000 + "x", "-" * 300_000 + " word", "most " * 60_000, "by " * 100_000])
def test_a_long_odd_line_takes_no_long_time(line: str) -> None:
    # each rule sees a bounded part of a line: with the whole of it, this would take hours
    assert TEXT[-1] in article(page(paragraphs=[*TEXT, line])).text


@pytest.mark.parametrize("unit", [" ", "\n", "(", "Ada (", "Ada Lind ", "May "])
def test_a_long_odd_byline_takes_no_long_time(unit: str) -> None:
    author_names(["By " + unit * (300_000 // len(unit)) + "x"])


@pytest.mark.parametrize("pattern", [OPENING, WITHIN])
def test_what_is_looked_for_in_lower_case_holds_no_capitals(pattern: re.Pattern[str]) -> None:
    assert not pattern.flags & re.IGNORECASE
    assert re.sub(r"\\.", "", pattern.pattern) == re.sub(r"\\.", "", pattern.pattern).lower()


@pytest.mark.parametrize(
    "line",
    [
        "SIGN UP here for our newsletter of the harbour",
        "By clicking on the button you ACKNOWLEDGE that it is free",
        "All of this MAY NOT BE reproduced without leave",
        "© Harbour Post 2023, All Rights RESERVED",
    ],
)
def test_notices_are_known_in_capitals(line: str) -> None:
    assert is_furniture(Line(line, None))
