"""Conditions: what meets them, what they say, their JSON, and what they refuse."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from crmrisk import Portfolio
from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.conditions import AllOf, AnyOf, Criterion, Tagged
from crmrisk.segmentation.facts import PortfolioFacts

FACTS = PortfolioFacts(
    Portfolio(
        ["A", "B", "C", "D"],
        date(2026, 1, 31),
        {"assets": [100, 99.9999999, None, 5000000]},
        {"need": ["trading", "wealth", None, "service"]},
    ),
    {"vip": np.array([True, False, False, True])},
)


@pytest.mark.parametrize(
    ("condition", "met", "words"),
    [
        (Criterion("assets", ge=100), "1001", ["assets 100 >= 100", "assets 99.9999999 < 100", "assets missing", "assets 5000000 >= 100"]),
        (Criterion("assets", gt=100), "0001", None),
        (Criterion("assets", le=100), "1100", None),
        (Criterion("assets", lt=100), "0100", None),
        (Criterion("assets", ge=50, le=100), "1100", ["assets 100 >= 50 and assets 100 <= 100", None, None, "assets 5000000 > 100"]),
        (Criterion("need", one_of=["trading", "wealth"]), "1100", ["need trading", "need wealth", "need missing", "need service"]),
        (Criterion("need", none_of=["trading"]), "0101", None),
        (Criterion("nobody", ge=0), "0000", ["nobody missing"] * 4),
        (Tagged("vip"), "1001", ["tagged vip", "not tagged vip", "not tagged vip", "tagged vip"]),
        (Tagged("press", present=False), "1111", None),
        (AllOf([Criterion("assets", ge=100), Criterion("need", one_of=["trading"])]), "1000", ["assets 100 >= 100 and need trading", "assets 99.9999999 < 100 and need wealth", "assets missing and need missing", "need service"]),
        (AnyOf([Criterion("assets", ge=200), Criterion("need", one_of=["wealth"])]), "0101", ["assets 100 < 200 and need trading", "need wealth", "assets missing and need missing", "assets 5000000 >= 200"]),
    ],
)  # fmt: skip
def test_who_meets_a_condition_and_what_it_says(condition, met, words):
    assert condition.met(FACTS).tolist() == [sign == "1" for sign in met]
    said = condition.words(FACTS).tolist()
    assert all(wanted in {None, got} for wanted, got in zip(words or [None] * 4, said, strict=True))
    assert [condition.words(FACTS.take(np.array([row])))[0] for row in range(4)] == said
    assert type(condition).from_json(condition.to_json()) == condition


def test_conditions_nest_in_json():
    nested = AnyOf([AllOf([Criterion("a", ge=1), AnyOf([Tagged("b"), Criterion("c", one_of=["d"])])]), Tagged("e")])
    assert AnyOf.from_json(nested.to_json()) == nested


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Criterion("a"), "tests nothing"),
        (lambda: Criterion("a", ge=1, one_of=["b"]), "a number and a name"),
        (lambda: Criterion("a", ge=2, lt=1), "crossed"),
        (lambda: Criterion("a", ge=float("inf")), "finite"),
        (lambda: Criterion("a", ge="much"), "number"),
        (lambda: Criterion("", ge=1), "column"),
        (lambda: Criterion("a", one_of=["b"], unit="EUR"), "no unit"),
        (lambda: AllOf([]), "all_of"),
        (lambda: AnyOf([3]), "should be a Criterion"),
        (lambda: AnyOf.from_json('{"any_of":[{"colum":"a"}]}'), "should be a Criterion"),
        (lambda: AllOf([Criterion("a", ge=1), Criterion("a", one_of=["b"])]).inputs, "two ways"),
    ],
)
def test_what_is_wrong_is_named(build, words):
    with pytest.raises(InvalidValueError, match=words):
        build()
