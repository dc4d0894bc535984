"""Standard errors of anything computed from a covariance matrix, if answers were normal.

If a coefficient g of the sample covariances S changes by ``dg = tr(Gamma dS)``, its variance is
``2 tr(Gamma S Gamma S)/n``. One formula serves alpha, omega and the variance extracted alike; only Gamma differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from crmrisk.core.arguments import checked_level
from crmrisk.core.estimate import Estimate
from crmrisk.core.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.reliability.covariance import ItemCovariance

__all__ = ["coefficient", "gradient", "normal_theory_error", "unrated"]

_STEP = 1e-30  # derivatives by a complex step have no cancellation, however small it is
_LARGEST_EXPONENT = 300.0  # beyond it, limits are at the end of their range anyway


def normal_theory_error(covariance: ItemCovariance, change: FloatArray) -> float:
    """Return the standard error of a coefficient.

    Parameters
    ----------
    covariance
        Covariances of the items, and how many respondents they are worth.
    change
        Gamma: what one more in each covariance adds to the coefficient, ``(n_items, n_items)``, symmetric.

    References
    ----------
    Muirhead, R. J. (1982). *Aspects of Multivariate Statistical Theory*, corollary 1.2.20 (covariances of sample
    covariances), with the delta method.

    Examples
    --------
    >>> from crmrisk.satisfaction.reliability.covariance import item_covariance
    >>> variance = item_covariance(covariance=[[2.0]], n=50)
    >>> print(normal_theory_error(variance, np.eye(1)))  # of a variance: 2 sqrt(2/50)
    0.4
    """
    product = change @ covariance.matrix
    variance = 2.0 * max(float((product * product.T).sum()), 0.0) / covariance.effective_n
    return float(variance**0.5)


def gradient(function: Callable[[Any], Any], place: FloatArray) -> FloatArray:
    """Differentiate an analytic function of several numbers, to rounding.

    Parameters
    ----------
    function
        Takes complex arrays, returns one number.
    place
        Where, ``(n_numbers,)``.

    References
    ----------
    Squire, W. and Trapp, G. (1998). Using complex variables to estimate derivatives of real functions. *SIAM Review*
    40.

    Examples
    --------
    >>> gradient(lambda x: x[0] ** 2 * x[1], np.array([3.0, 2.0]))
    array([12.,  9.])
    """
    steps = place + 1j * _STEP * np.eye(place.size)
    return np.array([function(step).imag / _STEP for step in steps], dtype=np.float64)


def coefficient(
    value: float, error: float, covariance: ItemCovariance, *, level: float, scale: str, method: str
) -> Estimate:
    """Make an estimate of a coefficient with a delta interval that stays in its range.

    Parameters
    ----------
    value, error
        The coefficient and its standard error.
    covariance
        What it was computed from.
    level
        Nominal coverage.
    scale
        ``"complement"``: below 1, normal is ``log(1 - value)``; ``"logit"``: between 0 and 1, normal is its logit.
    method
        The name of the method.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> from crmrisk.satisfaction.reliability.covariance import item_covariance
    >>> two = item_covariance(covariance=[[2, 1], [1, 2]], n=50)
    >>> print(coefficient(0.8, 0.05, two, level=0.95, scale="logit", method="delta"))
    0.8 [0.6843, 0.8807] (95 % delta, n 50)
    """
    z = normal_quantile(level)
    low: float | None = None
    high: float | None = None
    if scale == "complement" and value < 1.0:
        factor = np.exp(min(z * error / (1.0 - value), _LARGEST_EXPONENT))
        low, high = 1.0 - (1.0 - value) * float(factor), 1.0 - (1.0 - value) / float(factor)
    elif scale == "logit" and 0.0 < value < 1.0:
        odds, factor = value / (1.0 - value), np.exp(min(z * error / (value * (1.0 - value)), _LARGEST_EXPONENT))
        low, high = float(odds / (odds + factor)), float(odds * factor / (1.0 + odds * factor))
    return Estimate(
        value=value,
        standard_error=error,
        low=low,
        high=high,
        level=level,
        method=method,
        n=covariance.n,
        effective_n=covariance.effective_n,
        warnings=covariance.warnings,
    )


def unrated(covariance: ItemCovariance, reason: tuple[str, ...], *, level: float, method: str) -> Estimate:
    """Make the estimate of a coefficient that these answers do not give.

    Parameters
    ----------
    covariance
        What it would have been computed from.
    reason
        Why not.
    level, method
        As asked for.

    Raises
    ------
    InvalidValueError
        If the level is not strictly between 0 and 1.

    Examples
    --------
    >>> from crmrisk.satisfaction.reliability.covariance import item_covariance
    >>> print(unrated(item_covariance([[1, 1]]), ("one respondent",), level=0.95, method="feldt"))
    unrated (feldt, n 1)
    """
    checked_level(level)
    return Estimate(
        value=None,
        level=level,
        method=method,
        n=covariance.n,
        effective_n=covariance.effective_n,
        warnings=(*reason, *covariance.warnings),
    )
