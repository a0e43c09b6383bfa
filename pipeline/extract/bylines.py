"""Who wrote it and which agency sent it: bylines, credits and datelines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.text import letters

__all__ = [
    "LEAD",
    "REPORTER_KO",
    "Dateline",
    "agency_in",
    "author_names",
    "is_end_mark",
    "place_in",
    "read_dateline",
    "without_agency",
]

_AGENCIES = {  # what bylines and datelines say -> the agency's short name
    "ap": "AP", "associated press": "AP", "the associated press": "AP",
    "reuters": "Reuters", "thomson reuters": "Reuters",
    "afp": "AFP", "agence france-presse": "AFP", "agence france presse": "AFP",
    "dpa": "dpa", "deutsche presse-agentur": "dpa", "efe": "EFE", "ansa": "ANSA", "apa": "APA", "ats": "ATS",
    "yonhap": "Yonhap", "yonhap news agency": "Yonhap", "연합뉴스": "Yonhap", "聯合ニュース": "Yonhap",
    "kyodo": "Kyodo", "kyodo news": "Kyodo", "共同": "Kyodo", "共同通信": "Kyodo", "時事": "Jiji", "時事通信": "Jiji",
    "ロイター": "Reuters", "رويترز": "Reuters", "أ ف ب": "AFP", "أ.ف.ب": "AFP", "فرانس برس": "AFP", "د ب أ": "dpa",
    "الأناضول": "Anadolu", "شينخوا": "Xinhua", "тасс": "TASS", "интерфакс": "Interfax",
    "xinhua": "Xinhua", "新华社": "Xinhua", "新華社": "Xinhua",
    "tass": "TASS", "interfax": "Interfax", "upi": "UPI", "bloomberg": "Bloomberg",
    "pa": "PA", "pa media": "PA", "press association": "PA", "aap": "AAP", "australian associated press": "AAP",
    "canadian press": "CP", "the canadian press": "CP", "čtk": "ČTK", "ctk": "ČTK", "pap": "PAP", "mti": "MTI",
    "belga": "Belga", "anp": "ANP", "ritzau": "Ritzau", "ntb": "NTB", "stt": "STT", "pti": "PTI", "ians": "IANS",
    "ani": "ANI", "lusa": "Lusa", "anadolu": "Anadolu", "anadolu agency": "Anadolu", "globe newswire": "GlobeNewswire",
    "globenewswire": "GlobeNewswire", "business wire": "Business Wire", "pr newswire": "PR Newswire",
    "prnewswire": "PR Newswire",
    "cnn wire": "CNN", "cnn newsource": "CNN",
}  # fmt: skip
_AGENCY = re.compile(  # what calls itself one
    r"(?:[^\W\d_][\w'\u2019-]*\s){1,3}(?:Newswires?|News Agency|News Service|Press Agency|Wire Service)"
)
_SERVICE = re.compile(r"(?<=^dpa)(?:/[a-z]{2,4}|-infocom)$")  # "dpa/lno": one of its regional or other services
_AMBIGUOUS = {"pa", "ap", "apa", "ani", "ats", "pap", "efe", "mti", "pti"}  # words or names unless in upper case

_BY = re.compile(  # "View all posts by Ada Lind" is how WordPress links to an author's page
    r"^(?:(?:written\s+|(?:view\s+all\s+)?posts\s+)?by:?|"
    r"(?:alle\s+(?:beiträge|artikel)\s+)?von(?:\s+unsere[rmn]\s\w{4,25}(?=\s))?|"
    r"(?:voir\s+tous\s+les\s+articles\s+)?par|por|autor[/:*_]in:?)\s+",
    re.IGNORECASE,
)
LEAD = re.compile(
    r"""\s*(?:(?:
    (?:(?:written|posted|published|submitted|created|reported|story|words|report|review|interview(?:ed)?|text|
        tekst)\s+)?by |
    (?:(?:geschrieben|verfasst|veröffentlicht|eingestellt|eingereicht|gespeichert|erstellt|text|
        eine?\s+(?:gastbeitrag|kommentar|analyse|essay|kolumne|reportage|interview|bericht|beitrag|porträt|glosse))\s+)?
        von(?:\s+unsere[rmn]\s\w{4,25}(?=\s))? |
    (?:(?:publié|écrit|rédigé|soumis|proposé|propos\s+recueillis)\s+)?par | (?:(?:publicado|escrito|enviado)\s+)?por |
    (?:(?:scritto|pubblicato|inviato)\s+)?da | (?:a\s+cura\s+)?di | (?:(?:geplaatst|ingediend|geschreven)\s+)?door |
    (?:skrev(?:et|en)\s+)?a[vf] | (?:scris|publicat)\s+de | napsala? | piše | napisa(?:la|o|ł|ła) | oleh |
    από | بقلم | מאת | (?:autor(?:[/:*_]?in|en|es|ka|i|zy)?|auteure?s?|authors?|autore|författare|forfatter|kirjoittaja|
        teksti?|text[eo]?|testo|reporter|redacción|penulis|yazan|haber|írta|szerző|автор|текст|συντάκτης|γράφει|كتبت?)(?=\s*[:/])
    )\b\s*[:/]?(?!\w) | (?:作者|撰文|取材・文|文|[记記]者)\s*[:：／/])""",
    re.IGNORECASE | re.VERBOSE,
)
"""What leads a byline: "by", or a word for the author, in many languages; at the beginning of a line."""
_SPLIT = re.compile(  # in the group what stands between people only; behind a comma or a bar may be a place
    r"\s*(?:(;|、|(?<=[가-힣])\s?[·ㆍ・]\s?(?=[가-힣])|\s&\s|,?\s+(?:and|und|et)\s+)|"
    r"\n|\||•|,(?!\s*(?:Jr|Sr|I{2,3}|MD|PhD|Ph\.D)\b))\s*",
    re.IGNORECASE,
)
_BYLINE_CHARS = 500  # that are looked at
_PROFILE = re.compile(  # "Ada Lind on Google+"
    r"\son\s(?:google\s?\+|twitter|facebook|instagram|linkedin)$|(?-i:\son$)", re.IGNORECASE
)
_ASIDE = re.compile(r"\((?!www\.|https?:)[^()]{1,60}\)")  # "Ada Lind (Els)"; behind an organisation, its address
_MONTH = re.compile(  # "Ada Lind December": the day was cut off; months that are names as well are left
    r"(\S+\s.*\S)\s(?:January|February|July|September|October|November|December)$"
)
_IN_PLACE = re.compile(r"(\S+\s.*\S)\sin\s[^\W\d_a-z].*$")  # "Ada Lind in New Quay"
REPORTER_KO = r"(?:(?:선임|수습|인턴|객원|전문)\s?)?(?:기자|특파원)"
"""A reporter's title as it stands behind the name in Korean, with the rank."""
_REPORTER = re.compile(rf"^(?:기자|[记記]者)\s*[:：]?\s*|\s*(?:{REPORTER_KO}|[记記]者)$")
_UNSPACED_NAME = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{2}")
_SURNAME = (  # "Ada Share", "Ada B. Council": these are names of people, too, but not behind a word of this list
    r"(?!(?:article|city|comments?|contact|copy|county|customer|district|fair|fine|general|like|listen|local|market|national|page|"
    r"parish|post|print|regional|research|sales|save|security|share|small|state|story|students?|town|tweet|village|whatsapp|world|"
    r"youth)\s)(?-i:[^\W\d_a-z])[\w'\u2019-]*\s(?:[^\W\d_]\.?\s)*"
    r"(?-i:Print|PRINT|Share|SHARE|Contact|CONTACT|Council|COUNCIL)$"
)
_NO_NAME = re.compile(
    rf"^(?!{_SURNAME}).*\b(?:print|share|contact|council)\b|"
    r"https?:|www\.|[@/<>{}\[\](]|\d{2}|(?-i:^[a-z]+(?:-[a-z]+)+$)|^(?:about|über|learn)\s|"
    # whom content management systems begin with
    r"^(?:super\s?user|administrator|webmaster)$|"
    # what templates print beside a name
    r"\b(?:accounts?|logged|policy|comments?|kommentare?|artikel|beiträge|empfehlen|drucken|teilen|partager|imprimer|"
    r"condividi|compartir)\b|"
    # what somebody is
    r"\b(?:fellow|scholar|professor|analyst|economist|strategist|specialist|consultant|attorney|cent(?:er|re))"
    r"(?:$|\s(?:of|at|for|in|on)\b)|"
    # who is no person
    r"\b(?:posts|gmbh|inc|ltd|llc|plc|d\.o\.o|s\.r\.l|s\.p\.a|\w*ministerium|ministry|ministère|ministerio|association|"
    r"committee)\b|\s(?-i:e\.\s?V)\b|"
    r"(?-i:^The\s|\s(?:of|for)\s)|(?-i:^[a-z]+[A-Z]\w*$)|\.(?:com|org|net|news|co|de|fr|tv)\b|"
    r"\b(?:staff|writer|writers|reporter|reporters|editor|editors|correspondent|desk|newsroom|admin|author|contributor|contributors|update[ds]?|published|agencies|agentur|agenturen|agences|agencias|agenzie|wires|others|colleagues|news|team|with|from|"
    r"redaktion|redazione|rédaction|redacción|sponsored|press|times|gazette|view|minutes?|read|follow|anchor|"
    r"producer|columnist|online|magazine|media|network|editorial|bureau|facebook|twitter|ceo|cto|cfo|deputy|chief|director|"
    r"president|founder|technologies|university|institute|foundation|email|by|tribune|herald|journal|report|et al)\b",
    re.IGNORECASE,
)

