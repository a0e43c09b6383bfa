"""Dates that are written with names of months and days, in languages of Europe and Asia, or in characters of East Asia.

The names are those of the Unicode CLDR, as Babel has them; one that means another month in another language counts
for none.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel.dates import get_day_names, get_month_names

__all__ = ["says_only_when", "written_day"]

_LANGUAGES = (
    "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "lt", "lv", "nb", "nl", "pl",
    "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk",
    "ar", "ar_SY", "ar_DZ", "be", "bn", "bs", "eu", "fa", "gl", "he", "hi", "id", "is", "mk", "ms", "sq", "sr_Latn",
    "th", "ur",
)  # fmt: skip
_NAME = r"(?P<name>[^\W\d_][^\s\d,;:/|()]{2,12})"  # in some scripts, vowels are no letters to an expression
_WRITTEN = (
    rf"\b(?P<day>\d{{1,2}})(?:[.º°]|er|st|nd|rd|th)?\s*(?:de\s|d['\u2019])?\s*{_NAME}\.?,?\s+(?:del?\s|พ\.ศ\.\s?)?(?P<year>\d{{4}})\b",
    rf"\b{_NAME}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b",
    rf"\b(?P<year>\d{{4}})\.?\s+(?:m\.\s)?{_NAME}\s+(?P<day>\d{{1,2}})\b",
    rf"\b(?P<year>\d{{4}})\.?\s+gada\s+(?P<day>\d{{1,2}})\.\s+{_NAME}",
    r"(?P<year>\d{4})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]",
    r"\b(?P<day>\d{1,2})\.\s(?P<month>\d{1,2})\.\s(?P<year>\d{4})\b",
)
_GENITIVES = (  # of Serbian and Bosnian, which the CLDR does not have
    "januara", "februara", "marta", "aprila", "maja", "juna", "jula", "avgusta", "septembra", "oktobra", "novembra",
    "decembra",
)  # fmt: skip
_BUDDHIST = 543  # years ahead
_FAR_AHEAD = 2400  # years that are Buddhist
_IN_HEBREW = "\u05d1"  # in front of the month: "in March"
_PATTERNS = tuple(re.compile(pattern) for pattern in _WRITTEN)

_AROUND = frozenset((  # what stands around a date, and what parts it
    "first", "last", "posted", "published", "updated", "on", "at", "by", "date", "st", "nd", "rd", "th", "am", "pm",
    "datum", "stand", "erstellt", "veröffentlicht", "aktualisiert", "vom", "den", "um", "uhr", "publié", "mis", "jour",
    "le", "la", "à", "h", "er", "fecha", "publicado", "publicada", "actualizado", "actualizada", "el", "a", "las",
    "de", "del", "d", "pubblicato", "aggiornato", "il", "alle", "ore", "geplaatst", "gepubliceerd", "bijgewerkt", "op",
    "om", "kl", "publicerad", "uppdaterad", "opublikowano", "dodano",
))  # fmt: skip
_WORDS = re.compile(r"[^\W\d_]+")
_ZONE = re.compile(r"[A-Z]{2,4}")


def says_only_when(text: str) -> bool:
    """Whether all words in a line name days and months or stand around them: ``Samstag, 2. April um 9 Uhr``."""
    return all(
        (w := word.casefold()) in _AROUND or w in _months() or w in _days() or _ZONE.fullmatch(word)
        for word in _WORDS.findall(text)
    )


def written_day(text: str) -> date | None:
    """The first day in a line such as ``12 de marzo de 2011`` or ``2011年3月12日``."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            said = found.groupdict()
            month = int(said["month"]) if "month" in said else _months().get(said["name"].casefold().rstrip("."), 0)
            year = int(said["year"])
            try:
                return date(year - _BUDDHIST if year > _FAR_AHEAD else year, month, int(said["day"]))
            except ValueError:
                continue
    return None


@cache
def _months() -> dict[str, int]:
    meant: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    meant.setdefault(name.casefold().rstrip("."), set()).add(number)
                    if language == "he":
                        meant.setdefault(_IN_HEBREW + name.rstrip("."), set()).add(number)
    for number, name in enumerate(_GENITIVES, 1):
        meant.setdefault(name, set()).add(number)
    return {name: min(numbers) for name, numbers in meant.items() if len(numbers) == 1}


@cache
def _days() -> frozenset[str]:
    return frozenset(
        name.casefold().rstrip(".")
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for name in get_day_names(width, "format", language).values()
    )
