"""Two waves of the same customers: each one's change is known, so the change is better known than either score.

The sign is kept: first wave minus second. Which category moved is the question of
`crmrisk.satisfaction.marginal_homogeneity`, which reads the table made here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias, cast, get_args

import numpy as np
from scipy.special import gammaln

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.arrays import LARGEST_COUNT
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.row_names import paired_by_position, refuse_other_order
from crmrisk.satisfaction.answered import Design, answered_mean
from crmrisk.satisfaction.comparison import Alternative, Comparison, check_alternative, check_target
from crmrisk.satisfaction.net_promoter_counts import SIDES, STANDARD_BREAKS, NpsBreaks
from crmrisk.satisfaction.numerics import check_method
from crmrisk.satisfaction.paired_differences import (
    PairedDifferences,
    PairedMethod,
    compare_differences,
    table_differences,
)
from crmrisk.satisfaction.square_tables import incomplete_pairs, square_table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.sample_units import PopulationSizes

__all__ = ["PairedNetPromoterMethod", "compare_paired_net_promoter", "net_promoter_moves"]

PairedNetPromoterMethod: TypeAlias = Literal["score", "wald", "exact"]
"""How two waves of the same customers are compared."""

_FEW = 20  # pairs below which the exact test is the default
_LARGEST_GRID = 4_000_000


def compare_paired_net_promoter(
    first: ArrayLike | None = None,
    second: ArrayLike | None = None,
    *,
    table: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    population: PopulationSizes | None = None,
    breaks: NpsBreaks = STANDARD_BREAKS,
    method: PairedNetPromoterMethod | None = None,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    target: float = 0.0,
    missing: Missing = "error",
) -> Comparison:
    """Compare the net promoter scores of the same customers at two times.

    ``D = sum n_ij (s_i - s_j)/n`` over the table of detractors, passives and promoters first and second, with points s
    of -1, 0 and 1.

    Parameters
    ----------
    first, second
        Answers of the same customers in the same order, ``(n_customers,)``; or give ``table``. Row by row they are
        paired by position; pandas columns whose rows have different names get a warning.
    table
        Counts, rows first and columns second, each in the order detractors, passives, promoters, ``(3, 3)``.
    weights, strata, clusters, population
        How the customers were drawn, as for `net_promoter_score`.
    breaks
        Which answers detract, are passive and promote.
    method
        ``"wald"`` takes ``SE^2 = (sum n_ij (s_i - s_j)^2/n - D^2)/n``; ``"score"`` takes the squares about the target,
        and its interval inverts that test; ``"exact"`` flips the signs of the customers' changes in every possible way,
        McNemar's exact test where nobody moved by two, beside the interval of the score test. By default score, and the
        exact p value below 20 pairs that all count alike.
    level
        Nominal coverage.
    alternative
        What the test is against.
    target
        The difference under the null hypothesis.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out the pairs that lack one.

    Returns
    -------
    The comparison, first minus second, in [-2, 2].

    Raises
    ------
    RecordError
        If answers are off the scale or missing, or the columns differ in length or in the order of their rows.
    InvalidValueError
        If neither or both of answers and table are given, or a setting is not valid.

    References
    ----------
    Fagerland, M. W., Lydersen, S. and Laake, P. (2017). *Statistical Analysis of Contingency Tables*, chapters 8, 9.

    Examples
    --------
    >>> print(compare_paired_net_promoter(table=[[20, 10, 5], [3, 30, 15], [0, 5, 40]]))
    lower: -0.2109 [-0.3179, -0.104] (95 % score, n 128), p 0.00021
    >>> compare_paired_net_promoter([10, 9, 8, 3], [6, 8, 2, 3]).p_value
    0.25
    """
    refuse_other_order(first=first, second=second, weights=weights, strata=strata, clusters=clusters)
    design = Design(weights, strata, clusters, population)
    if method is not None:
        method = check_method(method, get_args(PairedNetPromoterMethod))
    check_target(target, 2.0)
    exact = _takes_exact_test(method, design, target)
    differences, moves = _differences(first, second, table, design=design, breaks=breaks, missing=missing)
    closed = cast("PairedMethod", "score" if method in {None, "exact"} else method)
    judged = compare_differences(differences, method=closed, level=level, alternative=alternative, target=target)
    if differences is None or not exact or (method is None and differences.n >= _FEW):
        return judged
    difference = replace(judged.difference, method="exact")
    return replace(judged, difference=difference, p_value=_sign_flip_p_value(moves, alternative))


def net_promoter_moves(
    first: ArrayLike, second: ArrayLike, *, breaks: NpsBreaks = STANDARD_BREAKS, missing: Missing = "error"
) -> FloatArray:
    """Count who moved between detractors, passives and promoters.

    Parameters
    ----------
    first, second
        Answers of the same customers in the same order, ``(n_customers,)``.
    breaks
        Which answers detract, are passive and promote.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out the pairs that lack one.

    Returns
    -------
    Counts, rows first and columns second, detractors, passives, promoters, ``(3, 3)``; `stuart_maxwell_test` and
    `bowker_test` take it as ``table``.

    Raises
    ------
    RecordError
        If answers are off the scale or missing, or the columns differ in length.

    Examples
    --------
    >>> net_promoter_moves([10, 9, 8, 3], [6, 9, 2, 3])
    array([[1., 0., 0.],
           [1., 0., 0.],
           [1., 0., 1.]])
    """
    refuse_other_order(first=first, second=second)
    return _table_of_points(*_paired_points(first, second, breaks=breaks, missing=missing)[:2])


def _differences(
    first: ArrayLike | None,
    second: ArrayLike | None,
    table: ArrayLike | None,
    *,
    design: Design,
    breaks: NpsBreaks,
    missing: Missing,
) -> tuple[PairedDifferences | None, FloatArray]:
    if table is not None and first is None and second is None:
        return _of_table(table, design)
    if table is not None or first is None or second is None:
        remedy = "compare_paired_net_promoter(first, second), or table=counts"
        raise InvalidValueError(Problem(what="give two columns of answers, or a table", remedy=remedy))
    here, there, doubts = _paired_points(first, second, breaks=breaks, missing=missing)
    moves = _table_of_points(here, there)
    incomplete = int(np.isnan(here - there).sum())
    notes = (*incomplete_pairs(incomplete), *paired_by_position(first, second), *doubts)
    found = table_differences(moves, np.array(SIDES)) if design.simple else _designed(here - there, design)
    return None if found is None else found._replace(warnings=(*notes, *found.warnings)), moves


def _of_table(table: ArrayLike, design: Design) -> tuple[PairedDifferences | None, FloatArray]:
    moves = square_table(table)
    if moves.shape != (3, 3):
        allowed = "3 x 3: detractors, passives, promoters"
        raise InvalidValueError(Problem(what="no such table", where="table", allowed=allowed, got=str(moves.shape)))
    if not design.simple:
        raise InvalidValueError(Problem(what="weights and strata belong to answers", where="table"))
    return table_differences(moves, np.array(SIDES)), moves


def _paired_points(
    first: ArrayLike, second: ArrayLike, *, breaks: NpsBreaks, missing: Missing
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    refuse(kind_problems(breaks, NpsBreaks, where="breaks"))
    here, doubts = breaks.judged(first, missing=missing, where="first")
    there, others = breaks.judged(second, missing=missing, where="second")
    if here.size != there.size:
        got, remedy = (
            f"{here.size} and {there.size} answers",
            "compare_net_promoter, if they are not the same customers",
        )
        raise RecordError(Problem(what="not the same customers", where="first, second", got=got, remedy=remedy))
    return here, there, tuple(dict.fromkeys((*doubts, *others)))


def _table_of_points(first: FloatArray, second: FloatArray) -> FloatArray:
    both = ~np.isnan(first - second)
    cells = (3 * (first[both] + 1.0) + second[both] + 1.0).astype(np.int64)
    return np.bincount(cells, minlength=9).reshape(3, 3).astype(np.float64)


def _designed(differences: FloatArray, design: Design) -> PairedDifferences | None:
    mean, _ = answered_mean(differences, design)
    if mean.value is None or mean.standard_error is None:
        return None
    effective = min(mean.effective_n, LARGEST_COUNT)
    variance = mean.standard_error**2 * effective
    return PairedDifferences(mean.value, variance, mean.n, effective, 2.0, mean.warnings)


def _takes_exact_test(method: str | None, design: Design, target: float) -> bool:
    if method == "exact" and (target != 0.0 or not design.simple):
        remedy = "use method='score'"
        raise InvalidValueError(
            Problem(what="the exact test is for target 0 and answers that count alike", where="method", remedy=remedy)
        )
    return method == "exact" or (method is None and design.simple and target == 0.0)


def _sign_flip_p_value(moves: FloatArray, alternative: Alternative) -> float:
    """Share of the ways to flip the signs of all changes whose sum is at least as far out as the observed one."""
    check_alternative(alternative)
    gaps = np.subtract.outer(np.array(SIDES), np.array(SIDES))
    ones, twos = (float(moves[np.abs(gaps) == size].sum()) for size in (1.0, 2.0))
    if not (ones.is_integer() and twos.is_integer()) or (ones + 1.0) * (twos + 1.0) > _LARGEST_GRID:
        allowed, remedy = f"whole counts, at most {_LARGEST_GRID} ways", "use method='score'"
        raise InvalidValueError(Problem(what="no exact test", where="table", allowed=allowed, remedy=remedy))
    sums = np.add.outer(_flipped(ones), 2.0 * _flipped(twos))
    shares = np.multiply.outer(_fair(ones), _fair(twos))
    observed = float((moves * gaps).sum())
    far = {
        "two-sided": np.abs(sums) >= abs(observed),
        "greater": sums >= observed,
        "less": sums <= observed,
    }
    return float(min(1.0, shares[far[alternative]].sum()))


def _flipped(changes: float) -> FloatArray:
    return 2.0 * np.arange(changes + 1.0) - changes


def _fair(changes: float) -> FloatArray:
    heads = np.arange(changes + 1.0)
    logs = gammaln(changes + 1.0) - gammaln(heads + 1.0) - gammaln(changes - heads + 1.0) - changes * np.log(2.0)
    shares: FloatArray = np.exp(logs)
    return shares
