"""Reading the sample wire: what it resolves, and that an error names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.demo.bodies import agency_paragraphs, split_paragraphs
from pipeline.demo.content import Site, load_sites, read_piece
from pipeline.errors import WirefoldError

FRONT = '+++\npath = "/a"\nheadline = "A & B"\npublished = 2018-09-14T03:05:00Z\nsection = "World"\n'
SITE = """
host = "x.example"\nname = "X"\ntagline = "x"\nlanguage = "en"\nfeed = "rss"\nfeed_path = "/f"\nmetadata = "none"
[sections]\nworld = "World"
"""


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_an_item_has_its_paragraphs_and_its_dateline(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", FRONT + 'dateline = "KAESONG"\ncredit = "PN"\n+++\n\nOne\nline.\n\nTwo.\n')
    piece = read_piece(file, tmp_path, "en")
    assert piece.body == ("One line.", "Two.")
    assert piece.paragraphs == ("KAESONG (PN) — One line.", "Two.")


def test_a_body_may_be_borrowed_through_another_borrower(tmp_path: Path) -> None:
    write(tmp_path, "outlets/a/1.md", FRONT + "+++\nThe words.\n")
    write(tmp_path, "outlets/b/2.md", FRONT + 'body_from = "outlets/a/1.md"\n+++\n')
    third = write(tmp_path, "outlets/c/3.md", FRONT + 'body_from = "outlets/b/2.md"\n+++\n')
    assert read_piece(third, tmp_path, "en").body == ("The words.",)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "nitf.xml",
            '<m xmlns="urn:x"><contentSet><inlineXML><nitf><body><body.head><byline><p>By A</p></byline></body.head>'
            "<body.content><p>One &amp; <em>only</em>.</p><p>Two.</p></body.content></body></nitf>"
            "</inlineXML></contentSet></m>",
            ("One & only.", "Two."),
        ),
        (
            "xhtml.xml",
            '<m><contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head>'
            "<body><p>One.</p><p>Two.</p></body></html></inlineXML></contentSet></m>",
            ("One.", "Two."),
        ),
        ("v2.json", '{"bodies": [{"value": "<p>One &amp; all.</p><p>Two.</p>"}]}', ("One & all.", "Two.")),
        ("v1.json", '{"body_xhtml": "<p>One.</p><p>Two.</p>"}', ("One.", "Two.")),
        ("text.json", '{"body_xhtml": "<p>One.</p>", "body_text": "One.\\n\\nTwo."}', ("One.", "Two.")),
    ],
)
def test_paragraphs_of_agency_files(tmp_path: Path, name: str, content: str, expected: tuple[str, ...]) -> None:
    assert agency_paragraphs(write(tmp_path, name, content)) == expected


def test_split_paragraphs() -> None:
    assert split_paragraphs("\n\n One\n two \n \n\nThree\n") == ("One two", "Three")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no front matter", r"\+\+\+"),
        ("+++\npath = \n+++\nText.", "not valid TOML"),
        (FRONT.replace("published", "publishd") + "+++\nText.", "published"),
        (FRONT.replace("Z\n", "\n") + "+++\nText.", "time zone"),
        (FRONT + "+++\n\n", "neither paragraphs nor body_from"),
        (FRONT + 'body_from = "agency/x.xml"\n+++\n', "agency/x.xml, which does not exist"),
        (FRONT + 'body_from = "outlets/x/a.md"\n+++\n', "circle"),
        (FRONT + 'body_from = "outlets/x/a.md"\n+++\nText.', "both"),
        (FRONT + "+++\nText.", "more than one item has the path /a"),
    ],
)
def test_an_error_names_the_file_and_what_is_wrong(tmp_path: Path, text: str, complaint: str) -> None:
    write(tmp_path, "outlets/x/site.toml", SITE)
    write(tmp_path, "outlets/x/a.md", text)
    if "more than one" in complaint:
        write(tmp_path, "outlets/x/b.md", text)
    with pytest.raises(WirefoldError, match=complaint) as error:
        load_sites(tmp_path)
    assert str(tmp_path / "outlets/x") in str(error.value)


def test_every_section_of_the_sample_is_in_its_sites_navigation(sites: dict[str, Site]) -> None:
    stray = {(s.slug, p.section) for s in sites.values() for p in s.pieces} - {
        (s.slug, label) for s in sites.values() for label in s.sections.values()
    }
    assert not stray
