"""Arguments of the wrong kind are named, wherever a function would otherwise stumble over them later."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from crmrisk.assessment import portfolio_loss
from crmrisk.core.arguments import check_choice, choice_problems, is_number, is_whole
from crmrisk.core.errors import CrmRiskError, InvalidValueError
from crmrisk.satisfaction import kano_requirements, net_promoter_score, repeat_purchase_rate
from crmrisk.segmentation import hierarchical, transition_matrix

LOSS = portfolio_loss([0.1, 0.2], [1.0, 2.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: net_promoter_score([9, 3], method="bootstrap", rng=1), r"rng: not a source of randomness; got: 1"),
        (lambda: net_promoter_score([9, 3], breaks=(6, 9)), r"breaks: not a NpsBreaks"),
        (lambda: kano_requirements(["a"], [1], [5], table=3), r"table: "),
        (lambda: kano_requirements(["a"], [1], [5], scale=3), r"scale: no scale; allowed: AnswerScale"),
        (lambda: kano_requirements(["a"], [1], [5], rng=3), r"rng: not a source of randomness"),
        (lambda: portfolio_loss([0.1], [1.0, 2.0]), r"not one number per customer"),
        (lambda: portfolio_loss([0.1, 0.2], [1, 2], correlation="high"), r"correlation: range"),
        (lambda: portfolio_loss([0.1], [1], method="simulation"), r"rng: missing"),
        (lambda: portfolio_loss([0.1], [1], method="simulation", rng=7), r"rng: not a source of randomness; got: 7"),
        (lambda: portfolio_loss([0.1], [1], n_simulations=10.5), r"n_simulations: no count"),
        (lambda: LOSS.value_at_risk("high"), r"level: not a confidence level"),
        (lambda: LOSS.expected_shortfall(None), r"level: not a confidence level"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_named(call, message):
    with pytest.raises(InvalidValueError, match=message) as caught:
        call()
    assert isinstance(caught.value, CrmRiskError)


@pytest.mark.parametrize(
    ("value", "number", "whole"),
    [(1, True, True), (1.0, True, False), (np.float32(2), True, False), (np.int8(3), True, True)]
    + [(value, False, False) for value in (True, np.True_, "1", None, float("nan"), [1])],
)
def test_numbers_and_whole_numbers_are_told_apart(value, number, whole):
    assert (is_number(value), is_whole(value)) == (number, whole)


@pytest.mark.parametrize("value", ["c", "A", "", None, 1, ["a"], {"a"}, np.array(["a", "b"]), float("nan")])
def test_anything_that_is_none_of_the_words_is_named(value):
    with pytest.raises(InvalidValueError, match=r"where: no such method; allowed: 'a' or 'b'; got: "):
        check_choice(value, ("a", "b"), where="where", what="no such method")


def test_words_are_listed_as_a_sentence():
    assert choice_problems("b", iter("abc"), where="by") == []
    assert [choice_problems("x", words, where="by")[0].allowed for words in ("a", "ab", "abc")] == [
        "'a'",
        "'a' or 'b'",
        "'a', 'b' or 'c'",
    ]


@pytest.mark.parametrize(
    "call",
    [
        lambda odd: repeat_purchase_rate(["C1"], [date(2026, 1, 1)], as_of=date(2026, 2, 1), cohort=odd),
        lambda odd: kano_requirements(["a"], [1], [5], rule=odd),
        lambda odd: transition_matrix(counts=[[1, 2], [3, 4]], names=["a", "b"]).estimate("a", "b", method=odd),
        lambda odd: hierarchical([[1.0], [2.0], [8.0]], 2, linkage=odd),
    ],
)
@pytest.mark.parametrize("odd", [["mode"], {"mode": 1}, np.array(["a", "b"])])
def test_no_word_is_refused_by_those_who_choose(call, odd):
    with pytest.raises(InvalidValueError, match=r"no (such|linkage)"):
        call(odd)


@pytest.mark.parametrize("settings", [{"rule": "Lee_Newcomb"}, {"rule": "MODE"}, {"interval": "Bootstrap"}])
def test_a_word_spelt_otherwise_is_refused_where_it_would_be_read_as_another(settings):
    with pytest.raises(InvalidValueError, match=r"no such method; allowed: "):
        kano_requirements(["a"] * 4, [1, 1, 2, 1], [5, 5, 3, 4], **settings)
