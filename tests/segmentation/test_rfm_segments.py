from __future__ import annotations

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.rfm_presets import published_segments
from crmrisk.segmentation.rfm_segments import Cell, RfmBox, SegmentBoxes

EVERYONE = RfmBox("Everyone", (1, 5), (1, 5), (1, 5))


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
    ],
)
def test_what_is_no_box_is_refused(make, said):
    with pytest.raises(InvalidValueError, match=said):
        make()


def test_json():
    boxes = published_segments()
    assert SegmentBoxes.from_json(boxes.to_json()) == boxes
