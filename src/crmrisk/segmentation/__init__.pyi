# What type checkers see; `_exports` beside it says the same to the interpreter, and a test compares them.

from crmrisk.segmentation.absorption import Absorption as Absorption
from crmrisk.segmentation.absorption import fundamental_matrix as fundamental_matrix
from crmrisk.segmentation.baskets import AssociationRule as AssociationRule
from crmrisk.segmentation.baskets import AssociationRules as AssociationRules
from crmrisk.segmentation.baskets import Baskets as Baskets
from crmrisk.segmentation.baskets import FrequentItemsets as FrequentItemsets
from crmrisk.segmentation.baskets import Recommendation as Recommendation
from crmrisk.segmentation.baskets import association_rules as association_rules
from crmrisk.segmentation.baskets import frequent_itemsets as frequent_itemsets
from crmrisk.segmentation.cluster_records import Cluster as Cluster
from crmrisk.segmentation.cluster_records import Resample as Resample
from crmrisk.segmentation.clustering import Clustering as Clustering
from crmrisk.segmentation.clusters import ClusterSegmenter as ClusterSegmenter
from crmrisk.segmentation.concentrated import Concentration as Concentration
from crmrisk.segmentation.concentrated import concentration as concentration
from crmrisk.segmentation.concentrated import gini as gini
from crmrisk.segmentation.concentrated import herfindahl as herfindahl
from crmrisk.segmentation.concentrated import top_share as top_share
from crmrisk.segmentation.conditions import AllOf as AllOf
from crmrisk.segmentation.conditions import AnyOf as AnyOf
from crmrisk.segmentation.conditions import Condition as Condition
from crmrisk.segmentation.conditions import Criterion as Criterion
from crmrisk.segmentation.conditions import Tagged as Tagged
from crmrisk.segmentation.contribution import Contribution as Contribution
from crmrisk.segmentation.contribution import Contributions as Contributions
from crmrisk.segmentation.contribution import contributions as contributions
from crmrisk.segmentation.customer_history import CustomerHistory as CustomerHistory
from crmrisk.segmentation.demand import DEMAND_CLASSES as DEMAND_CLASSES
from crmrisk.segmentation.demand import NEED_STATES as NEED_STATES
from crmrisk.segmentation.demand import DemandClasses as DemandClasses
from crmrisk.segmentation.demand import DemandSeries as DemandSeries
from crmrisk.segmentation.demand import ForecastChoice as ForecastChoice
from crmrisk.segmentation.demand import ForecastErrors as ForecastErrors
from crmrisk.segmentation.demand import ForecastResult as ForecastResult
from crmrisk.segmentation.demand import NeedModel as NeedModel
from crmrisk.segmentation.demand import Needs as Needs
from crmrisk.segmentation.demand import choose_forecast as choose_forecast
from crmrisk.segmentation.demand import classify_demand as classify_demand
from crmrisk.segmentation.demand import classify_needs as classify_needs
from crmrisk.segmentation.demand import croston as croston
from crmrisk.segmentation.demand import demand_series as demand_series
from crmrisk.segmentation.demand import exponential_smoothing as exponential_smoothing
from crmrisk.segmentation.demand import forecast_demand as forecast_demand
from crmrisk.segmentation.demand import mean_forecast as mean_forecast
from crmrisk.segmentation.demand import naive_forecast as naive_forecast
from crmrisk.segmentation.demand import need_forecast as need_forecast
from crmrisk.segmentation.demand import rolling_origin_error as rolling_origin_error
from crmrisk.segmentation.demand import sba as sba
from crmrisk.segmentation.demand import seasonal_naive_forecast as seasonal_naive_forecast
from crmrisk.segmentation.demand import tsb as tsb
from crmrisk.segmentation.demand import zero_forecast as zero_forecast
from crmrisk.segmentation.entitlements import EntitlementVariant as EntitlementVariant
from crmrisk.segmentation.entitlements import ServiceEntitlements as ServiceEntitlements
from crmrisk.segmentation.fitted_clusters import FittedClusterSegmenter as FittedClusterSegmenter
from crmrisk.segmentation.future_book import ExpectedBook as ExpectedBook
from crmrisk.segmentation.future_book import expected_book as expected_book
from crmrisk.segmentation.gap import GapStatistic as GapStatistic
from crmrisk.segmentation.gap import gap_statistic as gap_statistic
from crmrisk.segmentation.gower import gower_distances as gower_distances
from crmrisk.segmentation.hierarchy import hierarchical as hierarchical
from crmrisk.segmentation.leaking import MoneyLeaks as MoneyLeaks
from crmrisk.segmentation.leaking import money_leaks as money_leaks
from crmrisk.segmentation.lorenz import LorenzCurve as LorenzCurve
from crmrisk.segmentation.lorenz import lorenz_curve as lorenz_curve
from crmrisk.segmentation.markov_chain import MarkovChain as MarkovChain
from crmrisk.segmentation.markov_chain import stationary_distribution as stationary_distribution
from crmrisk.segmentation.markov_value import MarkovValue as MarkovValue
from crmrisk.segmentation.markov_value import markov_lifetime_value as markov_lifetime_value
from crmrisk.segmentation.means_clustering import k_means as k_means
from crmrisk.segmentation.medoids_clustering import k_medoids as k_medoids
from crmrisk.segmentation.migration import Migration as Migration
from crmrisk.segmentation.migration_tests import MigrationTest as MigrationTest
from crmrisk.segmentation.migration_tests import Momentum as Momentum
from crmrisk.segmentation.migration_tests import momentum_test as momentum_test
from crmrisk.segmentation.migration_tests import stationarity_test as stationarity_test
from crmrisk.segmentation.multiples import margin_multiple as margin_multiple
from crmrisk.segmentation.number_of_clusters import KChoice as KChoice
from crmrisk.segmentation.number_of_clusters import choose_k as choose_k
from crmrisk.segmentation.profile import Trait as Trait
from crmrisk.segmentation.prototypes_clustering import k_prototypes as k_prototypes
from crmrisk.segmentation.recurrence import ClusterStability as ClusterStability
from crmrisk.segmentation.recurrence import jaccard as jaccard
from crmrisk.segmentation.recurrence import stability_verdict as stability_verdict
from crmrisk.segmentation.resampling import cluster_stability as cluster_stability
from crmrisk.segmentation.rfm import FittedRfmSegmenter as FittedRfmSegmenter
from crmrisk.segmentation.rfm import RfmSegmenter as RfmSegmenter
from crmrisk.segmentation.rfm_cuts import RfmCuts as RfmCuts
from crmrisk.segmentation.rfm_engine import learn_rfm_cuts as learn_rfm_cuts
from crmrisk.segmentation.rfm_engine import rfm_table as rfm_table
from crmrisk.segmentation.rfm_presets import complete_segments as complete_segments
from crmrisk.segmentation.rfm_presets import published_segments as published_segments
from crmrisk.segmentation.rfm_scores import RfmScore as RfmScore
from crmrisk.segmentation.rfm_scores import RfmScores as RfmScores
from crmrisk.segmentation.rfm_segments import RfmBox as RfmBox
from crmrisk.segmentation.rfm_segments import SegmentBoxes as SegmentBoxes
from crmrisk.segmentation.rfm_segments import SegmentCheck as SegmentCheck
from crmrisk.segmentation.silhouettes import Silhouette as Silhouette
from crmrisk.segmentation.silhouettes import silhouette as silhouette
from crmrisk.segmentation.tag_rules import TagRule as TagRule
from crmrisk.segmentation.tag_sets import Tag as Tag
from crmrisk.segmentation.tag_sets import Tags as Tags
from crmrisk.segmentation.tag_sets import TagSet as TagSet
from crmrisk.segmentation.tags import TagSegmenter as TagSegmenter
from crmrisk.segmentation.tags import apply_tags as apply_tags
from crmrisk.segmentation.thresholds import ThresholdSegmenter as ThresholdSegmenter
from crmrisk.segmentation.tier_application import apply_policy as apply_policy
from crmrisk.segmentation.tier_capacity import Entitled as Entitled
from crmrisk.segmentation.tier_capacity import entitlements_of as entitlements_of
from crmrisk.segmentation.tier_decisions import TierDecision as TierDecision
from crmrisk.segmentation.tier_history import TierHistory as TierHistory
from crmrisk.segmentation.tier_history import TierReview as TierReview
from crmrisk.segmentation.tier_policy import Band as Band
from crmrisk.segmentation.tier_policy import Tier as Tier
from crmrisk.segmentation.tier_policy import TierPolicy as TierPolicy
from crmrisk.segmentation.tier_presets import institutional_clients as institutional_clients
from crmrisk.segmentation.tier_records import TierApproval as TierApproval
from crmrisk.segmentation.tier_records import TierOverride as TierOverride
from crmrisk.segmentation.tier_records import TierProtection as TierProtection
from crmrisk.segmentation.tier_simulation import PolicyBehaviour as PolicyBehaviour
from crmrisk.segmentation.tier_simulation import autoregressive_history as autoregressive_history
from crmrisk.segmentation.tier_simulation import compare_policies as compare_policies
from crmrisk.segmentation.tier_simulation import simulate_policy as simulate_policy
from crmrisk.segmentation.tiers import TierSegmenter as TierSegmenter
from crmrisk.segmentation.transitions import migration_history as migration_history
from crmrisk.segmentation.transitions import transition_matrix as transition_matrix
from crmrisk.segmentation.visits import ChannelUse as ChannelUse
from crmrisk.segmentation.visits import ContactEntitlement as ContactEntitlement
from crmrisk.segmentation.visits import ContactPlan as ContactPlan
from crmrisk.segmentation.visits import contact_plan as contact_plan

