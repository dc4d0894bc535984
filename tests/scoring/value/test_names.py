from __future__ import annotations

import json

import pytest
from pydantic import TypeAdapter

from crmrisk.core.errors import InvalidValueError
from crmrisk.core.model import Model
from crmrisk.scoring.value import NBD, BetaGeoNBD, ParetoNBD, ShiftedBetaGeometric
from crmrisk.scoring.value.names import (
    CONTRACTS,
    PURCHASES,
    AnyPurchaseModel,
    ContractModelOrName,
    PurchaseModelOrName,
)

PARETO = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)


class Holder(Model):
    model: PurchaseModelOrName = PURCHASES.usual


class Fitted(Model):
    model: AnyPurchaseModel


def test_every_model_is_found_under_the_name_of_its_class():
    for family in (PURCHASES, CONTRACTS):
        assert family.names[0] == family.usual
        assert {family.named(name).__name__ for name in family.names} == set(family.members)


@pytest.mark.parametrize("given", ["ParetoNBD", ParetoNBD])
def test_a_name_or_the_class_is_kept_as_the_name(given):
    assert Holder(model=given).model == "ParetoNBD"


def test_nothing_is_the_usual_model():
    assert Holder(model=None) == Holder() == Holder(model="BetaGeoNBD")


@pytest.mark.parametrize(
    ("name", "remedy"), [("ParetoNDB", "ParetoNBD"), ("paretonbd", "ParetoNBD"), ("", "BetaGeoNBD")]
)
def test_an_unknown_name_lists_the_names_and_the_closest(name, remedy):
    with pytest.raises(InvalidValueError) as caught:
        Holder(model=name)
    message = str(caught.value)
    assert all(each in message for each in PURCHASES.names)
    assert f"remedy: '{remedy}'?" in message or f"for instance '{remedy}'" in message


@pytest.mark.parametrize("given", ["NBD", NBD])
def test_a_model_without_dropout_is_refused_for_having_none(given):
    with pytest.raises(InvalidValueError, match="NBD has no dropout") as caught:
        Holder(model=given)
    assert "'ParetoNBD'?" not in str(caught.value)


def test_what_is_wrong_with_a_model_is_reported_among_the_other_problems():
    class Two(Holder):
        horizon: float

    with pytest.raises(InvalidValueError, match="2 problems"):
        Two(model="nonsense", horizon="long")


@pytest.mark.parametrize("strange", [3, ShiftedBetaGeometric(alpha=1, beta=1), {"model": "ParetoNBD", "r": -1}, "sBG"])
def test_what_is_no_model_of_the_family_is_refused(strange):
    with pytest.raises(InvalidValueError):
        Holder(model=strange)


def test_a_fitted_scorer_holds_a_model_and_no_name():
    with pytest.raises(InvalidValueError):
        Fitted(model="ParetoNBD")


def test_json_says_which_model_it_is_and_comes_back():
    written = Fitted(model=PARETO).model_dump_json()
    assert json.loads(written)["model"] == {"model": "ParetoNBD", **PARETO.model_dump()}
    assert Fitted.model_validate_json(written).model == PARETO
    assert Holder.model_validate_json(Holder(model="ParetoNBD").model_dump_json()).model == "ParetoNBD"


def test_files_saved_before_models_had_names_still_load():
    bare = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    assert Fitted.model_validate({"model": bare}).model == BetaGeoNBD(**bare)


def test_contracts_have_names_too():
    field = TypeAdapter(ContractModelOrName)
    assert field.validate_python(None) == "ShiftedBetaGeometric"
    assert field.validate_python("BetaDiscreteWeibull") == "BetaDiscreteWeibull"
