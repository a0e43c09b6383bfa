"""ninjs items (IPTC News in JSON).

1.x has ``body_*`` and ``headline``, 2.x and 3.x have ``bodies`` and ``headlines`` and write their names in camel case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.article import Article, Capture, Clock, Reason
from pipeline.extract.bylines import agency_in, author_names
from pipeline.extract.failure import Unextractable
from pipeline.extract.json_text import read_json
from pipeline.extract.locator import normalise
from pipeline.extract.markup import html_paragraphs, own_text, paragraphs, parse_xml, plain_paragraphs
from pipeline.extract.newsml_g2 import PUB_STATUS
from pipeline.moment import read_moment

__all__ = ["read_ninjs"]

_SIGNS = frozenset(
    [
        "body_text",
        "body_html",
        "body_xhtml",
        "bodies",
        "headline",
        "headlines",
        "versioncreated",
        "versionCreated",
        "pubstatus",
        "pubStatus",
        "renditions",
        "description_text",
        "descriptions",
        "byline",
        "by",
        "$standard",
        "standard",
    ]
)
_TEXT_TYPES = ("text", "composite")


def read_ninjs(text: str, capture: Capture) -> Article:
    """An article from one ninjs object.

    Raises:
        Unextractable: No JSON, other JSON than ninjs, or no text item (picture, video, event, planning …).
    """
    try:
        found = read_json(text.lstrip("\ufeff"))
    except RecursionError:
        raise Unextractable(Reason.TOO_COMPLEX, "JSON nested too deeply") from None
    except ValueError as e:
        raise Unextractable(Reason.MALFORMED, f"JSON: {e}") from e
    if not isinstance(found, dict):
        raise Unextractable(Reason.UNSUPPORTED, "JSON that is no ninjs item")
    item: Mapping[str, Any] = found
    guid = _string(item, "guid", "uri", "_id")
    if guid is None or not _SIGNS & item.keys():
        raise Unextractable(Reason.UNSUPPORTED, f"JSON that is no ninjs item (keys: {', '.join(list(item)[:5])})")
    nature = _string(item, "type")
    if nature not in (None, *_TEXT_TYPES):
        raise Unextractable(Reason.UNSUPPORTED, f"a ninjs {nature} item")
    moment = next((m for k in _TIMES if (m := read_moment(item.get(k)))), None)
    modified = read_moment(_string(item, "contentmodified", "contentModified"))
    slug = _string(item, "slugline") or _main(item, "sluglines")
    version = _string(item, "version", "etag") or ""
    credit = _string(item, "creditline", "creditLine")
    subjects = list(_names(item, "subject", "subjects"))
    source = next(_names(item, "infosource", "infosources", "infoSources"), None) or _string(item, "source")
    return Article(
        item=capture.item,
        locator=guid if "_id" not in item or item.get("guid") or item.get("uri") else normalise(capture.url),
        url=capture.url,
        title=_string(item, "headline") or _main(item, "headlines") or _string(item, "title") or slug or "",
        text="\n\n".join(_body(item)),
        media="ninjs",
        extractor="ninjs",
        published_at=moment.at if moment else None,
        clock=Clock.WIRE if moment else Clock.SEEN,
        modified_at=modified.at if modified else None,
        guid=guid,
        publisher=source or _string(item, "copyrightholder", "copyrightHolder"),
        authors=author_names([_string(item, "byline", "by"), *_names(item, "authors")]),
        credit=agency_in(credit) or credit or agency_in(source),
        dateline=_string(item, "dateline", "located"),
        slug=slug,
        section=next(_names(item, "service", "services"), None),
        tags=tuple(dict.fromkeys(subjects)),
        language=_string(item, "language"),
        wire_version=int(version) if version.isdecimal() and len(version) < 10 else None,
        status=PUB_STATUS.get((_string(item, "pubstatus", "pubStatus") or "usable").lower(), "usable"),
        raw=capture.raw,
    )


_TIMES = ("versioncreated", "versionCreated", "contentcreated", "contentCreated", "firstcreated", "firstCreated")


def _body(item: Mapping[str, Any]) -> list[str]:
    """Paragraphs of the best body: markup before plain text, since it knows its paragraphs."""
    bodies = [(k, v) for k, v in item.items() if k.startswith("body_") and isinstance(v, str)]
    listed = item.get("bodies")
    bodies += [
        (str(entry.get("contentType") or entry.get("contenttype") or entry.get("role") or ""), entry["value"])
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("value"), str)
    ]
    for wanted, read in (("html", html_paragraphs), ("nitf", _nitf_paragraphs), ("", plain_paragraphs)):
        for kind, value in bodies:
            if wanted in kind and (found := read(value)):
                return found
    return []


def _nitf_paragraphs(markup: str) -> list[str]:
    root = parse_xml(markup)
    return paragraphs(next(root.iter("{*}body.content"), root)) if own_text(root) else []


def _string(item: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = item.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and (text := " ".join(str(value).split())):
            return text
    return None


def _main(item: Mapping[str, Any], name: str) -> str | None:
    """The value with the role ``main`` in a ninjs 2+ list, else the first."""
    entries = item.get(name)
    texts = (
        [(e.get("role"), _string(e, "value")) for e in entries if isinstance(e, dict)]
        if isinstance(entries, list)
        else []
    )
    return next((t for role, t in texts if t and role == "main"), next((t for _, t in texts if t), None))


def _names(item: Mapping[str, Any], *keys: str) -> Iterator[str]:
    """The ``name`` of every entry of the lists at `keys`."""
    for key in keys:
        entries = item.get(key)
        for entry in entries if isinstance(entries, list) else ():
            name = (
                _string(entry, "name", "value")
                if isinstance(entry, dict)
                else entry
                if isinstance(entry, str)
                else None
            )
            if name:
                yield name
