from __future__ import annotations

import copy
import math
import pickle

import pytest
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import CrmRiskError, InvalidValueError
from crmrisk.core.model import VALUE, Model, Value


@dataclass(frozen=True, config=VALUE)
class Weight(Value):
    kilogram: float
    label: str = ""


class Visit(Model):
    customer_id: str
    minutes: float = 0.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, "heavy", None, [1]])
def test_a_value_refuses_what_is_no_finite_number(bad):
    with pytest.raises(InvalidValueError, match="Weight"):
        Weight(bad)
    with pytest.raises(InvalidValueError, match=r"Visit\.minutes"):
        Visit(customer_id="C1", minutes=bad)


def test_every_problem_is_listed():
    with pytest.raises(InvalidValueError) as caught:
        Visit(customer_id=3, minutes="x", extra=1)
    assert {problem.where for problem in caught.value.problems} == {"Visit.customer_id", "Visit.minutes", "Visit.extra"}


def test_missing_and_unknown_arguments_are_crmrisk_errors():
    for wrong in (Weight, lambda: Weight(1, "a", 3), lambda: Weight(1, height=2), Visit):
        with pytest.raises(InvalidValueError):
            wrong()


@pytest.mark.parametrize("text", ["{", "", "null", "[]", "3", '{"kilogram": NaN}', '{"kilogram": 1e999}', "\x00", "{}"])
def test_text_that_is_no_such_json_is_a_crmrisk_error(text):
    with pytest.raises(CrmRiskError):
        Weight.from_json(text)
    with pytest.raises(CrmRiskError):
        Visit.model_validate_json(text)


@pytest.mark.parametrize("data", [None, 3, "x", [], {"customer_id": None}])
def test_data_that_is_no_such_model_is_a_crmrisk_error(data):
    with pytest.raises(InvalidValueError):
        Visit.model_validate(data)


def test_json_round_trips():
    assert Weight.from_json(Weight(0.1, "a").to_json()) == Weight(0.1, "a")
    assert Visit.model_validate_json(Visit(customer_id="C1", minutes=0.1).model_dump_json()) == Visit(
        customer_id="C1", minutes=0.1
    )


def test_values_and_models_are_frozen():
    with pytest.raises(AttributeError):
        Weight(1).kilogram = 2
    with pytest.raises((InvalidValueError, ValueError)):
        Visit(customer_id="C1").minutes = 2


def test_assignment_says_how_to_change_a_copy():
    with pytest.raises(InvalidValueError, match=r"Visit\.minutes: is frozen; remedy: .*model_copy"):
        Visit(customer_id="C1").minutes = 2


def test_values_without_names_are_told_the_names():
    with pytest.raises(TypeError, match=r"Visit\(customer_id=\.\.\., minutes=\.\.\.\)"):
        Visit("C1", 2.0)


@pytest.mark.parametrize("update", [{"minutes": math.nan}, {"minutes": "x"}, {"height": 2.0}])
def test_a_changed_copy_is_checked(update):
    visit = Visit(customer_id="C1")
    with pytest.raises(InvalidValueError, match="Visit"):
        visit.model_copy(update=update)
    assert visit.model_copy(update={"minutes": 2.0}, deep=True) == Visit(customer_id="C1", minutes=2.0)
    assert visit.model_copy() == visit
    assert pickle.loads(pickle.dumps(visit)) == copy.deepcopy(visit) == visit  # noqa: S301 - our own bytes
