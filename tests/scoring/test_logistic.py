"""Logistic regression against statsmodels, against simulated truth, and against data that cannot identify it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from crmrisk.core.errors import CompositionError, FitError, InvalidValueError, MissingOutcomesError, PortfolioError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio
from crmrisk.scoring import LogisticScorer
from crmrisk.scoring.logistic import FittedLogisticScorer, LogisticTerm

DAY, QUARTER = date(2026, 1, 31), timedelta(days=90)
IDLE, SHARE = Input("idle_days", "day", ge=0), Input("share", "", 0, 1)
SCORER = LogisticScorer(inputs=(IDLE, SHARE), horizon=QUARTER)


def _outcomes(ids, happened, horizon=QUARTER, day=DAY):
    return Outcomes(ids, happened, event="churn", as_of=day, horizon=horizon)


def _statsmodels(book, outcomes, columns):
    from statsmodels.discrete.discrete_model import Logit

    X = np.column_stack([np.ones(len(book)), *columns])
    return Logit(outcomes.align(book), X).fit(disp=0, method="newton", tol=1e-12)


class TestMaximumLikelihood:
    def test_it_agrees_with_statsmodels(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        peer = _statsmodels(book, outcomes, [book["idle_days"], book["share"]])
        fitted = SCORER.model_copy(update={"ridge": 0.0}).fit(book, outcomes)
        np.testing.assert_allclose(list(fitted.coefficients.values()), peer.params, rtol=1e-7)
        np.testing.assert_allclose(list(fitted.standard_errors.values()), peer.bse, rtol=1e-6)
        assert fitted.log_likelihood == pytest.approx(peer.llf, rel=1e-10)
        assert (fitted.n, fitted.events) == (len(book), int(np.sum(outcomes.occurred)))
        assert fitted.converged
        assert not fitted.separated

    def test_intervals_are_those_of_statsmodels(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        X = np.column_stack([np.ones(len(book)), book["idle_days"], book["share"]])
        peer = _statsmodels(book, outcomes, [book["idle_days"], book["share"]])
        half = 1.959963984540054 * np.sqrt(np.einsum("ij,jk,ik->i", X, peer.cov_params(), X))
        scores = SCORER.model_copy(update={"ridge": 0.0}).fit(book, outcomes).score(book)
        np.testing.assert_allclose(scores.low, expit(X @ peer.params - half), rtol=1e-6)
        np.testing.assert_allclose(scores.high, expit(X @ peer.params + half), rtol=1e-6)

    def test_missing_is_a_dummy_beside_a_zero(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        share = np.where(np.arange(len(book)) % 4 == 0, np.nan, book["share"])
        gappy = book.with_columns({"share": share})
        absent = np.isnan(share)
        peer = _statsmodels(gappy, outcomes, [book["idle_days"], np.where(absent, 0, share), absent])
        optional = Input("share", "", 0, 1, optional=True)
        fitted = LogisticScorer(inputs=(IDLE, optional), horizon=QUARTER, ridge=0).fit(gappy, outcomes)
        assert list(fitted.coefficients) == ["intercept", "idle_days", "share", "share missing"]
        np.testing.assert_allclose(list(fitted.coefficients.values()), peer.params, rtol=1e-6)
        np.testing.assert_allclose(list(fitted.standard_errors.values()), peer.bse, rtol=1e-6)

    def test_log1p_is_the_logarithm_of_the_input(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        peer = _statsmodels(book, outcomes, [np.log1p(book["idle_days"])])
        fitted = LogisticScorer(inputs=(IDLE,), horizon=QUARTER, transforms={"idle_days": "log1p"}, ridge=0)
        np.testing.assert_allclose(list(fitted.fit(book, outcomes).coefficients.values()), peer.params, rtol=1e-7)

    def test_intervals_cover_the_truth(self, simulate):
        """The truth of one customer lies in 95 % of intervals; 120 fits leave a standard error of 2 points."""
        at = Portfolio(["X"], DAY, {"idle_days": [60], "share": [0.2]})
        truth = expit(-1.5 + 0.03 * 60 - 0.8 * 0.2)
        scores = [SCORER.fit(*simulate(400, seed)).score(at) for seed in range(120)]
        covered = np.mean([scored.low[0] <= truth <= scored.high[0] for scored in scores])
        assert 0.89 <= covered <= 1.0


class TestRidge:
    @given(factor=st.floats(1e-6, 1e6))
    @settings(deadline=None, max_examples=15)
    def test_units_do_not_matter(self, simulate, factor):
        book, outcomes = simulate(200)
        rescaled = book.with_columns({"idle_days": book["idle_days"] * factor})
        scorer = SCORER.model_copy(update={"ridge": 20.0})
        mine, theirs = scorer.fit(book, outcomes), scorer.fit(rescaled, outcomes)
        np.testing.assert_allclose(mine.score(book).values, theirs.score(rescaled).values, rtol=1e-7)
        assert theirs.coefficients["idle_days"] * factor == pytest.approx(mine.coefficients["idle_days"])

    def test_the_penalty_shrinks_coefficients_and_not_the_base_rate(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        sizes = [
            abs(SCORER.model_copy(update={"ridge": ridge}).fit(book, outcomes).terms[0].coefficient)
            for ridge in (0.0, 1.0, 100.0, 1e6)
        ]
        assert sizes == sorted(sizes, reverse=True)
        flat = SCORER.model_copy(update={"ridge": 1e9}).fit(book, outcomes)
        rate = np.mean(outcomes.occurred)
        np.testing.assert_allclose(flat.score(book).values, rate, atol=1e-4)

    def test_separation_is_finite_and_said(self):
        ids = [f"C{i}" for i in range(20)]
        book = Portfolio(ids, DAY, {"idle_days": np.arange(20)})
        outcomes = _outcomes(ids, np.arange(20) >= 10)
        scorer = LogisticScorer(inputs=(IDLE,), horizon=QUARTER)
        fitted = scorer.fit(book, outcomes)
        assert fitted.separated
        assert fitted.converged
        assert np.all((fitted.score(book).values > 0) & (fitted.score(book).values < 1))
        with pytest.raises(FitError, match=r"idle_days.*ridge"):
            scorer.model_copy(update={"ridge": 0.0}).fit(book, outcomes)

    def test_collinear_inputs_need_a_ridge(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        doubled = book.with_columns({"twice": 2 * book["idle_days"] + 1})
        scorer = LogisticScorer(inputs=(IDLE, Input("twice"), SHARE), horizon=QUARTER)
        assert scorer.fit(doubled, outcomes).converged
        with pytest.raises(FitError) as caught:
            scorer.model_copy(update={"ridge": 0.0}).fit(doubled, outcomes)
        assert caught.value.problems[0].got == "idle_days, twice"


class TestWhatIsUnknown:
    def test_unknown_outcomes_and_unrated_customers_are_left_out_and_counted(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        happened = np.where(np.arange(len(book)) < 50, np.nan, outcomes.occurred)
        idle = np.where(np.arange(len(book)) % 10 == 9, np.nan, book["idle_days"])
        fitted = SCORER.fit(book.with_columns({"idle_days": idle}), _outcomes(book.customer_id, happened))
        assert (fitted.excluded_unrated, fitted.excluded_unknown, fitted.n) == (60, 45, 495)
        kept = np.flatnonzero(~np.isnan(idle) & ~np.isnan(happened))
        np.testing.assert_array_equal(
            SCORER.fit(book.take(kept), outcomes).score(book).values, fitted.score(book).values
        )

    def test_a_state_never_seen_is_unrated_and_not_average(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        scorer = LogisticScorer(inputs=(IDLE, Input("share", "", 0, 1, optional=True)), horizon=QUARTER)
        gappy = book.with_columns({"share": np.where(np.arange(len(book)) < 3, np.nan, book["share"])})
        scores = scorer.fit(book, outcomes).score(gappy)
        assert np.isnan(scores.values[:3]).all()
        assert scores.rated[3:].all()

    def test_outcomes_of_another_order_and_population_are_aligned(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        shuffled = np.random.default_rng(0).permutation(len(book))
        others = _outcomes([*outcomes.customer_id[shuffled], "stranger"], [*outcomes.occurred[shuffled], 1])
        assert SCORER.fit(book, others) == SCORER.fit(book, outcomes)

    def test_order_of_customers_does_not_matter(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        order = np.random.default_rng(1).permutation(len(book))
        mine, theirs = SCORER.fit(book, outcomes), SCORER.fit(book.take(order), outcomes)
        np.testing.assert_allclose(list(mine.coefficients.values()), list(theirs.coefficients.values()), rtol=1e-9)


class TestDataThatCannotIdentify:
    def test_constant_columns_are_named_all_at_once(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        flat = book.with_columns({"idle_days": np.full(len(book), 0.1), "share": np.full(len(book), 0.3)})
        with pytest.raises(FitError) as caught:
            SCORER.fit(flat, outcomes)
        assert [each.where for each in caught.value.problems] == [
            "LogisticScorer: idle_days",
            "LogisticScorer: share",
        ]

    def test_a_column_nobody_has_is_named(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        scorer = LogisticScorer(inputs=(IDLE, Input("nps", optional=True)), horizon=QUARTER)
        with pytest.raises(FitError, match="nps"):
            scorer.fit(book, outcomes)

    @pytest.mark.parametrize("happened", [0, 1, np.nan])
    def test_one_class_is_not_enough(self, book_and_outcomes, happened):
        book, _ = book_and_outcomes
        with pytest.raises(FitError, match="both needed"):
            SCORER.fit(book, _outcomes(book.customer_id, np.full(len(book), float(happened))))

    def test_more_customers_than_coefficients_are_needed(self):
        book = Portfolio(["A", "B", "C"], DAY, {"idle_days": [1, 2, 3], "share": [0.1, 0.5, 0.2]})
        with pytest.raises(FitError, match="at least 4"):
            SCORER.fit(book, _outcomes(["A", "B", "C"], [1, 0, 1]))

    def test_nobody_is_not_enough(self):
        with pytest.raises(FitError):
            SCORER.fit(Portfolio([], DAY, {"idle_days": [], "share": []}), _outcomes([], []))

    def test_outcomes_are_needed_and_of_the_same_horizon_and_moment(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        with pytest.raises(MissingOutcomesError):
            SCORER.fit(book)
        with pytest.raises(CompositionError, match="horizon"):
            SCORER.fit(book, _outcomes(book.customer_id, outcomes.occurred, horizon=timedelta(days=30)))
        with pytest.raises(PortfolioError, match="as_of"):
            SCORER.fit(book, _outcomes(book.customer_id, outcomes.occurred, day=date(2025, 1, 1)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inputs": ()}, "inputs"),
        ({"inputs": (IDLE, IDLE)}, "twice"),
        ({"inputs": (Input("segment", "label"),)}, "0 and 1"),
        ({"transforms": {"nothing": "log1p"}}, "no input"),
        ({"inputs": (Input("balance", "EUR"),), "transforms": {"balance": "log1p"}}, "negative"),
        ({"transforms": {"idle_days": "square"}}, "log1p"),
        ({"ridge": -1}, "greater"),
        ({"ridge": float("nan")}, "ridge"),
        ({"horizon": timedelta(0)}, "horizon"),
        ({"horizon": 90}, "horizon"),
        ({"level": 1.0}, "level"),
    ],
)
def test_incoherent_settings_are_refused(changes, message):
    with pytest.raises(InvalidValueError, match=message):
        LogisticScorer(**({"inputs": (IDLE,), "horizon": QUARTER} | changes))


class TestExplanations:
    def test_they_add_up_to_the_log_odds(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        fitted = SCORER.fit(book, outcomes)
        explanation = fitted.explain(book)
        assert explanation.scale == "log-odds"
        np.testing.assert_allclose(explanation.total, logit(fitted.score(book).values), rtol=1e-12)

    def test_the_baseline_is_the_mean_customer(self, book_and_outcomes):
        book, outcomes = book_and_outcomes
        fitted = SCORER.fit(book, outcomes)
        mean = Portfolio(["M"], DAY, {"idle_days": [book["idle_days"].mean()], "share": [book["share"].mean()]})
        np.testing.assert_allclose(fitted.explain(mean).contributions, 0, atol=1e-12)
        np.testing.assert_allclose(fitted.explain(mean).baseline, logit(fitted.score(mean).values))
        np.testing.assert_allclose(fitted.explain(book).contributions.mean(axis=0), 0, atol=1e-12)


class TestPublishedParameters:
    def test_they_score_without_intervals(self):
        published = FittedLogisticScorer(
            inputs=(IDLE,), horizon=QUARTER, intercept=-1, terms=(LogisticTerm("idle_days", 0.1, centre=10),)
        )
        scores = published.score(Portfolio(["C1"], DAY, {"idle_days": [20]}))
        assert scores.values[0] == 0.5
        assert scores.low is None
        assert published.standard_errors is None
        assert published.coefficients == {"intercept": -2.0, "idle_days": 0.1}

    @pytest.mark.parametrize(
        "changes",
        [
            {"terms": (LogisticTerm("age", 0.1),)},
            {"inputs": (), "terms": ()},
            {"covariance": ((1.0,),)},
            {"covariance": ((1.0, 2.0), (2.0, 1.0))},
            {"covariance": ((1.0, 0.5), (0.1, 1.0))},
        ],
    )
    def test_incoherent_ones_are_refused(self, changes):
        good = {"inputs": (IDLE,), "horizon": QUARTER, "intercept": 0, "terms": (LogisticTerm("idle_days", 0.1),)}
        with pytest.raises(InvalidValueError):
            FittedLogisticScorer(**(good | changes))

    def test_absurd_values_stay_probabilities(self, book_and_outcomes):
        fitted = SCORER.fit(*book_and_outcomes)
        scores = fitted.score(Portfolio(["C1"], DAY, {"idle_days": [1e300], "share": [0.5]}))
        assert scores.values[0] == 1.0
        assert scores.measure == Measure.probability(horizon=QUARTER)


class TestManyRows:
    def test_one_row_equals_the_same_row_among_many(self, simulate):
        book, outcomes = simulate(5_000)
        fitted = SCORER.fit(book, outcomes)
        whole = fitted.score(book)
        for row in (0, 1, 777, 4_999):
            alone = fitted.score(book.take(slice(row, row + 1)))
            assert (alone.values[0], alone.low[0], alone.high[0]) == (
                whole.values[row],
                whole.low[row],
                whole.high[row],
            )
