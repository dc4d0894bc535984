"""The checks only segmenters have: names, reasons and stabilities are well-formed, and no order of rows matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.segmenters import FittedSegmenter
from crmrisk.core.segments import Segments
from crmrisk.testing.compare import assert_same_answers, fail, name_some, part_of
from crmrisk.testing.examples import bounds_portfolio, telling_values_of

if TYPE_CHECKING:
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.testing.case import SegmenterCase

__all__ = ["CHECKS"]

_SHUFFLES = 2


def fit_returns_a_fitted_segmenter(case: SegmenterCase) -> None:
    """Check that fitting returns something that segments, and says into what: names, each once."""
    fitted = case.fitted
    if not isinstance(fitted, FittedSegmenter):
        what = f"fit returned {type(fitted).__name__}, which cannot segment"
        fail(what, remedy="return a FittedSegmenter from fit: inputs, names, ordered, segment")
    names = fitted.names
    if not isinstance(names, tuple) or not names or not all(isinstance(name, str) and name.strip() for name in names):
        fail(f"its names are {names!r}", remedy="declare a tuple of texts, none of them empty")
    if len(set(names)) < len(names):
        fail(f"a name repeats among {names}", remedy="give each segment a name of its own")
    if not isinstance(fitted.ordered, bool):
        fail(f"its `ordered` is {fitted.ordered!r}", remedy="say True where later names are higher, else False")


def permuting_the_rows_never_changes_a_segment(case: SegmenterCase) -> None:
    """Check that the order of the rows one learns from decides nothing: no tie, no cut and no centre."""
    rng = np.random.default_rng(3)
    for order in (np.arange(len(case.book))[::-1], *(rng.permutation(len(case.book)) for _ in range(_SHUFFLES))):
        refitted = case.fit(case.segmenter, case.book.take(order))
        assert_same_answers(
            _bare(case.answer(case.book, refitted)),
            _bare(case.segments),
            what="fitted to the same customers in another order, it gives other segments",
            remedy="break no tie by position; sort by values before anything random or greedy starts",
        )


def _bare(segments: Segments) -> Segments:
    """Leave reasons and stabilities out: a mean may differ in the last bit with the order, a segment may not."""
    return Segments(segments.customer_id, segments.codes, segments.names, ordered=segments.ordered)


def every_segment_is_one_of_the_names(case: SegmenterCase) -> None:
    """Check that segments are among the declared names, also for customers at the bounds of the inputs."""
    books = [case.book]
    if case.portfolio is None:
        books.append(bounds_portfolio(case.segmenter.inputs, telling_values=telling_values_of(case.segmenter)))
    for book in books:
        with np.errstate(all="raise", under="ignore"):
            segments = case.answer(book)
        _assert_declared(case, segments)
    if not case.segments.rated.any():
        fail("no customer of the case has a segment", remedy="give a SegmenterCase whose portfolio it can segment")


def _assert_declared(case: SegmenterCase, segments: object) -> None:
    if not isinstance(segments, Segments):
        remedy = "return Segments(portfolio.customer_id, codes, names)"
        fail(f"segment returned {type(segments).__name__}", remedy=remedy)
    declared, got = ((each.names, each.ordered) for each in (case.fitted, segments))
    if declared != got:
        what = f"segments are {got[0]} (ordered {got[1]}), declared were {declared[0]} (ordered {declared[1]})"
        fail(what, remedy="build Segments with self.names and ordered=self.ordered")


def reasons_and_stability_are_well_formed(case: SegmenterCase) -> None:
    """Check that whoever has a segment is told why, where reasons are given, and that nothing else has a stability."""
    segments, whom = case.segments, case.book.customer_id
    if segments.reason is not None:
        told = np.array([isinstance(each, str) and bool(each.strip()) for each in segments.reason.tolist()], dtype=bool)
        silent = segments.rated & ~told
        if silent.any():
            remedy = "give each customer with a segment a reason in words, or give none at all"
            fail("customers got a segment without a reason", customers=name_some(whom, silent), remedy=remedy)
    if segments.stability is not None:
        stray = ~segments.rated & ~np.isnan(segments.stability)
        if stray.any():
            what = "customers without a segment got a stability"
            fail(what, customers=name_some(whom, stray), remedy="return NaN for them (the bases do)")
    _assert_rows_agree(case.book, segments)


def _assert_rows_agree(book: Portfolio, segments: Segments) -> None:
    """Check that one customer's row and the frame say what the columns say."""
    first = part_of(segments, slice(1))
    one = segments[book.customer_id[0]] if len(book) else None
    if one is not None and (one.label, len(first.frame())) != (first.labels[0], 1):
        fail("one customer's row differs from the columns", remedy="return Segments, or what behaves like it")


CHECKS = (
    fit_returns_a_fitted_segmenter,
    permuting_the_rows_never_changes_a_segment,
    every_segment_is_one_of_the_names,
    reasons_and_stability_are_well_formed,
)
"""In the order they are made."""
