"""Makes this package importable by its name in worker processes, which get the functions of `helpers` by reference."""

from __future__ import annotations

import sys
from pathlib import Path

_FOLDER = str(Path(__file__).parents[1])
if _FOLDER not in sys.path:
    sys.path.append(_FOLDER)
