# What type checkers see; `_exports` beside it says the same to the interpreter, and a test compares them.

from crmrisk.satisfaction.box_shares import csat as csat
from crmrisk.satisfaction.box_shares import top_box as top_box
from crmrisk.satisfaction.comparison import Comparison as Comparison
from crmrisk.satisfaction.comparison import compare_estimates as compare_estimates
from crmrisk.satisfaction.decline_scorer import SatisfactionDeclineScorer as SatisfactionDeclineScorer
from crmrisk.satisfaction.detractor_scorer import DetractorScorer as DetractorScorer
from crmrisk.satisfaction.dispositions import Dispositions as Dispositions
from crmrisk.satisfaction.dispositions import ResponseRate as ResponseRate
from crmrisk.satisfaction.dispositions import ResponseRates as ResponseRates
from crmrisk.satisfaction.dispositions import response_rate as response_rate
from crmrisk.satisfaction.dispositions import response_rates as response_rates
from crmrisk.satisfaction.drivers import DriverAnalysis as DriverAnalysis
from crmrisk.satisfaction.drivers import DriverImportance as DriverImportance
from crmrisk.satisfaction.drivers import DriverSegments as DriverSegments
from crmrisk.satisfaction.drivers import ImportanceMethod as ImportanceMethod
from crmrisk.satisfaction.drivers import ImportancePerformance as ImportancePerformance
from crmrisk.satisfaction.drivers import MappedDriver as MappedDriver
from crmrisk.satisfaction.drivers import OrdinalDriver as OrdinalDriver
from crmrisk.satisfaction.drivers import OrdinalDrivers as OrdinalDrivers
from crmrisk.satisfaction.drivers import PenaltyReward as PenaltyReward
from crmrisk.satisfaction.drivers import PenaltyRewardAnalysis as PenaltyRewardAnalysis
from crmrisk.satisfaction.drivers import Quadrant as Quadrant
from crmrisk.satisfaction.drivers import beta_squared_importance as beta_squared_importance
from crmrisk.satisfaction.drivers import driver_importance as driver_importance
from crmrisk.satisfaction.drivers import drivers_by_segment as drivers_by_segment
from crmrisk.satisfaction.drivers import first_importance as first_importance
from crmrisk.satisfaction.drivers import impact_asymmetry as impact_asymmetry
from crmrisk.satisfaction.drivers import importance_performance as importance_performance
from crmrisk.satisfaction.drivers import key_drivers as key_drivers
from crmrisk.satisfaction.drivers import last_importance as last_importance
from crmrisk.satisfaction.drivers import lmg as lmg
from crmrisk.satisfaction.drivers import ordinal_drivers as ordinal_drivers
from crmrisk.satisfaction.drivers import penalty_reward as penalty_reward
from crmrisk.satisfaction.drivers import quadrants as quadrants
from crmrisk.satisfaction.drivers import relative_weights as relative_weights
from crmrisk.satisfaction.drivers import shapley_importance as shapley_importance
from crmrisk.satisfaction.effort import CustomerEffort as CustomerEffort
from crmrisk.satisfaction.effort import customer_effort_score as customer_effort_score
from crmrisk.satisfaction.equivalence_tests import Equivalence as Equivalence
from crmrisk.satisfaction.equivalence_tests import equivalence as equivalence
from crmrisk.satisfaction.indices import SatisfactionIndex as SatisfactionIndex
from crmrisk.satisfaction.indices import index_of_means as index_of_means
from crmrisk.satisfaction.indices import satisfaction_index as satisfaction_index
from crmrisk.satisfaction.kano import COMMON_SCALE as COMMON_SCALE
from crmrisk.satisfaction.kano import DUMOUCHEL as DUMOUCHEL
from crmrisk.satisfaction.kano import UNIT_SCALE as UNIT_SCALE
from crmrisk.satisfaction.kano import AnswerScale as AnswerScale
from crmrisk.satisfaction.kano import CategoryProbabilities as CategoryProbabilities
from crmrisk.satisfaction.kano import ClassificationRule as ClassificationRule
from crmrisk.satisfaction.kano import ContinuousPosition as ContinuousPosition
from crmrisk.satisfaction.kano import Ellipse as Ellipse
from crmrisk.satisfaction.kano import EvaluationTable as EvaluationTable
from crmrisk.satisfaction.kano import KanoAnswer as KanoAnswer
from crmrisk.satisfaction.kano import KanoCategory as KanoCategory
from crmrisk.satisfaction.kano import KanoCounts as KanoCounts
from crmrisk.satisfaction.kano import KanoMap as KanoMap
from crmrisk.satisfaction.kano import KanoPoint as KanoPoint
from crmrisk.satisfaction.kano import KanoPoints as KanoPoints
from crmrisk.satisfaction.kano import KanoPosition as KanoPosition
from crmrisk.satisfaction.kano import KanoPriorities as KanoPriorities
from crmrisk.satisfaction.kano import KanoPriority as KanoPriority
from crmrisk.satisfaction.kano import KanoQuadrant as KanoQuadrant
from crmrisk.satisfaction.kano import LeadingTest as LeadingTest
from crmrisk.satisfaction.kano import QuadrantProbabilities as QuadrantProbabilities
from crmrisk.satisfaction.kano import Requirement as Requirement
from crmrisk.satisfaction.kano import categories_of_counts as categories_of_counts
from crmrisk.satisfaction.kano import classify_pairs as classify_pairs
from crmrisk.satisfaction.kano import continuous_position as continuous_position
from crmrisk.satisfaction.kano import evaluation_table as evaluation_table
from crmrisk.satisfaction.kano import kano_map as kano_map
from crmrisk.satisfaction.kano import kano_priorities as kano_priorities
from crmrisk.satisfaction.kano import kano_requirements as kano_requirements
from crmrisk.satisfaction.kano import kano_swot as kano_swot
from crmrisk.satisfaction.kano import requirement_from_pairs as requirement_from_pairs
from crmrisk.satisfaction.kano import requirements_frame as requirements_frame
from crmrisk.satisfaction.kano_scorer import KanoNeed as KanoNeed
from crmrisk.satisfaction.kano_scorer import KanoScorer as KanoScorer
from crmrisk.satisfaction.loyalty import CohortTable as CohortTable
from crmrisk.satisfaction.loyalty import Exposure as Exposure
from crmrisk.satisfaction.loyalty import LoyaltyEstimate as LoyaltyEstimate
from crmrisk.satisfaction.loyalty import PurchaseHistory as PurchaseHistory
from crmrisk.satisfaction.loyalty import RepeatPurchaseRate as RepeatPurchaseRate
from crmrisk.satisfaction.loyalty import Retention as Retention
from crmrisk.satisfaction.loyalty import ReturnCurve as ReturnCurve
from crmrisk.satisfaction.loyalty import RevenueMovement as RevenueMovement
from crmrisk.satisfaction.loyalty import RevenueRetention as RevenueRetention
from crmrisk.satisfaction.loyalty import SurvivalCurve as SurvivalCurve
from crmrisk.satisfaction.loyalty import churn_of_counts as churn_of_counts
from crmrisk.satisfaction.loyalty import cohort_table as cohort_table
from crmrisk.satisfaction.loyalty import contractual_churn as contractual_churn
from crmrisk.satisfaction.loyalty import gross_revenue_retention as gross_revenue_retention
from crmrisk.satisfaction.loyalty import inactivity_threshold as inactivity_threshold
from crmrisk.satisfaction.loyalty import kaplan_meier as kaplan_meier
from crmrisk.satisfaction.loyalty import logo_retention as logo_retention
from crmrisk.satisfaction.loyalty import net_revenue_retention as net_revenue_retention
from crmrisk.satisfaction.loyalty import noncontractual_churn as noncontractual_churn
from crmrisk.satisfaction.loyalty import purchase_history as purchase_history
from crmrisk.satisfaction.loyalty import repeat_purchase_rate as repeat_purchase_rate
from crmrisk.satisfaction.loyalty import retention_rates as retention_rates
from crmrisk.satisfaction.loyalty import return_curve as return_curve
from crmrisk.satisfaction.loyalty import revenue_movement as revenue_movement
from crmrisk.satisfaction.loyalty import revenue_retention as revenue_retention
from crmrisk.satisfaction.loyalty import time_to_second_purchase as time_to_second_purchase
from crmrisk.satisfaction.marginal_homogeneity import MovementTest as MovementTest
from crmrisk.satisfaction.marginal_homogeneity import bhapkar_test as bhapkar_test
from crmrisk.satisfaction.marginal_homogeneity import bowker_test as bowker_test
from crmrisk.satisfaction.marginal_homogeneity import mcnemar_test as mcnemar_test
from crmrisk.satisfaction.marginal_homogeneity import stuart_maxwell_test as stuart_maxwell_test
from crmrisk.satisfaction.mean_comparison import compare_means as compare_means
from crmrisk.satisfaction.mean_comparison import compare_paired_means as compare_paired_means
from crmrisk.satisfaction.means import mean_of_counts as mean_of_counts
from crmrisk.satisfaction.means import mean_score as mean_score
from crmrisk.satisfaction.net_promoter import net_promoter_score as net_promoter_score
from crmrisk.satisfaction.net_promoter_benchmark import (
    compare_net_promoter_to_benchmark as compare_net_promoter_to_benchmark,
)
from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter as compare_net_promoter
from crmrisk.satisfaction.net_promoter_counts import STANDARD_BREAKS as STANDARD_BREAKS
from crmrisk.satisfaction.net_promoter_counts import NpsBreaks as NpsBreaks
from crmrisk.satisfaction.net_promoter_counts import NpsCounts as NpsCounts
from crmrisk.satisfaction.net_promoter_counts import nps_counts as nps_counts
from crmrisk.satisfaction.net_promoter_groups import GroupPair as GroupPair
from crmrisk.satisfaction.net_promoter_groups import HeterogeneityTest as HeterogeneityTest
from crmrisk.satisfaction.net_promoter_groups import NetPromoterGroups as NetPromoterGroups
from crmrisk.satisfaction.net_promoter_groups import compare_net_promoter_groups as compare_net_promoter_groups
from crmrisk.satisfaction.net_promoter_history import NetPromoterWave as NetPromoterWave
from crmrisk.satisfaction.net_promoter_history import NetPromoterWaves as NetPromoterWaves
from crmrisk.satisfaction.net_promoter_history import net_promoter_waves as net_promoter_waves
from crmrisk.satisfaction.net_promoter_paired import compare_paired_net_promoter as compare_paired_net_promoter
from crmrisk.satisfaction.net_promoter_paired import net_promoter_moves as net_promoter_moves
from crmrisk.satisfaction.net_promoter_table import net_promoter_by_segment as net_promoter_by_segment
from crmrisk.satisfaction.nonresponse import NonresponseRange as NonresponseRange
from crmrisk.satisfaction.nonresponse import nonresponse_bias_bound as nonresponse_bias_bound
from crmrisk.satisfaction.nonresponse import nonresponse_range as nonresponse_range
from crmrisk.satisfaction.nps_scorer import NpsScorer as NpsScorer
from crmrisk.satisfaction.paired_differences import compare_paired_scores as compare_paired_scores
from crmrisk.satisfaction.proportion_comparison import compare_proportions as compare_proportions
from crmrisk.satisfaction.proportion_comparison import proportion_difference as proportion_difference
from crmrisk.satisfaction.proportion_differences import mee_interval as mee_interval
from crmrisk.satisfaction.proportion_differences import miettinen_nurminen_interval as miettinen_nurminen_interval
from crmrisk.satisfaction.proportion_differences import newcombe_interval as newcombe_interval
from crmrisk.satisfaction.proportion_intervals import agresti_coull_interval as agresti_coull_interval
from crmrisk.satisfaction.proportion_intervals import clopper_pearson_interval as clopper_pearson_interval
from crmrisk.satisfaction.proportion_intervals import jeffreys_interval as jeffreys_interval
from crmrisk.satisfaction.proportion_intervals import mid_p_interval as mid_p_interval
from crmrisk.satisfaction.proportion_intervals import plus_four_interval as plus_four_interval
from crmrisk.satisfaction.proportion_intervals import wald_interval as wald_interval
from crmrisk.satisfaction.proportion_intervals import wilson_interval as wilson_interval
from crmrisk.satisfaction.proportions import proportion as proportion
from crmrisk.satisfaction.reliability import FactorModel as FactorModel
from crmrisk.satisfaction.reliability import FactorReliability as FactorReliability
from crmrisk.satisfaction.reliability import ItemCovariance as ItemCovariance
from crmrisk.satisfaction.reliability import ItemReliability as ItemReliability
from crmrisk.satisfaction.reliability import Reliability as Reliability
from crmrisk.satisfaction.reliability import alpha_if_dropped as alpha_if_dropped
from crmrisk.satisfaction.reliability import average_variance_extracted as average_variance_extracted
from crmrisk.satisfaction.reliability import confirmatory_factor_analysis as confirmatory_factor_analysis
from crmrisk.satisfaction.reliability import cronbach_alpha as cronbach_alpha
from crmrisk.satisfaction.reliability import factor_coefficient as factor_coefficient
from crmrisk.satisfaction.reliability import factor_reliability as factor_reliability
from crmrisk.satisfaction.reliability import feldt_interval as feldt_interval
from crmrisk.satisfaction.reliability import item_covariance as item_covariance
from crmrisk.satisfaction.reliability import mcdonald_omega as mcdonald_omega
from crmrisk.satisfaction.reliability import scale_reliability as scale_reliability
from crmrisk.satisfaction.reliability import standardised_alpha as standardised_alpha
from crmrisk.satisfaction.sample_size import net_promoter_detectable_difference as net_promoter_detectable_difference
from crmrisk.satisfaction.sample_size import net_promoter_group_size as net_promoter_group_size
from crmrisk.satisfaction.sample_size import net_promoter_margin_of_error as net_promoter_margin_of_error
from crmrisk.satisfaction.sample_size import net_promoter_power as net_promoter_power
from crmrisk.satisfaction.sample_size import net_promoter_sample_size as net_promoter_sample_size
from crmrisk.satisfaction.sample_size import net_promoter_unit_variance as net_promoter_unit_variance
from crmrisk.satisfaction.segments import SegmentEstimates as SegmentEstimates
from crmrisk.satisfaction.segments import by_segment as by_segment
from crmrisk.satisfaction.service_quality import DIMENSIONS as DIMENSIONS
from crmrisk.satisfaction.service_quality import servperf as servperf
from crmrisk.satisfaction.service_quality import servqual as servqual
from crmrisk.satisfaction.service_quality import servqual_score as servqual_score
from crmrisk.satisfaction.service_quality_records import QualityGap as QualityGap
from crmrisk.satisfaction.service_quality_records import QualityMean as QualityMean
from crmrisk.satisfaction.service_quality_records import ServicePerformance as ServicePerformance
from crmrisk.satisfaction.service_quality_records import ServiceQuality as ServiceQuality
from crmrisk.satisfaction.simultaneous_shares import NetPromoterShares as NetPromoterShares
from crmrisk.satisfaction.simultaneous_shares import net_promoter_shares as net_promoter_shares
from crmrisk.satisfaction.simultaneous_shares import simultaneous_proportions as simultaneous_proportions
from crmrisk.satisfaction.survey_design import DesignMean as DesignMean
from crmrisk.satisfaction.survey_design import design_mean as design_mean
from crmrisk.satisfaction.swot import SwotEntry as SwotEntry
from crmrisk.satisfaction.swot import SwotTable as SwotTable
from crmrisk.satisfaction.text import JiebaSegmenter as JiebaSegmenter
from crmrisk.satisfaction.text import Lexicon as Lexicon
from crmrisk.satisfaction.text import LexiconSentiment as LexiconSentiment
from crmrisk.satisfaction.text import Segmenter as Segmenter
from crmrisk.satisfaction.text import SentimentScorer as SentimentScorer
from crmrisk.satisfaction.text import TextSignals as TextSignals
from crmrisk.satisfaction.text import TopicKeywords as TopicKeywords
from crmrisk.satisfaction.text import VaderSentiment as VaderSentiment
from crmrisk.satisfaction.text import bilingual_lexicon as bilingual_lexicon
from crmrisk.satisfaction.text import chinese_lexicon as chinese_lexicon
from crmrisk.satisfaction.text import complaint_topics as complaint_topics
from crmrisk.satisfaction.text import english_lexicon as english_lexicon
from crmrisk.satisfaction.text import text_signals as text_signals

