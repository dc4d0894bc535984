"""Calibration lines and tests, against references, statsmodels and their own distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import chi2
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from crmrisk.core.errors import InvalidValueError
from crmrisk.proof.calibration import calibration_line, hosmer_lemeshow, spiegelhalter

D_CAL_P = [0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.9]
D_CAL_Y = [0, 0, 1, 0, 1, 0, 0, 1, 0, 1]


def sample(seed, n=2_000, intercept=0.0, slope=1.0):
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n)
    return p, (rng.random(n) < expit(intercept + slope * logit(p))).astype(float)


def test_reference_row_ca1_spiegelhalter():
    assert spiegelhalter(D_CAL_P, D_CAL_Y).z == pytest.approx(0.8520129, abs=1e-7), "scorecards.md CA1"


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(0.01, 0.49), st.integers(0, 1)), min_size=1, max_size=30))
def test_spiegelhalter_is_the_standardised_brier_score(rows):
    p, y = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    excess = np.sum((p - y) ** 2) - np.sum(p * (1 - p))
    expected = excess / np.sqrt(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))
    assert spiegelhalter(p, y).z == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_spiegelhalter_does_not_see_the_naming_of_classes():
    one, other = spiegelhalter(D_CAL_P, D_CAL_Y), spiegelhalter(1 - np.array(D_CAL_P), 1 - np.array(D_CAL_Y))
    assert other.z == pytest.approx(one.z)


def test_spiegelhalter_is_standard_normal_when_right():
    z = [spiegelhalter(*sample(seed, n=400)).z for seed in range(400)]
    assert np.mean(z) == pytest.approx(0, abs=3 / np.sqrt(400))
    assert np.std(z) == pytest.approx(1, abs=3 / np.sqrt(800))


def test_certain_forecasts_that_came_true_change_nothing():
    with_certain = spiegelhalter([*D_CAL_P, 0.0, 1.0], [*D_CAL_Y, 0, 1])
    assert with_certain.z == pytest.approx(spiegelhalter(D_CAL_P, D_CAL_Y).z)
    assert with_certain.warnings == ()


def test_certain_forecasts_that_failed_are_named():
    found = spiegelhalter([*D_CAL_P, 0.0], [*D_CAL_Y, 1])
    assert found.z > spiegelhalter(D_CAL_P, D_CAL_Y).z
    assert found.warnings[0].startswith("1 rows had probability 0 for what happened")


@pytest.mark.parametrize("p", [[0.5, 0.5], [0.0, 1.0], [0.0, 0.5], [None, None]])
def test_without_a_denominator_there_is_no_z(p):
    found = spiegelhalter(p, [0, 1])
    assert (found.z, found.p_value) == (None, None)
    assert found.warnings


@pytest.mark.parametrize("seed", range(3))
def test_line_agrees_with_statsmodels(seed):
    p, y = sample(seed, intercept=0.4, slope=0.6)
    x = logit(p)
    fit = GLM(y, np.column_stack([np.ones_like(x), x]), family=Binomial()).fit(tol=1e-12)
    large = GLM(y, np.ones((x.size, 1)), family=Binomial(), offset=x).fit(tol=1e-12)
    line = calibration_line(p, y)
    estimates = (line.intercept, line.slope, line.intercept_in_the_large)
    np.testing.assert_allclose([e.value for e in estimates], [*fit.params, *large.params], rtol=1e-6)
    np.testing.assert_allclose([e.standard_error for e in estimates], [*fit.bse, *large.bse], rtol=1e-5)


def test_intervals_cover_the_truth():
    covered = np.zeros(2)
    for seed in range(200):
        line = calibration_line(*sample(seed, n=500, intercept=-0.3, slope=1.4))
        covered += [line.slope.low <= 1.4 <= line.slope.high, line.intercept.low <= -0.3 <= line.intercept.high]
    assert (covered / 200 > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 200)).all()


def test_certain_probabilities_are_left_out_and_counted():
    line = calibration_line([*D_CAL_P, 0.0, 1.0, 1.0], [*D_CAL_Y, 0, 0, 1])
    assert line.slope == calibration_line(D_CAL_P, D_CAL_Y).slope
    assert (line.n, line.n_certain) == (10, 3)
    assert line.warnings[0].endswith("left out, 1 of them contradicted by the outcome")


def test_or_clipped_and_counted():
    line = calibration_line([*D_CAL_P, 0.0], [*D_CAL_Y, 0], clip=0.01)
    assert line.slope == calibration_line([*D_CAL_P, 0.01], [*D_CAL_Y, 0]).slope
    assert (line.n, line.n_certain) == (11, 1)
    assert "moved into [0.01, 0.99]" in line.warnings[0]


def test_a_clip_too_small_to_help_leaves_out():
    line = calibration_line([*D_CAL_P, 1.0], [*D_CAL_Y, 1], clip=1e-30)
    assert line.n == 10


@pytest.mark.parametrize(
    ("p", "y", "word", "large"),
    [
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], "separated", True),
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 0, 0], "one class", False),
        ([0.3, 0.3, 0.3], [0, 1, 0], "one distinct", True),
        ([0.0, 1.0], [0, 1], "no row", False),
        ([0.2], [1], "one class", False),
    ],
)
def test_where_there_is_no_maximum_there_is_no_number(p, y, word, large):
    line = calibration_line(p, y)
    assert line.slope.value is line.intercept.value is None
    assert word in line.slope.warnings[0]
    assert (line.intercept_in_the_large.value is not None) == large


def test_extreme_probabilities_are_fine():
    line = calibration_line([1e-300, 1e-200, 0.5, 1 - 1e-16, 1e-250], [0, 1, 0, 1, 0])
    assert 0 < line.slope.value < 1


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000), st.floats(0.5, 2), st.floats(-1, 1))
def test_moving_the_logit_moves_the_line(seed, scale, shift):
    p, y = sample(seed % 7, n=200)
    line, moved = calibration_line(p, y), calibration_line(expit(shift + scale * logit(p)), y)
    assert moved.slope.value * scale == pytest.approx(line.slope.value, rel=1e-5, abs=1e-7)
    assert moved.intercept.value + moved.slope.value * shift == pytest.approx(line.intercept.value, rel=1e-4, abs=1e-6)


def test_hosmer_lemeshow_by_hand():
    p = np.repeat([0.1, 0.4, 0.8], [20, 10, 10])
    y = np.concatenate([[1] * 4 + [0] * 16, [1] * 3 + [0] * 7, [1] * 9 + [0]])
    expected = (4 - 2) ** 2 / 1.8 + (3 - 4) ** 2 / 2.4 + (9 - 8) ** 2 / 1.6
    found = hosmer_lemeshow(p, y, bins=4)
    assert found.statistic == pytest.approx(expected)
    assert (found.bins, found.degrees_of_freedom) == (3, 3)
    assert found.p_value == pytest.approx(chi2.sf(expected, 3), rel=1e-10)
    assert hosmer_lemeshow(p, y, bins=4, fitted_on_these=True).p_value == pytest.approx(chi2.sf(expected, 1), rel=1e-10)


def test_hosmer_lemeshow_keeps_its_size():
    p_values = np.array([hosmer_lemeshow(*sample(seed, n=1_000)).p_value for seed in range(400)])
    assert np.mean(p_values < 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.06)


def test_hosmer_lemeshow_names_the_bins_it_cannot_judge():
    found = hosmer_lemeshow([0.0] * 5 + [0.5] * 5 + [1.0] * 5, [0, 0, 0, 0, 1] + [0, 1, 0, 1, 1] + [1] * 5, bins=3)
    assert (found.bins, found.degrees_of_freedom) == (1, 1)
    assert found.warnings == ("2 bins with a mean probability of exactly 0 or 1 left out, 1 of them contradicted",)


@pytest.mark.parametrize(("p", "y"), [([0.0, 1.0], [0, 1]), ([None], [1])])
def test_hosmer_lemeshow_without_bins_is_a_state(p, y):
    found = hosmer_lemeshow(p, y)
    assert (found.statistic, found.p_value, found.degrees_of_freedom) == (None, None, 0)


def test_bad_settings_are_refused():
    with pytest.raises(InvalidValueError) as error:
        calibration_line([2.0], [1], clip=0.6, level=1)
    assert len(error.value.problems) == 3
    with pytest.raises(InvalidValueError, match="bins"):
        hosmer_lemeshow([0.1], [1], bins=0)


def test_results_round_trip_through_json():
    line = calibration_line(D_CAL_P, D_CAL_Y)
    assert type(line).from_json(line.to_json()) == line
