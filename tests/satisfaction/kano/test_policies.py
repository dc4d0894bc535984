"""Tests of what is done with reverse and questionable answers, and of what stays with the result."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.continuous import UNIT_SCALE
from crmrisk.satisfaction.kano.requirement import kano_requirements, requirement_from_pairs


def pairs_of(counts):
    pairs = np.zeros((5, 5))
    for pair, count in counts.items():
        pairs[pair // 10 - 1, pair % 10 - 1] = count
    return pairs


def one(rows, **options):
    functional, dysfunctional = zip(*rows, strict=True)
    (found,) = kano_requirements(["x"] * len(rows), list(functional), list(dysfunctional), replicates=100, **options)
    return found


def test_swapping_turns_a_reverse_requirement_round_and_says_so():
    # K5d: rust spots, everybody reverse; swapped it is "no rust spots", a must-be
    rust = pairs_of({52: 27})
    swapped = requirement_from_pairs("rust spots", rust, reverse="swap")
    assert (swapped.category.value, swapped.worse.value, swapped.swapped) == ("must_be", -1.0, True)
    assert (swapped.functional.value, swapped.dysfunctional.value) == (2.0, 4.0)
    assert "swapped" in swapped.warnings[-1]
    kept = requirement_from_pairs("rust spots", rust)
    assert (kept.category.value, kept.worse.value, kept.swapped) == ("reverse", None, False)
    wanted = requirement_from_pairs("safety", rust.T, reverse="swap")
    assert (wanted.category.value, wanted.swapped) == ("must_be", False)


def test_net_counts_reverse_answers():
    pairs = pairs_of({13: 11, 14: 4, 15: 1, 25: 2, 33: 3, 41: 1, 51: 5})  # K5f: A15 O1 M2 I3 R6
    net = requirement_from_pairs("x", pairs, reverse="net")
    assert (net.better.value, net.worse.value) == ((15 + 1 - 6) / 27, -3 / 27)
    assert net.counts == requirement_from_pairs("x", pairs).counts


def test_questionable_answers_stay_or_leave_everything():
    safety = pairs_of({12: 1, 15: 5, 21: 1, 25: 17, 35: 1, 42: 1, 55: 1})  # K5a
    kept, left = (requirement_from_pairs("x", safety, questionable=each) for each in ("keep", "exclude"))
    assert (kept.n, left.n, left.questionable_excluded) == (27, 26, 1)
    assert (kept.total_strength.value, left.total_strength.value) == (24 / 27, 24 / 26)
    assert kept.better == left.better
    assert "1 questionable answer excluded" in left.warnings
    assert left.functional.value == pytest.approx((2.1111 * 27 + 2) / 26, abs=1e-4)
    nothing = requirement_from_pairs("x", pairs_of({11: 5}), questionable="exclude")
    assert (nothing.category, nothing.n, nothing.questionable_excluded) == (None, 0, 5)


@pytest.mark.parametrize("policy", [{"reverse": "drop"}, {"questionable": "net"}, {"interval": "z"}, {"points": 4}])
def test_there_is_no_other_policy(policy):
    with pytest.raises(InvalidValueError):
        kano_requirements(["x"], [1], [5], **policy)


def test_points_and_pairs_stay_with_the_result():
    found = one([(1, 5), (2, 5)], points=UNIT_SCALE)
    assert (found.continuous.scale, found.functional.value) == ("unit", 0.75)
    assert (found.pairs[0][4], found.pairs[1][4]) == (1.0, 1.0)
    assert found.position.quadrant.value == "one_dimensional"
