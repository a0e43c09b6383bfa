"""What sort of page it is: an article, or something that must not pass for one."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml.html import HtmlElement

from pipeline.article import Kind
from pipeline.extract.locator import path_of
from pipeline.extract.page_metadata import PageMetadata
from pipeline.extract.paywall import asks_to_pay

__all__ = ["Sort", "sort_of", "why_no_article"]

_FEW = 150  # words; more are a text of their own, whatever stands around them
_PART = 300  # words; texts beyond are rarely the free beginning of another
_PAID_CHARS = 400  # of what one must pay for, when it is there
_ENTRIES = 5

_ERROR = re.compile(  # titles of what servers show instead of a page
    r"\W*(?:(?:error\s+)?(?:40[0-9]|410|451|50[0-9])\b.{0,60}|.{0,30}(?:page|article|story|content|url)\b.{0,20}"
    r"(?:not\s+found|no\s+longer\s+(?:available|exists?)|does\s?n.t\s+exist|(?:is\s+)?unavailable).{0,40}|"
    r".{0,30}(?:page|article|story)\s+(?:(?:can\s?.t|cannot|could\s+not|couldn.t)\s+be\s+(?:found|located)|"
    r"isn.t\s+here).{0,40}|"
    r".{0,20}(?:can.t|cannot|could\s+not|couldn.t|unable\s+to)\s+(?:find|locate)\s+(?:the|that|this|your)\s+"
    r"(?:page|article|story)\b.{0,40}|nothing\s+(?:was\s+)?found(?:\s+here)?|"
    r"(?:(?:(?:the|our|this)\s+)?(?:web\s?)?(?:site|page)\s+(?:is\s+)?)?(?:currently\s+|temporarily\s+)?"
    r"(?:down\s+for|under(?:going)?)\s+(?:\w+\s+)?maintenance|we.ll\s+be\s+(?:right\s+back|back\s+(?:soon|shortly))|"
    r"(?:die\s+)?(?:\w+\s+)?seite\s+(?:wurde|konnte)\s+(?:leider\s+)?nicht\s+gefunden(?:\s+werden)?.{0,30}|"
    r"not\s+found|access\s+(?:to\s+this\s+page\s+has\s+been\s+)?denied|forbidden|(?:un)?authorized|just\s+a\s+moment\W*|"
    r"attention\s+required.{0,30}|are\s+you\s+a\s+(?:robot|human).{0,20}|(?:please\s+)?verify\s+you.{0,30}|"
    r"pardon\s+our\s+interruption.{0,10}|service\s+unavailable|bad\s+gateway|something\s+went\s+wrong.{0,20}|"
    r"(?:human|security)\s+(?:verification|check)|seite\s+nicht\s+gefunden|page\s+(?:introuvable|non\s+trouvée)|"
    r"página\s+no\s+encontrada|pagina\s+non\s+trovata|страница\s+не\s+найдена|página\s+não\s+encontrada|"
    r"(?:de(?:ze)?\s+)?pagina\s+(?:is\s+)?niet\s+gevonden|sidan\s+(?:kunde\s+inte\s+)?hitta(?:de)?s(?:\s+inte)?|"
    r"sid(?:en|a)\s+(?:find|finn)es\s+ikke|sid(?:en|a)\s+(?:blev|ble)\s+ikke\s+(?:fundet|funne[nt]{1,2})|"
    r"sivua\s+ei\s+löyt\w+|stránka\s+nenalezena|nie\s+znaleziono\s+strony|strona\s+nie\s+została\s+znaleziona|"
    r"(?:fehler|erreur|fout|errore|fel)\s+(?:40[0-9]|410|50[0-9])\b.{0,60}|"
    r"(?:お探しの)?ページが?(?:は)?見つかりません(?:でした)?|페이지를\s+찾을\s+수\s+없습니다|(?:页面|頁面)(?:不存在|未找到))\W*",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\b(?:cookies?|consent|personal\s+data|your\s+(?:privacy|choices|device)|our\s+partners|vendors|gdpr|datenschutz|"
    r"einwilligung|tracking|données\s+personnelles|consentement|privacidad|trackers)\b",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"\W*(?:before\s+you\s+continue|.{0,30}(?:cookie|privacy|consent|datenschutz).{0,40}(?:consent|settings|choices|"
    r"preferences|policy|einstellungen|wall)|consent|.{0,20}(?:zustimmung|einwilligung).{0,30})\W*",
    re.IGNORECASE,
)
_CONSENT_SHARE = 0.03  # of the words
_LIVE = re.compile(
    r"\b(?:live\s*[-:\u2013|]|live\s+(?:updates?|blog|coverage|ticker)|liveticker|liveblog|as\s+it\s+happened|"
    r"latest\s+updates|en\s+direct\b|minuto\s+a\s+minuto|news-?ticker)",
    re.IGNORECASE,
)
_LIVE_CLASS = re.compile(r"live-?_?(?:blog|feed|updates?|post|entry|stream|block)|liveblog", re.IGNORECASE)
_LIVE_PATH = re.compile(r"/(?:live|live-?blog|live-?ticker)/")
_LINKS = 20  # of a front page, which has more; a story that a site is made for has few
_LISTS = frozenset(("CollectionPage", "ProfilePage", "SearchResultsPage"))
_GALLERY_PATH = re.compile(
    r"/(?:galler(?:y|ies)|photos?|pictures|slideshows?|in-pictures|fotostrecke|bilder|diaporama)[/-]"
)
_GALLERY_TYPES = frozenset(("ImageGallery", "MediaGallery"))
_VIDEO_PATH = re.compile(r"/(?:videos?|watch|av|mediathek)/")
_WRITTEN = ("Article", "BlogPosting", "Report", "Review")
_COUNTER = re.compile(r"\W*\d{1,3}\s*(?:/|of|von|de|sur)\s*\d{1,3}\W*", re.IGNORECASE)


class Sort(NamedTuple):
    """The kind of a page's text, and whether it is cut short."""

    kind: Kind
    is_truncated: bool