_DASH = r"(?:--|[-\u2012-\u2015])"
_DAY = r" \d{1,2}\.? \w+\.?(?: \d{4})?| \w+\.?\s+\d{1,2}(?:, \d{4})?"
_PLACE = r"[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ][\w.'\u2019 /-]{1,40}(?:, ?[A-Z][\w. -]{1,25}){0,2}"
_DATELINES = (
    # KAESONG, North Korea (AP) —  /  SEOUL, Sept. 14 (Yonhap) --  /  LONDON (Reuters) -
    re.compile(rf"(?P<place>{_PLACE}),?(?:{_DAY})?\s*\((?P<agency>[^()\d]{{2,30}})\)\s?(?:{_DASH}|[.:])"),
    # NEW QUAY, April 2, 2026 /PRNewswire/ --  /  МОСКВА, 2 апреля. /ТАСС/.
    re.compile(rf"(?P<place>{_PLACE}),(?:{_DAY})\s*/(?P<agency>[^/\d]{{2,30}})/\s?(?:{_DASH}|\.)"),
    # (ANSA) - Rome, October 11 -
    re.compile(
        rf"\((?P<agency>[A-Z][^()\d]{{1,29}})\) ?{_DASH} ?"
        rf"(?P<place>[A-Z][\w.' -]{{1,30}}),[^-\u2012-\u2015]{{1,20}}{_DASH}"
    ),
    # (Reuters) -   /  Berlin (dpa) -  is covered above
    re.compile(rf"\((?P<agency>[A-Z][^()\d]{{1,29}})\)\s?{_DASH}"),
    # القاهرة (رويترز) -
    re.compile(
        rf"(?P<place>[\u0600-\u06ff][\u0600-\u06ff /\u2013-]{{1,30}}?) ?"
        rf"\((?P<agency>[\u0600-\u06ff .]{{2,20}})\) ?{_DASH}"
    ),
    # 【札幌共同】  /  [東京 2日 ロイター] -
    re.compile(r"【(?P<place>[^】=＝]{1,12}?)(?P<agency>共同|時事|AFP|ロイター)】"),
    re.compile(r"[\[［](?P<place>[^\[\]\s]{1,12})\s\d{1,2}日\s(?P<agency>ロイター)[\]］]"),
    # 新华社北京4月2日电
    re.compile(r"(?P<agency>新华社|新華社|中新社|中新网)(?P<place>[\u4e00-\u9fff]{2,12})\d{1,2}月\d{1,2}日[电電]"),
    # (서울=연합뉴스)
    re.compile(r"\((?P<place>[^()=\d]{1,20})=(?P<agency>[^()=\d]{1,20})\)"),
    # ROMA, 2 APR - a place in capitals, a day and a dash
    re.compile(rf"(?P<place>[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ][A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ.' -]{{1,30}}),(?:{_DAY}) ?{_DASH} "),
    # PARIS — a place in capitals and a dash
    re.compile(r"(?P<place>[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.' -]{2,30}(?:, ?[A-Z][\w. -]{1,25})?) (?:--|[\u2013\u2014]) "),
)
_NOT_PLACE = re.compile(  # what stands behind the place: agency, date, dash
    r"\s*\([^()]*\)|"
    r",?\s+(?:[A-Z][a-z]{2,8}\.?\s+\d{1,2}|\d{1,2}\.?\s+[A-Z]\w+)(?:,?\s+\d{4})?(?=[\s\u2013\u2014-]*$)|"
    r"[\s,/\u2013\u2014-]+$"
)


