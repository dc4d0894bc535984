from __future__ import annotations

import pytest

from crmrisk.core.codec import ByKind, dump_component, load_component
from crmrisk.core.component import Component
from crmrisk.core.errors import CrmRiskError, InvalidValueError, SavedModelError, UnknownComponentError
from crmrisk.core.fields import AnyScorer
from crmrisk.core.measures import Measure
from crmrisk.core.scorers import Scorer
from crmrisk.scoring import BlendedScorer, ColumnScorer

SILENCE = ColumnScorer(column="silence", measure=Measure.share())
ANGER = ColumnScorer(column="anger", measure=Measure.share())

PLAIN = """
from dataclasses import dataclass
from typing import ClassVar

@dataclass(frozen=True)
class Plain:
    days: float
    kind: ClassVar[str] = "acme.plain"

    def __post_init__(self):
        if self.days < 0:
            raise RuntimeError("negative days")

class Strange:
    kind = "acme.strange"
"""


class Holder(Component, kind="acme.holder"):
    scorer: AnyScorer


def test_components_inside_components_round_trip():
    blend = BlendedScorer(scorers=(SILENCE, ANGER), weights=(3, 1))
    data = dump_component(blend)
    assert data["kind"] == "crmrisk.blended"
    assert [each["kind"] for each in data["scorers"]] == ["crmrisk.column", "crmrisk.column"]
    assert load_component(data) == blend


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (None, SavedModelError),
        ([], SavedModelError),
        ("crmrisk.column", SavedModelError),
        ({}, SavedModelError),
        ({"kind": 3}, SavedModelError),
        ({"kind": None}, SavedModelError),
        ({"kind": "os:system", "command": "true"}, UnknownComponentError),
        ({"kind": "crmrisk.column"}, InvalidValueError),
        ({"kind": "crmrisk.column", "column": "x", "measure": {"quantity": "share"}}, InvalidValueError),
        ({"kind": "crmrisk.column", "column": "x", "measure": {"kind": "os:system"}}, CrmRiskError),
        ({"kind": "crmrisk.column", "column": 5, "measure": None, "extra": 1}, InvalidValueError),
        ({"kind": "crmrisk.blended", "scorers": [{"kind": "os:system"}]}, UnknownComponentError),
        ({"kind": "crmrisk.blended", "scorers": [{"kind": "crmrisk.purchases"}]}, CrmRiskError),
        ({"kind": "crmrisk.blended", "scorers": [None, 3, "x"]}, CrmRiskError),
        ({"kind": "crmrisk.blended", 5: 6}, CrmRiskError),
    ],
    ids=str,
)
def test_bad_data_are_refused(data, error):
    with pytest.raises(error):
        load_component(data)


@pytest.mark.parametrize("value", [None, 3, "x", object(), ColumnScorer, Scorer, {"column": "x"}])
def test_a_field_by_kind_takes_components_only(value):
    with pytest.raises(CrmRiskError):
        Holder(scorer=value)


def test_a_field_by_kind_takes_an_instance_or_its_data():
    assert Holder(scorer=dump_component(SILENCE)) == Holder(scorer=SILENCE)
    assert ByKind(Scorer).protocol is Scorer


def test_a_class_that_is_not_built_on_crmrisk_works_and_its_errors_are_wrapped(install):
    install("acme", {"acme.plain": "acme_plain:Plain", "acme.strange": "acme_plain:Strange"}, acme_plain=PLAIN)
    plain = load_component({"kind": "acme.plain", "days": 3})
    assert dump_component(plain) == {"kind": "acme.plain", "days": 3.0}
    for data in ({"kind": "acme.plain", "days": -1}, {"kind": "acme.plain", "days": "x"}, {"kind": "acme.strange"}):
        with pytest.raises(InvalidValueError, match=data["kind"]):
            load_component(data)
    with pytest.raises(SavedModelError):
        dump_component(type("Odd", (), {"kind": "acme.odd"})())