def why_no_article(tree: HtmlElement, meta: PageMetadata, words: list[str], web: str | None) -> str | None:
    """Why a page is no article at all: an error page served as a success, a consent wall, or a list of articles.

    None when it may be one.

    Args:
        tree: The parsed page, without what stands beside its text.
        meta: What the page says about itself.
        words: The words of its text.
        web: Its address, if it is one of the web.
    """
    title = next(iter(meta.titles), "")
    if len(words) < _FEW and any(_ERROR.fullmatch(t) for t in meta.titles):
        return f"an error page: {title[:80]}"
    marks = len(_CONSENT.findall(" ".join(words[:_PART])))
    if marks >= max(3, _CONSENT_SHARE * min(len(words), _PART)) and (
        any(_CONSENT_TITLE.fullmatch(t) for t in meta.titles) or (not meta.published and len(words) < _FEW)
    ):
        return f"a consent wall: {title[:80]}"
    is_root = web is not None and path_of(web) in ("", "/") and "?" not in web
    if is_root and not meta.published and not _is_written(meta) and sum(1 for _ in tree.iter("a")) >= _LINKS:
        return f"a front page: {title[:80]}"
    if _LISTS & meta.types and not meta.published and not any(t.endswith(_WRITTEN) for t in meta.types):
        return f"a list: {title[:80]}"  # templates call lists an article in OpenGraph
    return None


def sort_of(tree: HtmlElement, meta: PageMetadata, url: str, words: int) -> Sort:
    """The kind of a page that holds an article's text.

    Args:
        tree: The parsed page.
        words: Number of words of its text.
    """
    return Sort(_kind(tree, meta, path_of(url).lower(), words), _is_truncated(tree, meta, words))


def _kind(tree: HtmlElement, meta: PageMetadata, path: str, words: int) -> Kind:
    title = next(iter(meta.titles), "")
    if "LiveBlogPosting" in meta.types:
        return Kind.LIVE
    if _LIVE.search(title) and (_LIVE_PATH.search(path) or _count(tree, _LIVE_CLASS) >= _ENTRIES):
        return Kind.LIVE
    gallery = bool(_GALLERY_TYPES & meta.types or _GALLERY_PATH.search(path))
    counters = sum(1 for e in tree.iter("span", "div", "p", "figcaption") if e.text and _COUNTER.fullmatch(e.text))
    if (gallery and words < 2 * _FEW) or counters >= 2 * _ENTRIES:
        return Kind.GALLERY
    video = "VideoObject" in meta.types or any(t.startswith("video") for t in meta.types)
    if words < _FEW and (video or _VIDEO_PATH.search(path)) and (_VIDEO_PATH.search(path) or not _is_written(meta)):
        return Kind.VIDEO
    return Kind.ARTICLE


def _is_written(meta: PageMetadata) -> bool:
    return any(t.endswith(_WRITTEN) or t == "article" for t in meta.types)


def _is_truncated(tree: HtmlElement, meta: PageMetadata, words: int) -> bool:
    """Whether the page shows a part: by its own word count, or it costs and is short, or it asks to pay.

    What costs may be there all the same, and be covered when it is shown.
    """
    if meta.words and meta.words > 2 * words and meta.words - words > _FEW:
        return True
    if words >= _PART:
        return False
    if not meta.is_free:
        return not any(
            meta.paid.intersection((e.get("class") or "").split()) and len("".join(e.itertext())) >= _PAID_CHARS
            for e in tree.iter("div", "section", "article", "main")
        )
    return any(
        asks_to_pay(text)
        for e in tree.iter("p", "div", "h2", "h3", "span", "button", "a")
        if len(e) == 0 and e.text and len(text := e.text.strip()) < 200
    )


def _count(tree: HtmlElement, name: re.Pattern[str]) -> int:
    return sum(1 for e in tree.iter("div", "section", "article", "li") if name.search(e.get("class") or ""))
