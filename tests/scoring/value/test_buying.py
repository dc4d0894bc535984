"""What all models of buying until dropout owe their callers, whatever the model: units, rows, refusals, fits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, ModelFit, ModifiedBetaGeoNBD, ParetoNBD, PurchaseModel, discounted_value

PAPER = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
MODIFIED = ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)
PARETO = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
MODELS = pytest.mark.parametrize("paper", [PAPER, MODIFIED, PARETO], ids=["beta-geo", "modified", "pareto"])
TIMES = {"alpha", "beta"}
HISTORY = {"frequency": 2, "recency": 30.43, "age": 38.86}

times = st.floats(1e-3, 1e4)
parameters = st.floats(1e-2, 1e3)
models = st.one_of(
    st.builds(BetaGeoNBD, r=parameters, alpha=parameters, a=parameters, b=parameters),
    st.builds(ModifiedBetaGeoNBD, r=parameters, alpha=parameters, a=parameters, b=parameters),
    st.builds(ParetoNBD, r=parameters, alpha=parameters, s=parameters, beta=parameters),
)


@st.composite
def histories(draw):
    x, end, share = draw(st.integers(0, 500)), draw(times), draw(st.floats(0, 1))
    return {"frequency": x, "recency": end * share if x else 0.0, "age": end}


@given(model=models, history=histories(), time=times, factor=st.sampled_from([1 / 7, 7.0, 24.0, 86_400.0]))
@settings(deadline=None, max_examples=90)
def test_changing_the_time_unit_changes_nothing(model, history, time, factor):
    values = {name: value * factor if name in TIMES else value for name, value in model.model_dump().items()}
    other = type(model)(**values)
    scaled = {**history, "recency": history["recency"] * factor, "age": history["age"] * factor}
    for name in ("expected_purchases", "probability_of_no_purchase"):
        ours, theirs = getattr(model, name)(time, **history), getattr(other, name)(time * factor, **scaled)
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-300)
    n = history["frequency"]
    assert model.probability_of_purchases(n, time) == pytest.approx(
        other.probability_of_purchases(n, time * factor), rel=1e-9, abs=1e-300
    )


@given(model=models, history=histories(), time=times)
@settings(deadline=None, max_examples=90)
def test_bounds_and_directions(model, history, time):
    alive = model.probability_alive(**history)
    none = model.probability_of_no_purchase([time, 2 * time], **history)
    expected = model.expected_purchases([0.0, time, 2 * time], **history)
    later = model.probability_alive(**{**history, "age": history["age"] + time})
    assert 0 <= later <= alive * (1 + 1e-12) <= 1 + 1e-12
    assert 0 <= none[1] <= none[0] * (1 + 1e-12) <= 1 + 1e-12
    assert none[0] >= (1 - alive) * (1 - 1e-12) - 1e-15  # 1 - alive is no more exact than 1
    assert expected[0] == 0
    assert 0 <= expected[1] <= expected[2] * (1 + 1e-12)
    assert expected[1] >= (1 - none[0]) * (1 - 1e-9) - 1e-15  # at least one where any
    assert expected[1] <= (model.r + history["frequency"]) * time / (model.alpha + history["age"]) * (1 + 1e-9)


@MODELS
@pytest.mark.parametrize("size", [7, 6_000])
def test_a_customer_alone_equals_the_same_among_many_to_the_last_bit(paper, size):
    rng = np.random.default_rng(5)
    end = np.round(rng.uniform(1, 80, size), 2)
    x = rng.choice([0, 1, 5, 300], size).astype(float)
    history = {"frequency": x, "recency": np.where(x > 0, np.round(end * rng.random(size), 2), 0.0), "age": end}
    rows = range(0, size, max(1, size // 40))
    for method in (paper.expected_purchases, paper.probability_of_no_purchase):
        together = method(13.0, **history)
        for row in rows:
            assert method(13.0, **{name: values[row] for name, values in history.items()}) == together[row]
    for method in (paper.probability_alive, paper.log_likelihood):
        together = method(**history)
        for row in rows:
            assert method(**{name: values[row] for name, values in history.items()}) == together[row]
    together = paper.probability_of_purchases(x, end)
    assert all(paper.probability_of_purchases(x[row], end[row]) == together[row] for row in rows)


@MODELS
def test_arguments_broadcast_and_scalars_stay_scalar(paper):
    table = paper.expected_purchases(np.array([[13.0], [26.0]]), frequency=[0, 2], recency=[0, 20], age=39)
    assert table.shape == (2, 2)
    assert table[1, 1] == paper.expected_purchases(26, frequency=2, recency=20, age=39)
    assert np.ndim(paper.probability_alive(**HISTORY)) == np.ndim(paper.probability_of_purchases(3, 9)) == 0
    assert paper.probability_of_purchases([[0], [1]], [1, 2, 3]).shape == (2, 3)
    assert paper.expected_purchases(39, frequency=[], recency=[], age=[]).shape == (0,)
    assert paper.expected_purchases(39) == paper.expected_purchases(39, frequency=0, recency=0, age=0)


@MODELS
def test_missing_histories_are_unrated(paper):
    history = {"frequency": [np.nan, 2, 2, 2], "recency": [1, np.nan, 1, 1], "age": [5, 5, np.nan, 5]}
    for values in (
        paper.probability_alive(**history),
        paper.expected_purchases(3, **history),
        paper.probability_of_no_purchase(3, **history),
        paper.log_likelihood(**history),
    ):
        assert np.isnan(values).tolist() == [True, True, True, False]


@MODELS
@pytest.mark.parametrize(
    "call",
    [
        lambda paper: paper.expected_purchases(-1),
        lambda paper: paper.expected_purchases(np.nan, **HISTORY),
        lambda paper: paper.expected_purchases(np.inf),
        lambda paper: paper.expected_purchases(1e200),
        lambda paper: paper.expected_purchases(1, frequency=2),
        lambda paper: paper.probability_of_purchases(1.5, 1),
        lambda paper: paper.probability_of_purchases(-1, 1),
        lambda paper: paper.probability_of_no_purchase(np.nan, **HISTORY),
        lambda paper: paper.probability_alive(frequency=1, recency=9, age=5),
        lambda paper: paper.probability_alive(frequency=0.5, recency=1, age=5),
        lambda paper: paper.simulate([-1.0], rng=np.random.default_rng(1)),
        lambda paper: type(paper)(**{**paper.model_dump(), "r": 0}),
        lambda paper: type(paper)(**{**paper.model_dump(), "alpha": np.nan}),
        lambda paper: type(paper)(**{**paper.model_dump(), "alpha": np.inf}),
        lambda paper: type(paper)(r=1, alpha=1),
        lambda paper: paper.fit([1, 2], [1, 2], [3]),
        lambda paper: paper.fit([1, np.nan], [1, 2], [3, 3]),
    ],
)
def test_wrong_input_is_refused(paper, call):
    with pytest.raises(InvalidValueError):
        call(paper)


@MODELS
def test_a_model_is_its_parameters(paper):
    assert type(paper)(**paper.model_dump()) == paper
    assert type(paper).model_validate_json(paper.model_dump_json()) == paper
    assert hash(paper) == hash(paper.model_copy())


@MODELS
def test_values_are_sums_of_discounted_expectations(paper):
    from datetime import timedelta

    model: PurchaseModel = paper
    ages = np.array([38.86, 5.0, 1000.0, 0.0])
    history = {"frequency": np.array([2.0, 0.0, 40.0, 0.0]), "recency": np.array([30.43, 0.0, 990.0, 0.0]), "age": ages}
    week, horizon = timedelta(weeks=1), timedelta(weeks=52)
    terms = {"time_unit": week, "horizon": horizon, "period": 4 * week, "discount_rate": 0.1}
    found = discounted_value(model, **history, expected_spend=30.0, **terms)
    ends = np.arange(0, 53, 4.0)
    purchases = np.diff([paper.expected_purchases(end, **history) for end in ends], axis=0)
    factors = 1.1 ** (-ends[1:] * 7 / 365)
    assert found == pytest.approx(30 * (purchases * factors[:, np.newaxis]).sum(axis=0), rel=1e-10)


@pytest.fixture(scope="module", params=[PAPER, MODIFIED, PARETO], ids=["beta-geo", "modified", "pareto"])
def simulated(request):
    rng = np.random.default_rng(99)
    return request.param, request.param.simulate(rng.uniform(20, 80, 40_000), rng=rng)


def test_simulated_customers_follow_the_model(simulated):
    paper, found = simulated
    end, x = found.age, found.frequency
    assert x.mean() == pytest.approx(paper.expected_purchases(end).mean(), abs=4 * x.std() / 200)
    assert (x == 0).mean() == pytest.approx(paper.probability_of_purchases(0, end).mean(), abs=4 * 0.5 / 200)
    alive = paper.probability_alive(frequency=x, recency=found.recency, age=end)
    error = found.alive - alive
    assert abs(error.mean()) < 4 * error.std() / 200
    for some in ((x > 0) & (alive < 0.5), x == 0):
        assert abs(error[some].mean()) <= 4 * error[some].std() / np.sqrt(some.sum())


def test_a_fit_recovers_the_truth_within_its_standard_errors(simulated):
    paper, found = simulated
    fit = paper.fit(found.frequency[:10_000], np.round(found.recency[:10_000], 1), np.round(found.age[:10_000], 1))
    assert fit.converged
    assert not fit.not_identified
    for name, true in paper.model_dump().items():
        assert abs(np.log(fit.estimates[name] / true)) < 4 * fit.log_standard_errors[name] < 1


def test_a_fit_does_not_depend_on_unit_order_or_counting(simulated):
    paper, found = simulated
    x, last, end = (column[:1_000] for column in found[:3])
    fit = paper.fit(x, last, end)
    order = np.random.default_rng(0).permutation(1_000)
    twice = paper.fit(np.tile(x, 2), np.tile(last, 2), np.tile(end, 2))
    weighted = paper.fit(x[order], last[order] * 86_400, end[order] * 86_400, weights=np.full(1_000, 2.0))
    for name, value in fit.estimates.items():
        assert twice.estimates[name] == pytest.approx(value, rel=1e-7)
        assert weighted.estimates[name] / (86_400 if name in TIMES else 1) == pytest.approx(value, rel=1e-7)
    assert weighted.n == twice.n == 2_000
    assert twice.log_likelihood == pytest.approx(2 * fit.log_likelihood, rel=1e-12)
    assert weighted.log_likelihood == pytest.approx(2 * fit.log_likelihood - 2 * x.sum() * np.log(86_400), rel=1e-12)
    assert weighted.condition_number == pytest.approx(fit.condition_number, rel=1e-5)


def test_the_callers_arrays_stay_as_they_are(simulated):
    paper, found = simulated
    columns = [column[:300].copy() for column in found[:3]]
    before = [column.copy() for column in columns]
    for column in columns:
        column.flags.writeable = False
    paper.fit(*columns)
    paper.expected_purchases(3, frequency=columns[0], recency=columns[1], age=columns[2])
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(columns, before, strict=True))


ALL = ("r", "alpha", "a", "b")
DEGENERATE = {  # with what BG/NBD cannot say
    "five customers": (([0, 1, 3, 0, 2], [0, 5, 20, 0, 9], [30, 31, 25, 40, 22]), ("a", "b")),
    "identical rows": (([3] * 300, [20] * 300, [30] * 300), ALL),
    "all single purchases": (([0] * 300, [0] * 300, list(range(1, 301))), ALL),
    "no churn": ((list(range(1, 101)), [30] * 100, [30] * 100), ("a", "b")),
    "no churn, one rate": ((np.random.default_rng(0).poisson(5, 500) + 1, [30] * 500, [30] * 500), ALL),
    "everybody left at once": (([1] * 200, [1] * 200, [300] * 200), ALL),
    "one bot": (([5000] + [0] * 50 + [1] * 20 + [3] * 9, [364] + [0] * 50 + [100] * 20 + [200] * 9, [365] * 80), ()),
    "only a bot": (([5000], [364], [365]), ALL),
    "one customer": (([1], [4], [10]), ALL),
    "one new customer": (([0], [0], [0]), ALL),
    "weights of almost nothing": (([0, 1, 2], [0, 9, 20], [30, 30, 30], [1e-12] * 3), ALL),
}


@MODELS
@pytest.mark.parametrize(("data", "of_beta_geo"), DEGENERATE.values(), ids=DEGENERATE)
def test_degenerate_data_give_a_fit_that_names_what_it_cannot_say(paper, data, of_beta_geo):
    fit = paper.fit(*data)
    assert fit.converged
    assert fit.not_identified or not of_beta_geo
    if isinstance(paper, BetaGeoNBD):
        assert fit.not_identified == of_beta_geo
    for name in fit.parameters:
        unknown = name in fit.not_identified
        assert np.isnan(fit.log_standard_errors[name]) == unknown
        assert any(text.startswith(f"{name} is not identified") for text in fit.warnings) == unknown
    weights = np.asarray(data[3]) if len(data) > 3 else np.ones(len(data[0]))
    total = fit.model.log_likelihood(*data[:3]) @ weights
    assert total == pytest.approx(fit.log_likelihood, rel=1e-9, abs=1e-12)
    assert ModelFit[type(paper)].model_validate_json(fit.model_dump_json()) == fit
    assert np.isfinite(fit.model.expected_purchases(52, frequency=1, recency=2, age=9))


@MODELS
def test_customers_without_weight_are_no_customers(paper):
    with pytest.raises(FitError):
        paper.fit([1], [1], [2], weights=[0])
    with pytest.raises(FitError):
        paper.fit([], [], [])
