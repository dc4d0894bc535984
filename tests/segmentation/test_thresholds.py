"""Plain cuts: which side a value on a cut belongs to, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk import Portfolio
from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.thresholds import ThresholdSegmenter


def book(*values):
    return Portfolio([f"C{n}" for n in range(len(values))], date(2026, 1, 31), {"age": list(values)})


@pytest.mark.parametrize(("closed", "labels"), [("left", ["a", "b", "c"]), ("right", ["a", "a", "b"])])
def test_a_value_on_a_cut_belongs_to_the_segment_that_is_closed_there(closed, labels):
    cuts = ThresholdSegmenter(column="age", cuts=[10, 20], names=["a", "b", "c"], closed=closed)
    assert cuts.segment(book(9, 10, 20)).labels.tolist() == labels


def test_names_and_reasons_say_the_ends():
    cuts = ThresholdSegmenter(column="age", cuts=[10, 20], closed="right")
    assert cuts.names == ("age <= 10", "10 < age <= 20", "age > 20")
    assert cuts.segment(book(10, 15, 21)).reason.tolist() == ["age 10: <= 10", "age 15: > 10 and <= 20", "age 21: > 20"]
    assert ThresholdSegmenter.model_validate_json(cuts.model_dump_json()) == cuts


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9), unit=st.floats(0.01, 100))
def test_segments_rise_with_the_value_and_do_not_depend_on_its_unit(values, unit):
    cuts = ThresholdSegmenter(column="age", cuts=[-10.0, 0.0, 500.0])
    codes = cuts.segment(book(*sorted(values))).codes
    assert (np.diff(codes) >= 0).all()
    far = [value for value in values if min(abs(value - cut) for cut in cuts.cuts) > 1e-6]
    other = ThresholdSegmenter(column="age", cuts=[cut * unit for cut in cuts.cuts])
    if far:
        assert np.array_equal(cuts.segment(book(*far)).codes, other.segment(book(*(v * unit for v in far))).codes)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"cuts": []}, "cuts"),
        ({"cuts": [2, 1]}, "do not rise"),
        ({"cuts": [1, 1]}, "do not rise"),
        ({"cuts": [float("nan")]}, "finite"),
        ({"cuts": ["x"]}, "number"),
        ({"cuts": 3}, "cuts"),
        ({"cuts": [1], "names": ["a"]}, "one more than cuts"),
        ({"cuts": [1], "names": ["a", "a"]}, "different names"),
        ({"cuts": [1], "closed": "both"}, "closed"),
    ],
)
def test_what_is_wrong_is_named(arguments, words):
    with pytest.raises(InvalidValueError, match=words):
        ThresholdSegmenter(column="age", **arguments)
