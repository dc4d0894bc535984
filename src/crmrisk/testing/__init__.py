"""The conformance kit: the executable contract of a scorer, for built-ins and plugins alike."""

from crmrisk.testing.case import ScorerCase as ScorerCase
from crmrisk.testing.examples import example_outcomes as example_outcomes
from crmrisk.testing.examples import example_portfolio as example_portfolio
from crmrisk.testing.kit import ScorerCheck as ScorerCheck
from crmrisk.testing.kit import run_scorer_checks as run_scorer_checks
from crmrisk.testing.kit import scorer_checks as scorer_checks

__all__ = ["ScorerCase", "ScorerCheck", "example_outcomes", "example_portfolio", "run_scorer_checks", "scorer_checks"]
