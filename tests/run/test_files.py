"""Files instead of the network: everything that a person may hand over ends in the published tables, or in rejects."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.config import FoldSettings
from pipeline.errors import UsageError
from pipeline.lake import INTERNAL, Lake
from pipeline.lake.check import check_leftovers
from pipeline.partition import Run
from pipeline.run.check import check_lake
from pipeline.run.files import ingest_paths
from pipeline.run.fold import fold_lake
from pipeline.run.intake import ingest_files

ROOT = Path(__file__).parents[2]
RUN = Run.parse("2018-09-17T12:00:00")
SENTENCES = [
    f"Delegate number {n} told the assembly in the border town what had been agreed on day {n}." for n in range(9)
]
AT = "2018-09-14T10:30:00+09:00"


def page(title: str) -> str:
    body = "".join(f"<p>{title}. {s}</p>" for s in SENTENCES)
    return f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"


def warc(*pages: tuple[str, str]) -> bytes:
    sink = io.BytesIO()
    writer = WARCWriter(sink, gzip=True)
    for url, html in pages:
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        payload = io.BytesIO(html.encode())
        writer.write_record(writer.create_warc_record(url, "response", payload=payload, http_headers=head))
    return sink.getvalue()


def ninjs() -> str:
    return json.dumps(
        {
            "uri": "urn:test:wire:7", "type": "text", "versioncreated": "2018-09-14T03:00:00Z", "pubstatus": "usable",
            "language": "en", "headline": "Assembly ends", "body_text": "\n\n".join(SENTENCES), "version": "2",
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of every kind, in a folder with folders."""
    root = tmp_path_factory.mktemp("files") / "in"
    (root / "deep").mkdir(parents=True)
    (root / "crawl.warc.gz").write_bytes(
        warc(("http://a.example/one", page("Ferry sails")), ("http://a.example/two", page("Bridge opens")))
    )
    (root / "deep" / "page.html").write_text(page("Market closes"))
    (root / "item.json").write_text(ninjs())
    rows = [
        {"id": "j1", "text": "One sentence about the ferry.", "title": "Ferry", "url": "http://x.example/j1",
         "source": "X Daily", "published_at": AT, "language": "en"},
        {"id": "j2", "text": "Short."},
        {"id": "j3", "text": " \n "},
    ]  # fmt: skip
    (root / "texts.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows) + "{broken\n")
    table = {"id": [1, 2], "text": ["Eine Zeile.", "First line\n\nSecond paragraph of the text."], "extra": [0, 0]}
    pq.write_table(pa.table(table), root / "texts.parquet")
    (root / "picture.html").write_bytes(b"\xff\xd8\xff\xe0" + bytes(200))
    return root


@pytest.fixture(scope="module")
def lake(folder: Path) -> Lake:
    """To be read only."""
    lake = Lake(str(folder.parent / "lake"))
    ingest_paths([folder], lake, RUN)
    fold_lake(lake, FoldSettings())
    return lake


@pytest.fixture
def own(lake: Lake, tmp_path: Path) -> Lake:
    return Lake(shutil.copytree(lake.root, tmp_path / "lake"))


def by_guid(lake: Lake, table: str) -> dict[str, dict[str, Any]]:
    return {r["guid"] or r["url"]: r for r in lake.read(table).to_pylist()}


def test_every_kind_is_taken_in(lake: Lake, folder: Path) -> None:
    ledger = lake.ledger(RUN.name)
    assert ledger is not None
    assert (ledger["discovered"], ledger["article"], ledger["rejected"]) == (11, 8, 3)
    assert ledger["reasons"] == {"malformed": 1, "no_text": 1, "unsupported_type": 1}
    records = by_guid(lake, "records")
    titles = {r["title"] for r in records.values()}
    assert {"Ferry sails", "Bridge opens", "Market closes", "Assembly ends", "Ferry"} <= titles
    assert {r["media"] for r in records.values()} == {"html", "ninjs", "text"}
    assert check_lake(lake) == []


def test_the_id_of_a_ready_text_is_kept_in_every_table(lake: Lake) -> None:
    for table, expected in {
        "fetches": {"j1", "j2", "j3", "1", "2"},
        "articles": {"j1", "j2", "1", "2"},
        "records": {"j1", "j2", "1", "2"},
        "rejects": {"j3"},
    }.items():
        assert expected <= set(lake.read(table)["guid"].to_pylist()), table


def test_what_a_ready_text_says_of_itself_is_kept(lake: Lake) -> None:
    record = by_guid(lake, "records")["j1"]
    assert record["title"] == "Ferry"
    assert record["url"] == "http://x.example/j1"
    assert (record["publisher"], record["source"]) == ("X Daily", "files")
    assert record["published_at"] == datetime(2018, 9, 14, 1, 30, tzinfo=UTC)
    assert (record["clock"], record["language"]) == ("feed", "en")


def test_what_it_does_not_say_is_made_up_plainly(lake: Lake, folder: Path) -> None:
    records = by_guid(lake, "records")
    assert (records["j2"]["title"], records["j2"]["clock"]) == ("Short.", "seen")
    assert records["j2"]["published_at"] == RUN.time
    assert records["2"]["title"] == "First line"
    assert records["2"]["text"] == "First line\n\nSecond paragraph of the text."


@pytest.mark.parametrize(
    ("column", "said", "kept"),
    [
        ("title", "Ferry\n  sails \u200bat\tnoon\x1b", "Ferry sails at noon"),
        ("title", "Cafe\u0301 opens", "Caf\u00e9 opens"),
        ("title", "Ferry " * 400, ("Ferry " * 400)[:299].rstrip() + "\u2026"),
        ("title", "\u200b", "One sentence about the ferry."),
        ("source", " X\u202e Daily\n", "X Daily"),
        ("source", "\u200b", None),
        ("language", "EN-gb", "en"),
        ("language", "deu", "de"),
        ("language", "English, mostly", None),
    ],
)
def test_what_a_ready_text_says_is_kept_in_the_form_of_all_articles(
    column: str, said: str, kept: str | None, tmp_path: Path
) -> None:
    rows = [{"id": "a", "text": "One sentence about the ferry.", column: said}, {"id": "b", "text": "Another."}]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    lake = Lake(str(tmp_path / "lake"))
    ingest_paths([tmp_path / "texts.jsonl"], lake, RUN)
    articles = by_guid(lake, "articles")
    there = "publisher" if column == "source" else column
    assert (articles["a"][there], articles["b"]["title"]) == (kept, "Another.")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_nobody_can_mean_is_not_known(day: str, tmp_path: Path) -> None:
    """What is counted from it would leave the calendar, at every fold: a notice looks back a week."""
    rows = [{"id": str(n), "title": "KILL: Ferry", "text": s, "published_at": day} for n, s in enumerate(SENTENCES)]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    (tmp_path / "item.json").write_text(ninjs().replace("2018-09-14T03:00:00Z", "9999-12-31T23:59:59Z"))
    lake = Lake(str(tmp_path / "lake"))
    ingest_paths([tmp_path / "texts.jsonl", tmp_path / "item.json"], lake, RUN)
    fold_lake(lake, FoldSettings())
    times = [(r["clock"], r["published_at"]) for r in lake.read("records").to_pylist()]
    assert times == [("seen", RUN.time)] * (len(SENTENCES) + 1)


def test_a_ready_text_of_one_sentence_is_an_article(lake: Lake) -> None:
    records = by_guid(lake, "records")
    assert records["j2"]["text"] == "Short."
    assert records["1"]["text"] == "Eine Zeile."


def test_bytes_are_found_again(lake: Lake, folder: Path) -> None:
    """``raw_file`` and ``raw_offset`` point into the files that were read: records of a WARC, lines, rows."""
    fetches = by_guid(lake, "fetches")
    lines = (folder / "texts.jsonl").read_text().splitlines()
    assert Path(fetches["j2"]["raw_file"]) == folder / "texts.jsonl"
    assert json.loads(lines[fetches["j2"]["raw_offset"]])["id"] == "j2"
    assert Path(fetches["2"]["raw_file"]) == folder / "texts.parquet"
    assert pq.read_table(folder / "texts.parquet")["id"][fetches["2"]["raw_offset"]].as_py() == 2
    rejects = by_guid(lake, "rejects")
    assert Path(rejects["j3"]["raw_file"]) == folder / "texts.jsonl"
    data = (folder / "crawl.warc.gz").read_bytes()
    for row in lake.read("articles").to_pylist():
        if row["raw_file"].endswith(".warc.gz"):
            assert data[row["raw_offset"] :].startswith(b"\x1f\x8b")


@pytest.mark.parametrize(
    ("captured", "published"),
    [
        ("2017-03-01T08:00:00Z", "2017-03-01T08:00:00+00:00"),
        ("2031-03-01T08:00:00Z", "2018-09-17T12:00:00+00:00"),  # after the run that reads it
        ("1970-01-01T00:00:00Z", "2018-09-17T12:00:00+00:00"),  # before there were pages
        ("yesterday", "2018-09-17T12:00:00+00:00"),
    ],
)
def test_a_page_that_states_no_time_was_first_seen_by_its_archive(
    tmp_path: Path, captured: str, published: str
) -> None:
    sink = io.BytesIO()
    writer = WARCWriter(sink, gzip=False)
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            "http://a.example/one", "response", payload=io.BytesIO(page("Ferry sails").encode()), http_headers=head,
            warc_headers_dict={"WARC-Date": captured},
        )
    )  # fmt: skip
    (tmp_path / "crawl.warc").write_bytes(sink.getvalue())
    ingest_paths([tmp_path / "crawl.warc"], Lake(str(tmp_path / "lake")), RUN)
    (article,) = Lake(str(tmp_path / "lake")).read("articles", ["published_at", "clock"]).to_pylist()
    assert (article["published_at"].isoformat(), article["clock"]) == (published, "seen")


