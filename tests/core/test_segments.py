"""Segments and the bases of segmenters."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from crmrisk import Input, Portfolio
from crmrisk.core.errors import (
    InvalidValueError,
    MissingInputsError,
    PortfolioError,
    ScoreRangeError,
    UnknownCustomerError,
)
from crmrisk.core.segmenters import FittedSegmenter, Segmenter, StatelessSegmenter
from crmrisk.core.segments import Assigned, Segment, Segments


class Loud(StatelessSegmenter, kind="test.loud"):
    inputs = (Input("complaints", "count", ge=0),)
    names = ("quiet", "loud")
    ordered = True

    def assign(self, portfolio):
        codes = (portfolio["complaints"] > 2).astype(int)
        return Assigned(codes, np.array(["few", "many"], dtype=object)[codes], np.full(len(portfolio), 0.5))


def book(*complaints):
    return Portfolio([f"C{k}" for k in range(len(complaints))], date(2026, 1, 31), {"complaints": complaints})


def test_a_rule_is_a_segmenter_and_a_fitted_one():
    assert isinstance(Loud(), Segmenter)
    assert isinstance(Loud(), FittedSegmenter)
    assert Loud().fit(book(1)) == Loud()


def test_missing_evidence_has_no_segment_and_says_so():
    segments = Loud().segment(book(1, None, 3))
    assert segments.labels.tolist() == ["quiet", None, "loud"]
    assert segments["C1"] == Segment("C1", None, "evidence missing")
    assert segments["C2"] == Segment("C2", "loud", "many", 0.5)
    assert segments.sizes() == {"quiet": 1, "loud": 1}
    assert list(segments.frame().columns) == ["customer_id", "segment", "reason", "stability"]


def test_segments_become_labels():
    portfolio = book(1, 5)
    assert Loud().segment(portfolio).onto(portfolio, label="tier").label("tier").tolist() == ["quiet", "loud"]
    with pytest.raises(PortfolioError, match="other customers"):
        Loud().segment(portfolio).onto(book(1))


def test_broken_segments_are_refused_together():
    with pytest.raises(ScoreRangeError, match=r"names repeat[\s\S]*without a name[\s\S]*no share"):
        Segments(["C1"], [3], ("a", "a"), stability=[2.0], segmenter="Mine")
    with pytest.raises(PortfolioError, match="length differs"):
        Segments(["C1"], [0, 1], ("a", "b"))
    with pytest.raises(PortfolioError, match="no codes"):
        Segments(["C1"], [0.5], ("a", "b"))


def test_wrong_use_is_named():
    with pytest.raises(MissingInputsError, match="missing input of Loud"):
        Loud().segment(Portfolio(["C1"], date(2026, 1, 31), {}))
    with pytest.raises(InvalidValueError, match="Loud: portfolio"):
        Loud().segment([1, 2])
    with pytest.raises(UnknownCustomerError):
        Loud().segment(book(1))["C9"]


def test_labels_are_checked_like_the_first_ones():
    with pytest.raises(PortfolioError, match="both a column and a label"):
        book(1).with_labels({"complaints": ["x"]})
    with pytest.raises(PortfolioError, match="length"):
        book(1).with_labels({"tier": ["x", "y"]})
    replaced = book(1).with_labels({"tier": ["x"]}).with_labels({"tier": ["y"]})
    assert replaced.label("tier").tolist() == ["y"]
