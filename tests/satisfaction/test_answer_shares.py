"""The prior a segment is: how many answers it counts for, learnt from customers who answered more than once."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.stats import betabinom

from crmrisk import Portfolio
from crmrisk.satisfaction.answer_shares import fit_prior_answers

NAN = float("nan")


def _book(n, answers=None):
    columns = {} if answers is None else {"nps_answers": answers}
    return Portfolio([f"C{i}" for i in range(n)], date(2026, 1, 31), columns)


def _drawn(strength, shares, *, n=4000, answers=4):
    rng = np.random.default_rng(3)
    return rng.multinomial(answers, rng.dirichlet(strength * np.asarray(shares), n)).astype(float)


@pytest.mark.parametrize(("strength", "shares"), [(1.5, (0.5, 0.3, 0.2)), (6.0, (0.2, 0.8))])
def test_the_prior_customers_are_drawn_from_is_found(strength, shares):
    n, answers = 20_000, 4
    found = fit_prior_answers(_book(n), _drawn(strength, shares, n=n), np.asarray(shares))
    alike = 1 / (1 + strength)  # the intraclass correlation, and its standard error among groups of equal size
    error = np.sqrt(2 / (n * answers * (answers - 1))) * (1 - alike) * (1 + (answers - 1) * alike)
    assert found.answers == pytest.approx(strength, abs=4 * error * (1 + strength) ** 2)
    assert found.warnings == ()


def test_two_kinds_are_the_beta_binomial_likelihood():
    """The maximum is where scipy's beta-binomial likelihood is larger than to either side."""
    counts = _drawn(3.0, (0.3, 0.7), n=300)
    share = np.array([0.3, 0.7])
    found = fit_prior_answers(_book(300), counts, share).answers

    def likelihood(strength):
        return betabinom(4, strength * 0.3, strength * 0.7).logpmf(counts[:, 0]).sum()

    assert likelihood(found) > max(likelihood(found * 1.01), likelihood(found / 1.01))


def test_answers_that_time_weighed_down_tell_as_much_as_fresh_ones():
    fresh = _drawn(2.0, (0.3, 0.7))
    share, book = np.array([0.3, 0.7]), _book(4000, np.full(4000, 4.0))
    assert fit_prior_answers(book, 0.1 * fresh, share).answers == pytest.approx(
        fit_prior_answers(book, fresh, share).answers, rel=1e-4
    )


def test_single_answers_tell_nothing_however_old():
    counts = np.array([[0.3, 0.0], [0.0, 1.0], [0.0, 0.0]])
    found = fit_prior_answers(_book(3, [1, NAN, 0]), counts, np.array([0.5, 0.5]))
    assert found.answers == 2.0
    assert "nobody answered twice" in found.warnings[0]


def test_customers_who_do_not_differ_are_pooled_with_a_warning():
    found = fit_prior_answers(_book(50), np.tile([2.0, 2.0], (50, 1)), np.array([0.5, 0.5]))
    assert found.answers > 900
    assert found.warnings == ("customers answer as if they did not differ",)
