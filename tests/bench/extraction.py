"""WARC in, records out: pages per second against a loop over trafilatura, and against datatrove's pipeline.

All three read the same archives in the same run, each in processes of its own. Two figures for each: by the clock, which
is what a person waits for, and by processor time, which other work on the machine disturbs less. Machines are faster at
times: we run before and after each of the others, and it is compared with the mean of these two.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.without_pandas import WITHOUT_PANDAS

__all__ = ["Speed", "run"]

_PEER = ("datatrove[io,processing]==0.10.1", "xxhash<4", "spacy")  # its hash fails with xxhash 4

_PLAIN = """
import json, logging, sys
logging.disable(logging.CRITICAL)
import trafilatura
from fastwarc import ArchiveIterator, WarcRecordType
texts = 0
for path in sys.argv[1:]:
    for record in ArchiveIterator(open(path, "rb"), record_types=WarcRecordType.response):
        found = trafilatura.bare_extraction(
            record.reader.read(), url=record.headers["WARC-Target-URI"], with_metadata=True
        )
        texts += found is not None
print(json.dumps({"texts": texts}))
"""
_OURS = (
    WITHOUT_PANDAS
    + """
import contextlib, io, json, sys, tempfile, threading, time
from pathlib import Path
peak = 0
def watch():  # the kernel's own maximum for children counts what the parent held when they were forked
    global peak
    while True:
        for children in Path("/proc/self/task").glob("*/children"):
            for pid in children.read_text().split():
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                    peak = max(peak, *(int(x.split()[1]) for x in status.splitlines() if x.startswith("VmRSS")))
                except (OSError, TypeError, ValueError):
                    continue
        time.sleep(0.5)
if __name__ == "__main__":
    threading.Thread(target=watch, daemon=True).start()
    from pipeline.cli import app
    with tempfile.TemporaryDirectory() as lake, contextlib.redirect_stdout(io.StringIO()) as said:
        app(["ingest", *sys.argv[1:], "--lake", lake, "--fold", "--json"], standalone_mode=False)
    ledger, fold = (json.loads(said.getvalue())[key] for key in ("ledger", "fold"))
    texts = ledger["discovered"] - ledger["rejected"]  # with those that are records already
    print(json.dumps({"texts": texts, "records": fold["records"], "worker_mb": peak / 1024}))
"""
)
_DATATROVE = """
import json, sys, tempfile
from pathlib import Path
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import ParquetReader, WarcReader
from datatrove.pipeline.writers import ParquetWriter
if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as out:
        how = MinhashConfig()
        steps = [
            (2, [WarcReader(str(Path(sys.argv[1]).parent), glob_pattern="*.warc.gz"), Trafilatura(),
                 ParquetWriter(f"{out}/texts"), MinhashDedupSignature(f"{out}/signatures", config=how)]),
            (how.num_buckets, [MinhashDedupBuckets(f"{out}/signatures", f"{out}/buckets", config=how)]),
            (1, [MinhashDedupCluster(f"{out}/buckets", f"{out}/removed", config=how)]),
            (2, [ParquetReader(f"{out}/texts"), MinhashDedupFilter(f"{out}/removed"), ParquetWriter(f"{out}/records")]),
        ]
        done = [LocalPipelineExecutor(step, tasks=tasks, workers=2, logging_dir=f"{out}/logs-{n}").run()
                for n, (tasks, step) in enumerate(steps)]
        texts, records = (done[n].stats[m].stats["forwarded"].total for n, m in ((0, 1), (3, 1)))
        print(json.dumps({"texts": texts, "records": records}))
