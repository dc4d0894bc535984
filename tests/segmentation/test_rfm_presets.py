from __future__ import annotations

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.rfm_presets import complete_segments, published_segments
from crmrisk.segmentation.rfm_segments import SegmentBoxes


def test_the_published_table_by_first_match():
    # S2i: enumeration of the published box table
    assert published_segments().check().sizes == {
        "Champions": 1,
        "Potential Loyalist": 35,
        "Loyal Customers": 15,
        "Promising": 8,
        "New Customers": 15,
        "Can't Lose Them": 6,
        "At Risk": 7,
        "Need Attention": 4,
        "About To Sleep": 10,
        "Lost": 14,
        "Others": 10,
    }


def test_the_published_table_says_that_it_has_holes_and_overlaps():
    boxes = published_segments()
    check = boxes.check()
    assert not check.complete
    assert not check.disjoint
    for cell in check.holes:
        assert not any(box.holds(cell) for box in boxes.boxes)
    for cell, segments in check.overlaps:
        assert [box.name for box in boxes.boxes if box.holds(cell)] == list(segments)
    assert [said[:2] for said in boxes.warnings] == ["10", "58"]
    with pytest.raises(InvalidValueError, match="10 of 125 cells belong to no segment"):
        SegmentBoxes(boxes.boxes, strict=True)


@pytest.mark.parametrize("groups", range(2, 10))
def test_the_own_segments_hold_every_cell_once_for_any_number_of_groups(groups):
    boxes = complete_segments(groups)
    check = boxes.check()
    assert check.complete
    assert check.disjoint
    assert check.warnings == ()
    assert sum(check.sizes.values()) == groups**3 == len(boxes.codes())
    assert "Others" not in boxes.names
    best = boxes.names[boxes.codes()[-1]]
    assert best == "Champions"


@pytest.mark.parametrize("groups", [1, 10, 2.5, "five", None, True])
def test_numbers_of_groups_that_are_none_are_refused(groups):
    with pytest.raises(InvalidValueError, match="allowed: 2 to 9"):
        complete_segments(groups)
