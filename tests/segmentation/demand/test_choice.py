import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.demand import choose_forecast


def test_a_steady_demand_is_distinguishably_better_forecast_by_its_mean():
    demand = np.random.default_rng(3).poisson(20, (60, 16))
    choice = choose_forecast(demand, methods=["mean", "naive", "zero"])
    assert (choice.winner, choice.verdict, choice.indistinguishable) == ("mean", "better", ())
    # squared errors of the naive forecast are those of two draws, of the mean about one: 20 of a scale of 40 apart
    assert choice.behind["naive"].value == pytest.approx(0.5, abs=0.15)
    assert choice.behind["naive"].low > 0


def test_what_chance_may_have_made_is_not_distinguishable_yet():
    demand = np.random.default_rng(3).poisson(20, (2, 10))
    choice = choose_forecast(demand, methods=["mean", "croston", "sba"], origins=3)
    assert choice.verdict == "not distinguishable yet"
    assert choice.indistinguishable
    assert "not distinguishable yet from" in str(choice)


def test_a_shock_that_hits_all_series_at_once_is_one_observation():
    rng = np.random.default_rng(0)
    demand = rng.poisson(20, (500, 12)).astype(float)
    demand[:, -1] = 0.0  # one bad month for everybody: zero was right once, for all
    choice = choose_forecast(demand, methods=["mean", "zero"], origins=2, criterion="mae")
    assert choice.verdict == "not distinguishable yet"


def test_absolute_errors_like_zero_where_most_periods_are_empty_and_squared_ones_do_not():
    demand = (np.random.default_rng(1).random((400, 18)) < 0.2) * 5.0
    methods = ["mean", "zero"]
    assert choose_forecast(demand, methods=methods, criterion="mae").method == "zero"
    assert choose_forecast(demand, methods=methods, criterion="mse").method == "mean"


def test_one_forecast_decides_nothing():
    choice = choose_forecast([1, 2, 1, 5], methods=["mean", "naive"], origins=1)
    assert choice.verdict == "not distinguishable yet"
    assert choice.behind[choice.indistinguishable[0]].warnings


def test_what_cannot_be_compared_is_named():
    with pytest.raises(InvalidValueError, match="no such criterion"):
        choose_forecast([1, 2, 3, 4], criterion="best")
    with pytest.raises(InvalidValueError, match="no series moved"):
        choose_forecast([5, 5, 5, 5], origins=1)
