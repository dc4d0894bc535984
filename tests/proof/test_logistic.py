"""The logistic line against statsmodels, and the cases without a maximum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from crmrisk.proof.logistic import logistic_line, logistic_shift, no_line
from crmrisk.proof.ties import tie_groups


def by_statsmodels(x, y):
    fit = GLM(y, np.column_stack([np.ones_like(x), x]), family=Binomial()).fit(tol=1e-12, maxiter=200)
    return (*fit.params, *fit.bse)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("slope", [-0.5, 0.0, 0.7, 2.0])
def test_line_agrees_with_statsmodels(seed, slope):
    rng = np.random.default_rng(seed)
    x = rng.normal(-2, 1.5, 300)
    y = (rng.random(300) < 1 / (1 + np.exp(-(0.5 + slope * x)))).astype(float)
    line = logistic_line(tie_groups(x, y))
    found = (line.intercept, line.slope, line.intercept_error, line.slope_error)
    np.testing.assert_allclose(found, by_statsmodels(x, y), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_shift_agrees_with_statsmodels_offset(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 2, 200)
    y = (rng.random(200) < 0.3).astype(float)
    fit = GLM(y, np.ones((200, 1)), family=Binomial(), offset=x).fit(tol=1e-12)
    shift, error = logistic_shift(tie_groups(x, y))
    assert shift == pytest.approx(fit.params[0], rel=1e-6)
    assert error == pytest.approx(fit.bse[0], rel=1e-6)


@pytest.mark.parametrize(
    ("x", "y", "word"),
    [
        ([1, 2, 3], [0, 0, 0], "one class"),
        ([1, 2, 3], [1, 1, 1], "one class"),
        ([2, 2, 2], [0, 1, 1], "one distinct"),
        ([1, 2, 3, 4], [0, 0, 1, 1], "separated"),
        ([1, 2, 3, 4], [1, 1, 0, 0], "separated"),
        ([1, 2, 2, 3], [0, 0, 1, 1], "separated"),
    ],
)
def test_no_maximum_is_recognised(x, y, word):
    assert word in no_line(tie_groups(np.array(x, float), np.array(y, float)))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(-700, 36), st.integers(0, 1)), min_size=4, max_size=40))
def test_where_a_maximum_exists_the_gradient_vanishes(rows):
    x, y = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    groups = tie_groups(x, y)
    if no_line(groups) is None:
        line = logistic_line(groups)
        residual = y - 1 / (1 + np.exp(-np.clip(line.intercept + line.slope * x, -700, 700)))
        assert residual.sum() == pytest.approx(0, abs=1e-6)
        assert (residual * x).sum() / (1 + np.abs(x).max()) == pytest.approx(0, abs=1e-6)


def test_one_overlap_in_ten_thousand_is_still_fitted():
    x = np.arange(10_000.0)
    y = (x > 5_000).astype(float)
    y[4_990] = 1
    line = logistic_line(tie_groups(x, y))
    assert line.slope > 0
    assert np.isfinite(line.slope_error)
