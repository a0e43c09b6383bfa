"""The configuration file (``sources.toml``): what to fetch and how."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Config", "ExtractSettings", "FetchSettings", "FoldSettings", "Source", "load_config"]

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FetchSettings(_Model):
    """How politely and how far to fetch. Times in seconds, sizes in bytes after decompression."""

    user_agent: str = "wirefold/0.1 (news ingestion)"
    timeout: Annotated[float, Field(gt=0)] = 20.0
    total_timeout: Annotated[float, Field(gt=0)] = 60.0  # one response, first byte to last: ends a drip feed of bytes
    max_bytes: Annotated[int, Field(gt=0)] = 20_000_000
    delay: Annotated[float, Field(ge=0)] = 1.0  # between two requests to one host
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    max_redirects: Annotated[int, Field(ge=0, le=50)] = 8
    respect_robots: bool = True
    hosts: dict[str, str] = {}  # "host" or "*.domain" -> "ip:port", as in /etc/hosts; the only way to a private address


class ExtractSettings(_Model):
    """Limits for turning bytes into articles."""

    min_words: Annotated[int, Field(ge=0)] = 20
    page_timeout: Annotated[float, Field(gt=0)] = 20.0  # seconds of computing, then a page is given up
    max_depth: Annotated[int, Field(gt=0)] = 500  # nesting of elements
    workers: Annotated[int, Field(ge=0)] = 0  # 0: one per core


class FoldSettings(_Model):
    """How texts are compared."""

    window_days: Annotated[int, Field(ge=0)] = 30  # compare only articles published this close; 0: no limit
    max_key_frequency: Annotated[int, Field(gt=1)] = 200  # keys held by more articles are furniture, not evidence
    review_share: Annotated[float, Field(ge=0, le=1)] = 0.1  # of the pairs readers judged, the least sure: see a person


class Source(_Model):
    """One place where items come from."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
    kind: Literal["feed", "sitemap", "directory"]
    url: str | None = None  # feed, sitemap
    path: Path | None = None  # directory; relative to the configuration file
    publisher: str | None = None
    language: str | None = None
    limit: Annotated[int, Field(gt=0)] = 10_000  # newest items taken from one listing
    delay: Annotated[float, Field(ge=0)] | None = None  # overrides fetch.delay for its hosts

    @model_validator(mode="after")
    def _has_place(self) -> Source:
        if self.kind == "directory":
            if self.path is None or self.url is not None:
                raise ValueError("a directory source takes 'path' and no 'url'")
        else:
            if self.url is None or self.path is not None:
                raise ValueError(f"a {self.kind} source takes 'url' and no 'path'")
            try:
                TypeAdapter(HttpUrl).validate_python(self.url)
            except ValidationError as e:
                raise ValueError(f"'url' is no http(s) address: {self.url!r}") from e
        return self

    @property
    def host(self) -> str:
        """Whom it asks; a directory asks nobody, and is a host of its own."""
        return (urlsplit(self.url).hostname or self.url) if self.url else f" {self.name}"


class Config(_Model):
    """All of ``sources.toml``."""

    fetch: FetchSettings = FetchSettings()
    extract: ExtractSettings = ExtractSettings()
    fold: FoldSettings = FoldSettings()
    source: tuple[Source, ...] = ()

    @field_validator("source")
    @classmethod
    def _unique_names(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        names = [s.name for s in sources]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"source names must be unique: {', '.join(twice)}")
        return sources

    def named(self, name: str) -> Source:
        """The source called `name`.

        Raises:
            UsageError: There is none.
        """
        for source in self.source:
            if source.name == name:
                return source
        raise UsageError(f"no source named {name!r} in the configuration")


def load_config(path: str | Path) -> Config:
    """Read and check a configuration file.

    String values may hold ``${VAR}`` or ``${VAR:-default}``, taken from the environment (for credentials and ports).

    Raises:
        UsageError: The file is missing, is no TOML, or a setting is unknown or wrong; says which.
    """
    path = Path(path)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise UsageError(f"cannot read {path}: {e.strerror}") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise UsageError(f"{path} is not valid TOML: {e}") from e
    try:
        config = Config.model_validate(_expand(raw, path))
    except ValidationError as e:
        raise UsageError(f"{path}: {_mistake(e.errors()[0], raw)}") from e
    return config.model_copy(update={"source": tuple(_absolute(s, path) for s in config.source)})


def _mistake(error: ErrorDetails, raw: dict[str, Any]) -> str:
    """Where something is wrong and what, in the words of the file."""
    where = [str(p) for p in error["loc"]]
    if where[:1] == ["source"] and len(where) > 1:
        n = int(where[1])  # people count from one, and better by the name
        entry = raw["source"][n]
        name = entry.get("name") if isinstance(entry, dict) else None
        where[:2] = [f"source {name!r}" if name else f"source number {n + 1}"]
    what = {
        "extra_forbidden": "there is no such setting",
        "missing": "must be given",
        "string_pattern_mismatch": "takes lower-case letters, digits, - and _, 63 at most",
        "value_error": str(error.get("ctx", {}).get("error")),
    }.get(error["type"], error["msg"])
    return ": ".join([*where, what])


def _absolute(source: Source, config_path: Path) -> Source:
    if source.path is None or source.path.is_absolute():
        return source
    return source.model_copy(update={"path": (config_path.parent / source.path).resolve()})


def _expand(value: Any, path: Path) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda m: _variable(m[1], m[2], path), value)
    if isinstance(value, dict):
        return {k: _expand(v, path) for k, v in value.items()}
    if isinstance(value, list):
        return [_expand(v, path) for v in value]
    return value


def _variable(name: str, default: str | None, path: Path) -> str:
    found = os.environ.get(name, default)
    if found is None:
        raise UsageError(f"{path}: environment variable {name} is not set")
    return found
