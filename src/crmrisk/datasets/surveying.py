"""What customers answer when asked: 0-10 from their latent satisfaction, and often nothing."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.model import VALUE, Value
from crmrisk.datasets.population import Fraction, Positive

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray, IntArray

__all__ = ["Answers", "Surveying", "draw_answers", "simulate_surveys"]


@dataclass(frozen=True, kw_only=True, config=VALUE)
class Surveying(Value):
    """Set how customers are asked, and how they answer.

    Every `interval` days after joining a customer is asked two questions, ``nps`` and ``csat``. An answer is
    ``centre + slope * satisfaction`` plus normal noise, rounded and cut to 0..10.

    Parameters
    ----------
    interval
        Time between two surveys of one customer [day].
    response
        Probability that an active customer answers.
    response_after_dropout
        Probability that one who has left answers.
    centre
        The mean answer at satisfaction 0.
    slope
        Points per unit of satisfaction.
    noise
        Standard deviation of one answer [point].

    Raises
    ------
    InvalidValueError
        If a value is out of its range.

    Examples
    --------
    >>> Surveying().interval
    120.0
    """

    interval: Annotated[float, Field(ge=1)] = 120.0
    response: Fraction = 0.3
    response_after_dropout: Fraction = 0.05
    centre: float = 7.8
    slope: float = 1.6
    noise: Positive = 1.0


@plain_dataclass(frozen=True, kw_only=True)
class Answers:
    """Hold the surveys that were answered.

    Parameters
    ----------
    row
        The customer, ``(n_answers,)``.
    time
        When [day since the start], ``(n_answers,)``.
    nps, csat
        The answers, whole numbers 0..10, ``(n_answers,)``.

    Examples
    --------
    See `simulate_surveys`.
    """

    row: IntArray
    time: FloatArray
    nps: IntArray
    csat: IntArray


def draw_answers(satisfaction: FloatArray, surveying: Surveying, rng: np.random.Generator) -> IntArray:
    """Draw one answer each, 0..10.

    Parameters
    ----------
    satisfaction
        Latent satisfaction of those who answer, ``(n_answers,)``.
    surveying
        How they answer.
    rng
        The source of randomness.

    Examples
    --------
    >>> draw_answers(np.array([-9.0, 9.0]), Surveying(), np.random.default_rng(1))
    array([ 0, 10])
    """
    felt = surveying.centre + surveying.slope * satisfaction + surveying.noise * rng.standard_normal(len(satisfaction))
    return np.clip(np.rint(felt), 0, 10).astype(np.int64)


def simulate_surveys(
    since: FloatArray,
    dropped: FloatArray,
    satisfaction: FloatArray,
    *,
    until: float,
    surveying: Surveying,
    rng: np.random.Generator,
) -> Answers:
    """Ask every customer again and again, and keep what they answer.

    Parameters
    ----------
    since, dropped
        When they joined and left [day since the start], ``(n_customers,)``.
    satisfaction
        Latent satisfaction, ``(n_customers,)``.
    until
        When the book closes [day since the start].
    surveying
        How they are asked.
    rng
        The source of randomness.

    Examples
    --------
    >>> answers = simulate_surveys(
    ...     np.zeros(100),
    ...     np.full(100, np.inf),
    ...     np.zeros(100),
    ...     until=365.0,
    ...     surveying=Surveying(response=1),
    ...     rng=np.random.default_rng(1),
    ... )
    >>> len(answers.row), int(answers.time.min())
    (300, 120)
    """
    asked = np.maximum(np.ceil((until - since) / surveying.interval) - 1, 0).astype(np.int64)
    row = np.repeat(np.arange(len(since)), asked)
    number = np.arange(len(row)) - np.repeat(np.cumsum(asked) - asked, asked) + 1
    time = since[row] + number * surveying.interval
    chance = np.where(time < dropped[row], surveying.response, surveying.response_after_dropout)
    answered = rng.random(len(row)) < chance
    row, time = row[answered], time[answered]
    felt = satisfaction[row]
    nps, csat = draw_answers(felt, surveying, rng), draw_answers(felt, surveying, rng)
    return Answers(row=row, time=time, nps=nps, csat=csat)
