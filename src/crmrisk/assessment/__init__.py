"""Evaluate: criteria, the risk matrix, pipelines, programmes and the register."""

from crmrisk.assessment.assessments import Assessments, RiskExplanation
from crmrisk.assessment.controls import Control
from crmrisk.assessment.criteria import Criteria, RiskCriteria
from crmrisk.assessment.losses import LossDistribution, portfolio_loss
from crmrisk.assessment.matrix import RiskMatrix
from crmrisk.assessment.matrix_scorer import RiskMatrixScorer
from crmrisk.assessment.overall import OverallRisk
from crmrisk.assessment.pipeline import AssessmentPipeline, FittedAssessmentPipeline
from crmrisk.assessment.programme import FittedRiskProgramme, RiskProgramme
from crmrisk.assessment.programme_assessments import ProgrammeAssessments
from crmrisk.assessment.register import RegisterLine, RiskRegister
from crmrisk.assessment.summary import AssessmentSummary

__all__ = [
    "AssessmentPipeline",
    "AssessmentSummary",
    "Assessments",
    "Control",
    "Criteria",
    "FittedAssessmentPipeline",
    "FittedRiskProgramme",
    "LossDistribution",
    "OverallRisk",
    "ProgrammeAssessments",
    "RegisterLine",
    "RiskCriteria",
    "RiskExplanation",
    "RiskMatrix",
    "RiskMatrixScorer",
    "RiskProgramme",
    "RiskRegister",
    "portfolio_loss",
]
