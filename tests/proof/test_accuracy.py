"""Brier score, its parts and its skill, and the log loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.proof.accuracy import EXACT_UP_TO, brier_score, brier_skill, log_loss, murphy_decomposition

D_CAL_P = [0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.9]
D_CAL_Y = [0, 0, 1, 0, 1, 0, 0, 1, 0, 1]

forecasts = st.lists(
    st.tuples(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.5, 1.0])), st.integers(0, 1)),
    min_size=1,
    max_size=60,
)


@pytest.mark.parametrize(
    ("name", "found", "value"),
    [
        ("Brier", lambda: brier_score(D_CAL_P, D_CAL_Y).value, 0.2180000),
        ("REL", lambda: murphy_decomposition(D_CAL_P, D_CAL_Y).reliability, 0.0263333),
        ("RES", lambda: murphy_decomposition(D_CAL_P, D_CAL_Y).resolution, 0.0483333),
        ("UNC", lambda: murphy_decomposition(D_CAL_P, D_CAL_Y).uncertainty, 0.24),
        ("log loss", lambda: log_loss(D_CAL_P, D_CAL_Y).value, 0.6453312),
    ],
)
def test_reference_row_ca1(name, found, value):
    assert found() == pytest.approx(value, abs=1e-7), f"scorecards.md CA1 {name}"


@settings(deadline=None, max_examples=60)
@given(forecasts, st.one_of(st.none(), st.integers(1, 12)))
def test_the_parts_add_up_whatever_the_grouping(rows, bins):
    p, y = zip(*rows, strict=True)
    parts = murphy_decomposition(p, y, bins=bins)
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins
    assert total == pytest.approx(brier_score(p, y).value, abs=1e-12)
    assert parts.brier == pytest.approx(brier_score(p, y).value, abs=1e-12)
    if bins is None:
        assert parts.within_bins == 0
        assert "exact" in parts.method
    assert min(parts.reliability, parts.resolution) >= 0


def test_many_probabilities_are_binned_and_it_says_so():
    p = np.linspace(0, 1, EXACT_UP_TO + 1)
    parts = murphy_decomposition(p, p > 0.5)
    assert (parts.groups, parts.method) == (10, "10 equal-mass bins")
    assert murphy_decomposition(p[1:], p[1:] > 0.5).groups == EXACT_UP_TO


def test_brier_error_is_that_of_a_mean():
    found = brier_score(D_CAL_P, D_CAL_Y)
    loss = (np.array(D_CAL_P) - D_CAL_Y) ** 2
    assert found.standard_error == pytest.approx(np.std(loss, ddof=1) / np.sqrt(10), rel=1e-12)
    assert found.low < found.value < found.high


def test_skill_against_the_observed_and_a_given_rate():
    assert brier_skill(D_CAL_P, D_CAL_Y).value == pytest.approx(1 - 0.218 / 0.24)
    given_rate = brier_skill(D_CAL_P, D_CAL_Y, base_rate=0.2)
    assert given_rate.value == pytest.approx(1 - 0.218 / np.mean((0.2 - np.array(D_CAL_Y)) ** 2))
    assert given_rate.method == "Brier skill against the given base rate 0.2"


def test_saying_the_base_rate_has_no_skill():
    found = brier_skill([0.4] * 10, D_CAL_Y)
    assert found.value == pytest.approx(0, abs=1e-15)
    assert found.standard_error == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("base_rate", [None, 0.3])
def test_the_error_of_skill_agrees_with_the_jackknife(base_rate):
    rng = np.random.default_rng(5)
    p = rng.beta(1, 3, 400)
    y = (rng.random(400) < p).astype(float)
    left_out = [brier_skill(np.delete(p, row), np.delete(y, row), base_rate=base_rate).value for row in range(p.size)]
    jackknife = np.sqrt((p.size - 1) * np.var(left_out))
    assert brier_skill(p, y, base_rate=base_rate).standard_error == pytest.approx(jackknife, rel=0.02)


def test_an_infinite_loss_is_no_number():
    found = log_loss([0.0, 1.0, 0.5], [1, 0, 1])
    assert found.value is None
    assert found.warnings == ("infinite: 2 rows had probability 0 for what happened",)
    clipped = log_loss([0.0, 1.0, 0.5], [1, 0, 1], clip=1e-6)
    assert clipped.value == pytest.approx((2 * -np.log(1e-6) + np.log(2)) / 3)
    assert "2 probabilities moved" in clipped.warnings[0]


def test_certainty_that_came_true_costs_nothing():
    assert str(log_loss([0.0, 1.0], [0, 1]).value) == "0.0"
    assert brier_score([0.0, 1.0], [0, 1]).value == 0


def test_nothing_to_save_or_nobody_is_a_state():
    assert brier_skill([0.1, 0.2], [0, 0]).value is None
    assert brier_skill([0.1, 0.2], [0, 0], base_rate=0).value is None
    for found in (brier_score([None], [1]), brier_skill([None], [1]), log_loss([None], [1])):
        assert (found.value, found.n) == (None, 0)
        assert len(found.warnings) == 2
    assert murphy_decomposition([0.1], [None]).brier is None


def test_one_row_has_no_standard_error():
    found = brier_score([0.3], [1])
    assert found.value == pytest.approx(0.49)
    assert found.standard_error is None


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda: brier_score([0.1], [1], level=0), "level"),
        (lambda: brier_skill([0.1], [1], base_rate=1.2), "base_rate"),
        (lambda: log_loss([0.1], [1], clip=0.5), "clip"),
        (lambda: murphy_decomposition([0.1], [1], bins=0), "bins"),
        (lambda: murphy_decomposition([0.1], [1], bins=2.5), "bins"),
    ],
)
def test_bad_settings_are_refused(call, where):
    with pytest.raises(InvalidValueError, match=where):
        call()
