"""`check_lake` finds every kind of breach, and nothing in a sound lake."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline.lake import INTERNAL, Lake, contract
from pipeline.run.check import Finding, check_lake

DAY = "day=2018-09-17"
FILE = "2018-09-17T120000.parquet"
LEDGER = f"{INTERNAL}/runs/2018-09-17T120000.json"


def breaches(lake: Path) -> list[Finding]:
    return [f for f in check_lake(Lake(str(lake))) if f.breach]


def rewritten(lake: Path, table: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change the rows of a table the way a mistaken program would: through the front door."""
    store = Lake(str(lake))
    rows = change(store.read(table))
    with store.transaction() as tx, tx.writer(table, DAY[4:], FILE) as out:
        out.write(rows)


def smuggled(lake: Path, table: str, rows: pa.Table) -> None:
    """Put rows in place that the writer would have refused, with a manifest that fits them."""
    path = lake / table / DAY / FILE
    pq.write_table(rows, path)
    store = Lake(str(lake))
    from pipeline.lake.datafile import digest

    manifest = lake / INTERNAL / "manifests" / table / f"{DAY}.json"
    document = json.loads(manifest.read_text())
    document["files"][FILE] |= {
        "rows": rows.num_rows,
        "bytes": path.stat().st_size,
        "digest": digest(store.storage, f"{table}/{DAY}/{FILE}"),
    }
    manifest.write_text(json.dumps(document))


