"""What must not pass for an article, and what is marked."""

from __future__ import annotations

import json

import pytest

from pipeline.article import Kind, Reason, Reject
from pipeline.extract import extract
from pipeline.extract.paywall import asks_to_pay

from .helpers import SENTENCE, TEXT, URL, article, capture, page, reject


def ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(fields)}</script>'


@pytest.mark.parametrize(
    "title",
    ["404 - Page not found", "Page not found | Harbour Post", "Access Denied", "Just a moment...", "Error 503", "Seite nicht gefunden",
     "Fehler 404", "Fehler 404 - Seite nicht gefunden", "Siden blev ikke fundet", "Siden finnes ikke", "Pagina niet gevonden", "Sidan hittades inte", "Página não encontrada", "Nie znaleziono strony",
     "Oops! That page can’t be found.", "We couldn't find that page", "Sorry, we can't find the page you're looking for",
     "Nothing found", "Down for maintenance", "This site is under maintenance", "We’ll be right back",
     "Die angeforderte Seite wurde nicht gefunden", "ページが見つかりません", "페이지를 찾을 수 없습니다", "页面不存在"],
)  # fmt: skip
def test_error_pages_served_as_a_success_are_turned_away(title: str) -> None:
    found = reject(page(f"<title>{title}</title>", [SENTENCE, "Try the search, or go back."], h1=""))
    assert (found.reason, title[:5] in found.detail) == (Reason.NOT_ARTICLE, True)


@pytest.mark.parametrize(
    "title",
    [
        "Ferry not found after storm at sea",
        "Harbour bridge under maintenance",
        "Divers cannot find the ferry",
        "404 crew members told in writing of it all year long, union says after talks with the ferry company and mayor",
    ],
)
def test_headlines_are_not_error_messages(title: str) -> None:
    assert article(page(f"<title>{title}</title>", h1="")).title == title


def test_consent_walls_are_turned_away() -> None:
    wall = [
        "We and our partners store cookies on your device and process personal data with your consent.",
        "You can change your choices at any time. Vendors may use cookies for tracking without asking for consent.",
    ]
    assert reject(page("<title>Before you continue</title>", wall, h1="")).reason is Reason.NOT_ARTICLE
    text = [*TEXT, "The law on cookies and consent is about personal data."]
    assert article(page("<title>Before you continue</title>", text, h1="")).kind is Kind.ARTICLE


SITE = "https://www.harbour-post.example/"


@pytest.mark.parametrize(
    ("head", "links", "url", "is_list"),
    [
        ("", 20, SITE, True),
        ("", 20, SITE.rstrip("/"), True),
        ("", 20, f"{SITE}?p=12", False),
        ("", 20, URL, False),
        ("", 5, SITE, False),  # a site of one page
        ('<meta property="og:type" content="article">', 20, SITE, False),
        ('<meta name="date" content="2026-04-02">', 20, SITE, False),
        (ld(**{"@type": "CollectionPage"}), 0, URL, True),
        (ld(**{"@type": "CollectionPage"}) + '<meta property="og:type" content="article">', 0, URL, True),
        (ld(**{"@graph": [{"@type": "CollectionPage"}, {"@type": "NewsArticle"}]}), 0, URL, False),
        (ld(**{"@type": "CollectionPage"}) + '<meta name="date" content="2026-04-02">', 0, URL, False),
    ],
)
def test_lists_of_articles_are_turned_away(head: str, links: int, url: str, is_list: bool) -> None:
    teasers = [f'<a href="/{n}">Ferry {n}</a> runs again, the company said.' for n in range(links)]
    found = extract(capture(page(head, [*TEXT, *teasers]), url=url))
    assert isinstance(found, Reject) is is_list
    if isinstance(found, Reject):
        assert found.reason is Reason.NOT_ARTICLE


@pytest.mark.parametrize(
    ("head", "paragraphs", "url", "kind"),
    [
        ("", TEXT, URL, Kind.ARTICLE),
        (ld(**{"@type": "LiveBlogPosting"}), TEXT, URL, Kind.LIVE),
        (ld(**{"@type": "NewsArticle"}), TEXT, "https://harbour-post.example/gallery/ferry", Kind.GALLERY),
        (ld(**{"@type": "ImageGallery"}), TEXT, URL, Kind.GALLERY),
        (ld(**{"@type": "VideoObject"}), TEXT[:2], URL, Kind.VIDEO),
        (ld(**{"@type": "NewsArticle"}), TEXT[:2], "https://harbour-post.example/video/ferry", Kind.VIDEO),
        # an article with a film in it is an article
        (ld(**{"@graph": [{"@type": "NewsArticle"}, {"@type": "VideoObject"}]}), TEXT, URL, Kind.ARTICLE),
        (ld(**{"@type": "VideoObject"}), TEXT * 3, URL, Kind.ARTICLE),
    ],
)
def test_kind(head: str, paragraphs: list[str], url: str, kind: Kind) -> None:
    assert article(page(head, paragraphs), url=url).kind is kind


