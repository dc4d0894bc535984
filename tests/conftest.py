"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Return the folder with the real data sets, or skip: they are never part of the project."""
    folder = Path(os.environ.get("CRMRISK_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not (folder / "README.md").exists():
        pytest.skip(f"real data sets are not at {folder} (set CRMRISK_DATA to where they are)")
    return folder
