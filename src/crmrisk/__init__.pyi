# What type checkers see; `crmrisk._exports` says the same to the interpreter, and a test compares them.

from crmrisk.assessment import AssessmentPipeline as AssessmentPipeline
from crmrisk.assessment import Assessments as Assessments
from crmrisk.assessment import Control as Control
from crmrisk.assessment import ProgrammeAssessments as ProgrammeAssessments
from crmrisk.assessment import RiskCriteria as RiskCriteria
from crmrisk.assessment import RiskMatrix as RiskMatrix
from crmrisk.assessment import RiskMatrixScorer as RiskMatrixScorer
from crmrisk.assessment import RiskProgramme as RiskProgramme
from crmrisk.assessment import portfolio_loss as portfolio_loss
from crmrisk.core.assessment import Interval as Interval
from crmrisk.core.assessment import LevelOfRisk as LevelOfRisk
from crmrisk.core.assessment import Provenance as Provenance
from crmrisk.core.assessment import Recommendation as Recommendation
from crmrisk.core.assessment import RiskAssessment as RiskAssessment
from crmrisk.core.assessment import StrengthOfKnowledge as StrengthOfKnowledge
from crmrisk.core.bases import BaseFittedScorer as BaseFittedScorer
from crmrisk.core.bases import BaseScorer as BaseScorer
from crmrisk.core.bases import StatelessScorer as StatelessScorer
from crmrisk.core.customers import Customer as Customer
from crmrisk.core.errors import CrmRiskError as CrmRiskError
from crmrisk.core.estimate import Estimate as Estimate
from crmrisk.core.events import Incident as Incident
from crmrisk.core.events import OutcomeRule as OutcomeRule
from crmrisk.core.events import RiskCategory as RiskCategory
from crmrisk.core.events import RiskEvent as RiskEvent
from crmrisk.core.events import TimelineEntry as TimelineEntry
from crmrisk.core.explanation import Driver as Driver
from crmrisk.core.explanation import Explanation as Explanation
from crmrisk.core.levels import RiskLevel as RiskLevel
from crmrisk.core.measures import Input as Input
from crmrisk.core.measures import Measure as Measure
from crmrisk.core.measures import Quantity as Quantity
from crmrisk.core.outcomes import Outcomes as Outcomes
from crmrisk.core.portfolio import Portfolio as Portfolio
from crmrisk.core.saved import load as load
from crmrisk.core.saved import save as save
from crmrisk.core.scorers import Explains as Explains
from crmrisk.core.scorers import FittedScorer as FittedScorer
from crmrisk.core.scorers import Scorer as Scorer
from crmrisk.core.scores import Ranged as Ranged
from crmrisk.core.scores import Scores as Scores
from crmrisk.core.segmenters import BaseFittedSegmenter as BaseFittedSegmenter
from crmrisk.core.segmenters import BaseSegmenter as BaseSegmenter
from crmrisk.core.segmenters import FittedSegmenter as FittedSegmenter
from crmrisk.core.segmenters import Segmenter as Segmenter
from crmrisk.core.segmenters import StatelessSegmenter as StatelessSegmenter
from crmrisk.core.segments import Assigned as Assigned
from crmrisk.core.segments import Segment as Segment
from crmrisk.core.segments import Segments as Segments
from crmrisk.evidence import Declines as Declines
from crmrisk.evidence import Detracts as Detracts
from crmrisk.evidence import Evidence as Evidence
from crmrisk.evidence import NoActivity as NoActivity
from crmrisk.evidence import Occurs as Occurs
from crmrisk.evidence import Overdue as Overdue
from crmrisk.evidence import Recorded as Recorded
from crmrisk.proof import BackTest as BackTest
from crmrisk.proof import backtest as backtest
from crmrisk.satisfaction import DetractorScorer as DetractorScorer
from crmrisk.satisfaction import KanoScorer as KanoScorer
from crmrisk.satisfaction import NpsScorer as NpsScorer
from crmrisk.satisfaction import SatisfactionDeclineScorer as SatisfactionDeclineScorer
from crmrisk.satisfaction import net_promoter_score as net_promoter_score
from crmrisk.scoring import AttritionScorer as AttritionScorer
from crmrisk.scoring import BetaGeoNBD as BetaGeoNBD
from crmrisk.scoring import BlendedScorer as BlendedScorer
from crmrisk.scoring import CalibratedScorer as CalibratedScorer
from crmrisk.scoring import ColumnScorer as ColumnScorer
from crmrisk.scoring import ContractAttritionScorer as ContractAttritionScorer
from crmrisk.scoring import ContractValueScorer as ContractValueScorer
from crmrisk.scoring import ContributionScorer as ContributionScorer
from crmrisk.scoring import GammaGamma as GammaGamma
from crmrisk.scoring import LifetimeValueScorer as LifetimeValueScorer
from crmrisk.scoring import LogisticScorer as LogisticScorer
from crmrisk.scoring import PointsScorer as PointsScorer
from crmrisk.scoring import ProductScorer as ProductScorer
from crmrisk.scoring import SegmentedScorer as SegmentedScorer
from crmrisk.scoring import StackedScorer as StackedScorer
from crmrisk.scoring import choose_model as choose_model
from crmrisk.segmentation import ClusterSegmenter as ClusterSegmenter
from crmrisk.segmentation import RfmSegmenter as RfmSegmenter
from crmrisk.segmentation import TagSegmenter as TagSegmenter
from crmrisk.segmentation import ThresholdSegmenter as ThresholdSegmenter
from crmrisk.segmentation import TierPolicy as TierPolicy
from crmrisk.segmentation import TierSegmenter as TierSegmenter

