"""Airflow plugin: answer only those who address this machine by a loopback name, and no page of another origin.

The embedded Airflow asks for no password; its protection is that it listens on loopback only. That does not stop a web
page in a browser on the same machine: under a host name that resolves to 127.0.0.1 it could read and write everything
(DNS rebinding; its requests carry that name in ``Host``), and under any name it could send requests blindly (they carry
its ``Origin``). Both are refused here, in front of the UI, the REST API and every plugin's pages.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from airflow.plugins_manager import AirflowPlugin
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_NAMES = {"127.0.0.1", "localhost"}


class LoopbackOnly:
    """The check, as ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not _is_trusted(Headers(scope=scope)):
            refusal = PlainTextResponse("only for pages and programs of this machine\n", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


class LoopbackOnlyPlugin(AirflowPlugin):
    """Registers the check."""

    name = "wirefold_loopback"
    fastapi_root_middlewares: list[Any] = [{"name": "loopback only", "middleware": LoopbackOnly}]  # noqa: RUF012


def _is_trusted(headers: Headers) -> bool:
    host = headers.get("host", "")
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return False
    try:
        return urlsplit(f"//{host}").hostname in _NAMES
    except ValueError:
        return False
