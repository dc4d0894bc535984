"""Analyse: what customers say, with how sure it is: NPS, CSAT, effort, service quality, loyalty, drivers, Kano, texts.

Every estimator takes raw answers or counts and returns an `crmrisk.core.estimate.Estimate`; `by_segment` repeats any of
them by segment, a `Comparison` judges two of them. The larger fields have rooms of their own:
`crmrisk.satisfaction.kano`, `crmrisk.satisfaction.loyalty`, `crmrisk.satisfaction.drivers`,
`crmrisk.satisfaction.reliability` and `crmrisk.satisfaction.text`. The scorers are those whose names end in ``Scorer``.
Each name is imported when it is first used.
"""

from __future__ import annotations

from crmrisk.core.lazily import lazily
from crmrisk.satisfaction._exports import HOMES

__all__ = [name for names in HOMES.values() for name in names]
__getattr__, __dir__ = lazily(__name__, HOMES)
