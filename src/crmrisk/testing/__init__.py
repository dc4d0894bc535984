"""The conformance kit: the executable contract of scorers and segmenters, for built-ins and plugins alike."""

from crmrisk.testing.case import ScorerCase as ScorerCase
from crmrisk.testing.case import SegmenterCase as SegmenterCase
from crmrisk.testing.examples import example_outcomes as example_outcomes
from crmrisk.testing.examples import example_portfolio as example_portfolio
from crmrisk.testing.kit import ScorerCheck as ScorerCheck
from crmrisk.testing.kit import run_scorer_checks as run_scorer_checks
from crmrisk.testing.kit import scorer_checks as scorer_checks
from crmrisk.testing.segmenter_kit import SegmenterCheck as SegmenterCheck
from crmrisk.testing.segmenter_kit import run_segmenter_checks as run_segmenter_checks
from crmrisk.testing.segmenter_kit import segmenter_checks as segmenter_checks

__all__ = [
    "ScorerCase",
    "ScorerCheck",
    "SegmenterCase",
    "SegmenterCheck",
    "example_outcomes",
    "example_portfolio",
    "run_scorer_checks",
    "run_segmenter_checks",
    "scorer_checks",
    "segmenter_checks",
]
