"""References to characters in markup that others wrote: those that XML does not know would cost the document."""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

__all__ = ["mended", "without_controls"]

_CDATA = "<![CDATA["
_UNKNOWN = re.compile(r"&(?!#\d|#x[\da-fA-F]|(?:amp|lt|gt|quot|apos);)(\w{2,31};)?")
_CONTROL = (  # number of one, or of what XML does not know at the end of the first plane
    r"x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef])(?![0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])(?![0-9])"
)
_HALF = (  # of a character, which is how some systems write an emoji
    r"x0*d[89a-f][0-9a-f]{2}|0*(?:5529[6-9]|55[3-9][0-9]{2}|56[0-9]{3}|57[0-2][0-9]{2}|573[0-3][0-9]|5734[0-3])"
)
_NO_CHARACTER = re.compile(f"&#(?:{_CONTROL}|{_HALF});", re.IGNORECASE)
_CONTROL_IN_HTML = re.compile(f"&#(?:{_CONTROL});?".encode(), re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def mended(xml: str) -> str:
    """`xml` without what would cost an honest parser words, or the document; well-formed XML without a DTD as it is.

    Names of HTML's characters, such as ``&nbsp;``, become these; an ampersand that begins no reference, as in
    addresses that were not escaped, becomes one; controls, and references to these or to surrogates
    (``&#55357;&#56832;``), go. In CDATA, an ampersand is left alone.
    """
    if _CONTROLS.search(xml):
        xml = _CONTROLS.sub("", xml)
    if "&" not in xml:
        return xml
    outside, *sections = xml.split(_CDATA)
    parts = [_without_strangers(outside)]
    for section in sections:
        inside, end, outside = section.partition("]]>")
        parts += (_CDATA, inside, end, _without_strangers(outside))
    return "".join(parts)


def without_controls(html: bytes) -> bytes:
    """HTML without references to controls, which its parser lets through and nobody can write into a tree again."""
    return _CONTROL_IN_HTML.sub(b"", html) if b"&#" in html else html


def _without_strangers(text: str) -> str:
    return _UNKNOWN.sub(_character, _NO_CHARACTER.sub("", text)) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    name = reference[1]
    return escape(html5[name]) if name in html5 else reference[0] if name else "&amp;"
