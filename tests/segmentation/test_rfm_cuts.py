from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.segmentation.rfm_cuts import DIMENSIONS, RfmCuts

# Reference block D-F: 995 customers of the R package rfm by number of orders, 1 to 14.
ORDERS = np.repeat(np.arange(1, 15), [42, 83, 143, 187, 176, 150, 94, 51, 38, 20, 3, 5, 2, 1])


def _learn(values, **settings) -> RfmCuts:
    return RfmCuts.learn(dict.fromkeys(DIMENSIONS, values), **settings)


def _sizes(cuts: RfmCuts) -> list[int]:
    return np.bincount(cuts.scores("frequency", ORDERS), minlength=cuts.groups + 1)[1:].tolist()


@pytest.mark.parametrize(
    ("method", "cuts", "sizes"),
    [  # S2h: formula on the frequency table; D-F: published cuts, the plus 1 included
        pytest.param("quantile", (3, 4, 5, 7), [268, 187, 176, 244, 120], id="S2h"),
        pytest.param("r_rfm", (4, 5, 6, 8), [268, 187, 176, 244, 120], id="S2h, D-F: as the R package rfm"),
        pytest.param("rank", (2, 3, 4, 6), [125, 143, 187, 326, 214], id="S2h: ceil(5 max-rank / n)"),
    ],
)
def test_frequencies_of_the_reference_are_cut_as_published(method, cuts, sizes):
    learnt = _learn(ORDERS, method=method)
    assert learnt.frequency == cuts
    assert _sizes(learnt) == sizes


def test_ranks_are_the_formula():
    at_or_below = np.searchsorted(ORDERS, ORDERS, side="right")
    expected = np.ceil(5 * at_or_below / len(ORDERS))
    np.testing.assert_array_equal(_learn(ORDERS, method="rank").scores("frequency", ORDERS), expected)


numbers = st.lists(st.integers(0, 60).map(lambda x: x / 4), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(numbers, st.integers(2, 9), st.sampled_from(["quantile", "rank", "r_rfm"]), st.randoms())
def test_order_and_company_decide_nothing(values, groups, method, shuffle):
    cuts = _learn(values, groups=groups, method=method)
    scores = cuts.scores("monetary", values)
    shuffled = shuffle.sample(values, len(values))
    assert _learn(shuffled, groups=groups, method=method) == cuts
    assert [int(cuts.scores("monetary", [v])[0]) for v in values] == scores.tolist()
    assert np.all(np.diff(scores[np.argsort(values, kind="stable")]) >= 0)  # monotone, so that ties share a score
    np.testing.assert_array_equal(cuts.scores("recency", values), groups + 1 - scores)
    assert 1 <= scores.min() <= scores.max() <= groups


@settings(max_examples=60, deadline=None)
@given(numbers, st.integers(2, 9))
def test_quantiles_are_those_of_type_7(values, groups):
    expected = np.quantile(values, np.arange(1, groups) / groups, method="linear")
    np.testing.assert_allclose(_learn(values, groups=groups).monetary, expected, rtol=1e-14, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(numbers, st.integers(2, 9), st.sampled_from(["quantile", "rank"]))
def test_scores_have_no_unit(values, groups, method):
    cents = [64 * value for value in values]  # a power of two scales exactly
    unscaled = _learn(values, groups=groups, method=method).scores("monetary", values)
    scaled = _learn(cents, groups=groups, method=method).scores("monetary", cents)
    np.testing.assert_array_equal(unscaled, scaled)


def test_a_whole_place_is_the_customers_own_value():
    values = np.arange(1, 7) / 10  # 0.6 * 5 = 3 exactly: the cut is 0.4, and 0.4 belongs below it
    cuts = _learn(values, groups=5)
    assert cuts.monetary[2] == values[3]
    assert cuts.scores("monetary", [values[3]])[0] == 3


def test_one_value_for_all_leaves_scores_empty_and_says_so():
    cuts = _learn([2.0] * 10, groups=3)
    assert cuts.empty_scores() == {"recency": (2,), "frequency": (2,), "monetary": (2,)}
    assert cuts.scores("frequency", [2.0, 2.5]).tolist() == [1, 3]


def test_words_say_which_end_a_group_includes():
    right = RfmCuts(recency=(30,), frequency=(1,), monetary=(50.5,))
    left = RfmCuts(recency=(30,), frequency=(1,), monetary=(50.5,), closed="left")
    assert [right.words("recency", 2), right.words("monetary", 2)] == ["up to 30", "over 50.5"]
    assert [left.words("recency", 2), left.words("monetary", 2)] == ["under 30", "from 50.5"]
    assert right.scores("monetary", [50.5]).tolist() == [1]
    assert left.scores("monetary", [50.5]).tolist() == [2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"frequency": (5, 1)}, "frequency: cuts descend"),
        ({"monetary": (1,)}, "different numbers of cuts"),
        ({"recency": (1, float("nan"))}, "finite"),
        ({"recency": (1, float("inf"))}, "finite"),
        ({"recency": ()}, "recency"),
        ({"recency": "high"}, "recency"),
        ({"closed": "both"}, "closed"),
    ],
)
def test_cuts_that_are_none_are_refused(given, said):
    with pytest.raises(InvalidValueError, match=said):
        RfmCuts(**{"recency": (1, 2), "frequency": (1, 2), "monetary": (1, 2), **given})


def test_values_that_are_none_are_refused():
    cuts = _learn([1.0, 2.0])
    for values in ([1.0, np.nan], [np.inf], ["much"], [[1.0]], None):
        with pytest.raises(InvalidValueError, match="monetary"):
            cuts.scores("monetary", values)
    with pytest.raises(InvalidValueError, match="allowed: recency, frequency, monetary"):
        cuts.scores("age", [1.0])
    with pytest.raises(FitError, match="no customer to learn"):
        _learn([])
    with pytest.raises(InvalidValueError, match="monetary"):
        RfmCuts.learn({"recency": [1], "frequency": [1]})
    for setting, said in (({"groups": 1}, "groups"), ({"groups": "x"}, "groups"), ({"method": "qcut"}, "method")):
        with pytest.raises(InvalidValueError, match=said):
            _learn([1.0], **setting)
    with pytest.raises(InvalidValueError, match="lengths differ"):
        RfmCuts.learn({"recency": [1, 2], "frequency": [1], "monetary": [1]})
    for dimension, score in (("age", 1), ("recency", 6), ("recency", "best")):
        with pytest.raises(InvalidValueError, match=r"no dimension|no score"):
            cuts.words(dimension, score)


def test_values_at_the_ends_of_floats_are_cut():
    cuts = _learn([-1.7e308, 0.0, 1.7e308], groups=4)
    assert cuts.monetary == (-0.85e308, 0.0, 0.85e308)
    assert _learn([-1.7e308, 1.7e308], groups=2).monetary == (0.0,)
