import numpy as np
import pandas as pd
import pytest

from crmrisk.segmentation.demand import DemandSeries, choose_forecast, rolling_origin_error, seasonal_naive_forecast
from crmrisk.segmentation.demand.seasons import season_length


@pytest.mark.parametrize(
    ("periods", "length"),
    [
        (["2025-12", "2026-01"], 12),
        (["2025Q4", "2026Q1"], 4),
        (["2025-12-29", "2026-01-05"], 52),
        (["2025-12-31", "2026-01-01"], 7),
    ],
)
def test_the_names_of_calendar_periods_tell_the_season(periods, length):
    assert season_length(periods, "calendar") == length
    assert season_length(periods, 3) == 3
    assert season_length(periods, None) is None


@pytest.mark.parametrize("periods", [["2025", "2026"], ["0", "1"], ["2026-01-01"], ["2026-01-01", "2026-01-04"]])
def test_other_names_tell_nothing(periods):
    with pytest.raises(Exception, match="do not tell the season"):
        season_length(periods, "calendar")


def test_the_last_season_repeats_as_often_as_asked_and_the_unknown_stays_so():
    series = DemandSeries([[1, 2, 3, 4, 5], [None, None, None, 4, 5]])
    found = seasonal_naive_forecast(series, season=3, horizon=5)
    np.testing.assert_array_equal(found.forecast, [[3, 4, 5, 3, 4], [np.nan] * 5])


def seasonal(n, length=24):
    wave = np.tile([30.0, 10, 20, 40], length // 4)
    return wave + np.random.default_rng(2).normal(0, 1, (n, length))


def test_a_season_that_is_there_is_found_by_the_choice():
    choice = choose_forecast(seasonal(3), methods=["seasonal naive", "mean", "naive"], season=4, origins=8)
    assert (choice.method, choice.verdict, dict(choice.skipped)) == ("seasonal naive", "better", {})


def test_what_cannot_forecast_is_skipped_with_the_reason_and_the_others_judged():
    choice = choose_forecast(seasonal(3)[:, :10], methods=["holt-winters", "mean", "naive"], season=4, origins=2)
    assert "season of 4 periods" in choice.skipped["holt-winters"]
    assert set(choice.errors.errors) == {"mean", "naive"}
    assert str(choice).endswith("; left out: holt-winters")
    rare = np.where(np.arange(12) % 3, 0.0, 5.0)
    found = rolling_origin_error(rare, methods=["exponential smoothing", "zero"], origins=2)
    assert found.skipped == {"exponential smoothing": "1 series too short or too irregular to smooth are unrated"}
    alone = choose_forecast(rare, methods=["holt", "mean"], origins=2)
    assert (alone.method, alone.verdict) == ("mean", "not distinguishable yet")  # nothing to be better than


def test_it_is_said_whose_silence_narrows_the_comparison():
    found = rolling_origin_error(seasonal(1, 12), methods=["seasonal naive", "naive"], season=8, origins=6)
    assert found.n_forecasts == 4  # 6 and 7 known periods are no season of 8
    assert found.warnings == ("seasonal naive gave 4 of 6 forecasts; no other is judged on more",)


@pytest.mark.realdata
def test_on_online_retail_a_week_beats_the_naive_forecast_but_hardly_the_week_before(data_folder):
    columns = ["InvoiceDate", "Quantity", "UnitPrice"]
    lines = pd.read_parquet(data_folder / "online_retail.parquet", columns=columns).query("Quantity > 0 < UnitPrice")
    days = lines["InvoiceDate"].dt.normalize()
    sales = (lines["Quantity"] * lines["UnitPrice"]).groupby(days).sum().loc[:"2011-12-04"].asfreq("D", fill_value=0.0)
    series = DemandSeries([sales], periods=[f"{day:%Y-%m-%d}" for day in sales.index])
    methods = ["seasonal smoothing", "seasonal naive", "naive"]
    error = rolling_origin_error(series, methods=methods, horizon=7, origins=5).frame().set_index("method")
    assert error.loc["seasonal smoothing", "mae_vs_naive"] < 0.6
    assert 0.8 < error.loc["seasonal smoothing", "mae"] / error.loc["seasonal naive", "mae"] < 1.2
    assert error.loc["seasonal smoothing", "coverage"] > 0.8
