"""Pandas is here for the tests of readers; an installation has none, and no command may need it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.without_pandas import WITHOUT_PANDAS

_PROGRAM = (
    WITHOUT_PANDAS
    + """
import json
from pipeline.cli import app
for command in json.load(sys.stdin):
    print("==", *command, flush=True)
    app(command, standalone_mode=False)
assert "pandas" not in sys.modules
"""
)
_TEXT = "The two Koreas opened a liaison office in the border town of Kaesong on Friday, and staff moved in at once. "


def test_every_command_on_a_lake_does_without_it(tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    rows = [{"id": str(n), "text": _TEXT * 2 + f"Officials said talks would go on for {n} days."} for n in range(3)]
    texts.write_text("".join(json.dumps(r) + "\n" for r in rows))
    page = tmp_path / "page.html"
    page.write_text(
        f"<html><head><title>Office opens</title></head><body><article><p>{_TEXT * 4}</article></body></html>"
    )
    lake = tmp_path / "lake"
    at = ["--lake", str(lake)]
    setup = [["ingest", str(texts), str(page), *at, "--fold"], ["stories", *at, "--min-articles", "1"]]
    subprocess.run(
        [sys.executable, "-c", _PROGRAM], input=json.dumps(setup), text=True, check=True, capture_output=True
    )
    a, b = sorted(p for p in _articles(lake))[:2]
    rest = [
        ["show", a, *at], ["diff", a, b, *at], ["explain", a, b, *at], ["trace", str(page), *at], ["trace", a, *at],
        ["review", *at], ["decide", a, b, "--different", *at], ["fold", *at], ["check", *at], ["compact", *at],
        ["resketch", *at], ["check", *at], ["extract", str(page)],
    ]  # fmt: skip
    told = subprocess.run([sys.executable, "-c", _PROGRAM], input=json.dumps(rest), text=True, capture_output=True)
    assert told.returncode == 0, f"{told.stdout[-500:]}\n{told.stderr[-2_000:]}"


def _articles(lake: Path) -> list[str]:
    from pipeline.lake import Lake

    return [str(i) for i in Lake(str(lake)).read("records", ["article_id"])["article_id"].to_pylist()]
