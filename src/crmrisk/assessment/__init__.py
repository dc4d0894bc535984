"""Evaluate: criteria, the risk matrix, pipelines, programmes and the register."""

from crmrisk.assessment.aggregation import FrechetBounds, expected_loss, frechet_bounds, noisy_or, rare_event_sum
from crmrisk.assessment.assessments import Assessments, RiskExplanation
from crmrisk.assessment.controls import Control
from crmrisk.assessment.criteria import Criteria, RiskCriteria
from crmrisk.assessment.fmea import residual_expected_loss, risk_priority_number
from crmrisk.assessment.losses import (
    Contributions,
    LossDistribution,
    poisson_compound,
    portfolio_loss,
    shortfall_contributions,
)
from crmrisk.assessment.matrix import RiskMatrix
from crmrisk.assessment.matrix_scorer import RiskMatrixScorer
from crmrisk.assessment.overall import OverallRisk
from crmrisk.assessment.pipeline import AssessmentPipeline, FittedAssessmentPipeline
from crmrisk.assessment.programme import FittedRiskProgramme, RiskProgramme
from crmrisk.assessment.programme_assessments import ProgrammeAssessments
from crmrisk.assessment.register import RegisterLine, RiskRegister
from crmrisk.assessment.severities import EventLoss, LognormalLoss, NormalLoss, PertLoss
from crmrisk.assessment.summary import AssessmentSummary
from crmrisk.assessment.tolerance import ToleranceComparison, ToleranceCurve

__all__ = [
    "AssessmentPipeline",
    "AssessmentSummary",
    "Assessments",
    "Contributions",
    "Control",
    "Criteria",
    "EventLoss",
    "FittedAssessmentPipeline",
    "FittedRiskProgramme",
    "FrechetBounds",
    "LognormalLoss",
    "LossDistribution",
    "NormalLoss",
    "OverallRisk",
    "PertLoss",
    "ProgrammeAssessments",
    "RegisterLine",
    "RiskCriteria",
    "RiskExplanation",
    "RiskMatrix",
    "RiskMatrixScorer",
    "RiskProgramme",
    "RiskRegister",
    "ToleranceComparison",
    "ToleranceCurve",
    "expected_loss",
    "frechet_bounds",
    "noisy_or",
    "poisson_compound",
    "portfolio_loss",
    "rare_event_sum",
    "residual_expected_loss",
    "risk_priority_number",
    "shortfall_contributions",
]
