"""Tests of requirements: published surveys answer by answer, missing and bad answers, the real survey."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.kano import (
    AnswerScale,
    EvaluationTable,
    KanoCategory,
    KanoCounts,
    Requirement,
    kano_requirements,
    requirement_from_pairs,
)

REFERENCE = {
    "K5a": (
        {12: 1, 15: 5, 21: 1, 25: 17, 35: 1, 42: 1, 55: 1},
        KanoCounts(must_be=18, one_dimensional=5, attractive=1, indifferent=1, reverse=1, questionable=1),
        (0.24, -0.92, 2.1111, 3.4074),
    ),
    "K5b": (
        {14: 1, 15: 15, 24: 1, 25: 8, 33: 1},
        KanoCounts(one_dimensional=15, must_be=8, indifferent=2, attractive=1),
        (16 / 26, -23 / 26, 3.1538, 3.6923),
    ),
    "K5c": (
        {13: 2, 15: 3, 23: 1, 33: 17, 35: 4},
        KanoCounts(indifferent=18, must_be=4, one_dimensional=3, attractive=2),
        (5 / 27, -7 / 27, 0.8148, 1.0370),
    ),
    "K5d": ({52: 27}, KanoCounts(reverse=27), (None, None, -2.0, -1.0)),
    "K5f": (
        {13: 11, 14: 4, 15: 1, 25: 2, 33: 3, 41: 1, 51: 5},
        KanoCounts(attractive=15, one_dimensional=1, must_be=2, indifferent=3, reverse=6),
        (0.761905, -0.142857, 2.1111, 0.2963),
    ),
}


def answers_of(pairs):
    return [
        np.repeat([pair // 10 if side == 0 else pair % 10 for pair in pairs], list(pairs.values())) for side in (0, 1)
    ]


@pytest.mark.parametrize("row", REFERENCE)
def test_reference(row):
    # stp25stat survey, raw answers public
    pairs, counts, expected = REFERENCE[row]
    functional, dysfunctional = answers_of(pairs)
    (found,) = kano_requirements([row] * functional.size, functional, dysfunctional)
    values = (found.better.value, found.worse.value, found.functional.value, found.dysfunctional.value)
    assert found.counts == counts
    for value, wanted in zip(values, expected, strict=True):
        assert value == (None if wanted is None else pytest.approx(wanted, abs=1e-4))


def test_reference_total_strength_of_safety():
    # K5a: TS .889
    assert REFERENCE["K5a"][1].total_strength.value == pytest.approx(0.889, abs=5e-4)


surveys = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2, 3, 4, 5, None]), st.integers(1, 5)),
    min_size=1,
    max_size=40,
)


def requirements_of(rows, **options):
    names, functional, dysfunctional = zip(*rows, strict=True)
    return kano_requirements(list(names), list(functional), list(dysfunctional), replicates=50, **options)


@given(rows=surveys, data=st.data())
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_does_not_matter(rows, data):
    assert requirements_of(data.draw(st.permutations(rows))) == requirements_of(rows)


@given(rows=surveys, seed=st.none() | st.integers(0, 5))
@settings(max_examples=20, deadline=None)
def test_a_requirement_asked_alone_is_the_same_among_others(rows, seed):
    def stream():
        return None if seed is None else np.random.default_rng(seed)

    for found in requirements_of(rows, rng=stream()):
        alone = [row for row in rows if row[0] == found.name]
        assert requirements_of(alone, rng=stream()) == (found,)


@given(rows=surveys)
@settings(max_examples=20, deadline=None)
def test_every_row_is_counted_or_counted_as_missing_and_json_keeps_it_all(rows):
    found = requirements_of(rows)
    assert sum(requirement.n + requirement.missing for requirement in found) == len(rows)
    for requirement in found:
        assert Requirement.from_json(requirement.to_json()) == requirement


def test_missing_answers_are_excluded_counted_and_said():
    (found,) = kano_requirements(["x"] * 4, [1, None, 2, 1], [5, 5, None, 3])
    assert (found.n, found.missing) == (2, 2)
    assert "2 respondents with a missing answer excluded" in found.warnings
    with pytest.raises(RecordError) as caught:
        kano_requirements(["x"] * 4, [1, None, 2, 1], [5, 5, None, 3], missing="error")
    assert [problem.where for problem in caught.value.problems] == ["functional", "dysfunctional"]


def test_a_requirement_nobody_answered_is_unrated():
    (found,) = kano_requirements(["x"], [None], [3])
    assert (found.category, found.stability, found.better.value, found.functional.value) == (None, None, None, None)
    assert found.warnings == ("no answers", "1 respondent with a missing answer excluded")


def test_no_rows_give_no_requirements():
    assert kano_requirements([], [], []) == ()
    assert kano_requirements([], [], [], importance=[]) == ()


def test_few_respondents_and_close_categories_are_warned_about():
    (few,) = kano_requirements(["x"] * 199, [2] * 199, [5] * 199)
    (enough,) = kano_requirements(["x"] * 200, [2] * 200, [5] * 200)
    (close,) = kano_requirements(["x"] * 200, [2] * 100 + [3] * 100, [5] * 100 + [3] * 100)
    assert few.warnings == ("fewer than 200 respondents: the category is unreliable",)
    assert enough.warnings == ()
    assert close.warnings == ("must_be and indifferent cannot be told apart (exact p 1)",)
    assert close.stability < 0.7


def test_the_table_the_rule_and_the_level_are_remembered():
    pairs = np.zeros((5, 5))
    pairs[1, 1], pairs[0, 4] = 30, 20
    standard = requirement_from_pairs("x", pairs)
    pouliot = requirement_from_pairs("x", pairs, table=EvaluationTable.pouliot(), rule="berger", level=0.9)
    assert (standard.table, standard.rule, standard.category) == ("standard", "mode", KanoCategory.INDIFFERENT)
    assert (pouliot.table, pouliot.rule, pouliot.counts.questionable) == ("pouliot", "berger", 30)
    assert {pouliot.better.level, pouliot.worse.level, pouliot.functional.level} == {0.9}


def test_importance_is_its_mean_and_may_be_missing_on_its_own():
    found = kano_requirements(["x", "x", "y"], [1, 1, 1], [5, 5, 5], importance=[9, 6, None])
    assert [requirement.importance.value for requirement in found] == [7.5, None]
    assert kano_requirements(["x"], [1], [5])[0].importance is None


def test_everything_wrong_is_listed_at_once():
    with pytest.raises(RecordError) as caught:
        kano_requirements(["x", None, 3], [1, 9, 2], ["love", 1, 2], importance=[10, 1, 0.5])
    named = [(problem.where, problem.got) for problem in caught.value.problems]
    assert named == [
        ("requirement", "None"), ("requirement", "3"), ("functional", "9"), ("dysfunctional", "'love'"), ("importance", "10.0"), ("importance", "0.5"),
    ]  # fmt: skip


@pytest.mark.parametrize("columns", [(["x"], [1, 2], [1, 2], None), (["x"] * 2, [1, 2], [1, 2], [9])])
def test_columns_of_different_length_are_refused(columns):
    with pytest.raises(RecordError, match="not of one length"):
        kano_requirements(*columns[:3], importance=columns[3])


@pytest.mark.parametrize("options", [{"rule": "majority"}, {"level": 2.0}, {"missing": "drop"}, {"replicates": 1}])
def test_bad_settings_are_refused(options):
    with pytest.raises(InvalidValueError):
        kano_requirements(["x"], [1], [5], **options)


def test_a_mean_point_lies_between_its_extremes_and_hides_nothing():
    every = np.ones((5, 5))
    found = requirement_from_pairs("x", every)
    assert found.functional.value == pytest.approx((4 + 2 + 0 - 1 - 2) / 5)
    assert found.dysfunctional.value == pytest.approx((-2 - 1 + 0 + 2 + 4) / 5)
    assert found.n == 25
    assert len(list(product(range(5), repeat=2))) == found.n


def test_the_callers_frame_is_not_changed():
    frame = pd.DataFrame({"requirement": ["x", "y"], "functional": [1.0, None], "dysfunctional": ["like", None]})
    before = frame.copy()
    kano_requirements(frame["requirement"], frame["functional"], frame["dysfunctional"])
    pd.testing.assert_frame_equal(frame, before)


TRANSFERS = AnswerScale.of(
    {
        "I like it": "like",
        "I expect it": "must_be",
        "I am neutral": "neutral",
        "I can tolerate it": "live_with",
        "I dislike it": "dislike",
    }
)


@pytest.mark.realdata
def test_money_transfers(data_folder):
    survey = pd.read_parquet(data_folder / "kano_long.parquet").query("survey == 'transfers--all_cohorts'")
    found = kano_requirements(
        survey["feature"],
        survey["functional_raw"],
        survey["dysfunctional_raw"],
        importance=survey["importance_raw"].str[0].astype(int),
        table="pouliot",
        scale=TRANSFERS,
    )
    secure = next(requirement for requirement in found if requirement.name == "F10")
    assert {requirement.n for requirement in found} == {358}
    assert secure.counts.array().tolist() == [18, 174, 90, 42, 7, 27]
    assert (secure.better.value, secure.worse.value) == pytest.approx((0.5926, -0.8148), abs=6e-5)
    assert (secure.category, secure.warnings) == (KanoCategory.ONE_DIMENSIONAL, ())
    assert secure.stability > 0.999
    assert secure.importance.value == max(requirement.importance.value for requirement in found)
    unstable = [requirement.name for requirement in found if requirement.stability < 0.95]
    assert unstable == ["F11"]
