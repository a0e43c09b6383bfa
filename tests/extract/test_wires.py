"""Wire formats: NewsML-G2, NITF, ninjs."""

from __future__ import annotations

import json
import textwrap
from datetime import UTC, datetime

import pytest

from pipeline.article import Article, Clock, Reason

from .helpers import SENTENCE, TEXT, article, reject

NAR = "http://iptc.org/std/nar/2006-10-01/"
XHTML = f'<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head><body>{"".join(f"<p>{p}</p>" for p in TEXT)}</body></html></inlineXML>'
NITF_BODY = f"<body><body.head><hedline><hl1>Ferry to run</hl1></hedline><byline>By Ada Lind<byttl>Northwire</byttl></byline><dateline><location>PORT ELS</location></dateline></body.head><body.content>{''.join(f'<p>{p}</p>' for p in TEXT)}<media><media-caption>No caption.</media-caption></media></body.content></body>"
NITF = f'<nitf><head><title>slug</title><docdata management-status="usable"><doc-id id-string="NW.1"/><date.issue norm="20260402T113000+0200"/><doc.copyright holder="Northwire"/><key-list><keyword key="ferry"/></key-list></docdata></head>{NITF_BODY}</nitf>'
AT = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)


def news_item(
    content: str = XHTML, *, kind: str = "ninat:text", status: str = "stat:usable", headline: str = "Ferry to run"
) -> str:
    return f"""<newsItem xmlns="{NAR}" guid="urn:newsml:northwire.example:20260402:1" version="3" xml:lang="en-GB">
      <itemMeta><itemClass qcode="{kind}"/><provider literal="Northwire"/><versionCreated>2026-04-02T11:30:00+02:00</versionCreated>
      <firstCreated>2026-04-01T08:00:00Z</firstCreated><pubStatus qcode="{status}"/></itemMeta>
      <contentMeta><contentModified>2026-04-02T09:00:00Z</contentModified><slugline>FERRY-TIMES</slugline><headline>{headline}</headline>
      <by>By Ada Lind and Bo Ek</by><creditline>Northwire</creditline><dateline>PORT ELS (Northwire) -</dateline><language tag="en"/>
      <subject qcode="nwdepartment:1"><name>Transport</name></subject><subject qcode="medtop:1"><name>ferries</name></subject></contentMeta>
      <contentSet>{content}</contentSet></newsItem>"""


def ninjs(**fields: object) -> str:
    return json.dumps({"uri": "urn:nw:1", "type": "text", "version": "2", "language": "en", **fields})


def test_newsml_g2_item() -> None:
    found = article(f'<?xml version="1.0" encoding="UTF-8"?>\n{news_item()}', url="wires/1.xml")
    assert found == Article(
        item=found.item,
        locator="urn:newsml:northwire.example:20260402:1",
        url="wires/1.xml",
        title="Ferry to run",
        text="\n\n".join(TEXT),
        media="newsml-g2",
        extractor="newsml-g2",
        published_at=AT,
        clock=Clock.WIRE,
        modified_at=datetime(2026, 4, 2, 9, tzinfo=UTC),
        guid="urn:newsml:northwire.example:20260402:1",
        publisher="Northwire",
        authors=("Ada Lind", "Bo Ek"),
        credit="Northwire",
        dateline="PORT ELS",
        slug="FERRY-TIMES",
        section="Transport",
        tags=("Transport", "ferries"),
        language="en",
        wire_version=3,
    )


WRAPPED = "\n".join(textwrap.fill(p, 70, initial_indent="   ") for p in TEXT)


@pytest.mark.parametrize(
    "document",
    [
        f'<newsMessage xmlns="{NAR}"><header/><itemSet>{news_item()}</itemSet></newsMessage>',
        news_item(f'<inlineXML contenttype="application/nitf+xml">{NITF}</inlineXML>'),
        news_item(f'<inlineData contenttype="text/plain">{chr(10).join(TEXT)}</inlineData>'),
        news_item(f'<inlineData contenttype="text/plain"><![CDATA[{"".join(f"<p>{p}</p>" for p in TEXT)}]]></inlineData>'),
        news_item('<inlineXML contenttype="application/xhtml+xml">'
                  f"<![CDATA[<html><body>{''.join(f'<p>{p}</p>' for p in TEXT)}</body></html>]]></inlineXML>"),
        NITF.replace("<body.content>", "<body.content><![CDATA[").replace("</body.content>", "]]></body.content>"),
        NITF.replace("<hl1>", "<hl1>&#8;\x0b").replace("</hl1>", "&#x1F;</hl1>"),
        news_item(headline=""),  # falls back to the slug
        news_item().replace(f' xmlns="{NAR}"', ""),
        news_item().replace(f' xmlns="{NAR}"', ' xmlns="urn:other"'),
        NITF,
        f'<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">\n{NITF}',
        f'<?xml version="1.0" encoding="iso-8859-1"?>{NITF}',
        ninjs(headline="Ferry", versioncreated="2026-04-02T09:30:00Z", body_text="\n\n".join(TEXT), byline="Ada Lind"),
        ninjs(headline="Ferry", versioncreated="2026-04-02T09:30:00Z", body_xhtml="".join(f"<p>{p}</p>" for p in TEXT)),
        ninjs(headline="F", versioncreated="2026-04-02T09:30:00Z", body_html="<div>" + "".join(f"<p>{p}</p>" for p in TEXT), body_text="x"),
        ninjs(headlines=[{"role": "sub", "value": "no"}, {"role": "main", "value": "Ferry"}], versionCreated="2026-04-02T11:30:00+02:00",
              bodies=[{"role": "text", "contentType": "text/plain", "value": "x"},
                      {"contentType": "text/html", "value": "".join(f"<p>{p}</p>" for p in TEXT)}]),
    ],
)  # fmt: skip
def test_every_shape_gives_the_same_text_and_time(document: str) -> None:
    found = article(document)
    assert found.text == "\n\n".join(TEXT)
    assert (found.published_at, found.clock, found.language) == (AT, Clock.WIRE, "en")
    assert found.title in ("Ferry to run", "FERRY-TIMES", "Ferry", "F")


