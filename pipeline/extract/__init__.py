"""Bytes to articles: HTML pages and the wire formats NewsML-G2, NITF and ninjs.

`extract` is a pure function of one capture. `pipeline.extract.workers.extract_stream` runs it over many, in processes
that a hostile page cannot take the run down with.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.article import Article, Capture, Clock, Reason, Reject
from pipeline.charset import utf8
from pipeline.config import ExtractSettings
from pipeline.extract.bylines import agency_in, is_end_mark, place_in, read_dateline
from pipeline.extract.failure import Unextractable
from pipeline.extract.language import article_language
from pipeline.extract.opening import reporters_in, without_opening
from pipeline.extract.sniff import HEAD, Kind, binary_kind, text_kind
from pipeline.text import as_title, mend, one_line, reading_form

__all__ = ["extract"]

_UNSPACED = re.compile("[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]")
_MAIL = re.compile(r"(?:e-?mail:?\s*)?[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+", re.IGNORECASE)


def extract(
    capture: Capture,
    source_publisher: str | None = None,
    language: str | None = None,
    settings: ExtractSettings = ExtractSettings(),
) -> Article | Reject:
    """The article in a capture, or why there is none. Never raises for bad content.

    Args:
        capture: The bytes and where they came from. The format is judged by the bytes, not by the declared type.
        source_publisher: Publisher as configured for the source; wins over what the document says.
        language: Language as configured for the source; used when neither text nor document tell.
        settings: Limits.
    """
    try:
        return _extracted(capture, source_publisher, language, settings)
    except Unextractable as e:
        return _reject(capture, e.reason, e.detail)
    except (RecursionError, MemoryError) as e:
        return _reject(capture, Reason.TOO_COMPLEX, f"{type(e).__name__} while reading it")
    except Exception as e:  # whatever a parser trips over in hostile content is the content's fault
        return _reject(capture, Reason.MALFORMED, f"{type(e).__name__}: {e}")


def _extracted(
    capture: Capture, publisher: str | None, language: str | None, settings: ExtractSettings
) -> Article | Reject:
    try:
        read = _read(capture, settings)
    except Unextractable as e:
        if e.article is None:
            raise
        return _reject(capture, e.reason, e.detail, _finished(e.article, capture, publisher, language))
    article = _finished(read, capture, publisher, language)
    if not article.text:
        return _reject(capture, Reason.NO_TEXT, f"no text in this {article.media} document", article)
    if article.status == "usable" and (words := _words(article.text, settings.min_words)) < settings.min_words:
        detail = f"{words} {'word' if words == 1 else 'words'}, fewer than {settings.min_words}"
        return _reject(capture, Reason.TOO_SHORT, detail, article)
    return article


def _read(capture: Capture, settings: ExtractSettings) -> Article:
    if not capture.body.strip(b" \t\r\n\0"):
        raise Unextractable(Reason.NO_TEXT, "empty document")
    if name := binary_kind(capture.body):
        raise Unextractable(Reason.UNSUPPORTED, name)
    markup = utf8(capture.body, capture.content_type)
    kind = text_kind(markup[:HEAD].decode("utf-8", "ignore"))
    # Each reader is imported when it is first needed: HTML alone costs half a second.
    if kind is Kind.HTML:
        from pipeline.extract.html import read_html

        return read_html(markup, capture, settings)
    if kind is Kind.NEWSML_G2:
        from pipeline.extract.newsml_g2 import read_newsml_g2

        return read_newsml_g2(markup.decode(), capture)
    if kind is Kind.NITF:
        from pipeline.extract.nitf import read_nitf

        return read_nitf(markup.decode(), capture)
    if kind is Kind.NINJS:
        from pipeline.extract.ninjs import read_ninjs

        return read_ninjs(markup.decode(), capture)
    raise Unextractable(Reason.UNSUPPORTED, kind)


def _finished(article: Article, capture: Capture, publisher: str | None, language: str | None) -> Article:
    """What all formats have in common: reading form, language, dateline, agency and the feed's word on time."""
    headline = one_line(mend(article.title))
    text, authors = _trimmed(reading_form(mend(article.text)), headline, article.authors)
    title = headline or one_line(capture.item.title or text.partition("\n")[0])
    if article.status != "usable":
        text = text or title  # a kill notice may be a headline only, and must reach those who hold the story
    opening = read_dateline(text)
    published, clock = article.published_at, article.clock
    listed = capture.item.published_at
    if published is None and listed is not None:
        published, clock = listed, Clock.FEED
    credit = article.credit or opening.agency or agency_in(article.publisher)
    origins = dict(article.provenance) | ({"published_at": "feed"} if clock is Clock.FEED else {})
    if credit and not article.credit:
        origins["credit"] = "dateline" if opening.agency else "publisher"
    return replace(
        article,
        text=text,
        title=as_title(title),
        published_at=published,
        clock=clock,
        guid=article.guid or capture.item.guid,
        publisher=publisher or _name(article.publisher),
        authors=_names(authors),
        section=_name(article.section),
        tags=_names(article.tags),
        slug=_name(article.slug),
        image=_name(article.image),
        dateline=_name(place_in(article.dateline) or opening.place),
        credit=_name(credit),
        language=article_language(text, article.language, language),
        provenance=origins,
    )


def _name(text: str | None) -> str | None:
    return one_line(text or "") or None


def _names(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(one_line, texts))))


def _trimmed(text: str, headline: str, authors: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """`text` without what only opens or ends it; the authors, whom the text names as such if no others are known."""
    paragraphs = text.split("\n\n")
    while len(paragraphs) > 1 and (is_end_mark(paragraphs[-1]) or _MAIL.fullmatch(paragraphs[-1])):
        paragraphs.pop()
    paragraphs, authors = without_opening(paragraphs, headline, authors)
    return "\n\n".join(paragraphs), authors or reporters_in(paragraphs)


def _words(text: str, enough: int) -> int:
    """Number of words; of a text with fewer than `enough`, scripts without spaces count two characters as one."""
    words = len(text.split())
    return words if words >= enough else max(words, len(_UNSPACED.findall(text)) // 2)


def _reject(capture: Capture, reason: Reason, detail: str, article: Article | None = None) -> Reject:
    return Reject(capture.item, reason, detail, capture.fetched_at, capture.status, capture.raw, article)
