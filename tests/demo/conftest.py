"""One demo server for all tests of this folder, and a client that speaks to it over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest

from pipeline.demo.content import Site, load_sites
from pipeline.demo.server import DemoServer
from pipeline.resources import resource_dir

Get = Callable[..., httpx2.Response]


@pytest.fixture(scope="session")
def sites() -> dict[str, Site]:
    return {site.slug: site for site in load_sites(resource_dir("data"))}


@pytest.fixture(scope="session")
def server() -> Iterator[DemoServer]:
    with DemoServer(resource_dir("data"), port=0) as running:
        yield running


@pytest.fixture(scope="session")
def get(server: DemoServer) -> Iterator[Get]:
    """``get(host, path, method="GET", **headers)``: a request without redirects and without gzip, unless asked for."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=10) as client:

        def ask(host: str, path: str, method: str = "GET", **headers: str) -> httpx2.Response:
            sent = {"Accept-Encoding": "identity", "Host": host}
            sent |= {name.replace("_", "-"): value for name, value in headers.items()}
            return client.request(method, path, headers=sent)

        yield ask
