"""The calibration table and the error read off it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.proof.reliability import calibration_table, expected_calibration_error
from crmrisk.satisfaction.proportion_intervals import wilson_interval

D_CAL_P = [0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.9]
D_CAL_Y = [0, 0, 1, 0, 1, 0, 0, 1, 0, 1]

forecasts = st.lists(
    st.tuples(st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.1, 0.5, 1.0])), st.integers(0, 1)),
    min_size=1,
    max_size=60,
)


def test_table_by_hand():
    table = calibration_table(D_CAL_P, D_CAL_Y, binning="equal width")
    assert table.n.tolist() == [3, 4, 2, 1]
    assert table.events.tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(table.mean_probability, [0.1, 0.3, 0.7, 0.9], rtol=1e-15)
    np.testing.assert_allclose(table.observed_rate, [1 / 3, 1 / 4, 1 / 2, 1])
    low, high = wilson_interval(table.events, table.n)
    assert (table.low == low).all()
    assert (table.high == high).all()
    assert len(table) == 4


@pytest.mark.parametrize("binning", ["equal mass", "equal width"])
def test_error_by_hand(binning):
    # |1/3-.1|*3 + |1/4-.3|*4 + |1/2-.7|*2 + |1-.9|*1 = .7 + .2 + .4 + .1, over 10
    found = expected_calibration_error(D_CAL_P, D_CAL_Y, binning=binning)
    assert found.value == pytest.approx(0.14)
    assert found.method == f"10 {binning.replace(' ', '-')} bins, ties together"


@settings(deadline=None, max_examples=60)
@given(forecasts, st.integers(1, 12), st.sampled_from(["equal mass", "equal width"]))
def test_no_tie_is_split_and_nobody_is_lost(rows, bins, binning):
    p, y = zip(*rows, strict=True)
    table = calibration_table(p, y, bins=bins, binning=binning)
    assert table.n.sum() == len(p)
    assert table.events.sum() == sum(y)
    assert len(table) <= bins
    assert (table.lowest[1:] > table.highest[:-1]).all()
    assert (table.lowest <= table.mean_probability).all()
    assert (table.mean_probability <= table.highest).all()
    assert 0 <= expected_calibration_error(p, y, bins=bins, binning=binning).value <= 1


@settings(deadline=None, max_examples=30)
@given(forecasts, st.randoms(use_true_random=False))
def test_rows_may_come_in_any_order(rows, random):
    before = calibration_table(*zip(*rows, strict=True))
    random.shuffle(rows)
    assert calibration_table(*zip(*rows, strict=True)) == before


def test_without_ties_the_deciles_are_those_of_a_sorted_split():
    rng = np.random.default_rng(1)
    p = rng.random(1000)
    y = (rng.random(1000) < p).astype(float)
    order = np.argsort(p)
    expected = np.mean([abs(p[part].mean() - y[part].mean()) for part in np.array_split(order, 10)])
    assert expected_calibration_error(p, y).value == pytest.approx(expected, rel=1e-12)


def test_the_table_is_frozen_and_its_frame_is_not():
    table = calibration_table(D_CAL_P, D_CAL_Y)
    with pytest.raises(ValueError, match="read-only"):
        table.n[0] = 7
    with pytest.raises(AttributeError):
        table.level = 0.5
    frame = table.frame()
    frame.loc[0, "n"] = 99
    assert table.n[0] == 3
    assert table != "a table"
    assert table != calibration_table(D_CAL_P, D_CAL_Y, level=0.9)


def test_nobody_rated_is_an_empty_table():
    table = calibration_table([None, 0.3], [1, None])
    assert len(table) == 0
    assert table.n_unrated == 2
    found = expected_calibration_error([None, 0.3], [1, None])
    assert found.value is None
    assert len(found.warnings) == 2


def test_bad_settings_are_refused_together():
    with pytest.raises(InvalidValueError) as error:
        calibration_table([0.1], [1], bins=-1, binning="deciles", level=None)
    assert len(error.value.problems) == 3