def test_wrapped_plain_text_is_joined_by_paragraph() -> None:
    assert article(news_item(f'<inlineData contenttype="text/plain">{WRAPPED}</inlineData>')).text == "\n\n".join(TEXT)


def test_nitf_metadata() -> None:
    found = article(NITF)
    assert (found.guid, found.locator, found.authors, found.dateline) == ("NW.1", "NW.1", ("Ada Lind",), "PORT ELS")
    assert (found.publisher, found.tags, found.title) == ("Northwire", ("ferry",), "Ferry to run")


@pytest.mark.parametrize("doctype", ["", '<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">'])
def test_characters_by_their_names_in_html_and_bare_ampersands_are_read(doctype: str) -> None:
    body = "<p>The caf&eacute;&nbsp;&ldquo;A&B&rdquo; runs &amp; runs <![CDATA[&eacute;]]></p>"
    (text,) = article(doctype + NITF.replace("<body.content>", f"<body.content>{body}")).text.split("\n\n")[:1]
    assert text == "The café \u201cA&B\u201d runs & runs &eacute;"


def test_what_is_under_embargo_is_withheld() -> None:
    assert article(NITF.replace('"usable"', '"embargoed"')).status == "withheld"


def test_ninjs_metadata() -> None:
    found = article(
        ninjs(headline="Ferry", body_text=" ".join(TEXT), byline="By Ada Lind", located="Port Els", slugline="FERRY", source="Northwire",
              subject=[{"name": "ferries"}, {"code": "1"}, 4], pubstatus="withheld", service=[{"name": "Domestic"}])
    )  # fmt: skip
    assert (found.wire_version, found.status, found.publisher, found.slug) == (2, "withheld", "Northwire", "FERRY")
    assert (found.authors, found.dateline, found.tags, found.section) == (
        ("Ada Lind",),
        "Port Els",
        ("ferries",),
        "Domestic",
    )


@pytest.mark.parametrize(
    "document", [news_item("", status="stat:canceled"), ninjs(headline="Ferry to run", pubstatus="canceled")]
)
def test_a_kill_notice_without_text_is_kept(document: str) -> None:
    found = article(document)
    assert (found.status, found.text) == ("canceled", "Ferry to run")


@pytest.mark.parametrize(
    ("document", "reason", "says"),
    [
        (news_item(kind="ninat:picture"), Reason.UNSUPPORTED, "picture item"),
        (f'<packageItem xmlns="{NAR}"/>', Reason.UNSUPPORTED, "a NewsML-G2 package, not a text item"),
        (f'<newsMessage xmlns="{NAR}"><itemSet><planningItem/></itemSet></newsMessage>', Reason.UNSUPPORTED, "a NewsML-G2 planning item"),
        (f'<conceptItem xmlns="{NAR}"/>', Reason.UNSUPPORTED, "event"),
        (ninjs(type="video", headline="x"), Reason.UNSUPPORTED, "video"),
        ('{"a": 1}', Reason.UNSUPPORTED, "no ninjs item"),
        ("[1, 2]", Reason.UNSUPPORTED, "no ninjs item"),
        ('{"uri": ', Reason.MALFORMED, "JSON"),
        ('<?xml version="1.0"?><NewsML Version="1.2"/>', Reason.UNSUPPORTED, "NewsML 1"),
        ('<?xml version="1.0"?><rss version="2.0"/>', Reason.UNSUPPORTED, "RSS"),
        ('<?xml version="1.0"?><invoice><p>x</p></invoice>', Reason.UNSUPPORTED, "<invoice>"),
        (news_item()[:-200], Reason.MALFORMED, "XML"),
        (news_item(""), Reason.NO_TEXT, "no text"),
        (news_item(f'<inlineData contenttype="text/plain">{SENTENCE[:40]}</inlineData>'), Reason.TOO_SHORT, "words"),
        (news_item('<inlineData contenttype="text/plain">Ferry</inlineData>'), Reason.TOO_SHORT, "1 word, fewer than 20"),
        ("\x16\x16\x01W2870\x1fasian\nf l", Reason.UNSUPPORTED, "ANPA 1312"),
        ("\x01eca062 4 i 211 ccccb dpa 061", Reason.UNSUPPORTED, "IPTC 7901"),
        (SENTENCE, Reason.UNSUPPORTED, "plain text"),
        (b"%PDF-1.7 ...", Reason.UNSUPPORTED, "PDF"),
        (b"\x89PNG\r\n\x1a\n", Reason.UNSUPPORTED, "PNG"),
        (b"PK\x03\x04....", Reason.UNSUPPORTED, "ZIP"),
        (b"\x1f\x8b\x08....", Reason.UNSUPPORTED, "gzip"),
        (b" \r\n\0", Reason.NO_TEXT, "empty"),
        (bytes(range(256)) * 20, Reason.UNSUPPORTED, ""),
    ],
)  # fmt: skip
def test_what_is_no_text_item_says_what_it_is(document: str | bytes, reason: Reason, says: str) -> None:
    found = reject(document, content_type="text/html")  # the declared type is not believed
    assert found.reason is reason, found
    assert says in found.detail
    assert "<string>" not in found.detail  # what a parser calls its input
