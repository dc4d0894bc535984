"""The tables of docs/proof.md, as Markdown, from the real data sets that the examples name.

python benchmarks/proof.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import crmrisk as cr

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

import cdnow
import online_retail

COLUMNS = {
    "as_of": "cutoff",
    "n": "customers",
    "events": "churned",
    "auc": "AUC",
    "idle_days_auc": "AUC idle_days",
    "idle_days_advantage": "advantage",
    "frequency_auc": "AUC frequency",
    "brier_skill": "Brier skill",
    "calibration_slope": "slope",
    "calibration_intercept": "intercept",
    "spiegelhalter_z": "Spiegelhalter z",
    "expected_calibration_error": "ECE",
    "lift_10": "lift 10 %",
}


def cell(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def table(pipeline: cr.AssessmentPipeline, facts: cr.Evidence, cutoffs: list) -> str:
    frame = cr.backtest(pipeline, facts, cutoffs).frame()[list(COLUMNS)].rename(columns=COLUMNS)
    rows = [[cell(value) for value in row] for row in frame.itertuples(index=False)]
    lines = [list(frame.columns), ["---"] * len(frame.columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    shop = online_retail.evidence()
    for pipeline in (online_retail.purchase_model(), online_retail.stacked()):
        print(f"Online Retail, {pipeline.name}\n\n{table(pipeline, shop, online_retail.CUTOFFS)}\n")
    print(f"CDNOW, attrition\n\n{table(cdnow.pipeline(), cdnow.evidence('cdnow_master'), cdnow.CUTOFFS)}\n")


if __name__ == "__main__":
    main()
