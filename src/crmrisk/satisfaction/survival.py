"""Kaplan-Meier: how long until something happens, where for some it has not happened so far.

The project's one estimator of survival from censored spans: time to the second purchase, gaps between purchases, open
cases against a service target. Dropping the open ones biases such figures; here they count for as long as they were
seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.intervals import normal_quantile
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import number_answers, one_column
from crmrisk.satisfaction.flagging import flag_answers
from crmrisk.satisfaction.survival_curve import SurvivalCurve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["SurvivalCurve", "happened", "kaplan_meier", "log_survival"]


def kaplan_meier(
    duration: ArrayLike, observed: ArrayLike, *, counts: ArrayLike | None = None, level: float = 0.95
) -> SurvivalCurve:
    """Estimate survival from spans of which some are still open.

    ``S(t) = prod over t_j <= t of (1 - d_j / n_j)``; Greenwood's standard error
    ``S sqrt(sum d_j / (n_j (n_j - d_j)))``; limits ``exp(-exp(log(-log S) +- z se / |S log S|))``. A case that is
    censored at the time of an event was still at risk of it.

    Parameters
    ----------
    duration
        How long each case was seen, ``(n_cases,)``, from 0, in any one unit.
    observed
        Whether it happened at the end of that span; otherwise the case is censored: not happened so far.
    counts
        How many cases each row stands for; 1 by default.
    level
        Nominal coverage of the limits, point by point.

    Raises
    ------
    RecordError
        If spans are missing, negative or no numbers, there is none, or the rows of the columns are in another order.
    InvalidValueError
        If the level is not strictly between 0 and 1.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. *JASA* 53. Kalbfleisch,
    J. D. and Prentice, R. L. (2002). *The Statistical Analysis of Failure Time Data*, section 1.4 (log-log limits).

    Examples
    --------
    >>> curve = kaplan_meier([6, 6, 6, 6, 7, 9, 10, 10], [1, 1, 1, 0, 1, 0, 1, 0])
    >>> curve.survival.round(4)
    array([0.625 , 0.4688, 0.4688, 0.2344])
    """
    z = normal_quantile(level)
    span, event, size = _cases(duration, observed, counts)
    time, place = np.unique(span, return_inverse=True)
    leaving = np.bincount(place, weights=size, minlength=time.size)
    events = np.bincount(place, weights=size * event, minlength=time.size).astype(np.float64)
    at_risk = leaving.astype(np.float64)[::-1].cumsum()[::-1]
    survival = np.exp(log_survival(events, at_risk))
    terms = np.divide(events, at_risk * (at_risk - events), out=np.zeros_like(events), where=at_risk > events)
    spread = np.where(survival > 0.0, np.sqrt(np.cumsum(terms)), np.nan)
    low, high = _log_log_limits(survival, spread, z)
    return SurvivalCurve(
        time=time,
        at_risk=at_risk,
        events=events,
        survival=survival,
        standard_error=survival * spread,
        low=low,
        high=high,
        level=level,
    )


def log_survival(events: FloatArray, at_risk: FloatArray) -> FloatArray:
    """Add up the logarithms of Kaplan and Meier's factors along the last axis.

    Parameters
    ----------
    events, at_risk
        Counts by time, ``(..., n_times)``.

    Returns
    -------
    ln S(t), minus infinity once nobody is left.

    Examples
    --------
    >>> log_survival(np.array([1.0, 2.0]), np.array([4.0, 2.0]))
    array([-0.28768207,        -inf])
    """
    gone = np.divide(events, at_risk, out=np.zeros(np.shape(events)), where=at_risk > 0.0)
    with np.errstate(divide="ignore"):  # ln 0 is what it should be
        return np.cumsum(np.log1p(-gone), axis=-1)


def happened(flags: ArrayLike, *, where: str) -> BoolArray:
    """Read a column that says of each case whether something happened.

    Parameters
    ----------
    flags
        True or false, 1 or 0, ``(n_cases,)``, none missing.
    where
        What the column is called in an error.

    Raises
    ------
    RecordError
        If a value is anything else, named with its rows and count.

    Examples
    --------
    >>> happened([True, 0, 1.0], where="churned")
    array([ True, False,  True])
    """
    raw = one_column(flags, where)
    if raw.dtype.kind == "O":
        raw = np.array([int(value) if isinstance(value, bool | np.bool_) else value for value in raw], dtype=object)
    numbers = number_answers(raw.astype(np.int8) if raw.dtype.kind == "b" else raw, where=where)
    problems = flag_answers(numbers, (numbers != 0.0) & (numbers != 1.0), where=where, allowed="true or false, 1 or 0")
    if problems:
        raise RecordError(*problems)
    return np.asarray(numbers == 1.0, dtype=np.bool_)


def _cases(
    duration: ArrayLike, observed: ArrayLike, counts: ArrayLike | None
) -> tuple[FloatArray, BoolArray, FloatArray]:
    refuse_other_order(duration=duration, observed=observed, counts=counts)
    span, event = number_answers(duration, where="duration"), happened(observed, where="observed")
    size = np.ones(span.size) if counts is None else number_answers(counts, where="counts")
    problems = flag_answers(span, span < 0.0, where="duration", allowed="spans from 0")
    problems += flag_answers(size, size < 0.0, where="counts", allowed="counts from 0")
    if not span.size == event.size == size.size:
        got = f"{span.size} durations, {event.size} flags, {size.size} counts"
        problems.append(Problem(what="columns of different lengths", where="kaplan_meier", got=got))
    elif not problems and not size.any():
        problems.append(Problem(what="no case", where="duration", allowed="at least one"))
    if problems:
        raise RecordError(*problems)
    return span[size > 0.0], event[size > 0.0], size[size > 0.0]


def _log_log_limits(survival: FloatArray, spread: FloatArray, z: float) -> tuple[FloatArray, FloatArray]:
    inside = (survival > 0.0) & (survival < 1.0)
    log_s = np.log(np.where(inside, survival, 0.5))
    half = z * np.where(inside, spread, 0.0) / -log_s
    low, high = np.exp(log_s * np.exp(half)), np.exp(log_s * np.exp(-half))
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)
