"""Tests of scores over time: the two SFO surveys, changes, trends, series for monitoring, broken input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.comparison import Comparison
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.net_promoter_comparison import compare_net_promoter
from crmrisk.satisfaction.net_promoter_history import NetPromoterWaves, net_promoter_waves


def answers_of(*counts):
    return np.concatenate([np.repeat([2, 7, 9], each) for each in counts])


@pytest.mark.realdata
def test_sfo_2017_and_2018(data_folder):
    # shared/data/README.md: 2017 n 2746, NPS 39.84 (weighted 40.40); 2018 n 2650, NPS 30.98 (weighted 35.11)
    waves = [
        pd.read_parquet(data_folder / f"sfo_survey_{year}.parquet", columns=["NETPRO", "WEIGHT"]).assign(year=year)
        for year in (2017, 2018)
    ]
    survey = pd.concat(waves, ignore_index=True)
    given = pd.to_numeric(survey["NETPRO"], errors="coerce")
    answers, weights = given.where(given != 11), pd.to_numeric(survey["WEIGHT"])  # 11 is a blank
    plain = net_promoter_waves(survey["year"], answers, missing="exclude")
    assert plain.n.tolist() == [2746, 2650]
    assert (100 * plain.values).round(2).tolist() == [39.84, 30.98]
    weighted = net_promoter_waves(survey["year"], answers, weights=weights, missing="exclude")
    assert (100 * weighted.values).round(2).tolist() == [40.40, 35.11]
    assert (plain[1].change.verdict, plain.trend.verdict) == ("lower", "lower")
    assert plain[1].change.difference.value == pytest.approx(-0.0886, abs=1e-4)
    assert weighted[1].change.difference.effective_n < 5396
    with pytest.raises(CrmRiskError, match="off the scale"):
        net_promoter_waves(survey["year"], given, missing="exclude")


def test_each_wave_is_its_own_score_and_change():
    counts = [(20, 30, 50), (35, 30, 35), (30, 40, 30)]
    at = np.repeat(["2024-01-15", "2024-04-15", "2024-12-01"], 100)
    found = net_promoter_waves(at, answers_of(*counts), period="quarter")
    assert found.labels == ("2024Q1", "2024Q2", "2024Q4")
    assert [wave.estimate for wave in found] == [net_promoter_score(counts=each) for each in counts]
    assert [wave.change for wave in found] == [
        None,
        compare_net_promoter(counts=(counts[1], counts[0])),
        compare_net_promoter(counts=(counts[2], counts[1])),
    ]
    assert found.times.tolist() == [0, 1, 3]
    assert NetPromoterWaves.from_json(found.to_json()) == found


def test_the_trend_of_two_waves_is_their_change():
    found = net_promoter_waves([1] * 100 + [2] * 100, answers_of((20, 30, 50), (35, 30, 35)))
    change = found[1].change
    assert found.trend.statistic == pytest.approx(change.statistic)
    assert found.trend.difference.value == pytest.approx(change.statistic * change.difference.standard_error)


def test_a_line_has_its_slope_and_scatter_its_doubt():
    counts = [(500 - 20 * wave, 200, 300 + 20 * wave) for wave in range(8)]
    line = net_promoter_waves(np.repeat(range(8), 1000), answers_of(*counts))
    assert line.trend.difference.value == pytest.approx(0.04, abs=2e-4)
    assert (line.trend.verdict, line.trend.difference.warnings) == ("higher", ())
    zigzag = [(d + 150, m, p - 150) if wave % 2 else (d, m, p) for wave, (d, m, p) in enumerate(counts)]
    found = net_promoter_waves(np.repeat(range(8), 1000), answers_of(*zigzag))
    assert "scatter" in found.trend.difference.warnings[0]
    assert found.trend.difference.standard_error > 3 * line.trend.difference.standard_error


def test_series_for_monitoring():
    found = net_promoter_waves(["a", "b", "b", "c"], [10, 9, 3, None], missing="exclude")
    assert found.values.tolist()[:2] == [1.0, 0.0]
    assert np.isnan(found.values[2])
    assert (found.n.tolist(), len(found)) == ([1, 2, 0], 3)
    assert found[2].change.verdict == "not distinguishable yet"
    frame = found.frame()
    assert frame["wave"].tolist() == ["a", "b", "c"]
    assert frame["change"].tolist()[1] == -1.0
    assert list(frame.columns[:4]) == ["wave", "time", "value", "standard_error"]
    assert str(found).count("\n") == 3


def test_after_an_empty_wave_the_last_answered_one_is_the_measure():
    found = net_promoter_waves(["a", "b", "c"], [10, None, 3], missing="exclude")
    assert found[2].change.difference.value == -2.0


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(6)
    at, answers, weights = rng.integers(2015, 2019, 300), rng.integers(0, 11, 300), rng.random(300) + 0.5
    order = rng.permutation(300)
    found, shuffled = (
        net_promoter_waves(at[rows], answers[rows], weights=weights[rows]) for rows in (np.arange(300), order)
    )
    assert shuffled.values == pytest.approx(found.values)
    assert shuffled.standard_errors == pytest.approx(found.standard_errors)


@pytest.mark.parametrize(("at", "answers"), [([], []), ([2018], [9])])
def test_few_waves_have_no_trend(at, answers):
    found = net_promoter_waves(at, answers)
    assert isinstance(found.trend, Comparison)
    assert (found.trend.difference.value, found.trend.verdict) == (None, "not distinguishable yet")
    assert len(found.frame()) == len(at)


@pytest.mark.parametrize(
    ("at", "answers", "settings", "match"),
    [
        ([1, 2], [9], {}, "at: not one per answer"),
        ([1, 2], [9, 11], {}, "1 answer off the scale, row 1"),
        ([1, 2], [9, None], {}, "1 answer missing"),
        ([1, None], [9, 3], {}, "at: 1 answer missing"),
        ([1, 2], [9, 3], {"weights": [1]}, "weights: not one per answer"),
        ([1, 2], [9, 3], {"method": "exact"}, "no such method"),
        ([1, 2], [9, 3], {"level": 95}, "level"),
        ([1, 2], [9, 3], {"breaks": 5}, "not a NpsBreaks"),
        ("2018", [9], {}, "not one answer per row"),
    ],
)
def test_broken_input_is_named(at, answers, settings, match):
    with pytest.raises(CrmRiskError, match=match):
        net_promoter_waves(at, answers, **settings)


@pytest.mark.parametrize(
    ("counts", "title"),
    [
        ([(20, 30, 50), (50, 30, 20)], "Net promoter score fell by 60.0 points from 1 to 2"),
        ([(20, 30, 50), (22, 30, 48)], "Net promoter score: a change from 1 to 2 cannot be told from chance yet"),
        (
            [(60, 0, 40), (50, 0, 50), (40, 0, 60)],
            "Net promoter score rose by 19.4 points per wave from 1 to 3",
        ),  # 20 * 100/(100 + 3): adjusted Wald
        ([(20, 30, 50)], "Net promoter score"),
    ],
)
def test_the_chart_has_the_waves_in_points_and_a_title_that_says_no_more_than_the_test(counts, title):
    found = net_promoter_waves(np.repeat(range(1, len(counts) + 1), 100), answers_of(*counts))
    chart = found.chart()
    assert chart.title == title
    assert chart.frame()["time"].tolist() == found.times.tolist()
    assert chart.frame()[["y", "low", "high"]].to_numpy() == pytest.approx(
        100 * found.frame()[["value", "low", "high"]].to_numpy()
    )


@pytest.mark.parametrize("period", [None, "year"])
def test_waves_of_counts_are_those_of_the_answers_they_count(period):
    at = ["2017-03-01", "2018-03-01"] if period else [2017, 2018]
    counts = dict(zip(at, [(20, 30, 50), (50, 30, 20)], strict=True))
    found = net_promoter_waves(counts=counts, period=period)
    assert found == net_promoter_waves(np.repeat(at, 100), answers_of(*counts.values()), period=period)


def test_counts_of_one_period_are_added_up():
    quarters = net_promoter_waves(counts={"2017-01-05": (2, 3, 5), "2017-03-01": (1, 1, 1)}, period="quarter")
    assert (quarters.labels, quarters.n.tolist()) == (("2017Q1",), [13.0])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"at": [2017]},
        {"answers": [9]},
        {"at": [2017], "answers": [9], "counts": {2017: (1, 1, 1)}},
        {"counts": {2017: (1, 1, 1)}, "weights": [1]},
        {"counts": [(1, 1, 1)]},
        {"counts": {2017: (1, 1)}},
        {"counts": {2017: (1, 1, -1)}},
    ],
)
def test_answers_or_counts_are_asked_for(settings):
    with pytest.raises(CrmRiskError):
        net_promoter_waves(**settings)
