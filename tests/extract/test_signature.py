"""Names in lines of the page that begin with "by"."""

from __future__ import annotations

import pytest

from .helpers import article, page

ADA = ("Ada Lind",)
BOTH = ("Ada Lind", "Bo Ek")


def below(line: str, head: str = "") -> tuple[str, ...]:
    """Authors of a page with `line` below its headline."""
    return article(page(head).replace("</h1>", f"</h1>{line}")).authors


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<p>By <a href='/x'>Ada Lind</a> and <a href='/y'>Bo Ek</a></p>", BOTH),
        ("<p>By: <a href='/x'>Ada Lind</a><br>Harbour Executive News Editor</p>", ADA),
        ("<p><b>By ADA LIND</b> 10/ 5/11 09:19 PM ET</p>", ADA),
        ("<p>By Ada Lind, Bo Ek and Cy Holm, Harbour Post</p>", ("Ada Lind", "Bo Ek", "Cy Holm")),
        ("<p>By <b>ADA LIND</b>, <b>BO EK</b> Special envoys to the islands</p>", BOTH),
        ("<p>By Ada Lind December 19, 2023</p>", ADA),
        ("<small>posted on <time>2026-04-02</time> by Ada Lind</small>", ADA),
        ("<div><img src='a.png'> By Ada Lind<br>Harbour Post</div>", ADA),
        ("<p>By\n<script>mail('ada')</script> <a href='/x'>Ada Lind</a>\n</p>", ADA),
        ("<p>Von Ada Lind und Bo Ek | 2. April 2026</p>", BOTH),
        ("<p>Publié par Ada Lind le 2 avril</p>", ADA),
        ("<p>Por Ada Lind y Bo Ek</p>", BOTH),
        ("<p>Autor: Ada Lind</p>", ADA),
        ("<p>2. April 2026 von Ada Lind | Häfen</p>", ADA),
        ("<p>Publié le 02/04/2026 à 10:30 par Ada Lind</p>", ADA),
        ("<div>Eingestellt von <span>Ada Lind</span> um 10:30</div>", ADA),
        ("<div class='date-and-comments'>By Ada Lind</div>", ADA),
        ("<div class='comments'>By Ada Lind</div>", ()),
        ("<p>Autor Ada Lind</p>", ()),
        ("<span class='author vcard'><a class='url fn n' rel='author' href='#'>\nAda\n</a></span>", ("Ada",)),
        ("<a rel='author' href='/posts'>AdaLind</a>", ()),
        ("<a rel='author' href='/posts'>Redaktion</a>", ()),
        ("<div class='comments'><cite class='fn'>Ada</cite></div>", ()),
        ("<a rel='author' href='/posts'>View all posts by Ada Lind</a>", ADA),
        ("<a rel='author' href='/posts'>Alle Beiträge von Ada Lind</a>", ADA),
        ("<p>Autor/in: Ada Lind</p>", ADA),
        ("<p>By Ada Lind Tuesday, Apr. 2, 2026</p>", ADA),
        ("<p>By Ada Lind, Harbourtown</p>", ADA),
        ("<p>Ada Lind | Els | 2 April 2026</p>", ADA),
        ("<div><span>Ada Lind, Bo Ek</span> \u2022 <b>Els</b> \u2022 <span>02/04/2026</span></div>", BOTH),
        ("<p>Ferries and Boats | Els | 2 April 2026</p>", ()),  # no name
        ("<p><a href='/real'>Real Estate</a> | Els | 2 April 2026</p>", ()),  # a rubric
        ("<p>Real Estate | 2 April 2026</p>", ()),
        ("<p>(서울=연합뉴스) 홍길동·김철수 기자 = 배는 가을까지 다닌다.</p>", ("홍길동", "김철수")),
        ("<span>홍길동 기자</span><span>2026.04.02</span>", ("홍길동",)),
        ("<p>홍길동 선임기자 hong@quay.example</p>", ("홍길동",)),
        ("<p>(서울=연합뉴스) 홍길동, 김철수 기자 = 배는 가을까지 다닌다.</p>", ("홍길동", "김철수")),
        ("<p>홍길동 인턴 기자 hong@quay.example</p>", ("홍길동",)),
        ("<p>사진 기자</p>", ()),
        (f"<p>{'배는 가을까지 다닌다. ' * 8}소식을 들은 외국 기자{'들이 모였다. ' * 3}</p>", ()),  # cut off behind it
        ("<p>배는 가을까지 다닌다고 기자에게 말했다.</p>", ()),
        ("<p>新华社港口4月2日电（记者张三、李小四）渡轮将开到秋天。</p>", ("张三", "李小四")),
        ("<p>（本报记者 张三 港口报道）渡轮将开到秋天。</p>", ("张三",)),
        ("<p>港口4月2日电（记者综合报道）渡轮将开到秋天。</p>", ()),
        ("<p>市長は2日（記者会見）、船は秋まで出ると話した。</p>", ()),
        ("<p>【ソウル=山田太郎】船は秋まで出る。</p>", ("山田太郎",)),
        ("<p>【ソウル＝共同】船は秋まで出る。</p>", ()),
        ("<div class='related'><span>홍길동 기자</span></div>", ()),
        ("<p>By Ada Lind, Bo Ek, and Cy Holm</p>", ("Ada Lind", "Bo Ek", "Cy Holm")),
        *(
            (f"<p>{line}</p>", ADA)
            for line in (
                "Oleh: Ada Lind",
                "Yazan: Ada Lind",
                "Írta: Ada Lind",
                "Piše Ada Lind",
                "Napsala Ada Lind",
                "Scris de Ada Lind",
                "Skrevet av Ada Lind",
                "a cura di Ada Lind",
                "Redacción / Ada Lind",
                "Ein Gastbeitrag von Ada Lind",
                "Von unserer Redakteurin Ada Lind",
                "Par Ada Lind avec AFP",
                "By Ada Lind of Reuters",
                "Reporter: Ada Lind | Editor: Bo Ek",
            )
        ),
        ("<p>Interview by Ada Lind</p>", ADA),
        ("<div data-testid='byline-new'><span>Ada Lind</span><span>Ferry correspondent, in Els</span></div>", ADA),
        ("<div class='byline'><b>Ada Lind</b> <a href='mailto:ada@quay.example'>ada@quay.example</a></div>", ADA),
        ("<p>By Ada Lind in Els and Bo Ek in New Quay</p>", BOTH),
        ("<p>By Ada Lind, Bo Ek in New Quay, and Cy Holm</p>", ("Ada Lind", "Bo Ek", "Cy Holm")),
        ("<footer class='node__meta'>Submitted by <a href='/user/1'>Ada Lind</a></footer>", ADA),
        ("<footer><p>By Ada Lind</p></footer>", ()),
        ("<p>Ada Lind i Bo Ek</p>", ()),
        ("<p>Autorzy: Ada Lind</p>", ADA),
        ("<p>Tekst: Ada Lind i Bo Ek</p>", BOTH),
        ("<p>Автор: Ада Линд и Бо Эк</p>", ("Ада Линд", "Бо Эк")),
        ("<p>Από Άντα Λιντ</p>", ("Άντα Λιντ",)),
        ("<p>Από σήμερα τα πλοία</p>", ()),  # no name: "from today the ships"
        ("<p>بقلم محمد علي</p>", ("محمد علي",)),
        ("<p>מאת דוד כהן</p>", ("דוד כהן",)),
        ("<p>记者：张三、李小四</p>", ("张三", "李小四")),
        ("<p>文／山田太郎</p>", ("山田太郎",)),
        ("<p>記者 山田太郎</p>", ("山田太郎",)),
        ("<p>文学は港から始まる</p>", ()),
        ("<p>By Ada Lind, Deputy CTO, Quay Technologies</p>", ADA),
        ("<cite>By <a href='/x'>Ada Lind</a></cite><span>long Read</span>", ADA),  # no white space parts them
        ("<p><span>By</span><a href='/x'>Ada Lind</a><span>Sailing</span></p>", ADA),
        ("<p><a href='/author/ada'>Ada Lind<span>archive page</span></a></p>", ADA),
        ("<p><a href='/person/ada-lind'>Ada Lind</a></p>", ADA),
        ("<p>By the time of the last ferry, Ada Lind had left.</p>", ()),
        ("<p>By Tuesday Ada Lind had gone home.</p>", ()),
        ("<p>The quay lies empty on the morning after the storm, as the pilots wait. <span>By Bo Ek</span></p>", ()),
        ("<div class='related'><p>By Bo Ek</p></div>", ()),
    ],
)
def test_names_behind_by(line: str, authors: tuple[str, ...]) -> None:
    assert below(line) == authors


