"""Tests of better and worse as one point: against the multinomial's own moments, and net of reverse answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.kano.counts import KanoCounts
from crmrisk.satisfaction.kano.position import KanoPosition, better_worse, joint_region
from crmrisk.satisfaction.net_promoter import net_promoter_score
from crmrisk.satisfaction.proportions import proportion

COUNTS = KanoCounts(attractive=60, one_dimensional=90, must_be=30, indifferent=120)


def test_the_covariance_is_that_of_the_multinomial():
    # without reverse answers the base is fixed: var b = b(1 - b)/n, cov(b, w) = -(share O - b |w|)/n
    position = COUNTS.position(rng=np.random.default_rng(1), replicates=20_000)
    (better, both), (_, worse) = position.covariance
    b, w, n = 0.5, 0.4, 300
    # five standard errors of a covariance of 20,000 draws
    for found, exact in ((better, b * (1 - b) / n), (worse, w * (1 - w) / n), (both, -(0.3 - b * w) / n)):
        assert found == pytest.approx(exact, abs=5 * (b * (1 - b) / n) * (2 / 20_000) ** 0.5)


def test_the_probability_of_a_quadrant_is_that_of_the_binomial():
    position = KanoCounts(must_be=52, indifferent=48).position(rng=np.random.default_rng(2), replicates=20_000)
    exact = binom.sf(49, 100, 0.52)
    assert position.quadrant_probabilities.must_be == pytest.approx(exact, abs=4 * 0.5 / 20_000**0.5)
    assert position.quadrant_probabilities.attractive == position.quadrant_probabilities.unrated == 0.0
    assert position.quadrant.value == "must_be"


@pytest.mark.parametrize("reverse", ["exclude", "net"])
@pytest.mark.parametrize(
    "shares", [(5, 52, 27, 16, 0), (44, 23, 8, 25, 0), (2, 5, 80, 13, 0), (50, 1, 1, 48, 0), (25, 25, 25, 25, 10)]
)
@pytest.mark.parametrize("n", [20, 60, 358])
def test_the_ellipse_covers_the_truth(shares, n, reverse):
    p = np.array([*shares, 0]) / sum(shares)
    truth = np.array([float(part) for part in better_worse(p, reverse)])
    surveys = np.random.default_rng(5).multinomial(n, p, 4000).astype(float)
    centre, covariance, _ = joint_region(surveys, reverse)
    away = (truth - centre)[..., np.newaxis]
    distance = (away * np.linalg.solve(covariance, away)).sum(axis=(1, 2))
    # measured with 10,000 surveys: .94 or more, net .928; less four standard errors of 4,000 surveys
    assert (distance <= -2 * np.log(0.05)).mean() >= (0.94 if reverse == "exclude" else 0.925) - 4 * (
        0.05 * 0.95 / 4000
    ) ** 0.5


def test_a_point_has_an_ellipse_and_survives_json():
    position = COUNTS.position(level=0.9)
    assert position.ellipse().level == 0.9
    assert position.ellipse(0.5).semi_axes[0] < position.ellipse().semi_axes[0]
    assert KanoPosition.from_json(position.to_json()) == position


@pytest.mark.parametrize("counts", [KanoCounts(), KanoCounts(reverse=9)])
def test_what_nobody_can_rate_has_no_place(counts):
    position = counts.position()
    assert (position.quadrant, position.covariance, position.ellipse()) == (None, None, None)
    assert position.quadrant_probabilities.unrated == 1.0


def test_samples_that_nobody_can_rate_are_counted():
    found = KanoCounts(must_be=1, reverse=1).position(rng=np.random.default_rng(3), replicates=4000)
    assert found.quadrant_probabilities.unrated == pytest.approx(0.25, abs=0.04)


def test_net_counts_reverse_answers_against_better():
    counts = KanoCounts(attractive=7, one_dimensional=33, must_be=50, indifferent=10, reverse=25, questionable=3)
    better = counts.satisfaction_increase(reverse="net")
    assert better.value == (7 + 33 - 25) / 125
    assert better == net_promoter_score(counts=(25, 60, 40))
    worse = counts.satisfaction_decrease(reverse="net")
    assert (worse.value, worse.low) == (-83 / 125, -proportion(83, 125).high)
    assert [float(part) for part in better_worse(counts.array(), "net")] == [better.value, worse.value]
    assert KanoCounts(reverse=9).position(reverse="net").quadrant.value == "indifferent"
    with pytest.raises(InvalidValueError, match="reverse"):
        counts.position(reverse="swap")


def test_effective_n_widens_every_interval_and_moves_no_value():
    plain, worth = COUNTS, KanoCounts(**{**vars(COUNTS), "effective_n": 75})
    for name in ("better", "worse", "total_strength", "category_strength"):
        one, other = getattr(plain, name), getattr(worth, name)
        assert other.value == one.value
        assert other.high - other.low > 1.5 * (one.high - one.low)
    quarter = KanoCounts(attractive=15, one_dimensional=22.5, must_be=7.5, indifferent=30)
    assert (worth.better.low, worth.better.high) == pytest.approx((quarter.better.low, quarter.better.high))
    assert worth.leading_test().p_value == quarter.leading_test().p_value
    assert worth.leading_test().fong_critical == pytest.approx(4 * quarter.leading_test().fong_critical)
    assert worth.probabilities() == quarter.probabilities()


def test_weights_of_respondents_are_kishs():
    found = KanoCounts.of(["must_be", "attractive", None, "must_be"], weights=[1, 2, 9, 1])
    assert (found.must_be, found.attractive, found.n) == (1.5, 1.5, 3)
    assert found.effective_n == pytest.approx(16 / 6)
    assert KanoCounts.of([], weights=[]) == KanoCounts()
