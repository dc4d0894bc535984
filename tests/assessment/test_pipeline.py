from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmrisk as cr
from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.component import fingerprint
from crmrisk.core.errors import CompositionError, InputRangeError, MissingInputsError

MONTH = timedelta(days=30)


def test_level_of_risk_is_likelihood_times_consequence_graded(book, make_pipeline):
    assessed = make_pipeline().fit(book).assess(book)
    first = assessed["C1"]
    assert first.current.expected_loss == 500.0
    assert first.current.level is cr.RiskLevel.HIGH
    assert first.residual.likelihood == pytest.approx(0.35, rel=1e-15)
    assert first.residual.consequence == pytest.approx(900.0, rel=1e-15)
    assert first.residual.level is cr.RiskLevel.HIGH
    assert assessed["C2"].current.level is cr.RiskLevel.LOW
    assert assessed["C4"].current.expected_loss == 0.0


def test_unrated_likelihood_or_consequence_is_unrated_never_zero(book, make_pipeline):
    third = make_pipeline().fit(book).assess(book)["C3"]
    assert third.current.level is cr.RiskLevel.UNRATED
    assert third.current.likelihood is None
    assert third.current.expected_loss is None
    assert third.current.consequence == 500.0
    assert third.strength_of_knowledge == "none"
    assert third.recommendations == ()


def test_inherent_backs_out_only_controls_in_place(book, make_pipeline):
    in_place = cr.Control("welcome call", likelihood_remaining=0.5, in_place=True)
    assessed = make_pipeline(controls=(in_place, cr.Control("call", likelihood_remaining=0.7))).fit(book).assess(book)
    first = assessed["C1"]
    assert first.inherent is not None
    assert first.inherent.likelihood == 1.0  # 0.5 / 0.5, and never above 1
    assert first.current.likelihood == 0.5
    assert first.residual.likelihood == pytest.approx(0.35, rel=1e-15)
    assert [each.control for each in first.recommendations] == ["call"]
    assert make_pipeline().fit(book).assess(book)["C1"].inherent is None


def test_predictability_and_controllability_reduce_residual_loss(book, make_pipeline):
    event = cr.RiskEvent("churn", "attrition", MONTH, predictability=0.8, controllability=0.5)
    first = make_pipeline(event=event, controls=()).fit(book).assess(book)["C1"]
    assert first.current.expected_loss == 500.0
    assert first.residual.expected_loss == pytest.approx(500 * (1 - 0.8 * 0.5), rel=1e-15)


def test_recommendations_are_ranked_by_what_they_avoid(book, make_pipeline):
    first = make_pipeline().fit(book).assess(book)["C1"]
    assert [each.control for each in first.recommendations] == ["call", "discount"]
    assert [each.expected_loss_avoided for each in first.recommendations] == pytest.approx([150.0, 50.0])


def test_one_customer_equals_the_row_of_the_portfolio(book, make_pipeline):
    fitted = make_pipeline().fit(book)
    assessed = fitted.assess(book)
    for row, customer_id in enumerate(book.customer_id):
        assert fitted.assess_one(book.customer(customer_id)) == assessed.row(row)


def test_rows_survive_json(book, make_pipeline):
    for assessment in make_pipeline().fit(book).assess(book):
        assert cr.RiskAssessment.model_validate_json(assessment.model_dump_json()) == assessment


def test_a_matrix_evaluates_as_criteria_do(book, make_pipeline):
    matrix = cr.RiskMatrix.preset("3x3", currency="EUR")
    assessed = make_pipeline(criteria=matrix).fit(book).assess(book)
    likelihood, consequence = assessed.current.likelihood, assessed.current.consequence
    assert list(assessed.levels) == list(matrix.grade(likelihood, consequence))


def test_specification_and_fit_survive_json_and_files(book, make_pipeline, tmp_path):
    specification = make_pipeline()
    fitted = specification.fit(book)
    assert load_component(dump_component(specification)) == specification
    assert load_component(dump_component(fitted)) == fitted
    fitted.save(tmp_path / "churn.crmrisk")
    loaded = cr.load(tmp_path / "churn.crmrisk")
    assert loaded == fitted
    assert loaded.fingerprint == fitted.fingerprint
    assert loaded.assess(book)["C1"] == fitted.assess(book)["C1"]


def test_fingerprint_tells_settings_apart(make_pipeline):
    assert fingerprint(make_pipeline()) == fingerprint(make_pipeline())
    assert fingerprint(make_pipeline()) != fingerprint(make_pipeline(owner="somebody else"))


