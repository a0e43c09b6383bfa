"""Words that say nothing about what a text is about: articles, pronouns, prepositions, auxiliaries, attribution.

Two reports that share only these share nothing. Kept short and closed on purpose: words with a subject are evidence.
English, and the commonest of German, French, Spanish, Italian, Portuguese and Dutch.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.fold import kernel, lookup, tokens

__all__ = ["common_words", "number_words"]

_WORDS = """
a about above according added adding after again against all almost also although am among an and another any are
around as at away back be because been before being below between both but by can cannot could day days did do does
doing don down during each either even ever every few first following for from further get go got had has have having
he her here hers him his how however i if in including into is isn it its itself just last later least less like ll
made make many may me meanwhile might more most much must my near never next no nor not now of off on once one only or
other others our out over own part per re reported reportedly s said same saw say saying says second see several she
should since so some still such t take told than that the their them themselves then there these they this those
though through time to today together too took two under until up upon us use used ve very was wasn we week well went
were what when where which while who whom whose why will with within without would year years yesterday yet you your
mr mrs ms dr monday tuesday wednesday thursday friday saturday sunday der die das den dem des ein eine einer eines
einem einen und oder aber nicht ist sind waren wird werden wurde wurden haben mit von vom zu zum zur im auf aus bei
nach auch als wie sich er sie es wir ich dass für über noch nur sagte le la les un une du de et ou mais pas est sont
était ont été dans sur pour par avec au aux ce cette ces il elle ils elles nous vous que qui ne se sa ses el los las
una unos del al y pero era fue han ha en con por para como su sus lo más gli della dei delle di e ed è sono che non si
da dal alla nel nella o os um uma dos na em ao het een van zijn op te dat niet met voor aan
"""

_NUMBERS = """
2 two zwei deux dois twee
3 three drei trois tres três tre drie
4 four vier quatre cuatro quatro quattro
5 five fünf cinq cinco cinque vijf
6 six sechs seis zes
7 seven sieben siete sete sette zeven
8 eight acht huit ocho oito otto
9 nine neun neuf nueve nove negen
10 ten zehn dix diez dez dieci tien
11 eleven elf onze
12 twelve zwölf douze doce doze dodici twaalf
"""  # how the papers write small numbers; without words that are others in another language: due, sei, sept, dos, once


@cache
def common_words() -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
    """Hashes of the words as `kernel.tokenise` makes them, with their table; see `pipeline.fold.lookup`."""
    distinct = np.unique(_hashes(_WORDS))
    places = np.empty(lookup.room(len(distinct)), np.int32)
    lookup.fill(places, distinct)
    return places, distinct


@cache
def number_words() -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.uint64]]:
    """As `common_words`: hashes of the words for numbers; and of each of them that of the number in digits."""
    digits: dict[int, int] = {}
    for line in _NUMBERS.strip().splitlines():
        number, *words = _hashes(line).tolist()
        digits |= dict.fromkeys(words, number)
    distinct = np.array(list(digits), np.uint64)
    places = np.empty(lookup.room(len(distinct)), np.int32)
    lookup.fill(places, distinct)
    return places, distinct, np.array(list(digits.values()), np.uint64)


def _hashes(words: str) -> NDArray[np.uint64]:
    data = np.frombuffer(words.encode(), np.uint8)
    hashes = np.empty(len(data), np.uint64)
    begins, ends = np.empty(len(data), np.int32), np.empty(len(data), np.int32)
    n = kernel.tokenise(data, 0, len(data), tokens.classes(), tokens.folds(), hashes, begins, ends)
    return hashes[:n]
