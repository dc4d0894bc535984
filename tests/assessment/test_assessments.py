from __future__ import annotations

import json

import numpy as np
import pytest

import crmrisk as cr
from crmrisk.core.errors import UnknownCustomerError
from crmrisk.satisfaction import KanoNeed


def test_frame_has_one_row_per_customer_with_levels_as_text(book, make_pipeline):
    frame = make_pipeline().fit(book).assess(book).frame()
    assert frame["customer_id"].tolist() == ["C1", "C2", "C3", "C4"]
    assert frame["level"].tolist() == ["high", "low", "unrated", "low"]
    assert frame["segment"].tolist()[:2] == ["gold", "gold"]
    np.testing.assert_array_equal(frame["expected_loss"], [500.0, 10.0, np.nan, 0.0])
    np.testing.assert_allclose(frame["residual_expected_loss"], [315.0, 6.3, np.nan, 0.0])
    assert frame["strength_of_knowledge"].tolist() == ["moderate", "moderate", "none", "moderate"]


def test_frame_says_what_the_rows_say(book, make_pipeline):
    assessed = make_pipeline().fit(book).assess(book)
    frame = assessed.frame()
    for row, assessment in enumerate(assessed):
        line = frame.iloc[row]
        assert line["level"] == assessment.current.level
        assert line["residual_level"] == assessment.residual.level
        assert line["strength_of_knowledge"] == assessment.strength_of_knowledge
        if assessment.current.expected_loss is not None:
            assert line["expected_loss"] == assessment.current.expected_loss


def test_changing_the_frame_changes_nothing_else(book, make_pipeline):
    assessed = make_pipeline().fit(book).assess(book)
    frame = assessed.frame()
    frame.loc[:, "likelihood"] = 1.0
    frame.loc[:, "customer_id"] = "X"
    assert assessed["C1"].current.likelihood == 0.5
    assert book["churn"][1] == 0.1


def test_unknown_customers_are_an_error_that_is_also_a_key_error(book, make_pipeline):
    assessed = make_pipeline().fit(book).assess(book)
    assert "C1" in assessed
    assert "C9" not in assessed
    for ask in (assessed.__getitem__, assessed.explain):
        with pytest.raises(UnknownCustomerError, match="no such customer"):
            ask("C9")
    with pytest.raises(KeyError):
        assessed["C9"]


def test_json_lines_are_one_assessment_each(book, make_pipeline):
    lines = [json.loads(line) for line in make_pipeline().fit(book).assess(book).json_lines()]
    assert [line["customer_id"] for line in lines] == ["C1", "C2", "C3", "C4"]
    assert lines[2]["current"]["likelihood"] is None
    assert lines[0]["provenance"]["pipeline"] == "churn"


def test_explain_lists_drivers_of_scorers_that_explain(book, make_pipeline):
    need = KanoNeed(
        requirement="delivery", category="must_be", dissatisfaction=0.8, input=cr.Input("late", "share", ge=0)
    )
    value = cr.ColumnScorer(column="value", measure=cr.Measure.money("EUR"))
    late = book.with_columns({"late": np.array([1.0, 0.0, 0.0, 0.5])})
    pipeline = make_pipeline(consequence=cr.ProductScorer(scorers=(cr.KanoScorer(needs=(need,)), value)))
    assessed = pipeline.fit(late).assess(late)
    assert assessed["C1"].current.consequence == pytest.approx(800.0)
    assert str(assessed.explain("C1")).startswith("C1: ")


class Ranging(cr.StatelessScorer, kind="tests.ranging"):
    """A column with an interval of ten per cent either way."""

    column: str
    measure: cr.Measure

    @property
    def inputs(self):
        return (cr.Input(self.column),)

    def compute(self, portfolio):
        value = portfolio[self.column]
        most = np.inf if self.measure.le is None else self.measure.le
        return cr.Ranged(value, 0.9 * value, np.minimum(1.1 * value, most))


def test_intervals_of_the_scores_reach_the_assessment(book, make_pipeline):
    likelihood = Ranging(column="churn", measure=make_pipeline().likelihood.measure)
    consequence = Ranging(column="value", measure=cr.Measure.money("EUR"))
    both = make_pipeline(likelihood=likelihood, consequence=consequence).fit(book).assess(book)
    current = both["C1"].current
    assert (current.likelihood_interval.low, current.likelihood_interval.high) == pytest.approx((0.45, 0.55))
    assert (current.consequence_interval.low, current.consequence_interval.high) == pytest.approx((900, 1100))
    assert (current.expected_loss_interval.low, current.expected_loss_interval.high) == pytest.approx((405, 605))
    assert both["C1"].strength_of_knowledge == "strong"
    assert both["C3"].current.likelihood_interval is None
    assert both.frame()["expected_loss_low"][0] == pytest.approx(405)
    residual = both["C1"].residual
    assert residual.likelihood_interval.low == pytest.approx(0.45 * 0.7)


def test_a_loss_has_an_interval_only_where_both_factors_have_one(book, make_pipeline):
    likelihood = Ranging(column="churn", measure=make_pipeline().likelihood.measure)
    current = make_pipeline(likelihood=likelihood).fit(book).assess(book)["C1"].current
    assert current.likelihood_interval is not None
    assert current.expected_loss_interval is None
