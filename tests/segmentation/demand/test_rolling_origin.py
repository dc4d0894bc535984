import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.demand import naive_forecast, rolling_origin_error, tsb


def test_errors_by_hand():
    # origins 3 and 4 of 1 2 4 3 7: the naive forecasts 4 and 3 meet 3 and 7; zero meets them bare
    errors = rolling_origin_error([1, 2, 4, 3, 7], methods=["naive", "zero"], origins=2)
    table = errors.frame().set_index("method")
    assert table.loc["naive", ["mae", "bias"]].tolist() == [2.5, -1.5]
    assert table.loc["zero", "mae"] == 5.0
    assert table.loc["naive", "mae_vs_zero"] == 0.5
    assert table.loc["naive", "rmse"] == pytest.approx(np.sqrt((1 + 16) / 2))
    # Hyndman and Koehler (2006): scaled by the mean absolute step known at the origin, 3/2 and 4/3
    assert table.loc["naive", "mase"] == pytest.approx((1 / 1.5 + 4 / (4 / 3)) / 2)
    assert table.loc["naive", "rmsse"] == pytest.approx(np.sqrt((1 / 2.5 + 16 / 2) / 2))


def test_a_forecast_sees_nothing_of_what_comes():
    demand = np.arange(1.0, 41.0).reshape(4, 10)
    seen = []

    def spy(known):
        seen.append(known.demand.copy())
        return naive_forecast(known, horizon=2)

    found = rolling_origin_error(demand, methods={"spy": spy}, horizon=2, origins=3)
    assert found.origins == (6, 7, 8)
    for origin, known in zip(found.origins, seen, strict=True):
        np.testing.assert_array_equal(known, demand[:, :origin])
    assert found.errors["spy"].absolute[0].tolist() == [1.5] * 4  # one and two ahead


def test_methods_are_judged_on_the_same_forecasts():
    late = [None] * 5 + [1, 2, 3, 4, 5]
    errors = rolling_origin_error([list(range(10)), late], methods=["naive", "mean"], origins=4, min_periods=3)
    assert np.isnan(errors.errors["naive"].absolute).sum() == 2  # the second series is known for 1, 2, 3, 4 periods
    assert errors.n_forecasts == 6


def test_a_series_that_never_moved_is_not_scaled():
    errors = rolling_origin_error([[5, 5, 5, 5], [1, 2, 1, 2]], methods=["naive"], origins=1)
    row = errors.frame().iloc[0]
    assert (row["n_forecasts"], row["n_scaled"]) == (2, 1)


def test_progress_is_reported():
    calls = []
    rolling_origin_error([1, 2, 3, 4], methods=["zero"], origins=2, progress=lambda *call: calls.append(call))
    assert calls == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"methods": ["naive", "luck"]}, "no such method"),
        ({"methods": "naive"}, "no methods"),
        ({"methods": []}, "no methods"),
        ({"methods": {"mine": 3}}, "no methods"),
        ({"origins": 0, "min_periods": 1.5}, "2 problems"),
        ({"origins": 9}, "at most 5"),
        ({"methods": {"mine": lambda known: tsb(known, horizon=2)}}, "another number of forecasts"),
        ({"methods": {"mine": lambda known: 3}}, "not what is expected"),
        ({"methods": ["exponential smoothing"]}, "no method gave a forecast.*too short"),
    ],
)
def test_what_cannot_be_judged_is_named(settings, said):
    with pytest.raises(InvalidValueError, match=said):
        rolling_origin_error([0, 1, 0, 2, 1, 0, 3], **settings)
