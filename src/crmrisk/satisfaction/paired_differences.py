"""The mean of differences within people: the same customers measured twice, whatever the measure.

A customer who answers twice brings one difference, and everything about two waves of the same customers follows from
the mean of those.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile
from crmrisk.satisfaction.answers import number_answers
from crmrisk.satisfaction.comparison import Alternative, Comparison, normal_comparison, normal_p_value
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.square_tables import square_table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["PairedDifferences", "PairedMethod", "compare_differences", "compare_paired_scores", "table_differences"]

PairedMethod: TypeAlias = Literal["score", "wald"]
"""How paired differences are tested."""


class PairedDifferences(NamedTuple):
    """Hold what the mean of paired differences rests on.

    Parameters
    ----------
    mean
        The mean difference.
    variance
        The variance of one difference, dividing by n.
    n
        Pairs used.
    effective_n
        The equally weighted pairs they are worth.
    largest
        The largest difference the scores allow.
    warnings
        What the reader should know.

    Examples
    --------
    >>> PairedDifferences(0.1, 0.5, 100, 100.0, 2.0).standard_error
    0.07071067811865475
    """

    mean: float
    variance: float
    n: float
    effective_n: float
    largest: float
    warnings: tuple[str, ...] = ()

    @property
    def standard_error(self) -> float:
        """The standard error of the mean."""
        return sqrt(self.variance / self.effective_n)


def compare_paired_scores(
    table: ArrayLike,
    *,
    scores: ArrayLike,
    method: PairedMethod = "score",
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    target: float = 0.0,
) -> Comparison:
    """Compare the mean scores of the same people at two times, from the table of their answers.

    ``D = sum n_ij (s_i - s_j)/n``, first minus second.

    Parameters
    ----------
    table
        Counts, rows first and columns second, ``(n_categories, n_categories)``.
    scores
        What each category is worth, ``(n_categories,)``.
    method
        ``"wald"``: ``SE^2 = (sum n_ij (s_i - s_j)^2/n - D^2)/n``. ``"score"``: the squares are taken about the target
        instead of D, and the interval inverts that test.
    level
        Nominal coverage.
    alternative
        What the test is against.
    target
        The difference under the null hypothesis.

    Returns
    -------
    The comparison, in the unit of the scores.

    Raises
    ------
    RecordError
        If scores are not finite numbers.
    InvalidValueError
        If the table is not square, scores are not one per category, or a setting is not valid.

    References
    ----------
    Fagerland, M. W., Lydersen, S. and Laake, P. (2017). *Statistical Analysis of Contingency Tables*, chapter 9.

    Examples
    --------
    >>> print(compare_paired_scores([[20, 10, 5], [3, 30, 15], [0, 5, 40]], scores=[-1, 0, 1]))
    lower: -0.2109 [-0.3179, -0.104] (95 % score, n 128), p 0.00021
    """
    found = table_differences(square_table(table), number_answers(scores, where="scores"))
    return compare_differences(found, method=method, level=level, alternative=alternative, target=target)


def table_differences(counts: FloatArray, scores: FloatArray) -> PairedDifferences | None:
    """Reduce a table of answers to the mean of paired differences.

    Parameters
    ----------
    counts
        A square table, ``(n_categories, n_categories)``.
    scores
        What each category is worth, ``(n_categories,)``.

    Returns
    -------
    The differences, ``None`` without a pair.

    Raises
    ------
    InvalidValueError
        If scores are not one per category.

    Examples
    --------
    >>> table_differences(np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([0.0, 1.0])).mean
    0.25
    """
    if scores.size != counts.shape[0]:
        allowed, got = f"{counts.shape[0]} scores", str(scores.size)
        raise InvalidValueError(Problem(what="not one score per category", where="scores", allowed=allowed, got=got))
    n = float(counts.sum())
    if not n:
        return None
    gaps = scores[:, np.newaxis] - scores[np.newaxis, :]
    mean = float((counts * gaps).sum() / n)
    return PairedDifferences(mean, float((counts * (gaps - mean) ** 2).sum() / n), n, n, float(np.ptp(scores)))


def compare_differences(
    differences: PairedDifferences | None,
    *,
    method: PairedMethod = "score",
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    target: float = 0.0,
) -> Comparison:
    """Judge the mean of paired differences.

    Parameters
    ----------
    differences
        What it rests on; ``None`` without a pair.
    method, level, alternative, target
        As for `compare_paired_scores`.

    Returns
    -------
    The comparison.

    Raises
    ------
    InvalidValueError
        If a setting is not valid.

    Examples
    --------
    >>> print(compare_differences(PairedDifferences(0.1, 0.5, 400, 400.0, 2.0)))
    higher: 0.1 [0.03037, 0.1696] (95 % score, n 400), p 0.0051
    """
    method = check_method(method, get_args(PairedMethod))
    quantile = normal_quantile(level)
    if differences is None:
        nothing = Estimate(value=None, level=level, method=method, n=0, effective_n=0, warnings=("no pairs",))
        return normal_comparison(nothing, target=target, alternative=alternative)
    difference = Estimate(
        value=differences.mean,
        standard_error=differences.standard_error,
        level=level,
        method=method,
        n=differences.n,
        effective_n=differences.effective_n,
        warnings=differences.warnings,
        **_limits(differences, quantile, method),
    )
    judged = normal_comparison(difference, target=target, alternative=alternative)
    if method == "wald":
        return judged
    statistic = _score_statistic(differences, judged.target)
    p_value = None if statistic is None else normal_p_value(statistic, alternative)
    return Comparison(judged.difference, statistic, p_value, alternative, judged.target)


def _score_statistic(differences: PairedDifferences, target: float) -> float | None:
    gap = differences.mean - target
    square = (differences.variance + gap * gap) / differences.effective_n
    return gap / sqrt(square) if square > 0.0 else None


def _limits(differences: PairedDifferences, quantile: float, method: str) -> dict[str, float]:
    if differences.variance <= 0.0:
        return {}
    if method == "score" and differences.effective_n <= quantile**2:
        return {"low": -differences.largest, "high": differences.largest}
    # squares about the limit instead of the mean only change the divisor
    worth = differences.effective_n - (quantile**2 if method == "score" else 0.0)
    half = quantile * sqrt(differences.variance / worth)
    low, high = differences.mean - half, differences.mean + half
    return {"low": max(low, -differences.largest), "high": min(high, differences.largest)}
