"""What stands on top of a text and is none of it, and whom the text itself names as its reporters."""

from __future__ import annotations

import re

from pipeline.extract.bylines import LEAD, REPORTER_KO, agency_in, author_names

__all__ = ["reporters_in", "without_opening"]

_TOP = 3  # paragraphs; the standfirst may be among them
_BYLINE = re.compile(r"By [A-Z][^\d\n:!?]{2,80}(?<![.,;])")
_BYLINE_CHARS = 80
_IN_ONE_LINE = re.compile(  # what elements without blanks between them, or rules, part from a name: "Ada LindEls -"
    r"(?=[^\W\d_a-zß-ÿ]|\s?[|\u00b7\u2022])[^.!?:]{0,40}"
)
_RULES = "|\u00b7\u2022\u2013\u2014- "
_HEADLINE_CHARS = 20  # of a headline that can be told from a part of a sentence
_KICKER_CHARS = 40
_NOTE = re.compile(  # stamps without their time, credits, offices
    r"\W?(?:last\s+)?(?:updated|published|posted|aktualisiert(?:\s+am)?|veröffentlicht(?:\s+am)?|publié\s+le|"
    r"mis\s+à\s+jour\s+le|publicado|actualizado)\W*|"
    r"\(attn:[^()]*\)|"  # what a wire tells its desks has changed
    r"(?:(?:photo|image|story)\s+)?courtesy(?:\s+of|:)\s[^.!?]{2,60}|"
    r"(?-i:(?!Dear|To)(?:[A-Z][\w'\u2019&.-]*\s){0,6}(?:Editor|Reporter|Correspondent|Writer|Columnist|Contributor))",
    re.IGNORECASE,
)
_REPORTERS = (
    # (서울=연합뉴스) 홍길동 기자 =   /  홍길동 기자 gildong@example.com; but 사진 기자, 외신 기자 have no name
    re.compile(
        r"(?:^|[\s=)/])(?!(?:사진|온라인|인턴|외신)\s)(?P<names>[가-힣]{2,4}(?:\s?[·,]\s?[가-힣]{2,4}){0,4})\s"
        rf"{REPORTER_KO}"
        r"(?=\s*(?:=|$|\(?[\w.+-]+@))"
    ),
    # （记者张三、李四）  /  （本报记者 张三 北京报道）; but （记者招待会）, （記者会見）, （记者综合报道） name nobody
    re.compile(
        r"[（(][^（()）]{0,8}[记記]者[\s:：]?(?![会會协協组組俱招提摄攝综綜编編报報采採])"
        r"(?P<names>[\u4e00-\u9fff]{2,4}(?:[、\s][\u4e00-\u9fff]{2,4}){0,4}?)"
        r"(?:\s[\u4e00-\u9fff]{0,8}(?:[报報]道|報導|摄影?|攝影?))?\s?[)）]"
    ),
    # 作者：张三、李四  /  文／山田太郎  /  記者 山田太郎
    re.compile(
        r"^(?:(?:作者|撰文|取材・文|文|[记記]者)\s*[:：／/]|[记記]者\s)\s*"
        r"(?P<names>[\u3041-\u30ff\u4e00-\u9fff々]{2,6}(?:[、\s][\u3041-\u30ff\u4e00-\u9fff々]{2,6}){0,4})$"
    ),
    # 【ソウル=山田太郎】
    re.compile(r"^【[^】=＝]{1,12}[=＝](?P<names>[\u3041-\u30ff\u4e00-\u9fff々]{2,8})】"),
)
_MARKS = frozenset("자특者文【")  # one of which is in all that they match
_OPENING_CHARS = 100
_SIGNATURE_CHARS = 60


def without_opening(
    paragraphs: list[str], headline: str, authors: tuple[str, ...]
) -> tuple[list[str], tuple[str, ...]]:
    """`paragraphs` without headline, bylines and notes on top; the authors, the byline's if no others are known.

    Below the first paragraph that stays, a byline is one only if it names a known author.
    """
    kept: list[str] = []
    paragraphs = paragraphs[_lines_of(headline, paragraphs) :] or paragraphs
    for line in paragraphs[:_TOP]:
        bare = line.lstrip(_RULES)
        if _is_headline(line, headline) or _NOTE.fullmatch(line) or agency_in(line):
            continue
        if _is_byline(bare, authors, sure=bool(kept)):
            authors = authors or author_names([bare])
            continue
        kept.append(line)
    kept += paragraphs[_TOP:]
    return kept or paragraphs, authors


def reporters_in(paragraphs: list[str]) -> tuple[str, ...]:
    """Reporters as Korean, Chinese and Japanese texts name them: behind the dateline, or in a line of its own below."""
    last = paragraphs[-1] if len(paragraphs[-1]) <= _SIGNATURE_CHARS else ""
    first = paragraphs[0]
    if len(first) > _OPENING_CHARS:
        first = f"{first[:_OPENING_CHARS]}…"  # what is cut off there does not end there
    for text in (first, last):
        if _MARKS.isdisjoint(text):
            continue
        for pattern in _REPORTERS:
            if found := pattern.search(text):
                return author_names([re.sub(r"[·\s]+", ",", found["names"])])
    return ()


def _lines_of(headline: str, paragraphs: list[str]) -> int:
    """Over how many of the first paragraphs the headline runs: it may have line breaks in it."""
    return next((n for n in range(_TOP, 1, -1) if " ".join(paragraphs[:n]) == headline), 0)


def _is_headline(line: str, headline: str) -> bool:
    """Whether a line is the headline, perhaps with a kicker in front."""
    if line == headline:
        return True
    kicker = len(line) - len(headline)
    return len(headline) >= _HEADLINE_CHARS and 0 < kicker <= _KICKER_CHARS and line.endswith(f" {headline}")


def _is_byline(line: str, authors: tuple[str, ...], *, sure: bool) -> bool:
    """Whether a line only says who wrote the article: ``By Ada Lind``, ``Von ADA LIND, Els``."""
    if _BYLINE.fullmatch(line) and not sure:
        return True
    lead = LEAD.match(line)
    said = line[lead.end() if lead else 0 :].lstrip()
    rest = said.casefold()
    names = tuple(map(str.casefold, authors))
    is_led = lead is not None and len(rest) <= _BYLINE_CHARS and rest[-1:] not in (".", "!", "?", "")
    if any(rest.startswith(name) and _IN_ONE_LINE.fullmatch(said, len(name)) for name in names):
        return True
    return rest in names or (is_led and rest.startswith(names))
