"""Concentration of the book: how much of it hangs on few customers, and how much those below zero destroy.

`crmrisk.segmentation.lorenz.lorenz_curve` is the picture, `concentration` the figures with intervals. Where nobody is
below zero the curve is Lorenz's and Gini lies in 0..1. Where some are, the curve from the best customer down rises
above the whole (the whale curve) before they pull it back; Gini can then exceed 1, and shares of a total of both signs
are no shares: what is not defined is unrated, with the reason.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pydantic.dataclasses import dataclass as value_object

from crmrisk.core.arguments import is_number, is_whole, level_problems, random_source_problems, refuse, seeded
from crmrisk.core.arrays import or_none
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.lorenz import NO_TOTAL, SortedValues, sorted_values

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, Numbers

__all__ = ["Concentration", "concentration", "gini", "herfindahl", "top_share"]

_SHARE = 0.1
_ROUNDING = 1e-12
_WHALE = "customers below 0: Gini may exceed 1, and the best customers hold more than the whole"
_NO_SHARES = "customers below 0: their shares of the total are no shares"


@value_object(frozen=True, kw_only=True, config=VALUE)
class Concentration(Value):
    """Hold how concentrated a book is, with intervals.

    Parameters
    ----------
    gini
        0 if all hold the same, towards 1 if one holds all.
    top_share
        The share of the total that the best customers hold.
    top
        Which share of the customers these are.
    herfindahl
        Sum of squared shares (HHI); 1 / HHI is the number of customers of equal size that would be as concentrated.
    peak
        The height of the whale curve: what customers above 0 hold as a share of the total; 1 unless some are below 0.
    above_zero
        The share of customers above 0, at which the whale curve peaks.
    below_zero
        What customers below 0 destroy, as a share of the total; ``peak − 1``.
    total
        What all hold.
    n
        Customers it is known of.
    unrated
        Customers it is not known of; they are left out.

    Examples
    --------
    See `concentration`.
    """

    gini: Estimate
    top_share: Estimate
    top: float
    herfindahl: Estimate
    peak: Estimate
    above_zero: float
    below_zero: Estimate
    total: float
    n: int
    unrated: int

    def __str__(self) -> str:
        lines = [
            f"{self.n:,} customers" + (f", {self.unrated:,} more unrated" if self.unrated else ""),
            f"Gini {self.gini}",
            f"the best {100 * self.top:g} % hold {self.top_share}",
            f"HHI {self.herfindahl}" + "".join(f": {each}" for each in self.herfindahl.warnings),
        ]
        if self.above_zero < 1.0:
            lines.append(
                f"{100 * self.above_zero:.3g} % of the customers are above 0 and hold {self.peak} of the total"
            )
        return "\n".join(lines)


def concentration(
    values: Numbers,
    *,
    counts: ArrayLike | None = None,
    top: float = _SHARE,
    level: float = 0.95,
    replicates: int = 1000,
    rng: np.random.Generator | None = None,
) -> Concentration:
    """Measure how concentrated a book is, with bootstrap intervals over customers, which reach at least to the figure.

    Customers of whom the value is not known (NaN) are left out and counted. Resamples are counts of the sorted values,
    so that nothing is sorted twice: a thousand of 100,000 customers take about two seconds. A few customers who tower
    above all make percentile intervals too short: in simulations those of 95 % held Gini's coefficient of 300 amounts
    93 % of the time where amounts were exponential, 88 % where they were lognormal with deviation 1.2, and of 60 of
    these 75 %; where they missed, the truth was more concentrated.

    Parameters
    ----------
    values
        Revenue, contribution or lifetime value of each customer [money], of either sign, ``(n_customers,)``.
    counts
        How many customers hold each value, whole numbers; one each unless given.
    top
        The share of customers whose part of the total is asked for.
    level
        Nominal coverage.
    replicates
        Number of bootstrap samples.
    rng
        Source of randomness; ``None`` starts the same way every time.

    Raises
    ------
    PortfolioError
        If values are no finite numbers, or nobody's is known.
    InvalidValueError
        If counts or settings are not valid.

    References
    ----------
    Lorenz, M. O. (1905), Methods of measuring the concentration of wealth, *Publications of the American Statistical
    Association* 9. Gini, C. (1914), *Atti del Reale Istituto Veneto* 73. Kaplan, R. S. and Narayanan, V. G. (2001),
    Measuring and managing customer profitability, *Journal of Cost Management* 15 (the whale curve).

    Examples
    --------
    >>> found = concentration([1, 1, 1, 1, 1, 1, 1, 1, 1, 11, None], replicates=200)
    >>> print(found.gini)
    0.45 [0, 0.5333] (95 % bootstrap, n 10)
    >>> found.top_share.value, found.unrated
    (0.55, 1)
    >>> whale = concentration([60, 50, 10, -20], replicates=200)
    >>> whale.peak.value, whale.above_zero
    (1.2, 0.75)
    """
    _check_settings(top, level, replicates, rng)
    sample, unrated = sorted_values(values, counts)
    n = round(float(sample.counts.sum()))
    figures = _figures(sample, top)
    drawn = _resampled(sample, top, replicates=replicates, rng=rng)
    estimate = partial(_estimate, level=level, n=n)
    negative = bool((sample.values < 0.0).any())
    whale, shares = (_WHALE,) if negative else (), (_NO_SHARES,) if negative else ()
    peak = estimate(figures.peak, drawn[:, 3])
    return Concentration(
        gini=estimate(figures.gini, drawn[:, 0], warnings=whale),
        top_share=estimate(figures.top_share, drawn[:, 1], warnings=whale),
        top=top,
        herfindahl=estimate(np.nan if negative else figures.herfindahl, drawn[:, 2], warnings=shares),
        peak=peak,
        above_zero=float(sample.counts[sample.values > 0.0].sum() / n),
        below_zero=estimate(figures.peak - 1.0, drawn[:, 3] - 1.0),
        total=float((sample.values * sample.counts).sum()),
        n=n,
        unrated=unrated,
    )


def gini(values: Numbers, *, counts: ArrayLike | None = None) -> float | None:
    """Find Gini's coefficient: 0 if all hold the same, towards 1 if one holds all.

    ``G = 1 − Σ_i n_i (S_i + S_{i−1}) / (N S)`` over ascending values with cumulative sums ``S_i``: the population form,
    of which the largest is ``1 − 1/N``.

    Parameters
    ----------
    values, counts
        As for `concentration`, which gives an interval too.

    Returns
    -------
    The coefficient, above 1 possible where customers are below 0; ``None`` where the total is not above 0.

    Raises
    ------
    PortfolioError
        If values are no finite numbers, or nobody's is known.
    InvalidValueError
        If counts are not valid.

    Examples
    --------
    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 1])
    (0.0, 0.75)
    """
    return or_none(_figures(sorted_values(values, counts)[0], _SHARE).gini)


def top_share(values: Numbers, *, top: float = _SHARE, counts: ArrayLike | None = None) -> float | None:
    """Find the share of the total that the best customers hold; ties and parts of a customer count in proportion.

    Parameters
    ----------
    values, counts
        As for `concentration`, which gives an interval too.
    top
        Which share of the customers, in 0..1.

    Returns
    -------
    The share, above 1 possible where customers are below 0; ``None`` where the total is not above 0.

    Raises
    ------
    PortfolioError
        If values are no finite numbers, or nobody's is known.
    InvalidValueError
        If counts or share are not valid.

    Examples
    --------
    >>> top_share([1, 1, 1, 7], top=0.25)
    0.7
    """
    refuse(_top_problems(top))
    return or_none(_figures(sorted_values(values, counts)[0], top).top_share)


def herfindahl(values: Numbers, *, counts: ArrayLike | None = None) -> float | None:
    """Find Herfindahl's index: the sum of squared shares, 1/N if all hold the same, 1 if one holds all.

    Parameters
    ----------
    values, counts
        As for `concentration`, which gives an interval too.

    Returns
    -------
    The index; ``None`` where customers are below 0 or the total is not above 0.

    Raises
    ------
    PortfolioError
        If values are no finite numbers, or nobody's is known.
    InvalidValueError
        If counts are not valid.

    Examples
    --------
    >>> herfindahl([1, 1, 1, 1])
    0.25
    """
    sample, _ = sorted_values(values, counts)
    return None if (sample.values < 0.0).any() else or_none(_figures(sample, _SHARE).herfindahl)


class _Figures(NamedTuple):
    gini: float
    top_share: float
    herfindahl: float
    peak: float


def _figures(sample: SortedValues, top: float) -> _Figures:
    values, counts = sample
    money, held = values * counts, np.cumsum(counts)
    n, total = float(held[-1]), _dot(values, counts)
    below = int(np.searchsorted(values, 0.0))
    negative = _dot(values[:below], counts[:below])
    if not total > _ROUNDING * (total - negative):  # 0, but for rounding
        return _Figures(np.nan, np.nan, np.nan, np.nan)
    rest = (1.0 - top) * n
    at = min(int(np.searchsorted(held, rest)), len(held) - 1)  # the first whom the others do not reach
    best = _dot(values[at + 1 :], counts[at + 1 :]) + float(values[at] * (held[at] - rest))
    return _Figures(
        gini=max((2.0 * _dot(money, held) - _dot(money, counts)) / (n * total) - 1.0, 0.0),
        top_share=best / total,
        herfindahl=_dot(money, values) / total**2,
        peak=(total - negative) / total,
    )


def _dot(left: FloatArray, right: FloatArray) -> float:
    """Add up products in one pass and one thread: BLAS starts threads that take longer than the sum."""
    return float(np.einsum("i,i->", left, right))


def _resampled(sample: SortedValues, top: float, *, replicates: int, rng: np.random.Generator | None) -> FloatArray:
    """Compute all figures of new books, ``(replicates, 4)``."""
    generator = seeded(rng)
    n = round(float(sample.counts.sum()))
    if n > 4 * len(sample.values):  # many hold the same value: counts of values
        values, shares = sample.values, sample.counts / n
        books = (generator.multinomial(n, shares).astype(np.float64) for _ in range(replicates))
    else:
        values = np.repeat(sample.values, sample.counts.astype(np.int64))
        books = (_drawn(generator, n) for _ in range(replicates))
    return np.array([_figures(SortedValues(values, book), top) for book in books])


def _drawn(generator: np.random.Generator, n: int) -> FloatArray:
    """Draw n customers from n, and count how often each was."""
    return np.bincount(generator.integers(0, n, n, dtype=np.int32), minlength=n).astype(np.float64)


def _estimate(value: float, drawn: FloatArray, *, level: float, n: int, warnings: tuple[str, ...] = ()) -> Estimate:
    if np.isnan(value):
        return Estimate(value=None, level=level, method="bootstrap", n=n, warnings=warnings or (NO_TOTAL,))
    known = drawn[~np.isnan(drawn)]
    if n < 2 or len(known) < 0.95 * len(drawn):
        reason = "one customer" if n < 2 else "many resamples have no total above 0"
        return Estimate(
            value=value, level=level, method="bootstrap", n=n, warnings=(*warnings, f"{reason}: no interval")
        )
    low, high = (float(end) for end in np.quantile(known, [(1.0 - level) / 2.0, (1.0 + level) / 2.0]))
    return Estimate(
        value=value,
        standard_error=float(known.std(ddof=1)),
        low=min(low, value),
        high=max(high, value),
        level=level,
        method="bootstrap",
        n=n,
        warnings=warnings,
    )


def _check_settings(top: object, level: object, replicates: object, rng: object) -> None:
    problems = []
    if not is_whole(replicates) or int(str(replicates)) < 2:
        allowed = "a whole number >= 2"
        problems.append(Problem(what="too few", where="replicates", allowed=allowed, got=repr(replicates)[:100]))
    refuse(_top_problems(top), level_problems(level), problems, random_source_problems(rng, optional=True))


def _top_problems(top: object) -> list[Problem]:
    if is_number(top) and 0.0 < float(str(top)) < 1.0:
        return []
    return [Problem(what="not a share of customers", where="top", allowed="0 < top < 1", got=repr(top)[:100])]
