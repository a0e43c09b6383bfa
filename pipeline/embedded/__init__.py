"""An Airflow that belongs to the project: no account, no set-up, nothing left behind.

It needs the extra ``wirefold[airflow]`` to start, not to be imported.
"""

from __future__ import annotations

from pipeline.embedded.home import Home, default_home
from pipeline.embedded.server import AirflowServer, down
from pipeline.embedded.session import Report, run

__all__ = ["AirflowServer", "Home", "Report", "default_home", "down", "run"]