def test_the_same_run_again_changes_no_byte(own: Lake, folder: Path) -> None:
    before = {p: own.storage.read(p) for p in own.storage.list("")}
    assert ingest_paths([folder], own, RUN) == own.ledger(RUN.name)
    assert {p: own.storage.read(p) for p in own.storage.list("")} == before


def test_the_same_files_in_a_later_run_add_nothing(own: Lake, folder: Path) -> None:
    ledger = ingest_paths([folder], own, Run.parse("2018-09-18T12:00:00"))
    assert (ledger["article"], ledger["exact_copy"], ledger["unchanged"], ledger["rejected"]) == (0, 0, 8, 3)


def test_a_text_that_changed_under_its_id_is_a_new_version(own: Lake, tmp_path: Path) -> None:
    changed = tmp_path / "changed.jsonl"
    changed.write_text(json.dumps({"id": "j1", "text": "One sentence about the ferry and its crew."}) + "\n")
    ledger = ingest_paths([changed], own, Run.parse("2018-09-18T12:00:00"))
    assert ledger["article"] == 1
    articles = [r for r in own.read("articles").to_pylist() if r["guid"] == "j1"]
    assert len({a["article_id"] for a in articles}) == 2
    assert {a["locator"] for a in articles} == {"j1"}


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    with pytest.raises(UsageError, match="no such file or directory"):
        ingest_paths([tmp_path / "nowhere"], lake, RUN)
    assert lake.runs() == []


