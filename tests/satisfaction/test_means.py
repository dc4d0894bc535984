"""Tests of means from answers and from counts."""

from __future__ import annotations

import numpy as np
import pytest

from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError
from crmrisk.satisfaction.means import mean_of_counts, mean_score
from crmrisk.satisfaction.survey_design import design_mean


def test_agrees_with_scipy_on_the_expanded_answers():
    from scipy.stats import sem, t

    answers = np.repeat([1.0, 4.0, 7.0], [3, 5, 9])
    estimate = mean_of_counts([1, 4, 7], [3, 5, 9], level=0.9)
    low, high = t.interval(0.9, 16, loc=answers.mean(), scale=sem(answers))
    assert (estimate.value, estimate.standard_error) == pytest.approx((answers.mean(), sem(answers)), abs=1e-12)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-12)


def test_one_answer_has_a_mean_and_no_interval_and_none_has_neither():
    one, none = mean_of_counts([1, 2], [0, 1]), mean_of_counts([1, 2], [0, 0])
    assert (one.value, one.low, one.high, one.standard_error) == (2.0, None, None, None)
    assert (none.value, none.warnings) == (None, ("no answers",))


def test_equal_answers_have_an_interval_of_no_width():
    estimate = mean_of_counts([3], [50])
    assert (estimate.low, estimate.value, estimate.high) == (3.0, 3.0, 3.0)


def test_a_level_is_checked_without_answers_too():
    with pytest.raises(InvalidValueError):
        mean_of_counts([1], [0], level=2.0)


def test_a_mean_of_answers_is_that_of_their_counts():
    answers = [5, 4, 4, 2, 5, 1]
    from_answers, from_counts = mean_score(answers), mean_score(counts={1: 1, 2: 1, 4: 2, 5: 2})
    parts = ("value", "standard_error", "low", "high", "n", "effective_n")
    assert [getattr(from_answers, part) for part in parts] == pytest.approx(
        [getattr(from_counts, part) for part in parts]
    )
    cut = mean_score(counts=[1, 1, 0, 2, 2], lowest=1, highest=5)
    assert (cut.low, cut.value) == (from_counts.low, from_counts.value)
    assert cut.high == 5.0 < from_counts.high
    assert mean_score(answers, lowest=1, highest=5).high == 5.0


def test_a_weighted_mean_has_the_error_and_degrees_of_freedom_of_its_design():
    from scipy.stats import t

    rng = np.random.default_rng(3)
    values, weights, strata = rng.normal(3.0, 1.0, 40), rng.uniform(1, 4, 40), ["a", "b"] * 20
    estimate = mean_score(values, weights=weights, strata=strata)
    design = design_mean(values, weights=weights, strata=strata)
    assert estimate.value == pytest.approx(np.average(values, weights=weights))
    assert estimate.standard_error == pytest.approx(design.standard_error)
    assert estimate.high - estimate.value == pytest.approx(t.ppf(0.975, 38) * design.standard_error)


def test_stratified_reference_row_w1a():
    """R survey (apistrat, without fpc); answers are rebuilt with the published mean and variance of each stratum."""
    strata = {
        "E": (4421, 100, 674.43, 15687.419293),
        "H": (755, 50, 625.82, 11947.089388),
        "M": (1018, 50, 636.60, 13824.857143),
    }
    values, weights, stratum = [], [], []
    for name, (population, n, mean, variance) in strata.items():
        half = (variance * (n - 1) / n) ** 0.5
        values += [mean - half, mean + half] * (n // 2)
        weights += [population / n] * n
        stratum += [name] * n
    plain = mean_score(values, weights=weights, strata=stratum)
    finite = mean_score(values, weights=weights, strata=stratum, population={"E": 4421, "H": 755, "M": 1018})
    assert (plain.value, plain.standard_error) == pytest.approx((662.28736, 9.53613), abs=1e-5)
    assert finite.standard_error == pytest.approx(9.40894, abs=1e-5)


def test_missing_answers_leave_by_policy_only():
    assert mean_score([1, None, 3], missing="exclude").value == 2.0
    with pytest.raises(RecordError, match="1 answer missing, row 1"):
        mean_score([1, None, 3])


def test_counts_worth_less_have_wider_intervals():
    plain, weighted = mean_score(counts={1: 50, 5: 50}), mean_score(counts={1: 50, 5: 50}, effective_n=25)
    fourth = mean_score(counts={1: 12.5, 5: 12.5})
    assert weighted.standard_error > plain.standard_error
    assert (weighted.low, weighted.high) == pytest.approx((fourth.low, fourth.high))


def test_one_answer_of_a_column_has_no_interval_and_equal_ones_none_to_speak_of():
    one, same = mean_score([4]), mean_score([4, 4, 4])
    assert (one.value, one.low) == (4.0, None)
    assert (same.low, same.high) == (4.0, 4.0)
    assert mean_score([]).value is None


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"answers": [1], "lowest": 1},
        {"answers": [1], "lowest": 3, "highest": 2},
        {"answers": [float("inf")]},
        {"answers": [1e200, 1.0]},
        {"answers": ["good"]},
        {"counts": [1, 2]},
        {"counts": {float("inf"): 1}},
        {"answers": [1, 2], "weights": [0, 0]},
        {"answers": [1, 2], "level": 1},
    ],
)
def test_bad_arguments_are_refused(options):
    with pytest.raises(CrmRiskError):
        mean_score(**options)
