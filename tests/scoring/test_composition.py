from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from crmrisk.core.errors import CompositionError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.scoring import BlendedScorer, ColumnScorer, ProductScorer, SegmentedScorer
from crmrisk.scoring.composition import absent_as_unrated, read_by_all, read_by_any

DAY = date(2026, 1, 31)
SHARE = Measure.share()


def test_ranges_are_narrowed_to_what_all_accept():
    parts = (("A", (Input("x", ge=0, le=10),)), ("B", (Input("x", ge=5),)))
    assert read_by_any(parts) == (Input("x", ge=5, le=10),)


def test_all_conflicts_are_listed_with_both_readers():
    parts = (
        ("A", (Input("x", "day"), Input("y", ge=5))),
        ("B", (Input("x", "week"), Input("y", le=4))),
    )
    with pytest.raises(CompositionError) as caught:
        read_by_any(parts)
    assert [each.where for each in caught.value.problems] == ["x", "y"]
    assert all("A and B" in each.what for each in caught.value.problems)


def test_a_name_cannot_be_a_number_and_a_label():
    with pytest.raises(CompositionError):
        read_by_any((("A", (Input("segment", "label"),)), ("B", (Input("segment"),))))


def test_alternatives_require_what_all_require():
    parts = (
        ("A", (Input("x"), Input("y"), Input("z", optional=True))),
        ("B", (Input("y"), Input("z"))),
    )
    assert {each.name: each.optional for each in read_by_all(parts)} == {"x": True, "y": False, "z": True}


@pytest.mark.parametrize("composite", [BlendedScorer, ProductScorer])
def test_composites_refuse_conflicting_inputs_when_they_are_written(composite):
    one = ColumnScorer(column="x", measure=SHARE)
    other = ColumnScorer(column="x", measure=SHARE, unit="percent")
    with pytest.raises(CompositionError, match="ColumnScorer 1 and ColumnScorer 2"):
        composite(scorers=(one, other))
    with pytest.raises(CompositionError, match="segment 'a' and segment 'b'"):
        SegmentedScorer(scorers={"a": one, "b": other})


def test_absent_labels_and_numbers_become_unrated_and_nothing_else_changes():
    book = Portfolio(["C1"], DAY, {"x": [1]}, tags=[("vip",)], units={"x": "day"})
    wanted = (Input("x", "day"), Input("y", optional=True), Input("group", "label", optional=True))
    whole = absent_as_unrated(book, wanted)
    assert np.isnan(whole["y"][0])
    assert whole.labels["group"][0] is None
    assert whole.tags[0] == ("vip",)
    assert whole.units == {"x": "day"}
    assert "y" not in book.columns
    assert absent_as_unrated(whole, wanted) is whole
