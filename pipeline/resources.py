"""Where the files that come with the package are: the sample wire, the table contracts and the DAGs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pipeline.errors import WirefoldError

__all__ = ["resource_dir"]


def resource_dir(name: Literal["data", "schemas", "dags"]) -> Path:
    """Folder `name`: inside the package when it was installed from a wheel, beside it in a checkout.

    Raises:
        WirefoldError: It is in neither place, so the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    # The wheel's copy first: beside an installed package is site-packages, where a folder "data" may be anybody's.
    for candidate in (package / f"_{name}", package.parent / name):
        if candidate.is_dir():
            return candidate
    raise WirefoldError(f"the folder '{name}' is missing from this installation of wirefold; install it again")