_END = re.compile(r"[\W_]*(?:(?:ends?|more|30|mf)[\W_]*)?", re.IGNORECASE)
_SIGNED = re.compile(
    r"([^\W\d_]+(?: [^\W\d_]+){0,2}?)(?:[ /](?:[A-Z]{2,4}|[a-z]{2,3})){0,2}"
)  # an agency and the initials of a desk
_TOP = 2  # paragraphs, the standfirst and the first of the body
_POINTS = 6  # lines
_POINT_CHARS = 60
_DATE_ONLY = re.compile(r"(?:[A-Z][a-z]{2,8}\.?\s+\d{1,2}|\d{1,2}\.?\s+[A-Z]\w+)(?:,?\s+\d{4})?")


class Dateline(NamedTuple):
    """The opening of a report: where it was written and by whom it was sent; either may be missing."""

    place: str | None
    agency: str | None


def read_dateline(text: str) -> Dateline:
    """The dateline at the very beginning of `text` or of its second paragraph, below a standfirst.

    Short lines on top, of a summary in points, are not counted.
    """
    whole = 0
    for paragraph in text.split("\n\n", _POINTS)[:_POINTS]:
        if whole == _TOP:
            break
        whole += len(paragraph) >= _POINT_CHARS
        for pattern in _DATELINES:
            if found := pattern.match(paragraph[:160]):
                groups = found.groupdict()
                place, agency = groups.get("place"), groups.get("agency")
                return Dateline(place_in(place), agency and (agency_in(agency) or agency.strip()))
    return Dateline(None, None)


