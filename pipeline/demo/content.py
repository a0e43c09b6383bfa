"""The sample wire as it lies on disk: outlets (`Site`), their articles (`Piece`) and their oddities (`Special`)."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipeline.demo.bodies import agency_paragraphs, split_paragraphs
from pipeline.errors import WirefoldError

__all__ = ["Piece", "Site", "Special", "load_sites", "read_piece"]

_FENCE = "+++"
_M = TypeVar("_M", bound=BaseModel)
_MAX_BORROWS = 8  # body_from may point at an item that borrows in its turn; a circle ends here


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, as in 2018-09-14T03:05:00Z")
    return moment.astimezone(UTC)


_Utc = Annotated[datetime, AfterValidator(_utc)]
_Path = Annotated[str, Field(pattern=r"^/\S*$")]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Piece(_Record):
    """One article as an outlet prints it. `body` holds paragraphs of plain text, without dateline and markup."""

    path: _Path
    headline: str
    published: _Utc
    section: str
    byline: str | None = None
    credit: str | None = None
    dateline: str | None = None
    modified: _Utc | None = None
    tags: tuple[str, ...] = ()
    language: str
    caption: str | None = None
    body_from: str | None = None
    body: tuple[str, ...] = ()

    @property
    def updated(self) -> datetime:
        """Last change: `modified`, else `published`."""
        return self.modified or self.published

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body as printed: with the dateline, where there is one, before the first paragraph."""
        if self.dateline is None or not self.body:
            return self.body
        credit = f" ({self.credit})" if self.credit else ""
        return (f"{self.dateline}{credit} — {self.body[0]}", *self.body[1:])

    @property
    def summary(self) -> str:
        """The first words of the body, as feeds carry them: at most 40 words."""
        words = self.body[0].split() if self.body else []
        return " ".join(words[:40]) + (" …" if len(words) > 40 else "")


class Special(_Record):
    """A listed address that is no ordinary article, and what the server answers there.

    Attributes:
        path: Where the server answers; None when `link` leads elsewhere.
        link: What the listing says instead of this site's URL for `path` (``file:///…``).
        title, published: How the listing presents it.
        listed: Whether feed or sitemap name it; False for what only a redirect leads to.
        status, headers, location: The answer's head; `location` becomes the Location header.
        body_file: The answer's body, relative to the outlet's folder. A ``.md`` file is printed like any article.
        gzip: Send the body gzip-encoded whether or not the client accepts that.
        note: What the case is for.
    """

    title: str
    published: _Utc
    note: str
    path: _Path | None = None
    link: str | None = None
    listed: bool = True
    status: int = 200
    headers: dict[str, str] = {}
    location: str | None = None
    body_file: str | None = None
    gzip: bool = False
    piece: Piece | None = None
    body: bytes = b""


class Site(_Record):
    """One outlet.

    Attributes:
        sections: Path segment to printed name, in the order of the navigation.
        feed: RSS with summaries, RSS with full text (content:encoded), Atom, or a news sitemap behind an index.
        feed_path: Where the feed or the sitemap index is.
        validators: What the server sends for conditional requests.
        disallow, crawl_delay: Contents of robots.txt.
        pieces: Newest first.
    """

    slug: str
    host: str
    name: str
    tagline: str
    language: str
    feed: Literal["rss", "rss-full", "atom", "sitemap"]
    feed_path: _Path
    metadata: Literal["json-ld", "opengraph", "none"]
    sections: dict[str, str]
    validators: Literal["both", "etag", "last-modified", "none"] = "both"
    disallow: tuple[str, ...] = ()
    crawl_delay: float | None = None
    special: tuple[Special, ...] = ()
    pieces: tuple[Piece, ...] = ()

    def url(self, path: str) -> str:
        """Absolute URL of `path` on this site, percent-encoded where needed (RFC 3986)."""
        return f"http://{self.host}{quote(path, safe='/%?=&;,:@+~!$()*')}"

    @property
    def updated(self) -> datetime:
        """When anything on the site changed last."""
        listed = [p.updated for p in self.pieces] + [s.published for s in self.special]
        return max(listed, default=datetime(2018, 9, 10, tzinfo=UTC))


