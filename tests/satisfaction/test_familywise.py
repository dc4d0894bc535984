"""Tests of levels for intervals that are read together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.familywise import bonferroni_level, check_simultaneous, holm_levels


@given(statistics=st.lists(st.floats(-5, 5), min_size=1, max_size=12), level=st.sampled_from([0.8, 0.95, 0.99]))
@settings(max_examples=80, deadline=None)
def test_holm_rejects_what_ordered_p_values_reject(statistics, level):
    values = np.array(statistics)

    def interval(at, shared):
        return values[at] - normal_quantile(shared), values[at] + normal_quantile(shared)

    levels = holm_levels(interval, values.size, level=level)
    rejected = [abs(value) > normal_quantile(float(each)) for value, each in zip(values, levels, strict=True)]
    # the procedure as Holm wrote it: step through ordered p-values until one is too large
    p_values = 2 * ndtr(-np.abs(values))
    expected = np.zeros(values.size, dtype=bool)
    for step, place in enumerate(np.argsort(p_values, kind="stable")):
        if p_values[place] > (1 - level) / (values.size - step):
            break
        expected[place] = True
    assert rejected == expected.tolist()


def test_bonferroni_shares_the_error():
    assert bonferroni_level(0.95, 10) == pytest.approx(0.995, abs=1e-15)
    assert bonferroni_level(0.9, 0) == pytest.approx(0.9)
    with pytest.raises(InvalidValueError):
        bonferroni_level(95, 2)


def test_no_interval_at_all():
    assert holm_levels(lambda at, _: (at * np.nan, at * np.nan), 0).size == 0
    assert holm_levels(lambda at, _: (at * np.nan, at * np.nan), 2).tolist() == [0.975, 0.975]


def test_an_unknown_adjustment_is_refused():
    check_simultaneous(None)
    with pytest.raises(InvalidValueError, match="bonferroni, holm, None"):
        check_simultaneous("sidak")
