"""What people decide: when a record is in force, which of two counts, and how it is saved."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.segmentation.tier_records import TierApproval, TierOverride, TierProtection, active, in_force
from crmrisk.segmentation.tier_review import people

DAY = np.datetime64("2026-02-01")


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        (date(2026, 2, 1), None, True),
        (date(2026, 2, 2), None, False),
        (date(2026, 1, 1), date(2026, 2, 1), False),
        (datetime(2026, 1, 1, tzinfo=UTC), date(2026, 2, 2), True),
    ],
)
def test_a_record_is_in_force_from_its_beginning_until_before_its_end(since, until, wanted):
    record = TierProtection("A", since, until)
    assert in_force(record, DAY) is wanted
    assert active([record], DAY, {"A": 0, "B": 1}).tolist() == [wanted, False]
    assert TierProtection.from_json(record.to_json()) == record


def test_of_two_overrides_the_one_that_began_later_counts():
    early = TierOverride("A", "gold", date(2026, 1, 1), date(2027, 1, 1))
    late = TierOverride("A", "base", datetime(2026, 1, 15, tzinfo=UTC), date(2027, 1, 1))
    for records in ([early, late], [late, early]):
        decided = people(["A", "B"], ("base", "gold"), overrides=records)
        assert decided.overridden(DAY, ("base", "gold")).tolist() == [0, -1]
        assert decided.record_of("A", DAY) == late


def test_an_approval_is_for_one_tier():
    decided = people(["A", "B"], ("base", "gold"), approvals=[TierApproval("B", "gold", date(2026, 1, 1))])
    assert decided.approved(DAY, ("base", "gold")).tolist() == [[False, False], [False, True]]


def test_everything_wrong_is_named_at_once():
    records = [TierOverride("A", "diamond", date(2026, 1, 1), date(2026, 3, 1)), "gold"]
    with pytest.raises(InvalidValueError, match="4 problems") as caught:
        people(["A"], ("base", "gold"), overrides=records, protected=["X", TierProtection("Y", date(2026, 1, 1))])
    assert all(word in str(caught.value) for word in ("diamond", "not a TierOverride", "'X'", "'Y'"))
    with pytest.raises(InvalidValueError, match="ends before it begins"):
        TierOverride("A", "gold", date(2026, 3, 1), date(2026, 1, 1))
