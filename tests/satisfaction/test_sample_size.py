"""Tests of planning: reference rows, each function undoing the other, broken settings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError
from crmrisk.satisfaction.sample_size import (
    net_promoter_detectable_difference,
    net_promoter_group_size,
    net_promoter_margin_of_error,
    net_promoter_power,
    net_promoter_sample_size,
    net_promoter_unit_variance,
)


def test_n12():
    # N12: E .10 at 95 %: Var 1 -> 382, Var .61 -> 232; two groups, D .10, Var .61, power 80 %: 955 each
    assert net_promoter_sample_size(0.10) == 382
    variance = net_promoter_unit_variance((20, 30, 50))
    assert variance == pytest.approx(0.61)
    assert net_promoter_sample_size(0.10, variance=variance) == 232
    assert net_promoter_group_size(0.10, variance=variance) == 955
    # the form without the factor 2 is right where the variance already sums both groups
    assert net_promoter_group_size(0.10, variance=2 * variance, groups=1) == 955
    assert net_promoter_group_size(-0.10, variance=(0.61, 0.61)) == 955


@given(
    margin=st.floats(0.005, 0.5),
    variance=st.floats(0.05, 1.0),
    level=st.sampled_from([0.8, 0.9, 0.95, 0.99]),
    effect=st.floats(0.5, 4.0),
)
@settings(max_examples=60, deadline=None)
def test_sizes_are_enough_and_no_more(margin, variance, level, effect):
    planned = {"variance": variance, "level": level, "design_effect": effect}
    n = net_promoter_sample_size(margin, **planned)
    assert net_promoter_margin_of_error(n, **planned) <= margin * (1 + 1e-9)
    assert n == 1 or net_promoter_margin_of_error(n - 1, **planned) > margin * (1 - 1e-9)
    size = net_promoter_group_size(margin, **planned)
    assert size == 1 or net_promoter_detectable_difference(size, **planned) <= margin * (1 + 1e-9)
    assert net_promoter_power(size, difference=margin, **planned) >= 0.8 - 1e-9


def test_power_grows_from_the_level_to_one():
    powers = [net_promoter_power(100, difference=each / 10, variance=0.6) for each in range(8)]
    assert powers == sorted(powers)
    assert powers[0] == pytest.approx(0.05)
    assert powers[-1] > 0.999
    assert net_promoter_power(100, difference=-0.2) == net_promoter_power(100, difference=0.2)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: net_promoter_sample_size(0), "margin_of_error: not in range"),
        (lambda: net_promoter_sample_size(5), "margin_of_error: not in range"),
        (lambda: net_promoter_sample_size("5 points"), "margin_of_error: not in range"),
        (lambda: net_promoter_sample_size(0.1, variance=float("nan")), "variance: not in range"),
        (lambda: net_promoter_sample_size(0.1, level=95), "level"),
        (lambda: net_promoter_sample_size(0.1, design_effect=0), "design_effect: not in range"),
        (lambda: net_promoter_group_size(0), "difference: not in range"),
        (lambda: net_promoter_group_size(0.1, power=1), "power: not in range"),
        (lambda: net_promoter_group_size(0.1, power=0.04), "no power"),
        (lambda: net_promoter_group_size(0.1, groups=3), "no such design"),
        (lambda: net_promoter_group_size(0.1, variance=(0.1, 0.2, 0.3)), "no variance"),
        (lambda: net_promoter_group_size(0.1, variance=(0.1, 0.2), groups=1), "no variance"),
        (lambda: net_promoter_power(-5, difference=0.1), "n: not in range"),
        (lambda: net_promoter_power(5, difference=float("nan")), "no difference"),
        (lambda: net_promoter_margin_of_error(float("inf")), "n: not in range"),
        (lambda: net_promoter_unit_variance((0, 0, 0)), "no answers"),
        (lambda: net_promoter_unit_variance("abc"), "no counts"),
    ],
)
def test_broken_settings_are_named(call, match):
    with pytest.raises(CrmRiskError, match=match):
        call()
