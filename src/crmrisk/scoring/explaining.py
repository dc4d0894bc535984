"""Building explanations: rows of NaN for the unrated, and what remains to be said where a part explains nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.explanation import Explanation
from crmrisk.core.scorers import Explains

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.scorers import FittedScorer
    from crmrisk.core.scores import Scores

__all__ = ["explain_by_input", "explanation_of", "unexplained"]


def explain_by_input(
    scorer: FittedScorer,
    portfolio: Portfolio,
    contributions: Callable[[Portfolio], list[FloatArray]],
    *,
    baseline: float,
    scale: str,
) -> Explanation:
    """Explain the customers who have every required input; the others are unrated.

    Parameters
    ----------
    scorer
        Whose scores; its inputs name the contributions.
    portfolio
        One row per customer.
    contributions
        From a portfolio of rated customers to one array per input, each ``(n_customers,)``.
    baseline
        The score of the reference customer.
    scale
        The scale on which contributions add up.

    Raises
    ------
    MissingInputsError
        If the portfolio does not hold what is read.
    InputRangeError
        If values leave the declared range.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import ColumnScorer, Measure, Portfolio
    >>> book = Portfolio(["C1", "C2"], date(2026, 1, 31), {"share": [0.5, None]})
    >>> scorer = ColumnScorer(column="share", measure=Measure.share())
    >>> explain_by_input(scorer, book, lambda rated: [rated["share"]], baseline=0.0, scale="share").total
    array([0.5, nan])
    """
    rated = portfolio.require(scorer.inputs, reader=type(scorer).__name__)
    table = np.full((len(portfolio), len(scorer.inputs)), np.nan)
    table[rated] = np.column_stack(contributions(portfolio.take(rated)))
    names = tuple(each.name for each in scorer.inputs)
    return Explanation(portfolio.customer_id, names, baseline, table, scale=scale)


def explanation_of(scorer: FittedScorer, portfolio: Portfolio) -> Explanation:
    """Explain scores where the scorer can; else leave the whole score in the baseline, on the scale of its measure.

    Parameters
    ----------
    scorer
        Any fitted scorer.
    portfolio
        One row per customer.

    Raises
    ------
    MissingInputsError
        If the portfolio does not hold what is read.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import ColumnScorer, Measure, Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"share": [0.5]})
    >>> explanation_of(ColumnScorer(column="share", measure=Measure.share()), book)
    Explanation(1 customers by  on share)
    """
    if isinstance(scorer, Explains):
        return scorer.explain(portfolio)
    return unexplained(scorer.score(portfolio))


def unexplained(scores: Scores) -> Explanation:
    """Leave whole scores in the baseline, on the scale of their measure.

    Parameters
    ----------
    scores
        Any scores.

    Examples
    --------
    >>> from crmrisk import Measure, Scores
    >>> unexplained(Scores(["C1"], [0.5], Measure.share())).total
    array([0.5])
    """
    scale = scores.measure.unit or scores.measure.quantity.value
    return Explanation(scores.customer_id, (), scores.values, np.empty((len(scores), 0)), scale=scale)
