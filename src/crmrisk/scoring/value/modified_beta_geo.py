"""MBG/NBD: as BG/NBD, but a customer may drop out right after the first purchase too.

One-time buyers are alive with certainty in BG/NBD, because dropout can only follow a repeat purchase there. Here it
may follow any purchase, so that the silence of a one-time buyer counts like everybody else's: the model to take where
many customers buy once.
"""

from __future__ import annotations

from typing import ClassVar

from crmrisk.scoring.value.beta_geometric import BetaGeometricNBD

__all__ = ["ModifiedBetaGeoNBD"]


class ModifiedBetaGeoNBD(BetaGeometricNBD):
    """Describe repeat buying with dropout by MBG/NBD; the parameters are the model.

    All times (alpha, recency, age, horizons) are in one unit of the caller's choice; changing it changes alpha and
    nothing else. Arguments broadcast against each other; scalars give a scalar. A history with a NaN in it is
    unrated and scores NaN.

    Parameters
    ----------
    r, alpha
        Shape and rate of the purchase rates, Gamma(r, alpha); alpha in [time unit].
    a, b
        The dropout probabilities, Beta(a, b).

    Raises
    ------
    InvalidValueError
        If a parameter is not positive and finite.

    Notes
    -----
    P(alive) = 1 / (1 + a/(b+x) ((α+T)/(α+t_x))^(r+x)), b/(a+b) for a customer who has just made a first purchase;
    P(X(t) = 0) = a/(a+b) + b/(a+b) (α/(α+t))^r.

    References
    ----------
    E. P. Batislam, M. Denizel and A. Filiztekin (2007), Empirical validation and comparison of models for customer
    base analysis, International Journal of Research in Marketing 24(3), 201-209.

    Examples
    --------
    >>> model = ModifiedBetaGeoNBD(r=0.525, alpha=6.183, a=0.891, b=1.614)  # CDNOW, weeks
    >>> print(model.expected_purchases(39, frequency=2, recency=30.43, age=38.86).round(4))
    1.263
    >>> model.probability_alive(frequency=[0, 2, 20], recency=[0, 30.43, 20], age=[39, 38.86, 39]).round(3)
    array([0.389, 0.706, 0.   ])
    """

    _early: ClassVar[int] = 1
