import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, UnknownCustomerError
from crmrisk.segmentation.demand import DemandSeries


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        ([[1, -1]], "negative"),
        ([[1, None, 2]], "missing after"),
        ([[1, float("inf")]], "infinite"),
        ([["a", "b"]], "not numbers"),
        ([[1e300, 1e-200]], "2 value.s. whose squares"),
        ([[1, 2], [1]], "differ"),
        ([], "no table"),
        ([[[1]]], "no table"),
        (5, "no table"),
    ],
)
def test_what_is_no_demand_is_named(demand, said):
    with pytest.raises(CrmRiskError, match=said):
        DemandSeries(demand)


def test_lengths_must_fit_and_all_misfits_are_listed():
    with pytest.raises(CrmRiskError, match="3 problems"):
        DemandSeries([[1, 2]], customer_id=["A", "B"], category=[], periods=["x"])


def test_the_callers_array_stays_and_the_held_one_cannot_change():
    given = np.array([[1.0, 2.0]])
    series = DemandSeries(given)
    given[0, 0] = 9.0
    assert series.demand[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        series.demand[0, 0] = 3.0


def test_looking_up_and_selecting():
    series = DemandSeries([[1, 2, 3], [4, 5, 6]], customer_id=["A", "B"])
    assert series.take([1])["B"].tolist() == [4.0, 5.0, 6.0]
    assert series.until(2).periods == ("0", "1")
    assert series.frame()["demand"].tolist() == [1, 2, 3, 4, 5, 6]
    with pytest.raises(UnknownCustomerError):
        series["C"]
