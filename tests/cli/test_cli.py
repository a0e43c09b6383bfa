"""The command line as people and scripts use it: exit codes, one line per error, JSON, real output."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.cli.console import headline, print_json
from pipeline.config import FoldSettings
from pipeline.errors import WirefoldError
from pipeline.lake import Lake
from pipeline.run.fold import fold_lake
from pipeline.run.intake import ingest_files

READING = ["stories", "show", "diff", "explain", "trace", "review", "check"]


def wirefold(*args: object, **environment: str) -> Result:
    return CliRunner().invoke(app, [str(a) for a in args], env={"WIREFOLD_LAKE": None, "COLUMNS": None, **environment})


def document(*args: object) -> Any:
    result = wirefold(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def largest(lake: str) -> dict[str, Any]:
    return max(Lake(lake).read("stories").to_pylist(), key=lambda s: s["articles"])


@pytest.mark.parametrize(
    "command",
    [
        [],
        *([c] for c in ("run", "ingest", "fold", "resketch", "compact", "decide", *READING, "demo", "airflow", "eval")),
    ],
)
def test_help(command: list[str]) -> None:
    result = wirefold(*command, "--help")
    assert result.exit_code == 0
    usage, *lines = result.stdout.splitlines()
    assert usage.startswith("Usage: ")
    assert not [line for line in lines if line.endswith("...")]  # what a command is for fits into its line
    assert not re.search(r"--[\w-]+ <", result.stdout)


def test_help_is_quick() -> None:
    code = "import sys; sys.argv = ['wirefold', '--help']; from pipeline.cli import app; app()"
    took = []
    for _ in range(3):
        before = os.times()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=Path(__file__).parents[2])
        after = os.times()  # of the processor: other tests run beside this one
        took.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert 0 < min(took) < 0.5


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["nonsense"], 2, "No such command"),
        (["show"], 2, "Missing argument"),
        (["stories", "--limit", "-1"], 2, "--limit"),
        (["run", "--sources", "nowhere.toml"], 2, "wirefold: cannot read nowhere.toml"),
        (["ingest", "nowhere.jsonl", "--lake", "{tmp}"], 2, "wirefold: no such file or directory: nowhere.jsonl"),
        (
            ["ingest", __file__, "--lake", "{tmp}", "--partition", "yesterday"],
            2,
            "wirefold: 'yesterday' is no partition",
        ),
        (["stories", "--lake", "{tmp}/nothing"], 1, "is no lake"),
        (["check", "--lake", "{tmp}/nothing"], 1, "is no lake"),
        (["fold", "--lake", "{tmp}/nothing"], 1, "is no lake"),
        (["show", "a", "--lake", "{tmp}/nothing"], 1, "is no lake"),
        (["show", "zzzz", "--lake", "{lake}"], 1, "no story or article 'zzzz'"),
        (["show", "s", "--lake", "{lake}"], 1, "is the beginning of"),
        (["show", "z" * 5_000, "--lake", "{lake}"], 1, f"wirefold: no story or article '{'z' * 80}' in"),
        (["diff", "zzzz", "zzzz", "--lake", "{lake}"], 1, "no story or article"),
        (["explain", "zzzz", "zzzz", "--lake", "{lake}"], 1, "no story or article"),
        (["review", "--lake", "{tmp}/nothing"], 1, "is no lake"),
        (["decide", "zzzz", "zzzz", "--lake", "{lake}"], 2, "wirefold: say --same or --different"),
        (["decide", "zzzz", "zzzz", "--same", "--lake", "{lake}"], 1, "no story or article"),
        (["trace", "zzzz", "--lake", "{lake}"], 1, "wirefold: no file, story or article 'zzzz'"),
        (["trace", "z" * 5_000, "--lake", "{lake}"], 1, f"wirefold: no file, story or article '{'z' * 80}' in"),
        (["trace", "-", "--lake", "{tmp}/nothing"], 1, "is no lake"),
        (["trace", __file__, "--lake", "{lake}", "--html", "{tmp}"], 1, "wirefold: Is a directory: {tmp}"),
        (["ingest", __file__, "--lake", __file__], 1, f"wirefold: Not a directory: {__file__}"),
    ],
)
def test_errors(args: list[str], code: int, message: str, tmp_path: Path, sample_lake: str) -> None:
    result = wirefold(*(a.format(tmp=tmp_path, lake=sample_lake) for a in args))
    assert result.exit_code == code
    assert message.format(tmp=tmp_path) in result.stderr
    assert not result.stdout
    assert "Traceback" not in result.stderr
    if "wirefold:" in message:
        assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "nothing").exists()  # looking must not make a lake


@pytest.mark.parametrize(("title", "shown"), [(None, "(no headline)"), ("[b]None[/b]\n", "[b]None[/b]")])
def test_headlines_as_shown(title: str | None, shown: str) -> None:
    assert headline(title).plain == shown


def test_what_is_not_a_number_is_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"value": float("nan"), "all": [1.5, (float("inf"), None)]})
    assert json.loads(capsys.readouterr().out) == {"value": None, "all": [1.5, [None, None]]}


def test_run_without_sources(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("")
    result = wirefold("run", "--sources", tmp_path / "sources.toml", "--lake", tmp_path / "lake")
    assert (result.exit_code, "names no source" in result.stderr) == (2, True)


def test_stories(sample_lake: str) -> None:
    top = largest(sample_lake)
    result = wirefold("stories", WIREFOLD_LAKE=sample_lake)
    assert result.exit_code == 0
    assert top["title"] in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100
    found = document("stories", "--lake", sample_lake, "--limit", 3)
    assert found["stories"][0]["story_id"] == top["story_id"]
    assert len(found["stories"]) == 3 < found["total"]
    assert sum(found["stories"][0]["relations"].values()) == top["articles"]
    everything = document("stories", "--lake", sample_lake, "--limit", 0, "--min-articles", 1)
    assert everything["total"] == len(everything["stories"]) == sum(f.rows for f in Lake(sample_lake).files("stories"))


def test_show_story(sample_lake: str) -> None:
    top = largest(sample_lake)
    found = document("show", top["story_id"], "--lake", sample_lake)
    assert found["kind"] == "story"
    assert len(found["articles"]) == top["articles"]
    times = [a["published_at"] for a in found["articles"]]
    assert times == sorted(times)
    assert sum(a["is_canonical"] for a in found["articles"]) == 1
    assert all(0 < a["share"] <= 1 for a in found["articles"] if a["relation"] == "exact")
    result = wirefold("show", top["story_id"][:9], "--lake", sample_lake)
    assert result.exit_code == 0
    assert all(a["article_id"][:9] in result.stdout for a in found["articles"])
    assert f"first: {top['first_publisher']}" in result.stdout
    corrected = next(a for a in found["articles"] if a["notice"] == "correction")
    assert ["8.7", "9.7"] in corrected["changes"]["numbers"]
    assert "8.7 → 9.7" in result.stdout


def test_explain(sample_lake: str) -> None:
    link = min(Lake(sample_lake).read("links").to_pylist(), key=lambda x: (x["relation"] != "template", x["score"]))
    ids = link["article_a"], link["article_b"]
    found = document("explain", *ids, "--lake", sample_lake)
    assert (found["earlier"], found["later"], found["relation"]) == (*ids, "template")
    assert found["score"] == pytest.approx(link["score"], abs=1e-3)
    result = wirefold("explain", *ids, "--lake", sample_lake)
    assert result.exit_code == 0
    assert all(reason in " ".join(result.stdout.split()) for reason in link["reasons"])
    assert wirefold("explain", ids[0], ids[0], "--lake", sample_lake).exit_code == 2
    code = f"import sys; from pipeline.cli import app; app({['explain', *ids, '--lake', sample_lake]}, standalone_mode=False)"
    seen = [sys.executable, "-c", f"{code}; sys.exit('ibis' in sys.modules)"]  # a third of a second, for nothing
    assert subprocess.run(seen, cwd=Path(__file__).parents[2], capture_output=True).returncode == 0


def test_explain_asks_for_a_person_where_the_fold_did(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(80)]
    rows = [
        {"id": i, "text": " ".join(words[:n]) + ".", "published_at": f"2018-09-14T0{n % 7}:00:00Z"}
        for i, n in (("a", 80), ("b", 78))
    ]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for share in (0, 1):
        lake = str(tmp_path / f"lake{share}")
        ingest_files([str(tmp_path / "texts.jsonl")], lake)
        fold_lake(Lake(lake), FoldSettings(review_share=share))
        [link] = Lake(lake).read("links").to_pylist()
        found = document("explain", link["article_b"], link["article_a"], "--lake", lake)
        assert found["needs_review"] == link["needs_review"] == bool(share)


def test_review_and_decide(sample_lake: str, tmp_path: Path) -> None:
    lake = shutil.copytree(sample_lake, tmp_path / "lake")
    left = document("review", "--lake", lake, "--limit", "0")
    assert left["total"] == len(left["pairs"]) > 1
    scores = [abs(p["score"]) for p in left["pairs"]]
    assert scores == sorted(scores)
    a, b = left["pairs"][0]["article_a"], left["pairs"][0]["article_b"]
    narrow = wirefold("review", "--lake", lake, COLUMNS="60").stdout
    assert max(map(len, narrow.splitlines())) <= 60
    assert [line for line in narrow.splitlines() if line.endswith("…")]
    listed = wirefold("review", "--lake", lake, "--limit", "1").stdout
    assert a[:9] in listed
    assert f"1 of {left['total']}" in listed
    row = document("decide", b, a, "--different", "--reason", "so", "--by", "me", "--lake", lake)
    assert (row["article_a"], row["article_b"]) == tuple(sorted((a, b)))
    assert (row["decision"], row["decided_by"], row["reason"]) == ("cannot_link", "me", "so")
    assert document("review", "--lake", lake)["total"] == left["total"] - 1
    assert (document("explain", a, b, "--lake", lake)["decision"] or {})["decision"] == "cannot_link"
    told = wirefold("explain", a, b, "--lake", lake).stdout
    assert re.search(r"^me decided: not one story, .* UTC: so$", told, re.MULTILINE)
    assert "as measured: " in told
    assert "needs review" not in told
    assert wirefold("decide", a, a, "--same", "--lake", lake).exit_code == 2
    assert "fold" in wirefold("decide", a, b, "--same", "--lake", lake).stdout


@pytest.mark.parametrize("name", ["published.json", "furniture.json", "journal.json"])
@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_damaged_document_is_one_line(name: str, content: str, sample_lake: str, tmp_path: Path) -> None:
    lake = shutil.copytree(sample_lake, tmp_path / "lake")
    (lake / "_wirefold" / name).write_text(content)
    link = Lake(sample_lake).read("links").to_pylist()[0]
    command = ["explain", link["article_a"], link["article_b"]] if name == "furniture.json" else ["fold"]
    result = wirefold(*command, "--lake", lake)
    assert result.exit_code == 1
    assert f"{name} is damaged" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
@pytest.mark.parametrize(
    ("table", "command"),
    [("articles", "fold"), ("records", "stories"), ("stories", "stories"), ("links", "review"), ("keys", "trace"),
     ("sketches", "trace")],
)  # fmt: skip
def test_a_damaged_table_is_one_line(damage: str, table: str, command: str, own_lake: Path, tmp_path: Path) -> None:
    for file in (own_lake / table).rglob("*.parquet"):
        content = bytearray(file.read_bytes())
        content[4:-300:7] = bytes(b ^ 0x5A for b in content[4:-300:7])
        file.write_bytes(content[:200] if damage == "cut" else content)
        if damage == "gone":
            file.unlink()
    text = tmp_path / "text.txt"
    text.write_text("The liaison office of the two Koreas opened on Friday, days before the third summit of the year.")
    result = wirefold(command, *([text] if command == "trace" else []), "--lake", own_lake)
    assert result.exit_code in (0, 1) if damage == "flipped" else result.exit_code == 1
    assert len(result.stderr.splitlines()) == result.exit_code
    assert "wirefold check" in result.stderr or result.exit_code == 0
    assert wirefold("check", "--lake", own_lake).exit_code == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_a_terminal_cannot_show_is_a_question_mark(encoding: str, sample_lake: str) -> None:
    code = "import sys; from pipeline.cli import app; app(sys.argv[1:])"
    told = subprocess.run(
        [sys.executable, "-c", code, "stories", "--lake", sample_lake],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        encoding=encoding,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert "?" in told.stdout
    assert "needs review" in told.stdout


def test_closed_streams(sample_lake: str) -> None:
    code = "import sys; from pipeline.cli import app; app(sys.argv[1:])"
    for closing, lake, expected in ((">&-", sample_lake, 0), ("2>&-", "nowhere", 1)):
        command = f'"$0" -c "$1" stories --lake "$2" {closing}'
        told = subprocess.run(
            ["sh", "-c", command, sys.executable, code, lake],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
        )
        assert (told.returncode, told.stdout + told.stderr) == (expected, "")


def test_show_composite(sample_lake: str) -> None:
    story = next(s for s in Lake(sample_lake).read("stories").to_pylist() if s["draws_on"])
    result = wirefold("show", story["story_id"], "--lake", sample_lake)
    assert "Draws on" in result.stdout
    assert all(part["story_id"][:9] in result.stdout for part in story["draws_on"])


def test_show_article(sample_lake: str) -> None:
    identity = largest(sample_lake)["canonical_article_id"]
    found = document("show", identity, "--lake", sample_lake)
    assert found["kind"] == "article"
    assert found["article"]["text"]
    assert found["links"][0]["reasons"]
    result = wirefold("show", identity[:9], "--lake", sample_lake)
    assert result.exit_code == 0
    assert found["article"]["url"] in result.stdout
    assert found["links"][0]["reasons"][0] in result.stdout
    assert ("exact copy " in result.stdout) == any(x["relation"] == "exact" for x in found["links"])


def test_diff(sample_lake: str) -> None:
    top = largest(sample_lake)
    found = document("diff", top["first_article_id"], top["story_id"], "--lake", sample_lake)
    assert found["b"]["article_id"] == top["canonical_article_id"]
    assert {p["kind"] for p in found["paragraphs"]} > {"added"}
    result = wirefold("diff", top["first_article_id"], top["canonical_article_id"], "--lake", sample_lake)
    assert "{+" in result.stdout  # no colours here, so marks
    steps = {r["article_id"]: r for r in document("show", top["story_id"], "--lake", sample_lake)["articles"]}
    step = next(r for r in steps.values() if (r["changes"] or {}).get("numbers"))
    counted = wirefold("diff", step["parent_id"], step["article_id"], "--lake", sample_lake).stdout
    numbers, names = (len(step["changes"][k]) for k in ("numbers", "names"))  # as many as `show` tells of
    assert re.search(rf"changed in them: {numbers} numbers?, {names} names?$", counted, re.MULTILINE)
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    "command", [("trace", "{killed}"), ("diff", "{killed}", "{other}"), ("diff", "{other}", "{killed}")]
)
def test_what_was_withdrawn_is_not_shown(command: tuple[str, ...], sample_lake: str) -> None:
    records = Lake(sample_lake).read("records", ["article_id", "story_id", "withdrawn"]).to_pylist()
    killed = next(r for r in records if r["withdrawn"] == "killed")
    other = next(r for r in records if r["story_id"] == killed["story_id"] and not r["withdrawn"])
    ids = {"killed": killed["article_id"], "other": other["article_id"]}
    refused = wirefold(*(c.format(**ids) for c in command), "--lake", sample_lake)
    said = f"wirefold: article {killed['article_id']} was withdrawn (killed): it has no text any more\n"
    assert (refused.exit_code, refused.stdout, refused.stderr) == (1, "", said)


def test_trace(sample_lake: str, tmp_path: Path) -> None:
    story = max(Lake(sample_lake).read("stories").to_pylist(), key=lambda s: len(s["draws_on"]))
    article = story["canonical_article_id"]
    found = document("trace", story["story_id"], "--lake", sample_lake)
    assert found["coverage"] > 0.5
    for origin in found["origins"]:
        for p in origin["passages"]:
            assert found["text"][p["start"] : p["end"]]
            assert (p["similarity"] == "verbatim") or p["edits"]
    shown = wirefold("trace", article, "--lake", sample_lake)
    assert shown.exit_code == 0
    assert all(f"[{n + 1}]" in shown.stdout for n in range(len(found["origins"])))
    assert max(map(len, shown.stdout.splitlines())) <= 100
    light = any(p["similarity"] == "light_edits" for o in found["origins"] for p in o["passages"])
    assert (light, "lightly edited" in shown.stdout) == (True, True)
    page = tmp_path / "page.html"
    said = wirefold("trace", article, "--lake", sample_lake, "--html", page)
    assert (said.exit_code, str(page) in said.stdout) == (0, True)
    markup = page.read_text(encoding="utf-8")
    assert markup.count('<li class="card') == len(found["origins"])
    assert "<script" not in markup
    assert "src=" not in markup
    assert all(f'id="p{n + 1}-1"' in markup for n in range(len(found["origins"])))


def test_what_an_error_has_to_show_comes_before_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        error = WirefoldError("the scheduler ended; above is the end of its log")
        error.add_note("first \x1b[31mline\nlast line")
        raise error

    monkeypatch.setattr("pipeline.embedded.run", broken)
    result = wirefold("airflow", "run")
    assert result.exit_code == 1
    said = ["first [31mline", "last line", "wirefold: the scheduler ended; above is the end of its log"]
    assert result.stderr.splitlines() == said


def test_trace_of_hostile_texts(sample_lake: str, tmp_path: Path) -> None:
    first = Lake(sample_lake).read("records", ["text"])["text"][0].as_py()
    hostile = tmp_path / "hostile.txt"
    hostile.write_text(f"<script>alert(1)</script>[bold]\x1b[31m\n\n{first}", encoding="utf-8")
    page = tmp_path / "page.html"
    shown = wirefold("trace", hostile, "--lake", sample_lake)
    assert "[bold]" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert wirefold("trace", hostile, "--lake", sample_lake, "--html", page).exit_code == 0
    assert "<script" not in page.read_text(encoding="utf-8")
    piped = CliRunner().invoke(app, ["trace", "-", "--lake", sample_lake, "--json"], input=first)
    assert json.loads(piped.stdout)["coverage"] > 0.9
    assert (
        "Nothing of it stands" in CliRunner().invoke(app, ["trace", "-", "--lake", sample_lake], input="<b>Hm").stdout
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.html", b"<html></html>", "no article text"),
        ("page.txt", b"", "holds no text"),
        ("page.txt", b"%PDF-1.7\n%\xe2\xe3", "holds no text: it is a PDF"),
        ("page", bytes(range(256)) * 20, "holds no text: it is binary data"),
        ("page.html.gz", gzip.compress(b"<html></html>", mtime=0), "no article text"),
        ("page.txt.gz", gzip.compress(b"Ferry", mtime=0)[:-9], "page.txt.gz: compressed body ends early"),
    ],
)
def test_trace_of_what_holds_no_text(name: str, content: bytes, said: str, sample_lake: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    refused = wirefold("trace", tmp_path / name, "--lake", sample_lake)
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    assert said in refused.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_trace_reads_what_editors_write(encoding: str, sample_lake: str, tmp_path: Path) -> None:
    file = tmp_path / "draft.txt"
    text = "Caf\u00e9\n\n" + Lake(sample_lake).read("records", ["text"])["text"][0].as_py()
    file.write_text(text, encoding=encoding, errors="replace")
    packed = tmp_path / "draft.txt.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    found, again = (document("trace", path, "--lake", sample_lake) for path in (file, packed))
    assert found == again
    assert (found["title"], found["coverage"] > 0.9) == ("Caf\u00e9", True)


def test_trace_reads_a_pipe(sample_lake: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = Lake(sample_lake).read("records", ["text"])["text"][0].as_py()
    writer = threading.Thread(target=pipe.write_text, args=(text,), kwargs={"encoding": "utf-8"}, daemon=True)
    writer.start()
    assert document("trace", pipe, "--lake", sample_lake)["coverage"] > 0.9


def test_check(sample_lake: str, own_lake: Path) -> None:
    assert document("check", "--lake", sample_lake) == {"ok": True, "findings": []}
    next(own_lake.glob("records/*/*.parquet")).unlink()
    result = wirefold("check", "--lake", own_lake)
    assert result.exit_code == 1
    assert "BREACH" in result.stdout
    result = wirefold("check", "--lake", own_lake, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["ok"] is False


def test_ingest_and_fold(tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    hostile = "[bold]Twelve[/] \x1b[31mpeople\u202e met in the border city on Friday to open the office, he said."
    title = "[red]Title[/red]\x1b]0;x\x07"
    rows = [
        {"id": "1", "text": hostile, "title": title},
        {"id": "2", "text": hostile + " It rained.", "title": title, "published_at": "2018-09-14T09:00:00Z"},
    ]
    texts.write_text("".join(json.dumps(r) + "\n" for r in rows))
    lake = tmp_path / "lake"
    first = wirefold("ingest", texts, "--lake", lake, "--partition", "2018-09-17T12:00:00")
    assert first.exit_code == 0, first.output
    assert "balanced" in first.stdout
    assert f"wirefold fold --lake {lake}" in first.stdout
    again = document("ingest", texts, "--lake", lake, "--partition", "2018-09-17T12:00:00")
    assert again["before"] is True
    assert (again["ledger"]["article"], again["ledger"]["rejected"]) == (2, 0)
    assert f"Nothing has been folded yet: wirefold fold --lake {lake}\n" in wirefold("stories", "--lake", lake).stdout
    assert f"nothing has been folded yet: `wirefold fold --lake {lake}`" in wirefold("show", "a", "--lake", lake).stderr
    assert document("fold", "--lake", lake)["records"] == 2
    assert "Nothing to do" in wirefold("fold", "--lake", lake).stdout
    (tmp_path / "none").mkdir()
    (tmp_path / "broken.jsonl").write_text("no JSON\n")
    nothing, broken = (wirefold("ingest", tmp_path / name, "--lake", lake).stdout for name in ("none", "broken.jsonl"))
    assert ("No file was found" in nothing, "No file was found" in broken) == (True, False)
    assert (f"column detail of {lake}/rejects" in nothing, f"column detail of {lake}/rejects" in broken) == (
        False,
        True,
    )
    assert "wirefold fold" not in nothing + broken
    articles = Lake(str(lake)).read("articles").to_pylist()
    told = [" ".join(wirefold("show", a["article_id"], "--lake", lake).stdout.split()) for a in articles]
    assert ["run that first saw it" in t for t in told] == [a["guid"] == "1" for a in articles]
    assert ["sitemap or file that listed it" in t for t in told] == [a["guid"] == "2" for a in articles]
    assert document("check", "--lake", lake)["ok"] is True
    texts.write_text(json.dumps({**rows[1], "id": "3", "text": hostile + " It snowed."}) + "\n")
    both = document("ingest", texts, "--lake", lake, "--fold")
    assert (both["ledger"]["article"], both["fold"]["new_articles"], both["fold"]["records"]) == (1, 1, 3)
    shown = wirefold("stories", "--lake", lake, "--min-articles", "1")
    assert "[red]Title[/red]" in shown.stdout
    assert "\x1b" not in shown.stdout + wirefold("show", largest(str(lake))["story_id"], "--lake", lake).stdout


def test_two_ingests_in_one_second_are_two_runs(tmp_path: Path) -> None:
    for n in range(2):
        (tmp_path / f"{n}.jsonl").write_text(
            json.dumps({"id": str(n), "text": f"Text number {n} is about something."}) + "\n"
        )
        document("ingest", tmp_path / f"{n}.jsonl", "--lake", tmp_path / "lake")
    assert len(Lake(str(tmp_path / "lake")).runs()) == 2


def test_opening_lines_work(sample_lake: str) -> None:
    from pipeline.cli.report import opening_lines

    for line in opening_lines(Lake(sample_lake)).plain.splitlines()[1:]:
        exec(line.split(maxsplit=1)[1], {})


def test_down_sources(tmp_path: Path) -> None:
    (tmp_path / "wire").mkdir()
    config = tmp_path / "sources.toml"
    gone = '[[source]]\nname = "gone"\nkind = "directory"\npath = "nowhere"\n'
    config.write_text(gone + '[[source]]\nname = "there"\nkind = "directory"\npath = "wire"\n')
    result = wirefold("run", "--sources", config, "--lake", tmp_path / "one")
    assert result.exit_code == 0, result.output
    assert "gone is down: " in result.stdout
    config.write_text(gone)
    result = wirefold("run", "--sources", config, "--lake", tmp_path / "two")
    assert result.exit_code == 1
    assert "All sources are down." in result.stdout
    assert "duckdb" not in result.stdout  # there is no table to open
    (tmp_path / "wire" / "one.html").write_text(f"<article><p>{'The ferry runs again. ' * 9}</p></article>")
    config.write_text('[[source]]\nname = "there"\nkind = "directory"\npath = "wire"\n')
    told = wirefold("run", "--sources", config, "--lake", tmp_path / "two").stdout
    assert re.search(r"^1 story with a single one: wirefold stories", told, re.MULTILINE)
    assert "duckdb" in told


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('[fetch]\nuseragent = "x"', "fetch: useragent: there is no such setting"),
        ('[[source]]\nname = "one"\nkind = "fed"', "source 'one': kind: Input should be 'feed', "),
        ('[[source]]\nname = "one"\nkind = "feed"', "source 'one': a feed source takes 'url' and no 'path'"),
        ('[[source]]\nname = "one"\nkind = "feed"\nurl = "x"', "source 'one': 'url' is no http(s) address: 'x'"),
        ('[[source]]\nkind = "feed"', "source number 1: name: must be given"),
        ('source = ["one"]', "source number 1: "),
        ('[[source]]\nname = "A b"\nkind = "feed"', "source 'A b': name: takes lower-case letters, digits, "),
        ('[[source]]\nname = "a"\nkind = "directory"\npath = "."\n' * 2, "source: source names must be unique: a"),
    ],
)
def test_mistakes_in_the_configuration(config: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(config)
    result = wirefold("run", "--sources", file, "--lake", tmp_path / "lake")
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"wirefold: {file}: {said}")


def test_demo_serves_until_interrupted() -> None:
    code = "from pipeline.cli import app; app(['demo', '--port', '0'])"
    root = Path(__file__).parents[2]
    demo = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert demo.stdout is not None
    lines = [demo.stdout.readline()]
    while "Ctrl-C" not in lines[-1]:
        lines.append(demo.stdout.readline())
    demo.terminate()
    assert demo.wait(10) == 0
    assert "localhost" in lines[0]
    assert any("wirefold run --sources" in line for line in lines)
