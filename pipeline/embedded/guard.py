"""Outlives a launcher that was killed, and stops what it has started.

Started as ``python -m pipeline.embedded.guard ROOT`` with a pipe as standard input whose other end only the launcher
holds. The pipe closes when the launcher is gone, in whatever way. The guard also holds the lock of the home, so that
no new launcher starts in the middle of the cleaning up.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from pipeline.embedded.processes import stop_all


def main() -> None:
    """Wait for the end of standard input, then stop everything of the home given as argument."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    stop_all(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
