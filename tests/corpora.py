"""Where real data for evaluation lies; tests that need some skip where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["CORPORA"]

CORPORA = Path(os.environ.get("WIREFOLD_CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")
