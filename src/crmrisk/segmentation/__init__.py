"""Analyse: who belongs together, why, how stably, and who moves: RFM, tiers, tags, clusters, migration, demand.

`RfmSegmenter`, `TierSegmenter`, `TagSegmenter`, `ClusterSegmenter` and `ThresholdSegmenter` have the shape of scorers:
``fit(portfolio)`` returns what ``segment(portfolio)`` makes `crmrisk.core.segments.Segments` with, each with a reason.
`apply_policy` runs tiers through a history, `transition_matrix` counts migration, `concentration` says how much hangs
on how few. `crmrisk.segmentation.baskets`, `crmrisk.segmentation.demand` and `crmrisk.segmentation.visits` have rooms
of their own. Each name is imported when it is first used.
"""

from __future__ import annotations

from crmrisk.core.lazily import lazily
from crmrisk.segmentation._exports import HOMES

__all__ = [name for names in HOMES.values() for name in names]
__getattr__, __dir__ = lazily(__name__, HOMES)
