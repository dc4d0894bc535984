from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crmrisk.assessment.severities import EventLoss, LognormalLoss, NormalLoss, PertLoss
from crmrisk.core.errors import InvalidValueError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(0.1 * LognormalLoss.from_interval(1, 10).mean, 0.4040012826945718, id="RQ1"),
        pytest.param(3.0 * LognormalLoss.from_interval(1, 10).mean * 1.0, 12.120038480837177, id="RQ2"),
        pytest.param(LognormalLoss.from_interval(635_000, 19_000_000).mean, 5922706.83351131, id="RQ3"),
        pytest.param(EventLoss(0.10, LognormalLoss.from_interval(1e5, 1e6)).mean, 40400.128269457266, id="RQ4"),
    ],
)
def test_reference_rows_of_expected_losses(value, expected):
    # riskquant tests and README
    assert value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("level", "at_risk", "shortfall"),
    [pytest.param(0.95, 1.644854, 2.062713, id="ES1"), pytest.param(0.99, 2.326348, 2.665214, id="ES2")],
)
def test_reference_rows_of_the_normal_loss(level, at_risk, shortfall):
    assert NormalLoss(0, 1).value_at_risk(level) == pytest.approx(at_risk, abs=1e-6)
    assert NormalLoss(0, 1).expected_shortfall(level) == pytest.approx(shortfall, abs=1e-6)


def test_reference_row_es3():
    severity = LognormalLoss.from_interval(1e5, 1e6)
    loss = EventLoss(0.005, severity)
    assert loss.value_at_risk(0.99) == 0.0
    assert loss.expected_shortfall(0.99) == pytest.approx(202000.6413, abs=1e-3)
    assert loss.expected_shortfall(0.99) == pytest.approx(0.005 * severity.mean / 0.01)


def test_reference_row_pe1():
    loss = PertLoss(20, 100, 900)
    assert loss.mean == pytest.approx(220, abs=1e-9)
    assert loss.standard_deviation == pytest.approx(139.386410, abs=1e-6)
    mode = loss.low + (loss.high - loss.low) * (loss.alpha - 1) / (loss.alpha + loss.beta - 2)
    assert mode == pytest.approx(100)


SEVERITIES = [
    (LognormalLoss(1.0, 0.7), stats.lognorm(0.7, scale=np.e)),
    (PertLoss(20, 100, 900), stats.beta(1 + 4 * 80 / 880, 1 + 4 * 800 / 880, loc=20, scale=880)),
    (PertLoss(0, 0, 5), stats.beta(1, 5, loc=0, scale=5)),
    (NormalLoss(-3, 2), stats.norm(-3, 2)),
]


@pytest.mark.parametrize(("severity", "reference"), SEVERITIES)
@pytest.mark.parametrize("level", [0.05, 0.5, 0.9, 0.999])
def test_quantile_and_shortfall_agree_with_integration(severity, reference, level):
    quantile = reference.ppf(level)
    assert severity.mean == pytest.approx(reference.mean())
    assert severity.standard_deviation == pytest.approx(reference.std())
    assert severity.value_at_risk(level) == pytest.approx(quantile)
    tail = reference.expect(lambda x: x, lb=quantile) / (1 - level)
    assert severity.expected_shortfall(level) == pytest.approx(tail, rel=1e-5)


def test_an_event_agrees_with_its_atoms():
    severity = LognormalLoss.from_interval(10, 100)
    event, n = EventLoss(0.3, severity), 2000
    atoms = severity.discretised(n)
    losses, chances = np.append(0.0, atoms.losses), np.append(0.7, 0.3 * atoms.probabilities)
    from crmrisk.assessment.loss_distribution import LossDistribution

    discrete = LossDistribution.from_atoms(losses, chances)
    assert event.mean == pytest.approx(discrete.mean)
    assert event.standard_deviation == pytest.approx(discrete.standard_deviation, rel=1e-3)
    for level in (0.5, 0.7, 0.85, 0.97):
        assert event.expected_shortfall(level) == pytest.approx(discrete.expected_shortfall(level), rel=1e-6)
        assert event.value_at_risk(level) == pytest.approx(discrete.value_at_risk(level), rel=0.01)


def test_at_the_probability_of_nothing_the_value_at_risk_is_nothing():
    assert EventLoss(0.005, LognormalLoss(1, 1)).value_at_risk(0.995) == 0.0


@pytest.mark.parametrize(
    "build",
    [
        lambda: LognormalLoss.from_interval(0, 10),
        lambda: LognormalLoss.from_interval(10, 1),
        lambda: LognormalLoss.from_interval(1, 10, coverage=1.0),
        lambda: LognormalLoss.from_interval(1, float("inf")),
        lambda: LognormalLoss.from_interval(float("nan"), 10),
        lambda: LognormalLoss(0, 0),
        lambda: NormalLoss(0, -1),
        lambda: PertLoss(5, 1, 9),
        lambda: PertLoss(5, 5, 5),
        lambda: PertLoss(1, 2, 3, concentration=0),
        lambda: EventLoss(0, LognormalLoss(0, 1)),
        lambda: EventLoss(0.5, PertLoss(-1, 0, 1)),
        lambda: NormalLoss(0, 1).value_at_risk(1.0),
        lambda: NormalLoss(0, 1).expected_shortfall(0.0),
        lambda: NormalLoss(0, 1).discretised(0),
    ],
)
def test_what_is_out_of_range_is_refused(build):
    with pytest.raises(InvalidValueError):
        build()


@pytest.mark.parametrize("severity", [EventLoss(0.1, PertLoss(1, 2, 3)), EventLoss(0.1, LognormalLoss(0, 1))])
def test_json_round_trip(severity):
    assert EventLoss.from_json(severity.to_json()) == severity


@settings(deadline=None, max_examples=50)
@given(st.floats(0.1, 1e6), st.floats(1.01, 1e4), st.floats(0.01, 0.99), st.floats(0.1, 100))
def test_lognormal_covers_its_interval_and_scales_with_money(low, factor, level, scale):
    loss = LognormalLoss.from_interval(low, low * factor)
    assert loss.quantile(0.05) == pytest.approx(low)
    assert loss.quantile(0.95) == pytest.approx(low * factor)
    assert loss.expected_shortfall(level) >= loss.value_at_risk(level) * (1 - 1e-9)
    scaled = LognormalLoss.from_interval(low * scale, low * scale * factor)
    assert scaled.expected_shortfall(level) == pytest.approx(scale * loss.expected_shortfall(level), rel=1e-6)
