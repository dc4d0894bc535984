"""What misleads in a driver study: drivers that repeat each other, and drivers that only work through others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.errors import FitError, Problem
from crmrisk.satisfaction.drivers.shares import last_importance, standardised_coefficients

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = [
    "common_variance",
    "diagnosis_warnings",
    "halo_warnings",
    "refuse_repetition",
    "suppressed",
    "variance_inflation",
]

_REPEATED = 1e-8  # least eigenvalue of correlations that eight printed digits can tell from 0
_INFLATED = 10.0  # the customary bound of the variance inflation factor
_HALO = 0.5  # share of the drivers' variance in one direction from which a halo is suspected
_MATERIAL = 1.959964  # standard errors from 0 at which a driver's own part is taken for real


def refuse_repetition(R: FloatArray, names: Sequence[str]) -> None:
    """Refuse drivers one of which is a linear combination of others: no method can tell them apart.

    Parameters
    ----------
    R
        Correlations among the drivers, ``(p, p)``.
    names
        The drivers, ``(p,)``.

    Raises
    ------
    FitError
        If there are such drivers, all of them named.

    Examples
    --------
    >>> refuse_repetition(np.eye(2), ["price", "speed"])
    """
    eigenvalues, vectors = np.linalg.eigh(R)
    null = vectors[:, eigenvalues < _REPEATED]
    if null.size:
        involved = np.abs(null).max(axis=1) > 1e-4
        listed = ", ".join(name for name, inside in zip(names, involved, strict=True) if inside)
        remedy = "leave one of them out"
        raise FitError(Problem(what="drivers repeat each other exactly", where="drivers", got=listed, remedy=remedy))


def variance_inflation(R: FloatArray) -> FloatArray:
    """Return how many times the other drivers inflate the variance of each coefficient.

    ``1/(1 - R²_j)``, the diagonal of the inverse of the correlations.

    Parameters
    ----------
    R
        Correlations among the drivers, ``(p, p)``, none repeated.

    Returns
    -------
    Factors of at least 1, ``(p,)``.

    Examples
    --------
    >>> variance_inflation(np.array([[1.0, 0.5], [0.5, 1.0]])).round(4)
    array([1.3333, 1.3333])
    """
    return np.diagonal(np.linalg.inv(R)).copy()


def common_variance(R: FloatArray) -> float:
    """Return the share of the drivers' variance along their strongest common direction.

    Parameters
    ----------
    R
        Correlations among the drivers, ``(p, p)``.

    Returns
    -------
    The largest eigenvalue over p, from 1/p to 1.

    Examples
    --------
    >>> common_variance(np.array([[1.0, 0.5], [0.5, 1.0]]))
    0.75
    """
    return float(np.linalg.eigvalsh(R)[-1] / len(R))


def halo_warnings(R: FloatArray) -> tuple[str, ...]:
    """Say so where one direction carries most of what several drivers say.

    Parameters
    ----------
    R
        Correlations among the drivers, ``(p, p)``.

    Returns
    -------
    At most one warning.

    References
    ----------
    Wirtz, J. and Bateson, J. E. G. (1995). An experimental investigation of halo effects in satisfaction measures of
    service attributes. *International Journal of Service Industry Management* 6.

    Examples
    --------
    >>> halo_warnings(np.eye(3))
    ()
    """
    share = common_variance(R)
    if len(R) < 3 or share < _HALO:
        return ()
    what = f"{share:.0%} of the drivers' variance lies in one direction: a halo may spread importance evenly"
    return (what,)


def suppressed(R: FloatArray, r: FloatArray, effective_n: float) -> BoolArray:
    """Tell which drivers add more after the others than alone, or contradict their correlation.

    Only drivers whose own part is beyond what chance gives (95 %) are told, where the number of rows is known.

    Parameters
    ----------
    R, r
        Correlations among the drivers, ``(p, p)``, and with the outcome, ``(p,)``.
    effective_n
        Rows behind them; 0 where unknown.

    Returns
    -------
    One answer per driver, ``(p,)``.

    References
    ----------
    Conger, A. J. (1974). A revised definition for suppressor variables. *Educational and Psychological Measurement* 34.

    Examples
    --------
    >>> suppressed(np.array([[1.0, 0.7], [0.7, 1.0]]), np.array([0.6, 0.1]), 100)
    array([ True,  True])
    """
    beta, last = standardised_coefficients(R, r), last_importance(R, r)
    told = (beta * r < 0.0) | (last > r * r + 1e-12)
    spare = effective_n - r.size - 1
    if spare <= 0:
        return told
    unexplained = max(1.0 - float((beta * r).sum()), 0.0)
    return told & (last * spare > _MATERIAL**2 * unexplained)


def diagnosis_warnings(
    names: Sequence[str], r: FloatArray, beta: FloatArray, inflation: FloatArray, told: BoolArray
) -> tuple[str, ...]:
    """Put into words what misleads.

    Parameters
    ----------
    names
        The drivers, ``(p,)``.
    r, beta
        Correlation with the outcome and standardised coefficient, ``(p,)``.
    inflation
        Variance inflation factors, ``(p,)``.
    told
        Which drivers show suppression, ``(p,)``.

    Returns
    -------
    One warning per finding.

    Examples
    --------
    >>> diagnosis_warnings(["price"], np.array([0.1]), np.array([-0.2]), np.ones(1), np.array([True]))
    ('price: suppression, correlation 0.1 but coefficient -0.2; its sign is that of the correlation',)
    """
    found = []
    for place, name in enumerate(names):
        if inflation[place] > _INFLATED:
            found.append(f"{name}: nearly a combination of other drivers, variance inflation {inflation[place]:.3g}")
        if told[place] and beta[place] * r[place] < 0.0:
            signs = f"correlation {r[place]:.2g} but coefficient {beta[place]:.2g}"
            found.append(f"{name}: suppression, {signs}; its sign is that of the correlation")
        elif told[place]:
            found.append(f"{name}: suppression, adds more after the other drivers than alone")
    return tuple(found)
