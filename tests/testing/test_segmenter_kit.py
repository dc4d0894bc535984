"""The kit of segmenters on trial: good ones pass every check, and each broken one is caught by the right one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from pydantic import PrivateAttr

from crmrisk.core.errors import CrmRiskError, InputRangeError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.segmenters import BaseFittedSegmenter, BaseSegmenter, StatelessSegmenter
from crmrisk.core.segments import Assigned, Segments
from crmrisk.testing import ScorerCase, SegmenterCase, example_portfolio, run_segmenter_checks, segmenter_checks

if TYPE_CHECKING:
    from crmrisk.core.portfolio import Portfolio

IDLE = Input("idle_days", "day", ge=0)


class Silent(StatelessSegmenter, kind="acme.silent"):
    """A good segmenter: the base of the offenders, each of which breaks one thing."""

    days: float = 10.0
    inputs = (IDLE,)
    names = ("active", "silent")

    def assign(self, portfolio: Portfolio) -> Assigned:
        silent = portfolio["idle_days"] > self.days
        reason = np.array([f"idle {days:g} days" for days in portfolio["idle_days"]], dtype=object)
        return Assigned(silent.astype(int), reason, np.where(silent, 1.0, 0.9))


def ladder() -> Any:
    from crmrisk.segmentation.tier_policy import TierPolicy

    return TierPolicy.from_cuts("assets", {"silver": 5e6, "gold": 5e8}, demotion_band=1e6, dwell=2)


def rule() -> Any:
    from crmrisk.segmentation.conditions import AllOf, Criterion
    from crmrisk.segmentation.tag_rules import TagRule

    return TagRule("trader", AllOf([Criterion("need", one_of=["trading"]), Criterion("assets", ge=5e6)]))


@pytest.mark.parametrize("asked", ["tiers", "tags", "thresholds", "scorer of tiers"])
def test_rules_are_tried_on_customers_about_their_cuts_and_with_their_names(asked):
    from crmrisk.scoring import ColumnScorer, SegmentedScorer
    from crmrisk.segmentation import TagSegmenter, ThresholdSegmenter, TierSegmenter

    tiers = TierSegmenter(policy=ladder())
    if asked == "scorer of tiers":
        share = ColumnScorer(column="silence", measure=Measure.share())
        scores = ScorerCase(SegmentedScorer(scorers={"gold": share}, segmenter=tiers)).scores
        assert np.isfinite(scores.values).any()
        return
    rules = {
        "tiers": tiers,
        "tags": TagSegmenter(rules=[rule()]),
        "thresholds": ThresholdSegmenter(column="assets", cuts=[5e6, 5e8]),
    }
    segmenter = rules[asked]
    assert set(SegmenterCase(segmenter).segments.labels) == {*segmenter.names, None}
    assert run_segmenter_checks(segmenter) >= 15


class FittedHalves(BaseFittedSegmenter):
    cut: float
    stamp: int = 0
    inputs = (IDLE,)
    names = ("lower", "upper")
    ordered = True

    def assign(self, portfolio: Portfolio) -> Assigned:
        return Assigned((portfolio["idle_days"] > self.cut).astype(int))


class Halves(BaseSegmenter, kind="acme.halves", fitted=FittedHalves):
    inputs = FittedHalves.inputs

    def learn(self, portfolio: Portfolio):
        return FittedHalves(cut=float(np.nanmedian(portfolio["idle_days"])))


@dataclass(frozen=True)
class PlainSilent:
    """Inherits from nothing."""

    kind: ClassVar[str] = "acme.plain_silent"
    inputs: ClassVar = (IDLE,)
    names: ClassVar = ("active", "silent")
    ordered: ClassVar = False

    def fit(self, portfolio, /):
        portfolio.require(self.inputs)
        return self

    def segment(self, portfolio, /):
        rated = portfolio.require(self.inputs)
        with np.errstate(invalid="ignore"):
            codes = np.where(rated, portfolio["idle_days"] > 10, -1)
        return Segments(portfolio.customer_id, codes, self.names)


@pytest.mark.parametrize("check", segmenter_checks(), ids=str)
@pytest.mark.parametrize("segmenter", [Silent(), Halves(), PlainSilent()], ids=lambda s: s.kind)
def test_good_segmenters_pass(segmenter, check):
    check(segmenter)


# ---------------------------------------------------------------- offenders, one for each check


class Nameless(Silent, kind="acme.nameless"):
    names = ("same", "same")

    def segment(self, portfolio, /):
        codes = np.minimum(Silent().segment(portfolio).codes, 0)
        return Segments(portfolio.customer_id, codes, ("same",))


class ChangesItself(Halves, kind="acme.changes", fitted=FittedHalves):
    fits: int = 0

    def learn(self, portfolio):
        object.__setattr__(self, "fits", self.fits + 1)
        return FittedHalves(cut=10)


class ReadsTheClock(Halves, kind="acme.clock", fitted=FittedHalves):
    def learn(self, portfolio):
        return FittedHalves(cut=10, stamp=time.perf_counter_ns())


class Sorts(Silent, kind="acme.sorts"):
    def segment(self, portfolio, /):
        return super().segment(portfolio.take(np.argsort(portfolio.customer_id)))


class LearnsFromTheFirst(Halves, kind="acme.first", fitted=FittedHalves):
    def learn(self, portfolio):
        days = portfolio["idle_days"]
        return FittedHalves(cut=float(days[~np.isnan(days)][0]))


class RanksCustomers(Silent, kind="acme.ranks"):
    def assign(self, portfolio):
        days = portfolio["idle_days"]
        return Assigned((days > (np.median(days) if len(days) else 0)).astype(int))


class RoundsWhenAlone(Silent, kind="acme.alone"):
    def assign(self, portfolio):
        assigned = super().assign(portfolio)
        return Assigned(assigned.codes * (len(portfolio) != 1), assigned.reason, assigned.stability)


class AnswersElse(Silent, kind="acme.else"):
    def segment(self, portfolio, /):
        return Segments(portfolio.customer_id, super().segment(portfolio).codes, ("a", "b"))


class GivesNoReason(Silent, kind="acme.no_reason"):
    def assign(self, portfolio):
        return Assigned(super().assign(portfolio).codes, np.full(len(portfolio), " ", dtype=object))


class SharesADesk(Silent, kind="acme.desk"):
    desk: ClassVar[dict[str, Any]] = {}

    def segment(self, portfolio, /):
        self.desk["portfolio"] = portfolio
        time.sleep(2e-4)
        codes = super().segment(self.desk["portfolio"]).codes[: len(portfolio)]
        return Segments(portfolio.customer_id, codes, self.names)


class AssumesZero(Silent, kind="acme.zero"):
    def segment(self, portfolio, /):
        if "idle_days" not in portfolio.columns:
            portfolio = portfolio.with_columns({"idle_days": np.zeros(len(portfolio))})
        return super().segment(portfolio)


class Clips(Silent, kind="acme.clips"):
    def segment(self, portfolio, /):
        try:
            return super().segment(portfolio)
        except InputRangeError:
            return super().segment(portfolio.with_columns({"idle_days": np.maximum(portfolio["idle_days"], 0)}))


class Modifies(Silent, kind="acme.modifies"):
    def fit(self, portfolio, /):
        if "idle_days" in portfolio.columns:
            column = portfolio["idle_days"]
            column.flags.writeable = True
            np.nan_to_num(column, copy=False, nan=3.0)
        return super().fit(portfolio)


class SegmentsTheMissing(Silent, kind="acme.missing"):
    def segment(self, portfolio, /):
        segments = super().segment(portfolio)
        return Segments(segments.customer_id, np.maximum(segments.codes, 0), self.names)


class ReadsByPosition(Silent, kind="acme.position"):
    inputs = (IDLE, Input("visits", "", ge=0, optional=True))

    def assign(self, portfolio):
        first = next(iter(portfolio.columns.values()))
        return Assigned((first > self.days).astype(int))


class Forgets(Silent, kind="acme.forgets"):
    _shift: float = PrivateAttr(default=0.0)

    def fit(self, portfolio, /):
        super().fit(portfolio)
        copy = self.model_copy()
        copy._shift = 5.0
        return copy

    def assign(self, portfolio):
        return Assigned((portfolio["idle_days"] > self.days + self._shift).astype(int))


OFFENDERS = {
    Nameless: {"fit_returns_a_fitted_segmenter", "every_segment_is_one_of_the_names"},
    ChangesItself: {"fit_leaves_the_specification_alone"},
    ReadsTheClock: {"refitting_is_reproducible"},
    Sorts: {"segments_follow_customer_order"},
    LearnsFromTheFirst: {"permuting_the_rows_never_changes_a_segment"},
    RanksCustomers: {"customers_are_segmented_independently", "one_customer_equals_the_portfolio"},
    RoundsWhenAlone: {"one_customer_equals_the_portfolio"},
    AnswersElse: {"every_segment_is_one_of_the_names"},
    GivesNoReason: {"reasons_and_stability_are_well_formed"},
    SharesADesk: {"safe_from_two_threads"},
    AssumesZero: {"missing_inputs_are_named"},
    Clips: {"values_out_of_range_are_refused"},
    Modifies: {"no_input_is_modified"},
    SegmentsTheMissing: {"missing_evidence_has_no_segment"},
    ReadsByPosition: {"engines_agree"},
    Forgets: {"survives_json"},
}


def failures_of(segmenter: StatelessSegmenter | BaseSegmenter) -> dict[str, str]:
    found = {}
    case = SegmenterCase(segmenter, example_portfolio(segmenter.inputs, n_customers=16))
    for check in segmenter_checks():
        try:
            check(case)
        except AssertionError as error:
            found[check.name] = str(error)
    return found


@pytest.mark.parametrize(("offender", "expected"), OFFENDERS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_each_offender_is_caught_by_the_right_check(offender, expected):
    found = failures_of(offender())
    assert expected <= set(found)
    assert all(text.startswith(f"{offender.__name__}: {name}: ") for name, text in found.items())


def test_every_check_catches_an_offender():
    assert set().union(*OFFENDERS.values()) == {check.name for check in segmenter_checks()}


def test_failures_say_what_who_and_what_to_do_all_together():
    with pytest.raises(AssertionError, match=r"2 promise.s. broken") as caught:
        run_segmenter_checks(RanksCustomers())
    assert "customers: C0" in str(caught.value)
    assert "remedy: compute each customer from their own row" in str(caught.value)
    missing = failures_of(SegmentsTheMissing())["missing_evidence_has_no_segment"]
    assert "C0002 (segment 'active')" in missing
    assert "return the code -1" in missing


def test_a_kit_that_makes_no_check_fails():
    with pytest.raises(AssertionError, match="no check was made"):
        run_segmenter_checks(Silent(), checks=[])
    with pytest.raises(CrmRiskError, match="no segmenter to check"):
        segmenter_checks()[0]()
    book = example_portfolio((IDLE,))
    nobody = book.with_columns({"idle_days": np.full(len(book), np.nan)}, book.units)
    with pytest.raises(AssertionError, match="no customer of the case has a segment"):
        run_segmenter_checks(SegmenterCase(Silent(), nobody))


def test_checks_may_be_bound_to_a_case():
    book = example_portfolio((IDLE,), n_customers=20)
    for check in segmenter_checks(Halves(), portfolio=book):
        check()
    assert segmenter_checks(Halves(), portfolio=book)[0].case.book == book


def test_who_modifies_the_portfolio_is_found_whichever_check_comes_first():
    with pytest.raises(AssertionError, match="idle_days was modified"):
        run_segmenter_checks(Modifies(), portfolio=example_portfolio((IDLE,), n_customers=20))
