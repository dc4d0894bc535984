from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import CompositionError, FitError, InvalidValueError, MissingInputsError
from crmrisk.core.measures import LABEL, Input, Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scorers import learns_from_outcomes
from crmrisk.core.segmenters import BaseFittedSegmenter, BaseSegmenter
from crmrisk.core.segments import Assigned
from crmrisk.scoring import Characteristic, ColumnScorer, LogisticScorer, PointsScorer, SegmentedScorer
from crmrisk.segmentation.rfm import RfmSegmenter
from crmrisk.segmentation.rfm_cuts import RfmCuts

DAY, QUARTER = date(2026, 1, 31), timedelta(days=90)
SHARE = Measure.share()
A, B, C = (ColumnScorer(column=name, measure=SHARE) for name in "abc")
LOGISTIC = LogisticScorer(inputs=(Input("idle_days", "day", ge=0), Input("share", "", 0, 1)), horizon=QUARTER)


def _book(segments, **columns):
    return Portfolio([f"C{i}" for i in range(len(segments))], DAY, columns, {"segment": segments})


def test_each_customer_is_scored_by_the_segments_scorer():
    book = _book(["x", "y", "z", None], a=[0.1] * 4, b=[0.2] * 4, c=[0.3] * 4)
    bare = SegmentedScorer(scorers={"x": A, "y": B})
    np.testing.assert_array_equal(bare.fit(book).score(book).values, [0.1, 0.2, np.nan, np.nan])
    covered = SegmentedScorer(scorers={"x": A, "y": B}, default=C)
    np.testing.assert_array_equal(covered.fit(book).score(book).values, [0.1, 0.2, 0.3, 0.3])


def test_each_scorer_learns_from_its_own_customers(book_and_outcomes):
    book, outcomes = book_and_outcomes
    fitted = SegmentedScorer.same(LOGISTIC, segments=("retail", "trade"), default=LOGISTIC).fit(book, outcomes)
    retail = book.take(book.label("segment") == "retail")
    assert fitted.scorers["retail"] == LOGISTIC.fit(retail, outcomes)
    assert fitted.default == LOGISTIC.fit(book, outcomes)


def test_a_customer_needs_only_what_the_segments_scorer_reads():
    book = _book(["x", "y"], a=[0.1, None], b=[None, 0.2])
    scorer = SegmentedScorer(scorers={"x": A, "y": B})
    np.testing.assert_array_equal(scorer.fit(book).score(book).values, [0.1, 0.2])
    assert {each.name: each.optional for each in scorer.inputs} == {"segment": False, "a": True, "b": True}


def test_the_label_is_needed_unless_there_is_a_default():
    nameless = Portfolio(["C1"], DAY, {"a": [0.1]})
    with pytest.raises(MissingInputsError, match="segment"):
        SegmentedScorer(scorers={"x": A}).fit(nameless)
    covered = SegmentedScorer(scorers={"x": A}, default=A)
    assert covered.inputs[0] == Input("segment", LABEL, optional=True)
    assert covered.fit(nameless).score(nameless).values[0] == 0.1


def test_another_label_may_name_the_segment():
    book = Portfolio(["C1", "C2"], DAY, {"a": [0.1, 0.1], "b": [0.2, 0.2]}, {"tier": ["gold", "tin"]})
    scorer = SegmentedScorer(scorers={"gold": A, "tin": B}, label="tier")
    np.testing.assert_array_equal(scorer.fit(book).score(book).values, [0.1, 0.2])


def test_segments_without_customers_cannot_be_learnt_and_all_are_named(book_and_outcomes):
    book, outcomes = book_and_outcomes
    with pytest.raises(FitError) as caught:
        SegmentedScorer.same(LOGISTIC, segments=("retail", "bank", "state")).fit(book, outcomes)
    assert [each.where for each in caught.value.problems] == [
        "SegmentedScorer, segment 'bank'",
        "SegmentedScorer, segment 'state'",
    ]
    rules = SegmentedScorer(scorers={"x": A, "nowhere": A})
    assert rules.fit(_book(["x"], a=[0.5])).score(_book(["nowhere"], a=[0.4])).values[0] == 0.4


def test_a_fit_that_fails_names_the_segment(book_and_outcomes):
    book, outcomes = book_and_outcomes
    few = book.take(np.flatnonzero(book.label("segment") == "retail")[:3])
    with pytest.raises(FitError, match="segment 'retail', LogisticScorer"):
        SegmentedScorer(scorers={"retail": LOGISTIC}).fit(few, outcomes)


def test_measures_must_be_one_and_the_same():
    money = ColumnScorer(column="value", measure=Measure.money("EUR"))
    with pytest.raises(CompositionError, match="segment 'y' yields another measure than segment 'x'"):
        SegmentedScorer(scorers={"x": A, "y": money})
    with pytest.raises(CompositionError, match="default"):
        SegmentedScorer(scorers={"x": A}, default=money)


def test_no_segment_is_refused():
    with pytest.raises(InvalidValueError):
        SegmentedScorer(scorers={})


