"""Real pages without what their markup says, and with what sites put around a text: what is read hardly changes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml.etree import strip_elements
from lxml.html import HtmlElement, HTMLParser, fragments_fromstring, fromstring, tostring

from pipeline.eval.extract import evaluate_extraction
from tests.corpora import CORPORA

CORPUS = CORPORA / "extraction"
EVERY = 3  # of the pages, one is taken

SAID = (
    "The council of the harbour town has voted on plan number {n} of the ferry company after a debate until midnight."
)
TEASER = f"<div><h3><a href=/{{n}}>Harbour council votes on ferry plan {{n}}</a></h3><p>{SAID}</p></div>"
TEASERS = f"<div>{''.join(TEASER.format(n=n) for n in range(8))}</div>"
STORY = f"<article><h2>A debate until midnight</h2>{''.join(f'<p>{SAID.format(n=n)}</p>' for n in range(40))}</article>"
CONSENT = (
    "<div><h2>We value your privacy</h2><p>We and our 842 partners store information on a device, such as cookies, and "
    "process personal data for advertising and content. You may click to consent to our and our partners' "
    "processing as described above.</p><button>Accept all</button></div>"
)
LETTER = (
    "<div><h3>Get our newsletter</h3><p>Sign up for our daily newsletter and get the best stories of the day straight to "
    "your inbox every morning.</p><form><input type=email><button>Subscribe</button></form></div>"
)


def without_data(page: HtmlElement) -> None:
    strip_elements(page, "script", "meta", with_tail=False)


def without_names(page: HtmlElement) -> None:
    for element in page.iter("*"):
        for name in ("class", "id", "itemprop", "role"):
            element.attrib.pop(name, None)


def as_divs(*tags: str) -> Callable[[HtmlElement], None]:
    def change(page: HtmlElement) -> None:
        for element in page.iter(*tags):
            element.tag = "div"

    return change


def body_of(page: HtmlElement) -> HtmlElement:
    """What holds the most text in paragraphs of its own."""
    return max(page.iter(), key=lambda e: sum(len(p.text_content()) for p in e if p.tag == "p"))


def broken(page: HtmlElement) -> None:
    """Line breaks for paragraphs."""
    for paragraph in [e for e in body_of(page) if e.tag == "p"]:
        for node in reversed(fragments_fromstring("<br><br>")):
            paragraph.addnext(node)
        paragraph.drop_tag()


def with_markup(markup: str, where: str) -> Callable[[HtmlElement], None]:
    def change(page: HtmlElement) -> None:
        place = page.find("body") if where in ("first", "last") else body_of(page)
        behind = [n for n, e in enumerate(place, 1) if e.tag == "p"] or [0]
        at = {"first": 0, "last": len(place), "middle": behind[len(behind) // 2], "behind": behind[-1]}
        for node in reversed(fragments_fromstring(markup)):
            place.insert(at[where], node)

    return change


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpora at {CORPORA} (set WIREFOLD_CORPORA)")
@pytest.mark.parametrize(
    ("change", "least"),
    [
        pytest.param(without_data, 0.95, id="no JSON-LD, no meta"),
        pytest.param(without_names, 0.93, id="no classes"),
        pytest.param(as_divs("p"), 0.935, id="no paragraphs"),
        pytest.param(
            as_divs("article", "main", "section", "nav", "aside", "footer", "header"), 0.955, id="no sections"
        ),
        pytest.param(broken, 0.95, id="line breaks for paragraphs"),
        pytest.param(with_markup(TEASERS, "behind"), 0.955, id="teasers behind the text"),
        pytest.param(with_markup(STORY, "last"), 0.945, id="another story below"),
        pytest.param(with_markup(CONSENT, "first"), 0.955, id="a request for consent"),
        pytest.param(with_markup(LETTER, "middle"), 0.955, id="a newsletter in the midst"),
    ],
)
def test_a_disturbed_page_is_read_nearly_as_well(
    change: Callable[[HtmlElement], None], least: float, tmp_path: Path
) -> None:
    truth = json.loads((CORPUS / "truth.json").read_text())
    kept = sorted(truth)[::EVERY]
    (tmp_path / "html").mkdir()
    for name in kept:
        body = gzip.decompress((CORPUS / "html" / f"{name}.html.gz").read_bytes()).decode("utf-8", "replace")
        page = fromstring(body.encode(), parser=HTMLParser(encoding="utf-8"))
        change(page)
        (tmp_path / "html" / f"{name}.html").write_bytes(b"<!DOCTYPE html>" + tostring(page, encoding="utf-8"))
    (tmp_path / "truth.json").write_text(json.dumps({name: truth[name] for name in kept}))
    result = evaluate_extraction(tmp_path)
    assert result["wirefold"]["f1"]["value"] >= least
    assert result["difference"]["f1"]["value"] >= 0.01
