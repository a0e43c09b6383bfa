"""One tool finds the near-duplicates of one corpus. Run as a script, with the Python of the tool's own environment.

    python workers.py TOOL TEXTS.jsonl PAIRS.tsv

Writes the pairs that the tool holds for near-duplicates (Jaccard over sets of word 5-shingles of at least one half, by
its own estimate), as row numbers; prints seconds of wall clock and of all its processors, without imports and reading.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

THRESHOLD = 0.5
Pairs = set[tuple[int, int]]
Work = Callable[[list[str]], Pairs]


def shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}


def wirefold() -> Work:
    import numpy as np
    import pyarrow as pa

    from pipeline.engines.duckdb import engine
    from pipeline.fold.candidates import Side, candidates
    from pipeline.fold.sketch import SketchContract, key_table, sketch
    from pipeline.fold.texts import Texts
    from pipeline.fold.verify import verify
    from pipeline.run.forms import forms

    def work(texts: list[str]) -> Pairs:
        made = forms(pa.array(texts, pa.string()))
        n = len(texts)
        rows = pa.table(
            {
                "article": pa.array(np.arange(n)),
                "article_id": pa.array([str(i) for i in range(n)]),
                "text_hash": pa.array(made.hashes),
                "published_at": pa.array(np.zeros(n, "datetime64[us]")).cast(pa.timestamp("us", tz="UTC")),
                "text": made.texts,
            }
        )
        how = SketchContract()
        sketches = sketch(rows, how)
        with engine() as con:
            sides = []
            for name, part, keys in (("new", sketches.rows, [sketches.keys]), ("old", sketches.rows.slice(0, 0), [])):
                members = con.create_table(f"{name}_m", part.select(["article", "text_hash", "published_at"]))
                sides.append(Side(members, con.create_table(f"{name}_k", key_table(0, keys))))
            found = candidates(con, sides[0], sides[1], 0, 200)
        left, right = (found[c].to_numpy().astype(np.int32) for c in ("left", "right"))
        evidence = verify(Texts.of(pa.chunked_array([made.texts]), how), left, right)
        shared = evidence["shared"]
        same = shared >= THRESHOLD * (evidence["shingles_a"] + evidence["shingles_b"] - shared)
        pairs = {(int(a), int(b)) for a, b in zip(left[same], right[same], strict=True)}
        return through_copies(pairs, made.hashes)

    work([" ".join(f"w{i}" for i in range(50))] * 2)  # compiles, or loads what was compiled
    return work


def through_copies(pairs: Pairs, hashes: list[str]) -> Pairs:
    """Pairs of representatives as pairs of all that have these texts, and the pairs of equal texts."""
    holders: dict[str, list[int]] = {}
    for i, h in enumerate(hashes):
        holders.setdefault(h, []).append(i)
    kinds = {(hashes[a], hashes[b]) for a, b in pairs} | {(h, h) for h, ids in holders.items() if len(ids) > 1}
    return {(min(a, b), max(a, b)) for x, y in kinds for a in holders[x] for b in holders[y] if a != b}


def within_groups(ties: Pairs) -> Pairs:
    """All pairs of the groups that ties close to, for tools that give groups."""
    parents: dict[int, int] = {}

    def root(i: int) -> int:
        while (up := parents.setdefault(i, i)) != i:
            parents[i] = parents.get(up, up)
            i = up
        return i

    for a, b in ties:
        parents[root(a)] = root(b)
    groups: dict[int, list[int]] = {}
    for i in list(parents):
        groups.setdefault(root(i), []).append(i)
    return {pair for ids in groups.values() for pair in combinations(sorted(ids), 2)}


def datasketch() -> Work:
    from datasketch import MinHash, MinHashLSH

    def work(texts: list[str]) -> Pairs:
        index = MinHashLSH(threshold=THRESHOLD, num_perm=128)
        made = []
        pairs = set()
        for i, text in enumerate(texts):
            minhash = MinHash(num_perm=128)
            minhash.update_batch([s.encode() for s in shingles(text)])
            made.append(minhash)
            pairs |= {(i, j) for j in index.query(minhash) if minhash.jaccard(made[j]) >= THRESHOLD}
            index.insert(i, minhash)
        return pairs

    return work


def rensa() -> Work:
    from rensa import RMinHash, RMinHashLSH

    def work(texts: list[str]) -> Pairs:
        index = RMinHashLSH(threshold=THRESHOLD, num_perm=128, num_bands=32)
        made = []
        pairs = set()
        for i, text in enumerate(texts):
            minhash = RMinHash(num_perm=128, seed=42)
            minhash.update(list(shingles(text)))
            made.append(minhash)
            pairs |= {(i, j) for j in index.query(minhash) if minhash.jaccard(made[j]) >= THRESHOLD}
            index.insert(i, minhash)
        return pairs

    return work


def gaoya() -> Work:
    from gaoya.minhash import MinHashStringIndex

    def work(texts: list[str]) -> Pairs:
        index = MinHashStringIndex(32, THRESHOLD, 32, 4, None, "word", True, (5, 5))
        index.par_bulk_insert_docs(list(range(len(texts))), texts)
        return {(i, j) for i, found in enumerate(index.par_bulk_query(texts)) for j in found if i != j}

    return work


def text_dedup() -> Work:
    import pickle
    import subprocess

    def work(texts: list[str]) -> Pairs:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "texts.jsonl"
            source.write_text("".join(json.dumps({"text": t}) + "\n" for t in texts))
            subprocess.run(
                [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", str(source), "--split",
                 "train", "--cache_dir", f"{folder}/cache", "--output", f"{folder}/out", "--column", "text", "--ngram",
                 "5", "--num_perm", "128", "--threshold", str(THRESHOLD), "--min_length", "1", "--hash_func", "xxh3",
                 "--batch_size", "1000", "--debug"],
                check=True, capture_output=True, env={**os.environ, "HF_HOME": f"{folder}/home"},
            )  # fmt: skip
            with open(f"{folder}/out/uf.pkl", "rb") as f:
                parents = pickle.load(f).parent
        return within_groups(set(parents.items()))

    return work


def datatrove() -> Work:
    import struct

    from datatrove.data import Document
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets, MinhashDedupSignature

    def work(texts: list[str]) -> Pairs:
        config = MinhashConfig(n_grams=5, num_buckets=32, hashes_per_bucket=4)
        with tempfile.TemporaryDirectory() as folder:
            documents = [Document(text=t, id=str(i)) for i, t in enumerate(texts)]
            for step in (
                [documents, MinhashDedupSignature(f"{folder}/signatures", config=config)],
                [MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)],
            ):
                tasks = 1 if step[0] is documents else config.num_buckets
                LocalPipelineExecutor(step, tasks=tasks, workers=1, logging_dir=f"{folder}/logs-{len(step)}").run()
            pairs = set()
            for file in Path(folder, "buckets").glob("*.dups"):
                pairs |= {(a, b) for _, a, _, b in struct.iter_unpack("<4I", file.read_bytes())}
        return within_groups(pairs)

    return work


TOOLS: dict[str, Callable[[], Work]] = {
    "wirefold": wirefold,
    "datasketch": datasketch,
    "rensa": rensa,
    "gaoya": gaoya,
    "text-dedup": text_dedup,
    "datatrove": datatrove,
}


def read(path: str) -> Iterator[str]:
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def processors() -> float:
    """Seconds that this process and those it waited for have computed."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system


def memory() -> int:
    """Bytes of the largest of this process and those it waited for, at their largest.

    From /proc where there is one: elsewhere a process is said to be as large as the one that started it was.
    """
    status = Path("/proc/self/status")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if status.exists():
        own = int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024


def main() -> None:
    tool, source, target = sys.argv[1:]
    texts = list(read(source))
    work = TOOLS[tool]()
    wall, cpu = time.perf_counter(), processors()
    pairs = {(min(p), max(p)) for p in work(texts)}
    spent = {
        "wall": time.perf_counter() - wall,
        "cpu": processors() - cpu,
        "rss": memory(),
    }
    Path(target).write_text("".join(f"{a}\t{b}\n" for a, b in sorted(pairs)))
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
