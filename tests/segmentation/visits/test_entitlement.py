from datetime import timedelta
from types import SimpleNamespace

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.visits import ContactEntitlement
from crmrisk.segmentation.visits.entitlement import read_entitlement, read_entitlements

QUARTER = timedelta(days=90)


@pytest.mark.parametrize(
    "given",
    [
        (1, 4),
        [1, 4],
        {"minimum": 1, "maximum": 4},
        {"min": 1, "max": 4},
        SimpleNamespace(min_contacts=1, max_contacts=4),
        SimpleNamespace(minimum_contacts=1, maximum_contacts=4),
        ContactEntitlement(1, 4),
    ],
)
def test_the_ways_to_say_at_least_one_and_at_most_four(given):
    assert read_entitlement(given, QUARTER, where="x") == ContactEntitlement(1, 4)
    assert read_entitlements({"gold": given}, QUARTER) == {"gold": ContactEntitlement(1, 4)}


@pytest.mark.parametrize("given", ["often", 3, None, {}, (1, 2, 3), {"contacts_per_year": -1}])
def test_what_is_no_entitlement_is_refused(given):
    with pytest.raises(InvalidValueError):
        read_entitlements(given, QUARTER)


def test_what_contradicts_itself_is_refused():
    with pytest.raises(InvalidValueError, match="2 problems"):
        ContactEntitlement(3, 1, gap=timedelta(days=-1))
