"""The repeat purchase rate: by hand, and on CDNOW."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.loyalty import RepeatPurchaseRate, repeat_purchase_rate, time_to_second_purchase
from crmrisk.satisfaction.proportions import proportion

#       a buys on 1, 1 and 11 January; b on 5 and, too late, 40 days on; c in 2025 and on 20 January; d on 30 January
WHO = ["a", "a", "a", "b", "c", "c", "d"]
WHEN = ["2026-01-01", "2026-01-01", "2026-01-11", "2026-01-05", "2025-06-01", "2026-01-20", "2026-01-30"]
AS_OF = date(2026, 1, 31)
JANUARY = timedelta(days=31)


@pytest.mark.parametrize(
    ("settings", "repeat", "n"),
    [
        ({}, 2, 4),
        ({"window": JANUARY}, 1, 4),
        ({"window": JANUARY, "cohort": "first"}, 1, 3),
        ({"window": JANUARY, "minimum_exposure": timedelta(days=10)}, 1, 3),
        ({"window": JANUARY, "minimum_exposure": timedelta(days=27), "cohort": "first"}, 1, 1),
        ({"window": timedelta(days=30)}, 0, 4),  # from 2 January: a bought once
    ],
)
def test_who_counts_and_what_counts(settings, repeat, n):
    rate = repeat_purchase_rate(WHO, WHEN, as_of=AS_OF, **settings)
    plain = proportion(repeat, n)
    assert isinstance(rate, Estimate)
    assert (rate.value, rate.low, rate.high, rate.n, rate.exposure.n_at_risk) == (
        plain.value,
        plain.low,
        plain.high,
        n,
        n,
    )


def test_beside_it_customers_count_for_as_long_as_they_were_seen():
    curve = repeat_purchase_rate(WHO, WHEN, as_of=AS_OF, window=JANUARY).time_to_second
    assert curve.time.tolist() == [1.0, 10.0, 11.0, 26.0]  # d and c are censored, then a, then b
    assert curve.at_risk.tolist() == [4.0, 3.0, 2.0, 1.0]
    assert curve.incidence_at(10).value == pytest.approx(1 / 3)
    assert time_to_second_purchase(WHO, WHEN, as_of=AS_OF, cohort="all", window=JANUARY) == curve


def test_it_says_its_exposure():
    rate = repeat_purchase_rate(
        WHO, WHEN, as_of=AS_OF, window=JANUARY, cohort="first", minimum_exposure=timedelta(days=1)
    )
    assert str(rate) == (
        "repeat purchase rate 0.3333 [0.06149, 0.7923] (95 % wilson, n 3) of 3 customers who first bought, "
        "after 2025-12-31 up to 2026-01-31, each watched for at least 1 d"
    )
    assert "had less chance" in rate.warnings[0]


def test_json_brings_it_back_with_its_curve_and_zone():
    when = pd.to_datetime(WHEN).tz_localize("UTC")
    rate = repeat_purchase_rate(WHO, when, as_of=datetime(2026, 1, 31, tzinfo=UTC))
    assert RepeatPurchaseRate.from_json(rate.to_json()) == rate


def test_nobody_in_the_cohort_is_unrated():
    rate = repeat_purchase_rate(WHO, WHEN, as_of=AS_OF, minimum_exposure=timedelta(days=3650))
    assert (rate.value, rate.time_to_second, rate.n) == (None, None, 0)
    with pytest.raises(InvalidValueError, match="nobody"):
        time_to_second_purchase(WHO, WHEN, as_of=date(2026, 6, 1), window=timedelta(days=2))


@pytest.mark.parametrize(
    "wrong",
    [
        {"window": 90},
        {"window": timedelta(hours=30)},
        {"cohort": "new"},
        {"minimum_exposure": timedelta(-1)},
        {"level": 95},
        {"method": "guess"},
    ],
)
def test_bad_settings_are_refused(wrong):
    with pytest.raises(InvalidValueError):
        repeat_purchase_rate(WHO, WHEN, as_of=AS_OF, **wrong)


@pytest.mark.realdata
def test_cdnow_again_by_pandas(data_folder):
    sales = pd.read_parquet(data_folder / "cdnow_master.parquet")
    rate = repeat_purchase_rate(sales, as_of=date(1998, 6, 30), rename={"date": "at", "spend": "amount"})
    days = sales[sales.spend > 0].groupby("customer_id").date.nunique()
    assert (rate.value, rate.n) == ((days > 1).mean(), len(days))
    ranked = sales[sales.spend > 0].drop_duplicates(["customer_id", "date"]).sort_values(["customer_id", "date"])
    gap = ranked.groupby("customer_id").date.diff()[ranked.groupby("customer_id").cumcount() == 1].dt.days
    assert rate.time_to_second.incidence_at(90).value == pytest.approx(
        (gap <= 90).sum() / len(days)
    )  # all were seen so long