def test_a_line_with_by_goes_before_what_is_marked_as_a_name_unless_it_stands_far_behind() -> None:
    marked = "<div class='author'>By <b>ADA LIND</b>, <b>BO EK</b> Envoys to the islands</div>"
    assert below(marked) == BOTH
    far = "<ul>" + "<li><a href='/s'>Share</a></li>" * 10 + "</ul><p>By Bo Ek</p>"
    assert below(f"<a href='/authors/ada'>Ada Lind</a>{far}") == ADA


def test_a_name_in_the_text_is_no_author_beside_the_one_of_the_byline() -> None:
    markup = page().replace("</h1>", f"</h1><a href='/author/ada'>Ada Lind</a>{'<i></i>' * 20}")
    assert article(markup.replace("ferry", "<a href='/person/bo'>Bo Ek</a>", 1)).authors == ADA


def test_the_headline_may_stand_below_a_logo() -> None:
    head = '<meta property="og:title" content="Ferry to run again after the storm">'
    headline = "<h2>Ferry to run again after the storm</h2><p>By Ada Lind</p>"
    markup = page(head, h1="Harbour Post").replace("</h1>", f"</h1><p>By Bo Ek</p>{headline}")
    assert article(markup).authors == ADA


@pytest.mark.parametrize(
    ("author", "url", "authors"),
    [
        ("Ada Lind, HARBOUR POST", "https://www.harbourpost.example/a", ADA),
        ("Ada Lind, Quay", "https://www.quay.example/a", ADA),
        ("Ada Lind", "https://adalind.example/a", ADA),  # she writes there herself
        ("Ada Lind", "https://ada.example/a", ADA),
    ],
)
def test_the_sites_name_is_no_author(author: str, url: str, authors: tuple[str, ...]) -> None:
    assert article(page(f'<meta name="author" content="{author}">'), url=url).authors == authors


