from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.learning_contracts import fitted_contracts
from crmrisk.scoring.value import ShiftedBetaGeometric

AS_OF = datetime(2026, 1, 31)
SURVIVORS = (1000, 631, 468, 382, 326, 289, 262, 241)
"""Fader and Hardie (2007), regular customers, years 0 to 7."""


def book(renewals, churned=None) -> cr.Portfolio:
    columns = {"renewals": renewals} | ({} if churned is None else {"churned": churned})
    return cr.Portfolio([f"C{row}" for row in range(len(renewals))], AS_OF, columns)


def published_panel() -> cr.Portfolio:
    lost = -np.diff(SURVIVORS)
    renewals = np.concatenate([np.repeat(np.arange(7), lost), np.full(SURVIVORS[-1], 7)])
    churned = np.concatenate([np.ones(lost.sum()), np.zeros(SURVIVORS[-1])])
    return book(renewals, churned)


def test_a_panel_gives_the_published_estimates():
    model = fitted_contracts(published_panel()).model
    assert model.alpha == pytest.approx(0.704077, abs=5e-7)
    assert model.beta == pytest.approx(1.182043, abs=5e-7)


def test_who_lacks_churned_is_still_there_and_who_lacks_renewals_is_left_out():
    panel = published_panel()
    churned = np.where(panel["churned"] == 0, np.nan, panel["churned"])
    extra = book(np.append(panel["renewals"], np.nan), np.append(churned, 1))
    assert fitted_contracts(extra).model == fitted_contracts(panel).model


def test_a_model_given_needs_nobody():
    given = ShiftedBetaGeometric(alpha=1, beta=2)
    assert fitted_contracts(book([]), given).model is given


def test_survivors_alone_are_refused():
    with pytest.raises(FitError, match="nobody says who left"):
        fitted_contracts(book([1, 2, 3]))


def test_nobody_lost_is_a_warning():
    learnt = fitted_contracts(book([5] * 50, [0] * 50), "ShiftedBetaGeometric")
    assert learnt.warnings


def test_half_a_renewal_is_refused():
    with pytest.raises(InvalidValueError, match="fractional"):
        fitted_contracts(book([1.5, 2], [1, 0]))


def test_nobody_who_faced_a_renewal_is_a_fit_error():
    with pytest.raises(FitError, match="nobody has faced a renewal"):
        fitted_contracts(book([0, 0], [0, 0]))


@pytest.mark.parametrize("model", ["ShiftedBetaGeometric", "BetaDiscreteWeibull"])
@pytest.mark.parametrize(
    ("renewals", "churned"),
    [([0, 1], [1, 0]), ([0, 2], [1, 0]), ([0] * 30 + [1] * 70, [1] * 30 + [0] * 70), ([0] * 50, [1] * 50)],
    ids=["two customers", "two renewals", "one renewal", "all lost at once"],
)
def test_renewals_that_identify_nothing_are_refused_not_used(renewals, churned, model):
    with pytest.raises(FitError, match=r"do not identify alpha, beta.*remedy: learn from more"):
        fitted_contracts(book(renewals, churned), model)


def test_customers_who_are_all_alike_are_a_warning():
    lives = np.random.default_rng(1).geometric(0.15, 2_000)
    renewals, churned = np.minimum(lives - 1, 8), lives <= 8
    learnt = fitted_contracts(book(renewals, churned.astype(float)))
    assert learnt.warnings
    assert learnt.model.retention_rate(3) == pytest.approx(0.85, abs=0.01)
