"""What the pictures of segmentation say, as data."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from crmrisk import Portfolio, Segments
from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.clusters import ClusterSegmenter
from crmrisk.segmentation.customer_history import CustomerHistory
from crmrisk.segmentation.lorenz import lorenz_curve
from crmrisk.segmentation.rfm import RfmSegmenter
from crmrisk.segmentation.tier_policy import TierPolicy
from crmrisk.segmentation.tier_simulation import simulate_policy
from crmrisk.segmentation.transitions import transition_matrix


def test_a_flow_has_the_counts_and_the_best_tier_on_top():
    moved = transition_matrix(counts=[[[8, 2], [1, 9]], [[7, 2], [3, 8]]], names=("basic", "gold"), ordered=True)
    chart = moved.chart()
    assert chart.groups == ("gold", "basic")
    assert chart.flows[1] == {("gold", "gold"): 8, ("gold", "basic"): 3, ("basic", "gold"): 2, ("basic", "basic"): 7}
    assert len(chart.steps) == 3


def test_newcomers_and_leavers_come_from_outside_so_that_columns_are_alike():
    periods = [{"A": 0, "B": 1}, {"A": 1, "C": 0, "D": 0}, {"A": 1, "B": 0, "C": 1, "E": 1}]
    segments = [Segments(list(each), list(each.values()), ("basic", "gold"), ordered=True) for each in periods]
    chart = transition_matrix(segments).chart(outside="outside")
    assert chart.groups == ("gold", "basic", "outside")
    assert chart.aside == ("outside",)
    sizes = [chart.sizes(step) for step in range(3)]
    assert [(each["gold"], each["basic"]) for each in sizes] == [(1, 1), (1, 2), (3, 1)]
    assert {sum(each.values()) for each in sizes} == {5}  # all who ever were
    assert sizes[0]["outside"] == 3  # C, D and E
    for before, after in pairwise(range(3)):  # what enters a group is what is in it
        into = sum(count for (_, target), count in chart.flows[before].items() if target == "basic")
        assert into == sizes[after]["basic"]


def test_a_lorenz_chart_has_the_diagonal_and_marks_the_top_decile():
    chart = lorenz_curve([1] * 9 + [11]).chart()
    lines = chart.lines()
    assert lines["all alike"][0] == lines["all alike"][1] == lines["this book"][0]
    assert chart.marks == {"the best 10 % of the customers": 0.9}
    assert chart.title == "The best 10 % of the customers hold 55 % of the total"
    places, heights = lines["this book"]
    assert np.interp(0.9, places, heights) == pytest.approx(0.45)


def test_a_lorenz_chart_of_many_customers_has_few_points_that_lie_on_the_curve():
    curve = lorenz_curve(np.random.default_rng(1).lognormal(3, 1, 20_000))
    places, heights = curve.chart(top=0.2).lines()["this book"]
    assert len(places) < 1_000
    assert heights == pytest.approx(curve.at(places))


@pytest.mark.parametrize("top", [0, 1, 1.5, -0.1, np.nan, "ten", None, True])
def test_a_lorenz_chart_refuses_a_top_that_is_no_share(top):
    with pytest.raises(InvalidValueError, match="top"):
        lorenz_curve([1, 2]).chart(top=top)


def book():
    columns = {"idle_days": [2, 4, 90, 400, 5], "orders": [9, 7, 2, 1, None], "revenue": [50.0, 70, 10, 5, 5]}
    return Portfolio(list("ABCDE"), date(2026, 1, 31), columns)


def test_a_segment_map_has_the_means_and_sizes_of_rated_customers():
    fitted = RfmSegmenter(groups=2, frequency="orders", monetary="revenue", repetitions=0).fit(book())
    labels = fitted.segment(book()).labels
    money, often = (fitted.chart(book(), by=by).frame().set_index("name") for by in ("monetary", "frequency"))
    assert money["size"].sum() == 4  # E has no number of orders
    for name in money.index:
        rows = labels == name
        assert money.loc[name, "x"] == pytest.approx(book()["idle_days"][rows].mean())
        assert money.loc[name, "y"] == pytest.approx(book()["revenue"][rows].mean())
        assert often.loc[name, "y"] == pytest.approx(book()["orders"][rows].mean())


def test_a_segment_map_refuses_other_heights_and_nobody():
    fitted = RfmSegmenter(groups=2, frequency="orders", monetary="revenue", repetitions=0).fit(book())
    with pytest.raises(InvalidValueError, match="'monetary' or 'frequency'"):
        fitted.chart(book(), by="recency")
    with pytest.raises(InvalidValueError, match="no customer"):
        fitted.chart(book().take([4]))


def test_tiers_are_counted_at_each_review_and_moves_from_the_second_on():
    policy = TierPolicy.from_cuts("revenue", {"gold": 100}, base="basic")
    reviews = [date(2026, month, 1) for month in (1, 2, 3)]
    revenue = [[120, 90, 10], [90, 110, 10], [120, 110, np.nan]]
    tried = simulate_policy(policy, CustomerHistory(["A", "B", "C"], reviews, {"revenue": revenue}))
    lines = tried.tiers.chart().lines()
    assert list(lines) == ["gold", "basic"]
    assert (lines["gold"][1], lines["basic"][1]) == ([1, 1, 2], [2, 2, 1])
    assert [each.month for each in lines["gold"][0]] == [1, 2, 3]
    moves = tried.chart().lines()
    assert [moves[name][1] for name in ("promotions", "demotions", "reversals")] == [[1, 1], [1, 0], [0, 1]]


def test_a_cluster_profile_has_a_bar_per_cluster_and_column():
    portfolio = Portfolio(
        [f"C{n}" for n in range(8)],
        date(2026, 1, 31),
        {"spend": [1, 2, 3, 2, 101, 102, 103, 102], "orders": [9, 8, 9, 8, 1, 2, 1, 2]},
    )
    fitted = ClusterSegmenter(inputs=("spend", "orders"), k=2, replicates=10).fit(portfolio)
    lines = fitted.chart().lines()
    assert [places for places, _ in lines.values()] == [["spend", "orders"]] * 2
    traits = {trait.name: trait.deviations for trait in fitted.clusters[0].traits}
    assert next(iter(lines.values()))[1] == [traits["spend"], traits["orders"]]
    assert str(fitted.stability) in fitted.chart().title
