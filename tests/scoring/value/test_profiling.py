"""Profile intervals: the fall of the likelihood at their ends, their coverage, and data without a bound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import (
    BetaGeoNBD,
    GammaGamma,
    ProfileInterval,
    ShiftedBetaGeometric,
    profile_interval,
    weakly_informative,
)

LIFETIMES = [1, 2, 3, 3], [1, 1, 1, 0]
WEIGHTS = [369, 163, 86, 382]


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize("parameter", ["alpha", "beta"])
def test_at_its_ends_the_likelihood_has_fallen_by_what_chance_explains(level, parameter):
    found = profile_interval(ShiftedBetaGeometric, *LIFETIMES, weights=WEIGHTS, parameter=parameter, level=level)
    top = ShiftedBetaGeometric.fit(*LIFETIMES, weights=WEIGHTS)
    assert found.estimate == pytest.approx(top.estimates[parameter], rel=1e-9)
    for end in (found.low, found.high):
        best = _best({parameter: end}, other={"alpha": "beta", "beta": "alpha"}[parameter])
        assert 2 * (top.log_likelihood - best) == pytest.approx(stats.chi2.ppf(level, 1), abs=1e-5)


def _best(fixed, *, other):
    def fall(log):
        return -ShiftedBetaGeometric(**fixed, **{other: np.exp(log)}).log_likelihood(*LIFETIMES) @ WEIGHTS

    return -optimize.minimize_scalar(fall, (-1, 1), tol=1e-10).fun


def test_it_agrees_with_wald_where_data_are_many():
    wald = ShiftedBetaGeometric.fit(*LIFETIMES, weights=np.array(WEIGHTS) * 1e6).confidence_intervals()["beta"]
    found = profile_interval(ShiftedBetaGeometric, *LIFETIMES, weights=np.array(WEIGHTS) * 1e6, parameter="beta")
    assert (found.low, found.high) == pytest.approx(wald, rel=1e-5)


def test_units_move_times_and_nothing_else():
    rng = np.random.default_rng(2)
    x, last, end, _ = BetaGeoNBD(r=0.5, alpha=5, a=0.8, b=2.5).simulate(rng.uniform(20, 60, 400), rng=rng)
    weeks = profile_interval(BetaGeoNBD, x, last, end, parameter="alpha")
    days = profile_interval(BetaGeoNBD, x, last * 7, end * 7, parameter="alpha")
    assert (days.low, days.estimate, days.high) == pytest.approx(
        (7 * weeks.low, 7 * weeks.estimate, 7 * weeks.high), rel=1e-6
    )
    assert weeks.low < weeks.estimate < weeks.high


def test_data_without_a_bound_give_an_open_end():
    nobody_left = [0, 3, 2, 9, 5, 4], [0, 30, 30, 30, 29, 30], [30, 30, 30, 30, 30, 30]
    found = profile_interval(BetaGeoNBD, *nobody_left, parameter="b")
    assert found.high is None
    assert ProfileInterval.from_json(found.to_json()) == found
    held = profile_interval(BetaGeoNBD, *nobody_left, parameter="b", prior=weakly_informative(BetaGeoNBD))
    assert held.high is not None


def test_intervals_cover_the_truth():
    truth, rng = GammaGamma(p=4, q=5, v=20), np.random.default_rng(9)
    covered = 0
    for _ in range(40):
        x = 1 + rng.poisson(2, 150).astype(float)
        found = profile_interval(GammaGamma, x, truth.simulate(x, rng=rng), parameter="q")
        covered += (found.low or 0) < truth.q < (found.high or np.inf)
    assert covered >= 34  # 38 expected; fewer than 34 has a probability below 2 %


def test_nonsense_is_refused():
    with pytest.raises(InvalidValueError, match="no such parameter"):
        profile_interval(ShiftedBetaGeometric, *LIFETIMES, parameter="gamma")
    with pytest.raises(InvalidValueError, match="level"):
        profile_interval(ShiftedBetaGeometric, *LIFETIMES, parameter="alpha", level=95)
    with pytest.raises(FitError, match="no model of value"):
        profile_interval(ProfileInterval, *LIFETIMES, parameter="alpha")
