"""Tests of counting answers where they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crmrisk.core.errors import SchemaError
from crmrisk.satisfaction.answer_cells import answer_cells, counted_codes

NAMES = {"answer": "x", "segment": "s"}


def _told(cells):
    names = [None if code < 0 else cells.segments[code] for code in cells.segment_codes]
    answers = [None if answer != answer else answer for answer in cells.answers]  # noqa: PLR0124 - NaN
    return {(name, answer): rows for name, answer, rows in zip(names, answers, cells.rows, strict=True)}


@pytest.mark.parametrize("kind", ["int8", "int64", "float32", "float64"])
def test_codes_count_as_a_group_by_does(kind):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"s": rng.choice(["a", "b", None], 200), "x": rng.integers(-2, 12, 200).astype(kind)})
    if kind.startswith("float"):
        frame.loc[::17, "x"] = np.nan
    quick = counted_codes(frame, "x", "s")
    assert quick is not None
    assert _told(quick) == _told(answer_cells(pa.Table.from_pandas(frame), **NAMES))


@pytest.mark.parametrize(
    "answers", [[1.5, 2.0], [np.inf, 1.0], [1, 10**9], ["9", "8"], [np.nan, np.nan], [True, False]]
)
def test_other_answers_need_a_group_by(answers):
    assert counted_codes(pd.DataFrame({"s": ["a", "b"], "x": answers}), "x", "s") is None


def test_missing_columns_are_named_together():
    with pytest.raises(SchemaError) as caught:
        answer_cells(pa.table({"y": [1]}), **NAMES, weight="w")
    assert [problem.where for problem in caught.value.problems] == ["table.x", "table.s", "table.w"]
