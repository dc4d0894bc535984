"""Cross-fitting: scores of customers a scorer has not learnt from, so that what learns from them is not deceived.

Which fold a customer is in depends on ids and outcomes only, never on the order of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from crmrisk.core.scorers import learns_from_outcomes
from crmrisk.scoring.learning import within

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scorers import Scorer

__all__ = ["fold_numbers", "unseen_scores"]


def fold_numbers(portfolio: Portfolio, answers: FloatArray, *, folds: int) -> IntArray:
    """Deal customers into folds of equal size, each with its part of the events.

    Customers are ordered by outcome, then by a hash of their id, and dealt in turn.

    Parameters
    ----------
    portfolio
        One row per customer.
    answers
        1, 0 or NaN, ``(n_customers,)``.
    folds
        How many.

    Returns
    -------
    The fold of each customer, from 0, ``(n_customers,)``.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1", "C2", "C3", "C4"], date(2026, 1, 31), {})
    >>> sorted(fold_numbers(book, np.array([1.0, 1.0, 0.0, 0.0]), folds=2)[:2].tolist())
    [0, 1]
    """
    ids = portfolio.customer_id.tolist()
    hashes = np.array([crc32(each.encode()) for each in ids], dtype=np.uint32)
    keys: tuple[np.ndarray[Any, Any], ...] = (hashes, np.nan_to_num(answers, nan=2.0))
    if len(np.unique(hashes)) < len(ids):  # ids that share a hash are told apart by themselves
        keys = (np.array(ids, dtype=np.str_), *keys)
    numbers = np.empty(len(ids), dtype=np.int64)
    numbers[np.lexsort(keys)] = np.arange(len(ids)) % folds
    return numbers


def unseen_scores(scorer: Scorer, portfolio: Portfolio, outcomes: Outcomes | None, *, folds: int) -> FloatArray:
    """Score each customer by a fit that has not seen the customer's outcome.

    A scorer that learns from outcomes is fitted once per fold, without it, and scores it. Any other cannot know them
    and is fitted on everyone.

    Parameters
    ----------
    scorer
        What is fitted and scores.
    portfolio
        One row per customer.
    outcomes
        What happened after.
    folds
        How many folds.

    Returns
    -------
    Scores, ``(n_customers,)``; NaN is unrated.

    Raises
    ------
    FitError
        If a fit fails, naming the fold.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import ColumnScorer, Measure, Outcomes, Portfolio
    >>> day = date(2026, 1, 31)
    >>> book = Portfolio(["C1"], day, {"share": [0.5]})
    >>> happened = Outcomes(["C1"], [1], event="churn", as_of=day, horizon=timedelta(days=30))
    >>> unseen_scores(ColumnScorer(column="share", measure=Measure.share()), book, happened, folds=5)
    array([0.5])
    """
    if outcomes is None or not learns_from_outcomes(scorer):
        return scorer.fit(portfolio, outcomes).score(portfolio).values
    number = fold_numbers(portfolio, outcomes.align(portfolio), folds=folds)
    values = np.full(len(portfolio), np.nan)
    for fold in np.unique(number).tolist():
        held_out = number == fold
        with within(f"without fold {fold + 1} of {folds}"):
            fitted = scorer.fit(portfolio.take(~held_out), outcomes)
        values[held_out] = fitted.score(portfolio.take(held_out)).values
    return values
