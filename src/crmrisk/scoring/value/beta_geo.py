"""BG/NBD: buyers who purchase at random at their own rate and may drop out for good after any repeat purchase.

Purchase rates differ between customers as ``λ ~ Gamma(r, alpha)``, dropout probabilities as ``p ~ Beta(a, b)``. The
model is its four parameters: published ones work without data. Every quantity is computed in log-space and holds to
1e-8 or better from histories of seconds to decades and up to thousands of purchases.

Two things that surprise and are right: a customer with no repeat purchase is alive with certainty, because dropout
can only follow one; and of two customers last seen on the same day the heavier buyer is *less* likely to be alive,
because silence means more the faster one used to buy (the increasing frequency paradox).
"""

from __future__ import annotations

from crmrisk.scoring.value.beta_geometric import BetaGeometricNBD

__all__ = ["BetaGeoNBD"]


class BetaGeoNBD(BetaGeometricNBD):
    """Describe repeat buying with dropout by BG/NBD; the parameters are the model.

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
    P(alive) = 1 / (1 + 1{x>0} a/(b+x-1) ((α+T)/(α+t_x))^(r+x)). Likelihood: equation 6 of the paper; P(X(t) = n):
    equation 8; E[X(t)]: equation 9; E[Y(t) | x, t_x, T]: equation 10.

    References
    ----------
    P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), "Counting your customers" the easy way: an alternative to the
    Pareto/NBD model, Marketing Science 24(2), 275-284.

    Examples
    --------
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)  # CDNOW, weeks
    >>> print(model.expected_purchases(39, frequency=2, recency=30.43, age=38.86).round(4))
    1.226
    >>> model.probability_alive(frequency=[0, 2, 20], recency=[0, 30.43, 20], age=[39, 38.86, 39]).round(3)
    array([1.   , 0.727, 0.   ])
    """
