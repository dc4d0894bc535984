"""Tests of reading a survey: segments, weights, importance, and what cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import RecordError
from crmrisk.satisfaction.kano.record import Requirement, requirements_frame
from crmrisk.satisfaction.kano.requirement import kano_requirements
from crmrisk.satisfaction.proportions import proportion


def one(rows, **options):
    functional, dysfunctional = zip(*rows, strict=True)
    (found,) = kano_requirements(["x"] * len(rows), list(functional), list(dysfunctional), replicates=100, **options)
    return found


rows = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=30)


def test_segments_are_judged_as_if_alone_and_in_order():
    names = ["y", "x", "x", "y", "x"]
    functional, dysfunctional, segment = [1, 2, 1, 2, 2], [5, 5, 3, 5, None], [10, 9, 10, 9, 9]
    found = kano_requirements(names, functional, dysfunctional, by=segment, replicates=50)
    assert [(each.name, each.segment) for each in found] == [("x", 9), ("x", 10), ("y", 9), ("y", 10)]
    assert (found[0].n, found[0].missing, found[1].category.value) == (1, 1, "attractive")
    nine = [place for place, each in enumerate(segment) if each == 9]
    alone = kano_requirements(*([column[place] for place in nine] for column in (names, functional, dysfunctional)))
    assert [each.counts for each in alone] == [found[0].counts, found[2].counts]
    assert Requirement.from_json(found[0].to_json()) == found[0]
    assert requirements_frame(found)["segment"].tolist() == [9, 10, 9, 10]


def test_nobody_answers_twice_and_everybody_has_a_segment():
    with pytest.raises(RecordError, match="more than once, rows 0, 2"):
        kano_requirements(["x", "y", "x"], [1, 1, 1], [5, 5, 5], respondent=["a", "a", "a"])
    assert len(kano_requirements(["x", "y"], [1, 1], [5, 5], respondent=["a", "a"])) == 2
    with pytest.raises(RecordError) as caught:
        kano_requirements(["x", "y"], [1, 9], [5, 5], by=["a", None], respondent=[None, "b"])
    assert [problem.where for problem in caught.value.problems] == ["functional", "by", "respondent"]


@pytest.mark.parametrize("column", ["importance", "weights", "by", "respondent", "strata", "clusters"])
def test_columns_of_another_length_are_refused(column):
    with pytest.raises(RecordError, match=column):
        kano_requirements(["x", "y"], [1, 1], [5, 5], **{column: [1]})


def test_no_rows_give_no_requirements_whatever_is_asked():
    empty = {name: [] for name in ("importance", "weights", "by", "respondent", "strata", "clusters")}
    assert kano_requirements([], [], [], **empty) == ()
    assert requirements_frame(()).empty


@given(rows=rows, weight=st.sampled_from([0.25, 1.0, 8.0]))
@settings(max_examples=25, deadline=None)
def test_equal_weights_change_nothing(rows, weight):
    plain, weighted = one(rows), one(rows, weights=[weight] * len(rows))
    assert weighted.counts.array() == pytest.approx(plain.counts.array())
    assert weighted.counts.effective_n == pytest.approx(len(rows))
    assert (weighted.category, weighted.better.value) == (plain.category, plain.better.value)


def test_weights_count_and_intervals_are_those_of_the_effective_n():
    found = one([(2, 5), (2, 5), (1, 3), (3, 3)], weights=[3, 1, 2, 0])
    assert found.counts.array() == pytest.approx([1, 0, 2, 0, 0, 0])
    effective = 6**2 / (9 + 1 + 4)
    assert found.counts.effective_n == pytest.approx(effective)
    wilson = proportion(2, 3, effective_n=effective)
    assert (found.worse.low, found.worse.high) == pytest.approx((-wilson.high, -wilson.low))
    assert one([(2, 5)] * 3 + [(1, 3)] + [(2, 5)] * 2).counts.must_be == 5


def test_importance_weights_better_and_worse():
    found = one([(1, 3), (2, 5), (2, 5), (3, 3)], importance=[1, 9, None, 2])
    assert (found.importance_weighted_better.value, found.importance_weighted_worse.value) == pytest.approx(
        (1 / 12, -9 / 12)
    )
    assert found.importance_weighted_better.effective_n == pytest.approx(12**2 / (1 + 81 + 4))
    assert found.importance.value == 4.0
    assert one([(1, 3)]).importance_weighted_better is None
