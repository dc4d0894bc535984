from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmrisk as cr
from crmrisk.assessment.controls import remaining
from crmrisk.core.errors import InvalidValueError


@pytest.mark.parametrize(
    ("settings_", "what"),
    [
        ({"likelihood_remaining": 1.2}, "less than or equal to 1"),
        ({}, "changes nothing"),
        ({"likelihood_remaining": 0.0, "in_place": True}, "cannot be backed out"),
        ({"likelihood_remaining": float("nan")}, "finite"),
    ],
)
def test_controls_that_make_no_sense_are_refused(settings_, what):
    with pytest.raises(InvalidValueError, match=what):
        cr.Control("call", **settings_)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)), max_size=5), st.randoms())
def test_shares_multiply_in_any_order(shares, random):
    controls = [cr.Control(f"c{i}", *pair) for i, pair in enumerate(shares)]
    one = remaining(controls)
    random.shuffle(controls)
    other = remaining(controls)
    assert one.likelihood == pytest.approx(other.likelihood)
    assert one.consequence == pytest.approx(other.consequence)
    assert 0 <= one.likelihood <= 1