__all__ = [
    "DEMAND_CLASSES",
    "NEED_STATES",
    "Absorption",
    "AllOf",
    "AnyOf",
    "AssociationRule",
    "AssociationRules",
    "Band",
    "Baskets",
    "ChannelUse",
    "Cluster",
    "ClusterSegmenter",
    "ClusterStability",
    "Clustering",
    "Concentration",
    "Condition",
    "ContactEntitlement",
    "ContactPlan",
    "Contribution",
    "Contributions",
    "Criterion",
    "CustomerHistory",
    "DemandClasses",
    "DemandSeries",
    "Entitled",
    "EntitlementVariant",
    "ExpectedBook",
    "FittedClusterSegmenter",
    "FittedRfmSegmenter",
    "ForecastChoice",
    "ForecastErrors",
    "ForecastResult",
    "FrequentItemsets",
    "GapStatistic",
    "KChoice",
    "LorenzCurve",
    "MarkovChain",
    "MarkovValue",
    "Migration",
    "MigrationTest",
    "Momentum",
    "MoneyLeaks",
    "NeedModel",
    "Needs",
    "PolicyBehaviour",
    "Recommendation",
    "Resample",
    "RfmBox",
    "RfmCuts",
    "RfmScore",
    "RfmScores",
    "RfmSegmenter",
    "SegmentBoxes",
    "SegmentCheck",
    "ServiceEntitlements",
    "Silhouette",
    "Tag",
    "TagRule",
    "TagSegmenter",
    "TagSet",
    "Tagged",
    "Tags",
    "ThresholdSegmenter",
    "Tier",
    "TierApproval",
    "TierDecision",
    "TierHistory",
    "TierOverride",
    "TierPolicy",
    "TierProtection",
    "TierReview",
    "TierSegmenter",
    "Trait",
    "apply_policy",
    "apply_tags",
    "association_rules",
    "autoregressive_history",
    "choose_forecast",
    "choose_k",
    "classify_demand",
    "classify_needs",
    "cluster_stability",
    "compare_policies",
    "complete_segments",
    "concentration",
    "contact_plan",
    "contributions",
    "croston",
    "demand_series",
    "entitlements_of",
    "expected_book",
    "exponential_smoothing",
    "forecast_demand",
    "frequent_itemsets",
    "fundamental_matrix",
    "gap_statistic",
    "gini",
    "gower_distances",
    "herfindahl",
    "hierarchical",
    "institutional_clients",
    "jaccard",
    "k_means",
    "k_medoids",
    "k_prototypes",
    "learn_rfm_cuts",
    "lorenz_curve",
    "margin_multiple",
    "markov_lifetime_value",
    "mean_forecast",
    "migration_history",
    "momentum_test",
    "money_leaks",
    "naive_forecast",
    "need_forecast",
    "published_segments",
    "rfm_table",
    "rolling_origin_error",
    "sba",
    "seasonal_naive_forecast",
    "silhouette",
    "simulate_policy",
    "stability_verdict",
    "stationarity_test",
    "stationary_distribution",
    "top_share",
    "transition_matrix",
    "tsb",
    "zero_forecast",
]
