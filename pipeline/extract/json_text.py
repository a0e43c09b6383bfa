"""JSON that others wrote."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["read_json"]

_HALF = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


def read_json(text: str) -> Any:
    """What JSON says; controls in its strings are let through, halves of characters (``"\\ud83d"`` alone) left out.

    No UTF-8 holds these, so no table does: an emoji that a template cut in two would cost the run.

    Raises:
        ValueError: It is no JSON.
        RecursionError: It is nested too deeply.
    """
    found = json.loads(text, strict=False)
    if not _HALF.search(text):
        return found
    return json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "ignore"), strict=False)
