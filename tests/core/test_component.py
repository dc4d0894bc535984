from __future__ import annotations

from typing import Any, ClassVar

import pytest
from pydantic import ConfigDict

from crmrisk.core.codec import dump_component
from crmrisk.core.component import Component, fingerprint
from crmrisk.core.errors import SavedModelError


class Fitted(Component):
    days: float


class Threshold(Component, kind="acme.threshold", fitted=Fitted):
    days: float = 3.0


class Stricter(Threshold):
    """Has another meaning and no name of its own yet."""


class Named(Threshold, kind="acme.named"):
    """Has a name of its own."""


class Loose(Component, kind="acme.loose"):
    model_config: ClassVar = ConfigDict(allow_inf_nan=True, arbitrary_types_allowed=True)
    anything: Any = None


def test_names_come_from_the_class_keyword():
    assert (Threshold.kind, Fitted.kind, Threshold.fitted_class) == ("acme.threshold", "acme.threshold.fitted", Fitted)
    assert Named.kind == "acme.named"
    assert str(Threshold()) == "Threshold(days=3.0)"


def test_a_name_means_one_class_so_it_is_not_inherited():
    assert Stricter.kind == ""
    with pytest.raises(SavedModelError, match="component without a kind"):
        dump_component(Stricter())


def test_a_fingerprint_depends_on_content_only():
    assert fingerprint(Threshold(days=3)) == fingerprint(Threshold(days=3.0)) == fingerprint(Threshold())
    assert len({fingerprint(each) for each in (Threshold(), Threshold(days=4), Named(), Fitted(days=3))}) == 4
    assert len(fingerprint(Threshold())) == 16
    assert fingerprint(Loose(anything={"a": 1, "b": 2})) == fingerprint(Loose(anything={"b": 2, "a": 1}))


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), object(), lambda: 1], ids=["nan", "inf", "object", "function"]
)
def test_what_json_cannot_say_has_no_fingerprint(value):
    with pytest.raises(SavedModelError):
        fingerprint(Loose(anything=value))


@pytest.mark.parametrize("value", [None, 3, "x", Threshold, object()])
def test_what_is_no_component_has_none_either(value):
    with pytest.raises(SavedModelError):
        fingerprint(value)
