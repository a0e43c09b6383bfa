"""References to characters in XML that others wrote: those that no XML parser knows would cost the document."""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

__all__ = ["mended"]

_CDATA = "<![CDATA["
_UNKNOWN = re.compile(r"&(?!#\d|#x[\da-fA-F]|(?:amp|lt|gt|quot|apos);)(\w{2,31};)?")
_NO_CHARACTER = re.compile(  # of controls, and halves of characters, which is how some systems write an emoji
    r"&#(?:x0*(?:d[89a-f][0-9a-f]{2}|[0-8bcef]|1[0-9a-f])|"
    r"0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]|[0-8]|1[124-9]|2\d|3[01]));",
    re.IGNORECASE,
)
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


def _without_strangers(text: str) -> str:
    return _UNKNOWN.sub(_character, _NO_CHARACTER.sub("", text)) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    name = reference[1]
    return escape(html5[name]) if name in html5 else reference[0] if name else "&amp;"
