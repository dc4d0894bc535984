"""The kit on trial: a good scorer passes every check, and each broken one is caught by the check made for it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from pydantic import PrivateAttr

from crmrisk.core.bases import BaseFittedScorer, BaseScorer, StatelessScorer
from crmrisk.core.errors import CrmRiskError, InputRangeError
from crmrisk.core.explanation import Explanation
from crmrisk.core.measures import Input, Measure
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scores import Scores
from crmrisk.testing import ScorerCase, ScorerCheck, example_portfolio, kit, run_scorer_checks, scorer_checks

IDLE = Input("idle_days", "day", ge=0)
VISITS = Input("visits", "", ge=0, optional=True)


class Silence(StatelessScorer, kind="acme.silence"):
    """A good scorer: the base of the offenders, each of which breaks one thing."""

    half_life: float = 30.0
    inputs = (IDLE, VISITS)
    measure = Measure.share()
    monotone: ClassVar[dict[str, int]] = {"idle_days": 1}

    def compute(self, portfolio: Portfolio):
        return 1 - 0.5 ** (portfolio["idle_days"] / self.half_life)


class ExplainedSilence(Silence, kind="acme.explained_silence"):
    """One that explains itself."""

    def explain(self, portfolio: Portfolio) -> Explanation:
        values = self.score(portfolio).values
        return Explanation(portfolio.customer_id, ("idle_days",), 0.25, (values - 0.25)[:, None], scale="share")


class FittedSilence(BaseFittedScorer):
    half_life: float
    stamp: int = 0
    inputs = (IDLE,)
    measure = Measure.share()

    def compute(self, portfolio: Portfolio):
        return 1 - 0.5 ** (portfolio["idle_days"] / self.half_life)


class LearntSilence(BaseScorer, kind="acme.learnt_silence", fitted=FittedSilence):
    inputs = FittedSilence.inputs
    measure = FittedSilence.measure

    def learn(self, portfolio, outcomes):
        return FittedSilence(half_life=float(np.nanmedian(portfolio["idle_days"])))


class LearntFromOutcomes(BaseScorer, kind="acme.learnt", fitted=FittedSilence):
    learns_from_outcomes = True
    inputs = FittedSilence.inputs
    measure = FittedSilence.measure

    def learn(self, portfolio, outcomes):
        return FittedSilence(half_life=10 * float(np.nanmean(outcomes.align(portfolio))))


@dataclass(frozen=True)
class PlainSilence:
    """Inherits from nothing."""

    kind: ClassVar[str] = "acme.plain_silence"
    half_life: float = 30.0

    @property
    def inputs(self):
        return (IDLE,)

    @property
    def measure(self):
        return Measure.share()

    def fit(self, portfolio, outcomes=None, /):
        portfolio.require(self.inputs)
        return self

    def score(self, portfolio, /):
        rated = portfolio.require(self.inputs)
        values = 1 - 0.5 ** (portfolio["idle_days"] / self.half_life)
        return Scores(portfolio.customer_id, np.where(rated, values, np.nan), self.measure)


@pytest.mark.parametrize("check", scorer_checks(), ids=str)
@pytest.mark.parametrize(
    "scorer",
    [Silence(), ExplainedSilence(), LearntSilence(), LearntFromOutcomes(), PlainSilence()],
    ids=lambda s: s.kind,
)
def test_good_scorers_pass(scorer, check):
    check(scorer)


# ---------------------------------------------------------------- offenders, one for each check


class FittedElse(BaseFittedScorer):
    inputs = (IDLE,)
    measure = Measure.index(0, 1)

    def compute(self, portfolio):
        return np.minimum(portfolio["idle_days"], 1.0)


class YieldsElse(BaseScorer, kind="acme.else", fitted=FittedElse):
    inputs = (IDLE,)
    measure = Measure.share()

    def learn(self, portfolio, outcomes):
        return FittedElse()


class ChangesItself(LearntSilence, kind="acme.changes_itself", fitted=FittedSilence):
    fits: int = 0

    def learn(self, portfolio, outcomes):
        object.__setattr__(self, "fits", self.fits + 1)
        return FittedSilence(half_life=30)


class Thawed(StatelessScorer, kind="acme.thawed"):
    model_config: ClassVar = {"frozen": False}
    half_life: float = 30.0
    inputs = (IDLE,)
    measure = Measure.share()

    def compute(self, portfolio):
        return np.minimum(portfolio["idle_days"] / 1e9, 1.0)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        object.__delattr__(self, name)


class ReadsTheClock(LearntSilence, kind="acme.reads_the_clock", fitted=FittedSilence):
    def learn(self, portfolio, outcomes):
        return FittedSilence(half_life=30, stamp=time.perf_counter_ns())


class LearnsInSecret(LearntSilence, kind="acme.learns_in_secret", fitted=FittedSilence):
    def learn(self, portfolio, outcomes):
        return FittedSilence(half_life=30 if outcomes is None else 30 + np.nansum(outcomes.occurred))


class NeedsNoOutcomes(LearntSilence, kind="acme.needs_no_outcomes", fitted=FittedSilence):
    learns_from_outcomes = True

    def fit(self, portfolio, outcomes=None, /):
        portfolio.require(self.inputs)
        return FittedSilence(half_life=30)


class SortsCustomers(Silence, kind="acme.sorts"):
    def score(self, portfolio, /):
        return super().score(portfolio.take(np.argsort(portfolio.customer_id)))


class ScalesByTheHighest(Silence, kind="acme.scales"):
    def compute(self, portfolio):
        days = portfolio["idle_days"]
        return days / max(days.max(initial=0.0), 1.0)


class RoundsWhenAlone(Silence, kind="acme.rounds"):
    def compute(self, portfolio):
        return np.round(super().compute(portfolio), 3 if len(portfolio) == 1 else 16)


class AssumesZero(Silence, kind="acme.assumes_zero"):
    def score(self, portfolio, /):
        if "idle_days" not in portfolio.columns:
            portfolio = portfolio.with_columns({"idle_days": np.zeros(len(portfolio))})
        return super().score(portfolio)


class TakesAnyUnit(Silence, kind="acme.takes_any_unit"):
    def score(self, portfolio, /):
        known = {name: unit for name, unit in portfolio.units.items() if unit in {"day", ""}}
        parts = (portfolio.customer_id, portfolio.as_of, portfolio.columns)
        return super().score(Portfolio(*parts, units=known))


class ClipsSilently(Silence, kind="acme.clips"):
    def score(self, portfolio, /):
        try:
            return super().score(portfolio)
        except InputRangeError:
            return super().score(
                portfolio.with_columns({"idle_days": np.maximum(portfolio["idle_days"], 0)}, portfolio.units)
            )


class Modifies(Silence, kind="acme.modifies"):
    def fit(self, portfolio, outcomes=None, /):
        portfolio.require(self.inputs)
        if "visits" in portfolio.columns:
            column = portfolio["visits"]
            column.flags.writeable = True
            np.nan_to_num(column, copy=False)
        return self


class ScoresTheMissing(Silence, kind="acme.scores_the_missing"):
    def score(self, portfolio, /):
        scores = super().score(portfolio)
        return Scores(scores.customer_id, np.nan_to_num(scores.values, nan=0.5), scores.measure)


class LeavesTheMeasure(Silence, kind="acme.leaves_the_measure"):
    def compute(self, portfolio):
        return portfolio["idle_days"] / 1000


class FallsInstead(Silence, kind="acme.falls"):
    monotone: ClassVar[dict[str, int]] = {"idle_days": -1}


class DeclaresNonsense(Silence, kind="acme.nonsense"):
    monotone: ClassVar[dict[str, int]] = {"tenure": 1}


class ReadsByPosition(Silence, kind="acme.by_position"):
    def compute(self, portfolio):
        first = next(iter(portfolio.columns.values()))
        return 1 - 0.5 ** (first / self.half_life)

    def score(self, portfolio, /):
        with np.errstate(invalid="ignore"):
            return super().score(portfolio)


class DoesNotAddUp(Silence, kind="acme.does_not_add_up"):
    def explain(self, portfolio):
        values = self.score(portfolio).values
        return Explanation(portfolio.customer_id, ("idle_days",), 0.0, 0.9 * values[:, None], scale="share")


class ExplainsTheUnrated(Silence, kind="acme.explains_the_unrated"):
    def explain(self, portfolio):
        values = np.nan_to_num(self.score(portfolio).values)
        return Explanation(portfolio.customer_id, ("idle_days",), 0.0, values[:, None], scale="share")


class ForgetsInJson(Silence, kind="acme.forgets"):
    _shift: float = PrivateAttr(default=0.0)

    def fit(self, portfolio, outcomes=None, /):
        portfolio.require(self.inputs)
        copy = self.model_copy()
        copy._shift = 0.125
        return copy

    def compute(self, portfolio):
        return np.maximum(super().compute(portfolio) - self._shift, 0.0)


class Kindless(Silence):
    """Inherits everything but a name of its own."""


class SharesADesk(Silence, kind="acme.shares_a_desk"):
    desk: ClassVar[dict[str, Any]] = {}

    def score(self, portfolio, /):
        self.desk["portfolio"] = portfolio
        time.sleep(2e-4)
        scores = super().score(self.desk["portfolio"])
        return Scores(portfolio.customer_id, scores.values[: len(portfolio)], self.measure)


class Breaks(Silence, kind="acme.breaks"):
    def compute(self, portfolio):
        if len(portfolio) == 1:
            message = "needs two customers"
            raise ZeroDivisionError(message)
        return super().compute(portfolio)


OFFENDERS = {
    YieldsElse: {"fit_returns_a_fitted_scorer"},
    ChangesItself: {"fit_leaves_the_specification_alone"},
    Thawed: {"fit_leaves_the_specification_alone"},
    ReadsTheClock: {"refitting_is_reproducible"},
    LearnsInSecret: {"says_whether_it_learns_from_outcomes"},
    NeedsNoOutcomes: {"says_whether_it_learns_from_outcomes"},
    SortsCustomers: {"scores_follow_customer_order"},
    ScalesByTheHighest: {"customers_are_scored_independently", "one_customer_equals_the_portfolio"},
    RoundsWhenAlone: {"one_customer_equals_the_portfolio"},
    AssumesZero: {"missing_inputs_are_named"},
    TakesAnyUnit: {"missing_inputs_are_named"},
    ClipsSilently: {"values_out_of_range_are_refused"},
    Modifies: {"no_input_is_modified"},
    ScoresTheMissing: {"unrated_customers_stay_unrated"},
    LeavesTheMeasure: {"scores_stay_inside_the_measure"},
    FallsInstead: {"monotone_where_declared"},
    DeclaresNonsense: {"monotone_where_declared"},
    ReadsByPosition: {"engines_agree"},
    DoesNotAddUp: {"explanations_add_up"},
    ExplainsTheUnrated: {"explanations_add_up"},
    ForgetsInJson: {"survives_json"},
    Kindless: {"survives_json"},
    SharesADesk: {"safe_from_two_threads"},
    Breaks: {"one_customer_equals_the_portfolio"},
}


def failures_of(scorer: object) -> dict[str, str]:
    found = {}
    for check in scorer_checks():
        try:
            check(scorer)
        except AssertionError as error:
            found[check.name] = str(error)
    return found


@pytest.mark.parametrize(("offender", "expected"), OFFENDERS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_each_offender_is_caught_by_the_right_check(offender, expected):
    found = failures_of(offender())
    assert set(found) == expected
    assert all(text.startswith(f"{offender.__name__}: {name}: ") for name, text in found.items())


def test_every_check_catches_an_offender():
    assert set().union(*OFFENDERS.values()) == {check.name for check in scorer_checks()}


def test_a_failure_says_what_who_and_what_to_do():
    text = failures_of(ScoresTheMissing())["unrated_customers_stay_unrated"]
    assert "lack a required input got a score" in text
    assert "C0002 (score 0.5)" in text
    assert "remedy: return NaN" in text


def test_all_failures_are_reported_together():
    with pytest.raises(AssertionError, match="2 promise"):
        run_scorer_checks(ScalesByTheHighest())


def test_a_kit_that_makes_no_check_fails(monkeypatch):
    with pytest.raises(AssertionError, match="no check was made"):
        run_scorer_checks(Silence(), checks=[])
    with pytest.raises(AssertionError, match="no check was made"):
        run_scorer_checks(Silence(), checks=[ScorerCheck("nothing", lambda case: "does not apply")])
    monkeypatch.setattr(kit, "_MODULES", ())
    with pytest.raises(AssertionError, match="collected no check"):
        scorer_checks()


def test_checks_may_be_bound_to_a_case():
    book = Portfolio(["C1", "C2"], example_portfolio((IDLE,)).as_of, {"idle_days": [3, None], "visits": [1, 2]})
    for check in scorer_checks(ExplainedSilence(), portfolio=book):
        check()
    assert run_scorer_checks(ScorerCase(ExplainedSilence(), book)) == len(scorer_checks())
    with pytest.raises(CrmRiskError, match="no scorer to check"):
        scorer_checks()[0]()


def test_a_case_nobody_is_rated_in_proves_nothing():
    book = Portfolio(["C1"], example_portfolio((IDLE,)).as_of, {"idle_days": [None]})
    with pytest.raises(AssertionError, match="no customer of the case is rated"):
        run_scorer_checks(Silence(), portfolio=book)


def test_outcomes_of_the_author_are_used():
    book = example_portfolio((IDLE,))
    outcomes = Outcomes(
        book.customer_id,
        np.ones(len(book)),
        event="x",
        as_of=book.as_of,
        horizon=ScorerCase(Silence()).happened.horizon,
    )
    case = ScorerCase(LearntFromOutcomes(), book, outcomes)
    assert case.fitted == FittedSilence(half_life=10)