"""


class Speed(NamedTuple):
    """What one way of doing it took.

    Attributes:
        texts: Pages that gave a text.
        records: Of them, those that were written; None where nothing is left out.
        seconds: By the clock.
        cpu: Processor seconds of it and its processes; 0 for datatrove, whose workers belong to a server.
        worker_mb: The most memory that one worker held; None where it was not measured.
    """

    texts: int
    seconds: float
    cpu: float
    records: int | None = None
    worker_mb: float | None = None


def run(
    corpus: Path,
    pages: int = 1_200,
    peer: str | None = None,
    rounds: int = 1,
    say: Callable[[str], None] = print,
) -> dict[str, list[Speed]]:
    """Measure all, and say the results as ratios.

    Args:
        corpus: Folder with ``html/*.html.gz`` and ``truth.json`` (id -> url).
        pages: More than the corpus has are editions of the same, each without other paragraphs.
        peer: A Python that has datatrove; None leaves it out.
        rounds: How often each of the others is measured; the median of its ratios counts.
        say: Takes a line for a person.
    """
    with tempfile.TemporaryDirectory() as folder:
        archives = _archives(corpus, pages, Path(folder))
        ways = {"wirefold": [sys.executable, "-c", _OURS], "trafilatura": [sys.executable, "-c", _PLAIN]}
        if peer:
            ways["datatrove"] = [peer, "-c", _DATATROVE]
        _measure([*ways["wirefold"], *_archives(corpus, 8, Path(folder, "first"))])  # what is compiled once, is
        found: dict[str, list[Speed]] = {name: [] for name in ways}
        others = [name for name in ways if name != "wirefold"] * rounds
        for name in ["wirefold", *(n for other in others for n in (other, "wirefold"))]:
            speed = _measure([*ways[name], *archives])
            if name == "datatrove":
                speed = speed._replace(cpu=0.0)
            found[name].append(speed)
            say(_line(name, speed, pages))
    ours = found["wirefold"]
    ratios: dict[str, list[float]] = {name: [] for name in others}
    for n, name in enumerate(others):
        near = (ours[n].seconds + ours[n + 1].seconds) / 2
        ratios[name].append(found[name][n // len(ratios)].seconds / near)
    for name, each in ratios.items():
        say(f"wirefold is {_shown(each)} times as fast as {name} by the clock")
    share = sum(s.cpu for s in ours) / len(ours) / (sum(s.cpu for s in found["trafilatura"]) / rounds)
    say(f"and takes {share:.2f} of the processor time of trafilatura")
    return found


def _line(name: str, speed: Speed, pages: int) -> str:
    memory = f", {speed.worker_mb:.0f} MB a worker at most" if speed.worker_mb else ""
    records = f", {speed.records:,} records" if speed.records is not None else ""
    processor = f"  {1_000 * speed.cpu / pages:5.1f} ms of processor a page" if speed.cpu else ""
    return (
        f"{name:12} {speed.texts:6,} texts of {pages:,} pages{records}  {pages / speed.seconds:6.1f} pages/s"
        f"{processor}{memory}"
    )


def _shown(ratios: list[float]) -> str:
    return f"{median(ratios):.2f}" + (f" ({min(ratios):.2f} to {max(ratios):.2f})" if len(ratios) > 1 else "")


def _measure(command: list[str]) -> Speed:
    before, start = os.times(), datetime.now(UTC)
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    seconds, after = (datetime.now(UTC) - start).total_seconds(), os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Speed(**json.loads(done.stdout.splitlines()[-1]), seconds=seconds, cpu=cpu)


def _archives(corpus: Path, pages: int, folder: Path) -> list[str]:
    """Two archives with the pages by turns."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{n}.warc.gz" for n in range(2)]
    files = [path.open("wb") for path in paths]
    writers = [WARCWriter(file, gzip=True) for file in files]
    for n, (url, body) in zip(range(pages), _editions(corpus), strict=False):
        head = [("Content-Type", "text/html"), ("Content-Length", str(len(body)))]
        record = writers[n % 2].create_warc_record(
            url, "response", payload=io.BytesIO(body), length=len(body),
            http_headers=StatusAndHeaders("200 OK", head, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": f"{datetime(2024, 1, 15, tzinfo=UTC) + timedelta(seconds=n):%Y-%m-%dT%H:%M:%SZ}"},
        )  # fmt: skip
        writers[n % 2].write_record(record)
    for file in files:
        file.close()
    return [str(path) for path in paths]


def _editions(corpus: Path) -> Iterator[tuple[str, bytes]]:
    truth = json.loads((corpus / "truth.json").read_text())
    edition = 0
    while True:
        for name in sorted(truth):
            body = gzip.decompress((corpus / "html" / f"{name}.html.gz").read_bytes())
            yield f"{truth[name]['url']}?edition={edition}", _cut(body, edition) if edition else body
        edition += 1


def _cut(body: bytes, edition: int) -> bytes:
    """The page without every sixth paragraph, another one in each edition."""
    parts = re.split(rb"(?s)(<p[ >].*?</p>)", body)
    return b"".join(part for n, part in enumerate(parts) if n % 2 == 0 or (n // 2) % 6 != edition % 6)


def _peer(folder: Path) -> str:
    """A Python with datatrove, installed into an environment of its own unless that has been done."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "uv", "venv", str(folder)], check=True)
        subprocess.run(
            [sys.executable, "-m", "uv", "pip", "install", "--compile-bytecode", "--python", str(python), *_PEER],
            check=True,
        )
    return str(python)


def main() -> None:
    """``python -m tests.bench.extraction [--pages N] [--rounds N] [--datatrove FOLDER]``"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1_200)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--datatrove", type=Path, metavar="FOLDER", help="environment of its own; made if not there")
    args = parser.parse_args()
    corpora = os.environ.get("WIREFOLD_CORPORA")
    if not corpora:
        sys.exit("set WIREFOLD_CORPORA to the folder with the corpus `extraction`")
    run(Path(corpora) / "extraction", args.pages, _peer(args.datatrove) if args.datatrove else None, args.rounds)


if __name__ == "__main__":
    main()
