"""Tests of the search for the maximum of the likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.satisfaction.reliability.factor_fit import Parameters, derivatives, implied, maximise


def test_slopes_of_the_implied_covariances_are_their_differences():
    factor = np.array([0, 0, 1, 1])
    place = np.array([0.9, 0.5, 1.2, 0.7, 0.3, 0.6, 0.8, 0.4, 0.25])

    def at(numbers):
        correlations = np.array([[1.0, numbers[8]], [numbers[8], 1.0]])
        return implied(Parameters(numbers[:4], numbers[4:8], correlations), factor)

    slopes = derivatives(Parameters(place[:4], place[4:8], np.array([[1.0, 0.25], [0.25, 1.0]])), factor)
    for number, step in enumerate(np.eye(9) * 1e-6):
        assert (at(place + step) - at(place - step)) / 2e-6 == pytest.approx(slopes[number], abs=1e-9)


def test_factors_are_turned_to_measure_what_their_items_do():
    factor = np.array([0, 0, 0, 1, 1, 1])
    between = np.array([[1.0, -0.4], [-0.4, 1.0]])
    loadings = np.array([0.6, 0.7, 0.8, 0.5, 0.9, 0.7])
    truth = Parameters(loadings, 1.0 - loadings**2, between)
    turned = np.outer([1, 1, 1, -1, -1, -1], [1, 1, 1, -1, -1, -1])
    for correlations, sign in ((implied(truth, factor), -1.0), (implied(truth, factor) * turned, 1.0)):
        found, discrepancy = maximise(correlations, factor)
        assert found.loadings == pytest.approx(loadings, abs=1e-5)
        assert found.correlations[0, 1] == pytest.approx(sign * 0.4, abs=1e-5)
        assert discrepancy == pytest.approx(0.0, abs=1e-9)