__version__: str
__all__ = [
    "AssessmentPipeline",
    "Assessments",
    "Assigned",
    "AttritionScorer",
    "BackTest",
    "BaseFittedScorer",
    "BaseFittedSegmenter",
    "BaseScorer",
    "BaseSegmenter",
    "BetaGeoNBD",
    "BlendedScorer",
    "CalibratedScorer",
    "ClusterSegmenter",
    "ColumnScorer",
    "ContractAttritionScorer",
    "ContractValueScorer",
    "ContributionScorer",
    "Control",
    "CrmRiskError",
    "Customer",
    "Declines",
    "DetractorScorer",
    "Detracts",
    "Driver",
    "Estimate",
    "Evidence",
    "Explains",
    "Explanation",
    "FittedScorer",
    "FittedSegmenter",
    "GammaGamma",
    "Incident",
    "Input",
    "Interval",
    "KanoScorer",
    "LevelOfRisk",
    "LifetimeValueScorer",
    "LogisticScorer",
    "Measure",
    "NoActivity",
    "NpsScorer",
    "Occurs",
    "OutcomeRule",
    "Outcomes",
    "Overdue",
    "PointsScorer",
    "Portfolio",
    "ProductScorer",
    "ProgrammeAssessments",
    "Provenance",
    "Quantity",
    "Ranged",
    "Recommendation",
    "Recorded",
    "RfmSegmenter",
    "RiskAssessment",
    "RiskCategory",
    "RiskCriteria",
    "RiskEvent",
    "RiskLevel",
    "RiskMatrix",
    "RiskMatrixScorer",
    "RiskProgramme",
    "SatisfactionDeclineScorer",
    "Scorer",
    "Scores",
    "Segment",
    "SegmentedScorer",
    "Segmenter",
    "Segments",
    "StackedScorer",
    "StatelessScorer",
    "StatelessSegmenter",
    "StrengthOfKnowledge",
    "TagSegmenter",
    "ThresholdSegmenter",
    "TierPolicy",
    "TierSegmenter",
    "TimelineEntry",
    "__version__",
    "backtest",
    "choose_model",
    "load",
    "net_promoter_score",
    "portfolio_loss",
    "save",
]
