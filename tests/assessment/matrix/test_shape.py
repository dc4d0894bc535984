from __future__ import annotations

import numpy as np

from crmrisk.assessment.matrix.shape import as_grades, axis_problems, cell_number, drawn, grid_codes


def test_inner_edges_belong_to_the_higher_cell():
    assert cell_number(np.array([0.0, 0.49, 0.5, 1.0, 7.0]), (0.1, 0.5, 1.0)).tolist() == [0, 0, 1, 1, 1]


def test_a_picture_is_read_from_the_top():
    assert drawn(("LE", "MH"))[0] == ("moderate", "high")


def test_grades_and_codes_are_inverse():
    codes = np.array([[1, 2], [3, 4]])
    assert grid_codes(as_grades(codes)).tolist() == codes.tolist()


def test_a_good_axis_has_no_problem():
    assert axis_problems("likelihood", (0.0, 0.5, 1.0), ("a", "b"), limit=1.0) == []
