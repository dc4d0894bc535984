"""Tests of the bootstrap probability of each category."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multinomial

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano import CategoryProbabilities, KanoCategory
from crmrisk.satisfaction.kano.rules import categories_of_counts
from crmrisk.satisfaction.kano.stability import category_probabilities


@pytest.mark.parametrize("rule", ["mode", "lee-newcomb", "berger", "priority"])
def test_agrees_with_enumerating_every_resample(rule):
    n, shares = 12, np.array([0.25, 0.0, 0.35, 0.4, 0.0, 0.0])
    surveys = np.array([[a, 0, m, n - a - m, 0, 0] for a in range(n + 1) for m in range(n + 1 - a)], dtype=float)
    weights = multinomial.pmf(surveys[:, [0, 2, 3]], n, shares[[0, 2, 3]])
    exact = np.bincount(categories_of_counts(surveys, rule), weights=weights, minlength=6)
    found = category_probabilities(n * shares, rule, rng=np.random.default_rng(8), replicates=20_000)
    # four standard errors of 20,000 draws
    assert [found[category] for category in KanoCategory] == pytest.approx(exact.tolist(), abs=4 * 0.5 / 20_000**0.5)


def test_probabilities_sum_to_one_and_repeat_themselves():
    counts = np.array([18.0, 17.0, 9.0, 4.0, 7.0, 2.0])
    found = category_probabilities(counts)
    assert sum(found[category] for category in KanoCategory) == pytest.approx(1.0, abs=1e-12)
    assert found == category_probabilities(counts)
    assert found != category_probabilities(counts, rng=np.random.default_rng(99))


def test_a_clear_category_is_stable_and_a_tie_is_not():
    assert category_probabilities(np.array([0, 0, 300.0, 20, 0, 0])).must_be == 1.0
    assert 0.4 < category_probabilities(np.array([0, 0, 50.0, 50, 0, 0])).must_be < 0.65


def test_without_answers_nothing_is_probable():
    found = category_probabilities(np.zeros(6))
    assert [found[category] for category in KanoCategory] == [None] * 6


def test_an_unknown_category_is_refused():
    with pytest.raises(InvalidValueError, match="delight"):
        CategoryProbabilities()["delight"]
