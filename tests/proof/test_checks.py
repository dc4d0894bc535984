"""What proof accepts, what it leaves out and counts, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.proof.checks import (
    choice_problem,
    clip_problem,
    count_problem,
    fraction_problem,
    rated_probabilities,
    rated_rows,
)


@pytest.mark.parametrize(
    "outcome",
    [
        [1, 0, None, 1],
        np.array([1.0, 0.0, np.nan, 1.0]),
        pd.Series([1.0, 0.0, None, 1.0]),
        pl.Series([1, 0, None, 1]),
        np.array([True, False, None, True], dtype=object),
    ],
    ids=["list", "numpy", "pandas", "polars", "objects"],
)
def test_any_array_of_outcomes_is_read_and_the_unknown_is_counted(outcome):
    rows = rated_rows({"score": [5, None, 7, 8]}, outcome)
    assert (rows.n, rows.events, rows.n_unrated) == (2, 2, 2)
    assert rows.score.tolist() == [5.0, 8.0]
    assert rows.notes == ("2 of 4 rows are unrated or of unknown outcome: left out",)


@pytest.mark.parametrize(
    ("probability", "outcome", "words"),
    [
        ([0.1, 1.2], [0, 1], ["outside the range", "row 1"]),
        ([-1e-12, 0.2], [0, 1], ["outside the range", "row 0"]),
        ([0.1, np.inf], [0, 1], ["infinite"]),
        ([0.1, 0.2], [0, 2], ["no outcome"]),
        ([0.1, 0.2], [0, 0.5], ["no outcome"]),
        ([0.1, 0.2], [0, 1, 1], ["lengths differ", "2 and 3"]),
        ([], [], ["probability: no rows", "outcome: no rows"]),
        (["a", "b"], [0, 1], ["not numbers"]),
        ([0.1, 0.2], ["yes", "no"], ["outcome: not numbers"]),
        ([[0.1], [0.2]], [0, 1], ["not one value per customer"]),
        ([[0.1], [0.2, 0.3]], [0, 1], ["not numbers"]),
        (0.5, [1], ["not one value per customer"]),
        ([0.1 + 1j, 0.2], [0, 1], ["complex"]),
        ([10**400, 0], [0, 1], ["not numbers"]),
        ({"a": 1}, [1], ["not numbers"]),
        ([object()], [1], ["not numbers"]),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), [1], ["not numbers"]),
        ([1.5, 0.2], [3, 1, 0], ["outside the range", "no outcome", "lengths differ"]),
        ("text", [7], ["not numbers", "no outcome"]),
    ],
)
def test_everything_wrong_is_reported_at_once(probability, outcome, words):
    with pytest.raises(InvalidValueError) as error:
        rated_probabilities(probability, outcome)
    for word in words:
        assert word in str(error.value)


def test_settings_are_reported_with_the_arrays():
    with pytest.raises(InvalidValueError) as error:
        rated_probabilities([2.0], [3.0], settings=[fraction_problem("level", 95), None])
    assert [problem.where for problem in error.value.problems] == ["level", "probability", "outcome"]


def test_the_callers_arrays_stay_as_they_are():
    probability, outcome = np.array([0.1, np.nan]), np.array([0.0, 1.0])
    rows = rated_probabilities(probability, outcome)
    assert probability.flags.writeable
    assert outcome.flags.writeable
    assert not np.shares_memory(rows.outcome, outcome)


def test_nobody_rated_is_a_state_and_no_error():
    rows = rated_rows({"score": [np.nan]}, [1])
    assert (rows.n, rows.one_class) == (0, ("no row has both a score and a known outcome",))


@pytest.mark.parametrize("value", [0, 1, -0.1, np.nan, True, "0.5", None, 95])
def test_what_is_no_fraction(value):
    assert fraction_problem("level", value) is not None


def test_ends_may_be_allowed():
    assert fraction_problem("share", 1, including=(1,)) is None
    assert fraction_problem("share", 0, including=(1,)) is not None


@pytest.mark.parametrize("value", [0, 1.0, True, "3", None, 10**9])
def test_what_is_no_count(value):
    assert count_problem("bins", value) is not None


def test_settings_that_are_fine():
    assert count_problem("bins", np.int64(3)) is None
    assert choice_problem("binning", "b", ["a", "b"]) is None
    assert choice_problem("binning", 3, ["a", "b"]) is not None
    assert clip_problem(None) is clip_problem(0.0) is clip_problem(1e-6) is None
    assert clip_problem(0.7) is not None
