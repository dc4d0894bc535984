"""Bootstrap stability: against resampling by hand, by customers, and refusing other baskets."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.baskets import Baskets, association_rules

RNG = np.random.default_rng(11)
ONES = RNG.random((120, 5)) < [0.5, 0.4, 0.3, 0.3, 0.2]
ONES[:, 1] |= ONES[:, 0] & (RNG.random(120) < 0.4)
BASKETS = Baskets.from_matrix(ONES, items=range(5))
RULES = association_rules(BASKETS, min_support=0.1, min_confidence=0.3, min_lift=1.0)


def test_it_is_the_share_of_samples_that_find_the_rule_again():
    """Mine each resample anew, drawn the same way."""
    ones = np.array(sorted(ONES, key=lambda row: np.flatnonzero(row).tobytes()))  # by content: order draws nothing else
    found = {(rule.antecedents, rule.consequents): 0 for rule in RULES}
    rng = np.random.default_rng(3)
    for _ in range(20):
        sample = Baskets.from_matrix(ones[rng.integers(0, 120, 120)], items=range(5))
        again = association_rules(sample, min_support=0.1, min_confidence=0.3, min_lift=1.0)
        for rule in again.take(again.lift > 1.0):
            found[rule.antecedents, rule.consequents] = found.get((rule.antecedents, rule.consequents), 0) + 1
    measured = RULES.with_stability(BASKETS, resamples=20, rng=np.random.default_rng(3))
    strict = measured.take(measured.lift > 1.0)
    expected = [found[sides] / 20 for sides in zip(strict.antecedents, strict.consequents, strict=True)]
    assert strict.stability.tolist() == pytest.approx(expected)
    assert len(set(expected)) > 3


def test_the_same_every_time_and_carried_along():
    once, twice = RULES.with_stability(BASKETS), RULES.with_stability(BASKETS)
    assert once == twice
    assert (np.diff(once.sort("stability").stability) <= 0).all()
    assert once.rows()[0].stability == once.stability[0] == once.frame()["stability"][0]


def test_orders_of_one_customer_are_drawn_together():
    """One customer's orders hold all that speaks for a rule: without that customer it is gone, 1 in e of the time."""
    baskets = Baskets.from_lists([["tea", "cup"]] * 20 + [["tea"]] * 40 + [["pot"]] * 40)
    rules = association_rules(baskets, min_support=0.05)
    customers = np.append(np.zeros(20, dtype=int), np.arange(1, 81))
    by_order = rules.with_stability(baskets).stability
    by_customer = rules.with_stability(baskets, clusters=customers).stability
    assert (by_order > 0.95).all()
    assert by_customer == pytest.approx(np.full(2, 1 - np.exp(-1)), abs=4 * np.sqrt(0.25 / 200))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"baskets": Baskets.from_lists([["a"]])}, "other baskets"),
        ({"baskets": ONES}, "not a Baskets"),
        ({"resamples": 0}, "resamples"),
        ({"rng": 3}, "rng"),
        ({"clusters": [1, 2]}, "not one per basket"),
        ({"clusters": [None, *range(119)]}, "1 missing"),
    ],
)
def test_bad_input_is_named(options, says):
    with pytest.raises(InvalidValueError, match=says):
        RULES.with_stability(**{"baskets": BASKETS} | options)