def edited(lake: Path, rel: str, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads((lake / rel).read_text())
    change(document)
    (lake / rel).write_text(json.dumps(document))


def value(table: pa.Table, column: str, row: int, new: Any) -> pa.Table:
    at = table.schema.get_field_index(column)
    values = table[column].to_pylist()
    values[row] = new
    return table.set_column(at, table.schema.field(at), pa.array(values, table.schema.field(at).type))


def flip_a_byte(lake: Path) -> None:
    path = lake / "records" / DAY / FILE
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def orphan_record(lake: Path) -> None:
    rewritten(lake, "articles", lambda t: t.slice(1))


def no_record(lake: Path) -> None:
    rewritten(lake, "records", lambda t: t.filter(pc.invert(pc.equal(t["article_id"], t["article_id"][0]))))


def two_canonical(lake: Path) -> None:
    def change(t: pa.Table) -> pa.Table:
        story = next(i for i, c in enumerate(t["is_canonical"].to_pylist()) if not c)
        return value(t, "is_canonical", story, True)

    rewritten(lake, "records", change)


def lost_source(lake: Path) -> None:
    edited(lake, LEDGER, lambda d: d["sources"].pop("worldpages"))


def moved_count(lake: Path) -> None:
    def change(d: dict[str, Any]) -> None:  # still adds up, but is not what the tables say
        for entry in (d, d["sources"]["daily-flash"]):
            entry["article"] -= 1
            entry["unchanged"] += 1

    edited(lake, LEDGER, change)


def other_reason(lake: Path) -> None:
    def change(d: dict[str, Any]) -> None:
        for entry in (d, d["sources"]["hanriver-post"]):
            entry["reasons"]["timeout"] = entry["reasons"].pop("gone")

    edited(lake, LEDGER, change)


def raw_gone(lake: Path) -> None:
    next((lake / "raw" / DAY).glob("*cape-observer*")).unlink()


CASES: list[tuple[str, Callable[[Path], object], str, str]] = [
    ("a byte flipped", flip_a_byte, "file", "other bytes than when"),
    ("a file deleted", lambda lake: (lake / "links" / DAY / FILE).unlink(), "file", "is missing"),
    ("a file cut", lambda lake: (lake / "stories" / DAY / FILE).write_bytes(b"PAR1"), "file", "bytes instead of"),
    ("a stray file", lambda lake: (lake / "records" / DAY / "copy.parquet").write_bytes(b"x"), "file", "no manifest names it"),
    ("a broken manifest", lambda lake: (lake / INTERNAL / "manifests/links" / f"{DAY}.json").write_text("{"), "file", "is damaged"),
    ("a manifest edited", lambda lake: edited(lake, f"{INTERNAL}/manifests/links/{DAY}.json", lambda d: d["files"][FILE].update(rows=1)), "file", "rows instead of 1"),
    ("raw bytes deleted", raw_gone, "file", "fetches point into it"),
    ("a ledger deleted", lambda lake: (lake / LEDGER).unlink(), "ledger", "no readable ledger"),
    ("a ledger damaged", lambda lake: (lake / LEDGER).write_text("[]"), "ledger", "is damaged"),
    ("a total edited", lambda lake: edited(lake, LEDGER, lambda d: d.update(discovered=7)), "ledger", "accounted for"),
    ("a source edited", lambda lake: edited(lake, LEDGER, lambda d: d["sources"]["worldpages"].update(article=0)), "ledger", "source worldpages"),
    ("a source lost", lost_source, "ledger", "does not mention source worldpages"),
    ("a count moved", moved_count, "ledger", "rows of articles by the ledger"),
    ("a reason changed", other_reason, "ledger", "gone in rejects"),
    ("a key twice", lambda lake: rewritten(lake, "links", lambda t: pa.concat_tables([t, t.slice(0, 1)])), "contract", "share the key article_a, article_b"),
    ("another version", lambda lake: edited(lake, f"{INTERNAL}/manifests/links/{DAY}.json", lambda d: d["files"][FILE].update(contract="0.9.0")), "contract", "version 0.9.0 of its contract, which is now"),
    ("a column missing", lambda lake: smuggled(lake, "links", Lake(str(lake)).read("links").drop_columns(["reasons"])), "contract", "reasons is missing"),
    ("a column of another type", lambda lake: smuggled(lake, "stories", value(Lake(str(lake)).read("stories"), "articles", 0, 1).cast(pa.schema([f.with_type(pa.int64()) if f.name == "articles" else f for f in contract("stories").schema]))), "contract", "articles is int64"),
    ("a value not allowed", lambda lake: smuggled(lake, "records", value(Lake(str(lake)).read("records"), "clock", 0, "sundial")), "contract", "clock holds a value that is not allowed"),
    ("a record without article", orphan_record, "reference", "article that does not exist"),
    ("an article without record", no_record, "reference", "articles have no record"),
    ("a link to nowhere", lambda lake: rewritten(lake, "links", lambda t: value(t, "article_b", 0, "nowhere")), "reference", "article_b names an article that does not exist"),
    ("a story lost", lambda lake: rewritten(lake, "stories", lambda t: t.slice(1)), "reference", "story_id names a story that does not exist"),
    ("two canonical articles", two_canonical, "reference", "exactly one canonical article"),
    ("another canonical article", lambda lake: rewritten(lake, "stories", lambda t: value(t, "canonical_article_id", 0, t["canonical_article_id"][1].as_py())), "reference", "canonical articles are not"),
    ("merged into nothing", lambda lake: rewritten(lake, "stories", lambda t: value(t, "merged_into", 0, "snowhere")), "reference", "merged_into names a story"),
    ("a story that miscounts", lambda lake: rewritten(lake, "stories", lambda t: value(t, "articles", 0, 99)), "reference", "miscount their articles"),
]  # fmt: skip


def test_a_sound_lake(sample_lake: str) -> None:
    assert check_lake(Lake(sample_lake)) == []


@pytest.mark.parametrize(("damage", "area", "what"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_breach(own_lake: Path, damage: Callable[[Path], object], area: str, what: str) -> None:
    damage(own_lake)
    found = breaches(own_lake)
    assert any(f.area == area and what in f.what for f in found), found


def test_leftovers_are_notes(own_lake: Path) -> None:
    for rel in (
        f"{INTERNAL}/tx/abc/articles/x.parquet",
        f"{INTERNAL}/staging/2018-09-18T000000/run.json",
        f"{INTERNAL}/journal.json",
    ):
        (own_lake / rel).parent.mkdir(parents=True, exist_ok=True)
        (own_lake / rel).write_text("{}")
    found = check_lake(Lake(str(own_lake)))
    assert {f.area for f in found} == {"leftover"}
    assert len(found) == 3
    assert not any(f.breach for f in found)


def test_articles_that_wait_for_a_fold_are_a_note(tmp_path: Path) -> None:
    from pipeline.partition import Run
    from pipeline.run.files import ingest_paths

    (tmp_path / "texts.jsonl").write_text(
        json.dumps({"id": "1", "text": "Twelve people met in the border city on Friday."}) + "\n"
    )
    lake = Lake(str(tmp_path / "lake"))
    ingest_paths([tmp_path / "texts.jsonl"], lake, Run.parse("2018-09-17T12:00:00"))
    (found,) = check_lake(lake)
    assert (found.breach, found.what) == (False, "1 row waits for `wirefold fold`")


@pytest.mark.parametrize("share", [0.05, 0.2, 0.35, 0.6, 0.8, 0.95])
def test_a_flipped_byte_is_a_finding_wherever_it_is(own_lake: Path, share: float) -> None:
    path = own_lake / "records" / DAY / FILE
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 0x80
    path.write_bytes(data)
    assert any(f.breach and "other bytes" in f.what for f in check_lake(Lake(str(own_lake))))
