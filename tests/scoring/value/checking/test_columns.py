from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from crmrisk.scoring.value.checking.columns import Columns


@dataclass(frozen=True, eq=False, repr=False)
class Ages(Columns):
    group: np.ndarray
    age: np.ndarray
    by: str


def test_columns_are_values():
    age = np.array([3.0, np.nan])
    ages = Ages(np.array(["a", "b"], dtype=object), age, by="age")
    age[0] = 9
    assert ages.age[0] == 3
    with pytest.raises(ValueError, match="read-only"):
        ages.age[0] = 9
    assert ages == Ages(np.array(["a", "b"], dtype=object), np.array([3.0, np.nan]), by="age")
    assert ages != Ages(np.array(["a", "b"], dtype=object), np.array([3.0, 1.0]), by="age")
    assert ages != Ages(np.array(["a", "b"], dtype=object), np.array([3.0, np.nan]), by="size")
    assert ages != "ages"
    assert len(ages) == 2


def test_shown_as_a_table():
    ages = Ages(np.array(["a", "b"], dtype=object), np.array([3.0, 4.0]), by="age")
    assert list(ages.frame().columns) == ["group", "age"]
    assert repr(ages).startswith("Ages\n")
    assert "<td>3.0</td>" in ages._repr_html_()
    with pytest.raises(TypeError):
        hash(ages)
