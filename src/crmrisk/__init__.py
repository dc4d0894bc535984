"""Customer-relationship risk: identify, assess, treat and monitor it, and prove that the scores were right.

``import crmrisk as cr`` costs next to nothing: every public name is imported when it is first used. The packages follow
the risk management process: `crmrisk.evidence` identifies, `crmrisk.scoring` and `crmrisk.satisfaction` analyse,
`crmrisk.assessment` evaluates, `crmrisk.proof` reviews; `crmrisk.core` is the language they speak.
"""

from __future__ import annotations

from crmrisk._exports import HOMES
from crmrisk.core.lazily import lazily

__version__ = "0.1.0"

__all__ = ["__version__", *(name for names in HOMES.values() for name in names)]  # noqa: PLE0604 - names only, from one table
__getattr__, __dir__ = lazily(__name__, HOMES)
