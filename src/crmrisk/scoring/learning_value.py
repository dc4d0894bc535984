"""Fitting the models of value to a portfolio, and refusing what the data do not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.core.errors import FitError, Problem
from crmrisk.core.measures import Input
from crmrisk.scoring.histories import HISTORY, MEAN_SPEND, learnable
from crmrisk.scoring.value import BetaGeoNBD, GammaGamma

if TYPE_CHECKING:
    from crmrisk.core.portfolio import Portfolio

__all__ = ["fitted_purchases", "fitted_spend"]


def fitted_purchases(portfolio: Portfolio) -> tuple[BetaGeoNBD, tuple[str, ...]]:
    """Fit BG/NBD to the histories of a portfolio.

    Parameters
    ----------
    portfolio
        One row per customer.

    Returns
    -------
    The model, and what the fit could not tell.

    Raises
    ------
    FitError
        If nobody has a history, or the rate of purchases is not identified. Dropout alone may be unidentified: where
        nobody seems to leave, that is a finding and a warning.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"frequency": [2], "recency": [9], "age": [30]})
    >>> fitted_purchases(book)
    Traceback (most recent call last):
    crmrisk.core.errors.FitError: BetaGeoNBD: the histories do not identify r, alpha, a, b; got: 1 customers; ...
    """
    fit = BetaGeoNBD.fit(*learnable(portfolio, HISTORY, reader="BetaGeoNBD"))
    if {"r", "alpha"} <= set(fit.not_identified):
        raise FitError(
            Problem(
                what=f"the histories do not identify {', '.join(fit.not_identified)}",
                where="BetaGeoNBD",
                got=f"{fit.n:g} customers",
                remedy="learn from more customers, or pass BetaGeoNBD(r=, alpha=, a=, b=) of a similar population",
            )
        )
    return fit.model, fit.warnings


def fitted_spend(portfolio: Portfolio) -> tuple[GammaGamma, tuple[str, ...]]:
    """Fit Gamma-Gamma to the mean spend of a portfolio's repeat customers.

    Parameters
    ----------
    portfolio
        One row per customer.

    Returns
    -------
    The model, and what the fit could not tell.

    Raises
    ------
    FitError
        If nobody bought twice, or spend has no finite mean. Where everybody spends alike, the spread of spend is not
        identified; that does little harm and is a warning.

    Examples
    --------
    >>> from datetime import date
    >>> from crmrisk import Portfolio
    >>> book = Portfolio(["C1"], date(2026, 1, 31), {"frequency": [2], "mean_spend": [9]})
    >>> model, warnings = fitted_spend(book)
    >>> round(model.population_mean, 3), len(warnings)
    (9.0, 2)
    """
    known = Input(MEAN_SPEND.name, MEAN_SPEND.unit, MEAN_SPEND.ge, MEAN_SPEND.le)
    fit = GammaGamma.fit(*learnable(portfolio, (HISTORY[0], known), reader="GammaGamma"))
    if fit.model.population_mean is None:
        raise FitError(
            Problem(
                what="spend has no finite mean (q <= 1)",
                where="GammaGamma",
                got=str(fit.model),
                remedy="pass spend=GammaGamma(p=, q=, v=) from a larger population, or trim extreme spenders",
            )
        )
    return fit.model, fit.warnings