def load_sites(data_dir: Path) -> tuple[Site, ...]:
    """All outlets below ``data_dir/outlets``, by slug.

    Raises:
        WirefoldError: A file is missing or wrong; the message names it and what is wrong in it.
    """
    folders = sorted(f.parent for f in (data_dir / "outlets").glob("*/site.toml"))
    if not folders:
        raise WirefoldError(f"no outlets below {data_dir / 'outlets'}: each needs a folder with a site.toml")
    return tuple(_load_site(folder, data_dir) for folder in folders)


def _load_site(folder: Path, data_dir: Path) -> Site:
    file = folder / "site.toml"
    site = _validate(Site, _toml(_read(file), file) | {"slug": folder.name}, file)
    pieces = [read_piece(f, data_dir, site.language) for f in sorted(folder.glob("*.md"))]
    pieces.sort(key=lambda p: (p.published, p.path), reverse=True)
    special = tuple(_with_body(s, folder, data_dir, site.language) for s in site.special)
    paths = [p.path for p in pieces] + [s.path for s in special if s.path is not None]
    twice = sorted({p for p in paths if paths.count(p) > 1})
    if twice:
        raise WirefoldError(f"{folder}: more than one item has the path {twice[0]}")
    return site.model_copy(update={"pieces": tuple(pieces), "special": special})


def _with_body(special: Special, folder: Path, data_dir: Path, language: str) -> Special:
    if special.body_file is None:
        return special
    file = folder / special.body_file
    if file.suffix == ".md":
        return special.model_copy(update={"piece": read_piece(file, data_dir, language)})
    try:
        return special.model_copy(update={"body": file.read_bytes()})
    except OSError as e:
        raise WirefoldError(f"{folder / 'site.toml'}: cannot read {special.body_file}: {e.strerror}") from e


def read_piece(file: Path, data_dir: Path, language: str) -> Piece:
    """Read one item file: TOML front matter between ``+++`` lines, then paragraphs separated by blank lines.

    Args:
        file: The ``.md`` file.
        data_dir: What ``body_from`` is relative to.
        language: Of the site; the item may name another.

    Raises:
        WirefoldError: The file is missing or wrong; says which and why.
    """
    meta, text = _front_matter(file)
    body = split_paragraphs(text)
    piece = _validate(Piece, {"language": language} | meta | {"body": body}, file)
    if piece.body_from is None:
        if not body:
            raise WirefoldError(f"{file}: has neither paragraphs nor body_from")
        return piece
    if body:
        raise WirefoldError(f"{file}: has both paragraphs and body_from; leave one out")
    return piece.model_copy(update={"body": _borrowed(piece.body_from, data_dir, file, _MAX_BORROWS)})


def _borrowed(body_from: str, data_dir: Path, borrower: Path, left: int) -> tuple[str, ...]:
    source = data_dir / body_from
    if not source.is_file():
        raise WirefoldError(f"{borrower}: body_from names {body_from}, which does not exist")
    if source.suffix != ".md":
        return agency_paragraphs(source)
    meta, text = _front_matter(source)
    if "body_from" not in meta:
        return split_paragraphs(text)
    if left == 0:
        raise WirefoldError(f"{borrower}: body_from goes in a circle")
    return _borrowed(str(meta["body_from"]), data_dir, source, left - 1)


def _front_matter(file: Path) -> tuple[dict[str, object], str]:
    opening, fence, rest = _read(file).partition(f"{_FENCE}\n")
    meta, closing, text = rest.partition(f"\n{_FENCE}\n")
    if opening.strip() or not fence or not closing:
        raise WirefoldError(f"{file}: must begin with TOML front matter between two lines of {_FENCE}")
    return _toml(meta, file), text


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as e:
        raise WirefoldError(f"cannot read {file}: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise WirefoldError(f"{file} is not UTF-8: {e}") from e


def _toml(text: str, file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise WirefoldError(f"{file} is not valid TOML: {e}") from e


def _validate(model: type[_M], values: dict[str, object], file: Path) -> _M:
    try:
        return model.model_validate(values)
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise WirefoldError(f"{file}: {where}: {first['msg']}") from e
