"""Customer-relationship risk: identify, assess, treat and monitor it, and prove that the scores were right.

``import crmrisk as cr`` costs next to nothing: every public name is imported when it is first used. The packages follow
the risk management process: `crmrisk.evidence` identifies, `crmrisk.scoring` and `crmrisk.satisfaction` analyse,
`crmrisk.assessment` evaluates, `crmrisk.proof` reviews; `crmrisk.core` is the language they speak.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from crmrisk._exports import HOMES

__version__ = "0.1.0"

_HOME_OF = {name: module for module, names in HOMES.items() for name in names}

__all__ = ["__version__", *_HOME_OF]  # noqa: PLE0604 - names only, from one table


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        message = f"module 'crmrisk' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
