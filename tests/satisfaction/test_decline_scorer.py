from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import crmrisk as cr
from crmrisk.core.errors import CrmRiskError, FitError, InputRangeError, MissingInputsError
from crmrisk.evidence import SurveyTrend
from crmrisk.satisfaction.decline_scorer import FittedSatisfactionDeclineScorer, SatisfactionDeclineScorer
from crmrisk.satisfaction.next_answer import NextAnswer

AS_OF = datetime(2026, 1, 31)
QUARTER = timedelta(days=90)
MODEL = {"question": "nps", "overall": 7.0, "segments": {"gold": 8.0}, "noise": 1.0}


def fitted_with(drop=2, level_ratio=2.0, slope_ratio=0.0) -> FittedSatisfactionDeclineScorer:
    model = NextAnswer(**MODEL, level_ratio=level_ratio, slope_ratio=slope_ratio)
    return FittedSatisfactionDeclineScorer(horizon=QUARTER, drop=drop, lowest=0, model=model, level=0.95)


def book_of(rows, question="nps", segments=None) -> cr.Portfolio:
    """Summarise (customer, days ago, score) as evidence does."""
    answers = pd.DataFrame(rows, columns=["customer_id", "days", "score"])
    answers["at"] = AS_OF - pd.to_timedelta(answers.pop("days"), unit="D")
    customers = (
        None if segments is None else pd.DataFrame({"customer_id": [*segments], "segment": [*segments.values()]})
    )
    evidence = cr.Evidence(
        customers, surveys=answers.assign(question=question), summaries=[SurveyTrend(question=question)]
    )
    return evidence.portfolio(AS_OF)


def test_probability_by_hand():
    """One answer of 9 in gold: level 8 + 2/3, variance 1 + 2/3; it takes 7 or less to fall by 2."""
    book = book_of([("A", 10, 9)], segments={"A": "gold"})
    score = fitted_with().score(book)
    assert score.values[0] == pytest.approx(norm.cdf((7.5 - 8 - 2 / 3) / np.sqrt(1 + 2 / 3)), rel=1e-12)
    ends = norm.cdf((7.5 - 8 - 2 / 3 + norm.ppf([0.025, 0.975]) * np.sqrt(2 / 3)) / 1.0)
    np.testing.assert_allclose([score.low[0], score.high[0]], ends, rtol=1e-9)


def test_a_slope_moves_the_next_answer_to_the_middle_of_the_horizon():
    falling = book_of([("A", 700, 9), ("A", 350, 8), ("A", 0, 7)])
    fitted = fitted_with(drop=1, level_ratio=1e4, slope_ratio=50.0)
    flat = fitted_with(drop=1, level_ratio=1e4)
    expected = 7 - 365.25 / 350 * 45 / 365.25  # the line through the three answers, 45 days ahead
    variance = 1 + 5 / 6  # of a fresh answer, and of the end of a line through three: about
    found = fitted.score(falling).values[0]
    assert found == pytest.approx(norm.cdf((6.5 - expected) / np.sqrt(variance)), abs=0.03)
    assert found > flat.score(falling).values[0]


def test_answers_at_the_bottom_cannot_fall():
    book = book_of([("A", 10, 1), ("B", 10, 2), ("C", 10, 0)])
    fitted = fitted_with()
    scores, explained = fitted.score(book), fitted.explain(book)
    assert (scores.values == 0).tolist() == [True, False, True]
    assert (scores.high == 0).tolist() == [True, False, True]
    np.testing.assert_allclose(norm.cdf(explained.total), scores.values, atol=1e-12)


def test_the_fit_learns_from_waves_of_one_scale_as_of_another():
    """Answers times ten with a drop times ten are the same survey, but for answers being whole numbers."""
    rng = np.random.default_rng(4)
    level = rng.normal(70, 15, 200)
    rows = [
        (f"C{i:03d}", 30 * (1 + wave), round(level[i] + rng.normal(0, 10))) for i in range(200) for wave in range(3)
    ]
    small = SatisfactionDeclineScorer(horizon=QUARTER).fit(book_of([(c, d, s / 10) for c, d, s in rows]))
    large = SatisfactionDeclineScorer(horizon=QUARTER, drop=20).fit(book_of(rows))
    assert large.model.noise == pytest.approx(100 * small.model.noise, rel=1e-3)
    assert large.model.overall == pytest.approx(10 * small.model.overall, rel=1e-6)


def test_another_question_and_a_customer_without_answers():
    rows = [("A", 200, 4), ("A", 20, 2), ("B", 300, 5), ("B", 10, 5), ("C", 10, None)]
    book = book_of(rows, question="Food quality")
    fitted = SatisfactionDeclineScorer(horizon=QUARTER, question="Food quality", drop=1, lowest=1).fit(book)
    assert fitted.warnings == ("nobody answered on three days: customers' slopes count as 0",)
    assert np.isnan(fitted.score(book).values).tolist() == [False, False, True]


def test_answers_known_in_part_only_are_unrated():
    """Without its slope or scatter a customer would seem to have answered the same all along."""
    whole = book_of([("A", 300, 9), ("A", 200, 6), ("A", 10, 8), ("B", 99, 4), ("B", 9, 6), ("C", 9, 6)])
    columns = {name: column for name, column in whole.columns.items() if name not in {"nps_slope", "nps_scatter"}}
    bare = cr.Portfolio(whole.customer_id, AS_OF, columns)
    assert np.isnan(fitted_with().score(bare).values).tolist() == [True, True, False]
    assert np.isnan(fitted_with().explain(bare).total).tolist() == [True, True, False]
    with pytest.raises(FitError):
        SatisfactionDeclineScorer(horizon=QUARTER).fit(bare)
    with pytest.raises(InputRangeError, match="nps_wave_mean"):
        fitted_with().score(cr.Portfolio(["A"], AS_OF, {name: [1e300] for name in whole.columns}))


def test_what_cannot_be_is_an_error():
    scorer = SatisfactionDeclineScorer(horizon=QUARTER)
    with pytest.raises(FitError, match="nobody answered on two days"):
        scorer.fit(book_of([("A", 10, 9), ("B", 20, 3)]))
    with pytest.raises(FitError, match="do not vary"):
        scorer.fit(book_of([("A", 10, 9), ("A", 20, 9), ("B", 20, 9)]))
    with pytest.raises(FitError, match="nobody answered on two days"):
        scorer.fit(book_of([("A", 10, None)]))
    with pytest.raises(MissingInputsError, match="nps_latest_wave"):
        scorer.fit(cr.Portfolio(["A"], AS_OF, {}))
    for wrong in ({"drop": 0}, {"drop": "much"}, {"level": 0.0}, {"horizon": 90}, {"lowest": float("nan")}):
        with pytest.raises(CrmRiskError):
            SatisfactionDeclineScorer(**{"horizon": QUARTER, **wrong})
