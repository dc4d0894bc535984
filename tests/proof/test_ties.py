"""Ties are one group, whatever the order of the rows."""

from __future__ import annotations

import numpy as np

from crmrisk.proof.ties import group_placements, placements, tie_groups


def test_groups_count_rows_and_events():
    groups = tie_groups(np.array([2.0, -0.0, 2.0, 0.0, 5.0]), np.array([1.0, 0.0, 0.0, 1.0, 1.0]))
    assert groups.score.tolist() == [0.0, 2.0, 5.0]
    assert groups.n.tolist() == [2.0, 2.0, 1.0]
    assert groups.events.tolist() == [1.0, 1.0, 1.0]
    assert groups.nonevents.tolist() == [1.0, 1.0, 0.0]


def test_no_rows_are_no_groups():
    assert tie_groups(np.empty(0), np.empty(0)).n.size == 0


def test_placements_agree_with_pairs():
    rng = np.random.default_rng(3)
    score, outcome = rng.integers(0, 6, 40).astype(float), rng.integers(0, 2, 40).astype(float)
    events, others = score[outcome == 1], score[outcome == 0]
    expected = [
        np.mean((others < s) + 0.5 * (others == s)) if y else np.mean((events > s) + 0.5 * (events == s))
        for s, y in zip(score, outcome, strict=True)
    ]
    np.testing.assert_allclose(placements(score, outcome), expected, rtol=0, atol=1e-15)


def test_placements_of_groups_are_those_of_their_rows():
    score, outcome = np.array([1.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 0.0, 1.0])
    of_event, of_nonevent = group_placements(tie_groups(score, outcome))
    rows = placements(score, outcome)
    assert rows.tolist() == [of_nonevent[0], of_event[0], of_nonevent[1], of_event[2]]
