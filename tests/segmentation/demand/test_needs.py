from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError
from crmrisk.scoring.value import BetaGeoBetaBinomial
from crmrisk.segmentation.demand import DemandSeries, NeedModel, choose_forecast, classify_needs, demand_series

MODEL = NeedModel(alpha=2, beta=2, ending=0.05)


def book():
    rows, customers, categories = [], [], []
    for number in range(60):
        customers += [f"C{number:02d}", f"C{number:02d}"]
        categories += ["tea", "jam"]
        rows += [[1] * 12, [1] * 12]
    extra = {"regular": [1] * 12, "left": [1] * 8 + [0] * 4, "rare": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]}
    for name, row in extra.items():
        customers.append(name)
        categories.append("tea")
        rows.append(row)
    customers += [f"other {number}" for number in range(60)]
    categories += ["ink"] * 60
    rows += [[1] * 12] * 60
    return DemandSeries(rows, customer_id=customers, category=categories)


def test_the_states_of_needs():
    found = classify_needs(book(), model=MODEL).frame().set_index(["customer_id", "category"])
    assert found.loc[("regular", "tea"), "state"] == "needs now"
    assert found.loc[("left", "tea"), "state"] == "stopped"
    assert found.loc[("rare", "tea"), "state"] == "needs at times"
    could = found.loc[("left", "jam")]
    assert could["state"] == "could need"
    assert could["probability"] == 60 / 63
    assert could["low"] < 60 / 63 < could["high"]
    assert could["reason"] == "bought by 95 % of 63 who buy tea, by 49 % of all"
    assert ("regular", "ink") not in found.index  # nobody who buys tea buys ink


def test_the_order_of_series_changes_nothing_but_the_order():
    series = book()
    order = np.random.default_rng(0).permutation(len(series))
    keys = ["customer_id", "category"]
    one, other = (
        classify_needs(each).frame().sort_values(keys, ignore_index=True) for each in (series, series.take(order))
    )
    pd.testing.assert_frame_equal(one, other)


def test_another_model_of_who_is_alive_may_judge():
    model = BetaGeoBetaBinomial(alpha=2, beta=2, gamma=1, delta=20)
    found = classify_needs(book(), model=model)
    assert found.model is model
    assert found.frame().set_index(["customer_id", "category"]).loc[("left", "tea"), "state"] == "stopped"


@pytest.mark.parametrize(
    ("series", "settings", "said"),
    [
        ([[1, 2]], {}, "not what is expected"),
        (DemandSeries([[1, 2]]), {}, "2 problems"),
        (DemandSeries([[1], [2]], customer_id=["A", "A"], category=["x", "x"]), {}, "same customer and category"),
        (DemandSeries([[0, 0]], customer_id=["A"], category=["x"]), {}, "nobody ever bought"),
        (
            DemandSeries([[1]], customer_id=["A"], category=["x"]),
            {"certainty": 0.4, "most": -1, "level": 2},
            "3 problems",
        ),
    ],
)
def test_what_cannot_be_judged_is_named(series, settings, said):
    with pytest.raises(CrmRiskError, match=said):
        classify_needs(series, **settings)


@pytest.mark.realdata
def test_on_online_retail_the_probabilities_come_true(data_folder):
    lines = pd.read_parquet(
        data_folder / "online_retail.parquet",
        columns=["CustomerID", "StockCode", "InvoiceDate", "Quantity", "UnitPrice"],
    )
    lines = lines[lines["CustomerID"].notna()]
    lines = lines.assign(amount=lines["Quantity"] * lines["UnitPrice"], CustomerID=lines["CustomerID"].astype(int))
    top = lines.groupby("StockCode")["amount"].sum().nlargest(10).index
    names = {"CustomerID": "customer_id", "InvoiceDate": "at"}
    series = demand_series(
        lines[lines["StockCode"].isin(top)], as_of=date(2011, 12, 1), category="StockCode", rename=names
    )
    assert series.periods == tuple(f"2010-12,{','.join(f'2011-{m:02d}' for m in range(1, 12))}".split(","))
    known = series.until(9)
    needs = classify_needs(known, horizon=3, most=0)
    bought = (known.demand > 0).any(axis=1)
    came = (series.demand[bought][:, 9:] > 0).any(axis=1)
    chance = needs.demand_probability
    # nobody left whom the data show to have left, so the probability is that of buying again
    assert needs.model.ending < 0.05
    assert chance.mean() == pytest.approx(came.mean(), abs=0.03)
    upper = chance > np.quantile(chance, 0.75)
    assert came[upper].mean() > 1.8 * came[~upper].mean()
    assert chance[upper].mean() == pytest.approx(came[upper].mean(), abs=0.06)
    choice = choose_forecast(series, methods=["needs", "tsb", "naive", "zero"])
    assert choice.method == "needs"
    assert choice.indistinguishable == ("tsb",)
    assert choice.frame().set_index("method").loc["needs", "coverage"] > 0.88  # of 0.95 promised
