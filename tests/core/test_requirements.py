from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from crmrisk.core.errors import InputRangeError, MissingInputsError
from crmrisk.core.measures import Input
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.requirements import check_inputs

DAY = date(2026, 1, 31)
BOOK = Portfolio(
    ["C1", "C2", "C3"],
    DAY,
    {"idle_days": [3, None, 5], "share": [0.5, 1.5, -1], "empty": [None, None, None]},
    {"segment": ["retail", "trade", None]},
    units={"idle_days": "day", "share": "percent"},
)


def test_customers_with_every_required_input_are_found():
    assert check_inputs(BOOK, ()).tolist() == [True, True, True]
    assert check_inputs(BOOK, (Input("idle_days", "day"),)).tolist() == [True, False, True]
    assert check_inputs(BOOK, (Input("idle_days", "day"), Input("segment", "label"))).tolist() == [True, False, False]
    assert check_inputs(BOOK, (Input("idle_days", "day", optional=True),)).tolist() == [True, True, True]
    assert check_inputs(BOOK, (Input("empty", ge=0, le=1),)).tolist() == [False, False, False]
    assert check_inputs(BOOK.take([]), (Input("idle_days", "day", ge=0),)).tolist() == []


def test_every_missing_input_is_named_with_the_reader():
    with pytest.raises(MissingInputsError) as caught:
        check_inputs(
            BOOK, (Input("age", "day"), Input("tier", "label"), Input("nps", optional=True)), reader="MyScorer"
        )
    assert [problem.where for problem in caught.value.problems] == ["age [day]", "tier [label]"]
    assert "missing input of MyScorer" in str(caught.value)


def test_a_label_is_no_number_and_the_other_way_round():
    for wrong, held in ((Input("segment"), "as a label"), (Input("idle_days", "label"), "as numbers")):
        with pytest.raises(MissingInputsError, match=f"is read as .* by MyScorer; got: the portfolio holds it {held}"):
            check_inputs(BOOK, (wrong,), reader="MyScorer")


@pytest.mark.parametrize("optional", [False, True])
def test_another_unit_is_refused(optional):
    with pytest.raises(MissingInputsError, match="in another unit; allowed: week; got: day"):
        check_inputs(BOOK, (Input("idle_days", "week", optional=optional),))
    with pytest.raises(MissingInputsError, match='got: day; remedy: state unit="day" where it is read'):
        check_inputs(BOOK, (Input("idle_days", optional=optional),))


@pytest.mark.parametrize("optional", [False, True])
def test_every_value_out_of_range_is_counted_and_the_first_shown(optional):
    with pytest.raises(InputRangeError) as caught:
        check_inputs(
            BOOK,
            (Input("share", "percent", 0, 1, optional=optional), Input("idle_days", "day", ge=4, optional=optional)),
        )
    text = str(caught.value)
    assert "share: 2 value(s) out of range; allowed: [0, 1] percent; got: 1.5 for customer 'C2'" in text
    assert "idle_days: 1 value(s) out of range; allowed: [4, open] day; got: 3 for customer 'C1'" in text


def test_bounds_are_inclusive():
    assert check_inputs(BOOK, (Input("idle_days", "day", 3, 5),)).dtype == np.bool_
