from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.special import logit

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import CompositionError, FitError, InvalidValueError, MissingOutcomesError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.saved import load, save
from crmrisk.scoring import CalibratedScorer, Characteristic, ColumnScorer, LogisticScorer, PointsScorer

DAY, QUARTER = date(2026, 1, 31), timedelta(days=90)
IDLE, SHARE = Input("idle_days", "day", ge=0), Input("share", "", 0, 1)
IDLE_INDEX = ColumnScorer(column="idle_days", measure=Measure.index(0, None), unit="day")
LOGISTIC = LogisticScorer(inputs=(IDLE, SHARE), horizon=QUARTER)
CARD = PointsScorer(characteristics=(Characteristic(IDLE, (10, 20, 40), (0, 5, 12, 30)),))


def _spiegelhalter(p, y):
    return np.sum((y - p) * (1 - 2 * p)) / np.sqrt(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))


@pytest.mark.parametrize("method", ["isotonic", "platt"])
@pytest.mark.parametrize("scorer", [IDLE_INDEX, CARD, LOGISTIC], ids=lambda s: type(s).__name__)
def test_probabilities_keep_their_word_on_new_customers(simulate, method, scorer):
    fitted = CalibratedScorer(scorer=scorer, horizon=QUARTER, method=method).fit(*simulate(6_000, 1))
    book, outcomes = simulate(6_000, 2)
    p, y = fitted.score(book).values, outcomes.align(book)
    assert abs(_spiegelhalter(p, y)) < 3
    assert abs(p.mean() - y.mean()) < 3 * np.sqrt(0.25 / 6_000) * 2


def test_the_direction_is_found_or_declared(book_and_outcomes):
    book, outcomes = book_and_outcomes
    health = book.with_columns({"health": -book["idle_days"]})
    scorer = ColumnScorer(column="health", measure=Measure.index(None, 0))
    found = CalibratedScorer(scorer=scorer, horizon=QUARTER).fit(health, outcomes)
    declared = CalibratedScorer(scorer=scorer, horizon=QUARTER, increasing=False).fit(health, outcomes)
    assert not found.curve.increasing
    np.testing.assert_array_equal(found.score(health).values, declared.score(health).values)
    wrong = CalibratedScorer(scorer=scorer, horizon=QUARTER, increasing=True).fit(health, outcomes)
    assert np.ptp(wrong.score(health).values) < np.ptp(found.score(health).values) / 2


def test_a_scorer_that_learns_is_cross_fitted(book_and_outcomes):
    book, outcomes = book_and_outcomes
    learning = CalibratedScorer(scorer=LOGISTIC, horizon=QUARTER).fit(book, outcomes)
    assert learning.cross_fitted
    assert learning.scorer == LOGISTIC.fit(book, outcomes)
    assert not CalibratedScorer(scorer=CARD, horizon=QUARTER).fit(book, outcomes).cross_fitted


def test_cross_fitting_undoes_overfitting(simulate):
    """Thirty columns of noise make an overconfident scorer; calibrated out of fold it keeps its word."""
    rng = np.random.default_rng(9)
    noise = {f"x{j}": rng.normal(size=800) for j in range(30)}
    book, outcomes = simulate(800, 4)
    book = book.with_columns(noise)
    half = book.take(slice(400))
    rest = book.take(slice(400, 800))
    y = outcomes.align(rest)
    inner = LogisticScorer(inputs=(IDLE, *(Input(name) for name in noise)), horizon=QUARTER)
    bare = inner.fit(half, outcomes).score(rest).values
    calibrated = CalibratedScorer(scorer=inner, horizon=QUARTER, method="platt").fit(half, outcomes)
    p = calibrated.score(rest).values
    assert abs(_spiegelhalter(p, y)) < abs(_spiegelhalter(bare, y))
    assert np.mean((p - y) ** 2) < np.mean((bare - y) ** 2)


@pytest.mark.parametrize("method", ["isotonic", "platt"])
def test_order_of_customers_does_not_matter(book_and_outcomes, method):
    book, outcomes = book_and_outcomes
    moved = book.take(np.random.default_rng(3).permutation(len(book)))
    scorer = CalibratedScorer(scorer=LOGISTIC, horizon=QUARTER, method=method)
    mine = scorer.fit(book, outcomes).score(book).values
    np.testing.assert_allclose(scorer.fit(moved, outcomes).score(book).values, mine, rtol=1e-9)


