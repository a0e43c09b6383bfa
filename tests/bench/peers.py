"""Other tools side by side with this one, each in an environment of its own below ``.wirefold/bench``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from tests.bench.corpus import make
from tests.bench.workers import THRESHOLD, TOOLS, Pairs, read, shingles

__all__ = ["PEERS", "Result", "compare"]

HOME = Path(".wirefold/bench")
PEERS = {
    "datasketch": ("datasketch==2.0.0",),
    "rensa": ("rensa==0.5.0",),
    "gaoya": ("gaoya==0.2.2",),
    "text-dedup": ("text-dedup==0.4.0",),
    "datatrove": ("datatrove[processing]==0.10.1", "spacy==3.8.18"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool did.

    Attributes:
        wall, cpu: Seconds. rss: largest process, bytes.
        recall, precision: Of the pairs with Jaccard of one half and more, against all of them counted exactly.
        problem: Why there is no more to tell.
    """

    tool: str
    wall: float = 0.0
    cpu: float = 0.0
    rss: int = 0
    recall: float = 0.0
    precision: float = 0.0
    problem: str = ""


def compare(texts: int, words: int) -> list[Result]:
    """Let every tool find the near-duplicates of one made-up corpus."""
    HOME.mkdir(parents=True, exist_ok=True)
    source = HOME / "texts.jsonl"
    with source.open("w", encoding="utf-8") as out:
        for table in make(texts, words):
            out.writelines(json.dumps({"text": t}) + "\n" for t in table["text"].to_pylist())
    truth = exact_pairs(list(read(str(source))))
    return [_measured(tool, source, truth) for tool in TOOLS]


def exact_pairs(texts: list[str]) -> Pairs:
    """All pairs with enough in common, by counting every shingle that two texts share."""
    sets = [shingles(t) for t in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    for i, found in enumerate(sets):
        for shingle in found:
            holders[shingle].append(i)
    shared = Counter(pair for ids in holders.values() if len(ids) > 1 for pair in combinations(ids, 2))
    return {(a, b) for (a, b), n in shared.items() if n >= THRESHOLD * (len(sets[a]) + len(sets[b]) - n)}


def _measured(tool: str, source: Path, truth: Pairs) -> Result:
    target = HOME / f"{tool}.tsv"
    try:
        python = sys.executable if tool == "wirefold" else _python(tool)
    except subprocess.CalledProcessError as e:
        return Result(tool, problem=f"cannot be installed: {_last_line(e.stderr)}")
    worker = Path(__file__).with_name("workers.py")
    process = subprocess.Popen(
        [python, str(worker), tool, str(source), str(target)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": os.getcwd() if tool == "wirefold" else ""},
    )  # fmt: skip
    out, err = process.communicate()
    if process.returncode:
        return Result(tool, problem=f"failed: {_last_line(err)}")
    report = json.loads(out.splitlines()[-1])
    lines = (line.split("\t") for line in target.read_text().splitlines())
    found = {(int(a), int(b)) for a, b in lines}
    good = len(found & truth)
    return Result(
        tool, report["wall"], report["cpu"], report["rss"], good / len(truth), good / len(found) if found else 0.0
    )


def _python(tool: str) -> str:
    """The Python of a tool's environment, which is made when it is not there."""
    home = HOME / tool
    python = home / "bin" / "python"
    done = home / ".installed"
    wanted = "\n".join(PEERS[tool])
    if not done.exists() or done.read_text() != wanted:
        for command in (
            [sys.executable, "-m", "venv", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS[tool]],
        ):
            subprocess.run(command, check=True, capture_output=True, text=True)
        done.write_text(wanted)
    return str(python)


def _last_line(text: str | None) -> str:
    lines = (text or "").strip().splitlines()
    return lines[-1][:120] if lines else "it did not say why"
