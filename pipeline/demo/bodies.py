"""The paragraphs of an item: from its own file, or from an agency file that an outlet prints verbatim."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from pipeline.errors import WirefoldError

__all__ = ["agency_paragraphs", "split_paragraphs"]

_TAG = re.compile(r"<[^>]+>")
_PARAGRAPH_END = re.compile(r"</p\s*>|(?:<br\s*/?>\s*){2,}", re.IGNORECASE)


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Paragraphs of `text`: split at blank lines; line breaks inside one become spaces."""
    return tuple(flat for block in re.split(r"\n\s*\n", text) if (flat := " ".join(block.split())))


def agency_paragraphs(file: Path) -> tuple[str, ...]:
    """Paragraphs of a NewsML-G2 (``.xml``) or ninjs (``.json``) file of the sample agency.

    Only for files of the sample wire, which are trusted; `pipeline.extract` is the parser for the world outside.

    Raises:
        WirefoldError: The file is no XML or JSON, or holds no paragraphs.
    """
    try:
        paragraphs = _newsml(file) if file.suffix == ".xml" else _ninjs(json.loads(file.read_text(encoding="utf-8")))
    except (ET.ParseError, ValueError) as e:
        raise WirefoldError(f"{file}: {e}") from e
    if not paragraphs:
        raise WirefoldError(f"{file}: no paragraphs found to print")
    return paragraphs


def _newsml(file: Path) -> tuple[str, ...]:
    content = ET.parse(file).getroot().find(".//{*}contentSet")  # noqa: S314 - our own sample files
    if content is None:
        return ()
    # NITF keeps byline and dateline as <p> in body.head; the story itself is body.content. XHTML has only <body>.
    body = next((e for tag in ("body.content", "body") if (e := content.find(f".//{{*}}{tag}")) is not None), content)
    found = tuple(" ".join("".join(p.itertext()).split()) for p in body.iter() if p.tag.rpartition("}")[2] == "p")
    if found:
        return tuple(p for p in found if p)
    return split_paragraphs("".join(content.itertext()))


def _ninjs(item: dict[str, Any]) -> tuple[str, ...]:
    # ninjs 2.x has `bodies`, 1.x `body_text`, `body_xhtml` and the like.
    values = [b["value"] for b in item.get("bodies", ()) if b.get("value")]
    values += [item[key] for key in sorted(item) if key.startswith("body_") and item[key]]
    for value in values:
        if not _TAG.search(value):
            return split_paragraphs(value)
    for value in values:
        plain = (html.unescape(_TAG.sub("", part)) for part in _PARAGRAPH_END.split(value))
        return split_paragraphs("\n\n".join(plain))
    return ()
