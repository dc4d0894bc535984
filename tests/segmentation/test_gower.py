"""Gower's distance against daisy of the R package cluster."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.gower import gower_distances

ROWS = {"age": [25, 40, 60, 33], "spend": [100, 900, 300, 300], "segment": ["a", "b", "a", "c"], "card": [1, 0, 0, 0]}
PAIRS = ["d12", "d13", "d14", "d23", "d24", "d34"]


@pytest.mark.parametrize(
    ("asymmetric", "published"),
    [
        pytest.param(["card"], [0.857142857, 0.5625, 0.619642857, 0.773809524, 0.65, 0.590476190], id="S1h: R daisy"),
        pytest.param([], [0.857142857, 0.5625, 0.619642857, 0.580357143, 0.4875, 0.442857143], id="S1h2: R daisy"),
    ],
)
@pytest.mark.parametrize("form", [dict, pd.DataFrame], ids=["columns", "frame"])
def test_published_distances(asymmetric, published, form):
    table = gower_distances(form(ROWS), asymmetric=asymmetric)
    found = dict(zip(PAIRS, table[np.triu_indices(4, 1)].tolist(), strict=True))
    assert found == pytest.approx(dict(zip(PAIRS, published, strict=True)), abs=1e-9)
    assert np.array_equal(table, table.T)


def test_units_do_not_matter_and_a_constant_column_only_dilutes():
    scaled = ROWS | {"spend": [value * 100 - 7 for value in ROWS["spend"]]}
    assert gower_distances(scaled) == pytest.approx(gower_distances(ROWS))
    assert gower_distances(ROWS | {"same": [1, 1, 1, 1]}) == pytest.approx(gower_distances(ROWS) * 4 / 5)


def test_nothing_in_common_but_absences_is_no_distance():
    assert gower_distances({"card": [0, 0, 1]}, asymmetric=["card"]).tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]


@pytest.mark.parametrize(
    ("columns", "asymmetric", "words"),
    [
        ({"a": [1, 2], "b": [1]}, (), "b: another number of rows"),
        ({"a": [1, None]}, (), "a: 1 row"),
        ({"a": ["x", None]}, (), "a: missing"),
        ({"a": [1, 2]}, ["a"], "a: no column of 0 and 1"),
        ({"a": [1, 2]}, ["card"], "no such columns.*card"),
        ([[1, 2]], (), "no columns"),
        ({"card": [1, 0]}, "card", "asymmetric: no names of columns.*'card'"),
        ({"a": 3}, (), "a: no column"),
        ({"a": [date(2026, 1, 1), date(2026, 1, 2)]}, (), "a: points in time.*days since"),
    ],
)
def test_bad_columns_are_named(columns, asymmetric, words):
    with pytest.raises(InvalidValueError, match=words):
        gower_distances(columns, asymmetric=asymmetric)
