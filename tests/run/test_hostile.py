"""A run over a site that means harm, through real HTTP: one clear reason for each item, and nobody else suffers."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.lake import Lake
from pipeline.run.check import check_lake

ROOT = Path(__file__).parents[2]
TEXT = "".join(
    f"<p>Clerk number {n} counted the boats in the harbour and wrote the figure {n} into the book.</p>"
    for n in range(8)
)
GOOD = f"<html lang=en><head><title>Boats</title></head><body><article><h1>Boats</h1>{TEXT}</article></body></html>"
NITF = "<nitf><head><title>t</title></head><body><body.content><p>{}</p></body.content></body></nitf>"
BOMB = '<!DOCTYPE nitf [<!ENTITY a "' + "ha" * 50 + '">' + "".join(
    f'<!ENTITY {new} "{"&" + old + ";" * 1}{("&" + old + ";") * 9}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip
ENTRIES = 10_000
LIMIT = 300  # of the long feed
MEGABYTES = 50

Answer = Callable[[BaseHTTPRequestHandler], None]


def page(body: bytes | str, kind: str = "text/html; charset=utf-8", **headers: str) -> Answer:
    data = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Fifty megabytes without saying so before."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    for _ in range(MEGABYTES):
        handler.wfile.write(b"<p>more</p>" * 95_325)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte every tenth of a second, for as long as anybody listens."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    for _ in range(3_000):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(30)


def redirect(to: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


HOST = "http://evil.example"
# What is asked for: the address in the feed, the answer, the reason that it is rejected for (None: it is an article).
CASES: list[tuple[str, Answer | None, str | None]] = [
    (f"{HOST}/large", page(b"<p>x</p>" * (MEGABYTES * 131_072)), "too_large"),
    (f"{HOST}/endless", endless, "too_large"),
    (f"{HOST}/bomb", page(gzip.compress(bytes(200 << 20)), Content_Encoding="gzip"), "decompression_bomb"),
    (f"{HOST}/divs", page("<html><body>" + "<div>" * 100_000 + TEXT + "</div>" * 100_000), "too_complex"),
    (f"{HOST}/entity", page('<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + NITF.format("&x;"), "text/xml"), "unsafe_markup"),
    (f"{HOST}/laughs", page(BOMB + NITF.format("&i;"), "text/xml"), "unsafe_markup"),
    (f"{HOST}/drip", drip, "timeout"),
    (f"{HOST}/silent", silent, "timeout"),
    (f"{HOST}/inwards", redirect("http://10.0.0.1/admin"), "blocked_address"),
    (f"{HOST}/to-a-file", redirect("file:///etc/passwd"), "bad_url"),
    ("http://127.0.0.1:1/", None, "blocked_address"),
    ("http://[::1]/", None, "blocked_address"),
    ("http://2130706433/", None, "blocked_address"),
    ("http://192.168.0.1/router", None, "blocked_address"),
    ("file:///etc/passwd", None, "bad_url"),
    ("gopher://evil.example/x", None, "bad_url"),
    (f"{HOST}/good", page(GOOD), None),
]  # fmt: skip


def feed(links: list[str]) -> str:
    items = "".join(f"<item><title>Item {n}</title><link>{url}</link></item>" for n, url in enumerate(links))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{items}</channel></rss>'


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The site, and beside it a decent one and one with a feed of ten thousand entries."""
    answers: dict[str, Answer] = {url.removeprefix(HOST): answer for url, answer, _ in CASES if answer}
    answers["/evil.xml"] = page(feed([url for url, *_ in CASES]), "application/rss+xml")
    answers["/long.xml"] = page(feed([f"http://long.example/{n}" for n in range(ENTRIES)]), "application/rss+xml")
    answers["/decent.xml"] = page(feed([f"http://decent.example/story/{n}" for n in range(3)]), "application/rss+xml")
    answers["/laughs.xml"] = page(BOMB + feed([f"{HOST}/good"]).partition("?>")[2], "application/rss+xml")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = (self.headers["Host"] or "").partition(":")[0]
            answer = answers.get(self.path)
            if host == "decent.example" and self.path.startswith("/story/"):
                answer = page(
                    GOOD.replace("Boats", f"Boats {self.path[-1]}").replace("Clerk", f"Clerk {self.path[-1]}")
                )
            elif host == "long.example" and self.path[1:].isdigit():
                answer = page("<html><body></body></html>")
            try:
                if answer:
                    answer(self)
                else:
                    self.send_error(404)
            except OSError:
                self.close_connection = True

        def log_message(self, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None: ...  # clients hang up on purpose

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


_RUN = """
import json, resource, sys
from pipeline.run.job import run_job
if __name__ == "__main__":
    result = run_job(sys.argv[1], sys.argv[2], "2018-09-17T12:00:00")
    # a process that was started by a large one has that one's ru_maxrss: the kernel's own mark is of this program alone
    own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
    peaks = [own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]
    print(json.dumps({"result": result, "peaks": [kb * 1024 for kb in peaks]}))
"""


@pytest.fixture(scope="module")
def run(port: int, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("hostile")
    config = f"""
        [fetch]
        delay = 0.0
        retries = 0
        timeout = 2.0
        total_timeout = 3.0
        [fetch.hosts]
        "*.example" = "127.0.0.1:{port}"
        [extract]
        workers = 1
        [[source]]
        name = "evil"
        kind = "feed"
        url = "http://evil.example/evil.xml"
        [[source]]
        name = "laughs"
        kind = "feed"
        url = "http://laughs.example/laughs.xml"
        [[source]]
        name = "long"
        kind = "feed"
        url = "http://long.example/long.xml"
        limit = {LIMIT}
        [[source]]
        name = "decent"
        kind = "feed"
        url = "http://decent.example/decent.xml"
    """
    (folder / "sources.toml").write_text(config)
    done = subprocess.run(
        [sys.executable, "-c", _RUN, folder / "sources.toml", folder / "lake"],
        cwd=ROOT, capture_output=True, text=True, timeout=240, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Lake(str(folder / "lake")), json.loads(done.stdout.splitlines()[-1])


@pytest.mark.timeout(280)
class TestHostile:
    def test_the_ledger_balances(self, run: tuple[Lake, dict[str, Any]]) -> None:
        lake, said = run
        assert said["result"]["ledger"]["balanced"]
        assert said["result"]["failed"] == {}
        assert check_lake(lake) == []

    @pytest.mark.parametrize(("url", "reason"), [(url, reason) for url, _, reason in CASES])
    def test_reason(self, run: tuple[Lake, dict[str, Any]], url: str, reason: str | None) -> None:
        (fetch,) = (f for f in run[0].read("fetches").to_pylist() if f["source"] == "evil" and f["url"] == url)
        assert fetch["reason"] == reason
        assert fetch["outcome"] == ("rejected" if reason else "article")
        if reason:
            (reject,) = (r for r in run[0].read("rejects").to_pylist() if r["source"] == "evil" and r["url"] == url)
            assert 0 < len(reject["detail"]) <= 300
            assert "\n" not in reject["detail"]

    def test_a_feed_that_is_a_bomb_is_down_and_nothing_else(self, run: tuple[Lake, dict[str, Any]]) -> None:
        ledger = run[1]["result"]["ledger"]
        assert ledger["down"] == ["laughs"]
        assert "entities" in ledger["sources"]["laughs"]["down"]

    def test_a_long_feed_is_cut_at_its_limit(self, run: tuple[Lake, dict[str, Any]]) -> None:
        entry = run[1]["result"]["ledger"]["sources"]["long"]
        assert (entry["discovered"], entry["rejected"]) == (LIMIT, LIMIT)

    def test_others_are_not_affected(self, run: tuple[Lake, dict[str, Any]]) -> None:
        entry = run[1]["result"]["ledger"]["sources"]["decent"]
        assert (entry["discovered"], entry["article"]) == (3, 3)

    def test_memory_is_bounded(self, run: tuple[Lake, dict[str, Any]]) -> None:
        """The pages unfold to 350 MB and more; a run needs about 450 MB for its libraries."""
        own, worker = run[1]["peaks"]
        assert own < 900 << 20
        assert worker < 1_100 << 20

    def test_nothing_of_this_machine_is_in_the_lake(self, run: tuple[Lake, dict[str, Any]]) -> None:
        secret = Path("/etc/passwd").read_text().splitlines()[0]
        for table in ("articles", "rejects", "records"):
            assert secret not in str(run[0].read(table).to_pylist())
