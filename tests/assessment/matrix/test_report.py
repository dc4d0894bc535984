from __future__ import annotations

import pytest

from crmrisk.assessment.matrix import AxiomViolation, RiskMatrix, TheoremOne
from crmrisk.core.errors import InvalidValueError


def test_violations_are_listed_axiom_by_axiom():
    report = RiskMatrix((0, 0.5, 1), (0, 0.5, 1), (("low", "low"), ("low", "high"))).check()
    axioms = [violation.axiom for violation in report.violations]
    assert axioms == sorted(axioms)
    assert len(axioms) == len(report.weak_consistency + report.betweenness + report.consistent_colouring)


def test_an_unknown_axiom_is_refused():
    with pytest.raises(InvalidValueError):
        AxiomViolation("A4", ((0, 0),), "what")


def test_theorem_one_needs_both_statements():
    assert not TheoremOne(applies=True, first_row_and_column_green=True, second_row_and_column_without_red=False).holds
