"""Gives each mutant the database as it was made, whatever another one did to it."""

import os
import shutil
from pathlib import Path


def pytest_sessionstart() -> None:
    """Put the databases back that the run began with."""
    home = Path(os.environ["PIGGYADMIN_TESTS_DATA_DIR"])
    for kept in home.glob("*.kept"):
        shutil.copy(kept, kept.with_suffix(""))
