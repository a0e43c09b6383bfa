"""``make bench``, or ``python -m tests.bench [WHAT…] [--quick]``: how fast, beside others and by itself.

WHAT is any of ``peers``, ``sketch``, ``lake``, ``history``, ``pages``; all of them by default. Seconds of processors are the
figure to go by on a machine that does other work too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from pipeline.fold.sketch import sketch
from pipeline.lake import Lake, contract, contracts, index
from tests.bench import extraction
from tests.bench.corpus import make, write
from tests.bench.history import END, build, more
from tests.bench.peers import compare

OUT = Console()
_COMMAND = """
import json, resource, sys, time
from pipeline.run.fold import fold
from pipeline.run.intake import ingest_files
start = time.process_time(), time.perf_counter()
ingest_files([sys.argv[1]], sys.argv[2], sys.argv[3])
fold(None, sys.argv[2])
print(json.dumps({"cpu": time.process_time() - start[0], "wall": time.perf_counter() - start[1],
                  "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


def peers(quick: bool) -> None:
    """Near-duplicates of one corpus, by every tool."""
    texts, words = (2_000, 160) if quick else (20_000, 300)
    table = _table(f"pairs with Jaccard >= .5 among {texts:,} texts of {words} words", "tool", "texts/s of processor",
                   "wall s", "memory MB", "recall", "precision")  # fmt: skip
    for r in compare(texts, words):
        if r.problem:
            table.add_row(r.tool, r.problem)
        else:
            table.add_row(r.tool, f"{texts / r.cpu:,.0f}", f"{r.wall:.1f}", f"{r.rss / 1e6:,.0f}", f"{r.recall:.4f}",
                          f"{r.precision:.4f}")  # fmt: skip
    OUT.print(table)


def sketches(quick: bool) -> None:
    """Text to signature and keys, on one core, tokenising included."""
    table = _table("text to signature and passage keys, one core", "words a text", "texts/s of processor")
    for words in (160, 500):
        (texts,) = make(1_000 if quick else 4_000, words)
        n = texts.num_rows
        rows = texts.rename_columns({"id": "article_id", "title": "text_hash"})
        rows = rows.append_column("article", pa.array(range(n))).combine_chunks()
        sketch(rows.slice(0, 10))
        best = min(_cpu(lambda rows=rows: sketch(rows)) for _ in range(5))
        table.add_row(f"{words}", f"{n / best:,.0f}")
    OUT.print(table)


def lake(quick: bool) -> None:
    """`wirefold ingest` and `fold` of ready texts into an empty lake, as whole commands: their start counts."""
    n, words = (5_000 if quick else 100_000), 500
    with tempfile.TemporaryDirectory() as folder:
        _compile(folder)
        write(f"{folder}/texts.parquet", make(n, words))
        ingested = _command("ingest", f"{folder}/texts.parquet", "--lake", f"{folder}/lake")
        folded = _command("fold", "--lake", f"{folder}/lake")
        size, text = _sizes(Lake(f"{folder}/lake"))
    table = _table(f"ingest and fold of {n:,} texts of {words} words", "processor s", "wall s", "memory MB",
                   "bytes an article, without its text")  # fmt: skip
    table.add_row(
        f"{ingested.cpu + folded.cpu:.1f}", f"{ingested.wall + folded.wall:.1f}",
        f"{max(ingested.rss, folded.rss) / 1e6:,.0f}", f"{(size - text) / n:,.0f}",
    )  # fmt: skip
    OUT.print(table)


def history(quick: bool) -> None:
    """What 1,000 more articles cost in a small lake and in a large one."""
    small, large = (2_000, 20_000) if quick else (10_000, 1_000_000)
    table = _table("1,000 more articles", "articles there before", "processor s", "wall s", "memory MB")
    with tempfile.TemporaryDirectory() as folder:
        _compile(folder)
        pq.write_table(more(1_000), f"{folder}/new.parquet")
        for n in (small, large):
            build(f"{folder}/{n}", n)
            spent = _ingest_and_fold(f"{folder}/new.parquet", f"{folder}/{n}", END.strftime("%Y-%m-%dT%H:%M:%S"))
            table.add_row(f"{n:,}", f"{spent['cpu']:.2f}", f"{spent['wall']:.2f}", f"{spent['rss'] / 1e6:,.0f}")
    OUT.print(table)


def _compile(folder: str) -> None:
    """What is compiled once on a machine, when texts are first folded, is no part of what is measured."""
    write(f"{folder}/first.parquet", make(200, 100))
    _command("ingest", f"{folder}/first.parquet", "--lake", f"{folder}/first", "--fold")


@dataclass(frozen=True, slots=True)
class _Spent:
    """What a command took: seconds of processors and by the clock, bytes of memory at most."""

    cpu: float
    wall: float
    rss: int


def _command(*arguments: str) -> _Spent:
    """Run ``wirefold`` in a process of its own."""
    start = time.perf_counter()
    code = "from pipeline.cli import app; app()"
    process = subprocess.Popen([sys.executable, "-c", code, *arguments, "--json"], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return _Spent(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss * 1024)


def _ingest_and_fold(texts: str, root: str, run: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND, texts, root, run], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _sizes(found: Lake) -> tuple[int, int]:
    """Bytes of all tables and of the index, and those of the columns of text."""
    size = text = 0
    for table in (c.name for c in contracts()):
        for file in found.files(table):
            size += file.bytes + (found.storage.size(index.path(file)) if table in index.INDEXED else 0)
            if "text" in contract(table).schema.names:
                metadata = pq.read_metadata(Path(found.root) / file.rel)
                groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
                columns = (group.column(i) for group in groups for i in range(metadata.num_columns))
                text += sum(c.total_compressed_size for c in columns if c.path_in_schema == "text")
    return size, text


def _cpu(work: object) -> float:
    start = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - start


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i == 0 else "right")
    return table


def pages(quick: bool) -> None:
    """WARC in, records out, against trafilatura's own loop; skipped where there are no corpora."""
    corpus = Path(os.environ.get("WIREFOLD_CORPORA", "../shared/corpora")) / "extraction"
    if not corpus.is_dir():
        OUT.print(f"pages: left out, {corpus} is not there (set WIREFOLD_CORPORA)")
        return
    extraction.run(corpus, 100 if quick else 1_200, say=OUT.print)


PARTS = {"peers": peers, "sketch": sketches, "lake": lake, "history": history, "pages": pages}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--quick", action="store_true", help="small, to see whether it works")
    options = parser.parse_args()
    for name in options.what or PARTS:
        PARTS[name](options.quick)
