"""Tests of covariances of items: from answers, weighted, and given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.satisfaction.reliability import item_covariance


def test_covariances_are_numpys():
    answers = np.random.default_rng(1).normal(size=(25, 3))
    found = item_covariance(answers)
    assert found.matrix == pytest.approx(np.cov(answers, rowvar=False))
    assert found.correlations == pytest.approx(np.corrcoef(answers, rowvar=False))
    assert found.names == ("item1", "item2", "item3")
    assert (found.n, found.effective_n) == (25, 25)
    with pytest.raises(ValueError, match="read-only"):
        found.matrix[0, 0] = 1.0


def test_weighted_covariances_have_the_divisor_of_their_worth():
    answers, weights = np.random.default_rng(2).normal(size=(12, 2)), np.arange(1.0, 13.0)
    found = item_covariance(answers, weights=weights)
    worth = weights.sum() ** 2 / (weights**2).sum()
    plain = np.cov(answers, rowvar=False, aweights=weights, ddof=0)
    assert found.matrix == pytest.approx(plain * worth / (worth - 1))
    assert (found.n, found.effective_n) == (12, pytest.approx(worth))


def test_respondents_without_weight_are_not_used():
    answers = np.array([[1, 2], [3, 3], [5, 4], [9, 1.0]])
    assert item_covariance(answers, weights=[1, 1, 1, 0]).matrix == pytest.approx(item_covariance(answers[:3]).matrix)


def test_given_covariances_keep_their_names():
    table = pd.DataFrame([[4.0, 1.0], [1.0, 2.0]], index=["a", "b"], columns=["a", "b"])
    found = item_covariance(covariance=table, n=30)
    assert (found.names, found.n) == (("a", "b"), 30)
    assert found.only(["b"]).matrix.tolist() == [[2.0]]


def test_a_column_of_equal_decimals_does_not_vary():
    found = item_covariance([[0.1, 1], [0.1, 2], [0.1, 4]])
    assert found.unusable == ("items that do not vary: item1",)
