from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import PortfolioError, ScoreRangeError
from crmrisk.core.measures import Measure
from crmrisk.core.scores import Ranged, Scores

SHARE = Measure.share()


def test_scores_carry_their_meaning():
    scores = Scores(["C1", "C2"], [0.25, None], SHARE, low=[0.2, None], high=[0.3, None])
    assert scores.rated.tolist() == [True, False]
    assert len(scores) == 2
    assert repr(scores) == "Scores(2 customers, 1 unrated: share in [0, 1])"
    assert scores.frame().columns.tolist() == ["customer_id", "score", "low", "high"]


@pytest.mark.parametrize(
    ("values", "interval"),
    [
        ([1.5], {}),
        ([-1e-12], {}),
        ([0.5], {"low": [-0.1]}),
        ([0.5], {"high": [1.1]}),
        ([0.5], {"low": [0.6]}),
        ([0.5], {"high": [0.4]}),
    ],
)
def test_scores_outside_the_measure_or_their_interval_are_refused(values, interval):
    with pytest.raises(ScoreRangeError):
        Scores(["C1"], values, SHARE, **interval)


@pytest.mark.parametrize("values", [[0.5, 0.5], [], [np.inf], ["high"], 0.5, [[0.5]]])
def test_scores_are_one_finite_number_per_customer(values):
    with pytest.raises(PortfolioError):
        Scores(["C1"], values, SHARE)


def test_everything_wrong_is_listed_with_the_scorer_and_the_customer():
    with pytest.raises(ScoreRangeError) as caught:
        Scores(["C1", "C2"], [0.5, 2.0], SHARE, low=[0.7, 0.1], scorer="MyScorer")
    assert [problem.where for problem in caught.value.problems] == ["MyScorer: values", "low"]
    assert "'C2'" in str(caught.value)


def test_bounds_are_inclusive_and_open_ends_are_open():
    assert Scores(["C1", "C2"], [0, 1], SHARE).rated.all()
    assert Scores(["C1"], [-1e300], Measure.index(None, 0)).rated.all()


def test_scores_compare_by_content():
    scores = Scores(["C1", "C2"], [0.25, None], SHARE)
    assert scores == Scores(["C1", "C2"], [0.25, None], SHARE)
    assert scores != Scores(["C1", "C2"], [0.25, 0.5], SHARE)
    assert scores != Scores(["C2", "C1"], [0.25, None], SHARE)
    assert scores != Scores(["C1", "C2"], [0.25, None], Measure.index(0, 1))
    assert scores != Scores(["C1", "C2"], [0.25, None], SHARE, low=[0, None])
    assert scores != 0.25
    with pytest.raises(TypeError):
        hash(scores)


def test_the_callers_arrays_stay_theirs():
    values = np.array([0.1, 0.2])
    scores = Scores(np.array(["C1", "C2"]), values, SHARE)
    values[0] = 0.9
    assert scores.values[0] == 0.1
    assert not scores.values.flags.writeable
    frame = scores.frame()
    frame.loc[0, "score"] = 7.0
    assert scores.values[0] == 0.1


def test_ranged_is_values_with_their_interval():
    assert Ranged(np.array([0.2]), low=np.array([0.1]), high=np.array([0.4]))._fields == ("values", "low", "high")
