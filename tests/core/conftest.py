"""Distributions that are not there: entry points in a temporary folder, as an installer would write them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from crmrisk.core import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Installer:
    """Write a distribution with entry points, and maybe a module, into a folder on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, points: dict[str, str], *, group: str = registry.SCORERS, **modules: str) -> None:
        info = self.folder / f"{name.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"[{group}]", *(f"{kind} = {value}" for kind, value in points.items())]
        (info / "entry_points.txt").write_text("\n".join(lines))
        for module, code in modules.items():
            (self.folder / f"{module}.py").write_text(code)
        registry._installed.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installer]:
    """Install made-up distributions for one test."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delenv("CRMRISK_DISABLE_PLUGINS", raising=False)
    known = set(sys.modules)
    yield Installer(folder)
    registry._installed.cache_clear()
    for name in set(sys.modules) - known:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
