"""Kaplan-Meier against published data, statsmodels and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError
from crmrisk.satisfaction.survival import happened, kaplan_meier

# remission of 21 leukaemia patients on 6-MP (Freireich et al. 1963), + is censored
MONTHS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("time", "survival", "error"),
    [
        (6, 0.857, 0.0764),
        (7, 0.807, 0.0869),
        (10, 0.753, 0.0963),
        (13, 0.690, 0.1068),
        (16, 0.627, 0.1141),
        (22, 0.538, 0.1282),
        (23, 0.448, 0.1346),
    ],
)
def test_published_remission_times(time, survival, error):  # Kalbfleisch and Prentice; Kleinbaum and Klein table 2.4
    found = kaplan_meier(MONTHS, RELAPSED).survival_at(time)
    assert found.value == pytest.approx(survival, abs=6e-4)
    assert found.standard_error == pytest.approx(error, abs=6e-5)


def test_median_of_the_published_remission_times():
    found = kaplan_meier(MONTHS, RELAPSED).quantile()
    assert (found.value, found.low, found.high) == (23.0, 13.0, None)  # R survfit, conf.type="log-log"


def test_statsmodels_agrees_on_ties_and_censoring():
    from statsmodels.duration.survfunc import SurvfuncRight

    rng = np.random.default_rng(3)
    duration, observed = rng.integers(1, 60, 400), rng.random(400) < 0.6
    other, curve = SurvfuncRight(duration, observed.astype(int)), kaplan_meier(duration, observed)
    at_events = curve.events > 0
    assert curve.survival[at_events] == pytest.approx(other.surv_prob, abs=1e-12)
    assert curve.standard_error[at_events][:-1] == pytest.approx(other.surv_prob_se[:-1], abs=1e-12)
    assert curve.at_risk[at_events].tolist() == other.n_risk.tolist()
    log_log = 1.959964 * other.surv_prob_se[9] / abs(other.surv_prob[9] * np.log(other.surv_prob[9]))
    assert curve.low[at_events][9] == pytest.approx(other.surv_prob[9] ** np.exp(log_log), abs=1e-6)


def test_a_case_censored_when_it_happens_to_another_was_at_risk():
    assert kaplan_meier([3, 3], [1, 0]).survival.tolist() == [0.5]


def test_counts_stand_for_rows():
    assert kaplan_meier([2, 3, 9], [1, 0, 1], counts=[2, 1, 0]) == kaplan_meier([2, 2, 3], [1, 1, 0])


def test_what_was_not_observed_is_not_claimed():
    curve = kaplan_meier([5, 9], [1, 0])
    assert (curve.survival_at(4).value, curve.survival_at(4).low) == (1.0, None)
    assert curve.survival_at(10).value is None
    assert curve.quantile(0.9).value is None
    assert kaplan_meier([5, 9], [1, 1]).survival_at(10).value == 0.0  # nobody was left


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40))
def test_curves_fall_and_do_not_depend_on_order_or_unit(cases):
    duration, observed = np.array([d for d, _ in cases]), np.array([o for _, o in cases])
    curve = kaplan_meier(duration, observed)
    assert (np.diff(curve.survival) <= 1e-15).all()
    assert kaplan_meier(duration[::-1], observed[::-1]) == curve
    assert np.array_equal(kaplan_meier(duration * 24.0, observed).survival, curve.survival)
    if observed.all():  # without censoring it is the share not reached
        assert curve.survival == pytest.approx([(duration > t).mean() for t in curve.time], abs=1e-12)
    inside = ~np.isnan(curve.low)
    assert (curve.low[inside] <= curve.survival[inside]).all()
    assert (curve.survival[inside] <= curve.high[inside]).all()


@pytest.mark.parametrize(
    ("duration", "observed"),
    [
        ([], []),
        ([-1], [1]),
        ([np.nan], [1]),
        ([np.inf], [1]),
        (["a"], [1]),
        ([1], [2]),
        ([1, 2], [1]),
        ([1], [None]),
        ([[1]], [[1]]),
    ],
)
def test_bad_cases_are_refused(duration, observed):
    with pytest.raises(RecordError):
        kaplan_meier(duration, observed)


def test_bad_questions_are_refused():
    curve = kaplan_meier([1, 2], [1, 0])
    for ask in (lambda: curve.survival_at(-1), lambda: curve.quantile(1.0), lambda: curve.survival_at("a")):
        with pytest.raises(CrmRiskError):
            ask()
    with pytest.raises(InvalidValueError):
        kaplan_meier([1], [1], level=95)


def test_flags_of_any_kind():
    assert happened(np.array([True, np.False_], dtype=object), where="x").tolist() == [True, False]
