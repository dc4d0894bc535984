"""Likelihood ratios and information criteria: nested pairs, edges, and data that do not match."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from crmrisk.core.errors import CrmRiskError, FitError
from crmrisk.scoring.value import (
    NBD,
    BetaDiscreteWeibull,
    BetaGeoNBD,
    Comparison,
    ParetoNBD,
    ProportionalModel,
    ShiftedBetaGeometric,
    compare,
    likelihood_ratio,
    weakly_informative,
)

SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]
TRUTH = ParetoNBD(r=0.6, alpha=10, s=0.6, beta=11)


@pytest.fixture(scope="module")
def book():
    rng = np.random.default_rng(3)
    return tuple(np.asarray(column) for column in TRUTH.simulate(rng.integers(20, 60, 800), rng=rng)[:3])


def test_a_special_case_is_tested_by_the_gain_in_log_likelihood():
    sbg, bdw = ShiftedBetaGeometric.fit_survivors(SURVIVORS), BetaDiscreteWeibull.fit_survivors(SURVIVORS)
    found = likelihood_ratio(sbg, bdw)
    assert found.statistic == pytest.approx(2 * (bdw.log_likelihood - sbg.log_likelihood))
    assert found.degrees_of_freedom == 1
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 1), rel=1e-10)
    assert found.warnings == ()
    edge = likelihood_ratio(sbg, bdw, on_boundary=True)
    assert edge.p_value == pytest.approx(found.p_value / 2)
    assert "mixture" in edge.warnings[0]


def test_under_the_null_p_values_are_uniform():
    rng = np.random.default_rng(5)
    truth = ShiftedBetaGeometric(alpha=1.2, beta=3)
    p_values = []
    for _ in range(60):
        data = truth.simulate(np.full(800, 7), rng=rng)
        p_values.append(likelihood_ratio(ShiftedBetaGeometric.fit(*data), BetaDiscreteWeibull.fit(*data)).p_value)
    assert stats.kstest(p_values, "uniform").pvalue > 0.01


def test_dropout_against_none_is_an_edge_with_a_lost_parameter(book):
    found = likelihood_ratio(NBD.fit(*book), BetaGeoNBD.fit(*book))
    assert found.degrees_of_freedom == 2
    assert found.p_value == pytest.approx((stats.chi2.sf(found.statistic, 2) + stats.chi2.sf(found.statistic, 1)) / 2)
    assert "rough guide" in found.warnings[-1]


def test_parts_of_the_customers_together_are_one_larger_model(book):
    half = [np.arange(800) % 2 == side for side in (0, 1)]
    parts = [BetaGeoNBD.fit(*(column[rows] for column in book)) for rows in half]
    found = likelihood_ratio(BetaGeoNBD.fit(*book), parts)
    assert found.degrees_of_freedom == 4
    assert found.statistic > 0


def test_covariates_are_tested_against_none(book):
    chance = np.random.default_rng(1).integers(0, 2, 800)
    columns = dict(zip(("frequency", "recency", "age"), book, strict=True))
    larger = ProportionalModel.fit(BetaGeoNBD, **columns, purchase={"chance": chance})
    found = likelihood_ratio(BetaGeoNBD.fit(*book), larger)
    assert found.degrees_of_freedom == 1
    assert found.statistic >= 0
    assert found.p_value > 0.01


@pytest.mark.parametrize(
    "other",
    [
        lambda book: BetaGeoNBD.fit(*(column[:-1] for column in book)),
        lambda book: BetaGeoNBD.fit(*book, weights=np.r_[2.0, 0.0, np.ones(798)]),
        lambda book: BetaGeoNBD.fit(book[0], book[1] * 7, book[2] * 7),
        lambda book: ShiftedBetaGeometric.fit(np.ones(800), np.arange(800) % 2),
    ],
    ids=["other customers", "other weights", "another time unit", "another kind of data"],
)
def test_fits_of_different_data_are_refused(book, other):
    with pytest.raises(FitError, match="different data"):
        compare({"one": ParetoNBD.fit(*book), "other": other(book)})


def test_what_is_no_larger_model_is_refused(book):
    with pytest.raises(FitError, match="no more parameters"):
        likelihood_ratio(BetaGeoNBD.fit(*book), ParetoNBD.fit(*book))
    with pytest.raises(CrmRiskError, match="no fit"):
        likelihood_ratio(BetaGeoNBD.fit(*book), [])


def test_a_penalised_fit_has_no_likelihood_ratio(book):
    fit = BetaGeoNBD.fit(*book, prior=weakly_informative(BetaGeoNBD))
    with pytest.raises(FitError, match="penalised"):
        compare({"prior": fit})


def test_the_comparison_is_ordered_weighed_and_readable(book):
    fits = {"BG/NBD": BetaGeoNBD.fit(*book), "Pareto/NBD": ParetoNBD.fit(*book), "NBD": NBD.fit(*book)}
    table = compare(fits)
    assert [line.aic for line in table.fits] == sorted(fit.aic for fit in fits.values())
    assert sum(line.aic_weight for line in table.fits) == pytest.approx(1)
    assert sum(line.bic_weight for line in table.fits) == pytest.approx(1)
    assert min(line.bic_difference for line in table.fits) == 0
    assert {line.name: line.n_parameters for line in table.fits} == {"BG/NBD": 4, "Pareto/NBD": 4, "NBD": 2}
    assert Comparison.from_json(table.to_json()) == table
    assert table.frame().loc["NBD", "aic"] == fits["NBD"].aic
    with pytest.raises(FitError, match="nothing"):
        compare({})


def test_what_is_not_identified_is_said():
    same = [3.0] * 40, [20.0] * 40, [30.0] * 40
    assert any("not identified" in text for text in compare({"one": BetaGeoNBD.fit(*same)}).warnings)
