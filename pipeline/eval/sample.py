"""The sample wire as a corpus: it knows of every item which story it belongs to and what it is made of.

It covers what the labelled corpora lack: stories that run over days on dated pages of many sites, live files and
digests that hold stories whole, spun and padded copies.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from typing import Any

from pipeline.article import Relation
from pipeline.demo.server import DemoServer
from pipeline.eval.corpus import Corpus, LabelledPair
from pipeline.lake import Lake
from pipeline.resources import resource_dir
from pipeline.run.job import run_job

__all__ = ["sample_corpus"]

_RUN = "2018-09-17T12:00:00"
_MUCH, _MOST, _SHARED = 0.25, 0.5, 8  # Jaccard, containment, shingles (12 words): see `pipeline.fold.relate`
_DISTANT, _NOT_SEEN = 0.4, 0.25  # share of the shorter text: a distant version; one that no pair alone can tell


def sample_corpus() -> Corpus:
    """Run the job on the sample wire, and label the pairs that share text by what its truth says."""
    data = resource_dir("data")
    truth: dict[str, dict[str, Any]] = {}
    for path in sorted((data / "truth").glob("*.toml")):
        truth |= {i["at"]: i for i in tomllib.loads(path.read_text(encoding="utf-8"))["item"]}
    with tempfile.TemporaryDirectory() as folder, DemoServer(data, port=0) as server:
        os.environ["WIREFOLD_DEMO_PORT"] = str(server.port)
        run_job(str(data / "sources.toml"), folder, _RUN)
        lake = Lake(folder)
        records = {r["article_id"]: r for r in lake.read("records").to_pylist()}
        links = [x for x in lake.read("links").to_pylist() if _is_kept(x)]
    item = {i: next(truth[k] for k in _names(r) if k in truth) for i, r in records.items()}
    parents = _parents(item, links)
    labelled = [p for x in links if (p := _label(x, item, parents))]
    texts = [
        {"id": i, **{k: r[k] for k in ("text", "title", "url")}, "source": r["publisher"],
         "published_at": r["published_at"].isoformat()}
        for i, r in sorted(records.items())
    ]  # fmt: skip
    return Corpus("sample wire", tuple(texts), tuple(labelled), ())


def _is_kept(link: dict[str, Any]) -> bool:
    """Whether a pair is linked whatever is judged, so that what is fitted does not depend on what was fitted before."""
    much = max(link["containment_a"], link["containment_b"]) >= _MOST or link["jaccard"] >= _MUCH
    return bool(much or link["shared_shingles"] >= _SHARED)


def _names(record: dict[str, Any]) -> tuple[str, str, str]:
    """What the truth may call an article: its address, its guid, a version of its guid."""
    return record["url"], record["guid"], f"{record['guid']}#{record['wire_version']}"


def _strength(link: dict[str, Any]) -> float:
    return float(link["jaccard"] + 0.5 * max(link["containment_a"], link["containment_b"]))


def _parents(item: dict[str, dict[str, Any]], links: list[dict[str, Any]]) -> dict[str, str]:
    """The older text of its story that each shares most with."""
    best: dict[str, tuple[float, str]] = {}
    for x in links:
        a, b = x["article_a"], x["article_b"]
        if item[a]["story"] == item[b]["story"] and x["relation"] != Relation.EXACT.value:
            best[b] = max(best.get(b, (0.0, "")), (_strength(x), a))
    return {b: a for b, (_, a) in best.items()}


def _label(link: dict[str, Any], item: dict[str, dict[str, Any]], parents: dict[str, str]) -> LabelledPair | None:
    a, b = link["article_a"], link["article_b"]
    share = max(link["containment_a"], link["containment_b"])
    together = item[a]["story"] == item[b]["story"]
    if link["relation"] == Relation.EXACT.value or (together and share < _NOT_SEEN):
        return None
    relation = ""
    if together and parents[b] == a:
        relation = item[b].get("relation", "").replace(Relation.EXPANSION.value, Relation.EXCERPT.value)
    elif not together and (
        item[a]["story"] in item[b].get("draws_on", ()) or item[b]["story"] in item[a].get("draws_on", ())
    ):
        relation = Relation.COMPOSITE.value
    return LabelledPair(a, b, relation, together, 1 if together and share < _DISTANT else 4)