__all__ = [
    "COMMON_SCALE",
    "DIMENSIONS",
    "DUMOUCHEL",
    "STANDARD_BREAKS",
    "UNIT_SCALE",
    "AnswerScale",
    "CategoryProbabilities",
    "ClassificationRule",
    "CohortTable",
    "Comparison",
    "ContinuousPosition",
    "CustomerEffort",
    "DesignMean",
    "DetractorScorer",
    "Dispositions",
    "DriverAnalysis",
    "DriverImportance",
    "DriverSegments",
    "Ellipse",
    "Equivalence",
    "EvaluationTable",
    "Exposure",
    "FactorModel",
    "FactorReliability",
    "GroupPair",
    "HeterogeneityTest",
    "ImportanceMethod",
    "ImportancePerformance",
    "ItemCovariance",
    "ItemReliability",
    "JiebaSegmenter",
    "KanoAnswer",
    "KanoCategory",
    "KanoCounts",
    "KanoMap",
    "KanoNeed",
    "KanoPoint",
    "KanoPoints",
    "KanoPosition",
    "KanoPriorities",
    "KanoPriority",
    "KanoQuadrant",
    "KanoScorer",
    "LeadingTest",
    "Lexicon",
    "LexiconSentiment",
    "LoyaltyEstimate",
    "MappedDriver",
    "MovementTest",
    "NetPromoterGroups",
    "NetPromoterShares",
    "NetPromoterWave",
    "NetPromoterWaves",
    "NonresponseRange",
    "NpsBreaks",
    "NpsCounts",
    "NpsScorer",
    "OrdinalDriver",
    "OrdinalDrivers",
    "PenaltyReward",
    "PenaltyRewardAnalysis",
    "PurchaseHistory",
    "Quadrant",
    "QuadrantProbabilities",
    "QualityGap",
    "QualityMean",
    "Reliability",
    "RepeatPurchaseRate",
    "Requirement",
    "ResponseRate",
    "ResponseRates",
    "Retention",
    "ReturnCurve",
    "RevenueMovement",
    "RevenueRetention",
    "SatisfactionDeclineScorer",
    "SatisfactionIndex",
    "SegmentEstimates",
    "Segmenter",
    "SentimentScorer",
    "ServicePerformance",
    "ServiceQuality",
    "SurvivalCurve",
    "SwotEntry",
    "SwotTable",
    "TextSignals",
    "TopicKeywords",
    "VaderSentiment",
    "agresti_coull_interval",
    "alpha_if_dropped",
    "average_variance_extracted",
    "beta_squared_importance",
    "bhapkar_test",
    "bilingual_lexicon",
    "bowker_test",
    "by_segment",
    "categories_of_counts",
    "chinese_lexicon",
    "churn_of_counts",
    "classify_pairs",
    "clopper_pearson_interval",
    "cohort_table",
    "compare_estimates",
    "compare_means",
    "compare_net_promoter",
    "compare_net_promoter_groups",
    "compare_net_promoter_to_benchmark",
    "compare_paired_means",
    "compare_paired_net_promoter",
    "compare_paired_scores",
    "compare_proportions",
    "complaint_topics",
    "confirmatory_factor_analysis",
    "continuous_position",
    "contractual_churn",
    "cronbach_alpha",
    "csat",
    "customer_effort_score",
    "design_mean",
    "driver_importance",
    "drivers_by_segment",
    "english_lexicon",
    "equivalence",
    "evaluation_table",
    "factor_coefficient",
    "factor_reliability",
    "feldt_interval",
    "first_importance",
    "gross_revenue_retention",
    "impact_asymmetry",
    "importance_performance",
    "inactivity_threshold",
    "index_of_means",
    "item_covariance",
    "jeffreys_interval",
    "kano_map",
    "kano_priorities",
    "kano_requirements",
    "kano_swot",
    "kaplan_meier",
    "key_drivers",
    "last_importance",
    "lmg",
    "logo_retention",
    "mcdonald_omega",
    "mcnemar_test",
    "mean_of_counts",
    "mean_score",
    "mee_interval",
    "mid_p_interval",
    "miettinen_nurminen_interval",
    "net_promoter_by_segment",
    "net_promoter_detectable_difference",
    "net_promoter_group_size",
    "net_promoter_margin_of_error",
    "net_promoter_moves",
    "net_promoter_power",
    "net_promoter_sample_size",
    "net_promoter_score",
    "net_promoter_shares",
    "net_promoter_unit_variance",
    "net_promoter_waves",
    "net_revenue_retention",
    "newcombe_interval",
    "noncontractual_churn",
    "nonresponse_bias_bound",
    "nonresponse_range",
    "nps_counts",
    "ordinal_drivers",
    "penalty_reward",
    "plus_four_interval",
    "proportion",
    "proportion_difference",
    "purchase_history",
    "quadrants",
    "relative_weights",
    "repeat_purchase_rate",
    "requirement_from_pairs",
    "requirements_frame",
    "response_rate",
    "response_rates",
    "retention_rates",
    "return_curve",
    "revenue_movement",
    "revenue_retention",
    "satisfaction_index",
    "scale_reliability",
    "servperf",
    "servqual",
    "servqual_score",
    "shapley_importance",
    "simultaneous_proportions",
    "standardised_alpha",
    "stuart_maxwell_test",
    "text_signals",
    "time_to_second_purchase",
    "top_box",
    "wald_interval",
    "wilson_interval",
]
