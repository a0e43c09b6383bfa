"""The command line, ``wirefold``: a shell over `pipeline.run` that holds no logic of its own.

Modules that are slow to import are imported inside the commands, so that ``--help`` answers at once.
"""

from pipeline.cli.app import app

__all__ = ["app"]
