"""How doctests of the package are collected, whatever file is named first on the command line."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

_SOURCE = Path(__file__).parent / "src"


def pytest_collect_file(file_path: Path) -> None:
    """Import the package of a module before pytest imports the module.

    A package that names its modules imports them while pytest is still making the one it was asked for, and pytest
    then makes it again: two classes of one name, two homes of one function.
    """
    if file_path.suffix == ".py" and file_path.is_relative_to(_SOURCE):
        import_module(".".join(file_path.relative_to(_SOURCE).parent.parts))
