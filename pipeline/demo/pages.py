"""Everything the outlets answer with, rendered once: articles, fronts, feeds, pictures and oddities."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateError

from pipeline.demo import feeds
from pipeline.demo.content import Piece, Site, Special
from pipeline.errors import WirefoldError

__all__ = ["Response", "index_page", "render_sites"]

_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Response:
    """What the server answers at one path.

    Attributes:
        headers: Without those that the server adds: Content-Length, ETag, Last-Modified, negotiated Content-Encoding.
        modified: For Last-Modified; None when it is not sent.
        etag: Weak, since the same entity goes out plain or gzipped (RFC 9110 section 8.8.1); None when it is not sent.
    """

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    modified: datetime | None = None
    etag: str | None = None


def render_sites(sites: Sequence[Site], data_dir: Path) -> dict[str, dict[str, Response]]:
    """Host name to decoded path to response, for all outlets. The same files give the same bytes.

    Raises:
        WirefoldError: A template is missing or wrong; names the outlet.
    """
    environment = _environment(data_dir / "outlets")
    return {site.host: _Printer(site, environment).responses() for site in sites}


def index_page(sites: Sequence[Site], data_dir: Path, port: int) -> Response:
    """What the bare address shows a person: the outlets, linked by names under ``.localhost`` that browsers resolve."""
    template = _environment(data_dir / "outlets").get_template("_shared/index.html.j2")
    return Response(200, template.render(sites=sites, port=port).encode(), (("Content-Type", _HTML),))


def _environment(outlets: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(outlets),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.filters["iso"] = lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    environment.filters["pick"] = _pick
    return environment


def _pick(pool: Sequence[_T], count: int, seed: str) -> list[_T]:
    """`count` members of `pool`, chosen by `seed` alone: pages differ, but never from one run to the next."""
    return sorted(pool, key=lambda member: zlib.crc32(f"{seed}{member!r}".encode()))[:count]


class _Printer:
    """Renders one site."""

    def __init__(self, site: Site, environment: Environment) -> None:
        self._site = site
        self._environment = environment

    def responses(self) -> dict[str, Response]:
        site = self._site
        pages = {"/": self._front(None)}
        pages |= {f"/section/{key}": self._front(label) for key, label in site.sections.items()}
        pages |= {piece.path: self._html(self._article(piece), piece.updated) for piece in self._printed()}
        pages |= {_picture_path(p): self._picture(p) for p in self._printed() if p.caption}
        pages |= {path: self._response(body, _XML, site.updated) for path, body in self._listings().items()}
        pages["/robots.txt"] = self._response(feeds.robots_txt(site), "text/plain; charset=utf-8", site.updated)
        pages |= {s.path: self._special(s) for s in site.special if s.path is not None}
        return pages

    def _printed(self) -> list[Piece]:
        return [*self._site.pieces, *(s.piece for s in self._site.special if s.piece)]

    def _listings(self) -> dict[str, bytes]:
        site = self._site
        kinds: dict[str, Callable[[], dict[str, bytes]]] = {
            "rss": lambda: {site.feed_path: feeds.rss(site)},
            "rss-full": lambda: {site.feed_path: feeds.rss(site, full_text=True)},
            "atom": lambda: {site.feed_path: feeds.atom(site)},
            "sitemap": lambda: feeds.sitemaps(site),
        }
        return kinds[site.feed]()

    def _article(self, piece: Piece) -> str:
        others = [p for p in self._site.pieces if p.path != piece.path]
        near = sorted(others, key=lambda p: (p.section != piece.section, abs(p.published - piece.published)))
        return self._render(
            f"{self._site.slug}/page.html.j2",
            piece=piece,
            url=self._site.url(piece.path),
            picture=_picture_path(piece) if piece.caption else None,
            related=near[:4],
            most_read=_pick(others, 5, self._site.slug),
        )

    def _front(self, section: str | None) -> Response:
        listed = [p for p in self._site.pieces if section is None or p.section == section]
        page = self._render(
            "_shared/front.html.j2",
            layout=f"{self._site.slug}/page.html.j2",
            piece=None,
            heading=section,
            listed=listed,
            picture_of=lambda piece: _picture_path(piece) if piece.caption else None,
            related=(),
            most_read=_pick(self._site.pieces, 5, self._site.slug),
        )
        return self._html(page, self._site.updated)

    def _render(self, name: str, **values: Any) -> str:
        try:
            template: Template = self._environment.get_template(name)
            return template.render(site=self._site, **values)
        except TemplateError as e:
            raise WirefoldError(f"outlet {self._site.slug}: template {e.message or type(e).__name__} ({name})") from e

    def _special(self, special: Special) -> Response:
        if special.piece:
            response = self._html(self._article(special.piece), special.piece.updated, special.status)
        else:
            response = self._response(special.body, _HTML, special.published, special.status)
        headers = dict(response.headers) | special.headers
        if special.location is not None:
            headers["Location"] = special.location
        body = response.body
        if special.gzip:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        return Response(response.status, body, tuple(headers.items()), response.modified, response.etag)

    def _picture(self, piece: Piece) -> Response:
        hue = zlib.crc32(piece.path.encode()) % 360
        svg = self._render("_shared/picture.svg.j2", hue=hue)
        return self._response(svg.encode(), "image/svg+xml", piece.published)

    def _html(self, page: str, modified: datetime, status: int = 200) -> Response:
        return self._response(page.encode(), _HTML, modified, status)

    def _response(self, body: bytes, content_type: str, modified: datetime, status: int = 200) -> Response:
        sends = self._site.validators
        etag = f'W/"{hashlib.blake2b(body, digest_size=10).hexdigest()}"'
        return Response(
            status,
            body,
            (("Content-Type", content_type),),
            modified if sends in ("both", "last-modified") else None,
            etag if sends in ("both", "etag") else None,
        )


def _picture_path(piece: Piece) -> str:
    return f"/media/{zlib.crc32(piece.path.encode()):08x}.svg"
