"""Check a model of purchases on what it has not seen: holdout, tables, tracking, charts, and the choice of a model."""

from __future__ import annotations

from crmrisk.scoring.value.checking.holdout import Holdout, PurchaseHistories, RepeatPurchases
from crmrisk.scoring.value.checking.splitting import hold_out

__all__ = ["Holdout", "PurchaseHistories", "RepeatPurchases", "hold_out"]
