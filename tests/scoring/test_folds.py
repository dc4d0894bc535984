from __future__ import annotations

from datetime import date, timedelta
from zlib import crc32

import numpy as np
import pytest

from crmrisk.core.errors import FitError
from crmrisk.core.measures import Input
from crmrisk.core.outcomes import Outcomes
from crmrisk.core.portfolio import Portfolio
from crmrisk.scoring import ColumnScorer, LogisticScorer
from crmrisk.scoring.folds import fold_numbers, unseen_scores

DAY, QUARTER = date(2026, 1, 31), timedelta(days=90)
SHARE = Input("share", "", 0, 1)


def test_folds_are_equal_and_each_has_its_part_of_the_events(book_and_outcomes):
    book, outcomes = book_and_outcomes
    number = fold_numbers(book, outcomes.align(book), folds=5)
    sizes = np.bincount(number)
    events = np.bincount(number, outcomes.align(book))
    assert sizes.max() - sizes.min() <= 1
    assert events.max() - events.min() <= 1


def test_folds_follow_customers_and_not_rows(book_and_outcomes):
    book, outcomes = book_and_outcomes
    order = np.random.default_rng(0).permutation(len(book))
    moved = book.take(order)
    number = fold_numbers(book, outcomes.align(book), folds=5)
    np.testing.assert_array_equal(fold_numbers(moved, outcomes.align(moved), folds=5), number[order])


def test_unknown_outcomes_are_dealt_too():
    book = Portfolio([f"C{i}" for i in range(9)], DAY, {})
    assert sorted(fold_numbers(book, np.full(9, np.nan), folds=3)) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_fewer_customers_than_folds_are_folds_of_one():
    book = Portfolio(["A", "B"], DAY, {})
    assert sorted(fold_numbers(book, np.zeros(2), folds=5)) == [0, 1]


def test_a_customers_own_outcome_cannot_reach_the_unseen_score(book_and_outcomes):
    """Turning one customer's outcome over changes others' scores, and never the customer's own."""
    book, outcomes = book_and_outcomes
    book, happened = book.take(slice(100)), np.array(outcomes.occurred[:100])
    scorer = LogisticScorer(inputs=(SHARE, Input("idle_days", "day", ge=0)), horizon=QUARTER)

    def left_out(happened, row):
        """Fit without the fold of one customer, whatever the folds are."""
        known = Outcomes(book.customer_id, happened, event="churn", as_of=DAY, horizon=QUARTER)
        number = fold_numbers(book, known.align(book), folds=4)
        scores = unseen_scores(scorer, book, known, folds=4)
        rest = book.take(number != number[row])
        assert scores[row] == scorer.fit(rest, known).score(book.take([row])).values[0]

    for row in (0, 13):
        left_out(happened, row)
        left_out(np.where(np.arange(100) == row, 1 - happened, happened), row)


def test_noise_looks_like_noise_out_of_fold():
    """Forty columns of noise correlate by sqrt(40 / 200) = 0.45 with what they were fitted to, and not out of fold."""
    rng = np.random.default_rng(5)
    n, p = 200, 40
    ids = [f"C{i}" for i in range(n)]
    book = Portfolio(ids, DAY, {f"x{j}": rng.normal(size=n) for j in range(p)})
    y = (rng.random(n) < 0.5).astype(float)
    outcomes = Outcomes(ids, y, event="churn", as_of=DAY, horizon=QUARTER)
    scorer = LogisticScorer(inputs=tuple(Input(f"x{j}") for j in range(p)), horizon=QUARTER)
    seen = np.corrcoef(scorer.fit(book, outcomes).score(book).values, y)[0, 1]
    unseen = np.corrcoef(unseen_scores(scorer, book, outcomes, folds=5), y)[0, 1]
    assert seen > 0.3
    assert unseen < 0.15


def test_a_scorer_that_does_not_learn_is_not_refitted(book_and_outcomes):
    from crmrisk.core.measures import Measure

    book, outcomes = book_and_outcomes
    scorer = ColumnScorer(column="share", measure=Measure.share())
    np.testing.assert_array_equal(unseen_scores(scorer, book, outcomes, folds=5), book["share"])


def test_a_fit_that_fails_names_its_fold():
    book = Portfolio(["A", "B", "C", "D"], DAY, {"share": [0.1, 0.2, 0.3, 0.4]})
    outcomes = Outcomes(["A", "B", "C", "D"], [1, 0, 0, 0], event="churn", as_of=DAY, horizon=QUARTER)
    with pytest.raises(FitError, match=r"without fold \d of 2, LogisticScorer"):
        unseen_scores(LogisticScorer(inputs=(SHARE,), horizon=QUARTER), book, outcomes, folds=2)


def test_ids_that_share_a_hash_are_told_apart():
    """CRC-32 of both is 1306201125, so that only the ids themselves can keep row order out."""
    assert crc32(b"plumless") == crc32(b"buckeroo")
    one, other = (Portfolio(ids, DAY, {}) for ids in (["plumless", "buckeroo"], ["buckeroo", "plumless"]))
    first, second = (fold_numbers(book, np.zeros(2), folds=2).tolist() for book in (one, other))
    assert first == second[::-1]