def test_a_live_file_is_told_by_its_title_and_its_entries() -> None:
    title = "<title>Ferry strike: live updates</title>"
    entries = "".join(f'<div class="block live-block"><p>{p}</p></div>' for p in TEXT)
    body = page(title, [], h1="Ferry strike: live updates").replace("</article>", f"{entries}</article>")
    assert article(body).kind is Kind.LIVE
    assert article(page(title, h1="Ferry strike: live updates")).kind is Kind.ARTICLE
    assert article(page(title, h1="Ferry strike: live updates"), url=f"{SITE}live/2026/ferry").kind is Kind.LIVE


PAID = ld(
    **{
        "@type": "NewsArticle",
        "isAccessibleForFree": "False",
        "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paid"},
    }
)


@pytest.mark.parametrize(
    ("head", "markup", "truncated"),
    [
        ("", "", False),
        (ld(**{"@type": "NewsArticle", "isAccessibleForFree": False}), "", True),
        (ld(**{"@type": "NewsArticle", "isAccessibleForFree": "False"}), "", True),
        (ld(**{"@type": "NewsArticle", "isAccessibleForFree": True}), "", False),
        (PAID, "", True),
        (PAID, f'<div class="x paid">{"All that one pays for. " * 30}</div>', False),  # it is there, covered
        (ld(**{"@type": "NewsArticle", "wordCount": 900}), "", True),
        (ld(**{"@type": "NewsArticle", "wordCount": 120}), "", False),
        ("", "<div><span>Subscribe to continue reading this article</span></div>", True),
        ("", "<p>Buy the book to read the story</p>", False),
    ],
)
def test_a_part_before_a_paywall_is_marked(head: str, markup: str, truncated: bool) -> None:
    assert article(page(head).replace("</article>", f"</article>{markup}")).is_truncated is truncated


def test_a_long_text_behind_a_paywall_is_whole() -> None:
    head = ld(**{"@type": "NewsArticle", "isAccessibleForFree": False})
    assert article(page(head, [f"{p} {n}" for n in range(6) for p in TEXT])).is_truncated is False


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("Subscribe to continue", True),
        ("Subscribe now to keep reading.", True),
        ("Subscribe for $1.50 a week to read the rest of this article", True),
        ("Subscribe to unlock this story and support local news", True),
        ("Already a subscriber? Log in to continue reading", True),
        ("You must be logged in to read this article", True),
        ("Become a member to read this story", True),
        ("Create a free account to read this article", True),
        ("To read the full story, subscribe or sign in.", True),
        ("This article is available exclusively to our subscribers.", True),
        ("This content is for members only", True),
        ("Continue reading this article with a subscription", True),
        ("Jetzt abonnieren und weiterlesen", True),
        ("Dieser Artikel ist exklusiv für unsere Abonnenten", True),
        ("Jetzt anmelden, um diesen Artikel zu lesen", True),
        ("Weiterlesen mit dem Abo", True),
        ("Il vous reste 70 % de cet article à lire", True),
        ("Il vous reste 75.19 % de cet article à lire", True),
        ("Cet article est réservé aux abonnés", True),
        ("Abonnez-vous pour lire la suite", True),
        ("Para seguir leyendo, suscríbete", True),
        ("Abbonati per continuare a leggere", True),
        ("Lees verder met een abonnement", True),
        ("Lees dit artikel verder als abonnee", True),
        ("Logga in för att läsa hela artikeln", True),
        # the same words in what an article tells, or in what a site offers beside it
        ("Buy the book to read the story", False),
        ("Visitors register to access the archive", False),
        ("Visitors must log in to read the story", False),
        ("First, buy winter tires. Second, read this list.", False),
        ("Subscribe to our newsletter to keep up to date", False),
        ("Subscribe to read more stories like this one", False),
        ("Log in to access your account", False),
        ("Register for more free articles.", False),
        ("This story was told by members of the crew", False),
        ("This story is for members of the crew.", False),
        ("The court gave full access to members of the public", False),
        ("For subscribers", False),
        ("Der Vorverkauf ist exklusiv für Abonnenten der Oper", False),
        ("Le stade est réservé aux abonnés", False),
        ("Newsletter abonnieren und mehr lesen", False),
        ("Die Zeitung abonnieren 400 Leser", False),
        ("Il vous reste 20 jours pour visiter le phare", False),
        ("Lees hier verder over de abonnementen", False),
    ],
)
def test_what_asks_to_pay(line: str, asks: bool) -> None:
    assert asks_to_pay(line) is asks