def test_who_was_left_out_is_counted(book_and_outcomes):
    book, outcomes = book_and_outcomes
    idle = np.where(np.arange(len(book)) < 20, np.nan, book["idle_days"])
    happened = np.where(np.arange(len(book)) >= 570, np.nan, outcomes.occurred)
    known = Outcomes(book.customer_id, happened, event="churn", as_of=DAY, horizon=QUARTER)
    fitted = CalibratedScorer(scorer=CARD, horizon=QUARTER).fit(book.with_columns({"idle_days": idle}), known)
    assert (fitted.excluded_unrated, fitted.excluded_unknown, fitted.n) == (20, 30, 550)
    assert fitted.events == int(np.nansum(happened[20:]))


def test_few_events_are_said(book_and_outcomes):
    book, outcomes = book_and_outcomes
    few = CalibratedScorer(scorer=CARD, horizon=QUARTER, method="isotonic").fit(book.take(slice(40)), outcomes)
    assert "platt" in few.warnings[0]
    assert CalibratedScorer(scorer=CARD, horizon=QUARTER, method="isotonic").fit(book, outcomes).warnings == ()


def test_one_class_or_one_score_tells_nothing(book_and_outcomes):
    book, outcomes = book_and_outcomes
    nothing = Outcomes(book.customer_id, np.zeros(len(book)), event="churn", as_of=DAY, horizon=QUARTER)
    with pytest.raises(FitError, match="both needed"):
        CalibratedScorer(scorer=CARD, horizon=QUARTER).fit(book, nothing)
    flat = book.with_columns({"idle_days": np.full(len(book), 3.0)})
    with pytest.raises(FitError, match="do not differ"):
        CalibratedScorer(scorer=CARD, horizon=QUARTER, method="platt").fit(flat, outcomes)


def test_outcomes_are_needed_and_of_the_horizon(book_and_outcomes):
    book, outcomes = book_and_outcomes
    with pytest.raises(MissingOutcomesError):
        CalibratedScorer(scorer=CARD, horizon=QUARTER).fit(book)
    with pytest.raises(CompositionError, match="horizon"):
        CalibratedScorer(scorer=CARD, horizon=timedelta(days=30)).fit(book, outcomes)


def test_beta_needs_a_fraction():
    with pytest.raises(CompositionError, match="beta"):
        CalibratedScorer(scorer=IDLE_INDEX, horizon=QUARTER, method="beta")


@pytest.mark.parametrize("changes", [{"folds": 1}, {"method": "spline"}, {"level": 0}, {"horizon": timedelta(-1)}])
def test_incoherent_settings_are_refused(changes):
    with pytest.raises(InvalidValueError):
        CalibratedScorer(**({"scorer": CARD, "horizon": QUARTER} | changes))


def test_explanations_add_what_calibration_changes(book_and_outcomes):
    book, outcomes = book_and_outcomes
    fitted = CalibratedScorer(scorer=LOGISTIC, horizon=QUARTER).fit(book, outcomes)
    explanation = fitted.explain(book)
    assert explanation.names == ("idle_days", "share", "calibration")
    np.testing.assert_allclose(explanation.total, logit(fitted.score(book).values))
    inner = fitted.scorer.explain(book)
    np.testing.assert_array_equal(explanation.contributions[:, :2], inner.contributions)


def test_without_an_inner_explanation_all_is_in_the_baseline(book_and_outcomes):
    book, outcomes = book_and_outcomes
    fitted = CalibratedScorer(scorer=IDLE_INDEX, horizon=QUARTER).fit(book, outcomes)
    explanation = fitted.explain(book)
    assert explanation.names == ()
    np.testing.assert_allclose(explanation.total, logit(fitted.score(book).values))


@pytest.mark.parametrize("method", ["isotonic", "platt"])
def test_it_comes_back_from_a_file(book_and_outcomes, tmp_path, method):
    book, outcomes = book_and_outcomes
    scorer = CalibratedScorer(scorer=LOGISTIC, horizon=QUARTER, method=method)
    fitted = scorer.fit(book, outcomes)
    save(fitted, tmp_path / "fitted.crmrisk")
    back = load(tmp_path / "fitted.crmrisk")
    assert back == fitted
    assert back.score(book) == fitted.score(book)
    assert load_component(dump_component(scorer)) == scorer


def test_one_customer_scores_as_among_many(book_and_outcomes):
    book, outcomes = book_and_outcomes
    fitted = CalibratedScorer(scorer=LOGISTIC, horizon=QUARTER, method="platt").fit(book, outcomes)
    whole = fitted.score(book)
    for row in (0, 99, 599):
        alone = fitted.score(Portfolio.from_customers([book.customer(book.customer_id[row])]))
        assert (alone.values[0], alone.low[0], alone.high[0]) == (whole.values[row], whole.low[row], whole.high[row])
