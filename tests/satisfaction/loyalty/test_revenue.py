"""Revenue retention: identities, the delta method against the bootstrap and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError, RecordError
from crmrisk.satisfaction.loyalty import (
    RevenueRetention,
    gross_revenue_retention,
    logo_retention,
    net_revenue_retention,
    revenue_retention,
)

OPENING, CLOSING = [100, 50, 40, 10, 0], [120, 50, 30, 0, 70]


def test_movements_by_hand():
    found = revenue_retention(OPENING, CLOSING)
    shares = (found.gross, found.net, found.expansion, found.contraction, found.churned, found.logo)
    assert [round(share.value, 12) for share in shares] == [0.9, 1.0, 0.1, 0.05, 0.05, 0.75]
    assert (found.opening_revenue, found.closing_revenue, found.new_revenue) == (200.0, 200.0, 70.0)
    # residuals of net: 20, 0, -10, -10; standard error sqrt(4/3 * 600) / 200; t with 3 degrees 3.182446
    assert found.net.standard_error == pytest.approx((4 / 3 * 600) ** 0.5 / 200)
    assert found.net.high == pytest.approx(1 + 3.182446 * found.net.standard_error, abs=1e-6)


def test_parts_by_themselves():
    found = revenue_retention(OPENING, CLOSING)
    assert net_revenue_retention(OPENING, CLOSING) == found.net
    assert gross_revenue_retention(OPENING, CLOSING) == found.gross
    assert logo_retention(OPENING, CLOSING) == found.logo
    assert RevenueRetention.from_json(found.to_json()) == found
    assert "logo retention 0.75" in str(found)
    assert found.frame().loc["churned revenue", "value"] == pytest.approx(0.05)


def test_delta_and_bootstrap_agree():
    rng = np.random.default_rng(1)
    opening = rng.lognormal(3, 1, 800)
    closing = opening * rng.lognormal(-0.1, 0.4, 800) * (rng.random(800) < 0.8)
    delta = revenue_retention(opening, closing)
    bootstrap = revenue_retention(opening, closing, interval="bootstrap", replicates=1000)
    for name in ("gross", "net", "churned"):
        mine, other = getattr(delta, name), getattr(bootstrap, name)
        assert (other.high - other.low) == pytest.approx(mine.high - mine.low, rel=0.15)


def test_intervals_hold_what_they_say():
    rng = np.random.default_rng(2)
    held = []
    for _ in range(200):  # true net retention 0.8 * 1.05
        opening = rng.gamma(2.0, 50.0, 60)
        closing = opening * rng.uniform(0.8, 1.3, 60) * (rng.random(60) < 0.8)
        found = net_revenue_retention(opening, closing)
        held.append(found.low <= 0.84 <= found.high)
    assert np.mean(held) > 0.95 - 3 * (0.95 * 0.05 / 200) ** 0.5


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30), st.sampled_from([0.25, 8.0])
)
def test_identities_and_units(pairs, unit):
    opening, closing = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    found = revenue_retention(opening, closing)
    if not opening.any():
        assert found.net.value is None
        return
    assert found.net.value == pytest.approx(1 + found.expansion.value - found.contraction.value - found.churned.value)
    assert found.gross.value == pytest.approx(1 - found.contraction.value - found.churned.value)
    assert found.net.value == pytest.approx(closing[opening > 0].sum() / opening.sum())
    assert revenue_retention(opening * unit, closing * unit).net == found.net
    assert found.gross.high is None or found.gross.low <= found.gross.value <= found.gross.high <= 1.0


def test_more_given_back_than_spent_is_lost_on_top():
    found = revenue_retention([100, 100, 100, 0], [100, -20, 130, -5], refunds="net")
    assert (found.net.value, found.gross.value, found.churned.value) == pytest.approx((210 / 300, 180 / 300, 120 / 300))
    assert found.net.value == pytest.approx(1 + found.expansion.value - found.contraction.value - found.churned.value)
    assert found.net.low < 0.0  # no floor where revenue may be negative
    assert (found.logo.value, found.new_revenue, found.opening_revenue) == (2 / 3, -5.0, 300.0)
    assert net_revenue_retention([100, 100], [100, -20], refunds="net").value == pytest.approx(0.4)
    with pytest.raises(RecordError, match='refunds="net"'):
        revenue_retention([100, 100], [100, -20])


def test_no_false_certainty():
    assert revenue_retention([3, 4], [3, 4]).net.warnings == ("no customer differs from another: no interval",)
    assert "few customers" in revenue_retention([1e6] + [1.0] * 50, [1e6] + [0.5] * 50).net.warnings[0]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ([1, 2], [3]),
        ([1, -2], [3, 1]),
        ([1, np.nan], [3, 1]),
        ([1], None),
        (["a"], [1]),
        ([1e-310, 4], [1e3, 4]),
        ([np.inf], [1]),
    ],
)
def test_bad_revenue_is_refused(opening, closing):
    with pytest.raises(RecordError):
        revenue_retention(opening, closing)


@pytest.mark.parametrize(
    "wrong",
    [
        {"interval": "guess"},
        {"refunds": "all"},
        {"level": 95},
        {"interval": "bootstrap", "rng": 3},
        {"interval": "bootstrap", "replicates": 1},
    ],
)
def test_bad_settings_are_refused(wrong):
    with pytest.raises(CrmRiskError):
        revenue_retention([3, 4], [3, 2], **wrong)
