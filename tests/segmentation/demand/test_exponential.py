import numpy as np
import pytest
from statsmodels.tsa.holtwinters import SimpleExpSmoothing

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.demand import exponential_smoothing, forecast_demand, tsb


def regular(n=2, length=24):
    return np.random.default_rng(1).gamma(16, 1.0, (n, length))


def test_it_is_simple_exponential_smoothing_of_statsmodels_with_the_analytic_interval():
    demand = regular()[0]
    fit = SimpleExpSmoothing(demand / demand.max(), initialization_method="estimated").fit()
    found = exponential_smoothing(demand, horizon=3)
    np.testing.assert_allclose(found.forecast[0], fit.forecast(3) * demand.max(), rtol=1e-12)
    alpha, sigma = fit.params["smoothing_level"], np.sqrt(fit.sse / 22) * demand.max()
    widths = (found.high - found.forecast)[0] / sigma / 1.959963984540054
    np.testing.assert_allclose(widths, np.sqrt(1 + np.arange(3) * alpha**2), rtol=1e-12)


def test_short_and_irregular_series_are_unrated_and_it_says_so():
    demand = np.vstack([regular(1), np.where(np.arange(24) % 3, 0.0, 5.0)])
    found = exponential_smoothing(demand)
    assert found.rated.tolist() == [True, False]
    assert found.warnings == ("1 series too short or too irregular to smooth are unrated",)
    assert not exponential_smoothing(demand[:, :7]).rated.any()


def test_by_regularity_takes_smoothing_where_it_can_and_tsb_elsewhere():
    demand = np.vstack([regular(1), np.where(np.arange(24) % 3, 0.0, 5.0)])
    found = forecast_demand(demand)
    assert found.forecast[0, 0] == exponential_smoothing(demand).forecast[0, 0]
    assert found.forecast[1, 0] == tsb(demand).forecast[1, 0]
    with pytest.raises(InvalidValueError, match="no such method"):
        forecast_demand(demand, method="crystal ball")


def test_settings_outside_their_range_are_named():
    with pytest.raises(InvalidValueError, match="min_periods"):
        exponential_smoothing([1, 2, 3], min_periods=2)
