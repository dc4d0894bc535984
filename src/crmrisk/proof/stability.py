"""Stability: whether today's population still looks like the one the score was made for.

The population stability index is judged here by its own null distribution. The customary limits 0.1 and 0.25 raise
false alarms in samples of a hundred and are blind in samples of a hundred thousand; the limit used here depends on
both sample sizes and on the number of bins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic.dataclasses import dataclass
from scipy.special import chdtrc, chdtri

from crmrisk.core.arrays import FloatArray, frozen_floats
from crmrisk.core.errors import CrmRiskError, InvalidValueError, Problem
from crmrisk.core.model import VALUE, Value
from crmrisk.proof.checks import fraction_problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["PopulationStability", "population_stability_index"]

_SHARES = 1e-6
"""How far from one shares may add up."""


@dataclass(frozen=True, kw_only=True, config=VALUE)
class PopulationStability(Value):
    """Hold a population stability index with the limit that fits its sample sizes.

    Parameters
    ----------
    value
        The index, 0 for equal shares; ``None`` where a share is zero and the sample sizes are unknown.
    statistic
        The index over (1/N + 1/M), chi-squared if both samples come from one population.
    degrees_of_freedom
        The bins less one.
    p_value
        The upper tail.
    critical_value
        The index that chance exceeds with probability ``1 - level``.
    level
        The confidence of the limit.
    n_expected, n_actual
        The sample sizes N and M; ``None`` where unknown, and then there is no test.
    bins
        The bins compared; those empty in both samples are not.
    warnings
        What the reader should know.

    Examples
    --------
    >>> result = population_stability_index([100, 100], [60, 40])
    >>> result.shifted
    False
    """

    value: float | None
    statistic: float | None
    degrees_of_freedom: int
    p_value: float | None
    critical_value: float | None
    level: float
    n_expected: float | None
    n_actual: float | None
    bins: int
    warnings: tuple[str, ...] = ()

    @property
    def shifted(self) -> bool | None:
        """Whether the index is above what chance explains; ``None`` if that cannot be told."""
        return None if self.p_value is None else self.p_value < 1 - self.level


def population_stability_index(
    expected: ArrayLike,
    actual: ArrayLike,
    *,
    n_expected: float | None = None,
    n_actual: float | None = None,
    zero_count: float = 0.99,
    level: float = 0.95,
) -> PopulationStability:
    r"""Compare two distributions over the same bins, :math:`PSI = \sum_k (a_k - e_k) \ln(a_k / e_k)`.

    For one characteristic instead of the score the same number is called the characteristic stability index. If both
    samples come from one population, :math:`PSI / (1/N + 1/M)` is chi-squared with B - 1 degrees of freedom.

    Parameters
    ----------
    expected, actual
        Counts per bin, ``(n_bins,)``, in the same order; or shares that add up to one.
    n_expected, n_actual
        The sample sizes N and M where shares are given. Shares without them give the index and no test.
    zero_count
        What replaces the count of a bin empty in one sample only; shares are then taken over the replaced totals. A
        bin empty in both is left out.
    level
        The confidence of the limit.

    Returns
    -------
    The index, its test, and the limit it should be compared with.

    Raises
    ------
    InvalidValueError
        If the bins differ in number, a count is negative or no number, a sample is empty, or a size contradicts.

    References
    ----------
    Yurdakul, B., Naranjo, J. (2020). Statistical properties of the population stability index. Journal of Risk Model
    Validation 14(4), 89-100.

    Examples
    --------
    >>> result = population_stability_index([0.4, 0.3, 0.2, 0.1], [0.25] * 4, n_expected=500, n_actual=400)
    >>> round(result.value, 7), result.degrees_of_freedom, f"{result.p_value:.1e}"
    (0.2282174, 3, '5.6e-11')
    """
    problems = [problem for problem in (fraction_problem("level", level), _zero_problem(zero_count)) if problem]
    first, n_first = _sample(expected, n_expected, "expected", problems)
    second, n_second = _sample(actual, n_actual, "actual", problems)
    if first.size != second.size and first.size and second.size:
        got = f"{first.size} and {second.size}"
        problems.append(Problem(what="not the same bins", where="expected and actual", got=got))
    if problems:
        raise InvalidValueError(*problems)
    used = (first > 0) | (second > 0)
    first, second = first[used], second[used]
    sizes = (n_first, n_second)
    value, notes = _index(first, second, zero_count, sizes)
    return _judge(value, int(first.size), sizes, level, notes)


def _zero_problem(zero_count: float) -> Problem | None:
    number = isinstance(zero_count, (int, float)) and not isinstance(zero_count, bool)
    if number and 0 < zero_count < np.inf:
        return None
    return Problem(what="no count to replace zero by", where="zero_count", allowed="> 0", got=repr(zero_count))


def _sample(
    values: ArrayLike, size: float | None, name: str, problems: list[Problem]
) -> tuple[FloatArray, float | None]:
    found = _counts(values, name, problems)
    if found.size == 0:
        return found, None
    total = float(found.sum())
    shares = abs(total - 1) <= _SHARES
    if size is None:
        return (found, None) if shares else (found, total)
    if not (isinstance(size, (int, float, np.number)) and 0 < size < np.inf):
        problems.append(Problem(what="no sample size", where=f"n_{name}", allowed="> 0", got=repr(size)))
        return found, None
    size = float(size)
    if not shares and abs(total - size) > _SHARES * size:
        allowed = "shares that add up to 1, or counts that add up to the sample size"
        problems.append(Problem(what="contradicts its sample size", where=name, allowed=allowed, got=f"{total:g}"))
    return found / total * size, size


def _counts(values: ArrayLike, name: str, problems: list[Problem]) -> FloatArray:
    try:
        found = frozen_floats(values, where=name)
    except CrmRiskError as error:
        problems.extend(error.problems)
        return np.empty(0)
    if found.size < 2:
        problems.append(Problem(what="too few bins", where=name, allowed="at least two", got=str(found.size)))
    elif not (found >= 0).all():
        what = f"{int(np.count_nonzero(~(found >= 0)))} count(s) negative or missing"
        problems.append(Problem(what=what, where=name, allowed=">= 0"))
    elif found.sum() == 0:
        problems.append(Problem(what="an empty sample", where=name, allowed="at least one customer"))
    else:
        return found
    return np.empty(0)


def _index(
    first: FloatArray, second: FloatArray, zero_count: float, sizes: tuple[float | None, float | None]
) -> tuple[float | None, tuple[str, ...]]:
    empty = int(np.count_nonzero((first == 0) | (second == 0)))
    if empty and None in sizes:
        return None, (f"{empty} bins have a share of zero in one sample and the sample size is unknown",)
    e, a = (np.where(counts == 0, zero_count, counts) for counts in (first, second))
    e, a = e / e.sum(), a / a.sum()
    notes = (f"{empty} bins empty in one sample: their count is taken as {zero_count:g}",) if empty else ()
    return float(np.sum((a - e) * np.log(a / e))), notes


def _judge(
    value: float | None, bins: int, sizes: tuple[float | None, float | None], level: float, notes: tuple[str, ...]
) -> PopulationStability:
    n, m = sizes
    degrees = bins - 1
    scale = None if n is None or m is None or degrees < 1 else 1 / n + 1 / m
    statistic = None if value is None or scale is None else value / scale
    reason = () if scale is not None else ("no test: sample sizes unknown or one bin only",)
    return PopulationStability(
        value=value,
        statistic=statistic,
        degrees_of_freedom=degrees,
        p_value=None if statistic is None else float(chdtrc(degrees, statistic)),
        critical_value=None if scale is None else float(chdtri(degrees, 1 - level)) * scale,
        level=level,
        n_expected=n,
        n_actual=m,
        bins=bins,
        warnings=reason + notes,
    )
