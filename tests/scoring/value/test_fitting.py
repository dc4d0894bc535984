"""The engine: proper tops, ridges, bounds, and what it says about each."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value.fitting import Derivatives, maximise


def _quadratic(top, curvature):
    """A log-likelihood quadratic in the logarithms of its parameters."""
    top, curvature = np.asarray(top, dtype=float), np.asarray(curvature, dtype=float)

    def likelihood(parameters):
        distance = np.log(parameters) - np.log(top)
        gradient = -curvature @ distance
        hessian = (-curvature - np.diag(gradient)) / np.outer(parameters, parameters)
        return Derivatives(float(distance @ gradient) / 2, gradient / parameters, hessian)

    return likelihood


def test_a_quadratic_is_climbed_and_its_curvature_reported():
    curvature = np.array([[4.0, 1.0], [1.0, 9.0]])
    found = maximise(_quadratic([2.0, 50.0], curvature), [np.ones(2)])
    assert found.converged
    assert found.parameters == pytest.approx([2.0, 50.0], rel=1e-12)
    assert found.log_covariance == pytest.approx(np.linalg.inv(curvature))
    assert found.condition_number == pytest.approx(np.linalg.cond(curvature))
    assert found.identified.all()


def test_a_flat_direction_is_named_and_nothing_else():
    found = maximise(_quadratic([2.0, 5.0], [[4.0, 0.0], [0.0, 0.0]]), [np.ones(2)])
    assert found.converged
    assert found.identified.tolist() == [True, False]
    assert found.log_standard_errors[0] == pytest.approx(0.5)
    assert np.isnan(found.log_standard_errors[1])
    assert found.condition_number is None


def test_a_diagonal_ridge_loses_both_its_parameters():
    ridge = np.array([[4.0, -4.0], [-4.0, 4.0]])
    assert maximise(_quadratic([2.0, 5.0], ridge), [np.ones(2)]).identified.tolist() == [False, False]


@pytest.mark.parametrize(("top", "bound"), [(1e-9, "at_low"), (1e9, "at_high")])
def test_a_top_outside_the_box_stops_at_its_bound(top, bound):
    found = maximise(_quadratic([3.0, top], [[4.0, 0.0], [0.0, 1.0]]), [np.ones(2)])
    assert found.converged
    assert getattr(found, bound).tolist() == [False, True]
    assert found.identified.tolist() == [True, False]


def test_later_starts_are_tried_only_where_the_first_does_not_identify():
    starts_seen = []

    def likelihood(parameters):
        starts_seen.append(parameters.copy())
        return _quadratic([2.0], [[1.0]])(parameters)

    maximise(likelihood, [np.array([1.5]), np.array([700.0])])
    assert max(values[0] for values in starts_seen) < 100


def test_a_start_on_a_plain_is_followed_by_the_next():
    def hill(parameters):
        log = np.log(parameters[0])
        height = np.exp(-((log + 5) ** 2))
        slope, bend = -2 * (log + 5) * height, (4 * (log + 5) ** 2 - 2) * height
        return Derivatives(height, np.array([slope]) / parameters, np.array([[(bend - slope) / parameters[0] ** 2]]))

    found = maximise(hill, [np.array([np.exp(12.0)]), np.array([np.exp(-5.5)])])
    assert found.value == pytest.approx(1.0)
    assert found.parameters[0] == pytest.approx(np.exp(-5.0))


def test_a_likelihood_with_negative_curvature_is_climbed_out_of():
    found = maximise(_valley, [np.array([1.05])])
    assert found.converged
    assert abs(np.log(found.parameters[0])) == pytest.approx(1.0, rel=1e-8)


def _valley(parameters):
    """-(log² - 1)²: a minimum at 1 between two tops at e and 1/e."""
    log = np.log(parameters[0])
    slope, bend = -4 * log * (log**2 - 1), -12 * log**2 + 4
    return Derivatives(
        -((log**2 - 1) ** 2), np.array([slope]) / parameters, np.array([[(bend - slope) / parameters[0] ** 2]])
    )
