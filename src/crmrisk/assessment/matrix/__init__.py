"""The risk matrix: look grades up, check them against Cox's axioms, or build matrices that satisfy them."""

from __future__ import annotations

from crmrisk.assessment.matrix.matrix import NO_CURRENCY, RiskMatrix
from crmrisk.assessment.matrix.report import AxiomViolation, MatrixReport, TheoremOne

__all__ = ["NO_CURRENCY", "AxiomViolation", "MatrixReport", "RiskMatrix", "TheoremOne"]