def test_fitted_pipelines_pickle_for_the_engines_that_ship_functions(book, make_pipeline):
    fitted = make_pipeline().fit(book)
    assert pickle.loads(pickle.dumps(fitted)) == fitted  # noqa: S301 - own bytes


def test_threads_share_a_fitted_pipeline(book, make_pipeline):
    fitted = make_pipeline().fit(book)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: fitted.assess(book).frame(), range(16)))
    assert all(answer.equals(answers[0]) for answer in answers)


def test_parts_that_do_not_fit_are_refused_before_any_data(make_pipeline):
    with pytest.raises(CompositionError) as caught:
        make_pipeline(
            likelihood=cr.ColumnScorer(column="churn", measure=cr.Measure.probability(horizon=2 * MONTH)),
            consequence=cr.ColumnScorer(column="value", measure=cr.Measure.money("GBP")),
        )
    assert len(caught.value.problems) == 2
    with pytest.raises(CompositionError, match="is no probability"):
        make_pipeline(likelihood=cr.ColumnScorer(column="churn", measure=cr.Measure.share()))
    with pytest.raises(CompositionError, match="two controls of one name"):
        make_pipeline(controls=(cr.Control("call", likelihood_remaining=0.7),) * 2)


def test_missing_inputs_of_all_scorers_are_named_at_once(make_pipeline):
    empty = cr.Portfolio(["C1"], datetime(2026, 1, 31), {})
    with pytest.raises(MissingInputsError) as caught:
        make_pipeline().fit(empty)
    assert [problem.where.split()[0] for problem in caught.value.problems] == ["churn", "value"]


def test_out_of_range_evidence_is_refused(make_pipeline):
    book = cr.Portfolio(["C1"], datetime(2026, 1, 31), {"churn": [1.5], "value": [-3]})
    with pytest.raises(InputRangeError) as caught:
        make_pipeline().fit(book)
    assert {problem.where for problem in caught.value.problems} == {"churn", "value"}


def test_outcomes_of_another_event_are_refused(book, make_pipeline):
    outcomes = cr.Outcomes(["C1"], [1], event="fraud", as_of=book.as_of, horizon=MONTH)
    with pytest.raises(CompositionError, match="another event"):
        make_pipeline().fit(book, outcomes)


@settings(max_examples=40, deadline=None)
@given(
    likelihood=st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=20),
    factor=st.floats(0.01, 100),
)
def test_rescaling_money_rescales_losses_and_keeps_levels(likelihood, factor, make_pipeline):
    n = len(likelihood)
    ids, as_of = [f"C{i}" for i in range(n)], datetime(2026, 1, 31)
    value = np.linspace(1, 1000, n)
    one = cr.Portfolio(ids, as_of, {"churn": likelihood, "value": value})
    other = cr.Portfolio(ids, as_of, {"churn": likelihood, "value": value * factor})
    scaled = cr.RiskCriteria("EUR", moderate=50 * factor, high=200 * factor, extreme=600 * factor)
    before = make_pipeline().fit(one).assess(one)
    after = make_pipeline(criteria=scaled).fit(other).assess(other)
    np.testing.assert_allclose(
        after.current.expected_loss, before.current.expected_loss * factor, rtol=1e-12, atol=1e-300
    )
    assert (before.current.codes == 0).tolist() == [each is None for each in likelihood]


@pytest.mark.parametrize(
    "tampered",
    [
        {"likelihood": cr.ColumnScorer(column="churn", measure=cr.Measure.probability(horizon=2 * MONTH))},
        {"likelihood": cr.ColumnScorer(column="churn", measure=cr.Measure.money("EUR"))},
        {"consequence": cr.ColumnScorer(column="value", measure=cr.Measure.money("USD"))},
    ],
)
def test_a_fitted_pipeline_must_be_what_was_specified(book, make_pipeline, tampered):
    """A tampered file, or a plugin whose fit returns something else."""
    fitted = make_pipeline().fit(book)
    parts = {name: getattr(fitted, name) for name in ("specification", "likelihood", "consequence", "fitted_as_of")}
    with pytest.raises(CompositionError):
        type(fitted)(**parts | tampered)


def test_provenance_says_when_the_model_has_seen_the_future(book, make_pipeline):
    fitted = make_pipeline().fit(book)
    earlier = cr.Portfolio(["C1"], book.as_of - MONTH, {"churn": [0.5], "value": [10]})
    provenance = fitted.assess(earlier)["C1"].provenance
    assert provenance.fitted_as_of > provenance.as_of
