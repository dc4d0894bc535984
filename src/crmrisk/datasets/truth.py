"""What the simulator knows and no company ever does: the true probability that something happens next.

A model that is right about a simulated book cannot beat these numbers; a model that claims to is leaking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.instants import days

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    import pandas as pd

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["true_probability"]


def true_probability(truth: pd.DataFrame, event: str, *, as_of: date | datetime, horizon: timedelta) -> FloatArray:
    """Compute the probability of an event within a horizon, knowing everything but the future.

    A customer who has left buys and complains no more. One who has not buys at rate ``l`` [1/day]; with complaint
    probability ``c`` and dropout probability ``p`` per purchase, and horizon ``h``,

    - ``"churn"`` (no purchase): ``exp(-l h)``, or 1 after leaving;
    - ``"complaint"`` (at least one): ``c / k (1 - exp(-l k h))`` with ``k = c + (1 - c) p``, or 0 after leaving;
    - ``"incident"`` (at least one), at rate ``m``: ``1 - exp(-m h)``, before and after leaving.

    Parameters
    ----------
    truth
        The table `SimulatedBook.truth`.
    event
        ``"churn"``, ``"complaint"`` or ``"incident"``.
    as_of
        The start of the window.
    horizon
        The length of the window.

    Returns
    -------
    Probabilities, ``(n_customers,)``; NaN for customers who join only after `as_of`.

    Raises
    ------
    InvalidValueError
        If the event is none of the three, or the horizon is not positive.

    Examples
    --------
    >>> from datetime import date, timedelta
    >>> import pandas as pd
    >>> truth = pd.DataFrame({
    ...     "since": pd.to_datetime(["2025-01-01", "2025-01-01"]),
    ...     "dropped_at": pd.to_datetime(["2025-02-01", None]),
    ...     "purchase_rate": [0.1, 0.1],
    ... })
    >>> true_probability(truth, "churn", as_of=date(2025, 6, 1), horizon=timedelta(days=10)).round(4)
    array([1.    , 0.3679])
    """
    span = _span(event, horizon)
    moment = np.datetime64(as_of, "us")
    joined = truth["since"].to_numpy() <= moment
    chance = _PROBABILITY[event](truth, ~(truth["dropped_at"].to_numpy() <= moment), span)
    return np.where(joined, chance, np.nan)


def _span(event: str, horizon: timedelta) -> float:
    problems = []
    if event not in _PROBABILITY:
        allowed = ", ".join(_PROBABILITY)
        problems.append(Problem(what="no known truth", where="event", allowed=allowed, got=repr(event)))
    span = days(horizon)
    if span <= 0:
        problems.append(Problem(what="horizon", where="horizon", allowed="> 0", got=str(horizon)))
    if problems:
        raise InvalidValueError(*problems)
    return span


def _churn(truth: pd.DataFrame, active: BoolArray, span: float) -> FloatArray:
    return np.where(active, np.exp(-truth["purchase_rate"].to_numpy() * span), 1.0)


def _complaint(truth: pd.DataFrame, active: BoolArray, span: float) -> FloatArray:
    complaint = truth["complaint_probability"].to_numpy()
    stops = complaint + (1.0 - complaint) * truth["dropout_probability"].to_numpy()
    rate = truth["purchase_rate"].to_numpy()
    share = np.divide(complaint, stops, out=np.zeros_like(stops), where=stops > 0)
    return np.where(active, -share * np.expm1(-rate * stops * span), 0.0)


def _incident(truth: pd.DataFrame, _active: BoolArray, span: float) -> FloatArray:
    return np.asarray(-np.expm1(-truth["incident_rate"].to_numpy() * span), dtype=np.float64)


_PROBABILITY = {"churn": _churn, "complaint": _complaint, "incident": _incident}
