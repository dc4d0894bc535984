"""The population stability index and the limit that fits its sample sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from crmrisk.core.errors import InvalidValueError
from crmrisk.proof.stability import population_stability_index

TENTHS = [0.1] * 10
PS1 = [0.05, 0.07, 0.08, 0.09, 0.10, 0.11, 0.12, 0.12, 0.13, 0.13]


def psi(expected, actual, **settings):
    return population_stability_index(expected, actual, **settings)


@pytest.mark.parametrize(
    ("found", "value", "tolerance", "source"),
    [
        pytest.param(lambda: psi(TENTHS, PS1).value, 0.07486190, 1e-8, "hand", id="PS1"),
        pytest.param(
            lambda: psi(TENTHS, PS1, n_expected=1000, n_actual=1000).critical_value,
            0.03384,
            0.02 * 0.03384,
            "chi2(9)",
            id="PS2",
        ),
        pytest.param(
            lambda: psi(TENTHS, PS1, n_expected=1e5, n_actual=1e4).critical_value, 0.00186, 1e-5, "chi2(9)", id="PS3"
        ),
        pytest.param(lambda: psi([200, 150, 100, 50], [100] * 4).value, 0.2282174, 1e-7, "formula", id="PS5 value"),
        pytest.param(
            lambda: psi([200, 150, 100, 50], [100] * 4).p_value, 5.6e-11, 0.01 * 5.6e-11, "chi2(3)", id="PS5 p"
        ),
        pytest.param(lambda: psi([200, 150, 100, 50], [100] * 4).degrees_of_freedom, 3, 0, "chi2(3)", id="PS5 df"),
    ],
)
def test_reference_rows(found, value, tolerance, source):
    assert found() == pytest.approx(value, abs=tolerance), f"scorecards.md, {source}"


def test_chance_exceeds_the_limit_as_often_as_stated():
    rng = np.random.default_rng(2)
    share = np.full(10, 0.1)
    results = [psi(rng.multinomial(1000, share), rng.multinomial(1000, share)) for _ in range(2_000)]
    false_alarms = np.mean([result.shifted for result in results])
    assert false_alarms == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 2_000) + 0.003)
    values = np.array([result.value for result in results])
    assert values.mean() == pytest.approx(0.01789, rel=0.04)  # PS2: simulated mean .01789, theory .0180
    assert np.quantile(values, 0.95) == pytest.approx(0.0340, rel=0.05)  # PS2: simulated .0340


def test_counts_and_shares_with_sizes_agree():
    counts = psi([40, 30, 20, 10], [10, 20, 30, 60])
    shares = psi([0.4, 0.3, 0.2, 0.1], np.array([10, 20, 30, 60]) / 120, n_expected=100, n_actual=120)
    assert shares.value == pytest.approx(counts.value, rel=1e-12)
    assert shares.p_value == pytest.approx(counts.p_value, rel=1e-9)
    assert counts.shifted is True


def test_shares_without_sizes_give_no_test():
    found = psi([0.5, 0.5], [0.4, 0.6])
    assert found.value == pytest.approx(0.1 * np.log(0.5 / 0.4) + 0.1 * np.log(0.6 / 0.5))
    assert found.p_value is found.critical_value is found.shifted is None
    assert "no test" in found.warnings[0]


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=12),
    st.randoms(use_true_random=False),
)
def test_symmetric_never_negative_and_blind_to_the_order_of_bins(cells, random):
    expected, actual = zip(*cells, strict=True)
    if sum(expected) == 0 or sum(actual) == 0 or 1 in {sum(expected), sum(actual)}:
        return
    found = psi(expected, actual)
    assert found.value >= 0
    assert psi(actual, expected).value == pytest.approx(found.value, abs=1e-12)
    random.shuffle(cells)
    assert psi(*zip(*cells, strict=True)).value == pytest.approx(found.value, abs=1e-12)


def test_one_empty_cell_is_replaced_over_the_new_totals():
    found = psi([50, 50, 0], [40, 40, 20])
    e, a = np.array([50, 50, 0.99]) / 100.99, np.array([40, 40, 20]) / 100
    assert found.value == pytest.approx(np.sum((a - e) * np.log(a / e)), rel=1e-12)
    assert found.warnings == ("1 bins empty in one sample: their count is taken as 0.99",)
    other = psi([50, 50, 0], [40, 40, 20], zero_count=0.5)
    assert other.value > found.value


def test_a_bin_empty_in_both_does_not_count():
    found = psi([50, 0, 50], [40, 0, 60])
    assert (found.bins, found.degrees_of_freedom) == (2, 1)
    assert found.value == psi([50, 50], [40, 60]).value


def test_a_zero_share_without_sizes_has_no_value():
    found = psi([0.5, 0.5, 0], [0.4, 0.4, 0.2])
    assert found.value is None
    assert "share of zero" in " ".join(found.warnings)


def test_one_bin_left_has_no_test():
    found = psi([50, 0], [60, 0])
    assert (found.value, found.degrees_of_freedom, found.shifted) == (0.0, 0, None)


def test_limit_falls_with_size_and_grows_with_bins():
    assert psi([50] * 10, [50] * 10).critical_value > psi([500] * 10, [500] * 10).critical_value
    assert psi([100] * 10, [100] * 10).critical_value > psi([200] * 5, [200] * 5).critical_value
    result = psi([60, 40], [50, 50], level=0.9)
    assert result.critical_value == pytest.approx(chi2.ppf(0.9, 1) * (1 / 100 + 1 / 100), rel=1e-10)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (([1, 2], [1, 2, 3]), "same bins"),
        (([1, -2], [1, 2]), "negative"),
        (([1, np.nan], [1, 2]), "missing"),
        (([1, np.inf], [1, 2]), "infinite"),
        (([0, 0], [1, 2]), "empty sample"),
        (([3], [3]), "too few bins"),
        (([], []), "too few bins"),
        ((["a", "b"], [1, 2]), "not numbers"),
    ],
)
def test_bad_counts_are_refused(arguments, word):
    with pytest.raises(InvalidValueError, match=word):
        psi(*arguments)


def test_bad_settings_are_refused_together():
    with pytest.raises(InvalidValueError) as error:
        psi([0.5, 0.5], [30, 30], n_expected=-1, n_actual=50, zero_count=0, level=5)
    assert len(error.value.problems) == 4


def test_results_round_trip_through_json():
    found = psi([40, 30, 20, 10], [10, 20, 30, 60])
    assert type(found).from_json(found.to_json()) == found