@pytest.mark.parametrize(
    "marked",
    [
        "About Us",
        "Learn About Our Comment Policy",
        "Account You're Logged In",
        "Artikel Empfehlen",
        "Bundesministerium der Häfen",
        "Quay Technologies GmbH",
        "harbour-post.example",
    ],
)
def test_what_a_template_prints_beside_a_name_is_none(marked: str) -> None:
    assert below(f"<div class='author'>{marked}</div>") == ()


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ("HARBOUR POST, Quayside, Norway", ()),  # the site and where it is
        ("Ada Lind, Quayside", ADA),
        ("Ada", ("Ada",)),
        ("Autor/in: Ada Lind", ADA),
        ("Ada Lind (Els), Bo Ek (Harbour Post)", BOTH),
        ("Harbour Waves (www.harbour-post.example)", ()),
        ("Quay Technologies d.o.o.", ()),
        ("Ada Lind, Senior Research Fellow, Center for Quays", ADA),
        ("Ada Lind, Professor of Ferries", ADA),
        ("Ada Lind December", ADA),
        ("Ada May", ("Ada May",)),
        ("Ada Berit May", ("Ada Berit May",)),
        ("Ada Share and Bo C. Council", ("Ada Share", "Bo C. Council")),
        ("ADA PRINT", ("Ada Print",)),
        ("Ada Lind Share", ()),
        ("Share Contact", ()),
        ("Ada Lind, City Council", ADA),
        ("Council of the Quays", ()),
        ("Ada Lind, Bo Ek and Sukarno", (*BOTH, "Sukarno")),
        ("Ada Lind & Sukarno", ("Ada Lind", "Sukarno")),
        ("Ada Lind and others", ADA),
        ("Ada Lind, Department of Quays and Tides", ADA),
        ("Ada Lind und Agenturen", ADA),
        ("Ada Lind and Reuters", ADA),
        ("HARBOUR POST and Quayside", ()),
        ("홍길동·김철수 기자", ("홍길동", "김철수")),
        ("홍길동 기자 · 김구 특파원", ("홍길동", "김구")),
        ("ジョン・スミス", ("ジョン・スミス",)),
        ("Ada Berit May Lind", ("Ada Berit May Lind",)),
        ("E.V. Lind", ("E.V. Lind",)),
        ("Hafenfreunde e.V.", ()),
        ("홍길동 기자", ("홍길동",)),
        ("记者 张三、李小四", ("张三", "李小四")),
    ],
)
def test_who_is_named_in_a_byline(author: str, authors: tuple[str, ...]) -> None:
    assert article(page(f'<meta name="author" content="{author}">')).authors == authors


def test_an_account_yields_to_a_byline() -> None:
    account = '<meta name="author" content="alind">'
    assert below("<p>By Ada Lind</p>", account) == ADA
    assert below("<p>By the sea</p>", account) == ("alind",)
    assert below("<p>By Bo Ek</p>", '<meta name="author" content="Ada Lind">') == ADA
