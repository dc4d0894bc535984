from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD

AS_OF = datetime(2026, 1, 31)
PUBLISHED = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)


def histories(**changes) -> cr.Portfolio:
    columns = {"frequency": [0, 2, 7, None], "recency": [0, 30, 200, None], "age": [270, 100, 270, None]} | changes
    return cr.Portfolio([f"C{i}" for i in range(len(columns["age"]))], AS_OF, columns)


def test_probability_is_the_papers_formula():
    scorer = cr.AttritionScorer(horizon=timedelta(days=10), model=PUBLISHED)
    book = histories()
    r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    x, tx, age, t = 2, 30, 100, 10
    alive = 1 / (1 + a / (b + x - 1) * ((alpha + age) / (alpha + tx)) ** (r + x))
    expected = 1 - alive * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x))
    assert scorer.fit(book).score(book).values[1] == pytest.approx(expected, rel=1e-12)


def test_customers_without_purchases_are_unrated():
    book = histories()
    assert np.isnan(cr.AttritionScorer(horizon=timedelta(days=10), model=PUBLISHED).fit(book).score(book).values[3])


def test_a_longer_horizon_is_never_likelier_to_stay_silent():
    book = histories()
    short, long = (
        cr.AttritionScorer(horizon=timedelta(days=days), model=PUBLISHED).fit(book).score(book).values[:3]
        for days in (30, 90)
    )
    assert (long < short).all()


def test_fitting_recovers_simulated_parameters():
    truth = BetaGeoNBD(r=0.8, alpha=40.0, a=0.9, b=3.0)
    drawn = truth.simulate(np.full(20_000, 365.0), rng=np.random.default_rng(2))
    book = cr.Portfolio(
        [f"C{i}" for i in range(20_000)],
        AS_OF,
        {"frequency": drawn.frequency, "recency": drawn.recency, "age": drawn.age},
    )
    fitted = cr.AttritionScorer(horizon=timedelta(days=90)).fit(book)
    assert fitted.model.r == pytest.approx(0.8, rel=0.1)
    assert fitted.model.alpha == pytest.approx(40, rel=0.1)


def test_nobody_to_learn_from_is_a_fit_error():
    empty = histories(frequency=[None], recency=[None], age=[None])
    with pytest.raises(FitError, match="no customer has frequency, recency, age"):
        cr.AttritionScorer(horizon=timedelta(days=90)).fit(empty)


@pytest.mark.parametrize("horizon", [timedelta(0), timedelta(days=-1), "soon"])
def test_horizons_that_make_no_sense_are_refused(horizon):
    with pytest.raises(InvalidValueError):
        cr.AttritionScorer(horizon=horizon)


@pytest.fixture(scope="module")
def simulated() -> cr.Portfolio:
    drawn = BetaGeoNBD(r=0.8, alpha=40.0, a=0.9, b=3.0).simulate(np.full(400, 365.0), rng=np.random.default_rng(2))
    columns = {"frequency": drawn.frequency, "recency": np.floor(drawn.recency), "age": drawn.age}
    return cr.Portfolio([f"C{i}" for i in range(400)], AS_OF, columns)


@pytest.mark.parametrize("name", ["ModifiedBetaGeoNBD", "ParetoNBD"])
def test_a_model_named_is_fitted_and_a_model_given_is_used(name, simulated):
    horizon = timedelta(days=30)
    named = cr.AttritionScorer(horizon=horizon, model=name).fit(simulated)
    assert type(named.model).__name__ == name
    given = cr.AttritionScorer(horizon=horizon, model=named.model).fit(simulated)
    assert given.score(simulated) == named.score(simulated)
    assert given.log_covariance is None


def test_an_interval_holds_the_score_and_widens_with_its_level(simulated):
    narrow, wide = (
        cr.AttritionScorer(horizon=timedelta(days=30), interval=level).fit(simulated).score(simulated)
        for level in (0.5, 0.95)
    )
    assert (wide.low <= narrow.low).all()
    assert (narrow.low < narrow.values).any()
    assert (narrow.high <= wide.high).all()
    plain = cr.AttritionScorer(horizon=timedelta(days=30)).fit(simulated).score(simulated)
    np.testing.assert_array_equal(plain.values, wide.values)
    assert plain.low is None


def test_a_model_that_is_given_counts_as_known(simulated):
    scorer = cr.AttritionScorer(horizon=timedelta(days=30), model=PUBLISHED, interval=0.95)
    assert scorer.fit(simulated).score(simulated).low is None


def test_intervals_cover_the_true_probability():
    """Ninety percent nominal, twenty refits of two customers each: at least three quarters must cover."""
    truth, rng = BetaGeoNBD(r=0.8, alpha=40.0, a=0.9, b=3.0), np.random.default_rng(4)
    probe = cr.Portfolio(["A", "B"], AS_OF, {"frequency": [0, 3], "recency": [0, 200], "age": [200, 300]})
    scorer = cr.AttritionScorer(horizon=timedelta(days=60), interval=0.9)
    expected = scorer.model_copy(update={"model": truth}).fit(probe).score(probe).values
    covered = []
    for _ in range(20):
        drawn = truth.simulate(np.full(800, 365.0), rng=rng)
        columns = {"frequency": drawn.frequency, "recency": drawn.recency, "age": drawn.age}
        found = scorer.fit(cr.Portfolio([f"C{i}" for i in range(800)], AS_OF, columns)).score(probe)
        covered.append((found.low <= expected) & (expected <= found.high))
    assert 0.75 <= np.mean(covered) <= 1


def test_the_typical_customer_is_explained_by_nothing(simulated):
    fitted = cr.AttritionScorer(horizon=timedelta(days=30)).fit(simulated)
    typical = fitted.typical
    columns = {"frequency": [typical.frequency], "recency": [typical.recency], "age": [typical.age]}
    explanation = fitted.explain(cr.Portfolio(["T"], AS_OF, columns))
    assert explanation.drivers(0) == ()
    assert explanation.scale == "probability"


def test_silence_is_what_drives_the_probability_up(simulated):
    fitted = cr.AttritionScorer(horizon=timedelta(days=30)).fit(simulated)
    columns = {"frequency": [5, 5], "recency": [10, 355], "age": [365, 365]}
    silent, active = fitted.explain(cr.Portfolio(["S", "A"], AS_OF, columns)).contributions[:, 1]
    assert silent > 0.1
    assert active < 0


def test_rows_come_without_drivers_and_explain_has_them(simulated):
    horizon = timedelta(days=30)
    pipeline = cr.AssessmentPipeline(
        name="churn",
        event=cr.RiskEvent("churn", "attrition", horizon),
        likelihood=cr.AttritionScorer(horizon=horizon, model=PUBLISHED),
        consequence=cr.ColumnScorer(column="worth", measure=cr.Measure.money("EUR"), unit="money"),
        criteria=cr.RiskCriteria("EUR", moderate=50, high=200, extreme=600),
    )
    simulated = cr.Portfolio(simulated.customer_id, AS_OF, {**simulated.columns, "worth": np.full(400, 99.0)})
    assessed = pipeline.fit(simulated).assess(simulated)
    customer = simulated.customer_id[int(np.argmax(simulated["frequency"]))]
    assert assessed[customer].drivers == ()
    assert {driver.name for driver in assessed.explain(customer).likelihood} <= {"frequency", "recency", "age"}
    assert assessed.explain(customer).likelihood
