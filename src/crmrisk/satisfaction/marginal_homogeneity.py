"""Which category moved: did the same people spread over the categories alike both times.

The net promoter score sees only promoters less detractors. These tests see every category: McNemar for two of them,
Stuart-Maxwell and Bhapkar for the margins of several, Bowker for the symmetry of every single move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from pydantic.dataclasses import dataclass
from scipy.special import bdtr, chdtrc

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.intervals import two_sided_p_value
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.square_tables import CrossTable, cross_table, square_table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = ["McNemarMethod", "MovementTest", "bhapkar_test", "bowker_test", "mcnemar_test", "stuart_maxwell_test"]

McNemarMethod: TypeAlias = Literal["score", "continuity", "exact", "mid-p"]
"""How the p value of a McNemar test is found."""


@dataclass(frozen=True, config=VALUE)
class MovementTest(Value):
    """Hold a test of whether categories moved.

    Parameters
    ----------
    statistic
        The test statistic; ``None`` where the data leave none.
    degrees_of_freedom
        Of its chi-squared distribution; 1 for McNemar, whose statistic is z.
    p_value
        The p value, ``None`` with the statistic.
    method
        The test.
    n
        Pairs of answers.
    warnings
        What was left out, and how the columns were paired.

    Raises
    ------
    InvalidValueError
        If a number is not finite.

    Examples
    --------
    >>> print(MovementTest(26.25, 3, 8.4e-6, "stuart-maxwell", 680))
    stuart-maxwell 26.25, df 3, p 8.4e-06 (n 680)
    """

    statistic: float | None
    degrees_of_freedom: int
    p_value: float | None
    method: str
    n: float
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.statistic is None or self.p_value is None:
            return f"{self.method}: nothing moved (n {self.n:g})"
        ending = f"df {self.degrees_of_freedom}, p {self.p_value:.2g} (n {self.n:g})"
        return f"{self.method} {self.statistic:.4g}, {ending}"


def stuart_maxwell_test(
    first: ArrayLike | None = None,
    second: ArrayLike | None = None,
    *,
    table: ArrayLike | None = None,
    missing: Missing = "error",
) -> MovementTest:
    """Test whether the shares of all categories are the same both times.

    ``d' S^-1 d`` with d the differences of the margins and S their covariance if they are the same. Categories that
    never moved are left out, and cost no degree of freedom.

    Parameters
    ----------
    first, second
        Answers of the same people, ``(n_people,)``, of any kind; or give ``table``.
    table
        Counts, rows first and columns second, ``(n_categories, n_categories)``.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out the pairs that lack one, and says how many.

    Returns
    -------
    The test.

    Raises
    ------
    RecordError
        If the columns do not belong to the same people, or answers are missing and that is an error.
    InvalidValueError
        If the table is not square, or neither or both are given.

    References
    ----------
    Stuart, A. (1955). *Biometrika* 42. Maxwell, A. E. (1970). *British Journal of Psychiatry* 116.

    Examples
    --------
    >>> print(stuart_maxwell_test(table=[[20, 10, 5], [3, 30, 15], [0, 5, 40]]))
    stuart-maxwell 13.76, df 2, p 0.001 (n 128)
    """
    found = _table(first, second, table, missing)
    statistic, freedom = _margins_statistic(found.counts)
    return _chi_squared(statistic, freedom, "stuart-maxwell", found)


def bhapkar_test(
    first: ArrayLike | None = None,
    second: ArrayLike | None = None,
    *,
    table: ArrayLike | None = None,
    missing: Missing = "error",
) -> MovementTest:
    """Test whether the shares of all categories are the same both times, by Wald.

    ``X/(1 - X/n)`` with X the statistic of Stuart and Maxwell: the covariance is the observed one, so the test is the
    more powerful of the two, and the less careful with few answers.

    Parameters
    ----------
    first, second, table, missing
        As for `stuart_maxwell_test`.

    Returns
    -------
    The test.

    Raises
    ------
    RecordError
        If the columns do not belong to the same people, or answers are missing and that is an error.
    InvalidValueError
        If the table is not square, or neither or both are given.

    References
    ----------
    Bhapkar, V. P. (1966). *Journal of the American Statistical Association* 61.

    Examples
    --------
    >>> print(bhapkar_test(table=[[20, 10, 5], [3, 30, 15], [0, 5, 40]]))
    bhapkar 15.42, df 2, p 0.00045 (n 128)
    """
    found = _table(first, second, table, missing)
    statistic, freedom = _margins_statistic(found.counts)
    share = 0.0 if statistic is None else statistic / found.counts.sum()
    spread = statistic is not None and share < 1.0 - 1e-12
    return _chi_squared(statistic / (1.0 - share) if spread and statistic else None, freedom, "bhapkar", found)


def bowker_test(
    first: ArrayLike | None = None,
    second: ArrayLike | None = None,
    *,
    table: ArrayLike | None = None,
    missing: Missing = "error",
) -> MovementTest:
    """Test whether every move was made as often as its opposite.

    ``sum over i < j of (n_ij - n_ji)^2/(n_ij + n_ji)``. Pairs of categories between which nobody moved add nothing, and
    keep their degree of freedom, as published examples do.

    Parameters
    ----------
    first, second, table, missing
        As for `stuart_maxwell_test`.

    Returns
    -------
    The test.

    Raises
    ------
    RecordError
        If the columns do not belong to the same people, or answers are missing and that is an error.
    InvalidValueError
        If the table is not square, or neither or both are given.

    References
    ----------
    Bowker, A. H. (1948). *Journal of the American Statistical Association* 43.

    Examples
    --------
    >>> print(bowker_test(table=[[20, 10, 5], [3, 30, 15], [0, 5, 40]]))
    bowker 13.77, df 3, p 0.0032 (n 128)
    """
    found = _table(first, second, table, missing)
    counts = found.counts
    above = np.triu_indices(counts.shape[0], 1)
    there, back = counts[above], counts.T[above]
    moved = (there + back) > 0.0
    statistic = float(((there - back)[moved] ** 2 / (there + back)[moved]).sum()) if moved.any() else None
    return _chi_squared(statistic, above[0].size, "bowker", found)


def mcnemar_test(
    first: ArrayLike | None = None,
    second: ArrayLike | None = None,
    *,
    table: ArrayLike | None = None,
    method: McNemarMethod = "mid-p",
    missing: Missing = "error",
) -> MovementTest:
    """Test whether two categories are as frequent both times.

    With b the moves from the first category to the second and c those back, ``z = (b - c)/sqrt(b + c)``. Detractors as
    c and promoters as b make it a test of a net promoter score against 0.

    Parameters
    ----------
    first, second
        Answers of the same people in two categories, ``(n_people,)``; or give ``table``.
    table
        Counts, ``(2, 2)``, rows first and columns second.
    method
        ``"score"`` takes z as normal; ``"continuity"`` takes ``|b - c| - 1`` for ``|b - c|``; ``"exact"`` is binomial,
        never too optimistic; ``"mid-p"`` counts half of the observed outcome, nearly exact and less cautious.
    missing
        As for `stuart_maxwell_test`.

    Returns
    -------
    The test, two-sided.

    Raises
    ------
    RecordError
        If the columns do not belong to the same people, or answers are missing and that is an error.
    InvalidValueError
        If the table has not two categories, or the method is unknown.

    References
    ----------
    McNemar, Q. (1947). *Psychometrika* 12. Fagerland, M. W., Lydersen, S. and Laake, P. (2013). *BMC Medical Research
    Methodology* 13 (mid-p).

    Examples
    --------
    >>> print(mcnemar_test(table=[[6, 1], [7, 7]]))
    mcnemar mid-p -2.121, df 1, p 0.039 (n 21)
    """
    method = check_method(method, get_args(McNemarMethod))
    counts, _, warnings = _table(first, second, table, missing)
    if counts.shape != (2, 2):
        remedy = "stuart_maxwell_test for more categories"
        raise InvalidValueError(Problem(what="not two categories", where="mcnemar_test", remedy=remedy))
    there, back = float(counts[0, 1]), float(counts[1, 0])
    name, n = f"mcnemar {method}", float(counts.sum())
    if there + back == 0.0:
        return MovementTest(None, 1, None, name, n, warnings)
    gap = there - back
    if method == "continuity":
        gap = float(np.sign(gap)) * max(abs(gap) - 1.0, 0.0)
    statistic = gap / (there + back) ** 0.5
    return MovementTest(statistic, 1, _mcnemar_p_value(there, back, statistic, method), name, n, warnings)


def _mcnemar_p_value(there: float, back: float, statistic: float, method: str) -> float:
    if method in {"score", "continuity"}:
        return two_sided_p_value(statistic)
    if not (there.is_integer() and back.is_integer()):
        remedy = "use method='score'"
        raise InvalidValueError(Problem(what="counts are not whole", where="mcnemar_test", remedy=remedy))
    fewer, moves = int(min(there, back)), int(there + back)
    tail = float(bdtr(fewer, moves, 0.5))
    observed = tail - (float(bdtr(fewer - 1, moves, 0.5)) if fewer else 0.0)
    return min(1.0, 2.0 * tail) if method == "exact" else min(1.0, 2.0 * tail - observed)


def _table(first: ArrayLike | None, second: ArrayLike | None, table: ArrayLike | None, missing: Missing) -> CrossTable:
    if table is not None and first is None and second is None:
        counts = square_table(table)
        return CrossTable(counts, tuple(range(len(counts))))
    if table is None and first is not None and second is not None:
        return cross_table(first, second, missing=missing)
    remedy = "two columns of answers, or table=counts"
    raise InvalidValueError(Problem(what="give two columns, or a table", where="first, second, table", remedy=remedy))


def _margins_statistic(counts: FloatArray) -> tuple[float | None, int]:
    moves = counts + counts.T
    moved = (moves.sum(axis=0) - np.diag(moves)) > 0.0
    if not moved.any():
        return None, 0
    difference = (counts.sum(axis=1) - counts.sum(axis=0))[moved]
    moving = moves[np.ix_(moved, moved)]
    covariance = np.diag(moving.sum(axis=0)) - moving
    # each group of categories between which people moved has one redundant row
    freedom = int(np.linalg.matrix_rank(covariance))
    return float(difference @ np.linalg.pinv(covariance) @ difference), freedom


def _chi_squared(statistic: float | None, freedom: int, method: str, found: CrossTable) -> MovementTest:
    p_value = None if statistic is None or not freedom else float(chdtrc(freedom, statistic))
    known = None if p_value is None else statistic
    return MovementTest(known, freedom, p_value, method, float(found.counts.sum()), found.warnings)
