from __future__ import annotations

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.rfm_segments import (
    Cell,
    RfmBox,
    SegmentBoxes,
    complete_segments,
    published_segments,
)

EVERYONE = RfmBox("Everyone", (1, 5), (1, 5), (1, 5))


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


def test_the_first_match_wins_and_what_is_left_without_is_named():
    first = RfmBox("Everyone else", (1, 5), (1, 5), (1, 5))
    boxes = SegmentBoxes([EVERYONE, first])
    assert boxes.check().sizes == {"Everyone": 125, "Everyone else": 0}
    assert boxes.check().unreachable == ("Everyone else",)
    assert "nobody can be in Everyone else" in boxes.warnings


def test_boxes_of_one_name_are_one_segment_and_may_meet():
    boxes = SegmentBoxes([RfmBox("A", (1, 3), (1, 5), (1, 5)), RfmBox("A", (3, 5), (1, 5), (1, 5))], strict=True)
    assert boxes.names == ("A",)
    assert set(boxes.codes().tolist()) == {0}


def test_codes_follow_the_cells():
    boxes = SegmentBoxes([RfmBox("last", (2, 2), (2, 2), (2, 2))], groups=2)
    assert boxes.codes().tolist() == [1] * 7 + [0]
    assert boxes.check().holes[0] == Cell(1, 1, 1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: RfmBox("A", (3, 1), (1, 5), (1, 5)), "recency: range is crossed"),
        (lambda: RfmBox("A", (0, 1), (1, 5), (1, 5)), "recency"),
        (lambda: RfmBox("", (1, 1), (1, 5), (1, 5)), "name"),
        (lambda: RfmBox("A", (1, 2, 3), (1, 5), (1, 5)), "recency"),
        (lambda: SegmentBoxes([]), "boxes"),
        (lambda: SegmentBoxes([EVERYONE], groups=3), "leaves the cube; allowed: scores 1 to 3"),
        (lambda: SegmentBoxes([EVERYONE], others="Everyone"), "name for others"),
        (lambda: SegmentBoxes([EVERYONE], groups=10), "groups"),
        (lambda: complete_segments(1), "groups"),
        (lambda: complete_segments(10), "groups"),
    ],
)
def test_what_is_no_box_is_refused(make, said):
    with pytest.raises(InvalidValueError, match=said):
        make()


def test_json():
    boxes = published_segments()
    assert SegmentBoxes.from_json(boxes.to_json()) == boxes
