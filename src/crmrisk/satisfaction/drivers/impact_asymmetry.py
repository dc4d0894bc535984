"""How lopsided a driver is: what its best answers give against what its worst answers take, and the names for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from crmrisk.satisfaction.binomial_counts import finite_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = [
    "ASYMMETRY_CUTS",
    "AsymmetryClass",
    "Factor",
    "asymmetry_class",
    "factor_of",
    "impact_asymmetry",
]

Factor: TypeAlias = Literal["basic", "performance", "excitement", "unclassified"]
"""What a driver is by its asymmetry: it disappoints, it works both ways, it delights, or nobody can tell."""

AsymmetryClass: TypeAlias = Literal["frustrator", "dissatisfier", "hybrid", "satisfier", "delighter", "unclassified"]
"""The finer names, from -1 to 1."""

ASYMMETRY_CUTS = (-0.4, -0.1, 0.1, 0.4)
"""The customary cuts between them."""

_CLASSES: tuple[AsymmetryClass, ...] = ("frustrator", "dissatisfier", "hybrid", "satisfier", "delighter")
_FACTORS: tuple[Factor, ...] = ("basic", "performance", "excitement")


def impact_asymmetry(reward: ArrayLike, penalty: ArrayLike) -> FloatArray:
    """Compare what best answers give with what worst answers take.

    ``(r - q)/(r + q)``; an effect in the wrong direction counts as none.

    Parameters
    ----------
    reward, penalty
        Gain of the outcome with a best answer and loss with a worst one, against the middle, of any common shape.

    Returns
    -------
    Asymmetries in [-1, 1]: -1 only disappoints, 1 only delights; NaN where there is neither.

    Raises
    ------
    InvalidValueError
        If they are no numbers, infinite, or of shapes that do not fit.

    References
    ----------
    Mikulic, J. and Prebezac, D. (2008). Prioritizing improvement of service attributes using impact range-performance
    analysis and impact-asymmetry analysis. *Managing Service Quality* 18, 559-576.

    Examples
    --------
    >>> float(impact_asymmetry(0.5, 2.5).round(6))
    -0.666667
    """
    gain, loss = finite_columns(reward, penalty, where=("reward", "penalty"))
    r, q = np.maximum(gain, 0.0), np.maximum(loss, 0.0)
    span = r + q
    found: FloatArray = np.divide(r - q, span, out=np.full(span.shape, np.nan), where=span > 0.0)
    return found


def asymmetry_class(low: float, high: float, cuts: Sequence[float] = ASYMMETRY_CUTS) -> AsymmetryClass:
    """Name an asymmetry by its interval.

    Parameters
    ----------
    low, high
        Its interval; the value twice to ignore uncertainty.
    cuts
        Four rising cuts.

    Returns
    -------
    The class that holds the interval; ``"unclassified"`` where it crosses a cut or does not exist.

    Examples
    --------
    >>> asymmetry_class(-0.8, -0.5), asymmetry_class(-0.8, 0.0)
    ('frustrator', 'unclassified')
    """
    place = _place(low, high, cuts)
    return "unclassified" if place is None else _CLASSES[place]


def factor_of(low: float, high: float, cuts: Sequence[float] = ASYMMETRY_CUTS) -> Factor:
    """Tell basic, performance and excitement factors apart by the interval of their asymmetry.

    Parameters
    ----------
    low, high
        Its interval; the value twice to ignore uncertainty.
    cuts
        Four rising cuts, of which the two in the middle bound a performance factor.

    Returns
    -------
    The factor that holds the interval; ``"unclassified"`` where it crosses a cut or does not exist.

    Examples
    --------
    >>> factor_of(-0.8, -0.3), factor_of(-0.05, 0.05), factor_of(-0.3, 0.3)
    ('basic', 'performance', 'unclassified')
    """
    place = _place(low, high, cuts[1:-1])
    return "unclassified" if place is None else _FACTORS[place]


def _place(low: float, high: float, cuts: Sequence[float]) -> int | None:
    if np.isnan(low) or np.isnan(high):
        return None
    below, above = np.searchsorted(cuts, [low, high], side="right").tolist()
    return int(below) if below == above else None
