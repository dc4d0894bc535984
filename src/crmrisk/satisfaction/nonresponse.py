"""Who did not answer: how far the silent could move a score."""

from __future__ import annotations

from typing import cast

from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_number, kind_problems, refuse
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value

__all__ = ["NonresponseRange", "nonresponse_bias_bound", "nonresponse_range"]


@dataclass(frozen=True, config=VALUE)
class NonresponseRange(Value):
    """Hold where a score lies whatever the silent think.

    Parameters
    ----------
    score
        The score of those who answered.
    response_rate
        The share who answered.
    low, high
        The score if all who did not answer detracted, and if all promoted; with the limits of the score where it has an
        interval.

    Examples
    --------
    >>> print(nonresponse_range(0.3, response_rate=0.6))
    -0.22 to 0.58: 40 % did not answer
    """

    score: float
    response_rate: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:.4g} to {self.high:.4g}: {100 * (1 - self.response_rate):.4g} % did not answer"


def nonresponse_bias_bound(respondents: float, nonrespondents: float, *, response_rate: float | Estimate) -> float:
    """Bound how wrong a score is because some did not answer.

    ``(1 - RR) |score of respondents - score of nonrespondents|``.

    Parameters
    ----------
    respondents, nonrespondents
        The scores, -1..1; that of those who did not answer is guessed, or known from a follow-up.
    response_rate
        The share who answered, 0..1, or the `Estimate` of `response_rate`.

    Returns
    -------
    The largest bias, in natural units.

    Raises
    ------
    InvalidValueError
        If a score or the rate is not in its range.

    References
    ----------
    Groves, R. M. (2006). Nonresponse rates and nonresponse bias in household surveys. *Public Opinion Quarterly* 70.

    Examples
    --------
    >>> round(nonresponse_bias_bound(0.4, 0.1, response_rate=0.6), 3)
    0.12
    """
    rate = _rate(response_rate)
    _check_scores(rate, respondents=respondents, nonrespondents=nonrespondents)
    return (1.0 - rate) * abs(respondents - nonrespondents)


def nonresponse_range(score: float | Estimate, *, response_rate: float | Estimate) -> NonresponseRange:
    """Find where the score of everybody lies, whatever those think who did not answer.

    ``RR score - (1 - RR)`` to ``RR score + (1 - RR)``.

    Parameters
    ----------
    score
        The net promoter score of those who answered; if an `Estimate`, its interval enters as well.
    response_rate
        The share who answered, 0..1, or the `Estimate` of `response_rate`.

    Returns
    -------
    The range.

    Raises
    ------
    InvalidValueError
        If the score or the rate is not in its range, or an estimate has no value.

    References
    ----------
    Manski, C. F. (1995). *Identification Problems in the Social Sciences*, chapter 2.

    Examples
    --------
    >>> print(nonresponse_range(Estimate(value=0.3, low=0.1, high=0.5, method="score", n=90), response_rate=0.6))
    -0.34 to 0.7: 40 % did not answer
    """
    estimate = Estimate(value=cast("float", score), method="known", n=0) if is_number(score) else score
    refuse(kind_problems(estimate, Estimate, where="score"))
    value, low, high = (getattr(estimate, name) for name in ("value", "low", "high"))
    rate = _rate(response_rate)
    _check_scores(rate, score=value)
    silent = 1.0 - rate
    worst = rate * (value if low is None else low) - silent
    return NonresponseRange(value, rate, worst, rate * (value if high is None else high) + silent)


def _rate(response_rate: float | Estimate) -> float:
    """Return the number; what is none is refused with the scores."""
    return cast("float", response_rate.value) if isinstance(response_rate, Estimate) else response_rate


def _check_scores(rate: float, **scores: float | None) -> None:
    problems = [
        Problem(what="no score", where=name, allowed="-1 to 1", got=repr(score), remedy="a score of 30 is 0.3")
        for name, score in scores.items()
        if not is_number(score) or not -1.0 <= score <= 1.0  # type: ignore[operator] # a number by then
    ]
    if not is_number(rate) or not 0.0 <= rate <= 1.0:
        problems.append(Problem(what="no rate", where="response_rate", allowed="0 to 1", got=repr(rate)))
    refuse(problems)