def place_in(dateline: str | None) -> str | None:
    """The place in a dateline such as ``LIMA, Jan 21 (Reuters) -``; None when a system put a time stamp there."""
    place = (dateline or "").strip()
    while (shorter := _NOT_PLACE.sub("", place, count=1)) != place:
        place = shorter
    return place if place and not place[0].isdigit() and not _DATE_ONLY.fullmatch(place) else None


def is_end_mark(line: str) -> bool:
    """Whether a last line only says that the text ends or which agency sent it: ``(END)``, ``/ritzau/``, ``AAP ar``."""
    if _END.fullmatch(line):
        return True
    bare = line.strip(" ()/[]\u2013\u2014-")
    signed = _SIGNED.fullmatch(bare)
    return signed is not None and (agency_in(bare) or agency_in(signed[1])) is not None


def agency_in(text: str | None) -> str | None:
    """Short name of the news agency that `text` (a byline part or a credit line) names, if it is one.

    One that is not known but calls itself an agency, such as ``Harbour Newswire``, keeps its name.
    """
    word = _SERVICE.sub("", (text or "").strip(" .()\n\t-\u2013\u2014"))
    known = _AGENCIES.get(word.casefold()) or (word if _AGENCY.fullmatch(word) else None)
    return None if known and word.casefold() in _AMBIGUOUS and not word.isupper() else known


def without_agency(name: str) -> tuple[str, str | None]:
    """``Ada Lind The Associated Press`` as the name of a person and that of an agency, if it ends with one."""
    words = name.split()
    for n in range(min(4, len(words) - 2), 0, -1):
        if agency := agency_in(" ".join(words[-n:])):
            return " ".join(words[:-n]).rstrip(" ,/-\u2013\u2014"), agency
    return name, None


def author_names(bylines: Iterable[str | None], site: str | None = None, host: str | None = None) -> tuple[str, ...]:
    """Names of people in `bylines`, in order, each once; agencies, job titles, addresses and the `site` left out.

    So is what reads like the `host` unless it could be a person's name: ``THE QUAY``, but not ``Ada Lind`` who writes
    at adalind.example. One word behind a name or behind the site in the same byline is a place: ``Ada Lind, Berlin``;
    behind an "and", it is one who goes by one name.

    Names in capitals are put in title case.
    """
    names: dict[str, str] = {}
    for byline in bylines:
        is_led = was_name = False  # led by a name of several words, or by the site's; was_name: the part before
        pieces = _SPLIT.split(_BY.sub("", _ASIDE.sub("", (byline or "")[:_BYLINE_CHARS]).strip()))
        for part, joint in zip(pieces[::2], (None, *pieces[1::2]), strict=True):
            bare = _PROFILE.sub("", _REPORTER.sub("", _BY.sub("", part.strip(" .,;:-\u2013\u2014*"))))
            name, _ = without_agency(_IN_PLACE.sub(r"\1", _MONTH.sub(r"\1", " ".join(bare.split()))))
            is_site = _is_site(name, site, host, among=bool(names))
            is_joined = was_name and joint is not None and not name[:1].islower()
            was_name = False
            if " " not in name and is_led and not is_joined:
                continue
            is_led = is_led or is_site or " " in name
            if is_site or not (2 < len(name) <= 60 or _UNSPACED_NAME.fullmatch(name)):
                continue
            if _NO_NAME.search(name) or agency_in(name):
                continue
            if name.isupper() and " " in name:
                name = name.title()
            names.setdefault(name.casefold(), name)
            was_name = True
    return tuple(names.values())


def _is_site(name: str, site: str | None, host: str | None, *, among: bool) -> bool:
    """Whether a part of a byline is the site; `among`: whether there are names already."""
    if f"{name} ".casefold().startswith(f"{site or ' '} ".casefold()):
        return True
    key = letters(name)
    labels = [label.replace("-", "") for label in (host or "").casefold().removeprefix("www.").split(".")]
    if key and key == "".join(labels):
        return True
    return (name.isupper() or " " not in name or among) and key in labels[:-1]
