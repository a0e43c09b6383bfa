"""Lines that ask for money or a name before the rest of an article is shown."""

from __future__ import annotations

import re

__all__ = ["asks_to_pay"]

_ASK = r"""(?:
    subscribe|(?:sign|log|logged|signed)\s?-?(?:in|up)|register|become\s+an?\s+(?:\w+\s+)?(?:member|subscriber)|
    (?:buy|get|purchase|start)\s+(?:an?\s+|your\s+)?(?:\w+\s+){0,2}(?:subscription|access|pass|trial)|
    create\s+an?\s+(?:free\s+)?account
)\b"""
_REST = r"""(?:  # what one gets for it: this very text, not one "about ferries"
    (?:(?:continue|keep|finish)(?:\s+(?:to\s+)?read(?:ing)?)?|read(?:ing)?|unlock|view|see|access|get|full|unlimited)
    (?:\s+(?:the|this|our|your|full|entire|whole|complete|rest|remainder|of|more|premium|exclusive|access|to))*
    (?:\s+(?:article|story|content|text|report|column|piece|it))?
    (?![\w'\u2019-]|\s+(?!(?:and|for|with|now|today|here)\b)[\w'\u2019-])
)"""
_WITHIN = r"(?:[^.!?:;]|\.(?=\d))"  # a sentence, "$1.50" too
_LINE = re.compile(  # only where a sentence, or a part of one, begins: others tell of visitors who register
    rf"""(?:^|[.!?:;|\u2013\u2014]\s*|\b(?:please|now|or|and)\s+)(?:
    # Subscribe for $1.50 a week to read the full story
    (?:you(?:\s+must|\s+need\s+to|.ll\s+need\s+to|\s+have\s+to)\s+(?:be\s+)?)?
        {_ASK}{_WITHIN}{{0,60}}?\b(?:to|and|for)\s+{_REST} |
    # To keep reading, please log in
    to\s+{_REST}{_WITHIN}{{0,40}}?(?:,|:|\bplease)\s*(?:please\s+|you\s+(?:must|need\s+to)\s+)?{_ASK} |
    # Continue reading this article with a subscription
    continue\s+reading\s+(?:(?:this|your)\s+article(?!\s+below) |
        {_WITHIN}{{0,20}}\bwith\b{_WITHIN}{{0,40}}\bsubscription) |
    # This article is for subscribers only
    (?:this|the)\s+(?:full\s+)?(?:article|content|story|page)\s+(?:is|remains)\s+(?:
        (?:[\w-]+\s+){{0,3}}(?:to|for)\s+(?:[\w-]+\s+){{0,3}}(?:subscribers?|members?)\b(?!\s+(?:of|who)) |
        (?:[\w-]+\s+){{0,3}}premium\b | behind\s+an?\s+paywall) |
    this\s+is\s+an?\s+premium\s+(?:article|story) | this\s+is\s+premium\s+content |
    (?:(?:only|full\s+access\s+is)\s+for\s+(?:\w+\s+)?(?:subscribers|members)|for\s+(?:\w+\s+)?subscribers\s+only)\W*$ |
    (?:subscribers?|members?)[\s-]only(?:\s+(?:article|content|story))?\W*$ |
    (?:jetzt\s+)?weiterlesen\s+mit\b |
    (?:(?:dieser|diese|dieses|der)\s+(?:\w+\s+)?(?:artikel|beitrag|text|inhalt|seite|story)\s[^.!?]{{0,30}})?
        exklusiv\s+für\b.{{0,30}}\babonnent\w+\W*$ |
    (?:jetzt\s+)?(?:abonnieren|registrieren|anmelden),?\s+(?:und|um)\s+(?:\w+\s+){{0,3}}
        (?:weiterlesen|weiterzulesen|weiter\s+zu\s+lesen|(?:artikel|beitrag|text)\s+(?:zu\s+)?lesen) |
    (?:lees|lezen)\b(?:(?!\bover\b).){{0,30}}\bverder\s+(?:met|als|via|door|voor|zonder)\b.{{0,30}}\babonn |
    verder\s*lezen\b.{{0,30}}\babonn | logga\s+in\s+för\s+att\s+läsa |
    (?:[^.!?]{{0,15}}\b(?:article|contenu|texte|art[ií]culo|conteúdo|contenido|contenuto|articolo)\b[^.!?]{{0,30}})?
        (?:réservé|reservado|riservato)\b.{{0,30}}\b(?:abonnés|suscriptores|assinantes|abbonati)\W*$ |
    (?:abonnez-vous|connectez-vous|s.abonner)\s+pour\s+(?:lire|continuer|accéder) |
    il\s+vous\s+reste\s+\d.{{0,30}}\bà\s+lire | la\s+suite\s+est\s+réservée |
    para\s+(?:seguir|continuar)\s+(?:leyendo|lendo)\b.{{0,40}}\b(?:suscr|inicia|reg[ií]str|assin) |
    (?:suscr[ií]bete|assine|abbonati)\s+(?:para|per)\s+(?:seguir|continuar\w*|continuare)\s+(?:a\s+)?
        (?:leyendo|lendo|leggere|ler)
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def asks_to_pay(line: str) -> bool:
    """Whether a short line says that what the reader sees is a part: ``Subscribe to read the full story``."""
    return _LINE.search(line) is not None
