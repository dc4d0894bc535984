import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from crmrisk.core.errors import CrmRiskError
from crmrisk.segmentation.demand import croston, sba, tsb
from crmrisk.segmentation.demand.intermittent import GRID

METHODS = [croston, sba, tsb]


def by_the_book_croston(y, alpha):
    """Croston (1972), started at the first size and interval, one series in plain Python."""
    size = interval = None
    gap = 0
    for value in y:
        gap += 1
        if value > 0:
            size = value if size is None else size + alpha * (value - size)
            interval = gap if interval is None else interval + alpha * (gap - interval)
            gap = 0
    return 0.0 if size is None else size / interval


def by_the_book_tsb(y, alpha, beta):
    """Teunter, Syntetos and Babai (2011), equation 4, started at the first observation."""
    size, probability = None, None
    for value in y:
        hit = float(value > 0)
        probability = hit if probability is None else probability + beta * (hit - probability)
        if value > 0:
            size = value if size is None else size + alpha * (value - size)
    return 0.0 if size is None else size * probability


def random_demand(n, length, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.random((n, length)) < rng.random((n, 1))) * rng.gamma(2.0, 5.0, (n, length))


def test_all_series_at_once_are_what_the_papers_say_one_by_one():
    demand = random_demand(200, 24)
    expected = [by_the_book_croston(row, 0.2) for row in demand]
    np.testing.assert_allclose(croston(demand, alpha=0.2, initial="first").forecast[:, 0], expected, rtol=1e-12)
    np.testing.assert_allclose(
        sba(demand, alpha=0.2, initial="first").forecast[:, 0], 0.9 * np.array(expected), rtol=1e-12
    )
    faded = [by_the_book_tsb(row, 0.2, 0.1) for row in demand]
    np.testing.assert_allclose(tsb(demand, alpha=0.2, beta=0.1, initial="first").forecast[:, 0], faded, rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("initial", ["first", "mean"])
def test_one_series_alone_is_the_same_among_many_bit_for_bit(method, initial):
    demand = random_demand(50, 18, seed=3)
    many = method(demand, horizon=2, initial=initial, alpha="fit")
    for row in (0, 17, 49):
        alone = method(demand[row], horizon=2, initial=initial, alpha="fit")
        for name in ("forecast", "low", "high"):
            np.testing.assert_array_equal(getattr(many, name)[row], getattr(alone, name)[0])


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None)
@given(
    demand=npst.arrays(float, (3, 9), elements=st.sampled_from([0.0, 0.0, 1.0, 4.0, 7.5])),
    factor=st.sampled_from([0.5, 8.0]),
)
def test_another_unit_of_demand_is_another_unit_of_the_forecast(method, demand, factor):
    one, other = method(demand), method(factor * demand)
    np.testing.assert_array_equal(factor * one.forecast, other.forecast)
    np.testing.assert_array_equal(factor * one.high, other.high)
    assert (one.low <= one.high).all()
    assert (one.forecast >= 0).all()


@pytest.mark.parametrize("method", METHODS)
def test_the_time_before_a_series_is_known_teaches_nothing(method):
    late = method([[None, None, 0, 3, 0, 5]])
    np.testing.assert_array_equal(late.forecast, method([0, 3, 0, 5]).forecast)
    assert np.isnan(method([[None, None], [1, 2]]).forecast).tolist() == [[True], [False]]
    assert method([0, 0, 0]).forecast.tolist() == [[0.0]]


def test_a_customer_who_left_fades_with_tsb_only():
    demand = [5, 0, 5, 5, 0, 5, *[0] * 12]
    shorter = demand[:6]
    assert tsb(demand, initial="first").total[0] < 0.35 * tsb(shorter, initial="first").total[0]
    assert croston(demand, initial="first").total[0] == croston(shorter, initial="first").total[0]


@pytest.mark.parametrize("method", METHODS)
def test_fitted_parameters_are_those_of_the_grid_that_were_least_off(method):
    demand = random_demand(1, 30, seed=8)[0]

    def squared_error(alpha):
        ahead = [method(demand[:t], alpha=alpha, initial="first").forecast[0, 0] for t in range(1, 30)]
        first = int(np.flatnonzero(demand)[0]) + 1
        return sum((demand[t] - ahead[t - 1]) ** 2 for t in range(first, 30))

    best = min(GRID, key=squared_error)
    assert method(demand, alpha="fit", initial="first").parameters["alpha"][0] == best


@pytest.mark.parametrize(
    ("settings_", "said"),
    [
        ({"alpha": 0.0, "beta": 2.0}, "2 problems"),
        ({"alpha": "best"}, "no smoothing parameter"),
        ({"initial": "zero"}, "no such start"),
        ({"horizon": 0, "level": 95}, "2 problems"),
        ({"horizon": 1.5}, "no horizon"),
    ],
)
def test_settings_outside_their_range_are_named(settings_, said):
    with pytest.raises(CrmRiskError, match=said):
        tsb([0, 1, 0], **settings_)


def test_a_result_is_a_table():
    frame = croston(random_demand(3, 8), horizon=2).frame()
    assert frame.columns.tolist() == ["series", "ahead", "forecast", "low", "high", "method"]
    assert len(frame) == 6
