"""``wirefold extract``: one page, several, none."""

from __future__ import annotations

import gzip
import io
import json
import signal
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.article import Item, Reason, Reject
from pipeline.cli import app
from pipeline.config import Config, FetchSettings
from pipeline.errors import UsageError
from pipeline.fetch.client import Fetcher
from pipeline.run.pages import STDIN, extract_pages

URL = "https://harbour-post.example/2026/04/ferry"
PARAGRAPHS = [f"The ferry company said on Monday that crews number {n} were told in writing of it." for n in range(5)]
PAGE = (
    "<html><head><title>Ferry to run again - Harbour Post</title>"
    '<meta property="article:published_time" content="2026-04-02T09:30:00+02:00"></head><body><main><article>'
    f"<h1>Ferry to run again</h1>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</article></main></body></html>"
).encode()


def wirefold(*args: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["extract", *(str(a) for a in args)], input=stdin)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "page.html.gz").write_bytes(gzip.compress(PAGE))
    (tmp_path / "page.html").write_bytes(PAGE)
    return tmp_path / "page.html"


def test_a_page_as_json(page: Path) -> None:
    for args, stdin in ((page,), None), ((f"{page}.gz",), None), (("-",), PAGE), (("-",), gzip.compress(PAGE)):
        result = wirefold(*args, "--url", URL, "--json", stdin=stdin)
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)
        assert (found["title"], found["text"], found["authors"]) == (
            "Ferry to run again",
            "\n\n".join(PARAGRAPHS),
            [],
        )
        assert (found["url"], found["language"], found["kind"]) == (URL, "en", "article")
        assert found["published_at"].startswith("2026-04-02T")


def test_a_page_for_people(page: Path) -> None:
    result = wirefold(page)
    assert result.exit_code == 0
    assert result.stdout.startswith("Ferry to run again\n")
    assert "language      en" in result.stdout.splitlines()
    assert PARAGRAPHS[-1] in " ".join(result.stdout.split())


def test_a_reject_is_one_line_and_a_failure(page: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_text("")
    result = wirefold(tmp_path / "empty.html")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [f"wirefold: {tmp_path}/empty.html: no_text: empty document"]
    result = wirefold(tmp_path / "empty.html", "--json")
    assert (result.exit_code, json.loads(result.stdout)["reason"]) == (1, "no_text")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("nowhere.html", "not_found: no such file"),
        ("ftp://harbour-post.example/x", "bad_url: not an http(s) address"),
        ("http://127.0.0.1:1/", "blocked_address: 127.0.0.1 is no public address"),
        ("http://localhost:1/", "blocked_address: localhost leads to "),
        ("-", "malformed: "),
    ],
)
def test_what_cannot_be_read_says_why(place: str, said: str) -> None:
    result = wirefold(place, stdin=gzip.compress(PAGE)[:-20])
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"wirefold: {place}: {said}")


@pytest.mark.parametrize(
    ("markup", "reason", "text"),
    [
        ("<h1>Ferry</h1><article><p>The ferry will run again on Monday.</p></article>", "too_short",
         "The ferry will run again on Monday."),
        ("<h1>Page not found</h1><article><p>The page that you asked for has moved to another place.</p></article>",
         "not_article", "The page that you asked for has moved to another place."),
    ],
)  # fmt: skip
def test_a_text_that_is_no_article_is_given_with_the_reason(
    tmp_path: Path, markup: str, reason: str, text: str
) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<html><body>{markup}</body></html>")
    result = wirefold(page, "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["reason"], found["text"]) == (0, reason, text)
    result = wirefold(page)
    assert (result.exit_code, result.stderr.startswith(f"wirefold: {page}: {reason}: ")) == (0, True)
    assert text in " ".join(result.stdout.split())


def test_what_a_page_without_text_says_about_itself_is_given_all_the_same(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<html><head><title>Ferry</title><meta name="author" content="Ada Lind"></head><body></body></html>'
    )
    result = wirefold(page, "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["reason"], found["text"]) == (1, "no_text", "")
    assert (found["title"], found["authors"]) == ("Ferry", ["Ada Lind"])


@pytest.mark.parametrize("many", [3, 12])  # here, and in worker processes
def test_several_pages_are_lines_in_the_order_given(page: Path, many: int) -> None:
    places = [str(page), "nowhere.html"] * many
    result = wirefold(*places, "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["page"] for line in lines] == places
    assert [line.get("reason") for line in lines] == [None, "not_found"] * many
    assert result.exit_code == 1


def test_a_page_on_standard_input_that_is_too_large_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PAGE)))
    config = Config(fetch=FetchSettings(max_bytes=len(PAGE) - 1))
    (found,) = extract_pages(["-"], config=config)
    assert found["reason"] == "too_large"


def test_pages_are_fetched_with_one_set_of_manners(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetcher knows when a host was last asked and what its robots.txt says; each of its own would know nothing."""
    asked: list[tuple[int, str]] = []

    class Silent(Fetcher):
        def get(self, item: Item, *, etag: str | None = None, last_modified: str | None = None) -> Reject:
            asked.append((id(self), item.url))
            return Reject(item, Reason.NETWORK, "silence")

    monkeypatch.setattr("pipeline.fetch.client.Fetcher", Silent)
    places = [f"http://harbour-post.example/{n}" for n in range(3)]
    assert [row["reason"] for row in extract_pages(places)] == ["network_error"] * 3
    assert [url for _, url in asked] == places
    assert len({fetcher for fetcher, _ in asked}) == 1


def test_addresses_are_given_for_all_pages_or_for_none(page: Path) -> None:
    result = wirefold(page, page, "--url", URL)
    assert (result.exit_code, "one --url for each page" in result.stderr) == (2, True)


def test_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="standard input is closed"):
        list(extract_pages([STDIN]))


def test_ctrl_c_at_the_time_limit(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_: object, **__: object) -> None:
        """What happens where a parser keeps signals waiting: they come together, Ctrl-C before the limit's."""
        signals = {signal.SIGPROF, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        try:
            for each in signals:  # to this thread: another would take what is sent to the process, and too early
                signal.pthread_kill(threading.get_ident(), each)
        finally:  # every process that is started later would have them blocked too
            signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)

    monkeypatch.setattr("pipeline.run.pages.extract", both)
    with pytest.raises(KeyboardInterrupt):
        list(extract_pages([str(page)]))
