"""Check a model of purchases on what it has not seen: holdout, tables, tracking, charts, and the choice of a model."""

from __future__ import annotations

from crmrisk.core.charts import Chart
from crmrisk.scoring.value.checking.accuracy import HoldoutErrors, holdout_errors
from crmrisk.scoring.value.checking.choice import Candidate, ModelChoice
from crmrisk.scoring.value.checking.choosing import choose_model
from crmrisk.scoring.value.checking.conditional import ConditionalTable, conditional_expectations
from crmrisk.scoring.value.checking.contract_choosing import choose_contract_model
from crmrisk.scoring.value.checking.frequencies import FrequencyTable, frequency_table
from crmrisk.scoring.value.checking.holdout import Holdout, PurchaseHistories, RepeatPurchases
from crmrisk.scoring.value.checking.splitting import hold_out
from crmrisk.scoring.value.checking.tracking import Tracking, track

__all__ = [
    "Candidate",
    "Chart",
    "ConditionalTable",
    "FrequencyTable",
    "Holdout",
    "HoldoutErrors",
    "ModelChoice",
    "PurchaseHistories",
    "RepeatPurchases",
    "Tracking",
    "choose_contract_model",
    "choose_model",
    "conditional_expectations",
    "frequency_table",
    "hold_out",
    "holdout_errors",
    "track",
]
