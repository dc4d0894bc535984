from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaDiscreteWeibull, ShiftedBetaGeometric
from crmrisk.scoring.value.checking import choose_contract_model

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
"""Survivors of 1,000 customers in years 0 to 7: Fader & Hardie (2007), table 1."""


def panel(model, n=20_000, periods=8, seed=2):
    simulated = model.simulate(np.full(n, periods), rng=np.random.default_rng(seed))
    left = np.where(simulated.churned, simulated.duration, np.inf)
    return [float((left > period).sum()) for period in range(periods + 1)]


def test_out_of_time_by_hand():
    choice = choose_contract_model(REGULAR, held_out=2, models=["ShiftedBetaGeometric"])
    model = ShiftedBetaGeometric.fit_survivors(REGULAR[:-2]).model
    chances = [*model.probability_of_churn([1, 2], renewals=5), model.survival(2, renewals=5)]
    assert choice.model == model
    [candidate] = choice.candidates
    assert candidate.out_of_time == pytest.approx(np.dot([27, 21, 241], np.log(chances)))
    renewals = 289 * sum(model.survival([1, 2], renewals=5))
    assert candidate.bias == pytest.approx(renewals - (262 + 241))


def test_duration_dependence_is_found_where_there_is_some():
    true = BetaDiscreteWeibull(alpha=2, beta=6, c=1.6)
    choice = choose_contract_model(panel(true), held_out=3)
    assert choice.best == "BetaDiscreteWeibull"
    assert choice["ShiftedBetaGeometric"].distinguishable


def test_the_simpler_is_chosen_where_there_is_none():
    assert (
        choose_contract_model(panel(ShiftedBetaGeometric(alpha=0.7, beta=1.2)), held_out=3).best
        == "ShiftedBetaGeometric"
    )


def test_published_cohorts():
    """The regular cohort is a textbook sBG; the high-end one bends more than sBG can (Fader et al. 2018)."""
    assert choose_contract_model(HIGH_END, held_out=3).best == "BetaDiscreteWeibull"
    assert choose_contract_model(REGULAR, held_out=3).best == "ShiftedBetaGeometric"


def test_cohorts_of_several_ages_are_cut_on_the_same_day():
    young = [[1000, 631, 468, 382], [800, 500, 370, np.nan], [600, 380, np.nan, np.nan], [500, np.nan, np.nan, np.nan]]
    choice = choose_contract_model(young, held_out=1, models=["ShiftedBetaGeometric"])
    cut = [[1000, 631, 468], [800, 500, np.nan], [600, np.nan, np.nan]]
    assert choice.model == ShiftedBetaGeometric.fit_survivors(cut).model
    model = choice.model
    by_hand = sum(
        lost * np.log(model.probability_of_churn(1, renewals=done)) + kept * np.log(model.survival(1, renewals=done))
        for done, lost, kept in ((2, 86, 382), (1, 130, 370), (0, 220, 380))
    )
    assert choice.candidates[0].out_of_time == pytest.approx(by_hand)


def test_the_best_is_fitted_again_to_the_whole_panel():
    choice = choose_contract_model(REGULAR, refit=True)
    assert choice.refitted
    assert choice.fit == ShiftedBetaGeometric.fit_survivors(REGULAR)


def test_one_renewal_identifies_nothing_and_the_reason_says_so():
    choice = choose_contract_model(HIGH_END, held_out=6)
    assert "No candidate is left whose parameters are all identified" in choice.why
    assert "BetaDiscreteWeibull (alpha, beta, c)" in choice.why
    assert "ShiftedBetaGeometric (alpha, beta)" in choice.why


@pytest.mark.parametrize("models", [1, [1], [None], ShiftedBetaGeometric(alpha=1, beta=2)])
def test_what_names_no_model_is_refused(models):
    with pytest.raises(InvalidValueError, match="models: neither the name nor the class"):
        choose_contract_model(REGULAR, models=models)


def test_refused_with_a_reason():
    with pytest.raises(InvalidValueError, match="held_out"):
        choose_contract_model(REGULAR, held_out=0)
    with pytest.raises(FitError, match="too short a panel"):
        choose_contract_model([1000, 631, 468], held_out=2)
    with pytest.raises(InvalidValueError, match="no model of contracts"):
        choose_contract_model(REGULAR, models=["sBG"])
    with pytest.raises(InvalidValueError, match="no model"):
        choose_contract_model(REGULAR, models=[])
    with pytest.raises(InvalidValueError, match="above the one before"):
        choose_contract_model([10, 12, 9])
