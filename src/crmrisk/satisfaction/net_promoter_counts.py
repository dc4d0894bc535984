"""Who promotes and who detracts: breaks of the scale, and answers turned into counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
from pydantic import model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.answers import rating_answers, survey_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["SIDES", "STANDARD_BREAKS", "NpsBreaks", "NpsCounts", "counts_of_points", "nps_counts"]

SIDES = (-1.0, 0.0, 1.0)
"""The points of a detractor, a passive and a promoter."""

_FAR_ENDS = 100_000  # no scale is longer
_TELLING = 20  # answers from which on their ends tell something about the question
_LONG_SCALE = 10
_FIVE, _SEVEN = 5.0, 7.0  # ends of the usual shorter scales


@dataclass(frozen=True, kw_only=True, config=VALUE)
class NpsBreaks(Value):
    """Say which answers detract, are passive and promote.

    Parameters
    ----------
    lowest
        The lowest answer of the scale.
    passive_from
        The lowest passive answer; everything below detracts.
    promoter_from
        The lowest answer that promotes.
    highest
        The highest answer of the scale.

    Raises
    ------
    InvalidValueError
        If the breaks are not in order.

    Examples
    --------
    >>> NpsBreaks().points([6, 7, 8, 9])
    array([-1.,  0.,  0.,  1.])
    >>> NpsBreaks(lowest=1, passive_from=4, promoter_from=5, highest=5).points([3, 4, 5])
    array([-1.,  0.,  1.])
    """

    lowest: int = 0
    passive_from: int = 7
    promoter_from: int = 9
    highest: int = 10

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not -_FAR_ENDS <= self.lowest < self.passive_from <= self.promoter_from <= self.highest <= _FAR_ENDS:
            allowed = f"{-_FAR_ENDS} <= lowest < passive_from <= promoter_from <= highest <= {_FAR_ENDS}"
            raise InvalidValueError(
                Problem(what="breaks out of order", where="NpsBreaks", allowed=allowed, got=self.to_json())
            )
        return self

    def points(self, answers: ArrayLike, *, missing: Missing = "error", where: str = "answers") -> FloatArray:
        """Turn answers into -1 (detractor), 0 (passive) and 1 (promoter).

        Parameters
        ----------
        answers
            One answer per row, ``(n_answers,)``.
        missing
            ``"error"`` refuses missing answers, ``"exclude"`` leaves them as NaN.
        where
            What the answers are called in an error.

        Returns
        -------
        Points, ``(n_answers,)``.

        Raises
        ------
        RecordError
            If answers are off the scale, or missing and that is an error.

        Examples
        --------
        >>> NpsBreaks().points([10, None], missing="exclude")
        array([ 1., nan])
        """
        return self.judged(answers, missing=missing, where=where)[0]

    def judged(
        self, answers: ArrayLike, *, missing: Missing = "error", where: str = "answers"
    ) -> tuple[FloatArray, tuple[str, ...]]:
        """Turn answers into points, and say whether they look like answers to another question.

        Parameters
        ----------
        answers, missing, where
            As for `points`.

        Returns
        -------
        Points, ``(n_answers,)``, and warnings.

        Raises
        ------
        RecordError
            As for `points`.

        Examples
        --------
        >>> NpsBreaks().judged([5, 4, 3, 5] * 5)[1]
        ('no answer above 5: is this a question from 0 to 10?',)
        """
        values = rating_answers(answers, lowest=self.lowest, highest=self.highest, missing=missing, where=where)
        sides = (values >= self.promoter_from).astype(np.float64) - (values < self.passive_from)
        given = values[~np.isnan(values)]
        ends = (float(given.min()), float(given.max())) if given.size else (0.0, 0.0)
        return np.where(np.isnan(values), np.nan, sides), self.doubts(*ends, n=given.size)

    def doubts(self, least: float, most: float, *, n: float) -> tuple[str, ...]:
        """Say whether answers look like those to a question on a scale of five or seven points.

        Parameters
        ----------
        least, most
            The lowest and the highest answer given.
        n
            How many there are; from 20 on their ends tell something.

        Examples
        --------
        >>> NpsBreaks().doubts(1, 7, n=300), NpsBreaks().doubts(0, 7, n=300), NpsBreaks().doubts(1, 5, n=19)
        (('no answer below 1 or above 7: is this a question from 0 to 10?',), (), ())
        """
        if n < _TELLING or self.highest - self.lowest < _LONG_SCALE or most > _SEVEN:
            return ()
        question = f"is this a question from {self.lowest} to {self.highest}?"
        if most <= _FIVE:
            return (f"no answer above {most:g}: {question}",)
        return (f"no answer below 1 or above {most:g}: {question}",) if least >= 1.0 and most == _SEVEN else ()


STANDARD_BREAKS = NpsBreaks()
"""Detractors 0 to 6, passives 7 and 8, promoters 9 and 10 (Reichheld 2003)."""


class NpsCounts(NamedTuple):
    """Count detractors, passives and promoters; weighted counts are sums of weights.

    Examples
    --------
    >>> NpsCounts(20, 30, 50).n
    100
    """

    detractors: float
    passives: float
    promoters: float

    @property
    def n(self) -> float:
        """All answers."""
        return self.detractors + self.passives + self.promoters


def nps_counts(
    answers: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    missing: Missing = "error",
) -> NpsCounts:
    """Count detractors, passives and promoters among answers.

    Parameters
    ----------
    answers
        One answer per row, ``(n_answers,)``.
    weights
        Survey weights, ``(n_answers,)``; the counts are then sums of weights, in units of the largest.
    breaks
        Which answers detract, are passive and promote.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves them out.

    Returns
    -------
    The counts.

    Raises
    ------
    RecordError
        If answers are off the scale, or missing and that is an error, or weights unusable.
    InvalidValueError
        If the breaks are none.

    Examples
    --------
    >>> nps_counts([0, 7, 8, 9, 10, 10])
    NpsCounts(detractors=1.0, passives=2.0, promoters=3.0)
    """
    refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
    refuse_other_order(answers=answers, weights=weights)
    points = breaks.points(answers, missing=missing)
    return counts_of_points(points, np.ones(points.size) if weights is None else survey_weights(weights, points.size))


def counts_of_points(points: FloatArray, weights: FloatArray) -> NpsCounts:
    """Count answers that are already scored.

    Parameters
    ----------
    points
        -1, 0 or 1, NaN where missing, ``(n_answers,)``.
    weights
        Weight of each answer, ``(n_answers,)``.

    Returns
    -------
    The counts; missing answers are in none of them.

    Examples
    --------
    >>> import numpy as np
    >>> counts_of_points(np.array([1.0, -1.0, 1.0]), np.ones(3))
    NpsCounts(detractors=1.0, passives=0.0, promoters=2.0)
    """
    detractors, passives, promoters = (float(weights[points == side].sum()) for side in SIDES)
    return NpsCounts(detractors, passives, promoters)
