"""Tests of the evaluation tables."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError, RecordError
from crmrisk.satisfaction.kano import EvaluationTable, KanoAnswer, KanoCategory, KanoCounts, classify_pairs

EVERY_PAIR = list(product(range(1, 6), repeat=2))


def letters(pairs, **options):
    functional, dysfunctional = zip(*pairs, strict=True)
    return [category.letter for category in classify_pairs(functional, dysfunctional, **options)]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("standard", {"A": 3, "O": 1, "M": 3, "I": 9, "R": 7, "Q": 2}),
        ("pouliot", {"A": 3, "O": 1, "M": 3, "I": 7, "R": 7, "Q": 4}),
    ],
)
def test_each_pair_once(table, expected):
    # reference row K0
    found = letters(EVERY_PAIR, table=getattr(EvaluationTable, table)())
    assert {letter: found.count(letter) for letter in expected} == expected


def test_the_first_two_answers_are_questionable_and_attractive():
    # reference row K0
    assert letters([(1, 1), (1, 2)]) == ["Q", "A"]


def test_pouliot_differs_in_two_cells_only_and_is_not_the_default():
    standard, pouliot = letters(EVERY_PAIR), letters(EVERY_PAIR, table=EvaluationTable.pouliot())
    assert [pair for pair, one, other in zip(EVERY_PAIR, standard, pouliot, strict=True) if one != other] == [
        (2, 2),
        (4, 4),
    ]
    assert (EvaluationTable.standard().name, EvaluationTable.pouliot().name) == ("standard", "pouliot")


@given(
    st.lists(st.tuples(st.sampled_from(list(KanoAnswer)), st.sampled_from(list(KanoAnswer))), min_size=1, max_size=10)
)
@settings(max_examples=30, deadline=None)
def test_a_column_of_pairs_is_each_pair_looked_up(pairs):
    for table in (EvaluationTable.standard(), EvaluationTable.pouliot()):
        found = classify_pairs([one for one, _ in pairs], [other for _, other in pairs], table=table)
        assert found.tolist() == [table.category(*pair) for pair in pairs]


@given(st.sampled_from(EVERY_PAIR))
def test_swapping_the_two_questions_swaps_wanted_and_reverse(pair):
    # a requirement asked the wrong way round: attractive, one-dimensional and must-be answers turn reverse
    (here,), (there,) = letters([pair]), letters([pair[::-1]])
    assert (there == "R") == (here in "AOM")
    assert (here == there) == (here in "IQ")


def test_a_table_is_found_by_its_name():
    assert letters([(2, 2)], table="pouliot") == ["Q"]
    for wrong in ("kano", None, 3, ["pouliot"]):
        with pytest.raises(InvalidValueError, match="table"):
            letters([(2, 2)], table=wrong)


def test_a_missing_side_leaves_the_pair_unrated_or_is_refused():
    found = classify_pairs([1, None, 2], [5, 5, None])
    assert found.tolist() == [KanoCategory.ONE_DIMENSIONAL, None, None]
    assert KanoCounts.of(found).n == 1
    with pytest.raises(RecordError) as caught:
        classify_pairs([1, None, 9], [5, 5, None], missing="error")
    assert [problem.where for problem in caught.value.problems] == ["functional", "functional", "dysfunctional"]


def test_sides_of_different_length_are_refused():
    with pytest.raises(RecordError, match="2 functional, 1 dysfunctional"):
        classify_pairs([1, 2], [1])


def test_no_pairs_give_no_categories():
    assert classify_pairs([], []).size == 0


@pytest.mark.parametrize("rows", [("QAAAO",) * 4, ("QAAAO",) * 6, ("QAAA",) * 5, ("QAAAX",) * 5, ("qaaao",) * 5, None])
def test_a_table_is_five_rows_of_five_letters(rows):
    with pytest.raises(InvalidValueError):
        EvaluationTable("own", rows)


def test_a_table_has_a_name_and_survives_json():
    with pytest.raises(InvalidValueError):
        EvaluationTable("", EvaluationTable.standard().rows)
    table = EvaluationTable("own", ("QAAAO", "RAIIM", "RIIIM", "RIIMM", "RRRRQ"))
    assert EvaluationTable.from_json(table.to_json()) == table
    assert table.category("must_be", "must_be") is KanoCategory.ATTRACTIVE


def test_letters_and_categories_correspond():
    assert [category.letter for category in KanoCategory] == list("AOMIRQ")
    assert [KanoCategory.from_letter(letter) for letter in "AOMIRQ"] == list(KanoCategory)
    with pytest.raises(RecordError, match="A, O, M, I, R, Q"):
        KanoCategory.from_letter("X")


def test_an_unknown_answer_is_one_of_our_errors():
    with pytest.raises(RecordError):
        EvaluationTable.standard().category("love", "hate")
