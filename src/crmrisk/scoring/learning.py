"""What scorers that learn from outcomes share: the answers they may use, and errors that say in which part."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crmrisk.core.errors import CompositionError, FitError, MissingOutcomesError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from crmrisk.core.arrays import FloatArray
    from crmrisk.core.outcomes import Outcomes
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.scoring.value.model_fit import ModelFit

__all__ = ["aligned_outcomes", "both_classes", "unidentified", "within"]


def aligned_outcomes(portfolio: Portfolio, outcomes: Outcomes | None, *, horizon: timedelta, reader: str) -> FloatArray:
    """Put the outcomes in the portfolio's order, if they speak of the horizon that is to be learnt.

    Parameters
    ----------
    portfolio
        One row per customer.
    outcomes
        What happened after.
    horizon
        The horizon of the probability.
    reader
        Who learns, for the error.

    Returns
    -------
    1, 0 or NaN, ``(n_customers,)``.

    Raises
    ------
    MissingOutcomesError
        If there are none.
    CompositionError
        If they speak of another horizon.
    PortfolioError
        If they are of another point in time.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> from crmrisk import Outcomes, Portfolio
    >>> day, month = date(2026, 1, 31), timedelta(days=30)
    >>> happened = Outcomes(["C1"], [1], event="churn", as_of=day, horizon=month)
    >>> aligned_outcomes(Portfolio(["C1", "C2"], day, {}), happened, horizon=month, reader="example")
    array([ 1., nan])
    """
    if outcomes is None:
        remedy = "pass evidence.outcomes(event, as_of)"
        raise MissingOutcomesError(Problem(what="learns from outcomes and got none", where=reader, remedy=remedy))
    if outcomes.horizon != horizon:
        raise CompositionError(
            Problem(
                what="outcomes of another horizon",
                where=reader,
                allowed=str(horizon),
                got=str(outcomes.horizon),
                remedy="give event and scorer one horizon",
            )
        )
    return outcomes.align(portfolio)


def both_classes(y: FloatArray, *, reader: str, counted: str) -> None:
    """Check that the event happened to some customers and not to others.

    Parameters
    ----------
    y
        1 or 0, ``(n_used,)``.
    reader
        Who learns, for the error.
    counted
        Whom the learner could use, for the error.

    Raises
    ------
    FitError
        If there is one class only, or nobody.

    Examples
    --------
    >>> import numpy as np
    >>> both_classes(np.array([0.0, 0.0]), reader="example", counted="2 customers")
    Traceback (most recent call last):
    crmrisk.core.errors.FitError: example: events and non-events are both needed; got: 0 events among 2 customers; ...
    """
    events = int(y.sum())
    if 0 < events < len(y):
        return
    raise FitError(
        Problem(
            what="events and non-events are both needed",
            where=reader,
            got=f"{events} events among {counted}",
            remedy="learn from more customers, a longer horizon or an earlier as_of",
        )
    )


@contextmanager
def within(part: str) -> Iterator[None]:
    """Say in which part of a composite a fit failed.

    Parameters
    ----------
    part
        The part, for instance ``"segment 'gold'"``.

    Raises
    ------
    FitError
        The same problems, each with the part in front of where it is.

    Examples
    --------
    >>> with within("segment 'gold'"):
    ...     raise FitError(Problem(what="too few customers", where="LogisticScorer"))
    Traceback (most recent call last):
    crmrisk.core.errors.FitError: segment 'gold', LogisticScorer: too few customers
    """
    try:
        yield
    except FitError as error:
        placed = (replace(each, where=", ".join(filter(None, (part, each.where)))) for each in error.problems)
        raise FitError(*placed) from error


def unidentified(fit: ModelFit[Any], model: str, *, records: str, more: str = "customers") -> FitError:
    """Make the error of data that do not tell a model's parameters.

    Parameters
    ----------
    fit
        The fit.
    model
        The name of the model.
    records
        What was learnt from.
    more
        What to learn from more of.

    Examples
    --------
    >>> from crmrisk.scoring.value import ShiftedBetaGeometric
    >>> fit = ShiftedBetaGeometric.fit([1, 2], [True, True])
    >>> raise unidentified(fit, "ShiftedBetaGeometric", records="renewals", more="customers and renewals")
    Traceback (most recent call last):
    crmrisk.core.errors.FitError: ShiftedBetaGeometric: the renewals do not identify ...; got: 2 customers; remedy: ...
    """
    parameters = ", ".join(f"{parameter}=" for parameter in fit.parameters)
    return FitError(
        Problem(
            what=f"the {records} do not identify {', '.join(fit.not_identified)}",
            where=model,
            got=f"{fit.n:g} customers",
            remedy=f"learn from more {more}, or pass {model}({parameters}) of a similar population",
        )
    )
