"""The checks of scoring and segmenting: every customer by themself, in the portfolio's order, inside the measure."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.rows import portfolio_of_one
from crmrisk.core.scores import Scores
from crmrisk.testing.compare import assert_same_answers, fail, name_some, part_of
from crmrisk.testing.examples import bounds_portfolio, telling_values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.portfolio import Portfolio
    from crmrisk.testing.case import Case, ScorerCase

__all__ = ["CHECKS"]

_ROW_BY_ROW = "compute each customer from their own row; no sums, ranks or matrix products across customers"
_MOST_SINGLE = 25
_ROUNDS = 25


def scores_follow_customer_order(case: Case) -> None:
    """Check that customers in another order get the same answers, each their own."""
    order = np.random.default_rng(1).permutation(len(case.book))
    shuffled = case.answer(case.book.take(order))
    what = f"customers in another order got other {case.words.many}"
    assert_same_answers(shuffled, part_of(case.answers, order), what=what, remedy=_ROW_BY_ROW)


def customers_are_scored_independently(case: Case) -> None:
    """Check that a part of the portfolio gets the answers it got in the whole."""
    n = len(case.book)
    mixed = np.random.default_rng(2).random(n) < 0.5
    for part in (slice(n // 2), slice(n // 2, n), slice(None, None, 2), mixed, slice(0)):
        answers = case.answer(case.book.take(part))
        what = f"customers got other {case.words.many} without the others"
        assert_same_answers(answers, part_of(case.answers, part), what=what, remedy=_ROW_BY_ROW)


def one_customer_equals_the_portfolio(case: Case) -> None:
    """Check that one row, or one `Customer`, gets the answer they got among all, bit for bit."""
    for row in _some_rows(len(case.book)):
        wanted = part_of(case.answers, slice(row, row + 1))
        alone = case.book.take(slice(row, row + 1))
        from_row = portfolio_of_one(case.book.customer(alone.customer_id[0]), case.fitted.inputs)
        for book, form in ((alone, "one row"), (from_row, "a Customer")):
            words = case.words
            what = f"{words.done} alone, as {form}, a customer got another {words.one} than in the portfolio"
            assert_same_answers(case.answer(book), wanted, what=what, remedy=_ROW_BY_ROW)


def _some_rows(n: int) -> list[int]:
    return sorted({*range(min(n, _MOST_SINGLE)), *range(max(0, n - _MOST_SINGLE), n)})


def scores_stay_inside_the_measure(case: ScorerCase) -> None:
    """Check that every score is inside the declared measure, also for customers at the bounds of the inputs."""
    books = [case.book]
    if case.portfolio is None:
        books.append(bounds_portfolio(case.scorer.inputs, telling_values=telling_values_of(case.scorer)))
    for book in books:
        with np.errstate(all="raise", under="ignore"):
            scores = case.fitted.score(book)
        if not isinstance(scores, Scores):
            fail(
                f"score returned {type(scores).__name__}",
                remedy="return Scores(portfolio.customer_id, values, measure)",
            )
        if scores.measure != case.fitted.measure:
            what = f"scores mean {scores.measure}, the scorer declared {case.fitted.measure}"
            fail(what, remedy="build Scores with self.measure")
        _assert_inside(scores)
    if not case.scores.rated.any():
        fail("no customer of the case is rated", remedy="give a ScorerCase whose portfolio it can score")


def _assert_inside(scores: Scores) -> None:
    least, most = scores.measure.ge, scores.measure.le
    outside = ~(np.isnan(scores.values) | (np.isfinite(scores.values)))
    if least is not None:
        outside |= scores.values < least
    if most is not None:
        outside |= scores.values > most
    if outside.any():
        customers = name_some(scores.customer_id, outside, ("score", scores.values))
        fail(f"scores outside {scores.measure}", customers=customers, remedy="declare the range it really has")


def safe_from_two_threads(case: Case) -> None:
    """Check that two threads that use one fitted component for different customers do not disturb each other."""
    n = len(case.book)
    halves = [slice(max(n // 2, 1)), slice(n // 2, n)]
    trials = [_Trial(case, half) for half in halves]
    barrier = Barrier(len(trials))
    threads = [Thread(target=trial.run, args=(barrier,)) for trial in trials]
    with _frequent_switches():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for trial in trials:
        if trial.error is not None:
            raise trial.error


class _Trial:
    """One thread's share: ask for a part again and again, and compare with what it got in peace."""

    def __init__(self, case: Case, part: slice) -> None:
        self.case = case
        self.book: Portfolio = case.book.take(part)
        self.wanted = case.answer(self.book)
        self.error: Exception | None = None

    def run(self, barrier: Barrier) -> None:
        remedy = "keep nothing of a portfolio on self, on the class or in a module"
        what = "two threads disturbed each other"
        barrier.wait()
        try:
            for _ in range(_ROUNDS):
                assert_same_answers(self.case.answer(self.book), self.wanted, what=what, remedy=remedy)
        except Exception as error:  # noqa: BLE001 - a thread cannot raise into the one that waits for it
            self.error = error if isinstance(error, AssertionError) else AssertionError(f"{what}: {error!r}; {remedy}")


@contextmanager
def _frequent_switches() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


CHECKS = (
    scores_follow_customer_order,
    customers_are_scored_independently,
    one_customer_equals_the_portfolio,
    scores_stay_inside_the_measure,
    safe_from_two_threads,
)
"""In the order they are made."""
