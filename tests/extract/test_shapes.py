"""Pages whose markup says little: texts with line breaks for paragraphs, headlines in cells, times in abbreviations."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from .helpers import SENTENCE, article

TEXT = [f"{SENTENCE} Paragraph {n} adds that crews number {n + 20} were told in writing." for n in range(1, 12)]
AWAY = "A crane, number {n}, is away from the harbour of the town, they say there."
BESIDE = "".join(f"<div class=box><h4><a href=/{n}>Crane {n}</a></h4><p>{AWAY.format(n=n)}</p></div>" for n in range(6))
BROKEN = "<br><br>\n".join(TEXT)
AT = datetime(2026, 3, 12, 9, 20, tzinfo=UTC)


def page(body: str, title: str = "Ferry to run again after all - Harbour Post") -> str:
    return f"<title>{title}</title><body><ul><li><a href=/>Home</a></li></ul>{body}<div id=right>{BESIDE}</div></body>"


@pytest.mark.parametrize(
    "body",
    [
        f"<div id=a><p>{TEXT[0]}</p><div><img src=a.jpg></div>{'<br>'.join(TEXT[1:])}</div>",
        f"<div id=a>{BROKEN}</div>",
        f"<div id=a>{'<br/>'.join(f'<span>{p}</span>' for p in TEXT)}</div>",
        f"<div id=a><span>{BROKEN}</span></div>",
        f"<div id=a>{BROKEN.replace('crews', '<a href=/c>crews</a>')}</div>",
        f"<div id=a><pre>{(chr(10) * 2).join(TEXT)}</pre></div>",
    ],
)
def test_a_text_without_paragraphs_is_told_from_the_teasers_beside_it(body: str) -> None:
    assert article(page(f"<h1>Ferry to run again after all</h1>{body}")).text == "\n\n".join(TEXT)


def test_a_program_is_no_text_that_was_typed() -> None:
    program = "for (i = 0; i < n; ++i) { a[i] = b[i] * 2; }\n\n" * 20
    assert (
        TEXT[0]
        in article(page(f"<h1>Ferry</h1><div>{''.join(f'<p>{p}</p>' for p in TEXT)}<pre>{program}</pre></div>")).text
    )


def test_lines_of_dense_scripts_are_paragraphs_at_fewer_letters() -> None:
    lines = [
        f"새 여객터미널은 당초 계획보다 {n}개월 늦은 내년 봄에 문을 연다고 항만공사가 밝혔다." for n in range(10, 14)
    ]
    markup = page(
        f"<h1>새 여객터미널 늦게 개장</h1><article>{'<br><br>'.join(lines)}</article>", "새 여객터미널 늦게 개장"
    )
    assert article(markup).text.split("\n\n") == lines


@pytest.mark.parametrize(
    "headline",
    [
        '<table><tr><td class="contentheading">Ferry to run again after all</td></tr></table>',
        "<font size=5><b>Ferry to run again after all</b></font>",
        '<div class="titel">Ferry to run again after all</div>',
    ],
)
@pytest.mark.parametrize(
    "by",
    ["Geschrieben von: Ada Lind", "Submitted by Ada Lind on Thu, 03/12/2026 - 10:20", "Soumis par Ada Lind le 12 mars"],
)
def test_a_byline_stands_below_a_headline_that_is_no_heading(headline: str, by: str) -> None:
    found = article(page(f"{headline}<p class=small>{by}</p><div>{''.join(f'<p>{p}</p>' for p in TEXT)}</div>"))
    assert (found.title, found.authors, found.publisher) == (
        "Ferry to run again after all",
        ("Ada Lind",),
        "Harbour Post",
    )


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ('<span class="headline entry-title">Ferry to run again after all</span>', "Ferry to run again after all"),
        (
            '<span class="headline">One of the teasers</span><span class="headline">And another</span>',
            "News from Harbour Post",
        ),
    ],
)
def test_what_alone_is_named_for_a_headline_is_one(markup: str, title: str) -> None:
    text = "".join(f"<p>{p}</p>" for p in TEXT)
    assert article(page(f"<div>{markup}<div>{text}</div></div>", "News from Harbour Post")).title == title


@pytest.mark.parametrize(
    "time",
    [
        '<abbr class="published" title="2026-03-12T10:20:00+01:00">10:20 AM</abbr>',
        '<time class="entry-date" datetime="2026-03-12T10:20:00+01:00">12 March</time>',
    ],
)
def test_the_times_of_blogs_are_exact(time: str) -> None:
    assert (
        article(page(f"<h1>Ferry</h1><div>{''.join(f'<p>{p}</p>' for p in TEXT)}</div><p>{time}</p>")).published_at
        == AT
    )


HEADLINE = (
    "Ferry to run again after all, say company and council, and the crews have been told in writing that it is so"
)
LEAD = (
    "The ferry of the harbour town will run again from Monday on, and so it will be until the autumn, as the company and "
    "the council of the town have agreed after talks of three weeks that nobody had asked for."
)


@pytest.mark.parametrize(
    "counter",
    [
        "<ul><li>19:00, 23 Dec 2025</li><li>Updated 07:26, 24 Dec 2025</li><li>comments</li></ul>",
        "<p>Comments</p>",
    ],
)
def test_a_link_to_the_comments_below_the_headline_is_no_end_of_the_text(counter: str) -> None:
    head = f"<div><h1>{HEADLINE}</h1><p>{LEAD}</p>{counter}</div>"
    markup = page(f"<article>{head}<div>{''.join(f'<p>{p}</p>' for p in TEXT)}</div></article>", HEADLINE)
    assert article(markup).text == "\n\n".join([LEAD, *TEXT])


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{''.join(f'<div>{p}</div>' for p in TEXT)}</div>",
        f"<div>{''.join(f'<div><div>{p}</div></div>' for p in TEXT)}</div>",
    ],
)
def test_a_page_without_any_paragraph_is_not_taken_whole(body: str) -> None:
    sections = "".join(f"<div><a href=/{n}>Section number {n} of the site</a></div>" for n in range(40))
    whole = f"<div>{sections}</div><h1>Ferry to run again</h1>{body}<div>{sections}</div>"
    assert article(f"<title>Ferry to run again</title><body>{whole}</body>").text == "\n\n".join(TEXT)


@pytest.mark.parametrize("mark", ['class="article-body"', 'itemprop="articleBody"', "class=x"])
def test_the_longer_story_below_is_not_taken_for_the_body(mark: str) -> None:
    other = "".join(f"<div>{AWAY.format(n=n)} The bank has asked the court for time to pay.</div>" for n in range(120))
    story = "".join(f"<div>{p}</div>" for p in TEXT)
    stories = "".join(f"<article><div {mark}>{each}</div></article>" for each in (story, other))
    assert article(f"<title>Ferry to run again</title><h1>Ferry to run again</h1>{stories}").text == "\n\n".join(TEXT)


PARAGRAPHS = "".join(f"<p>{p}</p>" for p in TEXT)
FAR = [f"The bank of the inland town number {n} has asked the court for time, a judge said." for n in range(30)]


@pytest.mark.parametrize(
    "teaser",
    [
        "<div><h3><a href=/{n}>Crane number {n} taken down</a></h3><p>{text}</p></div>",
        "<div><a href=/{n}><h4>Crane number {n} taken down</h4></a><p>{text}</p></div>",
        "<section><h2><a href=/{n}>Crane number {n} taken down</a></h2><div>{text}</div></section>",
    ],
)
def test_teasers_behind_a_text_need_no_label_to_be_told_from_it(teaser: str) -> None:
    teasers = "".join(teaser.format(n=n, text=AWAY.format(n=n)) for n in range(6))
    markup = page(f"<h1>Ferry to run again after all</h1><div id=a>{PARAGRAPHS}<div>{teasers}</div></div>")
    assert article(markup).text == "\n\n".join(TEXT)


def test_a_list_of_the_best_is_what_its_page_is_about() -> None:
    ferry = "<div><h3><a href=/{n}>Ferry number {n}</a></h3><p>{text}</p></div>"
    ferries = "".join(ferry.format(n=n, text=text) for n, text in enumerate(TEXT))
    markup = page(f"<h1>The best ferries of the year</h1><div id=a><p>{LEAD}</p>{ferries}</div>")
    assert all(text in article(markup).text for text in (LEAD, *TEXT))


@pytest.mark.parametrize(("level", "stories"), [("h1", 1), ("h2", 1), ("h1", 5)])
def test_the_next_story_to_be_read_is_not_taken_for_the_body(level: str, stories: int) -> None:
    story = "".join(f"<p>{p}</p>" for p in FAR)
    markup = page(
        f"<div><h1>Ferry to run again after all</h1><div>{PARAGRAPHS}</div></div>"
        + f"<article><{level}>Banks ask for more time</{level}><div>{story}</div></article>" * stories
    )
    assert article(markup).text == "\n\n".join(TEXT)


def test_a_headline_above_the_article_is_its_own() -> None:
    notes = "".join(f"<div>{text}</div>" for text in FAR[:10])
    markup = page(
        f"<h1>Ferry to run again after all</h1><div>{notes}</div>"
        f"<article><p>{TEXT[0]}</p><h2>What the crews say</h2>{PARAGRAPHS}</article>"
    )
    assert article(markup).text.endswith("\n\n".join(TEXT[1:]))
