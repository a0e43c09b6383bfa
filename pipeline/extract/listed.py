"""The text that a listing has of an article, such as ``content:encoded`` of RSS: markup of strangers, made plain."""

from __future__ import annotations

from pipeline.extract.failure import Unextractable
from pipeline.extract.furniture import Line, is_furniture, is_label
from pipeline.extract.markup import paragraphs, plain_paragraphs
from pipeline.extract.prune import prune
from pipeline.extract.tree import parse, strip

__all__ = ["listed_paragraphs"]


def listed_paragraphs(content: str | None, max_depth: int) -> list[str]:
    """Paragraphs of a listed text without furniture; none where its markup is beyond what a page may have.

    Args:
        content: HTML, or plain text.
        max_depth: Nesting of elements.
    """
    if not content:
        return []
    if "<" not in content:
        lines = plain_paragraphs(content)
    else:
        try:
            tree = parse(content.encode("utf-8", "replace"), max_depth)
        except Unextractable:
            return []
        strip(tree)
        prune(tree)
        lines = paragraphs(tree)
    said = [Line(line, None) for line in lines]
    return [line.text for line in said if not (is_furniture(line) or is_label(line))]
