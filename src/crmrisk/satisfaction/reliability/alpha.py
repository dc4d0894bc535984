"""Cronbach's alpha: how much of a sum score the items agree on, if each measured the same thing equally well.

That "if" (tau-equivalence) rarely holds; `crmrisk.satisfaction.reliability.scale_reliability` shows omega beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import fdtri

from crmrisk.core.arguments import checked_level, is_number, refuse
from crmrisk.core.errors import Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.reliability.covariance import item_covariance
from crmrisk.satisfaction.reliability.normal_theory import coefficient, normal_theory_error, unrated

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.flagging import Missing
    from crmrisk.satisfaction.reliability.covariance import ItemCovariance

__all__ = ["alpha_if_dropped", "cronbach_alpha", "feldt_interval", "standardised_alpha"]

_LARGEST = 1e9  # nobody asks so many


def cronbach_alpha(
    items: Any = None,
    *,
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    missing: Missing = "error",
) -> Estimate:
    """Estimate Cronbach's alpha with Feldt's interval.

    ``alpha = k/(k - 1) (1 - tr S / 1'S1)``. The standard error is that of normal answers.

    Parameters
    ----------
    items
        A dataframe, a mapping from item to answers, or a matrix ``(n_respondents, n_items)``; or give ``covariance``.
    covariance, n
        Covariances of the items, ``(n_items, n_items)``, and how many respondents they rest on.
    weights
        Survey weights of the respondents, ``(n_respondents,)``.
    level
        Nominal coverage.
    missing
        ``"error"`` refuses missing answers, ``"exclude"`` leaves out respondents who miss any, and says how many.

    Returns
    -------
    The estimate, at most 1; its value is ``None`` with fewer than two items or respondents, or where an item does not
    vary.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or covariance, n or level are not valid.

    References
    ----------
    Cronbach, L. J. (1951). *Psychometrika* 16. Feldt, L. S., Woodruff, D. J. and Salih, F. A. (1987). Statistical
    inference for coefficient alpha. *Applied Psychological Measurement* 11. van Zyl, J. M., Neudecker, H. and Nel,
    D. G. (2000). *Psychometrika* 65 (standard error).

    Examples
    --------
    >>> print(cronbach_alpha([[5, 4, 5], [3, 3, 2], [4, 4, 4], [1, 2, 2], [5, 5, 4]]))
    0.9399 [0.6962, 0.9933] (95 % feldt, n 5)
    """
    return _alpha(item_covariance(items, covariance=covariance, n=n, weights=weights, missing=missing), level)


def standardised_alpha(
    items: Any = None,
    *,
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    missing: Missing = "error",
) -> Estimate:
    """Estimate alpha of standardised items, from their mean correlation.

    ``k r/(1 + (k - 1) r)``, with a delta interval of normal answers on the scale of ``log(1 - alpha)``.

    Parameters
    ----------
    items, covariance, n, weights, level, missing
        As for `cronbach_alpha`.

    Returns
    -------
    The estimate, at most 1; ``None`` as for `cronbach_alpha`.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or covariance, n or level are not valid.

    References
    ----------
    Nunnally, J. C. (1978). *Psychometric Theory*, section 6 (Spearman-Brown formula).

    Examples
    --------
    >>> print(standardised_alpha(covariance=[[4, 2], [2, 9]], n=100))
    0.5 [0.26, 0.6621] (95 % delta, n 100)
    """
    found = item_covariance(items, covariance=covariance, n=n, weights=weights, missing=missing)
    if found.unusable:
        return unrated(found, found.unusable, level=level, method="delta")
    correlations, k = found.correlations, len(found.names)
    mean = (float(correlations.sum()) - k) / (k * (k - 1))
    if 1.0 + (k - 1) * mean <= 1e-12:
        return unrated(found, ("items cancel out: their sum does not vary",), level=level, method="delta")
    value = k * mean / (1.0 + (k - 1) * mean)
    change = _correlation_change(found, correlations) * k / (1.0 + (k - 1) * mean) ** 2
    error = normal_theory_error(found, change)
    return coefficient(value, error, found, level=level, scale="complement", method="delta")


def alpha_if_dropped(
    items: Any = None,
    *,
    covariance: Any = None,
    n: float | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    missing: Missing = "error",
) -> dict[str, Estimate]:
    """Estimate what alpha would be without each item.

    Parameters
    ----------
    items, covariance, n, weights, level, missing
        As for `cronbach_alpha`.

    Returns
    -------
    Item to alpha of the others; unrated where only one is left.

    Raises
    ------
    RecordError
        If answers are no finite numbers, or missing and that is an error, or weights unusable.
    InvalidValueError
        If neither or both of items and covariance are given, or covariance, n or level are not valid.

    Examples
    --------
    >>> matrix = [[4, 2, 0], [2, 4, 0], [0, 0, 4]]
    >>> {item: round(alpha.value, 3) for item, alpha in alpha_if_dropped(covariance=matrix, n=50).items()}
    {'item1': 0.0, 'item2': 0.0, 'item3': 0.667}
    """
    found = item_covariance(items, covariance=covariance, n=n, weights=weights, missing=missing)
    rest = {name: [other for other in found.names if other != name] for name in found.names}
    return {name: _alpha(found.only(others), level) for name, others in rest.items()}


def feldt_interval(alpha: float, n: float, items: int, level: float = 0.95) -> tuple[float, float]:
    """Bound alpha by the F distribution of (1 - alpha)/(1 - its estimate).

    Parameters
    ----------
    alpha
        The estimate.
    n
        Respondents, above 1.
    items
        Number of items, at least 2.
    level
        Nominal coverage.

    Returns
    -------
    Lower and upper limit.

    Raises
    ------
    InvalidValueError
        If there is no such alpha, n or number of items, or the level is not strictly between 0 and 1.

    References
    ----------
    Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty.
    *Psychometrika* 30.

    Examples
    --------
    >>> low, high = feldt_interval(0.8431428, 30, 7)
    >>> print(f"{low:.4f} {high:.4f}")
    0.7394 0.9158
    """
    refuse(_size_problems(alpha, n, items))
    checked_level(level)
    return _feldt(alpha, n, items, level)


def _feldt(alpha: float, n: float, items: int, level: float) -> tuple[float, float]:
    tail, first, second = (1.0 - level) / 2.0, n - 1.0, (n - 1.0) * (items - 1.0)
    low = 1.0 - (1.0 - alpha) * float(fdtri(first, second, 1.0 - tail))
    return low, 1.0 - (1.0 - alpha) * float(fdtri(first, second, tail))


def _size_problems(alpha: object, n: object, items: object) -> list[Problem]:
    limits = {"alpha": (alpha, -_LARGEST, 1.0), "n": (n, 1.0, _LARGEST), "items": (items, 1.0, _LARGEST)}
    return [
        Problem(what="out of range", where=name, allowed=f"above {low:g}, at most {high:g}", got=repr(value)[:100])
        for name, (value, low, high) in limits.items()
        if not is_number(value) or not low < value <= high  # type: ignore[operator] # it is a number by then
    ]


def _alpha(found: ItemCovariance, level: float) -> Estimate:
    if found.unusable:
        return unrated(found, found.unusable, level=level, method="feldt")
    matrix, k = found.matrix, len(found.names)
    own, total = float(np.trace(matrix)), float(matrix.sum())
    if total <= 1e-12 * own:
        return unrated(found, ("items cancel out: their sum does not vary",), level=level, method="feldt")
    value = k / (k - 1.0) * (1.0 - own / total)
    low, high = _feldt(value, found.effective_n, k, level)
    change = k / (k - 1.0) * (own / total**2 - np.eye(k) / total)
    return Estimate(
        value=value,
        standard_error=normal_theory_error(found, change),
        low=low,
        high=high,
        level=level,
        method="feldt",
        n=found.n,
        effective_n=found.effective_n,
        warnings=(*found.warnings, *found.against),
    )


def _correlation_change(found: ItemCovariance, correlations: FloatArray) -> FloatArray:
    """Return what one more in each covariance adds to the mean correlation."""
    k = len(found.names)
    between = correlations - np.eye(k)
    deviation = np.sqrt(np.diag(found.matrix))
    change = (1.0 - np.eye(k)) / np.outer(deviation, deviation) - np.diag(between.sum(axis=1) / deviation**2)
    return np.asarray(change / (k * (k - 1)), dtype=np.float64)
