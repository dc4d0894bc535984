"""Review: was the score right? Back-test, discrimination and calibration."""

from crmrisk.proof.backtest import BackTest, Baseline, BaselineCheck, CutoffCheck, backtest

__all__ = ["BackTest", "Baseline", "BaselineCheck", "CutoffCheck", "backtest"]
