"""The text that a feed has of an article, where its page shows little of it or nothing."""

from __future__ import annotations

import pytest

from .helpers import SENTENCE, TEXT, article, page, reject

LONG = [*TEXT, *(f"{SENTENCE} It was number {n} of the crew who said so on the pier." for n in range(9))]
CONTENT = "".join(f"<p>{p}</p>" for p in LONG)
WALL = (
    "<html><head><title>Just a moment...</title></head><body><p>Verify that you are no robot, please.</p></body></html>"
)


@pytest.mark.parametrize(
    ("body", "content", "text", "extractor"),
    [
        (page(paragraphs=LONG[:2]), CONTENT, LONG, "feed"),
        (page(paragraphs=LONG), CONTENT, LONG, None),  # the page shows all of it
        (page(paragraphs=LONG), "".join(f"<p>{p}</p>" for p in LONG[:2]), LONG, None),  # a summary
        (page(paragraphs=["The mayor said on Monday that there would be no ferry in the town for years."]),
         "<p>Other words about other things, the best since spring.</p>" * 40, None, None),  # of something else
        (WALL, CONTENT, LONG, "feed"),
        ("<html><body><div id='app'></div></body></html>", CONTENT, LONG, "feed"),
        (page(paragraphs=LONG[:2]), "\n\n".join(LONG), LONG, "feed"),  # plain text
        # strangers' markup
        (page(paragraphs=LONG[:2]), f"<script>alert(1)</script><style>p {{}}</style>{CONTENT}<p onclick='x()'>More is known.</p>"
         "<p>The post Ferry to run again appeared first on Harbour Post.</p>", [*LONG, "More is known."], "feed"),
        (page(paragraphs=LONG[:2]), "<div>" * 3_000 + CONTENT, LONG[:2], None),
        (page(paragraphs=LONG[:2]), "<p>" + "x" * 400_000, LONG[:2], None),
    ],
)  # fmt: skip
def test_a_feeds_text_stands_in_for_a_page_that_shows_less(
    body: str, content: str, text: list[str] | None, extractor: str | None
) -> None:
    found = article(body, content=content, title="Ferry to run again")
    assert found.title == "Ferry to run again"
    assert (found.extractor == "feed") is (extractor == "feed")
    if text is not None:
        assert found.text.split("\n\n") == text


def test_a_wall_without_a_feeds_text_is_no_article() -> None:
    assert reject(WALL, content="<p>Soon.</p>").reason == "not_article"


def test_what_the_feed_has_in_full_is_not_cut() -> None:
    teaser = page(paragraphs=TEXT[:2]).replace("</article>", "<p>Subscribe to continue reading</p></article>")
    more = "".join(f"<p>{p}</p>" for p in LONG * 2)
    assert article(teaser).is_truncated
    assert not article(teaser, content=more).is_truncated
