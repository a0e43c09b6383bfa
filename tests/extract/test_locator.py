"""Locators: one address for one page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.locator import canonical_url, normalise

SAME = "https://post.example/a/b"


@pytest.mark.parametrize(
    ("url", "locator"),
    [
        ("http://post.example/a/b", SAME),
        ("https://www.Post.Example:443/a/b/", SAME),
        ("http://post.example:80/a/b#comments", SAME),
        ("https://post.example/a/b?utm_source=rss&utm_medium=x&fbclid=1", SAME),
        ("https://post.example/a/b/amp", SAME),
        ("https://post.example/a/b/amp/?outputType=amp", SAME),
        ("https://post.example/a/b.amp.html", "https://post.example/a/b.html"),
        ("https://post.example/a/b?b=2&a=1", f"{SAME}?a=1&b=2"),
        ("https://post.example:8443/a/b", "https://post.example:8443/a/b"),
        ("https://post.example", "https://post.example/"),
        ("https://post.example/camp", "https://post.example/camp"),
        ("http://[::1]:8080/x", "https://[::1]:8080/x"),
        ("https://post.example/ä?q=é", "https://post.example/%C3%A4?q=%C3%A9"),
        ("https://post.example//\x1b", "https://post.example/"),
        ("https://post.example/a/amp/amp/", "https://post.example/a"),
        ("https://post.example//.", "https://post.example/"),
        ("https://post.example/a/b/amp/%2e", SAME),
        ("https://post.example/a/x/../b/./", SAME),
        ("wires/a.xml", "wires/a.xml"),
        ("http://[", "http://["),
        ("", ""),
    ],
)
def test_normalise(url: str, locator: str) -> None:
    assert normalise(url) == locator


@given(st.text())
def test_normalise_never_fails_and_is_idempotent_on_addresses(text: str) -> None:
    once = normalise(f"http://post.example/{text}")
    assert normalise(once) == once
    normalise(text)
    canonical_url(text, f"http://post.example/{text}")
    canonical_url("http://post.example/a", text)