def test_what_a_dead_ingest_has_staged_goes_with_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(str(tmp_path / "lake"))
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "1", "text": "One sentence about the ferry."}) + "\n")
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.run.collect.collect_run", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ingest_files([str(tmp_path / "a.jsonl")], lake.root)
    wire = f"{INTERNAL}/staging/2018-09-14T040000/wire/fetches.parquet"
    lake.storage.write(wire, b"")  # not of an ingest, and perhaps alive
    assert len(check_leftovers(lake)) == 2
    assert ingest_files([str(tmp_path / "a.jsonl")], lake.root)["ledger"]["article"] == 1
    assert lake.storage.list(f"{INTERNAL}/staging") == [wire]


_MEASURED = """
import json, random, sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from pipeline.lake import Lake
from pipeline.partition import Run
from pipeline.run.files import ingest_paths

folder, count = Path(sys.argv[1]), int(sys.argv[2])
chance = random.Random(1)
blocks = [" ".join(f"word{chance.randrange(2_000)}" for _ in range(300)) for _ in range(200)]

def rows(first):
    for n in range(first, first + count):
        yield {"id": str(n), "text": f"{n} {blocks[n % 200]}"}

with open(folder / "in.jsonl", "w") as lines:
    lines.writelines(json.dumps(row) + "\\n" for row in rows(0))
with pq.ParquetWriter(folder / "in.parquet", pa.schema({"id": pa.string(), "text": pa.string()})) as out:
    block = []
    for row in rows(count):
        block.append(row)
        if len(block) == 500:
            out.write_table(pa.Table.from_pylist(block))
            block = []
size = sum(p.stat().st_size for p in folder.glob("in.*"))
ledger = ingest_paths([folder / "in.jsonl", folder / "in.parquet"], Lake(str(folder / "lake")), Run.parse("2018-09-17T12"))
assert ledger["article"] == 2 * count, ledger
own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"size": size, "peak": own * 1024}))
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_input(tmp_path: Path) -> None:
    used = []
    # With the first almost every buffer and worker has filled; what grows much from there on, grows with the input.
    for count in (20_000, 80_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, folder, str(count)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        used.append(json.loads(done.stdout.splitlines()[-1]))
    little, much = used
    grown = much["size"] - little["size"]
    assert grown > 200 << 20
    # Ids and hashes of a run are held at once, texts are not: they would take twice their size and more.
    assert much["peak"] - little["peak"] < 0.5 * grown, used
