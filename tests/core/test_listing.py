"""Tests of how records read: short lines, few of them, and the same in a notebook."""

from __future__ import annotations

import pytest

from crmrisk.core.estimate import Estimate
from crmrisk.core.listing import bounded, listed


@pytest.mark.parametrize(
    ("estimate", "expected"),
    [
        (Estimate(value=0.31234567, low=0.1, high=0.5, method="score", n=9), "0.3123 [0.1, 0.5]"),
        (Estimate(value=0.3, method="score", n=9), "0.3"),
        (Estimate(value=None, method="score", n=0), "unrated"),
    ],
    ids=["bounded", "without limits", "unrated"],
)
def test_an_estimate_with_its_limits_alone(estimate, expected):
    assert bounded(estimate) == expected


def test_lines_beyond_what_a_person_reads_are_counted():
    assert listed([]) == ""
    assert listed("abc", most=3) == "a\nb\nc"
    assert listed(range(10_002), most=2) == "0\n1\n... and 10,000 more"


def test_a_notebook_shows_what_print_says():
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    estimate = Estimate(value=0.3, low=0.14, high=0.44, method="score", n=100)
    assert pretty(estimate) == str(estimate) == "0.3 [0.14, 0.44] (95 % score, n 100)"
    assert pretty((estimate,)) == f"({estimate},)"
    assert repr(estimate).startswith("Estimate(value=0.3, ")
