from __future__ import annotations

import numpy as np
import pytest

from crmrisk.scoring.value import NBD, BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD
from crmrisk.scoring.value.checking import Candidate
from crmrisk.scoring.value.checking.choice import Judged, best_of, log_probability

HISTORY = ([0, 1, 4, 0, 2], [0, 20, 30, 0, 9], [38, 38, 38, 20, 30])


def said(kind, log_probabilities, *, slow=False, converged=True, not_identified=()):
    fit = kind.fit(*HISTORY).model_copy(update={"converged": converged, "not_identified": not_identified})
    n = len(log_probabilities)
    return Judged(fit, np.array(log_probabilities), np.ones(n), slow=slow)


def choose(*judged):
    return best_of(judged, np.ones(4), np.ones(4))


CLOSE, TOP, FAR = [-1.0, -1.2, -0.9, -1.4], [-0.9, -1.3, -0.8, -1.3], [-3.0, -3.1, -3.0, -3.1]


def test_the_highest_is_chosen_where_it_is_distinguishable():
    choice = choose(said(NBD, FAR), said(BetaGeoNBD, TOP))
    assert choice.best == "BetaGeoNBD"
    assert "highest" in choice.why
    assert "lower by 7.9" in choice.why
    assert choice["NBD"].distinguishable


def test_the_simpler_is_chosen_where_it_is_not():
    choice = choose(said(NBD, CLOSE), said(BetaGeoNBD, TOP))
    assert choice.best == "NBD"
    assert "not distinguishable" in choice.why
    assert choice.why.endswith("simpler.")
    assert not choice["NBD"].distinguishable


def test_the_faster_is_chosen_of_models_as_large():
    choice = choose(said(BetaGeoNBD, CLOSE), said(ParetoNBD, TOP, slow=True))
    assert choice.best == "BetaGeoNBD"
    assert choice.why.endswith("faster.")


def test_of_models_as_large_and_fast_the_higher_is_chosen_and_the_other_named():
    choice = choose(said(BetaGeoNBD, CLOSE), said(ModifiedBetaGeoNBD, TOP))
    assert choice.best == "ModifiedBetaGeoNBD"
    assert choice.why.endswith("; not distinguishable, but no simpler: BetaGeoNBD.")


def test_a_fit_that_did_not_converge_is_chosen_only_if_there_is_no_other():
    assert choose(said(NBD, FAR), said(BetaGeoNBD, TOP, converged=False)).best == "NBD"
    assert choose(said(NBD, FAR), said(BetaGeoNBD, TOP, converged=False)).why.endswith(" Not converged: BetaGeoNBD.")
    assert choose(said(BetaGeoNBD, TOP, converged=False)).best == "BetaGeoNBD"


@pytest.mark.parametrize("customers", [1, 4])
def test_a_standard_error_without_any_spread_is_unknown(customers):
    judged = [said(NBD, [-9.0] * customers), said(BetaGeoNBD, [-1.0] * customers)]
    choice = best_of(judged, np.ones(customers), np.ones(customers))
    assert choice.best == "NBD"
    assert choice["NBD"].difference_standard_error is None
    assert "standard error unknown" in choice.why
    assert "standard error unknown" in repr(choice)
    assert Candidate.from_json(choice["NBD"].to_json()) == choice["NBD"]


@pytest.mark.parametrize(("vague", "best"), [(("a", "b"), "NBD"), ((), "BetaGeoNBD")])
def test_parameters_that_are_not_identified_are_named_and_their_model_set_aside(vague, best):
    choice = choose(said(NBD, FAR), said(BetaGeoNBD, TOP, not_identified=vague))
    assert choice.best == best
    assert ("Set aside, as parameters are not identified: BetaGeoNBD (a, b; higher by 7.9" in choice.why) == bool(vague)


def test_a_model_that_is_not_identified_is_chosen_where_there_is_no_other():
    choice = choose(said(NBD, FAR, not_identified=("r",)), said(BetaGeoNBD, TOP, not_identified=("a",)))
    assert choice.best == "BetaGeoNBD"
    assert choice.why.endswith(
        "No candidate is left whose parameters are all identified; not identified: BetaGeoNBD (a), NBD (r)."
    )


def test_the_difference_is_paired_customer_by_customer():
    choice = choose(said(NBD, FAR), said(BetaGeoNBD, TOP))
    behind = np.array(FAR) - np.array(TOP)
    assert choice["NBD"].difference == pytest.approx(behind.sum())
    assert choice["NBD"].difference_standard_error == pytest.approx(2 * behind.std(ddof=1))
    assert choice["BetaGeoNBD"].difference == choice["BetaGeoNBD"].difference_standard_error == 0


def test_a_weight_of_two_is_two_customers():
    judged = [said(NBD, CLOSE), said(BetaGeoNBD, TOP)]
    twice = [Judged(j.fit, np.tile(j.log_probability, 2), np.ones(8)) for j in judged]
    weighted, repeated = best_of(judged, np.ones(4), np.full(4, 2.0)), best_of(twice, np.ones(8), np.ones(8))
    for one, other in zip(weighted.candidates, repeated.candidates, strict=True):
        assert one.difference == pytest.approx(other.difference)
        assert one.difference_standard_error == pytest.approx(other.difference_standard_error)


def test_equal_models_are_not_told_apart_by_rounding():
    wobble = np.array(TOP) - 1e-9
    choice = choose(said(NBD, wobble), said(BetaGeoNBD, TOP))
    assert choice.best == "NBD"
    assert choice.why.startswith("NBD has the highest")


def test_a_vanished_probability_is_finite():
    assert np.isfinite(log_probability(np.array([0.0, 1e-320, 1.0]))).all()


def test_shown_with_the_reason_and_every_candidate():
    choice = choose(said(NBD, CLOSE), said(BetaGeoNBD, TOP))
    for text in (repr(choice), choice._repr_html_()):
        assert choice.why in text
        assert all(each.model in text for each in choice.candidates)
    assert [each.model for each in choice.candidates] == ["BetaGeoNBD", "NBD"]
    assert choice.frame()["out_of_time"].tolist() == [each.out_of_time for each in choice.candidates]
    assert Candidate.from_json(choice.candidates[0].to_json()) == choice.candidates[0]
    assert choice.model == choice.fit.model == choice.calibration_fits["NBD"].model


def test_one_candidate_and_one_customer():
    fit = NBD.fit(*HISTORY)
    choice = best_of([Judged(fit, np.array([-1.0]), np.ones(1))], np.ones(1), np.ones(1))
    assert "only candidate" in choice.why