def test_a_mapping_passed_in_may_change_afterwards():
    given = {"x": A}
    scorer = SegmentedScorer(scorers=given)
    given["y"] = B
    assert list(scorer.scorers) == ["x"]


def test_it_learns_from_outcomes_if_a_part_does():
    column = ColumnScorer(column="p", measure=Measure.probability(horizon=QUARTER))
    assert not learns_from_outcomes(SegmentedScorer(scorers={"x": column}))
    assert learns_from_outcomes(SegmentedScorer(scorers={"x": column}, default=LOGISTIC))


def test_explanations_are_the_segments_own(book_and_outcomes):
    book, outcomes = book_and_outcomes
    fitted = SegmentedScorer.same(LOGISTIC, segments=("retail", "trade")).fit(book, outcomes)
    explanation = fitted.explain(book)
    retail = np.flatnonzero(book.label("segment") == "retail")
    own = fitted.scorers["retail"].explain(book.take(retail))
    np.testing.assert_array_equal(explanation.contributions[retail], own.contributions)
    assert len(set(explanation.baseline.tolist())) == 2


def test_scales_that_differ_leave_the_score_in_the_baseline():
    idle = Input("idle_days", "day", ge=0)
    card = PointsScorer(characteristics=(Characteristic(idle, (5,), (0, 1)),), unit="")
    column = ColumnScorer(column="a", measure=Measure.index(0, 1))
    book = _book(["x", "y"], a=[0.5, 0.5], idle_days=[9, 9])
    explanation = SegmentedScorer(scorers={"x": card, "y": column}).fit(book).explain(book)
    assert explanation.names == ()
    np.testing.assert_array_equal(explanation.total, [1, 0.5])


def test_json_round_trip():
    for scorer in (SegmentedScorer(scorers={"x": A, "y": B}, label="tier", default=C), BY_VALUE):
        assert load_component(dump_component(scorer)) == scorer
    fitted = BY_VALUE.fit(BUYERS)
    assert load_component(dump_component(fitted)) == fitted


class FittedHalves(BaseFittedSegmenter):
    cut: float
    inputs = (Input("revenue", "money", ge=0),)
    names = ("small", "large")

    def assign(self, portfolio):
        return Assigned((portfolio["revenue"] > self.cut).astype(int))


class Halves(BaseSegmenter, kind="acme.halves_for_scoring", fitted=FittedHalves):
    inputs = FittedHalves.inputs

    def learn(self, portfolio):
        return FittedHalves(cut=float(np.nanmedian(portfolio["revenue"])))


BUYERS = Portfolio(
    ["C0", "C1", "C2", "C3"],
    DAY,
    {"a": [0.1] * 4, "b": [0.2] * 4, "c": [0.3] * 4, "idle_days": [1, 2, 3, 4], "revenue": [1, 2, 9, None]},
)
CUTS = RfmCuts(recency=(30,), frequency=(2,), monetary=(5,))
BY_VALUE = SegmentedScorer(
    scorers={"Champions": A},
    default=B,
    segmenter=RfmSegmenter(cuts=CUTS, frequency="c", monetary="revenue"),
)


def test_any_segmenter_may_name_the_segment_and_is_kept():
    scorer = SegmentedScorer(scorers={"small": A, "large": B}, segmenter=Halves())
    assert [(each.name, each.optional) for each in scorer.inputs] == [("revenue", False), ("a", True), ("b", True)]
    fitted = scorer.fit(BUYERS)
    np.testing.assert_array_equal(fitted.score(BUYERS).values, [0.1, 0.1, 0.2, np.nan])
    rich = BUYERS.take([2])  # alone, the median would be another
    np.testing.assert_array_equal(fitted.score(rich).values, [0.2])
    assert fitted.segmenter == Halves().fit(BUYERS)


def test_without_evidence_of_a_segment_the_default_scores():
    fitted = SegmentedScorer(scorers={"small": A, "large": B}, default=C, segmenter=Halves()).fit(BUYERS)
    np.testing.assert_array_equal(fitted.score(BUYERS).values, [0.1, 0.1, 0.2, 0.3])
    nothing = Portfolio(["C9"], DAY, {"c": [0.3]})
    np.testing.assert_array_equal(fitted.score(nothing).values, [0.3])


def test_segments_the_segmenter_does_not_know_are_all_named():
    with pytest.raises(CompositionError) as caught:
        SegmentedScorer(scorers={"small": A, "x": A, "y": B}, segmenter=Halves()).fit(BUYERS)
    assert [each.where for each in caught.value.problems] == [f"SegmentedScorer, segment {name!r}" for name in "xy"]
    assert caught.value.problems[0].allowed == "small, large"


def test_a_label_and_a_segmenter_exclude_each_other():
    with pytest.raises(CompositionError, match="both name the segment"):
        SegmentedScorer(scorers={"small": A}, segmenter=Halves(), label="tier")
    with pytest.raises(InvalidValueError, match="should be a Segmenter"):
        SegmentedScorer(scorers={"small": A}, segmenter="rfm")
    same = SegmentedScorer.same(A, segments=("small", "large"), segmenter=Halves())
    assert same.segmenter == Halves()
