"""What a program begins with that is to run as an installation does: pandas is here for the tests of readers only."""

from __future__ import annotations

__all__ = ["WITHOUT_PANDAS"]

WITHOUT_PANDAS = """
import sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=name)
sys.meta_path.insert(0, Without())
"""
