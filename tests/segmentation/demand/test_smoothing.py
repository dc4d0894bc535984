"""Trend and season through statsmodels, against published numbers and against another implementation of the intervals."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.segmentation.demand import DemandSeries, exponential_smoothing, forecast_demand

# Air passengers in Australia 1990-2016 [million] (R package fpp2, ausair), and what R's holt() makes of them:
# Hyndman, R. J. and Athanasopoulos, G. (2018). Forecasting: Principles and Practice, 2nd edition, section 7.2.
AIR = [
    17.5534, 21.8601, 23.8866, 26.9293, 26.8885, 28.8314, 30.0751, 30.9535, 30.1857, 31.5797, 32.577569, 33.477398,
    39.021581, 41.386432, 41.596552, 44.657324, 46.951775, 48.728837, 51.488427, 50.026967, 60.640913, 63.3603103378,
    66.355274, 68.197955, 68.1232376693, 69.7793454797, 72.597700806,
]  # fmt: skip
# Nights of international tourists in Australia by quarter 2005-2015 [million] (austourists), section 7.3.
TOURISTS = [
    42.20566, 24.64917, 32.66734, 37.25735, 45.24246, 29.35048, 36.34421, 41.78208, 49.27660, 31.27540, 37.85063,
    38.83704, 51.23690, 31.83855, 41.32342, 42.79900, 55.70836, 33.40714, 42.31664, 45.15712, 59.57608, 34.83733,
    44.84168, 46.97125, 60.01903, 38.37118, 46.97586, 50.73380, 61.64687, 39.29957, 52.67121, 54.33232, 66.83436,
    40.87119, 51.82854, 57.49191, 65.25147, 43.06121, 54.76076, 59.83447, 73.25703, 47.69662, 61.09777, 66.05576,
]  # fmt: skip


def test_holt_is_that_of_the_textbook():
    found = exponential_smoothing(AIR, horizon=5, trend="additive")
    np.testing.assert_allclose(found.forecast[0], [74.60130, 76.70304, 78.80478, 80.90652, 83.00826], rtol=5e-4)
    np.testing.assert_allclose(found.low[0, [0, 4]], [69.96695, 74.02348], rtol=1e-3)
    np.testing.assert_allclose(found.high[0, [0, 4]], [79.23566, 91.99305], rtol=2e-3)
    assert found.parameters["standard_deviation"][0] == pytest.approx(2.3645, rel=1e-3)
    assert found.parameters["alpha"][0] == pytest.approx(0.8302, abs=0.01)


@pytest.mark.parametrize(
    ("method", "settings"),
    [
        ("holt", {"trend": "add"}),
        ("damped holt", {"trend": "add", "damped_trend": True}),
        ("seasonal smoothing", {"seasonal": "add", "seasonal_periods": 4}),
        ("holt-winters", {"trend": "add", "seasonal": "add", "seasonal_periods": 4}),
    ],
)
def test_each_method_is_that_of_statsmodels_and_its_interval_that_of_the_state_space_model(method, settings):
    demand = np.array(TOURISTS)
    found = forecast_demand(demand, method=method, horizon=6, season=4)
    assert found.method == method
    own = ExponentialSmoothing(demand / demand.max(), initialization_method="estimated", **settings).fit()
    np.testing.assert_allclose(found.forecast[0], own.forecast(6) * demand.max(), rtol=1e-12)
    space = ETSModel(
        pd.Series(demand / demand.max()),
        error="add",
        trend=settings.get("trend"),
        damped_trend=settings.get("damped_trend", False),
        seasonal=settings.get("seasonal"),
        seasonal_periods=settings.get("seasonal_periods"),
        initialization_method="known",
        initial_level=own.params["initial_level"],
        initial_trend=own.params["initial_trend"] if "trend" in settings else None,
        initial_seasonal=own.params["initial_seasons"] if "seasonal" in settings else None,
    )
    known = own.params | {"smoothing_trend": own.params["smoothing_level"] * own.params["smoothing_trend"]}
    values = [known[name] for name in space.param_names]  # the state space model writes its trend as alpha times beta
    ahead = space.smooth(np.array(values)).get_prediction(len(demand), len(demand) + 5)
    widths = np.diff(ahead.pred_int(alpha=0.05), axis=1)[:, 0]
    ours = (found.high - found.low)[0]
    np.testing.assert_allclose(ours / ours[0], widths / widths[0], rtol=1e-6)


def test_a_season_forecasts_its_quarters_as_the_textbook_does():
    series = DemandSeries([TOURISTS], periods=[f"{2005 + n // 4}Q{n % 4 + 1}" for n in range(44)])
    found = forecast_demand(series, method="holt-winters", horizon=8)  # the names of the periods tell the season
    # R's hw() of section 7.3 stops at another optimum of a flat likelihood: within 2 %
    published = [76.09837, 51.60333, 63.96867, 68.37170, 78.90404, 54.40899, 66.77434, 71.17737]
    np.testing.assert_allclose(found.forecast[0], published, rtol=0.02)


def test_a_falling_trend_ends_at_nothing():
    found = exponential_smoothing([90, 80, 70, 60, 50, 40, 30, 21], horizon=6, trend="additive")
    assert found.forecast[0, -1] == found.low[0, -1] == 0.0
    assert (np.diff(found.forecast[0]) <= 0).all()


def test_scale_and_company_do_not_matter():
    table = np.vstack([AIR, AIR[::-1], np.where(np.arange(27) % 3, 0.0, 5.0)])
    together = exponential_smoothing(table, horizon=2, trend="additive")
    alone = exponential_smoothing(table[:1], horizon=2, trend="additive")
    np.testing.assert_array_equal(together.forecast[:1], alone.forecast)
    cents = exponential_smoothing(table[:1] * 100, horizon=2, trend="additive")
    np.testing.assert_allclose(cents.forecast, 100 * alone.forecast, rtol=1e-6)
    assert np.isnan(together.forecast[2]).all()


@pytest.mark.parametrize(
    ("demand", "settings", "error", "said"),
    [
        (TOURISTS[:7], {"method": "holt-winters", "season": 4}, FitError, "season of 4 .*at least 11 .*7 periods"),
        (TOURISTS[:23], {"method": "seasonal smoothing", "season": 12}, FitError, "at least 24 periods"),
        (TOURISTS[:3], {"method": "seasonal naive", "season": 4}, FitError, "too short for a season of 4"),
        (TOURISTS, {"method": "holt-winters"}, InvalidValueError, "do not tell the season"),
        (TOURISTS, {"method": "holt-winters", "season": 1}, InvalidValueError, "no season"),
        (TOURISTS, {"method": "holt-winters", "season": "moon"}, InvalidValueError, "no season"),
    ],
)
def test_a_season_that_cannot_be_known_is_refused(demand, settings, error, said):
    with pytest.raises(error, match=said):
        forecast_demand(demand, **settings)
    with pytest.raises(InvalidValueError, match="no such trend"):
        exponential_smoothing(AIR, trend="up")
